//! The floor that every room stands on: reading requests, answering them, refusing them.

pub mod answer;
pub mod body;
pub mod conditional;
pub mod cursor;
pub mod extract;
pub mod failure;
pub mod fields;
pub mod floor;
pub mod form;
pub mod headers;
pub mod list;
pub mod multipart;
pub mod negotiate;
pub mod once;
pub mod page;
pub mod params;
pub mod refusals;
