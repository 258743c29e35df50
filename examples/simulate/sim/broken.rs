//! Ways to break the engine, or what connects it to the hosts, each of which a law must notice.

use counterpart::host::{Request, Response};
use counterpart::plan::{Action, Plan};
use counterpart::profiles::outlook_x3::{OutlookX3, Parameters, Permissions};
use counterpart::session::Report;

use super::hands;
use super::host::Listed;
use super::world::World;

/// Declares the ways: name, and the laws that notice.
macro_rules! breaks {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, [$($law:literal),*];)*) => {
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

            /// The laws that notice it.
            pub(crate) const fn noticed_by(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($law),*],)* }
            }
        }
    };
}

breaks! {
    /// A crash is taken for the end: what was not written counts as written.
    Assumed = "assumed", ["failure_free"];
    /// Deletions are acknowledged and not carried out.
    Clinging = "clinging", ["absent", "deed", "orphan", "stray"];
    /// A creation is carried out twice.
    Doubled = "doubled", ["duplicate_origin", "quiet"];
    /// The order of a listing decides.
    Hasty = "hasty", ["order"];
    /// Updates are acknowledged and not carried out.
    Idle = "idle", ["agreement"];
    /// Private items are taken for public ones.
    Leaky = "leaky", ["private"];
    /// A report leaves out what became of an operation.
    Mute = "mute", ["report"];
    /// Guards hold nothing.
    Rash = "rash", ["guard"];
    /// The user's flags are not asked.
    Lawless = "lawless", ["forbidden"];
    /// What is lost is named nowhere.
    Silent = "silent", ["ledger"];
    /// A record is counted twice.
    Sloppy = "sloppy", ["account"];
    /// Every write is refused for ever.
    Stubborn = "stubborn", ["quiet"];
    /// What a filter hides is taken for deleted.
    Trusting = "trusting", ["deletion", "duplicate_birth"];
}

impl World {
    /// What a broken engine makes of a listing.
    pub(crate) fn mislist(&self, listed: &mut Listed) {
        match self.broken {
            Some(Break::Leaky) => {
                for one in hands::items(&mut listed.store) {
                    *one.private = false;
                }
            }
            Some(Break::Trusting) => {
                listed.listings.a.scope = None;
                listed.listings.b.scope = None;
            }
            _ => {}
        }
    }

    /// What a broken engine makes of the parameters.
    pub(crate) fn misread(&self, parameters: &mut Parameters) {
        if self.broken == Some(Break::Lawless) {
            parameters.permissions = Permissions::all();
        }
    }

    /// What a broken engine makes of its plan.
    pub(crate) fn misplan(&self, plan: &mut Plan<OutlookX3>, listed: &Listed) {
        match self.broken {
            Some(Break::Hasty) => {
                let first = listed.store.tasks.first();
                plan.now +=
                    chrono::TimeDelta::seconds(first.map_or(0, |one| one.actual_work.into()));
            }
            Some(Break::Rash) => plan.ops.iter_mut().for_each(|op| op.held = false),
            Some(Break::Sloppy) => plan.account.records.a += 1,
            _ => {}
        }
    }

    /// What a broken session answers itself, without asking the host.
    pub(crate) fn misanswer(
        &mut self,
        at: usize,
        request: &Request<OutlookX3>,
    ) -> Option<Response<OutlookX3>> {
        let id = request.id.clone();
        let done = |id| Response::Done { id, stored: None, modified: None };
        match (self.broken, &request.action) {
            (Some(Break::Clinging), Action::Delete | Action::Unassign(_))
            | (Some(Break::Idle), Action::Update(_)) => id.map(done),
            (Some(Break::Stubborn), _) => {
                Some(Response::Refused { message: "never".to_owned(), trace: None })
            }
            (Some(Break::Doubled), Action::Create(_)) => {
                self.written(at, request);
                None
            }
            _ => None,
        }
    }

    /// What a broken engine leaves out of its report.
    pub(crate) fn misreport(&self, report: &mut Report<OutlookX3>) {
        match self.broken {
            Some(Break::Mute) => report.results.truncate(1),
            Some(Break::Silent) => report.anomalies.clear(),
            _ => {}
        }
    }
}
