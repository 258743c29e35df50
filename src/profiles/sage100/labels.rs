//! Which delivery address of the ERP stands under which label, also under a new one; and the labels that addresses get
//! (B9.1).

use std::collections::{BTreeMap, BTreeSet};

use super::crm::{Address, AddressKind, Company};
use super::directory::{Directory, ErpChild, code_in, part_of};
use super::erp::ErpAccount;
use super::kind::{Kind, address};
use super::made;
use super::project;
use super::schema::Native;
use super::value::Value;
use crate::model::{Side, Text};
use crate::profile::Value as _;
use crate::schema::Kind as _;
use crate::snapshot::{AttemptKey, Link, Print, Printer, StateKey, SyncState};

impl<'a> Directory<'a> {
    /// Delivery addresses under a new label: the one whose label the CRM shows already, which nobody but a run writes there,
    /// else the only one with the content of the only one that is gone (B9.1).
    pub(super) fn renamed(
        &self,
        account: &'a ErpAccount,
        addresses: &[Address],
    ) -> BTreeMap<String, &'a str> {
        let prefix = format!("{}#", account.code);
        let mut gone: BTreeMap<Print, Vec<&'a str>> = BTreeMap::new();
        let mut told: BTreeMap<&str, Vec<&'a str>> = BTreeMap::new();
        for (id, link) in self.gone_addresses(account) {
            let known = self.content_of(id, link);
            // Or what the CRM says of it: a write that this state knows nothing of may have brought it there.
            let crm = addresses.iter().find(|one| one.id == id);
            if let Some(one) = crm.filter(|one| !one.label.is_blank()) {
                told.entry(one.label.or_empty()).or_default().push(id);
            }
            let crm = crm.into_iter().flat_map(|one| self.prints_of(project::address(one)));
            for print in known.into_iter().chain(crm).collect::<BTreeSet<Print>>() {
                gone.entry(print).or_default().push(id);
            }
        }
        let mut fresh: BTreeMap<Print, Vec<String>> = BTreeMap::new();
        let mut found = BTreeMap::new();
        for one in &account.delivery {
            let key = format!("{prefix}{}", one.label.or_empty());
            if self.link_of(Kind::Address, &key).is_some() {
                continue;
            }
            if let Some([id]) = told.get(one.label.or_empty()).map(Vec::as_slice) {
                found.insert(key, *id);
            } else {
                for print in self.prints_of(project::erp_address(one)) {
                    fresh.entry(print).or_default().push(key.clone());
                }
            }
        }
        let taken: BTreeSet<&str> = found.values().copied().collect();
        for (print, mut ids) in gone {
            ids.retain(|id| !taken.contains(id));
            if let ([id], Some([key])) = (ids.as_slice(), fresh.get(&print).map(Vec::as_slice)) {
                found.insert(key.clone(), *id);
            }
        }
        found
    }

    /// The linked addresses whose label an ERP account does not list.
    fn gone_addresses(&self, account: &'a ErpAccount) -> Vec<(&'a str, &'a Link)> {
        let prefix = format!("{}#", account.code);
        let labels: BTreeSet<&str> =
            account.delivery.iter().map(|one| one.label.or_empty()).collect();
        let linked = self.links_of_a.range((Kind::Address.code(), prefix.as_str())..);
        let own = linked.map_while(|((kind, key), (id, link))| {
            let label = key.strip_prefix(&prefix).filter(|_| *kind == Kind::Address.code())?;
            Some((label, (id.1.as_str(), *link)))
        });
        let gone = own.filter(|(label, _)| !label.is_empty() && !labels.contains(label));
        gone.map(|(_, one)| one).collect()
    }

    /// Whether a new delivery address that cannot be read may be one that is gone, whose text could be read; one whose label
    /// cannot be read may be any.
    pub(super) fn is_unclear(&self, account: &'a ErpAccount, children: &[ErpChild<'a>]) -> bool {
        if account.delivery.iter().any(|one| one.label.known().is_none()) {
            return !self.gone_addresses(account).is_empty();
        }
        let is_unread = |one: &ErpChild<'a>| one.mark.is_none() && self.is_unread(one.native);
        children.iter().any(is_unread)
            && self
                .gone_addresses(account)
                .into_iter()
                .any(|(id, link)| !self.content_of(id, link).is_empty())
    }

    fn is_unread(&self, native: Native<'_>) -> bool {
        let Native::Delivery(_, one) = native else { return false };
        self.print_of(project::erp_address(one)).is_none()
    }

    /// Whether nobody knows yet what became of an address of the ERP, since one of its account that cannot be read may be
    /// the one that is gone, under another label (B9.1, D35).
    pub(crate) fn may_be_renamed(&self, key: &str, native: Option<Native<'_>>) -> bool {
        !part_of(key).is_empty()
            && self.unclear.contains(code_in(key))
            && native.is_none_or(|native| self.is_unread(native))
    }

    /// The address without a label for which an earlier run asked for a delivery address under this one, and was not
    /// answered: whatever the ERP made of its content, the label is the one that it was given (B9.1).
    pub(super) fn asked_under(&self, open: &[&'a Address], label: &str) -> Option<&'a str> {
        let is_asked = |one: &&&'a Address| {
            let (kind, side) = (Kind::Address.code(), Side::B);
            let key = AttemptKey { kind, target: Side::A, side, id: one.id.clone() };
            let base = made::or(&one.city, "Adresse");
            let counter = label.strip_prefix(base.or_empty().trim());
            let counter = counter.map(str::trim_start);
            let is_given =
                counter.is_some_and(|rest| rest.is_empty() || rest.parse::<u32>().is_ok());
            one.label.is_blank() && is_given && self.state.attempts.contains_key(&key)
        };
        let mut asked = open.iter().filter(is_asked);
        let first = asked.next()?;
        asked.next().is_none().then_some(first.id.as_str())
    }

    /// What a linked delivery address may say in the ERP: what was agreed, or what a write whose answer never arrived
    /// found there or left there.
    fn content_of(&self, id: &str, link: &Link) -> BTreeSet<Print> {
        let (kind, side) = (Kind::Address.code(), Side::B);
        let key = AttemptKey { kind, target: Side::A, side, id: id.to_owned() };
        let asked = self.state.attempts.get(&key).map(|one| one.groups.as_slice());
        let asked = asked.unwrap_or_default().iter();
        let asked = asked.filter(|one| usize::from(one.group) == address::ADDRESS);
        let asked = asked.flat_map(|one| [Some(one.asked), one.before]);
        let base = link.base.get(address::ADDRESS).and_then(|base| base.a);
        asked.chain([base]).flatten().collect()
    }

    /// What an address says, and the same without regard to capitals: the ERP may write it in these.
    fn prints_of(&self, address: Vec<Value>) -> BTreeSet<Print> {
        let folded = address.iter().map(Value::folded).collect();
        [self.print_of(address), self.print_of(folded)].into_iter().flatten().collect()
    }

    fn print_of(&self, address: Vec<Value>) -> Option<Print> {
        print_of(&self.state.key, address)
    }

    /// Whether a delivery address is the one that the ERP makes by itself of the billing address of a new account: it is
    /// not sent, and the next run pairs the two by their label (B9.2).
    pub(crate) fn is_the_copy(&self, native: Native<'_>) -> bool {
        let Native::Address { account, address } = native else { return false };
        let billing = self.billing_sent.get(account).filter(|one| one.id != address.id);
        let company = self.joined.get(account).and_then(|one| one.company);
        let copy = billing.zip(company).and_then(|(billing, company)| copy_label(billing, company));
        !address.label.is_blank() && copy.as_ref() == Some(&address.label)
    }

    /// The labels of delivery addresses that are about to be created in the ERP (B9.1).
    pub(super) fn give_labels(&mut self) {
        let mut given = BTreeMap::new();
        for one in self.joined.values() {
            let Some(company) = one.company else { continue };
            let erp = self.code_of.get(one.id).and_then(|code| self.erp_accounts.get(code));
            let key = |label: &str| label.trim().to_lowercase();
            let mut taken: BTreeSet<String> = BTreeSet::new();
            if let Some(erp) = erp {
                taken.insert(key(erp.billing.label.or_empty()));
                taken.extend(erp.delivery.iter().map(|one| key(one.label.or_empty())));
            }
            let link = self.link_of_id(Kind::Account, one.id);
            if erp.is_none() {
                // An account that is not among the changes: its linked addresses are known.
                taken.extend(self.linked_labels(one.id).map(key));
            }
            let own = self.billing_of(one.id, &company.addresses);
            if let Some(own) = own.filter(|_| erp.is_none()) {
                taken.insert(key(own.label.or_empty()));
                let copy = copy_label(own, company).filter(|_| link.is_none());
                taken.extend(copy.map(|label| key(label.or_empty())));
            }
            let is_new = |one: &&Address| {
                self.link_of_id(Kind::Address, &one.id).is_none()
                    && own.is_none_or(|own| own.id != one.id)
                    && !self.children.iter().any(|child| child.mark == Some(one.id.as_str()))
            };
            let mut new: Vec<&'a Address> = company.addresses.iter().filter(is_new).collect();
            new.sort_by_key(|one| &one.id);
            let twin = |one: &Address| {
                erp.is_some_and(|erp| {
                    let content = project::address(one).into_iter().next();
                    erp.delivery.iter().any(|other| {
                        let id = format!("{}#{}", erp.code, other.label.or_empty());
                        let alone = self.link_of(Kind::Address, &id).is_none();
                        alone && project::erp_address(other).into_iter().next() == content
                    })
                })
            };
            // The label that one got with another account may be that of an address of this one: it needs a new one.
            let others = self.linked_labels(one.id).map(key).collect::<BTreeSet<String>>();
            let is_taken = |one: &Address| others.contains(&key(one.label.or_empty()));
            // One that is gone in the ERP and not yet in the CRM has its label until then.
            taken.extend(company.addresses.iter().map(|one| key(one.label.or_empty())));
            let lacks = |one: &&Address| {
                if one.label.is_blank() { !twin(one) } else { is_taken(one) }
            };
            for address in new.into_iter().filter(lacks) {
                let base = made::or(&address.label, made::or(&address.city, "Adresse").or_empty());
                let base = base.or_empty().trim();
                let numbered = (2_u32..).map(|number| format!("{base} {number}"));
                let mut candidates = std::iter::once(base.to_owned()).chain(numbered);
                if let Some(label) = candidates.find(|label| !taken.contains(&key(label))) {
                    taken.insert(key(&label));
                    given.insert(address.id.as_str(), label);
                }
            }
        }
        self.labels = given;
    }

    /// The labels of the linked addresses of an account, that of the billing address blank.
    fn linked_labels(&self, account: &str) -> impl Iterator<Item = &'a str> {
        let code = self.link_of_id(Kind::Account, account).map(|link| link.ids.a.as_str());
        let code = code.unwrap_or_default();
        let links = self.links_of_a.range((Kind::Address.code(), code)..);
        links.map_while(move |((kind, key), _)| {
            let own = *kind == Kind::Address.code() && !code.is_empty();
            key.strip_prefix(code).filter(|_| own)?.strip_prefix('#')
        })
    }
}

/// The label of the delivery address that the ERP makes of the billing address of an account about to be created, if that
/// says something (B9.2).
fn copy_label(billing: &Address, company: &Company) -> Option<Text> {
    let content = project::address(billing).into_iter().next();
    let is_blank = content.is_some_and(|one| one.is_blank());
    (!is_blank).then(|| made::or(&billing.label, company.name.or_empty()))
}

/// The address that an earlier run made of the billing address of an ERP account, and was not answered: it says what was asked,
/// whichever else its company chose before (D12).
pub(super) fn billing_made<'c>(
    state: &SyncState,
    code: &str,
    addresses: &'c [Address],
) -> Option<&'c Address> {
    if state.attempts.is_empty() {
        return None;
    }
    let (kind, target, side) = (Kind::Address.code(), Side::B, Side::A);
    let key = AttemptKey { kind, target, side, id: format!("{code}#") };
    let asked = state.attempts.get(&key)?.groups.iter();
    let asked: Vec<_> = asked.filter(|one| usize::from(one.group) == address::ADDRESS).collect();
    let is_it = |one: &&Address| {
        let shown = print_of(&state.key, project::address(one));
        one.kind == Some(AddressKind::Billing)
            && asked.iter().any(|group| Some(group.asked) == shown)
    };
    addresses.iter().filter(is_it).min_by_key(|one| &one.id)
}

/// The fingerprint of what an address says.
fn print_of(key: &StateKey, address: Vec<Value>) -> Option<Print> {
    let mut printer = Printer::new(key, Kind::Address.code());
    for value in address {
        value.print(&mut printer);
    }
    printer.finish().get(address::ADDRESS).copied().flatten()
}
