//! After a yes: what a newcomer finds on the welcome page, and who hears that they are here.
//!
//! An admin makes the list: people and tags of this house, the tag of introductions, who
//! greets. Nothing happens by itself: drafts are published, people followed, by a button.

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;
use serde_json::{Value, json};

use super::drafts::{self, MOST};
use super::who::{Admin, Member, SignedIn, Standing};
use crate::app::App;
use crate::domain::error::Invalid;
use crate::domain::event::{Event, EventKind};
use crate::domain::{Error, Id, Result};
use crate::model::draft::FullDraft;
use crate::model::user::User;
use crate::store::audit::NewLine;
use crate::store::{self, Conn};
use crate::text::hashtags;

/// Its name among the settings; `store/notify.rs` reads the greeter from it.
const SETTING: &str = "welcome";
/// Among a member's settings: the page was put away.
const DONE: &str = "welcome_done";
/// People that are offered.
pub const MOST_PEOPLE: usize = 12;
/// Tags that are offered.
pub const MOST_TAGS: usize = 12;
/// What is written under an introduction where no admin says otherwise.
const INTRODUCTION: &str = "introduction";

/// What newcomers are offered.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Offer {
    /// Accounts of this house, in order.
    pub people: Vec<Id>,
    /// Tags without `#`, as an admin wrote them, in order.
    pub tags: Vec<String>,
    /// The tag of introductions, without `#`; empty for no such prompt.
    pub introduction: String,
    /// The user who greets; `None`: whoever let them in.
    pub greeter: Option<Id>,
}

impl Offer {
    fn read(value: Option<&Value>) -> Offer {
        let list = |key: &str| {
            value
                .and_then(|v| v[key].as_array())
                .map(|list| list.iter().filter_map(Value::as_str).collect::<Vec<_>>())
                .unwrap_or_default()
        };
        Offer {
            people: list("people")
                .into_iter()
                .filter_map(|id| id.parse().ok())
                .take(MOST_PEOPLE)
                .collect(),
            tags: list("tags")
                .into_iter()
                .map(str::to_owned)
                .take(MOST_TAGS)
                .collect(),
            introduction: value
                .and_then(|v| v["introduction"].as_str())
                .unwrap_or(INTRODUCTION)
                .to_owned(),
            greeter: value.and_then(|v| v["greeter"].as_i64()),
        }
    }

    fn value(&self) -> Value {
        json!({
            "people": self.people.iter().map(Id::to_string).collect::<Vec<_>>(),
            "tags": self.tags,
            "introduction": self.introduction,
            "greeter": self.greeter,
        })
    }
}

/// What a new member finds.
#[derive(Debug, Clone, PartialEq)]
pub struct Entered {
    /// The drafts that are left, newest first.
    pub drafts: Vec<FullDraft>,
    /// The reviewer's words.
    pub message: Option<String>,
    /// What an admin offers.
    pub offer: Offer,
}

/// The welcome page is opened. The first time, who greets hears of it.
pub async fn enter(app: &App, who: &Member) -> Result<Entered> {
    let user = who.user().id;
    let mut conn = app.desk.get().await?;
    let list = store::drafts::list(&mut conn, user, MOST).await?;
    let drafts = drafts::full(&mut conn, user, list).await?;
    let application = store::applications::find_latest(&mut conn, user).await?;
    let setting = store::settings::find(&mut conn, SETTING).await?;
    if who.user().welcomed_at.is_none() {
        let subject = application.as_ref().map(|a| a.id);
        conn.transaction(async |conn| {
            let now = app.clock.now();
            let first = store::applicants::set_welcomed(conn, user, now).await?;
            if let (true, Some(subject)) = (first, subject) {
                let event = Event::by_people(EventKind::MemberArrived, subject, user);
                store::events::insert(conn, &event, now).await?;
            }
            Ok::<_, Error>(())
        })
        .await?;
        app.wake_relay();
    }
    Ok(Entered {
        drafts,
        message: application.and_then(|a| a.decision_message),
        offer: Offer::read(setting.as_ref()),
    })
}

/// Puts the welcome page away: its link leaves the settings.
pub async fn finish(app: &App, who: &Member) -> Result<()> {
    let mut conn = app.desk.get().await?;
    store::profiles::merge_settings(&mut conn, who.user().id, &json!({ DONE: true })).await?;
    Ok(())
}

/// Whether the page is still offered: to members who applied and have not put it away.
pub fn is_open(who: &SignedIn) -> bool {
    who.standing() == Standing::Member
        && who.application.is_some()
        && who.user.settings[DONE] != json!(true)
}

/// The list as an admin sees it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Written {
    /// Names of this house, one a line.
    pub people: String,
    /// Tags, one a line, with or without `#`.
    pub tags: String,
    /// The tag of introductions; empty for none.
    pub introduction: String,
    /// The name of who greets; empty: whoever let them in.
    pub greeter: String,
}

/// The list as it is.
pub async fn look(app: &App, _who: &Admin) -> Result<Written> {
    let mut conn = app.desk.get().await?;
    let offer = Offer::read(store::settings::find(&mut conn, SETTING).await?.as_ref());
    let mut people = Vec::with_capacity(offer.people.len());
    for account in &offer.people {
        // Who is gone meanwhile is left out.
        if let Some(account) = store::profiles::find(&mut conn, *account).await? {
            people.push(account.username);
        }
    }
    let greeter = match offer.greeter {
        Some(greeter) => store::users::find(&mut conn, greeter).await?,
        None => None,
    };
    Ok(Written {
        people: people.join("\n"),
        tags: offer.tags.join("\n"),
        introduction: offer.introduction,
        greeter: greeter.map(|g| g.username).unwrap_or_default(),
    })
}

/// Changes the list.
///
/// # Errors
/// `Invalid` with every field that needs mending: `people`, `tags`, `introduction`, `greeter`.
pub async fn save(app: &App, who: &Admin, written: &Written) -> Result<()> {
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let offer = check(conn, written).await?;
        let now = app.clock.decide(conn).await?;
        write(conn, who, &offer, now).await
    })
    .await
}

/// Makes the list what it was: `value` is what a line of the audit log kept of it.
pub async fn put_back(app: &App, who: &Admin, value: &Value) -> Result<()> {
    let offer = Offer::read(Some(value));
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        write(conn, who, &offer, now).await
    })
    .await
}

async fn write(conn: &mut Conn, who: &Admin, offer: &Offer, now: DateTime<Utc>) -> Result<()> {
    let before = Offer::read(store::settings::find(conn, SETTING).await?.as_ref());
    store::settings::set(conn, SETTING, &offer.value(), now).await?;
    let line = NewLine {
        actor: Some(who.user().id),
        act: "welcome.change",
        subject_kind: "settings",
        subject: None,
        detail: offer.value(),
        inverse: Some(before.value()),
    };
    store::audit::append(conn, line, now).await?;
    super::signs::act(conn, who, now).await
}

async fn check(conn: &mut Conn, written: &Written) -> Result<Offer> {
    let mut invalid = Invalid::new();
    let mut people = Vec::new();
    for name in lines(&written.people) {
        match member(conn, name).await? {
            Some(user) if people.contains(&user.account_id) => {}
            Some(user) => people.push(user.account_id),
            None => invalid.add("people", "ERR_INVALID", format!("lives not here: {name}")),
        }
    }
    if people.len() > MOST_PEOPLE {
        let words = format!("are too many (maximum is {MOST_PEOPLE})");
        invalid.add("people", "ERR_TOO_LONG", words);
    }
    let mut tags: Vec<String> = Vec::new();
    for tag in lines(&written.tags) {
        match bare(tag) {
            Some(tag)
                if tags
                    .iter()
                    .any(|t| hashtags::normalise(t) == hashtags::normalise(tag)) => {}
            Some(tag) => tags.push(tag.to_owned()),
            None => invalid.add("tags", "ERR_INVALID", format!("is no tag: {tag}")),
        }
    }
    if tags.len() > MOST_TAGS {
        let words = format!("are too many (maximum is {MOST_TAGS})");
        invalid.add("tags", "ERR_TOO_LONG", words);
    }
    let introduction = match (written.introduction.trim(), bare(&written.introduction)) {
        ("", _) => String::new(),
        (_, Some(tag)) => tag.to_owned(),
        (other, None) => {
            invalid.add("introduction", "ERR_INVALID", format!("is no tag: {other}"));
            String::new()
        }
    };
    let mut greeter = None;
    let name = written.greeter.trim();
    if !name.is_empty() {
        match member(conn, name).await? {
            Some(user) => greeter = Some(user.id),
            None => invalid.add("greeter", "ERR_INVALID", format!("lives not here: {name}")),
        }
    }
    invalid.into_result()?;
    Ok(Offer {
        people,
        tags,
        introduction,
        greeter,
    })
}

/// Lines with something in them, a hundred at the most: what is beyond is too many anyway.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .take(100)
}

/// A tag without its `#`; `None` for what is none.
fn bare(tag: &str) -> Option<&str> {
    let tag = tag.trim();
    let tag = tag.strip_prefix('#').unwrap_or(tag);
    (hashtags::is_valid(tag) && tag.chars().count() <= 100).then_some(tag)
}

async fn member(conn: &mut Conn, name: &str) -> Result<Option<User>> {
    let name = name.trim_start_matches('@').to_lowercase();
    let found = store::users::find_by_name(conn, &name).await?;
    Ok(found.filter(User::is_member))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offer_is_read_as_it_was_written_and_has_a_tag_from_the_start() {
        let offer = Offer {
            people: vec![3, 5],
            tags: vec!["bread".into()],
            introduction: String::new(),
            greeter: Some(7),
        };
        assert_eq!(Offer::read(Some(&offer.value())), offer);
        let fresh = Offer::read(None);
        assert_eq!(fresh.introduction, "introduction");
        assert!(fresh.people.is_empty() && fresh.greeter.is_none());
    }

    #[test]
    fn a_tag_is_a_tag_with_and_without_its_sign() {
        assert_eq!(bare(" #Bread "), Some("Bread"));
        assert_eq!(bare("bread"), Some("bread"));
        assert_eq!(bare("two words"), None);
        assert_eq!(bare("#"), None);
    }
}
