//! The room of open data: the change feed, code lists, the policy in force.

pub mod feed;
pub mod v1;
