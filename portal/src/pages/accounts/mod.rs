//! Pages of those who act: signing in, the own account, and the accounts of others.

mod entering;
mod listed;
mod one;
mod own;
mod second_factor;
mod told;

pub use entering::{LinkPage, LoginPage, NoticePage, PasswordPage, SecondFactorPage};
pub use listed::{AccountFilter, AccountRow, AccountsPage, NewAccountPage};
pub use one::{AccountAct, AccountPage, LinkShown, Place, TrailRow};
pub use own::{OwnAccountPage, OwnForm, SessionRow};
pub use second_factor::{EnrolmentPage, RecoveryCodesPage};
pub use told::{Done, told};

use crate::components::{Desk, Filled};
use crate::document::{Document, Layout, Opening};
use crate::frame::Frame;
use crate::style::Part;

/// What every page at the desk is made of.
const DESK: &[Part] = &[Part::Core, Part::Forms, Part::Lists, Part::Desk];

/// A page's title; one that came back says so first, because that is what a screen reader reads first.
fn title(frame: &Frame, heading: &str, filled: Option<&Filled>) -> String {
    let words = frame.words();
    let refused = filled.is_some_and(Filled::is_refused);
    words.page_title(if refused { words.form_title(heading) } else { heading.to_owned() })
}

/// A page for everybody who wants to sign in.
fn public(frame: &Frame, heading: &str, filled: Option<&Filled>) -> Document {
    Document {
        title: title(frame, heading, filled),
        layout: Layout::Column,
        parts: DESK,
        opening: Opening::Line,
        canonical: None,
        data: None,
    }
}

/// A page at the desk.
pub(super) fn desk(frame: &Frame, desk: &Desk, heading: &str, filled: Option<&Filled>) -> Document {
    Document { layout: Layout::Wide, opening: Opening::Desk(desk.clone()), ..public(frame, heading, filled) }
}
