//! The room of open data: the change feed.

pub mod feed;
