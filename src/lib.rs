//! Counterpart.

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
