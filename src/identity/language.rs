//! The language in which somebody is written to: mails, and the notice in the app.

use crate::app::App;
use crate::domain::{Error, Result};
use crate::gate::who::{self, SignedIn};
use crate::store;
use crate::text::catalogue::Language;

/// Chooses one of the catalogue's languages by its code. Somebody whose own language meets
/// that one already (`de-AT`, or one that is not in the catalogue and English) keeps it: posts
/// and questions are in that.
///
/// # Errors
/// `Invalid` on `language` for another code; the gate's for those who may not.
pub async fn choose(app: &App, who: &SignedIn, code: &str) -> Result<()> {
    who::admit_to_sandbox(who)?;
    let chosen = Language::ALL
        .into_iter()
        .find(|language| language.code() == code)
        .ok_or_else(|| Error::field("language", "ERR_INVALID", "is not one of these"))?;
    if Language::of(&who.user.locale) == chosen {
        return Ok(());
    }
    let mut conn = app.pool.get().await?;
    store::users::set_locale(&mut conn, who.user.id, chosen.code()).await
}
