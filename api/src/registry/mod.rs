//! The room of the register: elevators, organisations, districts, authorities; how they come in, and how they are read.

#[cfg(test)]
mod agreement;
pub mod assemble;
pub mod demo;
pub mod demo_removal;
pub mod facts;
pub mod import;
pub mod intake;
pub mod pages;
pub mod reference;
pub mod rules;
pub mod search;
pub mod search_text;
pub mod store;
pub mod tally;
pub mod units;
pub mod v1;
