//! The room of access: who calls, and how often they may.

pub mod accounts;
pub mod caller;
pub mod keys;
pub mod limits;
pub mod rights;
pub mod session;
pub mod unit_requests;
pub mod v1;
