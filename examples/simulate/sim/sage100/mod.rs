//! stub
pub(crate) use super::outlook_x3::{World, names};
