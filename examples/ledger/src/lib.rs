//! A host of [`counterpart`]: a base of Sage 100 Gestion Commerciale in one SQLite file on one side, a Sage 100c CRM in
//! another one on the other.

#![forbid(unsafe_code)]

pub mod ask;
pub mod changes;
pub mod crm;
pub mod demo;
pub mod erp;
pub mod integration;
mod rows;
pub mod run;
pub mod seed;
pub mod tell;
pub mod tour;
