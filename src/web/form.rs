//! The one way a page's form reaches a handler: read, and checked against forgery (T6). What was
//! typed is kept for the page that an error becomes.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures::future::LocalBoxFuture;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::error::WebError;
use super::{frame, kept};
use crate::domain::{Error, Result};
use crate::door::Caller;
use crate::door::forms::{self, Uploads};
use crate::secrets::keyed;

/// A POST of ours as `T`: urlencoded or multipart. Unknown fields are ignored.
pub struct Form<T> {
    /// The fields.
    pub fields: T,
    /// The files that came along.
    pub files: Uploads,
}

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = WebError;
    type Future = LocalBoxFuture<'static, Result<Self, WebError>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, payload) = (req.clone(), payload.take());
        Box::pin(async move {
            // Strangers have nothing to upload: nothing of theirs goes to the disk.
            let caller = req.extensions().get::<Caller>().cloned();
            let (all, files): (Map<String, Value>, Uploads) =
                match caller.is_some_and(|c| c.user().is_some()) {
                    true => forms::read_with_files(&req, payload).await?,
                    false => (forms::read(&req, payload).await?, Uploads::default()),
                };
            kept::remember(&req, &all);
            let sent = all.get("csrf").and_then(Value::as_str).unwrap_or_default();
            check(&req, sent)?;
            let fields = T::deserialize(Value::Object(all))
                .map_err(|e| Error::BadRequest(format!("A field cannot be read: {e}").into()))?;
            Ok(Form { fields, files })
        })
    }
}

/// What is said where a form's token is not one that we gave this browser.
pub const STALE: &str = "This form was open for too long, or came from elsewhere. Please load the \
                         page again, and send it once more.";

/// A form with nothing in it but its button.
#[derive(Deserialize)]
pub struct Nothing {}

/// The token must be made for this session (or for this stranger's form cookie), and a
/// browser that says where the form stood must say: here.
fn check(req: &HttpRequest, sent: &str) -> Result<()> {
    let refused = || Error::denied(STALE);
    let app = frame::app(req)?;
    if let Some(origin) = req.headers().get("origin").and_then(|o| o.to_str().ok())
        && origin != "null"
        && origin != app.origin()
    {
        return Err(refused());
    }
    let caller = req.extensions().get::<Caller>().cloned();
    let seed = caller.and_then(|c| c.form_seed()).ok_or_else(refused)?;
    if keyed::csrf_matches(&app.keys.csrf, &seed, sent) {
        Ok(())
    } else {
        Err(refused())
    }
}
