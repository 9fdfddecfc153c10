//! The form and its token: which questions were shown, and when.
//!
//! Nothing is stored for a form that was fetched. The token says it all, signed, for 24
//! hours; it is used up only by success. One that expired comes back with the same
//! questions, so that no answer is lost (E29).

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};

use super::{line, pace};
use crate::app::{App, limits};
use crate::cache::once;
use crate::cache::rate_limit::{self, Limit};
use crate::domain::Result;
use crate::gate::effective_mode::EffectiveMode;
use crate::gate::questions::statistics;
use crate::gate::{mode, proof, questions};
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
    /// Bits of the proof of work that goes with the token; 0 for none.
    pub bits: u8,
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
    let network = network.map(pace::near);
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
    let said = said.as_ref().and_then(|s| facts_of(&s.payload));
    let bits = said.as_ref().map(|(bits, _)| *bits);
    let asked = match said {
        Some((_, ids)) => store::questions::find_versions(&mut conn, &ids).await?,
        None => {
            let network = network.map(pace::near);
            questions::asked(app, &mut conn, network, now).await?
        }
    };
    let mut view = view(app, &mut conn, asked, in_line, now).await?;
    if let (true, Some(bits)) = (holds, bits) {
        view.token = token.to_owned();
        view.bits = bits;
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
    // What rules add stands in the token, so that nobody's work is lost when one begins.
    let bits = proof::bits(app.config.registration.proof_bits, 0);
    let payload = format!("{bits};{}", ids.join(","));
    Ok(FormView {
        token: signed::sign(&app.keys.form, payload.as_bytes(), now, GOOD_FOR),
        bits,
        questions: asked,
        email_needed: super::mail_reaches_people(app),
        mode: mode::current(app, conn, now).await?,
        in_line,
    })
}

/// Whether the work that this form asks for was done, or none is asked for. Such a form comes
/// again with its answers even where there is no room for more; for a flood no page is drawn.
pub fn was_worked_for(app: &App, token: &str, number: &str) -> bool {
    read(app, token, app.clock.now())
        .is_ok_and(|form| form.bits == 0 || proof::holds(token, form.bits, number))
}

/// What a token that came back said.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Returned {
    /// Versions that were shown.
    pub versions: Vec<i64>,
    /// Bits of the proof of work that was asked for.
    pub bits: u8,
    /// Seconds since it was fetched.
    pub fill_seconds: i32,
    /// Why it has to come again, where it has.
    stale: Option<Stale>,
    nonce: [u8; 16],
}

impl Returned {
    /// # Errors
    /// When it came back too fast or too late.
    pub(super) fn check_age(&self) -> Result<(), Stale> {
        self.stale.map_or(Ok(()), Err)
    }
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

/// Reads a token that came back. Its age is judged later ([`Returned::check_age`]).
///
/// # Errors
/// When we did not sign it.
pub(super) fn read(app: &App, token: &str, now: DateTime<Utc>) -> Result<Returned, Stale> {
    let (said, expired) = match signed::open(&app.keys.form, token, now) {
        Ok(said) => (said, false),
        Err(Fault::Expired(said)) => (said, true),
        Err(Fault::Forged) => return Err(Stale::Forged),
    };
    let Signed {
        payload,
        issued_at,
        nonce,
        ..
    } = said;
    let filled = now - issued_at;
    let (bits, versions) = facts_of(&payload).ok_or(Stale::Forged)?;
    Ok(Returned {
        versions,
        bits,
        fill_seconds: i32::try_from(filled.num_seconds()).unwrap_or(i32::MAX),
        stale: match (expired, filled < TOO_FAST) {
            (true, _) => Some(Stale::Expired),
            (_, true) => Some(Stale::TooFast),
            _ => None,
        },
        nonce,
    })
}

/// Whether this form brought in an application already: a second click on the button.
pub(super) async fn was_used(app: &App, form: &Returned, now: DateTime<Utc>) -> bool {
    if !app.cache.is_resting() {
        return once::was_spent(&app.cache, &key(form)).await;
    }
    let taken = limits::look(app, &[in_rows(form)], now).await;
    taken.first().is_some_and(|taken| taken.remaining == 0)
}

/// Uses the form up, and the work that was done for it: of two who come with it at once one
/// gets `true`. While Redis is away Postgres counts; twice, at worst, across a midnight.
pub(super) async fn use_up(app: &App, form: &Returned, now: DateTime<Utc>) -> bool {
    match once::claim(&app.cache, &key(form), GOOD_FOR).await {
        Some(first) => first,
        None => {
            let taken = limits::take(app, &[in_rows(form)], now).await;
            rate_limit::exceeded(&taken).is_none()
        }
    }
}

/// Nothing came of it: it may be sent again.
pub(super) async fn give_back(app: &App, form: &Returned, now: DateTime<Utc>) {
    match app.cache.is_resting() {
        false => once::release(&app.cache, &key(form)).await,
        true => limits::give_back(app, &[in_rows(form)], now).await,
    }
}

fn in_rows(form: &Returned) -> Limit {
    Limit {
        key: key(form),
        most: 1,
        window: TimeDelta::days(1),
    }
}

fn key(form: &Returned) -> String {
    let nonce: String = form.nonce.iter().map(|b| format!("{b:02x}")).collect();
    format!("form:{nonce}")
}

/// Bits and versions: `18;3,12`.
fn facts_of(payload: &[u8]) -> Option<(u8, Vec<i64>)> {
    let (bits, ids) = std::str::from_utf8(payload).ok()?.split_once(';')?;
    let versions = ids
        .split(',')
        .filter(|id| !id.is_empty())
        .map(|id| id.parse().ok())
        .collect::<Option<_>>()?;
    Some((bits.parse().ok()?, versions))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_names_its_bits_and_versions() {
        assert_eq!(facts_of(b"18;3,12"), Some((18, vec![3, 12])));
        assert_eq!(facts_of(b"0;"), Some((0, vec![])));
        for bad in [&b"3,12"[..], b"18;3,x", b"x;3", b"300;1"] {
            assert_eq!(facts_of(bad), None);
        }
    }
}
