//! Signs of life: which deeds show that somebody of the staff is home (registration.md C1).
//!
//! | deed | a sign of life |
//! | --- | --- |
//! | an act: any logged change, on the web or by a person's token | yes |
//! | a check-in: the button, a mailed link, the command line, an answer to "Still there?" | yes |
//! | a visit: a page of the desk with the queue on it, opened by hand | while the response clock runs |
//! | reading, streams, posting, whatever an app does by itself | no |
//! | what a token marked as automation does | no |
//!
//! What an app's token did is kept apart: it counts for a while after somebody was there in
//! person (E18).

pub mod check_in;
pub mod notices;

use chrono::{DateTime, Utc};

use super::switch;
use super::who::{Member, Via};
use crate::app::App;
use crate::domain::Result;
use crate::model::audit::SignOfLife;
use crate::store::{self, Conn};

/// Notes that somebody did what is in the audit log. What was wanted earlier and is done now by
/// itself is no sign; nor is what a token marked as automation did.
pub async fn act(conn: &mut Conn, who: &Member, at: DateTime<Utc>) -> Result<()> {
    let kind = match who.via() {
        Via::Session { .. } => SignOfLife::Act,
        Via::Token { automation, .. } if !automation => SignOfLife::ActByApp,
        Via::Token { .. } | Via::CommandLine | Via::Waited => return Ok(()),
    };
    store::signs_of_life::insert(conn, who.user().id, kind, at).await
}

/// Notes that somebody opened a page with the queue by hand. While the response clock is over,
/// looking is not enough: somebody waits for an answer.
pub async fn visit(app: &App, conn: &mut Conn, who: &Member, at: DateTime<Utc>) -> Result<()> {
    if !matches!(who.via(), Via::Session { .. }) {
        return Ok(());
    }
    if switch::standing(app, conn, at).await?.response_is_over() {
        return Ok(());
    }
    store::signs_of_life::insert(conn, who.user().id, SignOfLife::Visit, at).await
}
