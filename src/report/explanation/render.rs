//! An explanation as a person reads it.

use super::{Cause, Decision, Explanation, FieldView};
use crate::model::Side;
use crate::report::render::{action, colon, time};
use crate::report::{Code, Language};
use crate::schema::Schema;

impl<S: Schema> Explanation<S> {
    /// The explanation in a language: what it is and where, its link, the decision with its rule, the operations
    /// and fields it is about, and what would change it; a line each.
    pub fn text(&self, language: Language) -> String {
        let colon = colon(language);
        let mut lines = vec![self.head(language)];
        lines.push(self.link_line(language));
        if let Some(retry) = &self.retry {
            let text = language.of("left undone since", "en suspens depuis le");
            let tried = language.of("runs that left it", "synchronisations sans suite");
            let since = time(retry.since, language);
            lines.push(format!("{text} {since} ({tried}{colon}{})", retry.attempts));
        }
        for side in &self.unanswered {
            let text = language
                .of("a write was never answered by", "une écriture est restée sans réponse de");
            lines.push(format!("{text} {}", S::side_label(*side, language)));
        }
        lines.push(self.decision_line(language));
        for op in &self.ops {
            let name = language.of("operation", "opération");
            let side = S::side_label(op.side, language);
            let (what, why) = (action(op.action, language), S::reason_label(op.reason, language));
            lines.push(format!("{name} {}{colon}{side}, {what}{colon}{why} [{}]", op.op, op.rule));
        }
        lines.extend(self.fields.iter().map(|field| self.field_line(field, language)));
        for anomaly in &self.anomalies {
            let text = language.of("open anomaly", "anomalie ouverte");
            let field = self.field_label(&anomaly.field, language);
            lines.push(format!("{text}{colon}{field}{colon}{}", anomaly.code.text(language)));
        }
        for lever in &self.levers {
            let text = language.of("would change it", "ce qui y changerait quelque chose");
            lines.push(format!("{text}{colon}{}", lever.text::<S>(self.kind, language)));
        }
        lines.join("\n")
    }

    fn head(&self, language: Language) -> String {
        let side = if self.ids.b.is_some() { Side::B } else { Side::A };
        let place = |side: Side| {
            let name = S::side_label(side, language);
            let id = self.ids.get(side).as_deref().unwrap_or("-");
            format!("{name} {id} ({})", self.presence.get(side).text(language))
        };
        let kind = S::kind_label(self.kind, side, language);
        format!("{kind}{}{} <-> {}", colon(language), place(Side::A), place(Side::B))
    }

    fn link_line(&self, language: Language) -> String {
        let colon = colon(language);
        let pairing = self.pairing.text(language);
        let Some(link) = &self.link else { return pairing.to_owned() };
        let stamps = Side::BOTH.into_iter().filter_map(|side| {
            let stamp = time((*link.agreed.get(side))?, language);
            Some(format!("{} {stamp}", S::side_label(side, language)))
        });
        let stamps = stamps.collect::<Vec<_>>().join(", ");
        let status = S::status_label(link.status, language);
        let kept = format!("{pairing}{colon}{status}");
        if stamps.is_empty() {
            return kept;
        }
        format!(
            "{kept}{}{stamps}",
            language.of("; everything agreed: ", " ; dernier accord complet : ")
        )
    }

    fn decision_line(&self, language: Language) -> String {
        let text = match self.decision {
            Decision::Conflict => Code::ConflictHeld.text(language),
            Decision::Held(code) => code.text(language),
            Decision::Skipped(Cause::Away(status)) => S::status_label(status, language),
            Decision::Skipped(cause) => cause.text(language),
            Decision::Unchanged => language.of(
                "nothing changed since the last agreement",
                "rien n'a changé depuis le dernier accord",
            ),
            Decision::Written(reason) => S::reason_label(reason, language),
        };
        let first = self.ops.iter().find(|op| Decision::Written(op.reason) == self.decision);
        let own = self.decision.rule().map(S::rule_label);
        let rule = own.or_else(|| first.map(|op| op.rule.as_ref())).unwrap_or_default();
        format!("{}{}{text} [{rule}]", language.of("decision", "décision"), colon(language))
    }

    fn field_line(&self, field: &FieldView, language: Language) -> String {
        let colon = colon(language);
        let changed = Side::BOTH.into_iter().filter(|side| *field.changed.get(*side) == Some(true));
        let changed: Vec<&str> = changed.map(|side| S::side_label(side, language)).collect();
        let unread = Side::BOTH.into_iter().filter(|side| !*field.readable.get(*side));
        let unread: Vec<&str> = unread.map(|side| S::side_label(side, language)).collect();
        let mut line = format!(
            "{} {}{colon}",
            language.of("field", "rubrique"),
            self.field_label(&field.field, language)
        );
        for (sides, what) in [
            (changed, language.of("changed in", "modifié dans")),
            (unread, language.of("not readable in", "illisible dans")),
        ] {
            if !sides.is_empty() {
                line = format!("{line}{what} {}, ", sides.join(language.of(" and ", " et ")));
            }
        }
        line + &field.fate.text(language)
    }

    fn field_label<'f>(&self, field: &'f str, language: Language) -> &'f str {
        S::field_label(self.kind, field, language).unwrap_or(field)
    }
}
