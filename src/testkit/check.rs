//! What is checked, and what was found.

use std::collections::BTreeSet;
use std::fmt;

/// Declares the checks: name, rule, what the engine relies on and what goes wrong otherwise.
macro_rules! checks {
    ($( $variant:ident = $name:literal, $rule:literal: $relies:literal, $else:literal; )*) => {
        /// One thing the kit checks. Names are stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Check {
            $( #[doc = concat!($relies, " Otherwise ", $else, " (", $rule, ")")] $variant, )*
        }

        impl Check {
            /// Every check, in the order of their names.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )*];

            /// Its stable short name.
            pub const fn name(self) -> &'static str {
                match self { $( Self::$variant => $name, )* }
            }

            /// The rule behind it.
            pub const fn rule(self) -> &'static str {
                match self { $( Self::$variant => $rule, )* }
            }

            /// What the engine relies on, as a sentence.
            pub const fn relies_on(self) -> &'static str {
                match self { $( Self::$variant => $relies, )* }
            }

            /// What goes wrong where it does not hold, as the rest of a sentence that begins with "Otherwise".
            pub const fn otherwise(self) -> &'static str {
                match self { $( Self::$variant => $else, )* }
            }
        }
    };
}

checks! {
    Answered = "answered", "D12":
        "Every write is answered; no answer is for what nobody knows.",
        "the run stops at every such write.";
    CreateIdempotent = "create_idempotent", "D12":
        "A creation that is asked for again under its key answers with the record it made.",
        "an answer that was lost makes a duplicate.";
    CreateIdempotentAfterRestart = "create_idempotent_after_restart", "D12":
        "A side remembers the keys of its creations as long as the records they made.",
        "a crash between a creation and its answer makes a duplicate.";
    DeleteDone = "delete_done", "D5":
        "A record whose deletion is answered is missing from the next complete listing.",
        "it looks like one that somebody made again, and is carried over anew.";
    EmptyUpdateHarmless = "empty_update_harmless", "D3":
        "An update that names no field changes none.",
        "what it changes is carried over as somebody's edit.";
    ExpectHonoured = "expect_honoured", "D4":
        "A write is done only if the record still has the modification stamp it was planned against.",
        "somebody's edit since then is overwritten and nobody is told.";
    ExtrasSurvive = "extras_survive", "D3":
        "What the mapping does not know of a record is still there after a write.",
        "each run strips the records it touches.";
    IdKept = "id_kept", "A3.1":
        "A record keeps its id when it is written, and the answer names it.",
        "the link points to nothing, and the record is taken for deleted and for new.";
    IdsDistinct = "ids_distinct", "A3.1":
        "Every listed record has an id of its own.",
        "two records share a link, and one overwrites the other.";
    ListingComplete = "listing_complete", "D9":
        "A listing that claims to be complete holds every record.",
        "what is missing is taken for deleted, and deleted on the other side.";
    ModifiedIsListed = "modified_is_listed", "D2":
        "The modification stamp of an answer is the one the next listing shows.",
        "the next write to the record in the same run is stale, or the record is read again for nothing.";
    NothingAfterRefusal = "nothing_after_refusal", "A4.23":
        "A refused or stale write leaves nothing behind.",
        "half a record is listed in the next run and carried back.";
    OthersUntouched = "others_untouched", "A4.13":
        "A write changes one record and no other.",
        "records change that no operation of the plan names.";
    SampleAccepted = "sample_accepted", "A4.23":
        "A side takes an ordinary record and an ordinary update of it.",
        "such records are refused in every run and never carried over.";
    StableWhenRewritten = "stable_when_rewritten", "D2":
        "What is stored stays as it is when it is written again.",
        "each run finds a change that nobody made, and the two sides never come to rest.";
    StaleAnswer = "stale_answer", "D22":
        "A record that has changed or vanished is answered as stale, not as a refusal.",
        "a run that only came too late is reported as an error of the record.";
    StampKept = "stamp_kept", "A2.1":
        "A stamped key is listed with the record, and is gone when it is cleared.",
        "records cannot be paired again after the state is lost, and are stamped in every run.";
    StoredAnswered = "stored_answered", "D2":
        "The answer to a write holds the record as it is stored.",
        "there is no base, and the write comes back as an edit.";
    StoredIsListed = "stored_is_listed", "D2":
        "The record of an answer is the record that the next listing shows.",
        "what the side truncated or reformatted comes back as somebody's edit.";
    SubjectWorks = "subject_works", "D9":
        "The side can be listed, and the test's own part of the work succeeds.",
        "nothing can be checked.";
    SurvivesHostileText = "survives_hostile_text", "A4.23":
        "A write is answered whatever its texts hold.",
        "one strange record ends every run.";
    UnassignOnlyNamed = "unassign_only_named", "A4.13":
        "An unassignment takes one representative off the list and changes nothing else.",
        "a colleague loses a contact he still works with.";
    UpdateLeavesOthers = "update_leaves_others", "D3":
        "An update changes no field it does not name.",
        "an edit of another field that the plan kept is lost.";
    UpdateWritesNamed = "update_writes_named", "D3":
        "An update gives every field it names the new value.",
        "a change is taken for carried over and never arrives.";
    ValueKept = "value_kept", "D2":
        "A created record holds what was asked for, at most cut at its end or spaced otherwise.",
        "the loss is taken for the agreed value and is never reported.";
    VanishedStaysGone = "vanished_stays_gone", "A9.12":
        "A write to a record that has vanished is stale; it neither succeeds nor makes the record again.",
        "a deletion is undone, or a second record is made.";
}

impl fmt::Display for Check {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.name())
    }
}

/// One thing a side gets wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// Which check it fails.
    pub check: Check,
    /// What happened, and to which sample.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { check, what } = self;
        write!(out, "{check}: {what}\n    {}", check.relies_on())?;
        write!(out, " Otherwise {} ({})", check.otherwise(), check.rule())
    }
}

/// What a side gets wrong, and what could be checked at all. `Display` shows the findings one after the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    found: Vec<Finding>,
    made: BTreeSet<Check>,
}

impl Findings {
    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The findings, in the order in which they were made.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.found.iter()
    }

    /// The checks that failed at least once.
    pub fn failed(&self) -> BTreeSet<Check> {
        self.found.iter().map(|finding| finding.check).collect()
    }

    /// The checks that were not made: they do not apply to the side, or its [`Subject`](super::Subject) does
    /// not offer what they need.
    pub fn not_made(&self) -> BTreeSet<Check> {
        Check::ALL.iter().copied().filter(|check| !self.made.contains(check)).collect()
    }

    /// Notes that a check is made.
    pub(super) fn make(&mut self, check: Check) {
        self.made.insert(check);
    }

    /// Notes what was found; the same is said once.
    pub(super) fn add(&mut self, check: Check, what: String) {
        self.made.insert(check);
        let finding = Finding { check, what };
        if !self.found.contains(&finding) {
            self.found.push(finding);
        }
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, finding) in self.found.iter().enumerate() {
            let separator = if number > 0 { "\n" } else { "" };
            write!(out, "{separator}{finding}")?;
        }
        Ok(())
    }
}
