//! What users ask for, on hosts that remember what they made under which key.

use counterpart::profiles::sage100::Request;

use crate::support::{self, at, company_of, edit, planned};

const ERP_AUTO: &str = "INSERT INTO parameters VALUES ('account_code', '{\"mode\": \"erp_auto\"}')
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";

/// B11.1, B11.2: the company that had the account keeps its contacts; the one that gets it has contacts of its own.
#[test]
fn an_account_that_was_unlinked_brings_its_contacts_to_the_next_company() {
    let (_root, integration) = support::synchronised();
    let first = company_of(&integration, "CLEFEBV01");
    at(&integration, "2026-01-13T09:00:00Z", &[Request::Unlink(first.clone())]);
    let link = Request::Link { company: "COM1".to_owned(), account: "CLEFEBV01".to_owned() };
    at(&integration, "2026-01-13T10:00:00Z", &[link]);
    let crm = support::crm(&integration);
    let contacts = |id: &str| crm.companies.iter().find(|one| one.id == id).unwrap().contacts.len();
    // Three of the ERP's, and its own.
    assert_eq!((contacts(&first), contacts("COM1")), (3, 4));
    let last = at(&integration, "2026-01-13T11:00:00Z", &[]);
    let last = at(&integration, "2026-01-13T12:00:00Z", &[])
        .lines
        .into_iter()
        .chain(last.lines)
        .collect::<Vec<_>>();
    assert_eq!(planned(&last)[0], "0 operations");
}

/// B6, B11.1: a company whose link was broken gets another account, not the one that it left.
#[test]
fn a_company_that_asks_again_gets_an_account_of_its_own() {
    let (_root, integration) = support::synchronised();
    edit(&integration.crm, ERP_AUTO, []);
    edit(&integration.erp, "UPDATE base SET codification = 1", []);
    let ask = Request::CreateAccount("COM1".to_owned());
    let code = || {
        let crm = support::crm(&integration);
        let one = crm.companies.iter().find(|one| one.id == "COM1").unwrap().clone();
        (one.account_code.or_empty().to_owned(), one.account)
    };
    at(&integration, "2026-01-13T09:00:00Z", std::slice::from_ref(&ask));
    let first = code();
    assert_eq!(first.0, "CLI00001");
    at(&integration, "2026-01-13T10:00:00Z", &[Request::Unlink("COM1".to_owned())]);
    at(&integration, "2026-01-13T11:00:00Z", &[ask]);
    let second = code();
    assert_eq!(second.0, "CLI00002");
    assert_ne!(first.1, second.1);
}
