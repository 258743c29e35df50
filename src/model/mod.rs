//! The vocabulary every stage shares: sides, texts, times of day and the words for what a record is.

mod places;
pub mod record;
mod serialised;
mod side;
mod text;
pub mod time_of_day;

pub use places::Places;
pub(crate) use serialised::hash_of;
pub use side::{BySide, Side};
pub use text::{Text, normal};
pub(crate) use text::{folded, has_line_end, is_normal_line, ordered, same_bytes};

use chrono::{DateTime, Utc};

/// An instant in UTC. Modification stamps and "now" are instants; business dates are not (D8).
pub type Instant = DateTime<Utc>;
