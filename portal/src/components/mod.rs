//! The components, one file for each or for a small group. None reads a clock, a request or a database.

mod answer;
mod desk;
mod facts;
mod field;
mod frame_parts;
mod mark;
mod particulars;
mod rescue;
mod results;
mod search_box;
mod section;
mod ways;

pub(crate) use answer::Answer;
pub(crate) use desk::DeskBar;
pub use desk::{Desk, DeskRoom};
pub(crate) use facts::{Fact, Facts};
pub(crate) use field::{Field, Kind, Look, form, problems};
pub use field::{FieldError, Filled};
pub(crate) use frame_parts::{PageFoot, PageHead};
pub(crate) use mark::{Mark, MarkShape, PilotTag, StateWord, status_shape};
pub(crate) use particulars::{Particular, Particulars};
pub(crate) use rescue::{RescueBand, RescueLine, dial};
pub(crate) use results::{FacetGroup, FacetGroups, Filters, ResultList, ResultRow};
pub(crate) use search_box::SearchBox;
pub(crate) use section::section;
pub(crate) use ways::{Way, Ways};
