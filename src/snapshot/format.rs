//! The stored form of a state.
use thiserror::Error;

/// Why bytes are no usable state.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StateError {
    /// Cut or changed.
    #[error("damaged")]
    Damaged,
}
