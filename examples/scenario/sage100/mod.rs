//! Scenarios of the profile `sage100`.

mod edit;
mod file;
mod trace;
mod world;

pub(crate) use world::run;
