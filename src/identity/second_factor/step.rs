//! The step between the password and the session.
//!
//! 1. The right password opens a step: 32 random bytes in a cookie, their digest in a row, for
//!    ten minutes. It is no session: it can answer one question and nothing else.
//! 2. The answer is a code of the app (each good once), a recovery code (each good once), or a
//!    passkey. Five wrong ones end the step. All of it is counted in Postgres.
//! 3. A right one uses the step up and opens a session with a fresh secret (T5).
//!
//! Who knows the password alone can try 20 codes an hour; beyond that, codes are taken only from
//! networks where their owner is signed in, and passkeys and recovery codes, which nobody can
//! guess, from everywhere: slower for a thief, never shut for the owner.

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;
use serde_json::{Value, json};

use super::{codes, lock, passkeys_of, read, tell};
use crate::app::App;
use crate::cache::rate_limit::Limit;
use crate::domain::factor_change::FactorChange;
use crate::domain::{ClientAddress, Error, Id, Result};
use crate::identity::pace;
use crate::identity::sign_in::{self, Browser, Entered, Opened};
use crate::model::second_factor::SignInStep;
use crate::model::user::User;
use crate::secrets::{Secret, token};
use crate::store::{self, Conn};

/// How long a step is open.
pub const OPEN_FOR: TimeDelta = TimeDelta::minutes(10);
/// Wrong answers that end a step.
const MOST_TRIES: i16 = 5;
/// The longest answer of a browser, in bytes.
const MAX_ANSWER: usize = 32 * 1024;

const OVER: &str = "That took too long, or there were too many wrong answers. Sign in once more, \
    with your password first.";
const WRONG: &str = "This is not right. A code of the app holds for half a minute and works once; \
    a recovery code works once.";
const NOT_KNOWN: &str = "This passkey was not taken. Try it once more, or use a code.";
const TOO_OFTEN: &str = "Too many tries. Please wait a little, use a passkey or a recovery code, \
    or sign in from where you are signed in already.";

/// What is still asked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// What goes into the cookie; never seen again.
    pub token: Secret,
}

/// What the page of the step needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// An app makes codes.
    pub app: bool,
    /// The options of `navigator.credentials.get`, in JSON; `None` without a passkey.
    pub passkeys: Option<Value>,
}

/// What was answered.
#[derive(Debug, Clone)]
pub enum Answer {
    /// A code of the app or a recovery code, as typed.
    Code(String),
    /// What `navigator.credentials.get` gave, as JSON.
    Passkey(String),
}

/// From a right password on: a session where no factor is set, else the step.
pub(in crate::identity) async fn enter(
    app: &App,
    user: User,
    browser: Browser,
    now: DateTime<Utc>,
) -> Result<Entered> {
    if user.second_factor_since.is_some() {
        let mut conn = app.pool.get().await?;
        let factors = read(&mut conn, user.id).await?;
        if factors.any() {
            let known: Vec<Value> = factors.passkeys.into_iter().map(|k| k.credential).collect();
            drop(conn);
            return ask(app, user.id, &known, now).await.map(Entered::Asked);
        }
    }
    sign_in::open(app, user, browser, now)
        .await
        .map(|opened| Entered::Opened(Box::new(opened)))
}

async fn ask(app: &App, user: Id, known: &[Value], now: DateTime<Utc>) -> Result<Asked> {
    let challenge = match passkeys_of(app).await? {
        Some(keys) if !known.is_empty() => {
            let ask = keys.ask(known)?;
            Some(json!({ "options": ask.options, "state": ask.state }))
        }
        _ => None,
    };
    let token = Secret::random();
    let mut conn = app.pool.get().await?;
    let (digest, until) = (token.digest(), now + OPEN_FOR);
    store::second_factor::insert_step(&mut conn, &digest, user, challenge.as_ref(), now, until)
        .await?;
    Ok(Asked { token })
}

/// What the step of this token asks; looks only.
///
/// # Errors
/// `Conflict` with a sentence when it is over.
pub async fn look(app: &App, token: &str) -> Result<Question> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let step = store::second_factor::find_step(&mut conn, &token::digest(token))
        .await?
        .filter(|step| is_open(step, now))
        .ok_or_else(over)?;
    let app_set = store::second_factor::totp(&mut conn, step.user_id).await?;
    Ok(Question {
        app: app_set.is_some(),
        passkeys: step
            .challenge
            .map(|mut challenge| challenge["options"].take()),
    })
}

/// Opens the session for a right answer.
///
/// # Errors
/// `Invalid` for a wrong one, `Conflict` when the step is over, `TooMany`.
pub async fn answer(app: &App, token: &str, answer: Answer, browser: Browser) -> Result<Opened> {
    let (now, digest) = (app.clock.now(), token::digest(token));
    let (user, limits) = {
        let mut conn = app.pool.get().await?;
        let step = store::second_factor::find_step(&mut conn, &digest)
            .await?
            .filter(|step| is_open(step, now))
            .ok_or_else(over)?;
        let limits = limits(&mut conn, step.user_id, &answer, browser.address, now).await?;
        (step.user_id, limits)
    };
    pace::keep(app, &limits, TOO_OFTEN, now).await?;
    let mut conn = app.pool.get().await?;
    let opened = conn
        .transaction(async |conn| {
            let step = store::second_factor::lock_step(conn, &digest)
                .await?
                .filter(|step| is_open(step, now))
                .ok_or_else(over)?;
            let user = lock(conn, user).await?;
            if !is_right(app, conn, &step, &user, &answer, now).await? {
                store::second_factor::count_try(conn, &digest).await?;
                return Ok::<_, Error>(None);
            }
            store::second_factor::end_step(conn, &digest, now).await?;
            Ok(Some(user))
        })
        .await?;
    drop(conn);
    let Some(user) = opened else {
        return Err(Error::invalid(match answer {
            Answer::Code(_) => WRONG,
            Answer::Passkey(_) => NOT_KNOWN,
        }));
    };
    app.wake_relay();
    pace::give_back(app, &limits, now).await;
    // Who was switched off meanwhile has a session that opens nothing.
    sign_in::open(app, user, browser, now).await
}

async fn is_right(
    app: &App,
    conn: &mut Conn,
    step: &SignInStep,
    user: &User,
    answer: &Answer,
    now: DateTime<Utc>,
) -> Result<bool> {
    match answer {
        Answer::Code(typed) if looks_like_app(typed) => {
            let Some(factor) = store::second_factor::totp(conn, user.id).await? else {
                return Ok(false);
            };
            let secret = super::app::unsealed(app, user.id, &factor.sealed)?;
            match secret.step_of(typed, factor.last_step, now) {
                Some(step) => store::second_factor::spend_step(conn, user.id, step, now).await,
                None => Ok(false),
            }
        }
        Answer::Code(typed) => {
            let Some(digest) = codes::digest(user.id, typed) else {
                return Ok(false);
            };
            let spent = store::second_factor::spend_code(conn, user.id, &digest, now).await?;
            if spent {
                tell(conn, user.id, FactorChange::CodeUsed, now).await?;
            }
            Ok(spent)
        }
        Answer::Passkey(answer) => {
            let (Some(keys), Some(challenge)) = (passkeys_of(app).await?, &step.challenge) else {
                return Ok(false);
            };
            if answer.len() > MAX_ANSWER {
                return Ok(false);
            }
            let rows = store::second_factor::list_passkeys(conn, user.id).await?;
            let known: Vec<Value> = rows.iter().map(|row| row.credential.clone()).collect();
            match keys.take(&challenge["state"], answer, &known) {
                Some((at, kept)) => {
                    store::second_factor::use_passkey(conn, rows[at].id, &kept, now).await?;
                    Ok(true)
                }
                None => Ok(false),
            }
        }
    }
}

/// Six digits come from the app; all else is a recovery code.
fn looks_like_app(typed: &str) -> bool {
    let mut digits = typed.chars().filter(|c| !c.is_whitespace());
    typed.len() <= 20 && digits.clone().count() == 6 && digits.all(|c| c.is_ascii_digit())
}

async fn limits(
    conn: &mut Conn,
    user: Id,
    answer: &Answer,
    from: ClientAddress,
    now: DateTime<Utc>,
) -> Result<Vec<Limit>> {
    let (quarter, login) = (TimeDelta::minutes(15), format!("user {user}"));
    let mut limits = vec![
        pace::per_login_and_network("factor", &login, from, 10, quarter),
        pace::per_network("factor", from, 40, quarter),
        pace::per_site("factor", from, 120, quarter),
    ];
    let guessed = matches!(answer, Answer::Code(typed) if looks_like_app(typed));
    if guessed && !store::sessions::is_known_network(conn, user, from.network(), now).await? {
        limits.push(pace::per_login("factor", &login, 20, TimeDelta::hours(1)));
    }
    Ok(limits)
}

fn is_open(step: &SignInStep, now: DateTime<Utc>) -> bool {
    step.used_at.is_none() && now < step.expires_at && step.tries < MOST_TRIES
}

fn over() -> Error {
    Error::Conflict(OVER.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_digits_are_of_the_app_and_all_else_is_a_recovery_code() {
        assert!(looks_like_app("123456") && looks_like_app(" 123 456 "));
        for other in ["12345", "1234567", "7KQX-7KQX-7KQX-7KQX", "", "12345x"] {
            assert!(!looks_like_app(other), "{other}");
        }
    }

    #[test]
    fn a_step_is_over_when_it_was_used_is_old_or_was_tried_too_often() {
        let now = DateTime::UNIX_EPOCH;
        let step = SignInStep {
            user_id: 1,
            challenge: None,
            tries: 0,
            created_at: now,
            expires_at: now + OPEN_FOR,
            used_at: None,
        };
        assert!(is_open(&step, now));
        assert!(!is_open(&step, now + OPEN_FOR));
        let tried = SignInStep {
            tries: MOST_TRIES,
            ..step.clone()
        };
        assert!(!is_open(&tried, now));
        let used = SignInStep {
            used_at: Some(now),
            ..step
        };
        assert!(!is_open(&used, now));
    }
}
