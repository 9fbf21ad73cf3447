//! The service: one binary, one room per subject, and the floor that they share.

pub mod access;
pub mod audit;
pub mod calendar;
pub mod chance;
pub mod cli;
pub mod clock;
pub mod closing;
pub mod config;
pub mod db;
pub mod files;
pub mod http;
pub mod jobs;
pub mod lanes;
pub mod lease;
pub mod link;
pub mod metrics;
pub mod moment;
pub mod nearest;
pub mod opendata;
pub mod policy;
pub mod profile;
pub mod registry;
pub mod routes;
pub mod service;
pub mod settings;
pub mod state;
#[cfg(test)]
mod testing;
pub mod vault;
