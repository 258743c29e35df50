//! The conformance kit on the in-memory hosts: as they are, and broken in one way each.

#[cfg(test)]
mod broken;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod host;
#[cfg(test)]
mod sage100;
