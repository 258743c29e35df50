//! What may flow where: directions, the options of the ERP service, dormancy, managers.

use super::clerk::Mode;
use super::crm::Company;
use super::directory::{Class, code_in, part_of};
use super::dormancy;
use super::kind::{Kind, account, address, contact};
use super::parameters::{Conflict, Transfer, When};
use super::run::Run;
use super::schema::Native;
use super::value::{Agent, Value};
use crate::model::Side;
use crate::profile::Value as _;
use crate::profile::{Barrier, Effect, GroupCase, Judgement, PairView, Standing, Write};
use crate::report::Code;
use crate::rules::Reason;
use crate::schema::Kind as _;

pub(crate) type View<'p, 'a, 'r> = PairView<'p, 'a, Run<'r>>;
pub(crate) type Case<'c> = GroupCase<'c, Value>;

/// A silent barrier: the journal of this profile does not speak of it.
const SILENT: Barrier = Barrier { code: Code::NotPermitted, effect: Effect::Wait };

/// Whether an account takes part, from the class of its ERP account (E7, B14.3, B14.4).
pub(crate) const fn standing(class: Class) -> Standing {
    match class {
        Class::Quarantined => Standing::Asleep(Code::Quarantined),
        Class::Resting => Standing::Asleep(Code::OutOfScope),
        Class::Dormant | Class::Managed | Class::Outside => Standing::Taking,
    }
}

// ---- field groups ----

/// A rule's word on a field group.
pub(crate) fn judge<'r>(
    run: &Run<'r>,
    pair: &View<'_, '_, 'r>,
    case: &Case<'_>,
) -> (Judgement, Option<Code>) {
    // What cannot be read is neither compared nor overwritten, whoever owns it.
    let unreadable = |value: Option<&Value>| value.is_some_and(|value| !value.is_readable());
    if unreadable(case.values.a) || unreadable(case.values.b) {
        return (Judgement::AsClassified, None);
    }
    let judgement = match pair.kind {
        Kind::Account => judge_account(run, pair, case),
        Kind::Address => judge_address(run, pair, case),
        Kind::Contact => judge_contact(run, pair, case),
        Kind::Company | Kind::FreeField | Kind::List | Kind::Representative => None,
    };
    judgement.unwrap_or_else(|| {
        let judgement = open_both_ways(run, pair, case);
        let overruled = case.conflict && matches!(judgement, Judgement::Follow { lost: true, .. });
        (judgement, overruled.then_some(Code::Conflict))
    })
}

pub(crate) const fn follow(from: Side) -> Judgement {
    Judgement::Follow { from, lost: false, why: None }
}

fn is_blank(value: Option<&Value>) -> bool {
    value.is_none_or(crate::profile::Value::is_blank)
}

/// Whether a side says nothing in a group of an account. Of one that is not listed the link knows; none where that does
/// not either.
fn says_nothing<'r>(
    run: &Run<'r>,
    pair: &View<'_, '_, 'r>,
    (side, case): (Side, &Case<'_>),
) -> Option<bool> {
    if let Some(value) = *case.values.get(side) {
        return Some(crate::profile::Value::is_blank(value));
    }
    let (company, account) = (Some(&Company::default()), None);
    let blank = Native::Joined { id: "", account, company };
    said(run, pair, (side, case.place), blank)
}

/// Whether a side said the same as a record in a group of an account, when they were last agreed.
pub(crate) fn said<'r>(
    run: &Run<'r>,
    pair: &View<'_, '_, 'r>,
    (side, place): (Side, usize),
    native: Native<'_>,
) -> Option<bool> {
    let base = pair.link.and_then(|link| link.base.get(place));
    let base = base.and_then(|base| *base.get(side))?;
    Some(run.print_of(Kind::Account, native, place) == Some(base))
}

/// A group that goes both ways: the comparison decides, unless the run believes one side in everything.
fn open_both_ways<'r>(run: &Run<'r>, pair: &View<'_, '_, 'r>, case: &Case<'_>) -> Judgement {
    if !has_company(run, pair) {
        return from_erp_only(run, case);
    }
    let (believed, own, why) = match run.mode_of(pair) {
        Mode::Normal if heir_edited(run, pair, case) => {
            return Judgement::Follow { from: Side::B, lost: true, why: None };
        }
        Mode::Normal => return Judgement::AsClassified,
        Mode::Resync => (Side::A, Conflict::Erp, (Reason::Resync, "B15.2")),
        Mode::Send => (Side::B, Conflict::Crm, (Reason::Sent, "B15.3")),
    };
    let alone = *case.changed.get(believed) == Some(true)
        && *case.changed.get(believed.other()) == Some(false);
    let wins_anyway = case.conflict && run.parameters.conflict == own;
    if !case.differs || alone || wins_anyway {
        Judgement::AsClassified
    } else {
        Judgement::Follow { from: believed, lost: true, why: Some(why) }
    }
}

/// Whether somebody edited the company that a request gives an account before it said what the account says: what the ERP
/// has goes without that anybody saw it there (D4, B11.4).
fn heir_edited<'r>(run: &Run<'r>, pair: &View<'_, '_, 'r>, case: &Case<'_>) -> bool {
    let Some(Native::Joined { id, .. }) = pair.b.map(|entry| entry.native) else { return false };
    let alone = case.changed.b == Some(true) && case.changed.a == Some(false);
    alone && !is_blank(case.values.a) && run.heir_keeps(id, case.place)
}

/// Whether the CRM record of a pair may write to the ERP: only a company does, through its principal account
/// (B1.5, B12.3).
pub(crate) fn has_company<'r>(run: &Run<'r>, pair: &View<'_, '_, 'r>) -> bool {
    let id = match pair.b.map(|entry| entry.native) {
        Some(Native::Joined { company, .. }) => return company.is_some(),
        Some(Native::Address { account, .. } | Native::Contact { account, .. }) => account,
        _ => match owner_of(run, pair) {
            Some(id) => id,
            None => return true,
        },
    };
    match run.directory.joined.get(id) {
        Some(one) => one.company.is_some(),
        // Of one that is not among the changes the link knows.
        None => run.known_company(id).is_some(),
    }
}

/// The CRM account of a pair.
pub(crate) fn owner_of<'r>(run: &Run<'r>, pair: &View<'_, '_, 'r>) -> Option<&'r str> {
    match pair.b.map(|entry| entry.native) {
        Some(Native::Joined { id, .. }) => return Some(id),
        Some(Native::Address { account, .. } | Native::Contact { account, .. }) => {
            return Some(account);
        }
        _ => {}
    }
    let key = pair.link.map(|link| link.ids.a.as_str()).or_else(|| pair.a.map(|entry| entry.id))?;
    run.directory.account_of_key(key)
}

/// A group in which the CRM never writes to the ERP, and nobody sets the CRM back.
fn from_erp_only(run: &Run<'_>, case: &Case<'_>) -> Judgement {
    let baseless = case.changed.a.is_none();
    if run.mode() == Mode::Resync && case.differs && case.changed.b == Some(true) {
        let (lost, why) = (!is_blank(case.values.b), Some((Reason::Resync, "B15.2")));
        return Judgement::Follow { from: Side::A, lost, why };
    }
    if case.differs && (case.changed.a == Some(true) || baseless && !is_blank(case.values.a)) {
        follow(Side::A)
    } else if case.values.b.is_none() || case.values.a.is_none() && case.changed.b != Some(true) {
        Judgement::AsClassified
    } else if case.differs || case.values.a.is_none() {
        // It goes nowhere while the record has no company, and counts as the CRM's edit once it has one.
        Judgement::Wait
    } else {
        Judgement::Agreed
    }
}

/// A group that the ERP owns (B6.8), and does not take back (B16.3): an edit of the CRM alone is set back.
fn owned_by_erp(run: &Run<'_>, case: &Case<'_>) -> (Judgement, Option<Code>) {
    if run.mode() == Mode::Send {
        return (Judgement::Wait, None);
    }
    if case.changed.a == Some(true) {
        // What a person entered meanwhile is lost, whatever the policy says (D4).
        let lost = case.conflict && case.differs && !is_blank(case.values.b);
        let judgement = Judgement::Follow { from: Side::A, lost, why: None };
        return (judgement, lost.then_some(Code::Conflict));
    }
    if case.changed.b == Some(true) {
        let why = Some((Reason::Restored, "B6.8"));
        if case.values.a.is_none() {
            return (Judgement::Wait, None);
        }
        if !case.differs {
            return (Judgement::Agreed, None);
        }
        let lost = run.mode() == Mode::Resync && !is_blank(case.values.b);
        let judgement = Judgement::Follow { from: Side::A, lost, why };
        return (judgement, Some(Code::ReadOnlyField));
    }
    if case.changed.a.is_none() && case.differs {
        return if is_blank(case.values.a) {
            (Judgement::Agreed, None)
        } else if is_blank(case.values.b) {
            (follow(Side::A), None)
        } else {
            let lost = Judgement::Follow { from: Side::A, lost: true, why: None };
            (lost, Some(Code::Conflict))
        };
    }
    (Judgement::AsClassified, None)
}

fn judge_account<'r>(
    run: &Run<'r>,
    pair: &View<'_, '_, 'r>,
    case: &Case<'_>,
) -> Option<(Judgement, Option<Code>)> {
    if !has_company(run, pair) && pair.b.is_some() {
        return Some((from_erp_only(run, case), None));
    }
    match case.place {
        account::ACCOUNTING_CATEGORY => Some(owned_by_erp(run, case)),
        account::PRICE_CATEGORY => Some(price_category(run, pair, case)),
        account::REPLICATED => Some(replicated(run, case)),
        account::MAIN_CONTACT => Some(main_contact(run, case)),
        account::STATUS => Some(dormancy::judge(run, pair, case)),
        account::MANAGER => Some(manager(run, pair, case)),
        account::PHONE | account::FAX | account::EMAIL if !run.parameters.sync_phones => {
            Some(not_from_erp(run, case))
        }
        _ => None,
    }
}

/// While the ERP has none, the CRM's goes there; then the ERP owns it (B6.7, B6.8).
fn price_category<'r>(
    run: &Run<'r>,
    pair: &View<'_, '_, 'r>,
    case: &Case<'_>,
) -> (Judgement, Option<Code>) {
    let open = says_nothing(run, pair, (Side::A, case)) == Some(true);
    let differs = case.differs || case.values.a.is_none() && case.changed.b == Some(true);
    if open && case.changed.a != Some(true) && differs && !is_blank(case.values.b) {
        return (follow(Side::B), None);
    }
    if open && case.changed.a == Some(false) {
        return (Judgement::Agreed, None);
    }
    owned_by_erp(run, case)
}

/// What comes from the ERP only (B8.5).
fn replicated(run: &Run<'_>, case: &Case<'_>) -> (Judgement, Option<Code>) {
    // What is kept of fields the ERP no longer has can be kept only where it is seen.
    if case.values.b.is_none() && case.changed.a == Some(true) && run.keeps_free_fields() {
        return (Judgement::Wait, None);
    }
    // What the CRM shows of it changes with the definitions of free fields, too: that is nobody's edit.
    let followed = case.changed.a == Some(true) || case.changed.a.is_none() && case.differs;
    if followed && run.mode() != Mode::Send {
        return (follow(Side::A), None);
    }
    owned_by_erp(run, case)
}

fn main_contact(run: &Run<'_>, case: &Case<'_>) -> (Judgement, Option<Code>) {
    if run.parameters.replicate_main_contact {
        let (judgement, code) = owned_by_erp(run, case);
        // Whoever is named there was named by the ERP.
        let lost = matches!(judgement, Judgement::Follow { lost: true, .. });
        return if lost { (follow(Side::A), None) } else { (judgement, code) };
    }
    let judgement = if run.mode() == Mode::Send {
        Judgement::Wait
    } else if case.changed.a == Some(true) || case.changed.a.is_none() && case.differs {
        follow(Side::A)
    } else if case.changed.b == Some(true) {
        Judgement::Agreed
    } else {
        Judgement::AsClassified
    };
    (judgement, None)
}

/// With the options of B3.1 unticked no change of the ERP comes to the CRM.
fn not_from_erp(run: &Run<'_>, case: &Case<'_>) -> (Judgement, Option<Code>) {
    let kept = Judgement::Follow { from: Side::B, lost: true, why: None };
    if case.conflict && case.differs && !is_blank(case.values.a) && !is_blank(case.values.b) {
        let held = run.parameters.conflict == Conflict::Hold;
        return if held { (Judgement::AsClassified, None) } else { (kept, Some(Code::Conflict)) };
    }
    let judgement = match (case.changed.a, case.changed.b) {
        (Some(true), Some(true)) if case.differs => kept,
        (Some(true), Some(false)) => Judgement::Wait,
        (None, _) | (_, None) if case.differs && is_blank(case.values.a) => follow(Side::B),
        (None, _) | (_, None) if case.differs => Judgement::Wait,
        _ => Judgement::AsClassified,
    };
    (judgement, None)
}

/// The manager follows the representative and the reverse, as far as parameters say so and a user is linked
/// (B4.12, B4.13, B4.19); only a change of the source counts.
fn manager<'r>(
    run: &Run<'r>,
    pair: &View<'_, '_, 'r>,
    case: &Case<'_>,
) -> (Judgement, Option<Code>) {
    let parameters = run.parameters;
    if case.changed.a.is_none() && case.changed.b.is_none() && pair.link.is_none() {
        return (Judgement::Agreed, None);
    }
    let none = Agent::default();
    let agent = |value: Option<&Value>| match value {
        Some(Value::Agent(agent)) => agent.clone(),
        _ => none.clone(),
    };
    let (erp, crm) = (agent(case.values.a), agent(case.values.b));
    let wanted = |when: When, empty: Option<bool>| match when {
        When::Always => Some(true),
        When::IfEmpty => empty,
        When::Never => Some(false),
    };
    let empty = |side: Side| says_nothing(run, pair, (side, case));
    let to_crm = if case.changed.a == Some(true)
        && run.mode() != Mode::Send
        && erp.user.is_some()
        && erp.user != crm.user
    {
        wanted(parameters.manager_from_representative, empty(Side::B))
    } else {
        Some(false)
    };
    let to_erp = if case.changed.b == Some(true)
        && run.mode() != Mode::Resync
        && crm.representative.is_some()
        && crm.representative != erp.representative
    {
        wanted(parameters.representative_from_manager, empty(Side::A))
    } else {
        Some(false)
    };
    // Whether there is one is not known of a record that was never listed.
    let (Some(to_crm), Some(to_erp)) = (to_crm, to_erp) else { return (Judgement::Wait, None) };
    // Whom the other side named meanwhile has no counterpart here, and is named where he goes (D4).
    let overrule = |from: Side| {
        let other = from.other();
        let value = *case.values.get(other);
        let lost = *case.changed.get(other) == Some(true) && case.differs && !is_blank(value);
        let judgement = Judgement::Follow { from, lost, why: None };
        (judgement, lost.then_some(Code::Conflict))
    };
    let judgement = match (to_crm, to_erp) {
        (true, true) => Judgement::AsClassified,
        (true, false) => return overrule(Side::A),
        (false, true) => return overrule(Side::B),
        (false, false) if case.changed.a == Some(false) && case.changed.b == Some(false) => {
            Judgement::AsClassified
        }
        (false, false) => Judgement::Agreed,
    };
    (judgement, None)
}

fn judge_address<'r>(
    run: &Run<'r>,
    pair: &View<'_, '_, 'r>,
    case: &Case<'_>,
) -> Option<(Judgement, Option<Code>)> {
    if case.place == address::LABEL {
        let judgement = if run.mode() == Mode::Send && case.differs {
            Judgement::Wait
        } else if case.changed.a == Some(true) || case.changed.a.is_none() && case.differs {
            // A delivery address without a label in the CRM lacks its stamp, which is no change of the ERP.
            let lacks = case.values.b.is_some_and(crate::profile::Value::is_blank)
                && pair.a.is_some_and(|entry| !part_of(entry.id).is_empty());
            if run.parameters.sync_addresses || lacks { follow(Side::A) } else { Judgement::Wait }
        } else if case.changed.b == Some(true) {
            Judgement::Agreed
        } else {
            Judgement::AsClassified
        };
        return Some((judgement, None));
    }
    if !has_company(run, pair) {
        return Some((from_erp_only(run, case), None));
    }
    (!run.parameters.sync_addresses).then(|| not_from_erp(run, case))
}

fn judge_contact<'r>(
    run: &Run<'r>,
    pair: &View<'_, '_, 'r>,
    case: &Case<'_>,
) -> Option<(Judgement, Option<Code>)> {
    if !has_company(run, pair) {
        return Some((from_erp_only(run, case), None));
    }
    // A blank function was sent as the qualification, and the CRM says so once it may be written (B9.7, B15.3).
    if case.place == contact::FUNCTION
        && run.mode() == Mode::Send
        && let Some(Native::Contact { contact, .. }) = pair.b.map(|entry| entry.native)
        && contact.function.is_blank()
        && case.values.a == Some(&Value::of(&contact.qualification))
    {
        return Some((Judgement::Wait, None));
    }
    let phones = [contact::PHONE, contact::FAX, contact::MOBILE, contact::EMAIL];
    let closed = !run.parameters.sync_contacts
        || !run.parameters.sync_phones && phones.contains(&case.place);
    let to_erp = match (case.changed.a, case.changed.b) {
        (Some(false), Some(true)) => true,
        (None, _) | (_, None) if is_blank(case.values.a) => case.differs,
        _ => case.conflict && run.parameters.conflict != Conflict::Erp,
    };
    if case.place == contact::SERVICE
        && to_erp
        && let Some(Value::Text(service)) = case.values.b
        && !run.knows_service(service)
    {
        return Some((Judgement::Agreed, Some(Code::UnknownService)));
    }
    closed.then(|| not_from_erp(run, case))
}

// ---- writes ----

/// What a run may write on a side at all: without a state nothing in the ERP (B3.3), and a run that believes one
/// side writes on the other only (B15).
pub(crate) fn permits(run: &Run<'_>, side: Side) -> bool {
    match side {
        Side::A => !run.fresh && run.mode() != Mode::Resync,
        Side::B => run.mode() != Mode::Send,
    }
}

/// What stands against a write of one pair.
pub(crate) fn barrier<'r>(
    run: &Run<'r>,
    pair: &View<'_, '_, 'r>,
    side: Side,
    write: Write,
) -> Option<Barrier> {
    if write != Write::Create && is_unseen(run, pair, side) {
        return Some(SILENT);
    }
    let linked = || pair.link.map(|link| link.ids.b.as_str());
    let account = if pair.kind == Kind::Account { linked() } else { owner_of(run, pair) };
    if side == Side::B && account.is_some_and(|id| run.is_owed(id)) {
        return Some(SILENT);
    }
    match (pair.kind, side, write) {
        // An account is created in the ERP on request only (B3.5, B6.1); one that the ERP lost is left alone (B7.4).
        (Kind::Account, Side::A, Write::Create) => {
            let asked = pair.b.is_some_and(|entry| run.directory.is_asked_for(entry.id));
            let allowed = run.parameters.transfer == Transfer::Manual;
            if asked && allowed { None } else { Some(SILENT) }
        }
        (_, Side::A, Write::Create) if run.is_unpaired(pair.kind, pair.b?.id) => Some(SILENT),
        (Kind::Address, Side::A, Write::Create) if run.directory.is_the_copy(pair.b?.native) => {
            Some(SILENT)
        }
        (Kind::Contact, Side::A, Write::Create) if is_origin_hidden(run, pair) => {
            Some(Barrier { code: Code::NotYetSeen, effect: Effect::Wait })
        }
        (Kind::Address | Kind::Contact, Side::A, _) => {
            let owner = owner_of(run, pair)?;
            let born =
                run.directory.is_asked_for(owner) && run.parameters.transfer == Transfer::Manual;
            let held = run.directory.takes_part(owner, run.erp_is_partial());
            let company = run.directory.joined.get(owner).is_none_or(|one| one.company.is_some());
            let link_suffices = write != Write::Create && pair.link.is_some();
            let open = company && !run.is_account_gone(owner) && (born || held || link_suffices);
            if open { None } else { Some(SILENT) }
        }
        (Kind::Address, Side::B, Write::Create)
            if pair.link.is_none()
                && pair
                    .a
                    .is_some_and(|one| run.directory.may_be_renamed(one.id, Some(one.native))) =>
        {
            Some(SILENT)
        }
        (Kind::Address | Kind::Contact, Side::B, Write::Create | Write::Delete)
            if !comes_over(run, pair.kind) =>
        {
            Some(SILENT)
        }
        _ => None,
    }
}

/// Whether a filter may hide what a contact without a link was made of: a run made it that was never heard of (P-04, D12).
fn is_origin_hidden<'r>(run: &Run<'r>, pair: &View<'_, '_, 'r>) -> bool {
    let Some(Native::Contact { contact, .. }) = pair.b.map(|entry| entry.native) else {
        return false;
    };
    let key = (Kind::Contact.code(), contact.id.clone());
    // One that was moved to another company is known to have had a counterpart with the former.
    let is_known = pair.link.is_some() || run.prepared.stale.contains(&key);
    let origin = contact.origin.as_ref().filter(|_| !is_known);
    run.input.erp_listing.scope.is_some()
        && origin.is_some_and(|origin| !run.directory.lists_contact(origin))
}

/// Whether a filter hides the address or contact that a write is meant for, while the record that lists it was written
/// since both were agreed: nobody knows what it says now (D4).
fn is_unseen<'r>(run: &Run<'r>, pair: &View<'_, '_, 'r>, side: Side) -> bool {
    let hidden = if side == Side::A { pair.a.is_none() } else { pair.b.is_none() };
    let Some(link) = pair.link.filter(|_| hidden && pair.kind != Kind::Account) else {
        return false;
    };
    let stamp = if side == Side::A {
        run.directory.erp_accounts.get(code_in(&link.ids.a)).map(|one| one.modified)
    } else {
        let owner = run.directory.account_of_key(&link.ids.a);
        owner.and_then(|id| run.directory.joined.get(id)).map(|one| one.modified)
    };
    stamp.is_some() && stamp != *link.seen.get(side)
}

// ---- records ----

/// Whether what the ERP does with records of a kind comes to the CRM (B3.1).
pub(crate) const fn comes_over(run: &Run<'_>, kind: Kind) -> bool {
    if matches!(kind, Kind::Address) {
        run.parameters.sync_addresses
    } else {
        run.parameters.sync_contacts
    }
}

/// Whether a new record of a side is given a group of its source.
pub(crate) fn carries(run: &Run<'_>, kind: Kind, to: Side, place: usize) -> bool {
    let phones = match kind {
        Kind::Account => [account::PHONE, account::FAX, account::EMAIL].contains(&place),
        Kind::Contact => {
            [contact::PHONE, contact::FAX, contact::MOBILE, contact::EMAIL].contains(&place)
        }
        Kind::Address | Kind::Company | Kind::FreeField | Kind::List | Kind::Representative => {
            false
        }
    };
    // What only the ERP says is not said to it: both are compared once it has the account (B8.5, B10.3).
    let owned = kind == Kind::Account && [account::REPLICATED, account::STATUS].contains(&place);
    if to == Side::A { !owned } else { !phones || run.parameters.sync_phones }
}

/// Whether an address is billed to, as its company lists it.
pub(crate) fn bills(run: &Run<'_>, native: Native<'_>) -> bool {
    let Native::Address { account, address } = native else { return false };
    let addresses = run.directory.joined.get(account).map(|one| one.children().0);
    let billing = addresses.and_then(|addresses| run.directory.billing_of(account, addresses));
    billing.is_some_and(|one| one.id == address.id)
}
