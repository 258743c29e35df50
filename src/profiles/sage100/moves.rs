//! Moves of accounts to other companies that a stopped run began (B11.4): what is left to do of them, and what the company
//! that gets the account may keep of its own.

use super::clerk::Wishes;
use super::crm::{Account, Address, AddressKind, Company, Crm, CrmIndex};
use super::former::{GONE, is_leftover, moved_at};
use super::input::Input;
use super::kind::{Kind, account as group};
use super::labels::billing_made;
use super::made;
use super::mirror::take_group;
use super::prepare::Known;
use super::schema::Viewer;
use super::show::prints_of_company;
use crate::model::{Instant, Side};
use crate::rules::Reason;
use crate::schema::Kind as _;
use crate::snapshot::{
    AskedGroup, AttemptKey, Coverage, Link, LinkKey, Print, Prints, StateKey, SyncState,
};

/// The fact of an account that a request moved away from the company before it: that company goes, and nothing else
/// says of a company that it was left (B11.4).
pub(super) const MOVED: &str = "moved";

/// The company that a request gives an account, as it was when the run began that moved the account: what it says by now
/// in another way was written since, by that run or by somebody, and stays.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Heir {
    id: String,
    /// Whether it showed the account's code before it had the account.
    had_code: bool,
    prints: Prints,
}

impl Heir {
    /// A company as it is listed, before it takes over an account.
    pub(crate) fn new(
        company: &Company,
        account: &Account,
        (viewer, key): (&Viewer, &StateKey),
    ) -> Self {
        Self {
            id: company.id.clone(),
            had_code: company.account_code.same(&account.code),
            prints: prints_of_company(viewer, key, company),
        }
    }

    /// The one that a link remembers, if it is this one.
    pub(crate) fn of_link(link: &Link, company: &str) -> Option<Self> {
        moved_at(link)?;
        let mut heirs = link.facts.get(4..)?.chunks_exact(2);
        let (id, (had_code, prints)) = heirs.find_map(|heir| match heir {
            [id, prints] if id == company => Some((id.clone(), prints.split_once(' ')?)),
            _ => None,
        })?;
        let print = |word: &str| u64::from_str_radix(word, 16).ok().map(Print::new);
        Some(Self {
            id,
            had_code: had_code == CODE,
            prints: prints.split(' ').map(print).collect(),
        })
    }

    /// What a link keeps of it, one behind the other where it remembers more of them.
    pub(crate) fn facts(&self) -> [String; 2] {
        let word = |print: &Option<Print>| {
            print.map_or_else(|| "-".to_owned(), |print| format!("{:x}", print.get()))
        };
        let had_code = if self.had_code { CODE } else { "" };
        let words = std::iter::once(had_code.to_owned()).chain(self.prints.iter().map(word));
        [self.id.clone(), words.collect::<Vec<_>>().join(" ")]
    }

    /// Whether it was certainly written: the code comes with all the rest, in one write.
    pub(crate) fn is_taken(&self, company: &Company, account: &Account) -> bool {
        !self.had_code && company.account_code.same(&account.code)
    }

    /// Whether a group says something else than before the account came. What only the ERP says is nobody's edit (B8.5).
    pub(crate) fn keeps(&self, place: usize, now: &Prints) -> bool {
        let before = self.prints.get(place).copied().flatten();
        let now = now.get(place).copied().flatten();
        place != group::REPLICATED && before.is_some() && now.is_some() && before != now
    }
}

/// The word of a company that was short of something when its account was taken away.
pub(crate) const SHORT: &str = "short";

/// The word of a company that showed the code of the account before.
const CODE: &str = "code";

/// The facts of a move: when the run began that moved an account, whether the company it left was short of something that
/// was still to be made again there, and the company that gets it.
pub(crate) fn facts_of_move((moved, short): (Instant, bool), heir: Option<&Heir>) -> Vec<String> {
    let heir = heir.map(Heir::facts).into_iter().flatten();
    let when = moved.timestamp_millis();
    let when = if short { format!("{when} {SHORT}") } else { when.to_string() };
    [MOVED.to_owned(), when].into_iter().chain(heir).collect()
}

/// A move that is to be completed.
struct Stopped {
    account: Account,
    /// The company that gets the account.
    to: String,
    /// The company that is left without it, and whether it goes.
    left: Option<String>,
    /// Which one it was, where the link remembers a move.
    from: Option<String>,
}

/// Ends the move of an account to another company that a stopped run began (B11.4): the link still names the company
/// it left, and that company is still there without an account. It goes only where the link says that a request moved
/// the account: a company may have lost its account to one that was made in its place, when a listing left it out.
pub(crate) fn complete_moves(
    input: &Input<'_>,
    crm: &mut Crm,
    (state, links, viewer): (&SyncState, &Known, &Viewer),
    wishes: &mut Wishes,
) {
    let index = crm.index();
    let companies = crm.companies.iter();
    let moves = companies.filter_map(|one| stopped(input, one, (&index, state, links), wishes));
    for Stopped { account, to, left, from } in moves.collect::<Vec<_>>() {
        if let Some(from) = from {
            wishes.moved.insert(account.id.clone(), from);
        }
        if let Some(left) = left {
            crm.companies.retain(|one| one.id != left);
            wishes.deleted.insert(left, Reason::Reassigned);
        }
        let linked = |kind: Kind, id: &str| links.contains_key(&(kind.code(), id.to_owned()));
        let link = links.get(&(Kind::Account.code(), account.id.clone()));
        if let Some(company) = crm.company_mut(&to) {
            take_over(company, (&account, link), (viewer, &state.key));
            company.account_code = account.code.clone();
            company.generic_account = None;
            // What the run that stopped made of the ERP's billing address came with the account, too.
            let code = link.map_or_else(|| account.code.or_empty(), |link| link.ids.a.as_str());
            let made = billing_made(state, code, &company.addresses).map(|one| one.id.clone());
            let is_its =
                |one: &Address| linked(Kind::Address, &one.id) || made.as_ref() == Some(&one.id);
            let (others, mut own): (Vec<_>, Vec<_>) = company.addresses.drain(..).partition(is_its);
            if makes_a_billing_address(links, link, &others) {
                own.iter_mut().for_each(made::deliver);
            }
            made::add_addresses(company, own, others);
            let (others, own): (Vec<_>, Vec<_>) =
                company.contacts.drain(..).partition(|one| linked(Kind::Contact, &one.id));
            made::add_contacts(company, own, others);
        }
        wishes.companies.insert(to, Reason::Reassigned);
    }
}

/// Whether the billing address of the account of a link does not go along with it, and is made again where it goes: what the
/// company that gets it was billed to by itself is delivered to.
pub(super) fn makes_a_billing_address(
    links: &Known,
    link: Option<&Link>,
    goes: &[Address],
) -> bool {
    let key = link.map(|link| format!("{}#", link.ids.a));
    let is_its = |(of, link): (&LinkKey, &Link)| {
        of.0 == Kind::Address.code() && key.as_ref() == Some(&link.ids.a)
    };
    !goes.iter().any(|one| one.kind == Some(AddressKind::Billing)) && links.iter().any(is_its)
}

/// Forgets the unanswered writes of an account that is moved, as far as the company it leaves shows that they were not done:
/// the one that gets it is to say the same, and would be taken for their trace. So it is of a company that a request changes.
pub(crate) fn forget_undone_writes(
    crm: &Crm,
    state: &mut SyncState,
    viewer: &Viewer,
    wishes: &Wishes,
) {
    let (kind, target, side) = (Kind::Account.code(), Side::B, Side::B);
    let changed = crm.companies.iter().filter(|one| wishes.companies.contains_key(&one.id));
    let changed = changed.filter_map(|one| Some((one.account.clone()?, one.id.clone())));
    let changed = changed.filter(|(account, _)| !wishes.moved.contains_key(account));
    let moved = wishes.moved.iter().map(|(account, from)| (account.clone(), from.clone()));
    for (account, company) in moved.chain(changed) {
        let key = AttemptKey { kind, target, side, id: account };
        let Some(attempt) = state.attempts.get_mut(&key) else { continue };
        let Some(left) = crm.companies.iter().find(|one| one.id == company) else { continue };
        let shown = prints_of_company(viewer, &state.key, left);
        let is_there = |one: &AskedGroup| {
            shown.get(usize::from(one.group)).copied().flatten() == Some(one.asked)
        };
        let is_done = |one: &AskedGroup| one.before != Some(one.asked) && is_there(one);
        if attempt.groups.iter().any(is_done) {
            attempt.groups.retain(is_there);
        } else {
            state.attempts.remove(&key);
        }
    }
}

/// The move of an account to a company that is still to be completed, if there is one.
fn stopped(
    input: &Input<'_>,
    company: &Company,
    (index, state, links): (&CrmIndex<'_>, &SyncState, &Known),
    wishes: &Wishes,
) -> Option<Stopped> {
    // What rests waits as a whole, the end of its move too (B14.4).
    let rests = wishes.is_parked(&company.id);
    let account = company.account.as_ref().filter(|_| !rests)?;
    let account = index.account(account)?;
    let link = links.get(&(Kind::Account.code(), account.id.clone()));
    // A link that names the company itself says that the account never left it.
    let former = link.and_then(|link| link.facts.first()).filter(|id| **id != company.id);
    let retries = state.retries.contains_key(&(Side::B, account.id.clone()));
    // A company that is not among the changes is there if the run that was to delete it was stopped.
    let may_be_there = retries && input.crm_listing.coverage == Coverage::Changes;
    let left = former.filter(|left| match index.company(left) {
        Some(left) => is_leftover(left, link.and_then(moved_at).or(Some(account.modified))),
        None => may_be_there && !input.crm_listing.removed.contains(left),
    });
    let left = left.filter(|left| !left.is_empty());
    let says = |fact: &str| link.and_then(|link| link.facts.get(2)).is_some_and(|one| one == fact);
    let heir = link.and_then(|link| Heir::of_link(link, &company.id));
    let is_taken = match &heir {
        Some(heir) => heir.is_taken(company, account),
        None => company.account_code.same(&account.code),
    };
    let waits = says(MOVED) && former.is_some() && retries && !is_taken;
    let is_asked = wishes.accounts.contains_key(&account.id) || says(GONE);
    if is_asked || left.is_none() && !waits {
        return None;
    }
    let goes = left.filter(|_| says(MOVED)).cloned();
    // One that is used again is not remembered as the one that goes.
    let is_used = |id: &String| goes.is_none() && index.company(id).is_some();
    let from = former.filter(|_| says(MOVED));
    let from = from.map(|id| if is_used(id) { String::new() } else { id.clone() });
    Some(Stopped { account: account.clone(), to: company.id.clone(), left: goes, from })
}

/// Gives a company what its account says, where the run that was stopped did not, and nobody wrote anything since (B11.4).
fn take_over(
    company: &mut Company,
    (account, link): (&Account, Option<&Link>),
    (viewer, key): (&Viewer, &StateKey),
) {
    let heir = link.and_then(|link| Heir::of_link(link, &company.id));
    let is_other = |link: &Link| link.facts.get(4).is_some_and(|id| *id != company.id);
    let is_written = if let Some(heir) = &heir {
        heir.is_taken(company, account)
    } else if link.is_some_and(|link| moved_at(link).is_some() && is_other(link)) {
        // It was made of the account since.
        true
    } else {
        // What somebody edits of the account by itself, once the company took it over, goes nowhere (B1.5).
        let is_older = |since| account.modified <= since;
        let has_code = company.account_code.same(&account.code);
        // Nor does it write over what somebody edits of the company since, where no run was heard of.
        let is_edited = company.modified > account.modified;
        has_code && (is_edited || !link.and_then(moved_at).is_none_or(is_older))
    };
    if is_written {
        return;
    }
    let now = prints_of_company(viewer, key, company);
    for place in 0..Kind::Account.groups().len() {
        if !heir.as_ref().is_some_and(|heir| heir.keeps(place, &now)) {
            take_group(company, account, (place, viewer.main_contact));
        }
    }
}
