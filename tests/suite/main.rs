//! What the crate promises, seen from outside: scenarios, plans, and laws over random worlds.

#[cfg(test)]
mod minimal;
#[cfg(test)]
#[path = "../../examples/scenario/changes.rs"]
mod changes;
#[cfg(test)]
mod copies;
#[cfg(test)]
mod corrections;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod desk_told;
#[cfg(test)]
mod digests;
#[cfg(test)]
#[path = "../../examples/scenario/dispatch.rs"]
mod dispatch;
#[cfg(test)]
mod evidence;
#[cfg(test)]
mod expectation;
#[cfg(test)]
mod explain;
#[cfg(test)]
mod explain_laws;
#[cfg(test)]
#[path = "../../examples/scenario/fault.rs"]
mod fault;
#[cfg(test)]
#[path = "../../examples/scenario/file.rs"]
mod file;
#[cfg(test)]
mod filters;
#[cfg(test)]
mod found;
#[cfg(test)]
mod genes;
#[cfg(test)]
mod heirs;
#[cfg(test)]
mod interrupts;
#[cfg(test)]
mod journal;
#[cfg(test)]
mod laws;
mod leftovers;
#[cfg(test)]
mod ledger;
#[cfg(test)]
mod memory;
#[cfg(test)]
mod moves;
#[cfg(test)]
mod office;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod peers;
#[cfg(test)]
mod pending;
#[cfg(test)]
mod planning;
#[cfg(test)]
mod rules;
#[cfg(test)]
#[path = "../../examples/rules/table.rs"]
mod rules_table;
#[cfg(test)]
mod runs;
#[cfg(test)]
#[path = "../../examples/scenario/sage100/mod.rs"]
mod sage100;
#[cfg(test)]
mod scenarios;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod small;
#[cfg(test)]
mod status;
#[cfg(test)]
mod stops;
#[cfg(test)]
mod told;
#[cfg(test)]
mod toy;
#[cfg(test)]
#[path = "../../examples/scenario/trace.rs"]
mod trace;
#[cfg(test)]
mod unheard;
#[cfg(test)]
#[path = "../../examples/scenario/world.rs"]
mod world;
#[cfg(test)]
mod unsaved;
#[cfg(test)]
mod worlds;
