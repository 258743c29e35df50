//! Counterpart.

pub mod host;
pub mod model;
pub mod plan;
pub mod profiles;
pub mod report;
pub mod rules;
pub mod schema;
pub mod session;
pub mod snapshot;
