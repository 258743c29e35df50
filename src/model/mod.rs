//! The vocabulary every stage shares: sides, texts, times of day and the words for what a record is.

pub mod record;
mod side;
mod text;
pub mod time_of_day;

pub use side::{BySide, Side};
pub(crate) use text::is_normal_line;
pub use text::{Text, normal};

use chrono::{DateTime, Utc};

/// An instant in UTC. Modification stamps and "now" are instants; business dates are not (D8).
pub type Instant = DateTime<Utc>;
