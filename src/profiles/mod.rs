//! The pairs of systems the crate knows. Each folder holds one profile, with the same file names.

pub mod outlook_x3;
pub mod sage100;
