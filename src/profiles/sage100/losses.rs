//! What becomes of a pair of which one record is gone (B7.4, B7.5, B7.8, E2).

use super::clerk::Mode;
use super::directory::{Class, code_in, part_of};
use super::kind::Kind;
use super::parameters::Conflict;
use super::rules::{comes_over, has_company, permits};
use super::run::Run;
use super::schema::Native;
use super::show;
use crate::model::Side;
use crate::profile::{Effect, Loss, PairView};
use crate::report::Code;
use crate::rules::Reason;
use crate::snapshot::{Link, LinkStatus};

type View<'p, 'a, 'r> = PairView<'p, 'a, Run<'r>>;

/// What becomes of a pair of which one record is gone (B7.4, B7.5, B7.8, E2).
pub(crate) fn loss<'r>(run: &Run<'r>, pair: &View<'_, '_, 'r>, gone: Side, changed: bool) -> Loss {
    let keep = |code, effect| Loss::Keep { code, effect };
    match (pair.kind, gone) {
        (Kind::Account, Side::A) => keep(Some(Code::ErpAccountGone), Effect::Close),
        (Kind::Account, Side::B) if pair.link.is_some_and(|link| run.may_get_another(link)) => {
            keep(None, Effect::Wait)
        }
        (Kind::Account, Side::B) => {
            Loss::Restore { code: Some(Code::CompanyRestored), why: (Reason::Recreated, "B7.5") }
        }
        (Kind::Address | Kind::Contact, Side::A) => child_gone_in_erp(run, pair, changed),
        (Kind::Address | Kind::Contact, Side::B) => child_gone_in_crm(run, pair, changed),
        (Kind::Company | Kind::FreeField | Kind::List | Kind::Representative, _) => Loss::Usual,
    }
}

fn crm_is_preferred(run: &Run<'_>) -> bool {
    run.parameters.conflict == Conflict::Crm
}

fn child_gone_in_erp<'r>(run: &Run<'r>, pair: &View<'_, '_, 'r>, changed: bool) -> Loss {
    let keep = |code, effect| Loss::Keep { code, effect };
    let key = pair.link.map(|link| link.ids.a.as_str()).unwrap_or_default();
    if run.is_gone_in_erp(code_in(key)) {
        return keep(None, Effect::Close);
    }
    // What stood with an account that is gone stands with nobody, or comes again with it.
    let owner = run.directory.account_of_key(key);
    if owner.filter(|_| pair.b.is_none()).is_some_and(|id| missed(run, id).is_some()) {
        return keep(None, if may_stand(run, pair) { Effect::Wait } else { Effect::Close });
    }
    // Whatever hides the account hides what stands with it.
    let hidden = !run.erp_is_partial() && !run.directory.erp_accounts.contains_key(code_in(key));
    // So does an account that takes no part, also where no answer told that it is linked (E7, B10.1), and where it is not
    // listed and took no part when it last was.
    let class = run.directory.classes.get(code_in(key));
    let slept = || {
        let owner = run.directory.link_of(Kind::Account, code_in(key));
        owner.is_some_and(|(_, link)| link.status == LinkStatus::Asleep)
    };
    let sleeps = match class {
        Some(class) => *class != Class::Managed,
        None => slept(),
    };
    let on = comes_over(run, pair.kind);
    let unclear = pair.kind == Kind::Address && run.directory.may_be_renamed(key, None);
    if !hidden && !sleeps && !unclear && run.mode_of(pair) == Mode::Send && has_company(run, pair) {
        return Loss::Restore { code: None, why: (Reason::Sent, "B15.3") };
    }
    if hidden || sleeps || unclear || !on || !permits(run, Side::B) {
        return keep(None, Effect::Wait);
    }
    match is_somebodys_default(run, pair) {
        Some(true) => return keep(Some(Code::DefaultAddressKept), Effect::Close),
        None => return keep(None, Effect::Wait),
        Some(false) => {}
    }
    if changed && crm_is_preferred(run) && has_company(run, pair) {
        return Loss::Restore { code: None, why: (Reason::Recreated, "E2") };
    }
    Loss::Delete
}

/// Whether the address of a pair is the default one of a contact (B9.6): those of its company, or where that is not listed
/// what their links remember. One that was never asked about it leaves it open.
fn is_somebodys_default<'r>(run: &Run<'r>, pair: &View<'_, '_, 'r>) -> Option<bool> {
    let link = pair.link.filter(|_| pair.kind == Kind::Address);
    let Some(link) = link else { return Some(false) };
    if let Some(Native::Address { account, address }) = pair.b.map(|entry| entry.native) {
        let contacts = run.directory.joined.get(account).map(|one| one.children().1);
        let mut contacts = contacts.unwrap_or_default().iter();
        return Some(contacts.any(|one| one.default_address.as_ref() == Some(&address.id)));
    }
    let contacts = run.directory.child_links(Kind::Contact, code_in(&link.ids.a));
    let mut known = contacts.iter().map(|(_, link)| show::default_of(link));
    if known.clone().any(|id| id == Some(link.ids.b.as_str())) {
        return Some(true);
    }
    known.all(|id| id.is_some()).then_some(false)
}

/// Whether an address or contact that the CRM does not list may stand with a company whose account is gone, and comes again;
/// or whether an account may come again, since its company is there without one.
pub(crate) fn may_stand<'r>(run: &Run<'r>, pair: &View<'_, '_, 'r>) -> bool {
    if pair.kind == Kind::Account {
        return pair.link.is_some_and(|link| run.has_bare_home(link));
    }
    let key = pair.link.map(|link| link.ids.a.as_str()).unwrap_or_default();
    let account = run.directory.account_of_key(key).and_then(|id| missed(run, id));
    account.is_some_and(|link| run.is_owed(&link.ids.b) || run.may_get_another(link))
}

/// The link of an account that is gone in the CRM.
fn missed<'r>(run: &'r Run<'_>, account: &str) -> Option<&'r Link> {
    let link = run.directory.link_of_id(Kind::Account, account);
    let is_listed = run.directory.joined.contains_key(account);
    link.filter(|link| !is_listed && (link.gone.b || run.is_gone_in_crm(account)))
}

fn child_gone_in_crm<'r>(run: &Run<'r>, pair: &View<'_, '_, 'r>, changed: bool) -> Loss {
    let key = pair.link.map(|link| link.ids.a.as_str()).unwrap_or_default();
    let owner = run.directory.account_of_key(key);
    // What stands with a company is not missed while its account is, or has no link yet, or a filter hides the company (P-04).
    if may_stand(run, pair) || owner.is_none_or(|id| run.company_is_hidden(id)) {
        return Loss::Keep { code: None, effect: Effect::Wait };
    }
    if pair.link.is_some_and(|link| link.status == LinkStatus::Closed) {
        // What could not be made again with its company, while its kind was off, is made once it may.
        let account = run.directory.link_of(Kind::Account, code_in(key));
        let lives = account.is_some_and(|(_, link)| link.status == LinkStatus::Live);
        let may_come = comes_over(run, pair.kind) && permits(run, Side::B);
        if lives && pair.a.is_some() && may_come && has_company(run, pair) {
            return Loss::Restore { code: None, why: (Reason::Recreated, "B7.5") };
        }
        return Loss::Keep { code: None, effect: Effect::Close };
    }
    let restored = owner.is_some_and(|id| {
        run.prepared.wishes.restored.contains(id)
            || run.prepared.bereft.contains_key(id)
            || run.is_gone_in_crm(id)
            || run.left_by(id).is_some_and(|left| !run.lost_nothing(left, id))
    });
    if restored && !comes_over(run, pair.kind) {
        // It cannot be made again; nobody deleted it by itself, so that nothing is deleted for it either.
        return Loss::Keep { code: None, effect: Effect::Close };
    }
    if restored {
        return Loss::Restore { code: None, why: (Reason::Recreated, "B7.5") };
    }
    if pair.kind == Kind::Address && part_of(key).is_empty() {
        return Loss::Restore {
            code: Some(Code::BillingRestored),
            why: (Reason::Recreated, "B7.8"),
        };
    }
    let on = comes_over(run, pair.kind);
    if run.mode_of(pair) == Mode::Resync {
        return Loss::Restore { code: None, why: (Reason::Resync, "B15.2") };
    }
    if changed && !crm_is_preferred(run) && on {
        return Loss::Restore { code: None, why: (Reason::Recreated, "E2") };
    }
    if !has_company(run, pair) {
        return Loss::Keep { code: None, effect: Effect::Wait };
    }
    Loss::Delete
}
