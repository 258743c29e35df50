//! Scenarios of the profile `sage100`.

mod edit;
pub(crate) mod file;
mod listing;
mod trace;
pub(crate) mod world;

pub(crate) use world::run;
