//! SMTP, a folder, or nothing.

mod folder;

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use lettre::message::Mailbox;
use lettre::transport::smtp::PoolConfig;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use url::Url;

pub use folder::MailFolder;

use super::message::Message;
use crate::domain::{Error, Result};

/// How long one mail may take, connecting included.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Connections to the mail server at one time.
const CONNECTIONS: u32 = 2;

/// Where mail goes.
#[derive(Clone, PartialEq)]
pub enum Route {
    /// A mail server, as a URL:
    /// `smtps://user:password@host` (port 465) or `smtp://user:password@host:587`.
    ///
    /// With `smtp://`, encryption is required unless the host is this machine;
    /// `?tls=opportunistic` takes it where offered, `?tls=none` never. User and password are
    /// percent-encoded.
    Smtp(String),
    /// Files in this folder, for looking at.
    Folder(PathBuf),
    /// No mail at all: a place that works without addresses.
    None,
}

/// The sender and the route.
#[derive(Clone, PartialEq)]
pub struct Settings {
    /// Where mail goes.
    pub route: Route,
    /// The sender, as `Name <name@host>` or `name@host`.
    pub from: String,
}

/// Why a mail was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Undelivered {
    /// The mail server will never take this one: no such address, say. Do not try again.
    #[error("the mail server refused the mail for good: {0}")]
    Refused(String),
    /// Busy, not reachable, too slow: try again later.
    #[error("the mail could not be sent now: {0}")]
    Later(String),
}

/// Sends mails. One per process; cloning shares the connections.
#[derive(Clone)]
pub enum Mailer {
    /// Over SMTP.
    Smtp {
        /// The connections.
        transport: AsyncSmtpTransport<Tokio1Executor>,
        /// The sender.
        from: Mailbox,
    },
    /// Into files.
    Folder {
        /// Where they lie.
        folder: MailFolder,
        /// The sender.
        from: Mailbox,
    },
    /// Nowhere.
    None,
}

impl Mailer {
    /// # Errors
    /// With a sentence for the host when the sender or the URL makes no sense (the password
    /// is not repeated), or the folder cannot be made. Nothing is connected yet.
    pub fn new(settings: &Settings) -> Result<Mailer> {
        let from = || -> Result<Mailbox> {
            settings.from.parse().map_err(|_| {
                Error::broken(format!(
                    "the sender of mails, \"{}\", is not an address such as \
                     \"Porchlight <noreply@example.org>\"",
                    settings.from
                ))
            })
        };
        match &settings.route {
            Route::None => Ok(Mailer::None),
            Route::Folder(path) => Ok(Mailer::Folder {
                folder: MailFolder::new(path)?,
                from: from()?,
            }),
            Route::Smtp(url) => Ok(Mailer::Smtp {
                transport: smtp(url)?,
                from: from()?,
            }),
        }
    }

    /// Whether mails reach people: over SMTP they do, files and nothing do not.
    pub fn is_real(&self) -> bool {
        matches!(self, Mailer::Smtp { .. })
    }

    /// Whether mails go anywhere at all, be it a folder. Without, addresses are optional.
    pub fn is_on(&self) -> bool {
        !matches!(self, Mailer::None)
    }

    /// Hands over one mail; at most 30 seconds. With no route, nothing happens.
    ///
    /// # Errors
    /// `Refused`: never try this one again. `Later`: try again.
    pub async fn send(&self, message: &Message, now: DateTime<Utc>) -> Result<(), Undelivered> {
        match self {
            Mailer::None => Ok(()),
            Mailer::Folder { folder, from } => {
                let wire = message.wire(from, now, true).map_err(refused)?;
                folder
                    .write(message, wire.formatted(), now)
                    .await
                    .map_err(|cause| Undelivered::Later(cause.to_string()))
            }
            Mailer::Smtp { transport, from } => {
                let wire = message.wire(from, now, false).map_err(refused)?;
                match tokio::time::timeout(TIMEOUT, transport.send(wire)).await {
                    Ok(Ok(_)) => Ok(()),
                    Ok(Err(cause)) if cause.is_permanent() => {
                        Err(Undelivered::Refused(cause.to_string()))
                    }
                    Ok(Err(cause)) => Err(Undelivered::Later(cause.to_string())),
                    Err(_) => Err(Undelivered::Later("no answer for 30 seconds".into())),
                }
            }
        }
    }
}

fn refused(cause: Error) -> Undelivered {
    Undelivered::Refused(match cause {
        Error::Broken(cause) => format!("{cause:#}"),
        other => other.sentence(),
    })
}

fn smtp(url: &str) -> Result<AsyncSmtpTransport<Tokio1Executor>> {
    let url = with_encryption(url)?;
    // The cause could repeat the URL, and with it the password.
    let builder =
        AsyncSmtpTransport::<Tokio1Executor>::from_url(url.as_str()).map_err(|_| wrong_url())?;
    Ok(builder
        .timeout(Some(TIMEOUT))
        .pool_config(PoolConfig::new().max_size(CONNECTIONS))
        .build())
}

/// The URL in the transport's own words: what is plain by default there is encrypted here,
/// unless it stays on this machine.
fn with_encryption(url: &str) -> Result<Url> {
    let mut url = Url::parse(url).map_err(|_| wrong_url())?;
    // In a URL that browsers do not know, an address of figures is a name like any other.
    let host = url.host_str().filter(|host| !host.is_empty());
    let host = host.ok_or_else(wrong_url)?.trim_matches(['[', ']']);
    let here = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    let wish = url
        .query_pairs()
        .find(|(key, _)| key == "tls")
        .map(|(_, value)| value.into_owned());
    match (url.scheme(), wish.as_deref()) {
        ("smtps", None | Some("required")) => url.set_query(None),
        ("smtp", None) if !here => url.set_query(Some("tls=required")),
        ("smtp", None | Some("none")) => url.set_query(None),
        ("smtp", Some("required" | "opportunistic")) => {}
        _ => return Err(wrong_url()),
    }
    Ok(url)
}

fn wrong_url() -> Error {
    Error::broken(
        "the mail server's URL makes no sense; it looks like \
         smtps://user:password@mail.example.org or smtp://user:password@mail.example.org:587, \
         with ?tls=required, ?tls=opportunistic or ?tls=none",
    )
}

#[cfg(test)]
mod tests;
