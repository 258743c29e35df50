//! What a host implements, and a plain loop for hosts that want one.

use crate::model::BySide;
use crate::schema::Schema;
use crate::session::{Report, Session};
pub use crate::session::{Request, Response};
use crate::snapshot::{StateRecord, SyncState};

/// One side of a host: it writes what it is asked to.
pub trait Adapter<S: Schema> {
    /// Does what is asked, and says what became of it. Never panics and never retries by itself.
    fn write(&mut self, request: &Request<S>) -> Response<S>;
}

/// Where a host keeps the last-sync state: whole now and then, and what each answer changed in between.
///
/// The calling order of a run is [`load`](StateStore::load), then [`replace`](StateStore::replace) with the state
/// a [`Session`] starts from, [`append`](StateStore::append) after every answer, and `replace` at the end. After a
/// crash `load` gives the state with every whole record that was appended.
///
/// What an answer costs: `cargo bench -p mailbox --bench answers` gave 26 microseconds for an answer without a
/// store, 3.9 ms with a journal file and 17 ms with a table in SQLite, each made durable by an fsync, on one
/// machine with a slow disk; the record itself is one link.
pub trait StateStore {
    /// What can go wrong in the store.
    type Error;

    /// The state, or `None` before the first run.
    ///
    /// # Errors
    /// The store cannot be read, or what it holds is no usable state.
    fn load(&mut self) -> Result<Option<SyncState>, Self::Error>;

    /// Stores a state as a whole, atomically; what was appended before goes.
    ///
    /// # Errors
    /// The store cannot be written; the former state is still there.
    fn replace(&mut self, state: &SyncState) -> Result<(), Self::Error>;

    /// Adds what an answer changed, so that it survives a crash.
    ///
    /// # Errors
    /// The store cannot be written.
    fn append(&mut self, record: &StateRecord) -> Result<(), Self::Error>;
}

/// Executes a session to its end and keeps its state in a store: whole at the start and at the end, and what
/// changed after every answer. `after` is as in [`drive`].
///
/// # Errors
/// The store's: the run stops, and what was acknowledged so far is found again by the next run (D12).
pub fn drive_stored<S: Schema, T: StateStore>(
    mut session: Session<S>,
    sides: &mut BySide<&mut dyn Adapter<S>>,
    store: &mut T,
    mut after: impl FnMut(&Session<S>) -> bool,
) -> Result<Report<S>, T::Error> {
    session.take_checkpoint();
    store.replace(session.state())?;
    while let Some(request) = session.poll_request() {
        let response = sides.get_mut(request.side).write(&request);
        session.handle_response(response);
        let record = session.take_checkpoint();
        if !record.is_empty() {
            store.append(&record)?;
        }
        if !after(&session) {
            break;
        }
    }
    let (state, report) = session.finish();
    store.replace(&state)?;
    Ok(report)
}

/// Executes a session to its end, one operation after the other.
///
/// `after` is called after every answer with the operation and the session, for a progress display or to
/// persist [`Session::state`]; it stops the run by returning `false`.
pub fn drive<S: Schema>(
    session: &mut Session<S>,
    sides: &mut BySide<&mut dyn Adapter<S>>,
    mut after: impl FnMut(&Session<S>) -> bool,
) {
    while let Some(request) = session.poll_request() {
        let response = sides.get_mut(request.side).write(&request);
        session.handle_response(response);
        if !after(session) {
            return;
        }
    }
}
