//! Which company an account had: what a run that was stopped, or a deletion, left to be done is seen by it (B7.5,
//! B11.4).

use super::code;
use super::crm::Account;
use super::directory::Joined;
use super::kind::Kind;
use super::rules;
use super::run::Run;
use crate::model::{Instant, Side};
use crate::schema::Kind as _;
use crate::snapshot::LinkStatus;

impl Run<'_> {
    /// The company an account had when its link was last settled, where it has another one now: the company was made
    /// again, or the account was moved.
    pub(crate) fn left_by(&self, account: &str) -> Option<&str> {
        let seen = self.known_company(account)?;
        let company = self.directory.joined.get(account)?.company?;
        (company.id != *seen).then_some(seen)
    }

    /// Whether the ERP account of a CRM account is gone, or was when it was last looked for (B7.4).
    pub(crate) fn is_account_gone(&self, account: &str) -> bool {
        let link = self.directory.link_of_id(Kind::Account, account);
        let here = self.directory.code_of.contains_key(account);
        link.is_some_and(|link| {
            !here && (link.status == LinkStatus::Closed || self.is_gone_in_erp(&link.ids.a))
        })
    }

    /// Whether a linked account has a company that is not listed.
    pub(crate) fn company_is_elsewhere(&self, one: &Joined<'_>) -> bool {
        let named = one.account.is_some_and(|one| one.company.is_some() && one.principal.0);
        one.company.is_none() && named && self.directory.link_of_id(Kind::Account, one.id).is_some()
    }

    /// The stamp that the record of an account is known to have on a side where it is not among the changes: an
    /// address or contact that was written since is listed by it, and moved it.
    pub(crate) fn last_stamp(&self, account: &str, side: Side) -> Option<Instant> {
        let link = self.directory.link_of_id(Kind::Account, account)?;
        let children = self.directory.child_links(&link.ids.a);
        let children = children.filter_map(|child| *child.seen.get(side));
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
        let link = self.directory.link_of_id(Kind::Account, account)?;
        link.facts.first().map(String::as_str).filter(|id| !id.is_empty())
    }

    /// The fact that the company an account is remembered to have had was deleted, not left.
    pub(crate) fn gone_fact(&self, account: &str, company: &str) -> Option<String> {
        let link = self.directory.link_of_id(Kind::Account, account);
        let remembered = link.is_some_and(|link| {
            link.facts.first().is_some_and(|known| known == company)
                && link.facts.get(2).is_some_and(|fact| fact == rules::GONE)
        });
        let left = self.known_company(account) == Some(company) && self.left_by(account).is_some();
        let removed = &self.input.crm_listing.removed;
        let known = !self.crm_is_partial() || removed.iter().any(|one| one == company);
        let missing = left && known && self.listed.company(company).is_none();
        (remembered && left || missing).then(|| rules::GONE.to_owned())
    }

    /// Whether an account has another company than the one that its link names, and not yet all that the former one
    /// listed.
    pub(crate) fn misses_children(&self, account: &str) -> bool {
        !self.missing_children(account).is_empty()
    }

    /// What the former company of an account listed and the one it has now does not, by kind and key in the ERP.
    pub(crate) fn missing_children(&self, account: &str) -> Vec<(Kind, &str)> {
        let joined = self.directory.joined.get(account).filter(|_| self.left_by(account).is_some());
        let link = self.directory.link_of_id(Kind::Account, account);
        let Some((one, link)) = joined.zip(link) else { return Vec::new() };
        let (addresses, contacts) = one.children();
        let prefix = format!("{}#", link.ids.a);
        let kinds = [Kind::Address, Kind::Contact].into_iter();
        let missing = kinds.filter(|kind| rules::comes_over(self, *kind)).flat_map(|kind| {
            let links = self.prepared.links.range((kind.code(), String::new())..);
            let links = links.take_while(move |((of, _), _)| *of == kind.code());
            links.map(move |((_, id), link)| (kind, id, link.ids.a.as_str()))
        });
        let missing = missing.filter(|(_, id, key)| {
            key.starts_with(&prefix)
                && !addresses.iter().any(|one| one.id == **id)
                && !contacts.iter().any(|one| one.id == **id)
        });
        missing.map(|(kind, _, key)| (kind, key)).collect()
    }
}
