//! The pages of Yuti, rendered on the server and complete without a script.
//!
//! The portal speaks only the wire types of `yuti_openapi`: it never sees a row, a database or a request. A caller
//! fills a page's struct and a [`Frame`] and gets a [`Rendered`] document, with the hashes of its styles for the
//! security policy, which needs no more than `default-src 'none'; style-src 'sha256-…'; img-src data:;
//! form-action 'self'` for these pages.
//!
//! `style/` holds one style sheet for each component, `words/` one catalogue of texts for each language.

mod components;
mod dates;
mod document;
mod frame;
mod pages;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod samples_accounts;
mod style;
mod subject;
mod text;
mod words;

pub use components::{Desk, DeskRoom, FieldError, Filled};
pub use document::Rendered;
pub use frame::{City, Frame, IdentifierKind, RescueLine, TextSize, Theme, encoded};
pub use pages::{
    AccountAct, AccountFilter, AccountPage, AccountRow, AccountsPage, ChoicesPage, CityFigures,
    DeskIssuedPage, DeskKeyPage, DeskKeysPage, DocsPage, Done, ElevatorPage, EnrolmentPage, Facet,
    FacetEntry, Filter, FilterKind, HomePage, IssuedKeyPage, KeyAct, KeyQuotas, KeyRow, KeysPage, LinkPage,
    LinkShown, LoginPage, MissingElevator, MyKeyPage, NewAccountPage, NoticePage, OwnAccountPage, OwnForm,
    PasswordPage, Place, ProblemPage, Proof, RecoveryCodesPage, RefusalPage, RevokedKeyPage, SearchPage,
    SecondFactorPage, SessionRow, StateCount, TrailRow, UnitAskPage, UnitFollowPage, UnitRequestPage,
    UnitRequestRow, UnitRequestsPage, told, unit_request_told,
};

#[cfg(test)]
mod tests;
