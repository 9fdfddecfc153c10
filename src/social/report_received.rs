//! Reports from other servers. They name somebody here and perhaps their posts; of the posts
//! only those count that the named one wrote and the reporter can see (I25).

use crate::activitypub::addresses::{self, Local};
use crate::activitypub::uri;
use crate::app::App;
use crate::domain::{Id, Result};
use crate::model::account::Account;
use crate::model::host;
use crate::social::received::Received;
use crate::store;
use crate::store::remote_statuses;
use crate::store::reports::RemoteReport;
use crate::text::{clean, sanitise};

/// Reports that one server may send a day.
const MOST_A_DAY: i64 = 50;
/// Things that one report names.
const MAX_OBJECTS: usize = 100;
/// Characters of a comment.
const MAX_COMMENT: usize = 5_000;

/// What is reported.
#[derive(Debug, Clone)]
pub struct Report {
    /// The address of the `Flag`.
    pub address: String,
    /// Addresses of an account here and of posts.
    pub objects: Vec<String>,
    /// In the reporter's words.
    pub comment: String,
}

/// `from` reports.
///
/// # Errors
/// When the database cannot be asked.
pub async fn receive(app: &App, from: &Account, report: Report) -> Result<Received> {
    let Some(address) = uri::canonical(&report.address) else {
        return Ok(Received::Ignored("not an address"));
    };
    let server = from.uri.as_deref().and_then(uri::authority);
    if let Some(server) = server
        && app.host_flags(&server).await? & host::flags::NO_REPORTS != 0
    {
        return Ok(Received::Ignored("its reports are not taken"));
    }
    let origin = app.origin();
    let (mut target, mut statuses): (Option<Id>, Vec<Id>) = (None, Vec::new());
    for object in report.objects.iter().take(MAX_OBJECTS) {
        match uri::canonical(object).and_then(|o| addresses::local(&origin, &o)) {
            Some(Local::Actor(id)) => target = target.or(Some(id)),
            Some(Local::Note(id)) => statuses.push(id),
            _ => {}
        }
    }
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    if target.is_none()
        && let Some(first) = statuses.first()
    {
        // Some name posts alone.
        target = remote_statuses::local(&mut conn, *first)
            .await?
            .map(|s| s.account);
    }
    let Some(target) = target else {
        return Ok(Received::Ignored("nobody here"));
    };
    let comment = clean::text(&sanitise::plain(&report.comment));
    let report = RemoteReport {
        uri_hash: uri::hash(&address),
        account: from.id,
        target,
        comment: comment.chars().take(MAX_COMMENT).collect(),
        statuses,
        on: now.date_naive(),
    };
    let done = store::reports::insert_remote(&mut conn, report, MOST_A_DAY, now).await?;
    Ok(Received::when(done, "reported today already"))
}
