//! The host as a whole: both adapters on real files.

mod crm;
mod hostile;
mod patch;
mod support;
mod vdir;
