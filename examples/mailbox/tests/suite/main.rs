//! The host as a whole: both adapters on real files.

#[cfg(test)]
mod commands;
#[cfg(test)]
mod crm;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod kit;
#[cfg(test)]
mod patch;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tour;
#[cfg(test)]
mod vdir;
