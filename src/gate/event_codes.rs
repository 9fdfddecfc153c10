//! "Company is coming": a code for a workshop, a class, a party.
//!
//! Many people who apply from one network within an hour look like a machine. Who types the
//! code is free of that network's limits and of the proof of work; all of them are one cluster
//! at the desk. Everything else is asked of them as of everybody: a code approves nobody.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::AsyncConnection;
use serde_json::{Value, json};

use super::applications::pace;
use super::blocks::Rule;
use super::who::{Admin, Moderator};
use crate::app::App;
use crate::domain::{Error, Id, Result};
pub use crate::model::event_code::EventCode;
use crate::secrets::token::random_bytes;
use crate::store::audit::NewLine;
use crate::store::event_codes::NewEventCode;
use crate::store::{self, Conn};
use crate::text::clean;

/// People who may apply with one code.
pub const MOST_USES: i32 = 500;
/// Hours that one code is good for.
pub const MOST_HOURS: i64 = 72;
/// Codes that are shown.
const SHOWN: i64 = 100;
/// Letters that nobody takes for others: 32 of them.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Letters of a code: 40 bits, out of reach of guesses at the pace of the door.
const LENGTH: usize = 8;
/// The longest title, in characters.
const MAX_TITLE: usize = 100;

/// What the admin says of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// What it is called.
    pub title: String,
    /// How many people come.
    pub uses: i32,
    /// For how many hours from now.
    pub hours: i64,
    /// Where they come from; empty: where the first of them does.
    pub network: String,
}

/// The codes, newest first.
pub async fn list(app: &App, _who: &Moderator) -> Result<Vec<EventCode>> {
    let mut conn = app.desk.get().await?;
    store::event_codes::list(&mut conn, SHOWN).await
}

/// Makes a code.
///
/// # Errors
/// `Invalid` with every field that needs mending: `title`, `uses`, `hours`, `network`.
pub async fn create(app: &App, who: &Admin, planned: &Planned) -> Result<EventCode> {
    let (title, network) = check(planned)?;
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let new = NewEventCode {
            code: fresh(),
            title: title.clone(),
            uses: planned.uses,
            network,
            starts_at: now,
            ends_at: now + TimeDelta::hours(planned.hours),
        };
        let made = store::event_codes::insert(conn, &new, now).await?;
        let made = made.ok_or_else(|| Error::broken("two codes of 40 random bits are the same"))?;
        let detail = json!({ "title": title, "uses": planned.uses, "hours": planned.hours });
        note(
            conn,
            who,
            "event.create",
            made.id,
            (detail, Some(json!({ "end": true }))),
            now,
        )
        .await?;
        Ok(made)
    })
    .await
}

/// Ends a code at once. Who applied with it is not touched.
///
/// # Errors
/// `NotFound` when it was over, or never was.
pub async fn end(app: &App, who: &Admin, id: Id) -> Result<()> {
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        if !store::event_codes::end(conn, id, now).await? {
            return Err(Error::NotFound);
        }
        note(conn, who, "event.end", id, (json!({}), None), now).await
    })
    .await
}

async fn note(
    conn: &mut Conn,
    who: &Admin,
    act: &'static str,
    id: Id,
    (detail, inverse): (Value, Option<Value>),
    at: DateTime<Utc>,
) -> Result<()> {
    let user = who.user().id;
    let line = NewLine {
        actor: Some(user),
        act,
        subject_kind: "event",
        subject: Some(id),
        detail,
        inverse,
    };
    store::audit::append(conn, line, at).await?;
    super::signs::act(conn, who, at).await
}

fn check(planned: &Planned) -> Result<(String, Option<ipnet::IpNet>)> {
    let mut invalid = crate::domain::error::Invalid::new();
    let title = clean::text(&planned.title).trim().replace('\n', " ");
    if title.is_empty() {
        invalid.add("title", "ERR_BLANK", "can't be blank");
    } else if title.chars().count() > MAX_TITLE {
        let description = format!("is too long (maximum is {MAX_TITLE} characters)");
        invalid.add("title", "ERR_TOO_LONG", description);
    }
    if !(1..=MOST_USES).contains(&planned.uses) {
        let description = format!("must be a number from 1 to {MOST_USES}");
        invalid.add("uses", "ERR_INVALID", description);
    }
    if !(1..=MOST_HOURS).contains(&planned.hours) {
        let description = format!("must be a number from 1 to {MOST_HOURS}");
        invalid.add("hours", "ERR_INVALID", description);
    }
    let network = match planned.network.trim() {
        "" => None,
        typed => match Rule::network(typed) {
            Ok(Rule::Network(net)) => Some(net),
            Ok(_) => None,
            Err(Error::Invalid(troubles)) => {
                invalid.fields.extend(troubles.fields);
                None
            }
            Err(error) => return Err(error),
        },
    };
    invalid.into_result()?;
    Ok((title, network))
}

fn fresh() -> String {
    let bytes: [u8; LENGTH] = random_bytes();
    let letter = |byte: &u8| char::from(LETTERS[usize::from(byte % 32)]);
    bytes.iter().map(letter).collect()
}

/// A code as people type it: case and spaces aside; what cannot be one is `None`.
pub fn normalise(typed: &str) -> Option<String> {
    let code: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| c.to_ascii_uppercase())
        .take(21)
        .collect();
    let plain = code.bytes().all(|b| b.is_ascii_alphanumeric());
    (plain && (4..=20).contains(&code.len())).then_some(code)
}

/// The event whose code was typed, if it is good now and here.
pub(super) async fn find(
    conn: &mut Conn,
    typed: &str,
    from: Option<IpAddr>,
    now: DateTime<Utc>,
) -> Result<Option<EventCode>> {
    let Some(code) = normalise(typed) else {
        return Ok(None);
    };
    let found = store::event_codes::find_by_code(conn, &code).await?;
    Ok(found.filter(|event| is_good(event, from, now)))
}

/// Whether a code holds for somebody who comes from there.
fn is_good(event: &EventCode, from: Option<IpAddr>, now: DateTime<Utc>) -> bool {
    let here = match (event.network, from) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(network), Some(from)) => network.contains(&pace::near(from)),
    };
    here && event.used < event.uses && event.starts_at <= now && now < event.ends_at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event() -> EventCode {
        EventCode {
            id: 1,
            code: "PORCH234".into(),
            title: "A workshop".into(),
            uses: 3,
            used: 2,
            network: "192.0.2.0/24".parse().ok(),
            starts_at: DateTime::UNIX_EPOCH,
            ends_at: DateTime::UNIX_EPOCH + TimeDelta::hours(2),
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_code_holds_for_its_hours_its_uses_and_its_network() {
        let from = "192.0.2.9".parse().ok();
        let at = |hours: i64| DateTime::UNIX_EPOCH + TimeDelta::hours(hours);
        assert!(is_good(&event(), from, at(1)));
        assert!(!is_good(&event(), from, at(2)) && !is_good(&event(), from, at(-1)));
        assert!(!is_good(&event(), "198.51.100.1".parse().ok(), at(1)));
        assert!(!is_good(&event(), None, at(1)));
        let anywhere = EventCode {
            network: None,
            ..event()
        };
        assert!(is_good(&anywhere, "198.51.100.1".parse().ok(), at(1)));
        let used_up = EventCode { used: 3, ..event() };
        assert!(!is_good(&used_up, from, at(1)));
    }

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(normalise(" porch-234 "), Some("PORCH234".into()));
        assert_eq!(normalise("abc"), None);
        assert_eq!(normalise("pörch234"), None);
        assert_eq!(normalise(&"x".repeat(21)), None);
        assert_eq!(normalise(&fresh()).map(|code| code.len()), Some(LENGTH));
    }
}
