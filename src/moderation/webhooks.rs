//! Webhooks: addresses of the admin's choice that hear of what happens at the door.
//!
//! ```text
//! event ─> relay: one job a webhook that listens ─> jobs::hooks: the body is filled from the rows
//!          as they are then ─> POST, signed, through the guarded client ─> the last result is kept
//! ```
//!
//! What is told are names, words of the house and a link to the desk: no address, no network, no
//! answer, no token. A template is JSON with places such as `{{text}}`; what is put there is
//! escaped as JSON, so no name can break out of its quotes.

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;
use serde_json::{Value, json};
use url::Url;

use crate::app::App;
use crate::domain::application::ApplicationState;
use crate::domain::error::Invalid;
use crate::domain::heir::NoticeEnding;
use crate::domain::{Error, Id, Result};
use crate::gate::signs::{self, notices};
use crate::gate::who::Admin;
use crate::gate::zone;
use crate::model::webhook::Webhook;
use crate::secrets::{Secret, webhook as signing};
use crate::store::audit::NewLine;
pub use crate::store::webhooks::Written;
use crate::store::{self, Conn};
use crate::text::catalogue::Words;

/// How many there may be.
pub const MOST: usize = 20;
/// The longest address, in bytes.
const MAX_ADDRESS: usize = 2000;
/// The longest template, in characters.
pub const MAX_TEMPLATE: usize = 4000;

/// What a webhook can hear of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookEvent {
    /// Somebody waits at the door.
    Received,
    /// Somebody was let in or turned down.
    Decided,
    /// The door is open further, or less far.
    DoorChanged,
    /// A member reported somebody.
    ReportMade,
    /// Nobody was seen for too long, or somebody is back.
    Switch,
    /// Of the same bit: an heir opened the letter, or what came of it.
    Heir,
    /// The button beside it.
    Test,
}

impl HookEvent {
    /// Those that can be chosen.
    pub const ALL: &[HookEvent] = &[
        HookEvent::Received,
        HookEvent::Decided,
        HookEvent::DoorChanged,
        HookEvent::ReportMade,
        HookEvent::Switch,
    ];

    /// A stable word.
    pub fn word(self) -> &'static str {
        match self {
            HookEvent::Received => "application.received",
            HookEvent::Decided => "application.decided",
            HookEvent::DoorChanged => "door.changed",
            HookEvent::ReportMade => "report.made",
            HookEvent::Switch => "switch.moved",
            HookEvent::Heir => "switch.heir",
            HookEvent::Test => "test",
        }
    }

    /// The one of that word.
    pub fn from_word(word: &str) -> Option<HookEvent> {
        let others = [&HookEvent::Heir, &HookEvent::Test];
        let all = HookEvent::ALL.iter().chain(others);
        all.copied().find(|event| event.word() == word)
    }

    /// Its bit in `webhooks.events`.
    pub fn bit(self) -> i32 {
        match self {
            HookEvent::Received => 1,
            HookEvent::Decided => 2,
            HookEvent::DoorChanged => 4,
            HookEvent::ReportMade => 8,
            HookEvent::Switch | HookEvent::Heir => 16,
            HookEvent::Test => 0,
        }
    }
}

/// Ready-made templates: name and body.
pub const PRESETS: &[(&str, &str)] = &[
    (
        "Plain JSON",
        "{\"event\": \"{{event}}\", \"at\": \"{{at}}\", \"place\": \"{{place}}\", \"text\": \"{{text}}\", \"name\": \"{{name}}\", \"url\": \"{{url}}\"}",
    ),
    (
        "Slack, Mattermost, Matrix (hookshot)",
        "{\"text\": \"{{place}}: {{text}} {{url}}\"}",
    ),
    (
        "Discord",
        "{\"content\": \"{{place}}: {{text}} {{url}}\", \"allowed_mentions\": {\"parse\": []}}",
    ),
];

/// Places of a template, with what they are filled with.
pub const PLACES: &[(&str, &str)] = &[
    ("event", "a word such as application.received"),
    ("at", "when, in UTC"),
    ("place", "the title of this place"),
    ("text", "a sentence that says what happened"),
    ("name", "the name it is about, where there is one"),
    ("url", "a link to the desk"),
];

/// What fills a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// What happened.
    pub event: &'static str,
    /// When.
    pub at: DateTime<Utc>,
    /// The title of the place.
    pub place: String,
    /// A sentence.
    pub text: String,
    /// A local name; may be empty.
    pub name: String,
    /// Where to look.
    pub url: String,
}

/// The body: each place filled once, what is put there escaped as JSON. Other braces stay.
pub fn fill(template: &str, facts: &Facts) -> String {
    let at = facts.at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let (mut out, mut rest) = (String::with_capacity(template.len() + 200), template);
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start..].find("}}") else {
            break;
        };
        let value = match rest[start + 2..start + length].trim() {
            "event" => Some(facts.event),
            "at" => Some(at.as_str()),
            "place" => Some(facts.place.as_str()),
            "text" => Some(facts.text.as_str()),
            "name" => Some(facts.name.as_str()),
            "url" => Some(facts.url.as_str()),
            _ => None,
        };
        out.push_str(&rest[..start]);
        match value {
            Some(value) => {
                out.push_str(&escaped(value));
                rest = &rest[start + length + 2..];
            }
            None => {
                out.push_str("{{");
                rest = &rest[start + 2..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// As it stands between the quotes of a JSON string.
fn escaped(text: &str) -> String {
    let quoted = json!(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// All of them.
pub async fn list(app: &App, _who: &Admin) -> Result<Vec<Webhook>> {
    let mut conn = app.desk.get().await?;
    store::webhooks::list(&mut conn, MOST as i64).await
}

/// Writes one; a new one where `id` is `None`. Gives its id, and the secret of a new one: it is
/// shown this once.
///
/// # Errors
/// `Invalid` with what is wrong; `NotFound`.
pub async fn save(
    app: &App,
    who: &Admin,
    id: Option<i64>,
    written: Written,
) -> Result<(i64, Option<Secret>)> {
    let written = checked(app, written)?;
    let by = who.user().id;
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let (id, secret, inverse) = match id {
            Some(id) => {
                let before = store::webhooks::find(conn, id).await?;
                let before = before.ok_or(Error::NotFound)?;
                store::webhooks::update(conn, id, &written).await?;
                // The address may hold a token of its own: it is nothing for the log, and without
                // it there is no way back to another one.
                let inverse = (before.address == written.address).then(|| {
                    json!({ "events": before.events, "template": before.template, "enabled": before.enabled })
                });
                (id, None, inverse)
            }
            None => {
                if store::webhooks::list(conn, MOST as i64).await?.len() >= MOST {
                    return Err(Error::invalid(format!(
                        "There is room for {MOST} webhooks."
                    )));
                }
                let id = store::webhooks::insert(conn, &written, by, now).await?;
                let secret = new_secret(app, conn, id).await?;
                (id, Some(secret), Some(json!({ "delete": true })))
            }
        };
        let detail = json!({ "events": written.events, "enabled": written.enabled });
        note(conn, who, "webhook.save", id, (detail, inverse), now).await?;
        Ok((id, secret))
    })
    .await
}

/// Makes one what it was, at the address that it has: `kept` is what a line of the audit log says.
///
/// # Errors
/// `NotFound` where it is gone; those of [`save`].
pub async fn put_back(app: &App, who: &Admin, id: i64, kept: &Value) -> Result<()> {
    let lost = || Error::Conflict("What it was cannot be read any more.".into());
    let events = kept["events"].as_i64().ok_or_else(lost)?;
    let mut conn = app.desk.get().await?;
    let hook = store::webhooks::find(&mut conn, id).await?;
    drop(conn);
    let written = Written {
        address: hook.ok_or(Error::NotFound)?.address,
        events: i32::try_from(events)?,
        template: kept["template"].as_str().ok_or_else(lost)?.to_owned(),
        enabled: kept["enabled"].as_bool().ok_or_else(lost)?,
    };
    save(app, who, Some(id), written).await.map(|_| ())
}

/// Gives one another secret; it is shown this once.
///
/// # Errors
/// `NotFound`.
pub async fn renew_secret(app: &App, who: &Admin, id: i64) -> Result<Secret> {
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        if store::webhooks::find(conn, id).await?.is_none() {
            return Err(Error::NotFound);
        }
        let secret = new_secret(app, conn, id).await?;
        note(
            conn,
            who,
            "webhook.renew_secret",
            id,
            (json!({}), None),
            now,
        )
        .await?;
        Ok(secret)
    })
    .await
}

async fn new_secret(app: &App, conn: &mut Conn, id: i64) -> Result<Secret> {
    let secret = Secret::random();
    let sealed = app.keys.at_rest.seal(&context(id), &secret);
    store::webhooks::set_secret(conn, id, &sealed).await?;
    Ok(secret)
}

/// Where the secret of one stands.
fn context(id: i64) -> String {
    format!("webhooks/{id}/secret")
}

/// Deletes one.
///
/// # Errors
/// `NotFound`.
pub async fn delete(app: &App, who: &Admin, id: i64) -> Result<()> {
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        if !store::webhooks::delete(conn, id).await? {
            return Err(Error::NotFound);
        }
        note(conn, who, "webhook.delete", id, (json!({}), None), now).await
    })
    .await
}

/// Sends one a test, as soon as the jobs come to it.
///
/// # Errors
/// `NotFound`.
pub async fn test(app: &App, _who: &Admin, id: i64) -> Result<()> {
    let mut conn = app.desk.get().await?;
    if store::webhooks::find(&mut conn, id).await?.is_none() {
        return Err(Error::NotFound);
    }
    let now = app.clock.now();
    let job = job(id, HookEvent::Test, 0, now);
    store::jobs::insert(&mut conn, store::jobs::HOOKS, vec![job], now).await
}

/// The job that tells one webhook of one thing.
pub fn job(hook: i64, event: HookEvent, subject: Id, at: DateTime<Utc>) -> (String, Value) {
    let word = event.word();
    (
        format!("{hook}:{word}:{subject}:{}", at.timestamp_millis()),
        json!({ "hook": hook, "event": word, "subject": subject, "at": at.timestamp() }),
    )
}

fn checked(app: &App, written: Written) -> Result<Written> {
    let mut invalid = Invalid::new();
    let address = written.address.trim().to_owned();
    let dev = app.config.server.place == crate::config::Place::Dev;
    let good = Url::parse(&address).is_ok_and(|url| {
        let scheme = url.scheme() == "https" || (dev && url.scheme() == "http");
        scheme && url.host_str().is_some() && url.username().is_empty() && url.password().is_none()
    });
    if !good || address.len() > MAX_ADDRESS {
        let words = "must be an address that begins with https://";
        invalid.add("address", "ERR_INVALID", words);
    }
    let template = written.template.trim().to_owned();
    if template.chars().count() > MAX_TEMPLATE {
        let words = format!("is too long (maximum is {MAX_TEMPLATE} characters)");
        invalid.add("template", "ERR_TOO_LONG", words);
    } else if let Err(error) = is_json(&template) {
        let words = format!("makes no JSON when its places are filled: {error}");
        invalid.add("template", "ERR_INVALID", words);
    }
    let known = HookEvent::ALL
        .iter()
        .fold(0, |all, event| all | event.bit());
    if written.events & known == 0 {
        invalid.add("events", "ERR_BLANK", "need one at least");
    }
    invalid.into_result()?;
    Ok(Written {
        address,
        events: written.events & known,
        template,
        enabled: written.enabled,
    })
}

/// Whether every filling makes JSON: tried with what would break it first.
fn is_json(template: &str) -> Result<(), serde_json::Error> {
    let nasty = "\"\\\n{{text}} \u{1}</script>";
    let facts = Facts {
        event: HookEvent::Test.word(),
        at: DateTime::UNIX_EPOCH,
        place: nasty.to_owned(),
        text: nasty.to_owned(),
        name: nasty.to_owned(),
        url: nasty.to_owned(),
    };
    serde_json::from_str::<Value>(&fill(template, &facts)).map(|_| ())
}

/// What a webhook is sent: address, body, and the signature over it.
#[derive(Debug)]
pub struct Delivery {
    /// Where to.
    pub address: Url,
    /// JSON.
    pub body: String,
    /// `sha256=` and 64 hexadecimal digits.
    pub signature: String,
}

/// Makes what is sent, from the rows as they are; `None` where the webhook is gone or off, or
/// there is nothing to tell any more.
///
/// # Errors
/// When the database cannot be asked.
pub async fn delivery(
    app: &App,
    hook: i64,
    event: HookEvent,
    subject: Id,
    at: DateTime<Utc>,
) -> Result<Option<Delivery>> {
    let instance = app.instance().await?;
    let mut conn = app.pool.get().await?;
    let found = store::webhooks::find(&mut conn, hook).await?;
    let Some(hook) = found.filter(|hook| hook.enabled || event == HookEvent::Test) else {
        return Ok(None);
    };
    let told = match event {
        HookEvent::Switch => switch_told(app, &mut conn, &instance.title, subject).await?,
        HookEvent::Heir => heir_told(&mut conn, subject).await?,
        _ => told(&mut conn, event, subject).await?,
    };
    let Some((text, name, path)) = told else {
        return Ok(None);
    };
    let facts = Facts {
        event: event.word(),
        at,
        place: instance.title.clone(),
        text,
        name,
        url: app.url(&path),
    };
    let body = fill(&hook.template, &facts);
    let secret = app.keys.at_rest.open(&context(hook.id), &hook.secret);
    let secret = secret.ok_or_else(|| Error::broken("a webhook's secret cannot be read"))?;
    let address = Url::parse(&hook.address)?;
    let signature = signing::signature(secret.reveal().as_bytes(), body.as_bytes());
    Ok(Some(Delivery {
        address,
        body,
        signature,
    }))
}

/// A sentence, a name, and where at the desk it is.
async fn told(
    conn: &mut Conn,
    event: HookEvent,
    subject: Id,
) -> Result<Option<(String, String, String)>> {
    let desk = "/desk".to_owned();
    Ok(match event {
        HookEvent::Test => {
            let text = "This is a test. Webhooks work.".to_owned();
            Some((text, String::new(), desk))
        }
        HookEvent::Received | HookEvent::Decided => {
            let Some((application, user)) = store::applications::find_card(conn, subject).await?
            else {
                return Ok(None);
            };
            let name = user.username;
            let by = match application.decided_by {
                Some(by) => store::users::find(conn, by).await?.map(|u| u.username),
                None => None,
            };
            let by = by.map(|by| format!(" by {by}")).unwrap_or_default();
            let text = match (event, application.state) {
                (HookEvent::Received, state) if state.is_waiting() => {
                    format!("{name} would like to join.")
                }
                (HookEvent::Decided, ApplicationState::Approved) => {
                    format!("{name} was let in{by}.")
                }
                (HookEvent::Decided, ApplicationState::Rejected) => {
                    format!("{name} was turned down{by}.")
                }
                // Taken back or erased meanwhile.
                _ => return Ok(None),
            };
            Some((text, name, format!("/desk/applications/{subject}")))
        }
        HookEvent::DoorChanged => {
            let change = store::door::last_change(conn).await?;
            change.map(|change| {
                let text = format!("The door is now in the mode “{}”.", change.to_mode.as_str());
                (text, String::new(), "/door".to_owned())
            })
        }
        // It needs more than a row.
        HookEvent::Switch | HookEvent::Heir => None,
        HookEvent::ReportMade => {
            let text = "A member made a report.".to_owned();
            Some((text, String::new(), "/desk/reports".to_owned()))
        }
    })
}

/// How the dead-man switch moved, in the words that mails have; `None` when it was told already
/// or is no news any more.
async fn switch_told(
    app: &App,
    conn: &mut Conn,
    place: &str,
    notice: Id,
) -> Result<Option<(String, String, String)>> {
    let Some(telling) = notices::due(app, conn, notice, app.clock.now()).await? else {
        return Ok(None);
    };
    let zone = zone::of_place(app).await?;
    let text = telling.paragraphs(Words::of(""), place, zone).join(" ");
    Ok(Some((text, String::new(), telling.desk().to_owned())))
}

/// That an heir opened the letter, or what came of it.
async fn heir_told(conn: &mut Conn, notice: Id) -> Result<Option<(String, String, String)>> {
    let Some(notice) = store::heirs::find_notice(conn, notice).await? else {
        return Ok(None);
    };
    let (name, day) = (notice.name, notice.until.format("%-d %B %Y"));
    let text = match notice.ending {
        None => format!(
            "@{name} opened the letter of the heir, and becomes owner of this place on {day}, \
             unless an owner or admin comes back before."
        ),
        Some((NoticeEnding::Succeeded, _)) => {
            format!("@{name}, the heir, is owner of this place now.")
        }
        Some(_) => format!("The notice is over: @{name} does not become owner of this place."),
    };
    Ok(Some((text, name, "/desk/away".to_owned())))
}

async fn note(
    conn: &mut Conn,
    who: &Admin,
    act: &'static str,
    id: i64,
    (detail, inverse): (Value, Option<Value>),
    now: DateTime<Utc>,
) -> Result<()> {
    let line = NewLine {
        actor: Some(who.user().id),
        act,
        subject_kind: "webhook",
        subject: Some(id),
        detail,
        inverse,
    };
    store::audit::append(conn, line, now).await?;
    signs::act(conn, who, now).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(text: &str) -> Facts {
        Facts {
            event: "test",
            at: DateTime::UNIX_EPOCH,
            place: "The Porch".into(),
            text: text.into(),
            name: "ann".into(),
            url: "https://porch.example/desk".into(),
        }
    }

    #[test]
    fn presets_make_json_whatever_is_put_into_them() {
        for (name, template) in PRESETS {
            assert!(is_json(template).is_ok(), "{name}");
        }
        let evil = "\", \"admin\": true, \"x\": \"{{url}}";
        let body = fill(PRESETS[1].1, &facts(evil));
        let read: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(read.as_object().unwrap().len(), 1);
        let text = read["text"].as_str().unwrap();
        assert!(
            text.contains(evil),
            "what is put in is not filled again: {text}"
        );
    }

    #[test]
    fn other_braces_stay() {
        let body = fill("{{ text }} {{nothing}} {{", &facts("hi"));
        assert_eq!(body, "hi {{nothing}} {{");
        assert!(is_json("{\"a\": {{text}}}").is_err());
    }

    #[test]
    fn each_event_has_a_word_and_a_bit_of_its_own() {
        let mut bits = 0;
        for event in HookEvent::ALL {
            assert_eq!(HookEvent::from_word(event.word()), Some(*event));
            assert_eq!(bits & event.bit(), 0);
            bits |= event.bit();
        }
    }
}
