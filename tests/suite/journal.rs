//! Shows the journal and the anomalies: what they hold, what they count, and how a person reads them in each
//! language (A11, A12, D14, D36).

use std::collections::BTreeSet;

use counterpart::model::{BySide, Side};
use counterpart::plan::ActionKind;
use counterpart::profiles::outlook_x3::{Kind, OutlookX3, Permissions, Refusal};
use counterpart::profiles::sage100::{self, Sage100};
use counterpart::report::{
    AnomalyCode, AnomalyStatus, Code, Detail, JournalEntry, Language, Severity, Tally, TallyCounts,
};
use counterpart::rules::Reason;
use counterpart::schema::Schema;
use counterpart::session::{OpResult, Outcome, Report, Response, Session};
use serde_json::json;

use crate::desk::Desk;
use crate::planning::{settled, world};

fn lines(report: &Report<OutlookX3>, language: Language) -> Vec<String> {
    report.journal.iter().map(|entry| entry.line::<OutlookX3>(language)).collect()
}

/// Executes a plan on sides that refuse every creation.
fn refusing(desk: &Desk, message: &str, trace: Option<&str>) -> Report<OutlookX3> {
    let mut session = Session::new(desk.plan(), desk.state.clone());
    while session.poll_request().is_some() {
        let (message, trace) = (message.to_owned(), trace.map(str::to_owned));
        session.handle_response(Response::Refused { message, trace });
    }
    session.finish().1
}

fn new_task() -> Desk {
    world(json!({"tasks": [{"id": "T1", "subject": "Offer"}]}), json!({}))
}

fn counts(report: &Report<OutlookX3>, wanted: (Kind, Option<Side>, ActionKind)) -> TallyCounts {
    let same = |one: &&Tally<OutlookX3>| (one.kind, one.direction, one.action) == wanted;
    report.tally().iter().find(same).map(|one| one.counts).unwrap_or_default()
}

// ---- words ----

/// A11.6: a rendering in each language; every text is there, and no two codes read alike.
#[test]
fn every_code_has_a_text_of_its_own_in_every_language() {
    let texts = |language: Language| {
        let mut texts: Vec<&str> = Code::ALL.iter().map(|one| one.text(language)).collect();
        texts.extend(AnomalyCode::ALL.iter().map(|one| one.text(language)));
        texts
    };
    let reasons = |language: Language| Reason::ALL.iter().map(move |one| one.text(language));
    let mut distinct = BTreeSet::new();
    for language in Language::ALL {
        for text in texts(language) {
            assert!(!text.trim().is_empty() && distinct.insert(text), "{language:?}: {text:?}");
        }
    }
    let reasons: BTreeSet<&str> = Language::ALL.into_iter().flat_map(reasons).collect();
    assert_eq!(reasons.len(), Reason::ALL.len() * Language::ALL.len());
    for code in Code::ALL {
        assert!(!code.rule().is_empty(), "{code:?} follows no rule");
        let entry = JournalEntry::new(crate::genes::start(), *code, None, BySide::default());
        assert_eq!(entry.severity, code.severity());
    }
}

/// D10: a plan as a person reads it: what is done where, why, and by which rule; keys, and no values.
#[test]
fn operations_are_told_in_every_language() {
    let mut desk = settled();
    desk.store.store.contacts.clear();
    let record = &mut desk.crm.crm.tasks[0];
    (record.subject, record.modified) = ("SECRET".into(), desk.now);
    let plan = desk.plan();
    let lines =
        |language| plan.ops.iter().map(|op| op.line(language)).collect::<Vec<_>>().join("\n");
    insta::assert_snapshot!(lines(Language::En), @r"
    1 Sage X3, unassignment: correspondent C1 COR00001001: deleted in the mailbox [A4.13], held until confirmed
    2 Outlook, update: task T1 TSK00001003 (subject, company, contact): changed in the CRM [A4.8]
    ");
    insta::assert_snapshot!(lines(Language::Fr), @r"
    1 Sage X3, désaffectation : correspondant C1 COR00001001 : supprimé dans la boîte aux lettres [A4.13], en attente de confirmation
    2 Outlook, modification : tâche T1 TSK00001003 (objet, société, interlocuteur) : modifié dans le CRM [A4.8]
    ");
    let results = [
        OpResult::Blocked,
        OpResult::Done,
        OpResult::Held,
        OpResult::NotReached,
        OpResult::Refused,
        OpResult::Stale,
    ];
    let words: BTreeSet<&str> = Language::ALL
        .into_iter()
        .flat_map(|language| results.map(|one| one.text(language)))
        .collect();
    assert_eq!(words.len(), results.len() * Language::ALL.len());
}

/// D17: a run that does not start says why, in the reader's language.
#[test]
fn refusals_and_outcomes_have_texts() {
    let refusals = [
        Refusal::ForeignState,
        Refusal::MasterSwitchOff,
        Refusal::NoDefaultFolder,
        Refusal::NoRepresentative,
        Refusal::NotCommercial,
        Refusal::StateNewerThanEngine,
    ];
    let outcomes = [Outcome::Failure, Outcome::Refused, Outcome::Success, Outcome::Warning];
    let mut distinct = BTreeSet::new();
    for language in Language::ALL {
        for text in refusals.map(|one| one.text(language)) {
            assert!(distinct.insert(text), "{text}");
        }
        for text in outcomes.map(|one| one.text(language)) {
            assert!(distinct.insert(text), "{text}");
        }
    }
    assert_eq!(Refusal::NotCommercial.to_string(), Refusal::NotCommercial.text(Language::En));
    let keys = vec!["suffix".to_owned(), "integration".to_owned()];
    let refusals = [
        sage100::Refusal::InvalidParameters(keys),
        sage100::Refusal::Inactive,
        sage100::Refusal::SingleIntegration,
        sage100::Refusal::ForeignState,
        sage100::Refusal::StateNewerThanEngine,
    ];
    let texts = Language::ALL.map(|language| refusals.each_ref().map(|one| one.text(language)));
    let distinct: BTreeSet<_> = texts.iter().flatten().collect();
    assert_eq!(distinct.len(), refusals.len() * Language::ALL.len());
    assert_eq!(refusals[0].to_string(), "invalid parameters: suffix, integration");
}

/// A12.1: an anomaly names its field by the product's heading, which every field has in every language.
#[test]
fn every_kind_and_field_is_named_in_every_language() {
    assert_fields_are_named::<OutlookX3>();
    assert_fields_are_named::<Sage100>();
    let correspondent = |language| OutlookX3::kind_label(Kind::Contact, Side::B, language);
    assert_eq!(Language::ALL.map(correspondent), ["correspondent", "correspondant"]);
    let appointment = |language| OutlookX3::kind_label(Kind::Appointment, Side::A, language);
    assert_eq!(Language::ALL.map(appointment), ["appointment", "rendez-vous"]);
}

fn assert_fields_are_named<S: Schema>() {
    use counterpart::schema::Kind as _;
    for kind in S::Kind::ALL {
        for language in Language::ALL {
            let labels: BTreeSet<_> = kind
                .groups()
                .iter()
                .map(|field| S::field_label(*kind, field, language).expect("a label"))
                .collect();
            assert_eq!(labels.len(), kind.groups().len(), "{kind:?}");
        }
    }
}

/// A reason and a side are told in the words of the profile: the second one knows no mailbox.
#[test]
fn a_profile_has_words_of_its_own() {
    use counterpart::profiles::sage100::Kind;
    for (language, mailbox) in Language::ALL.into_iter().zip(["mailbox", "aux lettres"]) {
        for reason in Reason::ALL {
            assert!(!Sage100::reason_label(*reason, language).contains(mailbox), "{reason:?}");
        }
        let told = OutlookX3::reason_label(Reason::UpdatedInA, language);
        assert_eq!(told, Reason::UpdatedInA.text(language));
    }
    let account = Side::BOTH.map(|side| Sage100::kind_label(Kind::Account, side, Language::Fr));
    assert_eq!(account, ["tiers", "tiers CRM"]);
    assert_eq!(Sage100::side_label(Side::A, Language::Fr), "Gestion Commerciale");
}

// ---- server errors ----

/// A11.2, A11.3: the product's own lines, to the letter.
#[test]
fn a_server_error_is_its_standard_text_and_the_code_of_its_trace() {
    let message = "Error during the creation of a new task";
    let report = refusing(&new_task(), message, Some("F364233"));
    let entry = &report.journal[0];
    assert_eq!((entry.code, entry.severity), (Code::WriteRefused, Severity::Error));
    assert_eq!((entry.direction, entry.action), (Some(Side::B), Some(ActionKind::Create)));
    assert_eq!(entry.time, report.plan.now);
    insta::assert_snapshot!(lines(&report, Language::En).join("\n"), @r"
    error: task T1: the write was refused
    Distant server message: Error during the creation of a new task
    - - - Log code on distant server: F364233 - - -
    ");
    insta::assert_snapshot!(lines(&report, Language::Fr).join("\n"), @r"
    erreur : tâche T1 : l'écriture a été refusée
    Message serveur distant : Erreur lors de la création d'une nouvelle tâche
    - - - Code de la trace sur le serveur distant: F364233 - - -
    ");
}

/// A11.3: a server that says nothing is given the standard text; what it says otherwise is shown as it came, on one
/// line. A mailbox is no distant server.
#[test]
fn other_messages_are_shown_as_they_came() {
    let silent = refusing(&new_task(), " ", None);
    let text = "Message serveur distant : Erreur lors de la création d'une nouvelle tâche";
    assert!(lines(&silent, Language::Fr)[0].ends_with(text), "{:?}", silent.journal);
    let other = refusing(&new_task(), "Compteur ACT :\r\nsaisie manuelle", Some("F1"));
    for (language, head) in
        [(Language::En, "Distant server message"), (Language::Fr, "Message serveur distant ")]
    {
        let line = &lines(&other, language)[0];
        assert!(line.contains(&format!("\n{head}: Compteur ACT : saisie manuelle\n")), "{line}");
    }
    let desk = world(json!({}), json!({"calls": [{"chrono": "CLL1", "representative": "REP01"}]}));
    let report = refusing(&desk, "quota exceeded", None);
    let line = &lines(&report, Language::Fr)[0];
    assert_eq!(line, "erreur : appel CLL1 : l'écriture a été refusée : quota exceeded");
    let shown = format!("{:?}", report.journal);
    assert!(!shown.contains("quota"), "Debug shows what a side said: {shown}");
}

/// A11.3: every write towards the CRM has a standard error in each language.
#[test]
fn every_server_error_has_its_standard_text() {
    use counterpart::schema::Kind as _;
    let mut distinct = BTreeSet::new();
    for kind in Kind::ALL {
        for action in [ActionKind::Create, ActionKind::Update, ActionKind::Delete] {
            for language in Language::ALL {
                let text = OutlookX3::server_error(*kind, Side::B, action, language);
                assert!(distinct.insert(text.expect("a text")), "{text:?}");
                assert_eq!(OutlookX3::server_error(*kind, Side::A, action, language), None);
            }
        }
    }
}

// ---- what the journal says of a run ----

/// A11.7, D13: an overlap is an error that names both appointments.
#[test]
fn an_overlap_is_an_error_that_names_both() {
    let span = json!({"start": "2026-03-10T09:00:00", "end": "2026-03-10T10:00:00"});
    let mut item = span.clone();
    (item["id"], item["subject"]) = (json!("A1"), json!("Fair"));
    let mut record = span;
    record["chrono"] = json!("BAP00000001");
    record["organizer"] = json!("REP01");
    let mut desk = world(json!({"appointments": [item]}), json!({"appointments": [record]}));
    let (_, report) = desk.run();
    let entry = report.journal.iter().find(|one| one.code == Code::Overlap).expect("an overlap");
    assert_eq!(entry.severity, Severity::Error);
    assert_eq!(entry.detail, Some(Detail::Record("BAP00000001".to_owned())));
    insta::assert_snapshot!(entry.line::<OutlookX3>(Language::En), @"error: appointment A1: overlaps another appointment of the same organiser and was not sent: BAP00000001");
    insta::assert_snapshot!(entry.line::<OutlookX3>(Language::Fr), @"erreur : rendez-vous A1 : chevauche un autre rendez-vous du même organisateur ; il n'a pas été envoyé : BAP00000001");
    let counted = counts(&report, (Kind::Appointment, Some(Side::B), ActionKind::Create));
    assert_eq!(counted, tallied(|one| one.errors = 1));
}

/// A9.8, A11.8: a lost state is a warning that says what it costs.
#[test]
fn a_missing_last_run_file_is_a_warning() {
    use counterpart::snapshot::SyncState;
    let mut desk = settled();
    desk.state = SyncState::new(OutlookX3::NAME, desk.state.systems.clone(), desk.state.key);
    let (_, report) = desk.run();
    assert_eq!(report.journal[0].severity, Severity::Warning);
    assert_eq!(
        lines(&report, Language::En)[0],
        "warning: the last synchronisation file was not found; deletions are not detected"
    );
    assert_eq!(
        lines(&report, Language::Fr)[0],
        "avertissement : le fichier de dernière synchronisation est introuvable ; les suppressions ne sont pas détectées"
    );
}

/// A8.7: one line for a conflict, with kind, key, both stamps and the winner.
#[test]
fn a_conflict_is_one_line_with_both_stamps_and_the_winner() {
    let mut desk = conflict();
    let line = |desk: &Desk| {
        let entry =
            desk.plan().journal.into_iter().find(|one| one.kind.is_some()).expect("an entry");
        Language::ALL.map(|language| entry.line::<OutlookX3>(language)).join("\n")
    };
    insta::assert_snapshot!(line(&desk), @r"
    warning: task T1 TSK00001003: changed on both sides; the policy decided, and the other value is among the anomalies (Outlook: 2026-03-02 08:58:00 UTC, Sage X3: 2026-03-02 08:59:00 UTC, kept: Sage X3)
    avertissement : tâche T1 TSK00001003 : modifié des deux côtés ; la règle de conflit a tranché, l'autre valeur figure parmi les anomalies (Outlook : 02/03/2026 08:58:00 UTC, Sage X3 : 02/03/2026 08:59:00 UTC, valeur retenue : Sage X3)
    ");
    desk.parameters.conflict = counterpart::profiles::outlook_x3::Conflict::Hold;
    insta::assert_snapshot!(line(&desk), @r"
    warning: task T1 TSK00001003: changed on both sides; neither is touched until a policy decides (Outlook: 2026-03-02 08:58:00 UTC, Sage X3: 2026-03-02 08:59:00 UTC)
    avertissement : tâche T1 TSK00001003 : modifié des deux côtés ; rien n'est écrit tant qu'une règle de conflit n'a pas tranché (Outlook : 02/03/2026 08:58:00 UTC, Sage X3 : 02/03/2026 08:59:00 UTC)
    ");
}

/// A world in which both sides changed the subject of a task.
fn conflict() -> Desk {
    let mut desk = settled();
    let item = &mut desk.store.store.tasks[0];
    (item.subject, item.modified) = ("Mine".into(), desk.now - chrono::TimeDelta::minutes(2));
    let record = &mut desk.crm.crm.tasks[0];
    (record.subject, record.modified) = ("Hers".into(), desk.now - chrono::TimeDelta::minutes(1));
    desk
}

// ---- counters ----

fn tallied(change: impl FnOnce(&mut TallyCounts)) -> TallyCounts {
    let mut counts = TallyCounts::default();
    change(&mut counts);
    counts
}

/// A11.4, A11.5, D36: four counters, whose sum is the number of calendar items in scope.
#[test]
fn calendar_items_are_counted_by_class() {
    let roles = ["appointment", "organizer", "attendee", "request", "cancelled", "response"];
    let mut items: Vec<_> = roles
        .iter()
        .enumerate()
        .map(|(at, role)| json!({"id": format!("A{at}"), "role": role}))
        .collect();
    items.push(json!({"id": "A8", "recurring": true}));
    items.push(json!({"id": "A9", "folder": "Elsewhere"}));
    let mut desk = world(json!({"appointments": items}), json!({}));
    desk.parameters.managed_folders =
        Some(["Calendar", "Tasks", "Contacts"].map(String::from).into());
    let counts = desk.plan().counts;
    let counted = OutlookX3::counters(&counts, Language::En);
    assert_eq!(
        counted,
        [
            ("Managed appointments", 3),
            ("Not managed appointments", 2),
            ("Canceled meeting", 1),
            ("Meeting request", 1),
        ]
    );
    assert_eq!(
        counted.iter().map(|(_, count)| count).sum::<u32>(),
        7,
        "all but the one out of scope"
    );
    let french = OutlookX3::counters(&counts, Language::Fr);
    assert_eq!(
        french.iter().map(|(what, _)| *what).collect::<Vec<_>>(),
        ["Rendez-vous gérés", "Rendez-vous non gérés", "Réunion annulée", "Demande de réunion"]
    );
}

/// A11.6: counters by kind, direction and action: done, skipped by flag, skipped private, conflict, error, held.
#[test]
fn what_a_run_did_is_counted_by_kind_direction_and_action() {
    let to_crm = Some(Side::B);
    let report = refusing(&new_task(), "no", None);
    assert_eq!(
        counts(&report, (Kind::Task, to_crm, ActionKind::Create)),
        tallied(|one| one.errors = 1)
    );
    let stamp = counts(&report, (Kind::Task, Some(Side::A), ActionKind::Stamp));
    assert_eq!(stamp, tallied(|one| one.left = 1), "the stamp depends on the creation");

    let mut desk = new_task();
    desk.store.store.tasks.push(
        serde_json::from_value(json!(
            {"id": "T2", "modified": "2026-03-01T12:00:00Z", "private": true}
        ))
        .expect("a task"),
    );
    let (_, report) = desk.run();
    let counted = counts(&report, (Kind::Task, to_crm, ActionKind::Create));
    assert_eq!(counted, tallied(|one| (one.done, one.skipped_private) = (1, 1)));

    let mut desk = settled();
    desk.parameters.permissions = Permissions::none();
    desk.store.store.contacts[0].last_name = "DUPONT".into();
    desk.crm.crm.appointments.clear();
    let (_, report) = desk.run();
    let flag = tallied(|one| one.skipped_by_flag = 1);
    assert_eq!(counts(&report, (Kind::Contact, to_crm, ActionKind::Update)), flag);
    assert_eq!(counts(&report, (Kind::Appointment, Some(Side::A), ActionKind::Delete)), flag);

    let mut desk = settled();
    desk.store.store.contacts.clear();
    let (_, report) = desk.run();
    let held = tallied(|one| one.held = 1);
    assert_eq!(counts(&report, (Kind::Contact, to_crm, ActionKind::Unassign)), held);

    let (_, report) = conflict().run();
    let counted = counts(&report, (Kind::Task, Some(Side::A), ActionKind::Update));
    assert_eq!(counted, tallied(|one| (one.done, one.conflicts) = (1, 1)));
    let mut desk = conflict();
    desk.parameters.conflict = counterpart::profiles::outlook_x3::Conflict::Hold;
    let (_, report) = desk.run();
    let counted = counts(&report, (Kind::Task, None, ActionKind::Update));
    assert_eq!(counted, tallied(|one| one.conflicts = 1), "a held conflict may go either way");
}

/// A11.6: every operation is in exactly one of the counters.
#[test]
fn the_counters_add_up_to_the_operations() {
    let mut desk = settled();
    desk.store.store.contacts.clear();
    desk.crm.crm.calls[0].subject = "Ring back".into();
    desk.store.store.tasks.push(
        serde_json::from_value(json!(
            {"id": "T2", "modified": "2026-03-01T12:00:00Z", "subject": "New"}
        ))
        .expect("a task"),
    );
    for answers in 0..4 {
        let mut copy = desk.clone();
        let report = copy.execute(copy.plan(), answers);
        let sum = |one: &Tally<OutlookX3>| {
            one.counts.done + one.counts.errors + one.counts.held + one.counts.left
        };
        let counted: u32 = report.tally().iter().map(sum).sum();
        assert_eq!(counted as usize, report.plan.ops.len());
        let done: u32 = report.tally().iter().map(|one| one.counts.done).sum();
        assert_eq!(done as usize, report.count(OpResult::Done));
    }
}

// ---- anomalies ----

fn unknown_company() -> Desk {
    world(
        json!({"tasks": [{"id": "T1", "subject": "Offer", "company": "#NOPE#"}]}),
        json!({"partners": [{"code": "DIS001", "name": "Distribution One"}]}),
    )
}

/// A12.1, A12.2, A12.9, D14: a line for a field, with both values on a new one; an open one has its place alone.
#[test]
fn an_anomaly_is_one_line_for_a_field() {
    let mut desk = unknown_company();
    let (_, report) = desk.run();
    let [new] = report.anomalies.as_slice() else { panic!("{:?}", report.anomalies) };
    assert_eq!((new.status, new.code.level()), (AnomalyStatus::New, Severity::Warning));
    let columns = |line: &str| line.split('\t').map(str::to_owned).collect::<Vec<_>>();
    let line = columns(&new.line::<OutlookX3>(7, "U1", Language::Fr));
    assert_eq!(
        line,
        [
            "7",
            "U1",
            "tâche",
            "TSK00001001",
            "société",
            "2",
            "",
            "#NOPE#",
            "oui",
            "aucun tiers ne porte ce code"
        ]
    );
    let heading = columns(&counterpart::report::Anomaly::heading::<OutlookX3>(Language::Fr));
    assert_eq!(heading.len(), line.len());
    assert_eq!(heading[6..8], ["Valeur Sage X3", "Valeur Outlook"]);
    let (_, report) = desk.run();
    let line = columns(&report.anomalies[0].line::<OutlookX3>(1, "U1", Language::En));
    assert_eq!(line[2..9], ["task", "TSK00001001", "company", "2", "", "", "yes"]);
    desk.crm.crm.tasks.clear();
    desk.confirm = true;
    let (_, report) = desk.run();
    let line = columns(&report.anomalies[0].line::<OutlookX3>(1, "U1", Language::En));
    assert_eq!((report.anomalies[0].status, line[8].as_str()), (AnomalyStatus::Closed, "no"));
}

/// A12.2: whatever a value holds, it fills one column of one line.
#[test]
fn a_value_of_several_lines_stays_in_its_column() {
    let mut desk = unknown_company();
    desk.store.store.tasks[0].company = "#NO\tPE\r\nX#".into();
    let (_, report) = desk.run();
    let line = report.anomalies[0].line::<OutlookX3>(1, "U1", Language::En);
    assert_eq!(line.split('\t').count(), 10, "{line:?}");
    assert_eq!(line.lines().count(), 1, "{line:?}");
    assert!(line.contains("#NO PE X#"), "{line:?}");
}

// ---- the whole log ----

/// A11.1: the log of a run with something of everything, in both languages.
#[test]
fn a_log_is_rendered_in_each_language() {
    let store = json!({
        "contacts": [{"id": "C1", "last_name": "DURAND", "company": "#NOPE#"}],
        "tasks": [{"id": "T1", "subject": "Offer"}, {"id": "T2", "subject": "SECRET", "private": true}],
        "appointments": [{"id": "A1", "recurring": true}, {"id": "A2", "role": "request"}],
    });
    let mut desk =
        world(store, json!({"calls": [{"chrono": "CLL00000001", "representative": "REP01"}]}));
    let mut session = Session::new(desk.plan(), desk.state.clone());
    while let Some(request) = session.poll_request() {
        let refused = request.kind == Kind::Task && request.side == Side::B;
        let (message, trace) = (String::new(), Some("F364233".to_owned()));
        let response =
            if refused { Response::Refused { message, trace } } else { desk.write(&request) };
        session.handle_response(response);
    }
    let (_, report) = session.finish();
    let logs = Language::ALL.map(|language| report.log("U1", language).replace('\t', " | "));
    insta::assert_snapshot!(logs[0], @r"
    Synchronisation of 2026-03-02 08:00:00 UTC: mailbox-1 <-> SEED
    info: task T2: private: never created in the CRM
    info: appointment A1: a recurring series is not managed
    info: appointment A2: a meeting request is not transferred
    error: task T1: the write was refused
    Distant server message: Error during the creation of a new task
    - - - Log code on distant server: F364233 - - -
    contact, Sage X3 -> Outlook, key: 1 done
    correspondent, Outlook -> Sage X3, creation: 1 done
    task, Sage X3 -> Outlook, key: 1 left to the next run
    task, Outlook -> Sage X3, creation: 1 private, 1 in error
    call, Sage X3 -> Outlook, creation: 1 done
    Managed appointments: 0
    Not managed appointments: 1
    Canceled meeting: 0
    Meeting request: 1
    Number | User | Object | Key | Field | Level | Sage X3 value | Outlook value | To process | Problem
    1 | U1 | correspondent | COR00001001 | company | 2 |  | #NOPE# | yes | no partner has this code
    the synchronisation is complete, with warnings
    ");
    insta::assert_snapshot!(logs[1], @r"
    Synchronisation du 02/03/2026 08:00:00 UTC : mailbox-1 <-> SEED
    info : tâche T2 : privé : jamais créé dans le CRM
    info : rendez-vous A1 : une série périodique n'est pas gérée
    info : rendez-vous A2 : une demande de réunion n'est pas transférée
    erreur : tâche T1 : l'écriture a été refusée
    Message serveur distant : Erreur lors de la création d'une nouvelle tâche
    - - - Code de la trace sur le serveur distant: F364233 - - -
    contact, Sage X3 -> Outlook, clé : 1 effectué(s)
    correspondant, Outlook -> Sage X3, création : 1 effectué(s)
    tâche, Sage X3 -> Outlook, clé : 1 reporté(s)
    tâche, Outlook -> Sage X3, création : 1 privé(s), 1 en erreur
    appel, Sage X3 -> Outlook, création : 1 effectué(s)
    Rendez-vous gérés : 0
    Rendez-vous non gérés : 1
    Réunion annulée : 0
    Demande de réunion : 1
    Numéro | Utilisateur | Objet | Clé | Rubrique | Niveau | Valeur Sage X3 | Valeur Outlook | À traiter | Anomalie
    1 | U1 | correspondant | COR00001001 | société | 2 |  | #NOPE# | oui | aucun tiers ne porte ce code
    la synchronisation est terminée, avec des avertissements
    ");
    assert!(logs.iter().all(|log| !log.contains("SECRET")), "a private item's content is shown");
}
