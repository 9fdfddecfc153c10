//! Requests to join, from the form to the decision:
//! `unconfirmed -> pending <-> needs_info -> approved | rejected | withdrawn | expired`.

pub mod answer;
pub mod appeal;
pub mod apply;
pub mod approve;
pub mod arrival;
pub mod ask;
pub mod bulk;
pub mod claim;
pub mod confirm_email;
pub mod conflict;
pub mod erase;
pub mod expire;
pub mod export;
mod fields;
pub mod form;
pub mod let_in;
pub mod line;
pub mod notes;
pub mod once_more;
pub mod pace;
pub mod presets;
pub mod progress;
pub mod put_off;
pub mod reject;
pub mod review;
pub mod snapshot;
pub mod undo;
pub mod views;
pub mod withdraw;
mod words;
mod write;

pub use words::MAX_NOTE;

use crate::app::App;
use crate::config::Place;
use crate::domain::Id;
use crate::gate::hints::cluster;

/// Whether a link that is mailed reaches its reader: over SMTP, or, on a developer's machine,
/// as a file. Elsewhere the place works without addresses (registration.md C2): nobody is
/// unconfirmed, and decisions are read on the waiting page.
pub fn mail_reaches_people(app: &App) -> bool {
    app.mailer.is_real() || (app.mailer.is_on() && app.config.server.place != Place::Production)
}

/// An application reached the queue: its cluster is found. Nothing depends on it, so a failure is
/// only logged.
async fn arrived(app: &App, application: Id) {
    let placed = async {
        let mut conn = app.desk.get().await?;
        cluster::place(&mut conn, application).await
    };
    if let Err(error) = placed.await {
        tracing::warn!(?error, application, "no cluster was looked for");
    }
}
