//! What both adapters do with single writes: made once, refused by the tables' own rules, stale.

use counterpart::host::{Adapter, Request, Response};
use counterpart::profiles::sage100::{Record, Sage100};
use ledger::crm::Crm;
use ledger::erp::Erp;
use ledger::integration::Integration;
use serde_json::{Value, json};

use crate::support::{self, edit};

const NOW: &str = "2026-06-15T12:00:00Z";

/// A request, by its serialised form.
fn request(kind: &str, id: Option<&str>, action: &Value, more: &Value) -> Request<Sage100> {
    let mut all = json!({
        "op": 1, "side": "a", "kind": kind, "id": id, "action": action, "expect": null,
        "source_modified": null, "idempotency_key": null, "now": NOW,
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        all[key] = value.clone();
    }
    serde_json::from_value(all).unwrap()
}

fn create(
    side: &mut dyn Adapter<Sage100>,
    kind: &str,
    record: Value,
    key: &str,
) -> Response<Sage100> {
    let mut action = json!({});
    action["create"] = record;
    side.write(&request(kind, None, &action, &json!({ "idempotency_key": key })))
}

fn update(
    side: &mut dyn Adapter<Sage100>,
    kind: &str,
    id: &str,
    patch: Value,
) -> Response<Sage100> {
    let mut action = json!({});
    action["update"] = patch;
    side.write(&request(kind, Some(id), &action, &Value::Null))
}

fn done(response: Response<Sage100>) -> (String, Option<Record>) {
    match response {
        Response::Done { id, stored, .. } => (id, stored),
        other @ (Response::Refused { .. } | Response::Stale | Response::Lost | _) => {
            panic!("{other:?}")
        }
    }
}

fn refusal(response: Response<Sage100>) -> String {
    match response {
        Response::Refused { message, .. } => message,
        other @ (Response::Done { .. } | Response::Stale | Response::Lost | _) => {
            panic!("{other:?}")
        }
    }
}

fn open(integration: &Integration) -> (Erp, Crm) {
    (Erp::open(&integration.erp).unwrap(), Crm::open(&integration.crm).unwrap())
}

/// A small ERP account.
fn account(code: &str, more: &Value) -> Value {
    let mut one = json!({"code": code, "modified": NOW, "kind": "customer", "title": "Firm",
        "billing": {"street": "1 rue X", "city": "Lille"}});
    for (key, value) in more.as_object().into_iter().flatten() {
        one[key] = value.clone();
    }
    json!({ "erp_account": one })
}

fn delivery(label: &str) -> Value {
    json!({"erp_address": {"account": "CLEFEBV01", "billing": false,
        "address": {"label": label, "street": "2 rue Y", "city": "Lens"}}})
}

fn contact(last_name: &str) -> Value {
    json!({"erp_contact": {"account": "CLEFEBV01", "contact": {"id": "", "last_name": last_name}}})
}

#[test]
fn the_erp_makes_records_once() {
    let (_root, integration) = support::seeded();
    let (mut erp, _) = open(&integration);
    let (id, stored) = done(create(&mut erp, "account", account("NEW1", &json!({})), "a"));
    assert_eq!(id, "NEW1");
    let Some(Record::ErpAccount(one)) = stored else { panic!() };
    assert_eq!(one.delivery.len(), 1, "B9.2");
    assert_eq!(one.delivery[0].label.or_empty(), "Firm");
    assert_eq!(done(create(&mut erp, "account", account("OTHER", &json!({})), "a")).0, "NEW1");
    let (id, _) = done(create(&mut erp, "address", delivery("Depot"), "b"));
    assert_eq!(id, "CLEFEBV01#Depot");
    assert_eq!(done(create(&mut erp, "address", delivery("Depot"), "b")).0, id);
    let (id, _) = done(create(&mut erp, "contact", contact("Vasseur"), "c"));
    assert!(id.starts_with("CLEFEBV01#K"), "{id}");
    assert_eq!(done(create(&mut erp, "contact", contact("Vasseur"), "c")).0, id);
    assert_ne!(done(create(&mut erp, "contact", contact("Vasseur"), "d")).0, id);
    let listed = erp.list().unwrap();
    drop(erp);
    assert_eq!(support::erp(&integration), listed);
}

/// B5.6: accounts without a code are numbered where codification is on, and no number is given twice.
#[test]
fn the_erp_numbers_accounts_without_a_code() {
    let (_root, integration) = support::seeded();
    let (mut erp, _) = open(&integration);
    let refused = create(&mut erp, "account", account("", &json!({})), "a");
    assert_eq!(refusal(refused), "N° de compte invalide");
    edit(&integration.erp, "UPDATE base SET codification = 1", []);
    let mut number = |kind: &str, key: &str| {
        done(create(&mut erp, "account", account("", &json!({ "kind": kind })), key)).0
    };
    assert_eq!(number("customer", "a"), "CLI00001");
    assert_eq!(number("supplier", "b"), "FOU00001");
    edit(&integration.erp, "DELETE FROM accounts WHERE code = 'CLI00001'", []);
    assert_eq!(number("customer", "c"), "CLI00002");
}

/// What the tables do not allow is refused in the ERP's own words, and nothing of it stays.
#[test]
fn the_erp_enforces_its_own_rules() {
    let (_root, integration) = support::seeded();
    let (mut erp, _) = open(&integration);
    let before = erp.list().unwrap();
    let long = "X".repeat(70);
    for (record, message) in [
        (account("clefebv01", &json!({})), "Ce compte existe déjà"),
        (account("A B", &json!({})), "N° de compte invalide"),
        (account("É1", &json!({})), "N° de compte invalide"),
        (account("ABCDEFGHIJKLMNOPQR", &json!({})), "N° de compte invalide"),
        (account("A1", &json!({"title": " "})), "Intitulé obligatoire, 69 caractères au plus"),
        (account("A1", &json!({ "title": long })), "Intitulé obligatoire, 69 caractères au plus"),
        (account("A1", &json!({"siret": "123"})), "Siret : 14 chiffres"),
        (account("A1", &json!({"currency": "euro"})), "Devise inconnue"),
        (account("A1", &json!({"representative": "99"})), "Code inconnu"),
    ] {
        assert_eq!(refusal(create(&mut erp, "account", record, "k")), message);
    }
    let label = "Intitulé d'adresse invalide";
    assert_eq!(refusal(create(&mut erp, "address", delivery(" "), "k")), label);
    done(create(&mut erp, "address", delivery("Depot"), "first"));
    assert_eq!(refusal(create(&mut erp, "address", delivery("DEPOT"), "k")), label);
    done(erp.write(&request("address", Some("CLEFEBV01#Depot"), &json!("delete"), &Value::Null)));
    let name = "Nom du contact obligatoire, 35 caractères au plus";
    assert_eq!(refusal(create(&mut erp, "contact", contact(""), "k")), name);
    let patch = json!({"erp_account": {"siret": "x"}});
    assert_eq!(refusal(update(&mut erp, "account", "CLEFEBV01", patch)), "Siret : 14 chiffres");
    refusal(create(&mut erp, "company", json!({"company": {"id": "", "modified": NOW}}), "k"));
    refusal(erp.write(&request("account", Some("CLEFEBV01"), &json!("delete"), &Value::Null)));
    let mut after = erp.list().unwrap();
    for (one, old) in after.accounts.iter_mut().zip(&before.accounts) {
        one.modified = old.modified;
    }
    assert_eq!(after, before);
}

#[test]
fn writes_expect_what_was_listed() {
    let (_root, integration) = support::synchronised();
    let (mut erp, mut crm) = open(&integration);
    let listed = erp.list().unwrap().accounts.into_iter().find(|one| one.code == "CLEFEBV01");
    let seen = json!({ "expect": listed.unwrap().modified });
    let patch = json!({"update": {"erp_account": {"fax": "1"}}});
    let ask = |id: &str, more: &Value| request("account", Some(id), &patch, more);
    done(erp.write(&ask("CLEFEBV01", &seen)));
    assert!(matches!(erp.write(&ask("CLEFEBV01", &seen)), Response::Stale));
    assert!(matches!(erp.write(&ask("NOBODY", &Value::Null)), Response::Stale));
    for key in ["CLEFEBV01#Nowhere", "CLEFEBV01#K999"] {
        let kind = if key.contains("#K") { "contact" } else { "address" };
        let gone = request(kind, Some(key), &json!("delete"), &Value::Null);
        assert!(matches!(erp.write(&gone), Response::Stale), "{key}");
    }

    let company = support::company_of(&integration, "CLEFEBV01");
    let records = crm.list().unwrap();
    let one = records.companies.iter().find(|one| one.id == company).unwrap();
    let seen = json!({ "expect": one.modified });
    let patch = json!({"update": {"company": {"fax": "1"}}});
    let ask = |more: &Value| request("company", Some(&company), &patch, more);
    done(crm.write(&ask(&seen)));
    assert!(matches!(crm.write(&ask(&seen)), Response::Stale));
    // An address has the stamp of the company it stands with.
    let patch = json!({"update": {"address": {"city": "Douai"}}});
    let address = request("address", Some(&one.addresses[0].id), &patch, &seen);
    assert!(matches!(crm.write(&address), Response::Stale));
    let address = request("address", Some(&one.addresses[0].id), &patch, &json!({ "expect": NOW }));
    let (_, stored) = done(crm.write(&address));
    let Some(Record::Address { account, address }) = stored else { panic!() };
    assert_eq!((Some(account), address.city.or_empty()), (one.account.clone(), "Douai"));
    for (kind, id) in
        [("company", "COM999"), ("account", "999"), ("contact", "CON999"), ("address", "ADR999")]
    {
        let gone = request(kind, Some(id), &json!({"stamp": "x"}), &Value::Null);
        assert!(matches!(crm.write(&gone), Response::Stale), "{kind}");
    }
}

#[test]
fn the_crm_makes_records_once() {
    let (_root, integration) = support::synchronised();
    let (_, mut crm) = open(&integration);
    let account = json!({"account": {"id": "", "modified": NOW, "kind": "supplier", "code": "X1",
        "title": "T", "integration": "Sage100"}});
    let (id, _) = done(create(&mut crm, "account", account.clone(), "a"));
    assert_eq!(done(create(&mut crm, "account", account, "a")).0, id);
    let company = json!({"company": {"id": "", "modified": NOW, "name": "T", "account": id}});
    let (owner, stored) = done(create(&mut crm, "company", company.clone(), "b"));
    assert_eq!(done(create(&mut crm, "company", company, "b")).0, owner);
    let Some(Record::Company(one)) = stored else { panic!() };
    assert_eq!(one.account.as_ref(), Some(&id));
    let address = json!({"address": {"account": id, "address": {"id": "", "city": "Mons"}}});
    let (place, _) = done(create(&mut crm, "address", address.clone(), "c"));
    assert_eq!(done(create(&mut crm, "address", address, "c")).0, place);
    let contact = json!({"contact": {"account": id, "contact":
        {"id": "", "last_name": "L", "default_address": place, "main": true}}});
    let (person, stored) = done(create(&mut crm, "contact", contact.clone(), "d"));
    assert_eq!(done(create(&mut crm, "contact", contact, "d")).0, person);
    let Some(Record::Contact { account, contact }) = stored else { panic!() };
    assert_eq!((account, contact.default_address.as_ref(), contact.main), (id, Some(&place), true));
    let records = crm.list().unwrap();
    let one = records.companies.iter().find(|one| one.id == owner).unwrap();
    assert_eq!((one.addresses.len(), one.contacts.len()), (1, 1));
    // A deleted company takes along what stands with it, and leaves its account.
    done(crm.write(&request("company", Some(&owner), &json!("delete"), &Value::Null)));
    let after = crm.list().unwrap();
    assert_eq!(after.accounts.len(), records.accounts.len());
    let parts = |crm: &counterpart::profiles::sage100::Crm| -> usize {
        crm.companies.iter().map(|one| one.addresses.len() + one.contacts.len()).sum()
    };
    assert_eq!(parts(&after) + 2, parts(&records));
}
