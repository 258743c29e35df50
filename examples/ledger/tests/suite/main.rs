//! The host as a whole: both adapters on real files.

#[cfg(test)]
mod changes;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod kit;
#[cfg(test)]
mod requests;
#[cfg(test)]
mod seed;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tour;
#[cfg(test)]
mod writes;
