//! Ways to break the engine, or what connects it to the hosts, each of which a law must notice.

use counterpart::host::{Request, Response};
use counterpart::model::BySide;
use counterpart::plan::{Action, Plan};
use counterpart::schema::Schema;
use counterpart::session::Report;

use super::Profile;

/// Declares the ways: name, and the laws that notice in the worlds of each profile.
macro_rules! breaks {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, [$($x3:literal),*], [$($sage:literal),*];)*) => {
        /// What is wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Break { $($(#[$doc])* $variant,)* }

        impl Break {
            /// Every way.
            pub(crate) const ALL: &[Self] = &[$(Self::$variant),*];

            /// Its name in options.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The laws that notice it; none where a profile's worlds hold nothing it concerns.
            pub(crate) const fn noticed_by(self, profile: Profile) -> &'static [&'static str] {
                match (self, profile) {
                    $(
                        (Self::$variant, Profile::OutlookX3) => &[$($x3),*],
                        (Self::$variant, Profile::Sage100) => &[$($sage),*],
                    )*
                }
            }
        }
    };
}

breaks! {
    /// A crash is taken for the end: what was not written counts as written.
    Assumed = "assumed", ["failure_free"], ["agreement", "failure_free"];
    /// Deletions are acknowledged and not carried out, and what listed the record is not asked for again.
    Clinging = "clinging", ["absent", "deed", "orphan", "stray"], ["absent", "deed", "orphan"];
    /// A creation is carried out twice.
    Doubled = "doubled", ["duplicate_origin", "quiet"], ["duplicate_account", "duplicate_birth", "stray"];
    /// The order of a listing decides.
    Hasty = "hasty", ["order"], ["order"];
    /// A page is taken for all there is to list.
    Impatient = "impatient", ["duplicate_birth", "first_contact"], [];
    /// Updates are acknowledged and not carried out.
    Idle = "idle", ["agreement"], ["quiet"];
    /// Private items are taken for public ones.
    Leaky = "leaky", ["private"], [];
    /// A report leaves out what became of an operation.
    Mute = "mute", ["report"], ["report"];
    /// Guards hold nothing.
    Rash = "rash", ["guard"], ["guard"];
    /// The user's flags, or rights, are not asked.
    Lawless = "lawless", ["forbidden"], ["forbidden"];
    /// What is lost is named nowhere.
    Silent = "silent", ["ledger"], ["ledger"];
    /// A record is counted twice.
    Sloppy = "sloppy", ["account"], ["account"];
    /// Every write is refused for ever.
    Stubborn = "stubborn", ["quiet"], ["quiet"];
    /// What a filter hides is taken for deleted.
    Trusting = "trusting", ["deletion"], ["deletion", "duplicate_birth"];
}

/// What a broken engine makes of its plan; `first` is a number that depends on what is listed first.
pub(crate) fn misplan<S: Schema>(broken: Option<Break>, plan: &mut Plan<S>, first: u32) {
    match broken {
        Some(Break::Hasty) => plan.now += chrono::TimeDelta::seconds(first.into()),
        Some(Break::Clinging) => {
            let is_pair = |ids: &BySide<Option<String>>| ids.a.is_some() && ids.b.is_some();
            let all = plan.settlements.iter();
            plan.settlements = all.filter(|one| !one.ops.is_empty() || is_pair(&one.ids)).collect();
        }
        Some(Break::Rash) => plan.ops.iter_mut().for_each(|op| op.held = false),
        Some(Break::Sloppy) => plan.account.records.a += 1,
        _ => {}
    }
}

/// What a broken session answers itself, without asking the host; `again` asks the host once more.
pub(crate) fn misanswer<S: Schema>(
    broken: Option<Break>,
    request: &Request<S>,
    again: impl FnOnce(),
) -> Option<Response<S>> {
    let id = request.id.clone();
    let done = |id| Response::Done { id, stored: None, modified: None };
    match (broken, &request.action) {
        (Some(Break::Clinging), Action::Delete | Action::Unassign(_))
        | (Some(Break::Idle), Action::Update(_)) => id.map(done),
        (Some(Break::Stubborn), _) => {
            Some(Response::Refused { message: "never".to_owned(), trace: None })
        }
        (Some(Break::Doubled), Action::Create(_)) => {
            again();
            None
        }
        _ => None,
    }
}

/// What a broken engine leaves out of its report.
pub(crate) fn misreport<S: Schema>(broken: Option<Break>, report: &mut Report<S>) {
    match broken {
        Some(Break::Mute) => report.results.truncate(1),
        Some(Break::Silent) => report.anomalies.clear(),
        _ => {}
    }
}
