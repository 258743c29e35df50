//! Journal, counters and anomalies as a person reads them: a rendering of the data, in the reader's language.

use super::{Anomaly, AnomalyStatus, Detail, JournalEntry, Language, Severity, Tally};
use crate::model::{BySide, Instant, Side};
use crate::plan::{ActionKind, Op};
use crate::schema::{Schema, kind_named};
use crate::session::Report;

impl<S: Schema> Report<S> {
    /// The whole log of the run, to be shown and copied: journal, counters, anomalies, and how it ended
    /// (A11.1). `user` is whose synchronisation it is (`SYLUSR`). New anomalies show values a person entered, so this
    /// is for the user's own screen; the journal alone holds none.
    ///
    /// ```
    /// # use counterpart::model::BySide;
    /// # use counterpart::profiles::outlook_x3::{plan, Crm, Input, Parameters, RunOptions, Store, StoreKind};
    /// # use counterpart::session::Session;
    /// # use counterpart::snapshot::{Listing, StateKey, SyncState};
    /// use counterpart::report::Language;
    ///
    /// # let (store, crm) = (Store::new("mailbox-1", StoreKind::Local), Crm::new("SEED"));
    /// # let systems = BySide::new(store.id.clone(), crm.folder.clone());
    /// # let state = SyncState::new("outlook_x3", systems, StateKey([0; 16]));
    /// # let input = Input {
    /// #     parameters: &Parameters::new("U1", "REP01"),
    /// #     store: &store,
    /// #     crm: &crm,
    /// #     store_listing: &Listing::full(),
    /// #     crm_listing: &Listing::full(),
    /// #     state: &state,
    /// #     options: RunOptions::at("2026-03-02T08:00:00Z".parse()?),
    /// # };
    /// let (_, report) = Session::new(plan(&input)?, state.clone()).finish();
    /// let log = report.log("U1", Language::Fr);
    /// assert!(log.ends_with("la synchronisation est terminée\n"), "{log}");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn log(&self, user: &str, language: Language) -> String {
        let (colon, systems) = (colon(language), &self.plan.systems);
        let head = language.of("Synchronisation of", "Synchronisation du");
        let time = time(self.plan.now, language);
        let mut lines = vec![format!("{head} {time}{colon}{} <-> {}", systems.a, systems.b)];
        lines.extend(self.journal.iter().map(|entry| entry.line::<S>(language)));
        lines.extend(self.tally().iter().map(|tally| tally.line(language)));
        let counters = S::counters(&self.plan.counts, language);
        lines.extend(counters.iter().map(|(what, count)| format!("{what}{colon}{count}")));
        if !self.anomalies.is_empty() {
            lines.push(Anomaly::heading::<S>(language));
            let numbered = self.anomalies.iter().zip(1..);
            lines.extend(numbered.map(|(one, number)| one.line::<S>(number, user, language)));
        }
        lines.push(self.outcome.text(language).to_owned());
        lines.push(String::new());
        lines.join("\n")
    }
}

impl<S: Schema> Op<S> {
    /// The operation in a language, as one line: number, side, what is done to what, which fields, why and by which
    /// rule. It names records by their keys only.
    pub fn line(&self, language: Language) -> String {
        let colon = colon(language);
        let (side, kind) =
            (S::side_label(self.side, language), S::kind_label(self.kind, self.side, language));
        let record = std::iter::once(kind).chain(keys(&self.ids)).collect::<Vec<_>>().join(" ");
        let mut line =
            format!("{} {side}, {}{colon}{record}", self.id, action(self.action.kind(), language));
        let label = |group: &str| S::field_label(self.kind, group, language).map(str::to_owned);
        let fields =
            self.groups.iter().map(|group| label(group).unwrap_or_else(|| group.to_string()));
        let fields = fields.collect::<Vec<_>>().join(", ");
        if !fields.is_empty() {
            line = format!("{line} ({fields})");
        }
        line = format!("{line}{colon}{} [{}]", S::reason_label(self.reason, language), self.rule);
        if self.held {
            line.push_str(language.of(", held until confirmed", ", en attente de confirmation"));
        }
        line
    }
}

impl JournalEntry {
    /// The entry in a language: severity, kind, keys and text; below it, where the distant server refused a
    /// write, its message (A11.3) and the code of its trace (A11.2), each on a line of its own.
    ///
    /// ```
    /// use counterpart::model::{BySide, Side};
    /// use counterpart::plan::ActionKind;
    /// use counterpart::profiles::outlook_x3::OutlookX3;
    /// use counterpart::report::{Code, Detail, JournalEntry, Language};
    ///
    /// let ids = BySide::new(Some("T1".to_owned()), None);
    /// let entry = JournalEntry::new("2026-03-02T08:00:00Z".parse()?, Code::WriteRefused, Some("task"), ids);
    /// let mut entry = entry.about(Some(Side::B), ActionKind::Create);
    /// entry.detail = Some(Detail::Answer { message: String::new(), trace: Some("F364233".to_owned()) });
    /// assert_eq!(
    ///     entry.line::<OutlookX3>(Language::Fr),
    ///     "erreur : tâche T1 : l'écriture a été refusée\n\
    ///      Message serveur distant : Erreur lors de la création d'une nouvelle tâche\n\
    ///      - - - Code de la trace sur le serveur distant: F364233 - - -",
    /// );
    /// # Ok::<(), chrono::ParseError>(())
    /// ```
    pub fn line<S: Schema>(&self, language: Language) -> String {
        let colon = colon(language);
        let side = if self.ids.b.is_some() { Side::B } else { self.direction.unwrap_or(Side::A) };
        let kind = self.kind.as_deref().map(|name| label::<S>(name, side, language));
        let keys: Vec<&str> = kind.into_iter().chain(keys(&self.ids)).collect();
        let mut line = format!("{}{colon}", self.severity.text(language));
        if !keys.is_empty() {
            line = format!("{line}{}{colon}", keys.join(" "));
        }
        line.push_str(self.code.text(language));
        if let Some(detail) = &self.detail {
            line.push_str(&self.detail_text::<S>(detail, language));
        }
        line
    }

    fn detail_text<S: Schema>(&self, detail: &Detail, language: Language) -> String {
        let colon = colon(language);
        match detail {
            Detail::Answer { message, trace } => {
                self.answer::<S>(message, trace.as_deref(), language)
            }
            Detail::Conflict { modified, winner } => {
                let stamps = Side::BOTH.into_iter().filter_map(|side| {
                    let stamp = time((*modified.get(side))?, language);
                    Some(format!("{}{colon}{stamp}", S::side_label(side, language)))
                });
                let kept = winner.map(|winner| {
                    let kept = language.of("kept", "valeur retenue");
                    format!("{kept}{colon}{}", S::side_label(winner, language))
                });
                format!(" ({})", stamps.chain(kept).collect::<Vec<_>>().join(", "))
            }
            Detail::NoId => {
                let text = language
                    .of("the side gave it no id", "aucun identifiant n'a été attribué à la fiche");
                format!("{colon}{text}")
            }
            Detail::Record(id) => format!("{colon}{id}"),
            Detail::Side(side) => format!("{colon}{}", S::side_label(*side, language)),
        }
    }

    /// What a side answered. A server's standard text is shown in the reader's language, any other as it came.
    fn answer<S: Schema>(&self, message: &str, trace: Option<&str>, language: Language) -> String {
        let standard = |language| {
            let kind = kind_named::<S::Kind>(self.kind.as_deref()?)?;
            S::server_error(kind, self.direction?, self.action?, language)
        };
        let message = cell(message.trim());
        let Some(text) = standard(language) else {
            let parts = [Some(message.as_str()).filter(|message| !message.is_empty()), trace];
            let told = std::iter::once("").chain(parts.into_iter().flatten());
            return told.collect::<Vec<_>>().join(colon(language));
        };
        let is_standard = |language: &Language| standard(*language) == Some(message.as_str());
        let translated = message.is_empty() || Language::ALL.iter().any(is_standard);
        let message = if translated { text } else { message.as_str() };
        let head = language.of("Distant server message: ", "Message serveur distant : ");
        let mut lines = format!("\n{head}{message}");
        if let Some(trace) = trace {
            let code = language
                .of("Log code on distant server", "Code de la trace sur le serveur distant");
            lines = format!("{lines}\n- - - {code}: {trace} - - -");
        }
        lines
    }
}

impl<S: Schema> Tally<S> {
    /// The counters that are not zero, as one line.
    pub fn line(&self, language: Language) -> String {
        let colon = colon(language);
        let counts = self.counts;
        let counted = [
            (counts.done, language.of("done", "effectué(s)")),
            (counts.skipped_by_flag, language.of("not permitted", "non autorisé(s)")),
            (counts.skipped_private, language.of("private", "privé(s)")),
            (counts.conflicts, language.of("in conflict", "en conflit")),
            (counts.errors, language.of("in error", "en erreur")),
            (counts.held, language.of("held", "en attente de confirmation")),
            (counts.left, language.of("left to the next run", "reporté(s)")),
        ];
        let counted = counted.into_iter().filter(|(count, _)| *count > 0);
        let counted: Vec<String> = counted.map(|(count, what)| format!("{count} {what}")).collect();
        let kind = S::kind_label(self.kind, self.direction.unwrap_or(Side::B), language);
        let way = self.direction.map_or_else(String::new, |to| {
            let [from, to] = [to.other(), to].map(|side| S::side_label(side, language));
            format!(", {from} -> {to}")
        });
        let action = action(self.action, language);
        format!("{kind}{way}, {action}{colon}{}", counted.join(", "))
    }
}

impl Anomaly {
    /// The headings of [`line`](Self::line), one for each column (A12.2).
    pub fn heading<S: Schema>(language: Language) -> String {
        let value = |side: Side| {
            let name = S::side_label(side, language);
            match language {
                Language::En => format!("{name} value"),
                Language::Fr => format!("Valeur {name}"),
            }
        };
        let columns = [
            language.of("Number", "Numéro").to_owned(),
            language.of("User", "Utilisateur").to_owned(),
            language.of("Object", "Objet").to_owned(),
            language.of("Key", "Clé").to_owned(),
            language.of("Field", "Rubrique").to_owned(),
            language.of("Level", "Niveau").to_owned(),
            value(Side::B),
            value(Side::A),
            language.of("To process", "À traiter").to_owned(),
            language.of("Problem", "Anomalie").to_owned(),
        ];
        columns.join("\t")
    }

    /// One line for one field (A12.1), its columns separated by tabs (A12.2): number (`SYLNUM`), user (`SYLUSR`),
    /// object (`SYLTYP`), key (`SYLKEY`), field (`SYLFIE`), level (`SYLNIV`), the CRM's value (`SYLVALADX`), the
    /// mailbox's (`SYLVALOTK`), whether it is still to be processed (`SYLFLGDPT`); and what is wrong. A record
    /// that side B does not hold has its item's id for a key. A new anomaly shows what a person entered.
    pub fn line<S: Schema>(&self, number: u32, user: &str, language: Language) -> String {
        let side = if self.ids.b.is_some() { Side::B } else { Side::A };
        let key = self.ids.b.as_deref().or(self.ids.a.as_deref()).unwrap_or_default();
        let kind = kind_named::<S::Kind>(&self.kind);
        let field = kind.and_then(|kind| S::field_label(kind, &self.field, language));
        let level = match self.code.level() {
            Severity::Info => "1",
            Severity::Warning => "2",
            Severity::Error => "3",
        };
        let open = self.status != AnomalyStatus::Closed;
        let value = |side: Side| cell(self.values.get(side).as_deref().unwrap_or_default());
        let columns = [
            number.to_string(),
            cell(user),
            label::<S>(&self.kind, side, language).to_owned(),
            cell(key),
            field.unwrap_or(&self.field).to_owned(),
            level.to_owned(),
            value(Side::B),
            value(Side::A),
            if open { language.of("yes", "oui") } else { language.of("no", "non") }.to_owned(),
            self.code.text(language).to_owned(),
        ];
        columns.join("\t")
    }
}

/// What an action is called.
pub(crate) const fn action(action: ActionKind, language: Language) -> &'static str {
    match action {
        ActionKind::Create => language.of("creation", "création"),
        ActionKind::Update => language.of("update", "modification"),
        ActionKind::Delete => language.of("deletion", "suppression"),
        ActionKind::Unassign => language.of("unassignment", "désaffectation"),
        ActionKind::Stamp => language.of("key", "clé"),
    }
}

/// A colon as the language sets it.
pub(crate) const fn colon(language: Language) -> &'static str {
    language.of(": ", " : ")
}

/// An instant as the language writes it.
pub(crate) fn time(time: Instant, language: Language) -> String {
    let form = language.of("%Y-%m-%d %H:%M:%S UTC", "%d/%m/%Y %H:%M:%S UTC");
    time.format(form).to_string()
}

/// What a record is called, by the name of its kind on either side.
fn label<S: Schema>(name: &str, side: Side, language: Language) -> &str {
    kind_named::<S::Kind>(name).map_or(name, |kind| S::kind_label(kind, side, language))
}

/// The keys of a record on both sides; one that is the same on both is said once.
fn keys(ids: &BySide<Option<String>>) -> impl Iterator<Item = &str> {
    let b = ids.b.as_deref().filter(|_| ids.a != ids.b);
    ids.a.as_deref().into_iter().chain(b)
}

/// A text that fills one column of one line.
fn cell(text: &str) -> String {
    let parts: Vec<&str> = text.split(char::is_control).filter(|part| !part.is_empty()).collect();
    parts.join(" ")
}
