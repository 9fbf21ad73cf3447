//! Journeys through the running binary. Each module is one subject; see the crate's own documentation for how one is written.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "this crate is tests: a panic with the reason is how a test says no"
)]

mod accounts_cli;
mod accounts_managed;
mod accounts_own;
mod api_caching;
mod api_catalogue;
mod api_elevators;
mod api_health;
mod api_keys;
mod api_keys_kept;
mod api_keys_limits;
mod api_paths;
mod api_problems;
mod bodies;
mod browser;
mod browser_accounts;
mod browser_keyboard;
mod browser_keys;
mod closing;
mod contract;
mod contract_answers;
mod desk_keys;
mod encoding;
mod feed;
mod feed_mirror;
mod feed_writers;
mod files;
mod import_hostile;
mod import_journeys;
mod import_journeys_files;
mod import_journeys_whole;
mod import_reading;
mod lanes;
mod limits;
mod limits_callers;
mod limits_shared;
mod lists;
mod lists_changing;
mod lists_filters;
mod moments;
mod pages;
mod pages_keys;
mod pages_new_york;
mod pages_reading;
mod pages_refusals;
mod pages_search;
mod pages_view;
mod privacy;
mod requirements;
mod rights;
mod schema;
mod seed_journeys;
mod service;
mod sign_in;
mod transparency;
mod transparency_keeping;
mod unit_requests;
mod vault;
