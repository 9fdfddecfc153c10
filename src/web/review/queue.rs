//! `/desk`: who waits at the door.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Deserialize;

use super::keys::KeyMap;
use crate::app::App;
use crate::domain::application::ApplicationState;
use crate::domain::{Error, Id, ids};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::files::default_pictures;
use crate::gate::applications::let_in;
use crate::gate::applications::review::{self, COUNTED, Part, PartCounts, Sift, Waiting, Wanted};
use crate::gate::{mode, sandbox, zone};
use crate::text::catalogue::Language;
use crate::text::time_words;
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame;
use crate::web::parts::layout::{Flash, Here};
use crate::web::render::door as door_words;

use crate::web::parts::layout::Page;
use crate::web::parts::moment::Moment;

/// One page of applications. GET parameters: `order` (`oldest`, `newest`), `state` (the words
/// of [`part_of`]), `q`, `lang`, `drafts`, `invited`, `appealed` ("1"), `after` or `before`. What is
/// ticked is posted to `/desk/bulk` (`pick[]`, `act`), or to `/desk/read` (`pick[]`).
#[derive(Template)]
#[template(path = "review/queue.html")]
pub struct QueuePage {
    /// The frame.
    pub page: Page,
    /// How the door stands, one sentence with its reason.
    pub door: String,
    /// The viewer reads reports, too.
    pub moderates: bool,
    /// The viewer decides about other servers.
    pub manages: bool,
    /// The parts of the queue.
    pub tabs: Vec<Tab>,
    /// Which of them is shown.
    pub part: Part,
    /// Newest first instead of oldest first.
    pub newest_first: bool,
    /// What was searched for; empty for all.
    pub query: String,
    /// Which of them are wanted.
    pub sift: Sift,
    /// The languages that can be chosen: code and name.
    pub languages: Vec<(String, String)>,
    /// One page of them.
    pub rows: Vec<QueueRow>,
    /// Whose address is not confirmed.
    pub unconfirmed: String,
    /// What the viewer decided last, while it can be taken back: path and name.
    pub mine: Option<(String, String)>,
    /// What the viewer did to many in the last day: path and words.
    pub bulks: Vec<(String, String)>,
    /// On whose clock times are.
    pub zone: &'static str,
    /// Which key does what.
    pub keys: KeyMap,
    /// The pages before and behind this one.
    pub turns: Turns,
}

/// Where the pages around this one are. Oldest first, those before it are older.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Turns {
    /// The page before; `None` on the first.
    pub back: Option<String>,
    /// The page behind; `None` on the last.
    pub on: Option<String>,
}

/// A part of the queue.
#[derive(Debug, Clone)]
pub struct Tab {
    /// Its name.
    pub name: &'static str,
    /// How many, in words; empty where they are not counted.
    pub count: String,
    /// Its address.
    pub path: String,
    /// It is shown.
    pub current: bool,
}

impl QueuePage {
    /// Whether this part is shown, by its word in addresses.
    pub fn shows(&self, part: &str) -> bool {
        part == self.state()
    }

    /// The part as the address names it.
    pub fn state(&self) -> &'static str {
        word_of(self.part)
    }

    /// Whether rows can be ticked: those that wait, or wait to be read.
    pub fn ticks(&self) -> bool {
        self.part != Part::Decided
    }

    /// Whether only some of the part are shown.
    pub fn is_sifted(&self) -> bool {
        self.sift != Sift::default()
    }

    /// Whether that language is wanted.
    pub fn is_of(&self, language: &str) -> bool {
        self.sift.language.as_deref() == Some(language)
    }
}

/// The parts, in the order of the tabs, with the words for addresses and people.
const PARTS: &[(Part, &str, &str)] = &[
    (Part::Waiting, "waiting", "Waiting"),
    (Part::Vouched, "vouched", "Vouched for"),
    (Part::AskedBack, "asked", "Asked back"),
    (Part::PutOff, "put-off", "Put off"),
    (Part::InLine, "line", "In line"),
    (Part::Automated, "automated", "Likely automated"),
    (Part::Unread, "unread", "Let in, unread"),
    (Part::Decided, "decided", "Decided"),
];

fn word_of(part: Part) -> &'static str {
    let found = PARTS.iter().find(|(other, ..)| *other == part);
    found.map_or("waiting", |(_, word, _)| word)
}

/// The part of that word; those who wait for any other.
fn part_of(word: &str) -> Part {
    let found = PARTS.iter().find(|(_, other, _)| *other == word);
    found.map_or(Part::Waiting, |(part, ..)| *part)
}

/// A count that ends somewhere.
pub fn counted(count: i64) -> String {
    match count > COUNTED {
        true => format!("over {COUNTED}"),
        false => count.to_string(),
    }
}

/// Only parts with somebody in them, beside those that are always there.
pub fn tabs(counts: &PartCounts, shown: Part) -> Vec<Tab> {
    PARTS
        .iter()
        .filter_map(|(part, word, name)| {
            let (count, always) = match part {
                Part::Waiting => (Some(counts.waiting), true),
                Part::Vouched => (Some(counts.vouched), false),
                Part::AskedBack => (Some(counts.asked_back), false),
                Part::PutOff => (Some(counts.put_off), false),
                Part::InLine => (Some(counts.in_line), false),
                Part::Automated => (Some(counts.automated), false),
                Part::Unread => (Some(counts.unread), false),
                Part::Decided => (None, true),
            };
            (always || count.unwrap_or(0) > 0 || *part == shown).then(|| Tab {
                name,
                count: count.map(counted).unwrap_or_default(),
                path: match part {
                    Part::Waiting => "/desk".to_owned(),
                    _ => format!("/desk?state={word}"),
                },
                current: *part == shown,
            })
        })
        .collect()
}

/// Letters of further words that a row carries.
const MORE: usize = 300;

/// One application in the queue, or several that are alike.
#[derive(Debug, Clone)]
pub struct QueueRow {
    /// Its id, as text.
    pub id: String,
    /// What its tick box carries.
    pub pick: String,
    /// Where it leads.
    pub path: String,
    /// How many are alike, in words; empty for one alone.
    pub alike: String,
    /// The name that was asked for, without `@`.
    pub username: String,
    /// Display name; the username where none is set.
    pub display_name: String,
    /// Signed address of the private avatar, or the default one.
    pub avatar_url: String,
    /// The first answer; may be empty.
    pub answer: String,
    /// When it was sent.
    pub submitted_at: Moment,
    /// Where it stands, in words: `Waiting`, `Approved by Ann`.
    pub state: String,
    /// Who is reading it just now and since when; empty for nobody else.
    pub reader: String,
    /// The domain of the address: `example.org`; empty without.
    pub email_domain: String,
    /// The address is confirmed.
    pub confirmed: bool,
    /// Number of drafts.
    pub drafts: usize,
    /// How long the form took, in words; empty where that is not known.
    pub filled_in: String,
    /// The answers after the first, or else how they describe themselves; may be empty.
    pub more: String,
    /// What it is besides: `Asks to look again`, `Invited`; may be empty.
    pub marks: Vec<&'static str>,
    /// Hints in words, each a few of them; may be empty.
    pub hints: Vec<String>,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/desk",
        access: Access::Desk,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/desk/read",
        access: Access::Desk,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(mark_read),
    },
];

/// What is wanted of the queue.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wish {
    order: String,
    state: String,
    q: String,
    lang: String,
    drafts: String,
    invited: String,
    appealed: String,
    after: String,
    before: String,
}

impl Wish {
    /// Which of a part are wanted; what is no language is not asked for.
    fn sift(&self) -> Sift {
        let language = self.lang.trim().to_lowercase();
        let is_one = !language.is_empty() && language.len() <= 35;
        Sift {
            language: Some(language).filter(|_| is_one),
            drafts: self.drafts == "1",
            invited: self.invited == "1",
            appealed: self.appealed == "1",
        }
    }
}

/// GET `/desk`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    wish: web::Query<Wish>,
) -> Result<HttpResponse, WebError> {
    let reviewer = caller.reviewer()?;
    let query: String = wish.q.trim().chars().take(200).collect();
    let part = part_of(&wish.state);
    let wanted = Wanted {
        part,
        // Of what is over, the latest is of interest.
        newest_first: wish.order == "newest" || (part == Part::Decided && wish.order.is_empty()),
        after: ids::parse(&wish.after),
        before: ids::parse(&wish.before),
        sift: wish.sift(),
    };
    let by_hand = opened_by_hand(&req);
    let queue = review::queue(&app, &reviewer, &wanted, &query, by_hand).await?;
    let zone = zone::of(&app, reviewer.user()).await?;
    let door = door_words::sentence(&mode::remembered(&app).await?.effective);
    let now = app.clock.now();
    let mut page = frame::page(&req, Some(&caller), "The desk").await?;
    page.here = Here::Desk;
    let turn = |row: Option<&Waiting>, there, way| {
        let row = row.filter(|_| there)?;
        Some(page_from(&wish, way, row.key))
    };
    let turns = Turns {
        back: match queue.rows.first() {
            // Whoever stood there was decided meanwhile: back to the beginning.
            None if queue.back => Some(page_from(&wish, "", 0)),
            first => turn(first, queue.back, "before"),
        },
        on: turn(queue.rows.last(), queue.more, "after"),
    };
    let shown = QueuePage {
        page,
        door,
        moderates: caller.moderator().is_ok(),
        manages: caller.admin().is_ok(),
        tabs: tabs(&queue.counts, part),
        part,
        newest_first: wanted.newest_first,
        query,
        languages: offered(&queue.languages, wanted.sift.language.as_deref()),
        sift: wanted.sift,
        rows: queue.rows.iter().map(|w| row(&app, w, now, zone)).collect(),
        unconfirmed: match queue.counts.unconfirmed {
            0 => String::new(),
            count => counted(count),
        },
        mine: queue
            .mine
            .map(|(id, name)| (format!("/desk/applications/{id}"), name)),
        bulks: queue
            .bulks
            .iter()
            .map(|bulk| (format!("/desk/bulk/{}", bulk.id), super::bulk::words(bulk)))
            .collect(),
        zone: zone.name(),
        keys: KeyMap::of(&caller)?,
        turns,
    };
    frame::render(&req, &shown)
}

/// Whether a person opened this page: a navigation that somebody started, as the browser
/// says. Anything less is no sign of life.
pub fn opened_by_hand(req: &HttpRequest) -> bool {
    let header = |name: &str| req.headers().get(name).and_then(|v| v.to_str().ok());
    header("sec-fetch-mode") == Some("navigate") && header("sec-fetch-user") == Some("?1")
}

/// The languages to choose from, each once, with the one that was chosen: code and name.
fn offered(known: &[String], chosen: Option<&str>) -> Vec<(String, String)> {
    let mut codes: Vec<&str> = known.iter().map(String::as_str).chain(chosen).collect();
    codes.retain(|code| !code.is_empty());
    codes.sort_unstable();
    codes.dedup();
    let named = codes.into_iter().map(|code| {
        let name = match Language::known(code) {
            Some(language) => format!("{} ({code})", language.name()),
            None => code.to_owned(),
        };
        (code.to_owned(), name)
    });
    named.collect()
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Ticked {
    #[serde(deserialize_with = "lenient::strings")]
    pick: Vec<String>,
}

/// POST `/desk/read`.
async fn mark_read(
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Ticked>,
) -> Result<HttpResponse, WebError> {
    let picks = review::picks(&sent.fields.pick);
    let ids: Vec<Id> = picks.into_iter().map(|(id, _)| id).collect();
    let flash = match ids.is_empty() {
        true => Flash::trouble("Nothing was ticked. Tick those that you have read."),
        false => match let_in::mark_read(&app, &caller.reviewer()?, &ids).await {
            Ok(1) => Flash::done("One is read."),
            Ok(count) => Flash::done(format!("{count} are read.")),
            Err(Error::Conflict(why) | Error::Denied(why)) => Flash::trouble(why.into_owned()),
            Err(error) => return Err(error.into()),
        },
    };
    Ok(frame::see_other_with("/desk?state=unread", &flash))
}

/// The page that begins behind a row (`after`), ends before it (`before`), or is the first one.
fn page_from(wish: &Wish, way: &str, key: i64) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in [
        ("order", &wish.order),
        ("state", &wish.state),
        ("q", &wish.q),
        ("lang", &wish.lang),
        ("drafts", &wish.drafts),
        ("invited", &wish.invited),
        ("appealed", &wish.appealed),
    ] {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    if !way.is_empty() {
        query.append_pair(way, &key.to_string());
    }
    format!("/desk?{}", query.finish())
}

/// One line of a list of applications.
pub fn row(app: &App, waiting: &Waiting, now: DateTime<Utc>, zone: Tz) -> QueueRow {
    let Waiting {
        application,
        user,
        seen,
        ..
    } = waiting;
    let profile = seen.profile.as_ref();
    let display_name = profile.map(|p| p.display_name.clone());
    let avatar = profile.and_then(|p| p.avatar_path.as_ref());
    let group = application.cluster_id.filter(|_| waiting.alike > 1);
    QueueRow {
        id: application.id.to_string(),
        pick: waiting.pick(),
        path: match group {
            Some(group) => format!("/desk/groups/{group}"),
            None => format!("/desk/applications/{}", application.id),
        },
        alike: group
            .map(|_| format!("{} that are alike", counted(waiting.alike)))
            .unwrap_or_default(),
        username: user.username.clone(),
        display_name: display_name
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| user.username.clone()),
        avatar_url: avatar.map_or_else(
            || default_pictures::AVATAR_PATH.to_owned(),
            |path| sandbox::private_url(app, path, user.id),
        ),
        answer: given(waiting)
            .next()
            .map(str::to_owned)
            .or_else(|| application.remark.clone())
            .unwrap_or_default(),
        submitted_at: Moment::new(application.submitted_at, now).in_zone(zone),
        state: match application.put_off_until.filter(|until| *until > now) {
            Some(until) if application.state == ApplicationState::Pending => {
                let until = until.with_timezone(&zone).format("%-d %b");
                format!("Put off until {until}")
            }
            _ => state_words(application.state, waiting.decided_by.as_deref()),
        },
        reader: waiting
            .reader
            .as_ref()
            .filter(|reader| !reader.is_me)
            .map(|reader| {
                let since = reader.since.with_timezone(&zone).format("%H:%M");
                format!("{} has been reading it since {since}", reader.name)
            })
            .unwrap_or_default(),
        email_domain: application.mail_domain.clone().unwrap_or_default(),
        confirmed: user.email_confirmed_at.is_some(),
        drafts: seen.drafts.len(),
        filled_in: application
            .fill_seconds
            .map(|seconds| time_words::span(TimeDelta::seconds(seconds.into())))
            .unwrap_or_default(),
        more: more(waiting),
        marks: marks(waiting),
        hints: [
            waiting
                .aside
                .iter()
                .map(|&why| why.to_owned())
                .collect::<Vec<String>>(),
            waiting
                .changed_later
                .then(|| "Profile changed since".to_owned())
                .into_iter()
                .collect(),
        ]
        .concat(),
    }
}

/// What was answered, without what was left blank.
fn given(waiting: &Waiting) -> impl Iterator<Item = &str> {
    let answers = waiting.seen.answers.iter();
    let values = answers.map(|answer| answer.value.as_str());
    values.filter(|value| !value.is_empty())
}

/// The answers after the first; where there are none, the profile's words.
fn more(waiting: &Waiting) -> String {
    let seen = &waiting.seen;
    let others: Vec<&str> = given(waiting).skip(1).collect();
    let note = seen.profile.as_ref().map(|profile| profile.note.as_str());
    let words = match others.is_empty() {
        true => note.unwrap_or_default().to_owned(),
        false => others.join(" · "),
    };
    // The row shows two lines of it.
    words.chars().take(MORE).collect()
}

/// What sets it apart from the others, the most urgent first.
fn marks(waiting: &Waiting) -> Vec<&'static str> {
    let application = &waiting.application;
    let appeals = application.appealed_at.is_some() && application.state.is_waiting();
    let each = [
        (appeals, "Asks to look again"),
        (waiting.known.answered_back, "Has answered"),
        (waiting.known.vouched, "Vouched for"),
        (waiting.known.invited, "Invited"),
        (waiting.refused_before, "Refused before"),
    ];
    each.into_iter()
        .filter_map(|(is, words)| is.then_some(words))
        .collect()
}

/// Where an application stands, in words.
pub fn state_words(state: ApplicationState, by: Option<&str>) -> String {
    let by = by.map(|name| format!(" by {name}")).unwrap_or_default();
    match state {
        ApplicationState::Unconfirmed => "Address not confirmed".to_owned(),
        ApplicationState::Pending => "Waiting".to_owned(),
        ApplicationState::NeedsInfo => "Asked back".to_owned(),
        ApplicationState::Approved => format!("Approved{by}"),
        ApplicationState::Rejected => format!("Rejected{by}"),
        ApplicationState::Withdrawn => "Withdrawn".to_owned(),
        ApplicationState::Expired => "Ended for its age".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_pages_keep_the_search_and_what_was_sifted() {
        let wish = Wish {
            q: "ann & co".into(),
            lang: "de".into(),
            drafts: "1".into(),
            ..Wish::default()
        };
        let same = "/desk?q=ann+%26+co&lang=de&drafts=1";
        assert_eq!(page_from(&wish, "after", 7), format!("{same}&after=7"));
        assert_eq!(page_from(&wish, "before", 7), format!("{same}&before=7"));
        assert_eq!(page_from(&wish, "", 7), same);
        let sift = wish.sift();
        assert_eq!(sift.language.as_deref(), Some("de"));
        assert!(sift.drafts && !sift.invited && !sift.appealed);
    }

    #[test]
    fn each_language_is_offered_once_and_the_chosen_one_too() {
        let known = ["de".to_owned(), "".to_owned(), "tlh".to_owned()];
        let offered = |chosen| -> Vec<String> {
            let all = super::offered(&known, chosen).into_iter();
            all.map(|(_, name)| name).collect()
        };
        assert_eq!(offered(Some("de")), ["Deutsch (de)", "tlh"]);
        assert_eq!(offered(Some("fr")), ["Deutsch (de)", "fr", "tlh"]);
    }

    #[test]
    fn a_part_with_nobody_in_it_has_no_tab_unless_it_is_shown() {
        let counts = PartCounts {
            put_off: 2,
            automated: 4000,
            ..PartCounts::default()
        };
        let names = |shown| -> Vec<&str> { tabs(&counts, shown).iter().map(|t| t.name).collect() };
        let usual = ["Waiting", "Put off", "Likely automated", "Decided"];
        assert_eq!(names(Part::Waiting), usual);
        assert_eq!(names(Part::InLine)[2], "In line");
        assert_eq!(tabs(&counts, Part::Waiting)[2].count, "over 1000");
        for (part, word, _) in PARTS {
            assert_eq!(part_of(word), *part);
            assert_eq!(word_of(*part), *word);
        }
    }
}
