//! Dormancy (B10): who put an account to rest, and whom it follows.

use super::clerk::Mode;
use super::crm::Status;
use super::input::Input;
use super::kind::{Kind, account};
use super::made::is_provisional;
use super::rules::{Case, View, follow, said};
use super::run::Run;
use super::schema::Native;
use super::show::print_in;
use super::value::Value;
use crate::model::Side;
use crate::profile::Judgement;
use crate::report::Code;
use crate::snapshot::Link;

/// The fact of an account that a user put to rest.
pub(crate) const PUT_TO_REST: &str = "rest";

/// Dormancy goes from the ERP to the CRM only, and never wakes what a user put to rest (B10).
pub(crate) fn judge<'r>(
    run: &Run<'r>,
    pair: &View<'_, '_, 'r>,
    case: &Case<'_>,
) -> (Judgement, Option<Code>) {
    if run.mode() == Mode::Send {
        return (Judgement::Wait, None);
    }
    let (Some(Value::Inactive(dormant)), Some(Value::Inactive(inactive))) =
        (case.values.a, case.values.b)
    else {
        let rests = pair.link.is_some_and(was_put_to_rest);
        return match (case.changed.a, case.values.a) {
            (Some(true), Some(_)) if rests => (Judgement::Agreed, None),
            (Some(true), Some(_)) => (follow(Side::A), None),
            (Some(false), _) if case.changed.b == Some(true) => {
                let at = (Side::A, account::STATUS);
                let alike = pair.b.and_then(|entry| said(run, pair, at, entry.native));
                (Judgement::Agreed, (alike != Some(true)).then_some(Code::StatusDiffers))
            }
            _ => (Judgement::AsClassified, None),
        };
    };
    if dormant == inactive {
        return (Judgement::AsClassified, None);
    }
    let by_user = by_user(run, pair);
    match (case.changed.a, case.changed.b) {
        // A company that is made rests as its ERP account does, whatever its account shows.
        _ if *dormant && is_made(pair) => (follow(Side::A), None),
        (Some(true), _) if *dormant || !by_user => (follow(Side::A), None),
        (None, _) if *dormant => (follow(Side::A), None),
        (Some(false), Some(false)) => (Judgement::AsClassified, None),
        (Some(true), Some(false)) => (Judgement::Agreed, None),
        _ => (Judgement::Agreed, Some(Code::StatusDiffers)),
    }
}

fn was_put_to_rest(link: &Link) -> bool {
    link.facts.get(1).is_some_and(|fact| fact.split(' ').next() == Some(PUT_TO_REST))
}

fn by_user<'r>(run: &Run<'r>, pair: &View<'_, '_, 'r>) -> bool {
    pair.b.is_some_and(|entry| is_put_to_rest(run, entry.native))
}

/// Whether it was a user, not the ERP, who set a company inactive (B10.4).
pub(crate) fn is_put_to_rest(run: &Run<'_>, native: Native<'_>) -> bool {
    let Native::Joined { id, account, company } = native else { return false };
    let status = company.map(|one| one.status).or_else(|| account.map(|one| one.status));
    if status != Some(Status::Inactive) {
        return false;
    }
    let link = run.directory.link_of_id(Kind::Account, id);
    let dormant = run
        .directory
        .code_of
        .get(id)
        .and_then(|code| run.directory.erp_accounts.get(code).map(|one| one.dormant));
    match link {
        Some(link) => {
            let print = run.print_of(Kind::Account, native, account::STATUS);
            let base = link.base.get(account::STATUS).copied().unwrap_or_default();
            was_put_to_rest(link) || base.b.is_some() && print != base.b
        }
        // An account that is about to be created in the ERP does not sleep there.
        None => dormant == Some(false) || run.directory.is_asked_for(id),
    }
}

/// Whether this run makes the company of a pair.
fn is_made(pair: &View<'_, '_, '_>) -> bool {
    let native = pair.b.map(|entry| entry.native);
    matches!(native, Some(Native::Joined { company: Some(one), .. }) if is_provisional(&one.id))
}

/// Whether an ERP account that is not among the changes was dormant when it was last agreed.
pub(crate) fn slept(input: &Input<'_>, link: &Link) -> bool {
    let is_listed = input.erp.accounts.iter().any(|one| one.code == link.ids.a);
    let asleep = Value::Inactive(true);
    let print = print_in(&input.state.key, Kind::Account, account::STATUS, &asleep);
    let base = link.base.get(account::STATUS).and_then(|base| base.a);
    !is_listed && print.is_some() && base == print
}
