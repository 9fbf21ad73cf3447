//! Accounts of officers and units: how they are made, signed in to, recovered, and switched off.

pub mod hashing;
pub mod password;
pub mod rules;
pub mod token;
pub mod totp;
