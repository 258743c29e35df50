//! Listings that come in pages: what meets for the first time is decided as if everything had been listed at once,
//! whatever the order (0.4 F and E2f of the peers).

use counterpart::model::{BySide, Side};
use counterpart::profiles::outlook_x3::{Conflict, Crm, Store, StoreKind};
use counterpart::report::{AnomalyCode, AnomalyStatus, Code};
use counterpart::snapshot::Listing;
use serde_json::json;

use crate::desk::Desk;
use crate::found::subjects;
use crate::memory::taken_away;
use crate::peers::{deeds, many, says};
use crate::planning::world;

/// Which tasks a run lists of each side; the last one lists everything, or what was not listed yet.
type Page = BySide<&'static [&'static str]>;

const fn page(a: &'static [&'static str], b: &'static [&'static str]) -> Page {
    BySide::new(a, b)
}

/// A run that is given one page of each side, and what the state needs.
fn run_page(desk: &mut Desk, page: &Page) {
    let mut listed = desk.listed();
    let wanted =
        BySide::from_fn(|side| desk.state.wanted(side).map(str::to_owned).collect::<Vec<_>>());
    let shows = |side: Side, id: &str| {
        page.get(side).contains(&id) || wanted.get(side).iter().any(|one| one == id)
    };
    listed.store.tasks.retain(|one| shows(Side::A, &one.id));
    listed.crm.tasks.retain(|one| shows(Side::B, &one.chrono));
    listed.listings = BySide::from_fn(|_| Listing::page(Vec::new()));
    let plan = desk.plan_of(&listed).expect("a plan");
    assert!(says(&plan.journal, Code::MoreToCome) && plan.ops.is_empty(), "{plan}");
    desk.execute(plan, usize::MAX);
    assert!(desk.state.fresh && desk.state.watermark.is_none(), "the first run is not over");
}

/// The run of the last page, which lists changes: what no page listed before, and what the state needs.
fn run_last(desk: &mut Desk, pages: &[Page]) -> Vec<(AnomalyCode, String)> {
    let mut listed = desk.listed();
    let wanted =
        BySide::from_fn(|side| desk.state.wanted(side).map(str::to_owned).collect::<Vec<_>>());
    let later = |side: Side, id: &str| {
        wanted.get(side).iter().any(|one| one == id)
            || !pages.iter().any(|page| page.get(side).contains(&id))
    };
    listed.store.tasks.retain(|one| later(Side::A, &one.id));
    listed.crm.tasks.retain(|one| later(Side::B, &one.chrono));
    listed.listings = BySide::from_fn(|_| Listing::changes(Vec::new()));
    let plan = desk.plan_of(&listed).expect("a plan");
    let report = desk.execute(plan, usize::MAX);
    assert!(!desk.state.fresh && desk.state.watermark.is_some());
    let new = report.anomalies.iter().filter(|one| one.status == AnomalyStatus::New);
    new.map(|one| (one.code, one.field.clone())).collect()
}

/// What both sides hold in the end.
fn outcome(desk: &Desk) -> (Store, Crm) {
    (desk.store.store.clone(), desk.crm.crm.clone())
}

/// Every order of pages leads to what one complete listing leads to.
fn like_one_listing(met: impl Fn() -> Desk, orders: &[&[Page]], same: impl Fn(&Desk, &Desk)) {
    for kind in [StoreKind::Local, StoreKind::Exchange] {
        let met = || {
            let mut desk = met();
            desk.store.store.kind = kind;
            desk
        };
        let mut whole = met();
        let expected = run_last(&mut whole, &[]);
        for pages in orders {
            let mut desk = met();
            let now = desk.now;
            for page in *pages {
                run_page(&mut desk, page);
            }
            desk.now = now;
            assert_eq!(run_last(&mut desk, pages), expected, "{kind:?} {pages:?}");
            same(&whole, &desk);
            let (plan, _) = desk.run();
            assert!(plan.ops.is_empty(), "{kind:?} {pages:?}: {plan}");
        }
    }
}

/// F: two records that share a key, an origin, or both, and say different things, are a merge decision.
#[test]
fn f_first_contact_by_pages_is_a_merge_decision() {
    const ORDERS: [&[Page]; 5] = [
        &[page(&["T1"], &[])],
        &[page(&[], &["TSK00000001"])],
        &[page(&["T1"], &[]), page(&[], &["TSK00000001"])],
        &[page(&[], &["TSK00000001"]), page(&["T1"], &[])],
        &[page(&["T1"], &["TSK00000001"]), page(&[], &[])],
    ];
    for (key, origin) in [(true, false), (false, true), (true, true)] {
        for policy in [Conflict::Store, Conflict::Crm, Conflict::Hold] {
            let met = || {
                let chrono = key.then_some("TSK00000001");
                let origin = origin.then_some("mailbox-1/T1");
                let mut desk = world(
                    json!({"tasks": [{"id": "T1", "subject": "Mine", "chrono": chrono}]}),
                    json!({"tasks": [{
                        "chrono": "TSK00000001", "subject": "Theirs", "origin": origin,
                        "representative": "REP01",
                    }]}),
                );
                desk.parameters.conflict = policy;
                desk
            };
            like_one_listing(met, &ORDERS, |whole, desk| assert_eq!(outcome(whole), outcome(desk)));
            let mut desk = met();
            let lost = run_last(&mut desk, &[]);
            let winner = match policy {
                Conflict::Store => (Some("Mine"), Some("Mine")),
                Conflict::Crm => (Some("Theirs"), Some("Theirs")),
                Conflict::Hold | Conflict::LastModified | _ => (Some("Mine"), Some("Theirs")),
            };
            assert_eq!(subjects(&desk), winner);
            let is_lost = policy != Conflict::Hold;
            let named = (AnomalyCode::ConflictLoser, "subject".to_owned());
            assert_eq!(lost, if is_lost { vec![named] } else { Vec::new() });
        }
    }
}

/// D12, D24: what is equal is paired when it is unique on both sides, and several pages may show that it is not.
#[test]
fn d12_equal_content_is_judged_when_everything_was_listed() {
    const ORDERS: [&[Page]; 4] = [
        &[page(&["T1"], &[])],
        &[page(&["T1"], &["TSK00000001"])],
        &[page(&[], &["TSK00000001"]), page(&["T1"], &[])],
        &[page(&["T2"], &[]), page(&[], &["TSK00000001"])],
    ];
    for twice in [false, true] {
        let met = || {
            let item = |id: &str| json!({"id": id, "subject": "Offer"});
            let items = if twice { vec![item("T1"), item("T2")] } else { vec![item("T1")] };
            world(
                json!({"tasks": items}),
                json!({"tasks": [{
                    "chrono": "TSK00000001", "subject": "Offer", "representative": "REP01",
                }]}),
            )
        };
        like_one_listing(met, &ORDERS, |whole, desk| {
            assert_eq!(outcome(whole), outcome(desk));
            assert_eq!(whole.state.undecided, desk.state.undecided);
            let count = (desk.store.store.tasks.len(), desk.crm.crm.tasks.len());
            assert_eq!(count, (1 + usize::from(twice), 1));
        });
    }
}

/// A3.7: which of two items with one key keeps it does not depend on the page it comes on.
#[test]
fn a3_7_a_copy_on_the_first_page_does_not_keep_the_key() {
    const ORDERS: [&[Page]; 2] =
        [&[page(&["A1"], &["TSK00000001"])], &[page(&["A1"], &[]), page(&["T1"], &[])]];
    let met = || {
        world(
            json!({"tasks": [
                {"id": "T1", "subject": "Offer", "chrono": "TSK00000001",
                 "created": "2026-01-01T08:00:00Z"},
                {"id": "A1", "subject": "Copy", "chrono": "TSK00000001",
                 "created": "2026-02-01T08:00:00Z"},
            ]}),
            json!({"tasks": [
                {"chrono": "TSK00000001", "subject": "Offer", "representative": "REP01"}
            ]}),
        )
    };
    like_one_listing(met, &ORDERS, |_, desk| {
        let keeper = &desk.store.store.tasks[0];
        assert_eq!((keeper.id.as_str(), keeper.chrono.as_deref()), ("T1", Some("TSK00000001")));
        assert_eq!(desk.crm.crm.tasks.len(), 2);
    });
}

/// A4.10, D12: whether an item that a page does not show was removed by an earlier run is seen when it is listed.
#[test]
fn a4_10_our_own_deletion_is_remembered_until_it_is_seen() {
    let mut desk = many(2);
    desk.confirm = true;
    taken_away(&mut desk);
    let mut listed = desk.listed();
    listed.store.tasks.clear();
    listed.listings.a = Listing::page(Vec::new());
    let plan = desk.plan_of(&listed).expect("a plan");
    assert!(plan.ops.is_empty(), "{plan}");
    desk.execute(plan, usize::MAX);
    let plan = desk.plan();
    assert_eq!(deeds(&plan), [("A".to_owned(), "create")], "{plan}");
}

/// E4d: what one page says was removed may be listed under a new id by another one; it is deleted after the last.
#[test]
fn e4d_a_removal_waits_for_the_last_page() {
    for moved in [true, false] {
        let mut desk = many(2);
        desk.confirm = true;
        desk.store.store.kind = StoreKind::Exchange;
        let mut item = desk.store.store.tasks.remove(0);
        let mut listed = desk.listed();
        listed.store.tasks.clear();
        listed.listings.a = Listing::page(vec![item.id.clone()]);
        let plan = desk.plan_of(&listed).expect("a plan");
        assert!(plan.ops.is_empty(), "{plan}");
        desk.execute(plan, usize::MAX);
        if moved {
            (item.id, item.modified) = ("V1".to_owned(), desk.now);
            desk.store.store.tasks.push(item);
        }
        let mut listed = desk.listed();
        listed.store.tasks.retain(|one| one.id == "V1");
        listed.listings.a = Listing::changes(Vec::new());
        let plan = desk.plan_of(&listed).expect("a plan");
        let expected = if moved { vec![] } else { vec![("B".to_owned(), "delete")] };
        assert_eq!(deeds(&plan), expected, "{plan}");
    }
}
