//! A host.
fn main() {}
