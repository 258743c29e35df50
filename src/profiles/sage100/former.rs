//! Which company an account had: what a run that was stopped, or a deletion, left to be done is seen by it (B7.5,
//! B11.4).

use super::code;
use super::crm::{Account, Company};
use super::directory::{ErpChild, Joined};
use super::erp::ErpAccount;
use super::kind::Kind;
use super::moves::{Heir, MOVED, SHORT, facts_of_move};
use super::run::Run;
use crate::model::{Instant, Side};
use crate::schema::Kind as _;
use crate::snapshot::{Link, LinkStatus};

/// Whether a company is what a move of an account left behind. What a company lists goes along with its account: one
/// that lists anything did not lose it to a move. One that somebody worked on since the run that moved it stays as it is.
pub(crate) fn is_leftover(left: &Company, moved: Option<Instant>) -> bool {
    left.account.is_none()
        && left.addresses.is_empty()
        && left.contacts.is_empty()
        && moved.is_some_and(|moved| left.modified <= moved)
}

/// The fact of an account whose former company was deleted, and of which something is still to be made again.
pub(super) const GONE: &str = "gone";

/// The fact of an account whose company lost its main contact while the ERP's list of them was not at hand (B9.5).
pub(crate) const LEADERLESS: &str = "leaderless";

/// The facts of a company that was deleted: which one it was.
pub(crate) fn facts_of_gone(company: &str) -> [String; 2] {
    [GONE.to_owned(), company.to_owned()]
}

/// Whether a link names a company that is known to be gone: another one was made, and its id never heard.
pub(crate) fn names_a_gone_one(link: &Link) -> bool {
    was_made_again(link) && link.facts.get(3) == link.facts.first()
}

/// Whether the company of a link was deleted, and another one made that no listing showed yet.
pub(crate) fn was_made_again(link: &Link) -> bool {
    link.facts.get(2).is_some_and(|one| one == GONE)
}

/// When the run began that moved the account of a link, where one did.
pub(crate) fn moved_at(link: &Link) -> Option<Instant> {
    link.facts.get(2).filter(|one| *one == MOVED)?;
    let when = link.facts.get(3)?.split(' ').next()?;
    Instant::from_timestamp_millis(when.parse().ok()?)
}

/// Whether the company that an account left was short of something that its link names.
fn left_short(link: &Link) -> bool {
    moved_at(link).is_some() && link.facts.get(3).is_some_and(|when| when.ends_with(SHORT))
}

impl Run<'_> {
    /// The company an account had when its link was last settled, where it has another one now: the company was made
    /// again, under whatever id, or the account was moved. It is blank where no listing ever showed one.
    pub(crate) fn left_by(&self, account: &str) -> Option<&str> {
        let moved = self.prepared.wishes.moved.get(account).map(String::as_str);
        let blank = moved.filter(|from| from.is_empty());
        let seen = blank.or_else(|| self.former_company(account))?;
        let company = self.directory.joined.get(account)?.company?;
        // So it was where a move that was to follow never reached the CRM.
        let short = || self.directory.link_of_id(Kind::Account, account).is_some_and(left_short);
        let again = || self.remembered_of_left(account) == Some(GONE) || short();
        if company.id != seen || again() {
            return Some(seen);
        }
        // A request of this run gives it back to the company that the link remembers, which lost it meanwhile.
        moved.filter(|from| **from != company.id)
    }

    /// Whether the ERP account of a CRM account is gone, or was when it was last looked for (B7.4).
    pub(crate) fn is_account_gone(&self, account: &str) -> bool {
        let link = self.directory.link_of_id(Kind::Account, account);
        let here = self.directory.code_of.contains_key(account);
        link.is_some_and(|link| {
            !here && (link.status == LinkStatus::Closed || self.is_gone_in_erp(&link.ids.a))
        })
    }

    /// Whether an account has a company that is not listed: one that a link knows, or that a filter may hide (P-04).
    pub(crate) fn company_is_elsewhere(&self, one: &Joined<'_>) -> bool {
        let named = one.account.is_some_and(|one| one.company.is_some() && one.principal.0);
        let is_linked = || self.directory.link_of_id(Kind::Account, one.id).is_some();
        let may_be_hidden =
            || !self.crm_is_partial() && !self.input.lists_everything_again(Side::B);
        one.company.is_none() && named && (is_linked() || may_be_hidden())
    }

    /// Whether a filter hides the company that an account names.
    pub(crate) fn company_is_hidden(&self, account: &str) -> bool {
        let joined = self.directory.joined.get(account).filter(|_| !self.crm_is_partial());
        joined.is_some_and(|one| {
            let named = one.account.and_then(|one| one.company.as_deref());
            self.company_is_elsewhere(one)
                && named.is_some_and(|id| self.listed.company(id).is_none())
        })
    }

    /// Whether an address or contact of the ERP that has no link may have its counterpart in a company that a filter hides.
    pub(crate) fn may_stand_elsewhere(&self, child: &ErpChild<'_>) -> bool {
        let account = self.directory.account_of.get(child.owner.code.as_str());
        account.is_some_and(|id| self.company_is_hidden(id))
            && self.directory.link_of(child.kind, &child.key).is_none()
    }

    /// The stamp that the record of an account is known to have on a side where it is not among the changes: an
    /// address or contact that was written since is listed by it, and moved it.
    pub(crate) fn last_stamp(&self, account: &str, side: Side) -> Option<Instant> {
        let link = self.directory.link_of_id(Kind::Account, account)?;
        let children = [Kind::Address, Kind::Contact].into_iter();
        let children = children.flat_map(|kind| self.directory.child_links(kind, &link.ids.a));
        let children = children.filter_map(|(_, child)| *child.seen.get(side));
        children.chain(*link.seen.get(side)).max()
    }

    /// The ERP's code of a CRM account: of its ERP account, listed or linked, else what the account itself says.
    pub(crate) fn known_code(&self, id: &str, account: Option<&Account>) -> Option<String> {
        let listed = self.directory.code_of.get(id).copied();
        let linked =
            || self.directory.link_of_id(Kind::Account, id).map(|link| link.ids.a.as_str());
        let told = || account.map(|one| one.code.or_empty());
        let told = || told().filter(|code| !code::is_placeholder(code));
        listed.or_else(linked).or_else(told).map(str::to_owned)
    }

    /// The company an account had when its link was last settled.
    pub(crate) fn known_company(&self, account: &str) -> Option<&str> {
        self.former_company(account).filter(|id| !id.is_empty())
    }

    /// The same, blank where no listing ever showed it.
    pub(crate) fn former_company(&self, account: &str) -> Option<&str> {
        let link = self.directory.link_of_id(Kind::Account, account)?;
        Some(link.facts.first().map_or("", String::as_str))
    }

    /// What became of the company that an account is remembered to have had: that it was deleted, or that a request
    /// moved the account away from it and it is still to go. While the account has no company, or what hides it, the answer
    /// is as it was.
    pub(crate) fn facts_of_left(&self, account: &str, company: &str) -> Vec<String> {
        let is_known = self.known_company(account) == Some(company);
        let link = self.directory.link_of_id(Kind::Account, account);
        let since = link.filter(|_| is_known).and_then(moved_at);
        let is_moved = self.prepared.wishes.moved.get(account).is_some_and(|from| from == company);
        if is_moved {
            let heir = self.heir(account);
            let short = match since {
                // What went along to a company that is gone since is not here either.
                Some(_) => link.is_some_and(|link| {
                    left_short(link)
                        || !self.stands(company, account) && !self.has_heir(link, account)
                }),
                None => !self.lost_nothing(company, account),
            };
            let when = since.unwrap_or(self.input.options.now);
            let mut facts = facts_of_move((when, short), heir.as_ref());
            // A company that was made since is no heir: the link names the one that was.
            let before = link.filter(|link| heir.is_none() && moved_at(link).is_some());
            facts.extend(before.into_iter().flat_map(|link| link.facts.iter().skip(4).cloned()));
            // Nor is the company that the account leaves said to have agreed to what it was never given.
            let undone =
                link.filter(|_| heir.is_some()).and_then(|link| self.undone(link, company));
            facts.extend(undone.iter().flat_map(Heir::facts));
            return facts;
        }
        let left = is_known && self.left_by(account).is_some();
        let one = self.directory.joined.get(account);
        let now = one.and_then(|one| one.company).map(|one| one.id.as_str());
        let alone = is_known && now.is_none();
        let came_back = now == Some(company) && link.is_some_and(left_short);
        let waits = || came_back && self.misses_children(account);
        let open = alone || left && self.left_is_to_go(account) || waits();
        if let Some(link) = link.filter(|_| since.is_some() && open) {
            return link.facts.iter().skip(2).cloned().collect();
        }
        let open = || now != Some(company) || self.misses_children(account);
        let was_gone = is_known && self.remembered_of_left(account) == Some(GONE);
        let known = !self.crm_is_partial() || self.absence.is_removed(Side::B, company);
        let missing = left && known && self.listed.company(company).is_none();
        let is_gone = was_gone && (alone || left && open()) || missing;
        let before = link.filter(|_| was_gone).and_then(|link| link.facts.get(3));
        if is_gone {
            facts_of_gone(before.map_or(company, String::as_str)).to_vec()
        } else {
            Vec::new()
        }
    }

    /// The company that a request gives an account, as it was before it had it.
    fn heir(&self, account: &str) -> Option<Heir> {
        let link = self.directory.link_of_id(Kind::Account, account);
        let one = self.directory.joined.get(account)?;
        let listed = self.listed.company(&one.company?.id)?;
        let remembered = link.and_then(|link| Heir::of_link(link, &listed.id));
        let looks = (&self.prepared.viewer, &self.prepared.state.key);
        // One that was made of the account since has all that it says.
        let is_asked = self.prepared.wishes.joined.contains(account);
        remembered.or_else(|| Some(Heir::new(listed, one.account.filter(|_| is_asked)?, looks)))
    }

    /// A company that was to get the account of a link, and that no run wrote.
    fn undone(&self, link: &Link, company: &str) -> Option<Heir> {
        let heir = Heir::of_link(link, company)?;
        let account = self.listed.account(&link.ids.b)?;
        let company = self.listed.company(company)?;
        Some(heir).filter(|heir| !heir.is_taken(company, account))
    }

    /// Whether the company that a request gives an account, and that a stopped run did not write, says something of its own
    /// in a group.
    pub(crate) fn heir_keeps(&self, account: &str, place: usize) -> bool {
        let link = self.directory.link_of_id(Kind::Account, account);
        let one = self.directory.joined.get(account);
        let company = one.and_then(|one| self.listed.company(&one.company?.id));
        let Some(((link, listed), one)) = link.zip(company).zip(one) else { return false };
        let heir = Heir::of_link(link, &listed.id);
        heir.zip(one.account).is_some_and(|(heir, account)| {
            !heir.is_taken(listed, account) && heir.keeps(place, &self.prints_of_company(listed))
        })
    }

    fn remembered_of_left(&self, account: &str) -> Option<&str> {
        let link = self.directory.link_of_id(Kind::Account, account)?;
        link.facts.get(2).map(String::as_str)
    }

    /// Whether the company that a request took an account from is still there, or may be.
    fn left_is_to_go(&self, account: &str) -> bool {
        let Some(left) = self.left_by(account).filter(|left| !left.is_empty()) else {
            return false;
        };
        if self.remembered_of_left(account) != Some(MOVED) {
            return false;
        }
        let link = self.directory.link_of_id(Kind::Account, account);
        match self.listed.company(left) {
            Some(left) => is_leftover(left, link.and_then(moved_at)),
            None if self.crm_is_partial() => {
                let key = (Side::B, account.to_owned());
                !self.absence.is_removed(Side::B, left)
                    && self.prepared.state.retries.contains_key(&key)
            }
            None => !self.input.lists_everything_again(Side::B),
        }
    }

    /// Whether what an account's former company listed and no company lists now was deleted by itself: the company is
    /// listed as it stands before this run takes the account away, or it is still there and all that was left of it went
    /// along with the account to the company that has it now.
    pub(crate) fn lost_nothing(&self, company: &str, account: &str) -> bool {
        let was_seen = self.known_company(account) == Some(company);
        let link = self.directory.link_of_id(Kind::Account, account);
        let is_short = link.is_some_and(|link| was_made_again(link) || left_short(link));
        let is_moved = self.prepared.wishes.moved.get(account).is_some_and(|from| from == company);
        let stands = is_moved && self.stands(company, account);
        let went_along = || match link.filter(|link| moved_at(link).is_some()) {
            Some(link) => self.has_heir(link, account),
            None => is_moved,
        };
        was_seen && !is_short && (stands || self.is_emptied(company) && went_along())
    }

    /// Whether a company and an account are listed as those of each other, by one of them at least.
    fn stands(&self, company: &str, account: &str) -> bool {
        let of_company = self.listed.company(company).and_then(|one| one.account.as_deref());
        let of_account = self.listed.account(account).and_then(|one| one.company.as_deref());
        of_company == Some(account) || of_account == Some(company)
    }

    /// Whether a company that is listed has neither an account nor anything that went along with it.
    fn is_emptied(&self, company: &str) -> bool {
        self.listed.company(company).is_some_and(|one| {
            one.account.is_none() && one.addresses.is_empty() && one.contacts.is_empty()
        })
    }

    /// Whether an account stands with the company that its link remembers it was moved to.
    fn has_heir(&self, link: &Link, account: &str) -> bool {
        let company = self.directory.joined.get(account).and_then(|one| one.company);
        company.is_some_and(|one| Heir::of_link(link, &one.id).is_some())
    }

    /// Whether something of the company before an account's own is still to be done.
    pub(crate) fn awaits(&self, account: &str) -> bool {
        self.misses_children(account) || self.left_is_to_go(account)
    }

    /// Whether an account has another company than the one that its link names, and not yet all that the former one
    /// listed.
    pub(crate) fn misses_children(&self, account: &str) -> bool {
        !self.missing_children(account).is_empty()
    }

    /// What the former company of an account listed and the one it has now does not, by kind and key in the ERP.
    pub(crate) fn missing_children(&self, account: &str) -> Vec<(Kind, &str)> {
        let left = self.left_by(account).filter(|left| !self.lost_nothing(left, account));
        let joined = self.directory.joined.get(account).filter(|_| left.is_some());
        let link = self.directory.link_of_id(Kind::Account, account);
        let Some((one, link)) = joined.zip(link) else { return Vec::new() };
        let (addresses, contacts) = one.children();
        let prefix = format!("{}#", link.ids.a);
        let missing = [Kind::Address, Kind::Contact].into_iter().flat_map(|kind| {
            let links = self.prepared.links.range((kind.code(), String::new())..);
            let links = links.take_while(move |((of, _), _)| *of == kind.code());
            // What may not be made again waits for its link to be closed: else it would seem to be deleted.
            let links = links.filter(|(_, link)| link.status != LinkStatus::Closed);
            links
                .map(move |((_, id), link)| (link, (kind, id, self.key_now(kind, id, &link.ids.a))))
        });
        let missing = missing.filter(|&(child, (_, id, key))| {
            key.starts_with(&prefix)
                && self.may_come((link, child), key)
                && !addresses.iter().any(|one| one.id == *id)
                && !contacts.iter().any(|one| one.id == *id)
        });
        missing.map(|(_, (kind, _, key))| (kind, key)).collect()
    }

    /// The key in the ERP of a linked address or contact: an address may have got another label (B9.1).
    fn key_now<'k>(&'k self, kind: Kind, id: &str, key: &'k str) -> &'k str {
        let mut children = self.directory.children.iter();
        let own = children.find(|one| one.kind == kind && one.mark == Some(id));
        own.map_or(key, |one| &one.key)
    }

    /// Whether what an ERP account listed may be made again: what the ERP does not have any more is not, what a filter
    /// hides, or no listing ever showed, is.
    fn may_come(&self, (account, child): (&Link, &Link), key: &str) -> bool {
        !self.directory.erp_accounts.contains_key(account.ids.a.as_str())
            || !self.input.lists_everything_again(Side::A)
            || child.listed.a.is_none()
            || self.directory.children.iter().any(|one| one.key == key)
    }

    /// Whether a company lost its main contact, and gets another one of the ERP's list (B9.5): listings of changes may not
    /// show both at once.
    pub(crate) fn lacks_a_main_contact(&self, account: &str) -> bool {
        let company = self.directory.joined.get(account).and_then(|one| one.company);
        let link = self.directory.link_of_id(Kind::Account, account);
        let (Some(company), Some(link)) = (company, link) else { return false };
        let is_here = |id: &String| company.contacts.iter().any(|one| one.id == *id);
        !company.contacts.iter().any(|one| one.main)
            && (self.is_leaderless(account)
                || self.directory.main_links(&link.ids.a).any(|((_, id), _)| !is_here(id)))
    }

    /// Whether an account remembers that nobody follows the main contact of its company yet. Once there is one again,
    /// somebody else took that from him.
    pub(crate) fn is_leaderless(&self, account: &str) -> bool {
        let link = self.directory.link_of_id(Kind::Account, account);
        link.is_some_and(|link| {
            link.facts.get(2).is_some_and(|one| one == LEADERLESS)
                && self.directory.main_links(&link.ids.a).next().is_none()
        })
    }

    /// The first contact of an ERP account's list that is linked to one of these.
    pub(crate) fn first_linked_contact(
        &self,
        erp: &ErpAccount,
        mut is_there: impl FnMut(&str) -> bool,
    ) -> Option<&str> {
        let linked = erp.contacts.iter().filter_map(|contact| {
            let key = format!("{}#{}", erp.code, contact.id);
            self.directory.link_of(Kind::Contact, &key).map(|(key, _)| key.1.as_str())
        });
        linked.into_iter().find(|id| is_there(id))
    }

    /// The ERP account of a CRM account, where it is listed.
    pub(crate) fn erp_account(&self, account: &str) -> Option<&ErpAccount> {
        let code = self.directory.code_of.get(account)?;
        self.directory.erp_accounts.get(code).copied()
    }

    /// Whether it is still to be told who becomes the main contact.
    pub(crate) fn seeks_a_main_contact(&self, account: &str) -> bool {
        let one = self.directory.joined.get(account);
        let contacts = one.and_then(|one| one.company).map(|one| one.contacts.as_slice());
        let contacts = contacts.unwrap_or_default();
        let erp = self.erp_account(account);
        let follows = |erp: &ErpAccount| {
            self.first_linked_contact(erp, |id| contacts.iter().any(|one| one.id == id)).is_some()
        };
        self.lacks_a_main_contact(account) && erp.is_none_or(follows)
    }
}
