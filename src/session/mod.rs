//! Executing a plan without IO.

use crate::host::{Request, Response};
use crate::schema::Schema;

/// Executes a plan: poll a request, hand back the answer.
#[derive(Debug)]
pub struct Session<S: Schema> {
    marker: std::marker::PhantomData<S>,
}

impl<S: Schema> Session<S> {
    /// The next request.
    pub fn poll_request(&mut self) -> Option<Request<S>> {
        let _ = &self.marker;
        None
    }

    /// Takes an answer.
    pub fn handle_response(&mut self, _response: Response<S>) {
        let _ = &self.marker;
    }
}
