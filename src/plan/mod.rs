//! The plan: what is to be done, in order, with reasons; plain data.

mod op;

pub use op::{Action, Need, Op, OpId};
