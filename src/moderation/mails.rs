//! Mail as the desk sees it: what was sent, what waits, what was refused and why; and a test.
//!
//! What a mail server refuses while it is handed over is seen here. What it takes and sends back
//! later goes to the sender's address, as a mail: nobody reads that box for us.

use chrono::TimeDelta;
use serde_json::json;
use url::Url;

use crate::app::{App, limits};
use crate::cache::rate_limit::{self, Limit};
use crate::domain::{Error, Result};
use crate::gate::signs;
use crate::gate::who::Admin;
use crate::mail::letter::{Place, Reader};
use crate::mail::{Undelivered, messages};
use crate::store::audit::NewLine;
pub use crate::store::mail_counts::OfKind;
pub use crate::store::mail_jobs::MailJob;
use crate::store::{self, Conn};
use crate::text::catalogue::Words;
use crate::text::email::mask_all;

/// Mails that wait, and that were given up, on one page.
const MOST: i64 = 50;
/// Test mails of one admin in an hour.
const TESTS: u32 = 10;

/// All that there is to know.
#[derive(Debug, Clone, PartialEq)]
pub struct Overview {
    /// The mail server, as host and port; `None` where mails are files.
    pub server: Option<String>,
    /// The sender.
    pub from: String,
    /// How many may leave in an hour, and how many did in the last one.
    pub hourly: (i64, i64),
    /// What was sent in the last day and week.
    pub sent: Vec<OfKind>,
    /// How many wait, up to 10,000.
    pub waits: i64,
    /// The first of them.
    pub waiting: Vec<MailJob>,
    /// How many were given up, up to 1,000; they are kept 30 days.
    pub lost: i64,
    /// The latest of them.
    pub failed: Vec<MailJob>,
}

/// Looks: five statements.
pub async fn look(app: &App, _who: &Admin) -> Result<Overview> {
    let now = app.clock.now();
    let mut conn = app.desk.get().await?;
    let (waits, lost) = store::mail_jobs::counts(&mut conn).await?;
    let last_hour = now - TimeDelta::hours(1);
    Ok(Overview {
        server: server(app),
        from: app.config.mail.from.clone(),
        hourly: (
            i64::from(app.config.mail.hourly),
            store::mail_counts::sent_since(&mut conn, last_hour).await?,
        ),
        sent: store::mail_counts::by_kind(&mut conn, now).await?,
        waits,
        waiting: store::mail_jobs::waiting(&mut conn, MOST).await?,
        lost,
        failed: store::mail_jobs::failed(&mut conn, MOST).await?,
    })
}

/// Host and port; the password stays where it is.
fn server(app: &App) -> Option<String> {
    let url = app.config.mail.smtp_url.as_ref()?;
    let url = Url::parse(url.expose()).ok()?;
    let host = url.host_str()?.to_owned();
    Some(match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host,
    })
}

/// How a test ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tested {
    /// The mail server took it; for this masked address.
    Taken(String),
    /// It was written as a file.
    File,
    /// The mail server will never take it; what it said.
    Refused(String),
    /// Not now; why.
    Later(String),
}

/// Sends the admin a mail, at once, and tells how that ended. Takes half a minute at the most.
///
/// # Errors
/// `Denied` for who has no address; `TooMany`.
pub async fn test(app: &App, who: &Admin) -> Result<Tested> {
    let user = who.user();
    let Some(address) = user.email.clone() else {
        return Err(Error::denied(
            "We have no address of yours. Set one under Settings, then come back.",
        ));
    };
    let now = app.clock.now();
    let limit = Limit {
        key: format!("mail-test:{}", user.id),
        most: TESTS,
        window: TimeDelta::hours(1),
    };
    if let Some(over) = rate_limit::exceeded(&limits::take(app, &[limit], now).await) {
        return Err(Error::TooMany {
            message: "That were many tests for one hour. Please wait a little.".into(),
            retry_at: over.reset,
        });
    }
    let place = Place {
        name: app.instance().await?.title.clone(),
        url: app.origin(),
    };
    let to = Reader {
        address: &address,
        name: &user.username,
        words: Words::of(&user.locale),
    };
    let message = messages::staff::test(&place, to, &app.url("/desk/mail"))?;
    let sent = app.mailer.send(&message, now).await;
    let mut conn = app.desk.get().await?;
    store::mail_counts::add(&mut conn, message.kind(), sent.is_err(), now).await?;
    note(&mut conn, who, "mail.test", None, now).await?;
    Ok(match sent {
        Ok(()) if app.mailer.is_real() => Tested::Taken(mask_all(&address)),
        Ok(()) => Tested::File,
        Err(Undelivered::Refused(why)) => Tested::Refused(mask_all(&why)),
        Err(Undelivered::Later(why)) => Tested::Later(mask_all(&why)),
    })
}

/// Tries a mail again that was given up.
///
/// # Errors
/// `Conflict` where it is not there any more, or the same one waits by now.
pub async fn retry(app: &App, who: &Admin, id: i64) -> Result<()> {
    let now = app.clock.now();
    let mut conn = app.desk.get().await?;
    if !store::mail_jobs::retry(&mut conn, id, now).await? {
        return Err(gone());
    }
    note(&mut conn, who, "mail.retry", Some(id), now).await
}

/// Drops a mail that was given up.
///
/// # Errors
/// `Conflict` where it is not there any more.
pub async fn forget(app: &App, who: &Admin, id: i64) -> Result<()> {
    let now = app.clock.now();
    let mut conn = app.desk.get().await?;
    if !store::mail_jobs::drop_failed(&mut conn, id).await? {
        return Err(gone());
    }
    note(&mut conn, who, "mail.drop", Some(id), now).await
}

fn gone() -> Error {
    Error::Conflict("This mail is not among the failed ones any more.".into())
}

async fn note(
    conn: &mut Conn,
    who: &Admin,
    act: &'static str,
    job: Option<i64>,
    at: chrono::DateTime<chrono::Utc>,
) -> Result<()> {
    let line = NewLine {
        actor: Some(who.user().id),
        act,
        subject_kind: "mail",
        subject: job,
        detail: json!({}),
        inverse: None,
    };
    store::audit::append(conn, line, at).await?;
    signs::act(conn, who, at).await
}
