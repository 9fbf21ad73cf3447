//! Open data over the API.

pub mod changes;
pub mod code_lists;
pub mod policy;
