//! `/`: what this place is, whether somebody is home, and the way in.

use askama::Template;

use crate::web::parts::layout::Page;
use crate::web::parts::status::StatusCard;

/// The front of the house, for strangers.
#[derive(Template)]
#[template(path = "public/landing.html")]
pub struct LandingPage {
    /// The frame.
    pub page: Page,
    /// One or two sentences by the owner about the place. Text; empty shows a default.
    pub description: String,
    /// Who reads applications: display names of reviewers, five at most. May be empty.
    pub readers: Vec<String>,
    /// How long an answer usually takes, in words such as `about a day`; `None` without
    /// decisions to go by.
    pub usual_wait: Option<String>,
    /// Accounts that live here.
    pub members: i64,
    /// Why the door takes no applications; `None` while it does. A sentence.
    pub closed_because: Option<String>,
    /// The newest public posts of the place, three at most.
    pub latest: Vec<StatusCard>,
}
