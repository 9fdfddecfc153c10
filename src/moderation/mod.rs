//! What staff decide about other servers, and what follows from it; and about people one by one
//! ([`people`]).
//!
//! ```text
//! policies ── a row, hosts.flags of all under the domain, an audit line ──> at once: nothing is
//!    │        taken from there or sent there (app::policies has the flags in memory)
//!    └─ host_sweeps ─> sweep, a batch at a time: accounts.flags (who reads those obeys), follows
//!                      cut into severed_follows ─> everybody concerned is told ─> perhaps, later,
//!                      all of it back
//! ```
//!
//! Moderators read all of it, admins decide.
//!
//! Nothing is told to a server that is blocked: no `Undo`, no `Reject`. So it still holds the
//! follows of its people for good, and lifting the block can bring them back as they were;
//! follows from here are asked for anew. Whoever stopped following in between could not tell us.

pub mod allow_lists;
pub mod allows;
pub mod audit;
pub mod deputies;
pub mod holds;
pub mod lists;
pub mod mails;
pub mod people;
pub mod policies;
pub mod preview;
pub mod published;
pub mod setting;
pub mod sweep;
pub mod webhooks;
pub mod words;

use serde_json::{Value, json};

use crate::app::App;
use crate::domain::{Id, Result};
use crate::gate::signs;
use crate::gate::who::{Admin, Deputy};
use crate::store::audit::NewLine;
use crate::store::{self, Conn};

/// Who decides.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// Somebody with a shell on the server.
    Host,
    /// An admin or owner (registration.md C6).
    Admin(&'a Admin),
    /// Somebody who stands in while nobody is home (C1).
    Deputy(&'a Deputy),
}

impl By<'_> {
    /// `users.id`.
    fn user(self) -> Option<Id> {
        match self {
            By::Host => None,
            By::Admin(admin) => Some(admin.user().id),
            By::Deputy(deputy) => Some(deputy.user().id),
        }
    }
}

/// Writes an act down: an audit line with what would undo it, and a sign of life. Late in the
/// transaction.
async fn note(
    conn: &mut Conn,
    by: By<'_>,
    act: &'static str,
    host: Option<Id>,
    detail: Value,
    inverse: Value,
    at: chrono::DateTime<chrono::Utc>,
) -> Result<()> {
    note_all(conn, by, act, vec![(host, detail, inverse)], at).await
}

/// The same act towards several, as (`hosts.id`, facts, what would undo it): a line each.
async fn note_all(
    conn: &mut Conn,
    by: By<'_>,
    act: &'static str,
    done: Vec<(Option<Id>, Value, Value)>,
    at: chrono::DateTime<chrono::Utc>,
) -> Result<()> {
    // What a deputy does says nothing about whether anybody is home.
    if let By::Admin(admin) = by {
        signs::act(conn, admin, at).await?;
    }
    let line = |(subject, detail, inverse)| NewLine {
        actor: by.user(),
        act,
        subject_kind: "host",
        subject,
        detail,
        inverse: Some(inverse).filter(|inverse: &Value| !inverse.is_null()),
    };
    store::audit::append_all(conn, done.into_iter().map(line).collect(), at).await
}

/// What an audit line says of a policy.
fn told(domain: &str, terms: &store::domain_policies::Terms) -> Value {
    json!({
        "domain": domain,
        "kind": terms.kind.as_str(),
        "reject_media": terms.reject_media,
        "reject_reports": terms.reject_reports,
        "obfuscate": terms.obfuscate,
        "public_comment": terms.public_comment,
        "private_comment": terms.private_comment,
        "until": terms.until.map(|at| at.to_rfc3339()),
    })
}

/// Forgets what this process keeps in mind; the others do so within two seconds.
fn changed(app: &App) {
    app.policies.forget();
    app.wake_relay();
}
