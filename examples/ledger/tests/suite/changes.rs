//! Runs that list only what changed since the last one (D9, D22).

use counterpart::model::Instant;
use counterpart::profiles::sage100::{Crm, Erp};

use crate::support::{FILES, at, company_of, crm, edit, erp, said, seeded, synchronised};

/// What people do on a day, as rows of the ERP and of the CRM.
const DAYS: [(&str, [&[&str]; 2]); 5] = [
    (
        "2026-01-14T08:00:00Z",
        [
            &[
                "UPDATE accounts SET phone = '0102', modified = '2026-01-13T12:00:00Z' WHERE code = 'CLEFEBV01'",
            ],
            &[
                "UPDATE companies SET email = 'a@example.org', modified = '2026-01-13T13:00:00Z' WHERE id = 'COM30'",
            ],
        ],
    ),
    (
        "2026-01-15T08:00:00Z",
        [
            &[
                "DELETE FROM contacts WHERE account = 'CLEFEBV01'",
                "UPDATE accounts SET modified = '2026-01-14T12:00:00Z' WHERE code = 'CLEFEBV01'",
            ],
            &["DELETE FROM companies WHERE id = 'COM30'"],
        ],
    ),
    ("2026-01-16T08:00:00Z", [&["DELETE FROM accounts WHERE code = 'CLEFEBV01'"], &[]]),
    (
        "2026-01-17T08:00:00Z",
        [
            &[],
            &[
                "UPDATE contacts SET last_name = 'Autre' WHERE company = 'COM40'",
                "UPDATE companies SET modified = '2026-01-16T12:00:00Z' WHERE id = 'COM40'",
            ],
        ],
    ),
    ("2026-01-18T08:00:00Z", [&[], &[]]),
];

/// Both sides without the stamps, some of which are the clock's.
fn unstamped(mut erp: Erp, mut crm: Crm) -> (Erp, Crm) {
    erp.accounts.iter_mut().for_each(|one| one.modified = Instant::default());
    crm.accounts.iter_mut().for_each(|one| one.modified = Instant::default());
    crm.companies.iter_mut().for_each(|one| one.modified = Instant::default());
    (erp, crm)
}

/// What these days come to, and the lines that the runs told.
fn lived(changes: bool) -> ((Erp, Crm), Vec<Vec<String>>) {
    let (_root, mut integration) = synchronised();
    integration.changes = changes;
    let mut told = Vec::new();
    for (now, [of_erp, of_crm]) in DAYS {
        for sql in of_erp {
            edit(&integration.erp, sql, []);
        }
        for sql in of_crm {
            edit(&integration.crm, sql, []);
        }
        let run = at(&integration, now, &[]);
        assert!(!run.failed, "{}", run.lines.join("\n"));
        told.push(run.lines);
    }
    (unstamped(erp(&integration), crm(&integration)), told)
}

#[test]
fn listings_of_changes_end_where_complete_ones_do() {
    let ((changes, told), (whole, _)) = (lived(true), lived(false));
    assert_eq!(changes, whole);
    assert_eq!(whole.1.companies.iter().filter(|one| one.id == "COM30").count(), 0);
    let accounts = |day: usize| told.get(day).and_then(|lines| lines.get(1)).cloned();
    assert!(accounts(3).is_some_and(|line| line.starts_with("erp: 0 accounts")), "{told:?}");
}

/// Without a run behind it everything is listed.
#[test]
fn the_first_run_lists_everything() {
    let (root, integration) = seeded();
    let changes = [&FILES[..], &["--changes"]].concat();
    assert!(said(root.path(), &changes).contains("267 operations"));
    assert!(!company_of(&integration, "CLEFEBV01").is_empty());
    assert!(said(root.path(), &changes).contains("\n0 operations"));
}
