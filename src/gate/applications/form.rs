//! The form and its token: which questions were shown, and when.
//!
//! Nothing is stored for a form that was fetched. The token says it all, signed, for 24
//! hours; it is used up only by success. One that expired comes back with the same
//! questions, so that no answer is lost (E29).

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};

use super::{line, pace};
use crate::app::App;
use crate::cache::once;
use crate::domain::Result;
use crate::gate::effective_mode::EffectiveMode;
use crate::gate::questions::statistics;
use crate::gate::{mode, questions};
use crate::model::question::QuestionVersion;
use crate::secrets::signed::{self, Fault, Signed};
use crate::store::{self, Conn};

/// How long a form may lie on somebody's table.
const GOOD_FOR: TimeDelta = TimeDelta::hours(24);
/// Nobody reads a form in less.
pub(super) const TOO_FAST: TimeDelta = TimeDelta::seconds(3);

/// What the page and the API show.
#[derive(Debug, Clone, PartialEq)]
pub struct FormView {
    /// The token to send back.
    pub token: String,
    /// The questions, in order.
    pub questions: Vec<QuestionVersion>,
    /// An address is needed: mail reaches people from here.
    pub email_needed: bool,
    /// The mode that holds; the form is no use where it takes no applications.
    pub mode: EffectiveMode,
    /// Who applies now stands in line behind the queue.
    pub in_line: bool,
}

/// A fresh form. Fetching is limited, ten times as generously as sending.
///
/// # Errors
/// `TooMany` for a network that fetches without end.
pub async fn fetch(app: &App, network: Option<IpAddr>) -> Result<FormView> {
    pace::count_fetch(app, network).await?;
    let now = app.clock.now();
    let in_line = line::is_shown(app).await?;
    let mut conn = app.desk.get().await?;
    let network = pace::Origin::new(network, None).network();
    let asked = questions::asked(app, &mut conn, network, now).await?;
    statistics::note_shown(app, &asked);
    view(app, &mut conn, asked, in_line, now).await
}

/// The form again, with the questions that this token names; those of today where it is not
/// ours. The old token comes back while it holds.
pub async fn again(app: &App, token: &str, network: Option<IpAddr>) -> Result<FormView> {
    let now = app.clock.now();
    let in_line = line::is_shown(app).await?;
    let mut conn = app.desk.get().await?;
    let (said, holds) = match signed::open(&app.keys.form, token, now) {
        Ok(said) => (Some(said), true),
        Err(Fault::Expired(said)) => (Some(said), false),
        Err(Fault::Forged) => (None, false),
    };
    let asked = match said.as_ref().and_then(|s| versions_of(&s.payload)) {
        Some(ids) => store::questions::find_versions(&mut conn, &ids).await?,
        None => {
            let network = pace::Origin::new(network, None).network();
            questions::asked(app, &mut conn, network, now).await?
        }
    };
    let mut view = view(app, &mut conn, asked, in_line, now).await?;
    if holds {
        view.token = token.to_owned();
    }
    Ok(view)
}

async fn view(
    app: &App,
    conn: &mut Conn,
    asked: Vec<QuestionVersion>,
    in_line: bool,
    now: DateTime<Utc>,
) -> Result<FormView> {
    let ids: Vec<String> = asked.iter().map(|q| q.id.to_string()).collect();
    Ok(FormView {
        token: signed::sign(&app.keys.form, ids.join(",").as_bytes(), now, GOOD_FOR),
        questions: asked,
        email_needed: super::mail_reaches_people(app),
        mode: mode::current(app, conn, now).await?,
        in_line,
    })
}

/// What a token that came back said.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Returned {
    /// Versions that were shown.
    pub versions: Vec<i64>,
    /// Seconds since it was fetched.
    pub fill_seconds: i32,
    nonce: [u8; 16],
}

/// Why a form has to come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stale {
    /// Not ours.
    Forged,
    /// Older than a day.
    Expired,
    /// Sent before anybody could have read it.
    TooFast,
}

impl Stale {
    pub(super) fn code(self) -> &'static str {
        match self {
            Stale::Forged => "ERR_INVALID",
            Stale::Expired => "ERR_EXPIRED",
            Stale::TooFast => "ERR_TOO_FAST",
        }
    }

    pub(super) fn sentence(self) -> &'static str {
        match self {
            Stale::Forged => {
                "is not one that we made. Here is the form again; please send it once more"
            }
            Stale::Expired => {
                "is older than a day. Nothing is lost: please look through your answers and send them again"
            }
            Stale::TooFast => {
                "came back faster than anybody can read. Please look it through and send it again"
            }
        }
    }
}

/// Reads a token that came back.
pub(super) fn read(app: &App, token: &str, now: DateTime<Utc>) -> Result<Returned, Stale> {
    let Signed {
        payload,
        issued_at,
        nonce,
        ..
    } = match signed::open(&app.keys.form, token, now) {
        Ok(said) => said,
        Err(Fault::Expired(_)) => return Err(Stale::Expired),
        Err(Fault::Forged) => return Err(Stale::Forged),
    };
    let filled = now - issued_at;
    if filled < TOO_FAST {
        return Err(Stale::TooFast);
    }
    Ok(Returned {
        versions: versions_of(&payload).ok_or(Stale::Forged)?,
        fill_seconds: i32::try_from(filled.num_seconds()).unwrap_or(i32::MAX),
        nonce,
    })
}

/// Whether this form brought in an application already: a second click on the button.
pub(super) async fn was_used(app: &App, form: &Returned) -> bool {
    once::was_spent(&app.cache, &key(form)).await
}

/// Uses the form up. Without Redis the unique name and address keep a second click out.
pub(super) async fn use_up(app: &App, form: &Returned) {
    once::spend(&app.cache, &key(form), GOOD_FOR).await;
}

fn key(form: &Returned) -> String {
    let nonce: String = form.nonce.iter().map(|b| format!("{b:02x}")).collect();
    format!("form:{nonce}")
}

fn versions_of(payload: &[u8]) -> Option<Vec<i64>> {
    let text = std::str::from_utf8(payload).ok()?;
    text.split(',')
        .filter(|id| !id.is_empty())
        .map(|id| id.parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_names_its_versions() {
        assert_eq!(versions_of(b"3,12"), Some(vec![3, 12]));
        assert_eq!(versions_of(b""), Some(vec![]));
        assert_eq!(versions_of(b"3,x"), None);
    }
}
