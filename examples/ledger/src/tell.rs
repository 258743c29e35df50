//! What the program prints of an integration beside its runs: both listings, what became of requests, the error set.

use counterpart::model::Side;
use counterpart::profiles::sage100::{
    self, Answer, Crm, Erp, Kind, Record, Request, Sage100, generic_accounts,
};
use counterpart::schema::Schema as _;
use counterpart::snapshot::SyncState;
use groundwork::told::{Titles, Told, person};
use serde_json::{Value, json};

use crate::integration::Sides;

/// Which integration runs, and what was listed.
pub fn listings(sides: &Sides, told: &mut Told) {
    let name = &sides.parameters.integration;
    told.set("integration", json!(name));
    if told.brief {
        return;
    }
    told.lines.push(format!("== {name}"));
    let Sides { base, records, .. } = sides;
    let (accounts, addresses, contacts) = (
        base.accounts.len(),
        base.accounts.iter().map(|one| one.delivery.len() + 1).sum::<usize>(),
        base.accounts.iter().map(|one| one.contacts.len()).sum::<usize>(),
    );
    told.say(
        &format!("erp: {accounts} accounts, {addresses} addresses, {contacts} contacts"),
        &format!("erp : {accounts} tiers, {addresses} adresses, {contacts} contacts"),
    );
    let (companies, accounts) = (records.companies.len(), records.accounts.len());
    let generic = generic_accounts(&sides.parameters, records, base).len();
    told.say(
        &format!(
            "crm: {companies} companies, {accounts} accounts, {generic} companies on a generic account"
        ),
        &format!("crm : {companies} sociétés, {accounts} tiers, {generic} sociétés sur un tiers générique"),
    );
}

/// What a person calls the records of both sides.
pub fn titles(base: &Erp, records: &Crm) -> Titles<Sage100> {
    let mut titles = Titles::new(of_new);
    for one in &base.accounts {
        titles.add(&one.code, one.title.or_empty());
        for contact in &one.contacts {
            let name = person(contact.first_name.or_empty(), contact.last_name.or_empty());
            titles.add(&format!("{}#{}", one.code, contact.id), &name);
        }
    }
    for one in &records.companies {
        titles.add(&one.id, one.name.or_empty());
        for contact in &one.contacts {
            let name = person(contact.first_name.or_empty(), contact.last_name.or_empty());
            titles.add(&contact.id, &name);
        }
        for address in &one.addresses {
            titles.add(&address.id, address.city.or_empty());
        }
    }
    for one in &records.accounts {
        titles.add(&one.id, one.title.or_empty());
    }
    titles
}

/// What a record that is to be made will be called.
fn of_new(record: &Record) -> Option<String> {
    Some(match record {
        Record::Account(one) => one.title.or_empty().to_owned(),
        Record::Address { address, .. } => address.city.or_empty().to_owned(),
        Record::Company(one) => one.name.or_empty().to_owned(),
        Record::Contact { contact, .. } => {
            person(contact.first_name.or_empty(), contact.last_name.or_empty())
        }
        Record::ErpAccount(one) => one.title.or_empty().to_owned(),
        Record::ErpAddress { address, .. } => address.city.or_empty().to_owned(),
        Record::ErpContact { contact, .. } => {
            person(contact.first_name.or_empty(), contact.last_name.or_empty())
        }
        Record::Representative(one) => one.name.or_empty().to_owned(),
        Record::FreeField(_) | Record::List { .. } | _ => return None,
    })
}

/// What became of what users asked for.
pub fn answers(answers: &[Answer], told: &mut Told) {
    told.heading("requests", "demandes", answers.len());
    let (language, colon) = (told.language, told.colon());
    let accepted = told.word("accepted", "acceptée");
    let refused = told.word("refused", "refusée");
    let lines = answers.iter().map(|one| {
        let request = request(&one.request);
        match one.refused {
            None => format!("{request}{colon}{accepted}"),
            Some(why) => format!("{request}{colon}{refused}{colon}{}", why.text(language)),
        }
    });
    told.some(lines.collect());
    told.set("requests", serde_json::to_value(answers).unwrap_or_default());
}

/// A request as it is typed.
fn request(one: &Request) -> String {
    let value = serde_json::to_value(one).unwrap_or_default();
    let Some((name, what)) = value.as_object().and_then(|request| request.iter().next()) else {
        return value.as_str().unwrap_or_default().replace('_', "-");
    };
    let parts = ["company", "account", "from", "to"].into_iter().map(|part| what.get(part));
    let parts = parts.chain([Some(what)]).flatten().filter_map(Value::as_str);
    format!("{}={}", name.replace('_', "-"), parts.collect::<Vec<_>>().join(","))
}

/// The error set: what the ERP or the CRM refused and has not taken since (B14.2).
pub fn errors(state: &SyncState, crm: &Crm, told: &mut Told) {
    let all = sage100::errors(state, crm, &std::collections::BTreeMap::new());
    told.heading("in error", "en erreur", all.len());
    let (language, colon) = (told.language, told.colon());
    let parked = told.word(" (in quarantine)", " (synchronisation arrêtée)");
    let still = told.word("in error: ", "en erreur : ");
    let head = if told.brief { still } else { "" };
    let lines = all.iter().map(|one| {
        let side = if one.kind == Kind::Account { Side::A } else { Side::B };
        let kind = Sage100::kind_label(one.kind, side, language);
        let keys = [Some(kind), one.erp_key.as_deref(), one.crm_id.as_deref()];
        let keys = keys.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let parked = if one.quarantined { parked } else { "" };
        format!("{head}{keys}{colon}{}{parked}", one.message)
    });
    told.some(lines.collect());
    told.set("errors", serde_json::to_value(&all).unwrap_or_default());
}
