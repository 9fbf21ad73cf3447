//! What goes over the wire: one file per subject.

mod change;
mod district;
mod elevator;
mod keys;
mod lists;
mod organisation;
mod service;
mod transparency;

pub use change::*;
pub use district::*;
pub use elevator::*;
pub use keys::*;
pub use lists::*;
pub use organisation::*;
pub use service::*;
pub use transparency::*;
