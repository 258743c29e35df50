//! A believable base: some hundred customers and suppliers of a wholesaler in Lille, and the prospects of its CRM.
//!
//! Every seed is the same. Nobody is real: the numbers are those that are kept for fiction where there are such, the
//! domains are those of examples.

mod dice;
mod names;

use counterpart::model::{Instant, Text};
use counterpart::profiles::sage100::{
    Address, Company, Contact, Erp, ErpAccount, ErpAccountKind, ErpAddress, ErpContact,
    ErpFreeField, FreeFieldType, Lists, Representative, Turnover, User,
};
use serde_json::{Map, json};

use crate::crm::Seed;
use dice::Dice;
use names::{Country, Place, Trade};

/// How large a seed is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// How many customers the ERP has.
    pub customers: usize,
    /// How many suppliers.
    pub suppliers: usize,
}

impl Size {
    /// What the demonstration works on.
    pub const DEMONSTRATION: Self = Self { customers: 240, suppliers: 70 };
    /// What the tour works on.
    pub const TOUR: Self = Self { customers: 30, suppliers: 12 };

    /// Customers and suppliers together.
    pub const fn firms(self) -> usize {
        self.customers + self.suppliers
    }
}

/// How many accounts that are neither.
pub const OTHERS: usize = 5;
/// How many companies of the CRM have no account.
pub const PROSPECTS: usize = 24;
/// The general account of customers without one of their own (B17).
pub const GENERIC: &str = "CDIVERS";
/// What the ERP base is called.
pub const BASE: &str = "NORDPAPIER";

/// What the names of all firms are drawn with.
const FIRMS: u64 = 100;
/// When the records were last changed: 2026-01-05T08:00:00Z and later.
const BEGIN: i64 = 1_767_600_000;

/// The representatives, each with the user who is linked to him in the CRM (B4.19).
const REPRESENTATIVES: [(&str, &str, Option<&str>); 6] = [
    ("1", "Caron Élise", Some("ECARON")),
    ("2", "De Backer Wim", Some("WDEBACKER")),
    ("3", "Schulte Katrin", Some("KSCHULTE")),
    ("4", "Lemaire Hugo", Some("HLEMAIRE")),
    ("5", "Benali Samira", None),
    ("6", "Dupriez Alain", None),
];

fn lists() -> Lists {
    let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    Lists {
        accounting_categories: owned(&["Ventes France", "Ventes CEE", "Ventes Export"]),
        price_categories: owned(&["Grossistes", "Détaillants", "Particuliers"]),
        languages: owned(&["Langue courante", "Néerlandais", "Allemand"]),
        services: owned(&["Direction", "Achats", "Comptabilité", "Commercial", "Logistique"]),
    }
}

/// The instant some minutes after the seed begins.
fn after(minutes: i64) -> Instant {
    chrono::DateTime::from_timestamp(BEGIN + 60 * minutes, 0).unwrap_or_default()
}

/// The ERP base.
pub fn erp(size: Size) -> Erp {
    let mut erp = Erp::default();
    erp.lists = lists();
    erp.representatives = REPRESENTATIVES
        .iter()
        .map(|(code, name, _)| Representative { code: (*code).to_owned(), name: Text::from(*name) })
        .collect();
    erp.free_fields = vec![
        ErpFreeField { name: "Première affaire".to_owned(), holds: FreeFieldType::Date },
        ErpFreeField { name: "Encours maximum".to_owned(), holds: FreeFieldType::Amount },
        ErpFreeField { name: "Tournée".to_owned(), holds: FreeFieldType::Text },
    ];
    let firms = names::firms(FIRMS).take(size.firms()).enumerate();
    let account = |(number, firm)| account(&firm, number, number < size.customers);
    erp.accounts = firms.map(account).collect();
    for (number, title) in names::OTHERS.iter().take(OTHERS).enumerate() {
        let mut one = ErpAccount::default();
        one.code = format!("S{:04}", number + 1);
        one.kind = ErpAccountKind::Other;
        one.modified = after(2000);
        one.title = Text::from(*title);
        erp.accounts.push(one);
    }
    let mut generic = ErpAccount::default();
    GENERIC.clone_into(&mut generic.code);
    generic.modified = after(2000);
    generic.title = Text::from("Clients divers");
    generic.collective_account = Text::from("41100000");
    erp.accounts.push(generic);
    erp
}

/// A firm of the seed.
pub(crate) struct Firm {
    name: String,
    short: String,
    code: String,
    domain: String,
    trade: Trade,
    place: &'static Place,
}

fn account(firm: &Firm, number: usize, customer: bool) -> ErpAccount {
    let dice = &mut Dice::new(10_000 + number as u64);
    let country = firm.place.country;
    let mut one = ErpAccount::default();
    one.code = format!("{}{}", if customer { "C" } else { "F" }, firm.code);
    one.kind = if customer { ErpAccountKind::Customer } else { ErpAccountKind::Supplier };
    one.modified = after(i64::try_from(number).unwrap_or_default() * 7);
    one.title = Text::from(firm.name.as_str());
    one.short_name = Text::from(firm.short.as_str());
    one.website = Text::from(format!("www.{}", firm.domain));
    one.email = Text::from(format!("info@{}", firm.domain));
    one.phone = Text::from(country.phone(dice));
    one.fax = if dice.one_in(3) { Text::from(country.phone(dice)) } else { Text::default() };
    if country == Country::France {
        one.naf = Text::from(firm.trade.naf);
        one.siret = Text::from(format!("9{:08}{:05}", dice.below(100_000_000), 12));
    }
    one.currency = Text::from("EUR");
    let lists = lists();
    let category = usize::from(country != Country::France);
    one.accounting_category = names::entry(&lists.accounting_categories, category);
    let price = if customer { dice.below(3) } else { 0 };
    one.price_category = names::entry(&lists.price_categories, price);
    one.language = names::entry(&lists.languages, country.language());
    one.collective_account = Text::from(if customer { "41100000" } else { "40100000" });
    one.payer = Text::from(one.code.as_str());
    one.payment_terms = Text::from(dice.of(&names::TERMS));
    let (risk, action) = dice.of(&names::RISKS);
    (one.risk_label, one.risk_action) = (Text::from(risk), Text::from(action));
    one.representative = Some(country.representative(dice).to_owned());
    // Every fifteenth sleeps.
    one.dormant = number % 15 == 14;
    if !one.dormant {
        one.turnover = Turnover { n: dice.amount(40_000), n_1: dice.amount(90_000) };
    }
    one.free.insert("Première affaire".to_owned(), dice.date());
    if customer {
        one.free.insert("Encours maximum".to_owned(), dice.amount(30_000));
        one.free.insert("Tournée".to_owned(), (dice.of(&names::ROUNDS)).to_owned());
    }
    one.billing = address(firm.place, dice);
    if dice.one_in(4) {
        one.delivery.push(depot(firm.place, dice));
    }
    let contacts = [1, 1, 1, 2, 2, 3];
    for place in 0..dice.of(&contacts) {
        one.contacts.push(contact(firm, place, dice));
    }
    if let Some(first) = one.contacts.first() {
        let (first_name, last_name) = (first.first_name.or_empty(), first.last_name.or_empty());
        one.contact_name = Text::from(groundwork::told::person(first_name, last_name));
    }
    one
}

fn address(place: &Place, dice: &mut Dice) -> ErpAddress {
    let mut one = ErpAddress::default();
    one.street = Text::from(place.country.street(dice));
    if dice.one_in(5) {
        one.complement = Text::from(dice.of(&names::COMPLEMENTS));
    }
    one.postal_code = Text::from(place.postal_code);
    one.city = Text::from(place.city);
    one.region = Text::from(place.region);
    one
}

/// A delivery address beside the one that the ERP makes of the billing address.
fn depot(place: &Place, dice: &mut Dice) -> ErpAddress {
    let mut one = address(place, dice);
    one.label = Text::from(format!("Dépôt {}", place.city));
    one
}

fn contact(firm: &Firm, place: usize, dice: &mut Dice) -> ErpContact {
    let country = firm.place.country;
    let mut one = ErpContact::default();
    let (first, last) = country.person(dice);
    one.first_name = Text::from(first);
    one.last_name = Text::from(last);
    let (function, service) = if place == 0 && dice.one_in(2) {
        ("Gérance", "Direction")
    } else {
        dice.of(&names::FUNCTIONS)
    };
    one.function = Text::from(function);
    one.service = Text::from(service);
    one.phone = Text::from(country.phone(dice));
    if dice.one_in(2) {
        one.mobile = Text::from(country.mobile(dice));
    }
    let person = names::plain(&format!("{first}.{last}"));
    one.email = Text::from(format!("{person}@{}", firm.domain));
    one
}

/// The CRM: its users, the parameters of the integration, and prospects.
pub fn crm(size: Size) -> Seed {
    let users = REPRESENTATIVES.iter().filter_map(|(code, name, user)| {
        let user = User { code: (*user)?.to_owned(), representative: Some((*code).to_owned()) };
        Some((user, (*name).to_owned()))
    });
    let manager = User { code: "DIRCOM".to_owned(), representative: None };
    // Other firms than those of the ERP.
    let firms = names::firms(FIRMS).skip(size.firms()).take(PROSPECTS);
    let companies = firms.enumerate().map(|(number, firm)| prospect(&firm, number + 1));
    Seed {
        parameters: parameters(),
        users: users.chain([(manager, "Direction commerciale".to_owned())]).collect(),
        lists: Lists::default(),
        companies: companies.collect(),
    }
}

/// The parameters of the integration that have not their default.
fn parameters() -> Map<String, serde_json::Value> {
    let all = json!({
        "account_code": {"mode": "free"},
        "default_manager": "DIRCOM",
        "default_territory": "France et Benelux",
        "generic_accounts": {"by_price_category": {"Particuliers": GENERIC}},
        "manager_from_representative": "if_empty",
        "supplier_territory": "Achats",
    });
    all.as_object().cloned().unwrap_or_default()
}

/// A company that the sales force knows and the ERP does not. The first dozen are ready to become customers.
fn prospect(firm: &Firm, number: usize) -> Company {
    let dice = &mut Dice::new(1000 + number as u64);
    let country = firm.place.country;
    let mut one = Company::default();
    one.id = format!("COM{number}");
    one.modified = after(3000 + i64::try_from(number).unwrap_or_default());
    one.integration = Some("Sage100".to_owned());
    one.name = Text::from(firm.name.as_str());
    one.short_name = Text::from(firm.short.as_str());
    one.website = Text::from(format!("www.{}", firm.domain));
    one.account_code = Text::from("[ATTENTE]");
    one.company_type = Text::from(if number <= 12 { "Client" } else { "Prospect" });
    one.territory = Text::from("France et Benelux");
    one.phone = Text::from(country.phone(dice));
    one.email = Text::from(format!("contact@{}", firm.domain));
    one.manager = Some("DIRCOM".to_owned());
    if number.is_multiple_of(3) {
        one.price_category = Text::from("Particuliers");
    }
    let place = address(firm.place, dice);
    let mut address = Address::default();
    address.id = format!("ADR{number}");
    address.street = place.street;
    address.complement = place.complement;
    address.postal_code = place.postal_code;
    address.city = place.city;
    address.region = place.region;
    one.addresses.push(address);
    let person = contact(firm, 0, dice);
    let mut contact = Contact::default();
    contact.id = format!("CON{number}");
    contact.last_name = person.last_name;
    contact.first_name = person.first_name;
    contact.qualification = person.function;
    contact.phone = person.phone;
    contact.mobile = person.mobile;
    contact.email = person.email;
    contact.main = true;
    contact.default_address = Some(format!("ADR{number}"));
    one.contacts.push(contact);
    one
}
