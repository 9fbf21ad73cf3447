//! The pages, one file for each. A page is a struct that the caller fills; `render` makes the document of it.

mod accounts;
mod choices;
mod docs;
mod elevator;
mod home;
mod keys;
mod keys_desk;
mod my_key;
mod problem;
mod refusal;
mod search;
mod unit_requests;

pub use accounts::*;
pub use choices::ChoicesPage;
pub use docs::DocsPage;
pub use elevator::ElevatorPage;
pub use home::{CityFigures, HomePage, StateCount};
pub use keys::{IssuedKeyPage, KeyQuotas, KeysPage, RevokedKeyPage};
pub use keys_desk::{DeskIssuedPage, DeskKeyPage, DeskKeysPage, KeyAct, KeyRow};
pub use my_key::MyKeyPage;
pub use problem::ProblemPage;
pub use refusal::{MissingElevator, RefusalPage};
pub use search::{Facet, FacetEntry, Filter, FilterKind, SearchPage};
pub use unit_requests::*;
