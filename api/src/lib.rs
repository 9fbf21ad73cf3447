//! The service: one binary, one room per subject, and the floor that they share.

pub mod calendar;
pub mod chance;
pub mod clock;
pub mod db;
pub mod opendata;
pub mod policy;
pub mod profile;
pub mod registry;
