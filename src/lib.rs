//! Counterpart keeps two business systems telling the same story.
//!
//! Sales people live in their mailbox; their company lives in a CRM. A host application lists both sides,
//! hands the listings to this crate together with the state of the last run, and gets back a **plan**: plain
//! data that says what to write where, in which order and why. A **session** hands the plan's operations to
//! the host one by one and learns the answers; what was acknowledged, and only that, becomes the next
//! last-sync state. There is no IO, no clock, no thread and no random number anywhere in the crate: the same
//! inputs give the same plan, byte for byte. (The feature `threads`, off by default, looks at both sides at once; the
//! plan is the same.)
//!
//! ```text
//! snapshot A ─┐                                                                    ┌─> host writes A
//!             ├─ project ─> match ─> classify ─> decide ─> PLAN ─> session ────────┤
//! snapshot B ─┘     ▲                              ▲       (data)  (sans-IO) │     └─> host writes B
//!       last-sync state, parameters, "now" ────────┘                         ▼
//!                                                        acknowledged state + report
//! ```
//!
//! # The model
//!
//! * Two [sides](model::Side), one [link](snapshot::Link) per pair of records. A link keeps both ids and, for
//!   each field group, a fingerprint of what each side showed when they last agreed: the *base*. No value a
//!   person entered is in the [state](snapshot::SyncState).
//! * A side *changed* a group when what it shows differs from the base; stamps only prove "unchanged" cheaply.
//!   Edits of different groups on both sides both survive; the same group changed on both sides is a conflict,
//!   and the [policy](rules::ConflictPolicy) decides it. The loser's value is reported as an
//!   [anomaly](report::Anomaly): nothing a person entered disappears without a trace.
//! * Only evidence of deletion deletes: a record missing from a listing that does not claim to be
//!   [complete](snapshot::Coverage) is as it was. Too many deletions at once are [held](rules::DeletionLimit)
//!   until confirmed.
//! * Conflicts, skipped records, refusals and bad records are values in the [plan](plan::Plan) and the
//!   [report](session::Report), each with its reason. An error means that the caller broke a promise.
//! * A crash at any point, with or without the state saved, is completed by the next run without a duplicate:
//!   creations carry an idempotency key, records keep their origin, items keep the key.
//!
//! # Where to find what
//!
//! | Stage | Module | It says |
//! |---|---|---|
//! | observed, agreed | [`snapshot`] | how complete a listing is; links, base, stored form of the state |
//! | project, express | [`profiles`] | what a record of either side means, and how a change is written |
//! | match | `matching` | which records are the same thing |
//! | classify | `classify` | what happened to each field group |
//! | decide | [`rules`] | conflict policy, guards, reasons |
//! | plan | [`plan`] | operations, order, hash; [`plan::reconcile`] calls every stage |
//! | execute | [`session`], [`host`] | one request, one answer; what counts as acknowledged |
//! | tell | [`report`] | journal, counters, anomalies, explanations; in English and French |
//!
//! The rules of mailbox and CRM (`A5.9` and the like) live in [`profiles::outlook_x3`], those of companies and accounts
//! (`B7.1`, `E2`) in [`profiles::sage100`]; a rule's number stands beside the code that follows it, so a text search
//! finds its room.
//!
//! # Quick start
//!
//! The example `quickstart` is this, with a second run:
//!
//! ```
//! use counterpart::host::{Adapter, drive};
//! use counterpart::model::BySide;
//! use counterpart::profiles::outlook_x3::{self as x3, Crm, MemoryCrm, MemoryStore, Store, StoreKind};
//! use counterpart::session::Session;
//! use counterpart::snapshot::{Listing, StateKey, SyncState};
//!
//! // A host lists both sides from wherever they live; these two live in memory.
//! let mut mailbox = MemoryStore::new(Store::new("mailbox-1", StoreKind::Local));
//! let mut crm = MemoryCrm::new(Crm::new("SEED"));
//! let systems = BySide::new("mailbox-1".to_owned(), "SEED".to_owned());
//! let state = SyncState::new("outlook_x3", systems, StateKey([7; 16])); // 16 random bytes, drawn once
//!
//! let plan = x3::plan(&x3::Input {
//!     parameters: &x3::Parameters::new("U1", "REP01"),
//!     store: &mailbox.store,
//!     crm: &crm.crm,
//!     store_listing: &Listing::full(),
//!     crm_listing: &Listing::full(),
//!     state: &state,
//!     options: x3::RunOptions::at("2026-03-02T08:00:00Z".parse()?),
//! })?;
//! let mut session = Session::new(plan, state);
//! let mut sides = BySide::<&mut dyn Adapter<_>>::new(&mut mailbox, &mut crm);
//! drive(&mut session, &mut sides, |_| true);
//! let (state, report) = session.finish();
//! assert_eq!(report.results.len(), 0);
//! let bytes = state.to_bytes(); // store them; SyncState::from_bytes reads them back
//! # let _ = bytes;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Glossary
//!
//! | Here | French | English (X3) | Code |
//! |---|---|---|---|
//! | contact <-> correspondent | contact <-> correspondant | Outlook contact | `COR`, `CORRESPOND` |
//! | interlocutor | interlocuteur | contact (relationship) | `AIN`, `CONTACTCRM` |
//! | partner | tiers | business partner | `BPR`, `BPARTNER` |
//! | representative | représentant | sales rep | `REP`, `SALESREP` |
//! | task | tâche | task | `TSK`, `TASK` |
//! | call | appel | call | `CLL`, `PHONECALL` |
//! | appointment | rendez-vous | meeting | `BAP`, `BAPPOINT` |
//! | key, chrono | chrono X3 | AdxID | `CORNUM`, `TSKNUM`, `CLLNUM`, `APTNUM` |
//! | user flags | paramètres de synchronisation | synchronization setup | `SYNCPAR` |
//! | anomaly | anomalie | problem management | `SYNCLINK` |
//! | comment | commentaire (Clob) | comment | `CRMCLOB` |
//! | assignment | affectation | assignment | `CORREP` |

mod classify;
pub mod host;
mod matching;
pub mod model;
pub mod plan;
pub mod profile;
pub mod profiles;
pub mod report;
pub mod rules;
pub mod schema;
pub mod session;
pub mod snapshot;
#[cfg(feature = "testkit")]
pub mod testkit;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
mod readme {}
