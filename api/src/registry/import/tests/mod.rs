#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod files;
mod mappings;
mod new_york;
mod rows;
mod runs;
mod world;
