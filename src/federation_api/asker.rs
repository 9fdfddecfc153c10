//! Who asks for a document: a signature says so, or nobody.

use actix_web::HttpRequest;

use crate::app::App;
use crate::domain::{Error, Result};
use crate::social::documents::Asker;

/// Who asks.
///
/// # Errors
/// `SignIn` where the admin wants every fetch to be signed and this one is not.
pub async fn who(_req: &HttpRequest, app: &App) -> Result<Asker> {
    if app.config.federation.authorized_fetch {
        return Err(Error::SignIn("Sign your request"));
    }
    Ok(Asker::STRANGER)
}
