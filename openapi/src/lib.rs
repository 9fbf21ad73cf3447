//! The contract and the vocabulary of Yuti: everything that is said between the service and those who use it.
//!
//! Each enumeration, identifier and wire type exists here once. The crate does no I/O; the feature `orm` adds
//! the conversions with which the same types are columns of the database.

pub mod document;
pub mod identifier;
mod key_samples;
pub mod language;
pub mod page;
pub mod problem;
pub mod samples;
pub mod vocabulary;
pub mod wire;

pub use identifier::{ElevatorId, OrganisationId, OrganisationKey, Uscc, normalise_identifier};
pub use language::Language;
pub use page::{Page, Provenance};
pub use problem::{Problem, ProblemCode, ProblemError};
