//! What people see of a record: a view of every kind with the fields they write.

use counterpart::model::{Instant, Text};
use counterpart::profiles::sage100::{
    Address, AddressKind, Company, Contact, Crm, Erp, ErpAccount, ErpAddress, ErpContact,
};

/// What a view shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sort {
    /// A company, or an ERP account.
    Account,
    /// A billing address.
    Billing,
    /// A contact.
    Contact,
    /// A delivery address, or one nobody chose a kind for.
    Delivery,
}

/// A record of either side.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) sort: Sort,
    /// Its id, or the key this profile gives it.
    pub(crate) id: String,
    /// The company, account or ERP account it stands with.
    pub(crate) owner: String,
    /// What tells which act made it; nobody edits it.
    pub(crate) birth: String,
    /// Its group and text for each field people write.
    pub(crate) texts: Vec<(&'static str, String)>,
}

macro_rules! texts {
    ($one:expr, $($group:literal $field:ident),*) => {
        vec![$(($group, &mut $one.$field)),*]
    };
}

/// The fields of a company that people write.
pub(crate) fn of_company(one: &mut Company) -> Vec<(&'static str, &mut Text)> {
    texts!(one, "name" name, "short_name" short_name, "website" website, "naf" naf,
        "currency" currency, "language" language, "phone" phone, "fax" fax, "email" email)
}

/// The same fields of an ERP account.
pub(crate) fn of_erp_account(one: &mut ErpAccount) -> Vec<(&'static str, &mut Text)> {
    texts!(one, "name" title, "short_name" short_name, "website" website, "naf" naf,
        "currency" currency, "language" language, "phone" phone, "fax" fax, "email" email)
}

fn of_address(one: &mut Address) -> Vec<(&'static str, &mut Text)> {
    texts!(one, "address" street, "address" complement, "address" city, "address" region)
}

fn of_erp_address(one: &mut ErpAddress) -> Vec<(&'static str, &mut Text)> {
    texts!(one, "address" street, "address" complement, "address" city, "address" region)
}

fn of_contact(one: &mut Contact) -> Vec<(&'static str, &mut Text)> {
    texts!(one, "name" last_name, "function" function, "phone" phone, "fax" fax,
        "mobile" mobile, "email" email)
}

fn of_erp_contact(one: &mut ErpContact) -> Vec<(&'static str, &mut Text)> {
    texts!(one, "name" last_name, "function" function, "phone" phone, "fax" fax,
        "mobile" mobile, "email" email)
}

/// The address that is billed to: the first by id that is chosen for it, or that nobody chose anything for.
pub(crate) fn billing(addresses: &[Address]) -> Option<&Address> {
    let of = |kind| addresses.iter().filter(move |one| one.kind == kind).min_by_key(|one| &one.id);
    of(Some(AddressKind::Billing)).or_else(|| of(None))
}

/// What a person who looks at one record does to it: its group and texts, and its stamp.
type Look<'l> = &'l mut dyn FnMut(Row, Vec<(&'static str, &mut Text)>);

fn row(
    (sort, id, owner): (Sort, &str, &str),
    birth: &Text,
    texts: &[(&'static str, &mut Text)],
) -> Row {
    let texts = texts.iter().map(|(group, text)| (*group, text.or_empty().to_owned()));
    Row {
        sort,
        id: id.to_owned(),
        owner: owner.to_owned(),
        birth: birth.or_empty().to_owned(),
        texts: texts.collect(),
    }
}

fn look_at_children(
    owner: &str,
    (addresses, contacts): (&mut Vec<Address>, &mut Vec<Contact>),
    look: Look<'_>,
) {
    let billed = billing(addresses).map(|one| one.id.clone());
    for one in addresses {
        // Of several, a link may tell another one than the first.
        let may_be_billed =
            one.kind == Some(AddressKind::Billing) || billed.as_ref() == Some(&one.id);
        let sort = if may_be_billed { Sort::Billing } else { Sort::Delivery };
        let (id, birth) = (one.id.clone(), one.postal_code.clone());
        let texts = of_address(one);
        look(row((sort, &id, owner), &birth, &texts), texts);
    }
    for one in contacts {
        let (id, birth) = (one.id.clone(), one.first_name.clone());
        let texts = of_contact(one);
        look(row((Sort::Contact, &id, owner), &birth, &texts), texts);
    }
}

fn look_at_crm(crm: &mut Crm, look: Look<'_>) {
    for one in &mut crm.companies {
        let (id, birth) = (one.id.clone(), one.siret.clone());
        let texts = of_company(one);
        look(row((Sort::Account, &id, &id), &birth, &texts), texts);
        look_at_children(&id, (&mut one.addresses, &mut one.contacts), look);
    }
    for one in &mut crm.accounts {
        let owner = one.id.clone();
        look_at_children(&owner, (&mut one.addresses, &mut one.contacts), look);
    }
}

fn look_at_erp(erp: &mut Erp, look: Look<'_>) {
    for one in &mut erp.accounts {
        let (code, birth) = (one.code.clone(), one.siret.clone());
        let texts = of_erp_account(one);
        look(row((Sort::Account, &code, &code), &birth, &texts), texts);
        if !one.billing.is_blank() {
            let (id, birth) = (format!("{code}#"), one.billing.postal_code.clone());
            let texts = of_erp_address(&mut one.billing);
            look(row((Sort::Billing, &id, &code), &birth, &texts), texts);
        }
        // The copy that the ERP makes of the billing address of an account without a title has no label: no key names it,
        // and it takes no part (B9.1).
        for one in one.delivery.iter_mut().filter(|one| !one.label.is_blank()) {
            let (id, birth) = (format!("{code}#{}", one.label.or_empty()), one.postal_code.clone());
            let texts = of_erp_address(one);
            look(row((Sort::Delivery, &id, &code), &birth, &texts), texts);
        }
        for one in &mut one.contacts {
            let (id, birth) = (format!("{code}#{}", one.id), one.first_name.clone());
            let texts = of_erp_contact(one);
            look(row((Sort::Contact, &id, &code), &birth, &texts), texts);
        }
    }
}

/// Either side of a world.
#[derive(Debug)]
pub(crate) enum Desktop<'w> {
    Crm(&'w mut Crm),
    Erp(&'w mut Erp),
}

impl Desktop<'_> {
    fn look(&mut self, look: Look<'_>) {
        match self {
            Self::Crm(crm) => look_at_crm(crm, look),
            Self::Erp(erp) => look_at_erp(erp, look),
        }
    }

    /// Every record that people see.
    pub(crate) fn rows(&mut self) -> Vec<Row> {
        let mut rows = Vec::new();
        self.look(&mut |row, _| rows.push(row));
        rows
    }

    /// Writes one field of a record; gives its group and its old text.
    pub(crate) fn write(
        &mut self,
        id: &str,
        choice: usize,
        (text, when): (&str, Instant),
    ) -> Option<(Row, &'static str, String)> {
        let mut written = None;
        self.look(&mut |row, mut texts| {
            let count = texts.len();
            if row.id == id
                && let Some((group, held)) = texts.get_mut(choice.checked_rem(count).unwrap_or(0))
            {
                let old = std::mem::replace(*held, Text::from(text));
                written = Some((row, *group, old.or_empty().to_owned()));
            }
        });
        if let Some((row, ..)) = &written {
            self.touch(&row.owner, when);
        }
        written
    }

    /// Stamps the company, account or ERP account a record stands with.
    pub(crate) fn touch(&mut self, owner: &str, when: Instant) {
        match self {
            Self::Crm(crm) => {
                let companies = crm.companies.iter_mut().map(|one| (&one.id, &mut one.modified));
                let accounts = crm.accounts.iter_mut().map(|one| (&one.id, &mut one.modified));
                for (_, modified) in companies.chain(accounts).filter(|one| one.0 == owner) {
                    *modified = when;
                }
            }
            Self::Erp(erp) => {
                for one in erp.accounts.iter_mut().filter(|one| one.code == owner) {
                    one.modified = when;
                }
            }
        }
    }

    /// Makes one text of a record unreadable.
    pub(crate) fn hide(&mut self, id: &str, choice: usize) {
        self.look(&mut |row, mut texts| {
            let count = texts.len();
            if row.id == id
                && let Some((_, held)) = texts.get_mut(choice.checked_rem(count).unwrap_or(0))
            {
                **held = Text::UNREADABLE;
            }
        });
    }
}
