//! What a broken engine makes of the inputs of a run.

use counterpart::profiles::outlook_x3::{Parameters, Permissions};

use super::broken::Break;
use super::hands;
use super::host::Listed;
use super::world::World;

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
            Some(Break::Impatient) => {
                (listed.listings.a.more, listed.listings.b.more) = (false, false);
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
}
