//! Lists, representatives and free fields: they follow the ERP, without a comparison (B3, B15.5). Which free fields
//! there are is data of the ERP (E6).

use chrono::TimeDelta;

use super::clerk::Mode;
use super::crm::{FreeField, Lists};
use super::kind::Kind;
use super::replicate::Work;
use super::run::Run;
use super::schema::{Record, RecordPatch, Sage100};
use crate::model::{BySide, Side};
use crate::plan::{Action, Advance, Draft, Settlement, Sheet, number};
use crate::report::{Code, JournalEntry};
use crate::rules::Reason;
use crate::schema::Kind as _;

/// How long the company parameters are left alone (B3.2).
const REFRESH: TimeDelta = TimeDelta::minutes(30);

/// Drafts what follows the ERP.
pub(crate) fn follow(run: &Run<'_>, work: &mut Work<'_, '_>) {
    if run.mode() != Mode::Send {
        lists(run, work.sheet);
        representatives(run, work.sheet);
        free_fields(run, work.sheet);
    }
    delete_free_fields(run, work.sheet);
}

fn push(
    sheet: &mut Sheet<'_, Sage100>,
    kind: Kind,
    name: &str,
    action: Action<Sage100>,
    why: (Reason, &'static str),
) -> u32 {
    let ids = BySide::from_fn(|_| Some(name.to_owned()));
    let op = number(sheet.drafts.len());
    let mut draft = Draft::new(Side::B, kind, ids, action, why);
    if matches!(draft.action, Action::Create(_)) {
        draft.idempotency_key = Some(format!("{}/{name}", kind.name(Side::B)));
    }
    sheet.drafts.push(draft);
    op
}

fn lists(run: &Run<'_>, sheet: &mut Sheet<'_, Sage100>) {
    let last = run.prepared.state.watermark;
    if last.is_some_and(|last| run.input.options.now - last < REFRESH) {
        return;
    }
    for name in Lists::NAMES {
        let (Some(erp), Some(crm)) =
            (run.input.erp.lists.list(name), run.input.crm.lists.list(name))
        else {
            continue;
        };
        if !crm.is_empty() && !is_own(run, Kind::List, name) {
            continue;
        }
        // Without a state a blank list never beats a filled one (D3).
        let follows = erp != crm && !(run.fresh && erp.is_empty());
        if follows {
            let action = Action::Update(RecordPatch::List { values: erp.clone() });
            push(sheet, Kind::List, name, action, (Reason::UpdatedInA, "B3.2"));
        }
        if follows || !erp.is_empty() {
            remember(run, sheet, (Kind::List, name), None);
        }
    }
}

fn representatives(run: &Run<'_>, sheet: &mut Sheet<'_, Sage100>) {
    // One without a code names nobody.
    let named = run.input.erp.representatives.iter().filter(|one| !one.code.is_empty());
    let mut representatives: Vec<_> = named.collect();
    representatives.sort_by(|one, other| one.code.cmp(&other.code));
    for one in representatives {
        let known = run.input.crm.representatives.iter().find(|known| known.code == one.code);
        let made = match known {
            None => {
                let action = Action::Create(Record::Representative(one.clone()));
                let why = (Reason::CreatedInA, "B3");
                Some(push(sheet, Kind::Representative, &one.code, action, why))
            }
            Some(_) if !is_own(run, Kind::Representative, &one.code) => continue,
            Some(known) if !known.name.same(&one.name) => {
                let action = Action::Update(RecordPatch::Representative(one.clone()));
                push(sheet, Kind::Representative, &one.code, action, (Reason::UpdatedInA, "B3"));
                None
            }
            Some(_) => None,
        };
        remember(run, sheet, (Kind::Representative, &one.code), made);
    }
}

/// Whether what the CRM holds came from this integration (E7): its state says so, or there was no other yet.
fn is_own(run: &Run<'_>, kind: Kind, name: &str) -> bool {
    let alone = !run.parameters.multi || run.fresh && !run.input.options.is_second;
    alone || run.prepared.links.contains_key(&(kind.code(), name.to_owned()))
}

fn free_fields(run: &Run<'_>, sheet: &mut Sheet<'_, Sage100>) {
    let set = |sheet: &mut Sheet<'_, Sage100>, name: &str, replicated: bool| {
        let action = Action::Update(RecordPatch::FreeField { replicated });
        push(sheet, Kind::FreeField, name, action, (Reason::UpdatedInA, "B15.5"))
    };
    // One without a name is none.
    let named = run.input.erp.free_fields.iter().filter(|one| !one.name.is_empty());
    let mut fields: Vec<_> = named.collect();
    fields.sort_by(|one, other| one.name.cmp(&other.name));
    for one in fields {
        let known = run.input.crm.free_fields.iter().find(|known| known.name == one.name);
        let made = match known {
            None => {
                let record =
                    FreeField { name: one.name.clone(), holds: one.holds, replicated: true };
                let action = Action::Create(Record::FreeField(record));
                let why = (Reason::CreatedInA, "B15.5");
                Some(push(sheet, Kind::FreeField, &one.name, action, why))
            }
            Some(known) if known.holds != one.holds => continue,
            Some(_) if !is_own(run, Kind::FreeField, &one.name) => continue,
            Some(known) if !known.replicated => {
                set(sheet, &one.name, true);
                None
            }
            Some(_) => None,
        };
        remember(run, sheet, (Kind::FreeField, &one.name), made);
    }
    for known in run.input.crm.free_fields.iter().filter(|one| one.replicated) {
        let erp = run.input.erp.free_fields.iter().find(|one| one.name == known.name);
        let is_own = is_own(run, Kind::FreeField, &known.name);
        if erp.is_some_and(|one| one.holds == known.holds) || !is_own {
            continue;
        }
        let ids = BySide::from_fn(|_| Some(known.name.clone()));
        let kind = Some(Kind::FreeField.name(Side::B));
        sheet.journal.push(JournalEntry::new(
            run.input.options.now,
            Code::FreeFieldDropped,
            kind,
            ids,
        ));
        if !is_to_go(run, &known.name) {
            set(sheet, &known.name, false);
        }
    }
}

/// Enters in the state that a list, a representative or a definition came from this integration.
fn remember(
    run: &Run<'_>,
    sheet: &mut Sheet<'_, Sage100>,
    (kind, name): (Kind, &str),
    made: Option<u32>,
) {
    if run.prepared.links.contains_key(&(kind.code(), name.to_owned())) {
        return;
    }
    let ids = BySide::from_fn(|_| Some(name.to_owned()));
    let mut settlement = Settlement::open(kind, ids);
    settlement.groups.fill(Advance::Now);
    if let Some(op) = made {
        settlement.made.b = Some(op);
        settlement.ops.push(op);
    }
    sheet.settlements.push(settlement);
}

/// Whether a definition is to be deleted once it is not replicated: a user asks for it, or did and the CRM refused (E4).
fn is_to_go(run: &Run<'_>, name: &str) -> bool {
    run.prepared.wishes.delete_free_fields || run.refused_to_go(Kind::FreeField, name)
}

fn delete_free_fields(run: &Run<'_>, sheet: &mut Sheet<'_, Sage100>) {
    for known in run.input.crm.free_fields.iter().filter(|one| is_to_go(run, &one.name)) {
        let erp = run.input.erp.free_fields.iter().find(|one| one.name == known.name);
        let alike = erp.is_some_and(|one| one.holds == known.holds);
        let is_own = is_own(run, Kind::FreeField, &known.name);
        let stays = if known.replicated { alike || !is_own } else { alike && is_own };
        if !stays {
            let why = (Reason::Requested, "B15.5");
            push(sheet, Kind::FreeField, &known.name, Action::Delete, why);
        }
    }
}
