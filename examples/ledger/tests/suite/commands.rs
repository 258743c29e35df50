//! The program itself: what its options do to both files, and how it ends.

use serde_json::Value;

use crate::support::{self, FILES, edit, program, refused, said};

fn counted(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.contains(" operation")).collect()
}

#[test]
fn the_second_run_finds_nothing_to_do() {
    let (root, _) = support::seeded();
    let place = root.path();
    let first = said(place, &FILES);
    assert_eq!(counted(&first), ["267 operations"]);
    assert!(first.contains("  … and 207 more\n"), "{first}");
    assert!(place.join("crm.sqlite.Sage100.state").exists());
    assert_eq!(counted(&said(place, &FILES)), ["0 operations"]);
    let json = said(place, &[&FILES[..], &["--json"]].concat());
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["integration"], &json["outcome"]), (&"Sage100".into(), &"success".into()));
}

/// B3.3: the first run writes nothing to the ERP.
#[test]
fn the_first_run_leaves_the_erp_as_it_is() {
    let (_root, integration) = support::synchronised();
    let (_seeded, fresh) = support::seeded();
    assert_eq!(support::erp(&integration), support::erp(&fresh));
}

#[test]
fn the_state_may_lie_in_the_crm() {
    let (root, _) = support::seeded();
    let place = root.path();
    let inside = [&FILES[..], &["--state-in-crm"]].concat();
    said(place, &inside);
    assert!(!place.join("crm.sqlite.Sage100.state").exists());
    assert_eq!(counted(&said(place, &inside)), ["0 operations"]);
}

#[test]
fn a_dry_run_writes_nothing() {
    let (root, integration) = support::seeded();
    let before = (support::erp(&integration), support::crm(&integration));
    let dry = said(root.path(), &[&FILES[..], &["--dry-run", "--lang", "fr"]].concat());
    assert!(dry.contains("267 opérations") && dry.contains("nouveau dans la Gestion Commerciale"));
    assert_eq!((support::erp(&integration), support::crm(&integration)), before);
    assert!(!root.path().join("crm.sqlite.Sage100.state").exists());
}

/// B14.2: what the ERP refuses is listed until it is put right.
#[test]
fn records_in_error_are_listed() {
    let (root, integration) = support::synchronised();
    let place = root.path();
    let errors = [&FILES[..], &["--errors"]].concat();
    assert_eq!(said(place, &errors), "nothing is in error\n");
    let company = support::company_of(&integration, "CLEFEBV01");
    edit(&integration.crm, "UPDATE companies SET siret = '123' WHERE id = ?1", [&company]);
    let run = said(place, &FILES);
    assert!(run.contains("Siret : 14 chiffres") && run.contains("\nin error\n"), "{run}");
    let listed = said(place, &errors);
    assert!(listed.contains("account CLEFEBV01 14: Siret : 14 chiffres\n"), "{listed}");
    edit(&integration.crm, "UPDATE companies SET siret = '' WHERE id = ?1", [&company]);
    said(place, &FILES);
    let errors = said(place, &[&errors[..], &["--lang", "fr"]].concat());
    assert_eq!(errors, "rien n'est en erreur\n");
}

/// E2: what the CRM loses is an open anomaly.
#[test]
fn anomalies_are_listed() {
    let (root, integration) = support::synchronised();
    let place = root.path();
    let company = support::company_of(&integration, "CLEFEBV01");
    edit(&integration.crm, "UPDATE companies SET name = 'A' WHERE id = ?1", [&company]);
    edit(&integration.erp, "UPDATE accounts SET title = 'B' WHERE code = 'CLEFEBV01'", []);
    said(place, &FILES);
    let listed = said(place, &[&FILES[..], &["--anomalies"]].concat());
    let line = "  1  CRM account 14 CLEFEBV01, name: this value lost against the other side's\n";
    assert_eq!(listed, line);
    assert_eq!(
        support::crm(&integration)
            .companies
            .iter()
            .filter(|one| one.name.or_empty() == "B")
            .count(),
        1
    );
}

/// D6: held deletions wait for an approval of the plan that holds them.
#[test]
fn held_deletions_are_approved_for_one_plan() {
    let (root, integration) = support::synchronised();
    let place = root.path();
    let count =
        || support::crm(&integration).companies.iter().flat_map(|one| &one.contacts).count();
    let before = count();
    edit(&integration.erp, "DELETE FROM contacts", []);
    let held = said(place, &FILES);
    assert!(held.contains("held until confirmed"), "{held}");
    assert_eq!(count(), before);
    let hash = held.lines().find_map(|line| line.strip_prefix("plan ")).unwrap();
    let line = held.lines().find(|line| line.contains("deletion: contact")).unwrap();
    let op = line.split_whitespace().next().unwrap();
    let stale = format!("{}:{op}", "0".repeat(32));
    let error = refused(place, &[&FILES[..], &["--approve", &stale]].concat());
    assert_eq!(error, "ledger: the plan has changed since it was approved\n");
    said(place, &[&FILES[..], &["--approve", &format!("{hash}:{op}")]].concat());
    assert_eq!(count(), before - 1);
    said(place, &[&FILES[..], &["--confirm"]].concat());
    assert_eq!(count(), support::seeded_contacts());
}

/// Each request as it is typed, and as it is told again.
#[test]
fn requests_are_typed_and_told_alike() {
    let (root, _) = support::synchronised();
    let all = [
        ("create-account=COM13", "companies of this type have no account"),
        ("create-company=1", "the account has a company"),
        ("link=COM13,NOBODY", "there is no such account"),
        ("quarantine=COM13", "nothing of it is in error"),
        ("reactivate=COM13", "the company is not in quarantine"),
        ("reassign=COM13,COM14", "the company has no account"),
        ("resync-all", "the integration must be deactivated first"),
        ("send-all", "the integration must be deactivated first"),
        ("unlink=COM13", "the company has no account"),
        ("unlink=COM999", "there is no such company"),
        ("update-account=COM25", "company and account say the same"),
        ("update-company=COM25", "company and account say the same"),
    ];
    let mut args = FILES.to_vec();
    for (request, _) in all {
        args.extend(["--ask", request]);
    }
    for request in ["create-companies", "delete-free-fields", "refresh-turnover"] {
        args.extend(["--ask", request]);
    }
    args.push("--dry-run");
    let told = said(root.path(), &args);
    for (request, why) in all {
        assert!(told.contains(&format!("  {request}: refused: {why}\n")), "{request}: {told}");
    }
    assert!(told.contains("  refresh-turnover: accepted\n"), "{told}");
}

#[test]
fn errors_are_one_line() {
    let (root, _) = support::seeded();
    let place = root.path();
    for args in [
        &["--erp", "none.sqlite", "--crm", "crm.sqlite"][..],
        &[&FILES[..], &["--approve", "0:1"]].concat(),
    ] {
        let error = refused(place, args);
        assert!(error.starts_with("ledger: ") && error.lines().count() == 1, "{error}");
    }
    for args in [
        &["--nonsense"][..],
        &["--ask", "marry=COM1,COM2"],
        &["--ask", "link=COM1"],
        &["--ask", "resync-all=COM1"],
        &["--lang", "tlh"],
        &["--approve", "x"],
        &["--erp", "erp.sqlite"],
        &["--tour", "--dry-run"],
    ] {
        let output = program(place, args);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(error.starts_with("error: ") && output.stdout.is_empty(), "{error}");
    }
    let help = said(place, &["--help"]);
    assert!(help.contains("--ask <REQUEST>") && help.contains("reassign=COM1,COM2"), "{help}");
}
