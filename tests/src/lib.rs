//! What the journeys are written with: a [`World`] holds one running `yuti` with a database of its own, a [`Caller`] asks it
//! over HTTP, a [`Browser`] opens its pages. Nothing here reaches into the server's insides: what a journey knows, it knows
//! from the outside, as a resident, an app or an administrator would.
//!
//! ```ignore
//! journey! {
//!     /// A person who types the code on the plate comes to the elevator's page.
//!     async fn a_code_leads_to_its_elevator(world) {
//!         let anyone = world.anyone();
//!         anyone.get("/v1/elevators?limit=0").await.problem(400, "invalid_parameter").names_parameter("limit");
//!     }
//! }
//! ```
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "this crate is tests: a panic with the reason is how a test says no"
)]

pub mod answer;
pub mod browser;
pub mod database;
pub mod environment;
pub mod http;
pub mod journey;
pub mod options;
pub mod people;
pub mod planted;
pub mod process;
pub mod raw;
pub mod register;
mod server;
pub mod structured;
pub mod table;
mod template;
pub mod tunnel;
pub mod world;

pub use answer::{Answer, Problem};
pub use browser::{Browser, Media};
pub use database::Database;
pub use http::Caller;
pub use options::Options;
pub use people::{PASSWORD, Person};
pub use process::{Launch, Output, Process};
pub use register::Lift;
pub use tunnel::Tunnel;
pub use world::{Copy, World};
