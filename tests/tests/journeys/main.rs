//! Journeys through the running binary. Each module is one subject; see the crate's own documentation for how one is written.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "this crate is tests: a panic with the reason is how a test says no"
)]

mod api_catalogue;
mod api_elevators;
mod feed;
mod feed_writers;
mod lists;
mod lists_filters;
mod requirements;
mod schema;
mod service;
