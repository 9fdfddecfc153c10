//! The buttons of pages: each is one POST that does one thing and leads back to where it stood.

use actix_web::HttpResponse;
use serde::Deserialize;

use crate::domain::Error;
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Pending, Rate, Route};
use crate::web::error::WebError;
use crate::web::frame::{see_other, see_other_with, way_back};
use crate::web::parts::layout::Flash;

/// The row of a member's button.
pub const fn button(path: &'static str, rate: Rate, handler: fn() -> actix_web::Route) -> Route {
    Route {
        method: "POST",
        path,
        access: Access::Session,
        pending: Pending::Refused,
        rate,
        caching: Caching::Private,
        handler,
    }
}

/// A button's form: where it stood.
#[derive(Debug, Default, Deserialize)]
pub struct Back {
    /// A path of ours.
    #[serde(default, deserialize_with = "lenient::string")]
    pub return_to: String,
}

impl Back {
    /// Back to where the button stood, or to `otherwise` where nobody knows.
    pub fn to(&self, otherwise: &str) -> HttpResponse {
        see_other(&way_back(&self.return_to, otherwise))
    }

    /// The same with a word on what was done.
    pub fn done(&self, otherwise: &str, words: impl Into<String>) -> HttpResponse {
        let back = way_back(&self.return_to, otherwise);
        see_other_with(&back, &Flash::done(words.into()))
    }

    /// Sentences instead of an error page: the button stood on a page, which says why not.
    pub fn refused(&self, otherwise: &str, error: Error) -> Result<HttpResponse, WebError> {
        match error {
            Error::Invalid(_) | Error::Denied(_) | Error::Conflict(_) => Ok(see_other_with(
                &way_back(&self.return_to, otherwise),
                &Flash::trouble(error.sentence()),
            )),
            other => Err(other.into()),
        }
    }
}
