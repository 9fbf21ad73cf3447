//! `yuti seed`, and the demonstration set of the first start.

use super::Refusal;
use super::open::Opened;
use crate::config::Config;

/// Gives an empty database its demonstration data.
pub async fn first_start(_config: &Config, _opened: &Opened) -> Result<(), Refusal> {
    Ok(())
}
