//! `/desk`: who waits at the door.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::Deserialize;

use super::keys::KeyMap;
use crate::app::App;
use crate::domain::application::ApplicationState;
use crate::domain::ids;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::files::default_pictures;
use crate::gate::applications::review::{self, COUNTED, Part, PartCounts, Waiting, Wanted};
use crate::gate::{mode, sandbox, zone};
use crate::text::time_words;
use crate::web::error::WebError;
use crate::web::frame;
use crate::web::parts::layout::Here;
use crate::web::render::door as door_words;

use crate::web::parts::layout::Page;
use crate::web::parts::moment::Moment;
use crate::web::parts::pager::Pager;

/// One page of applications. GET parameters: `order` (`oldest`, `newest`), `state` (the words
/// of [`part_of`]), `q`, `after`. What is ticked is posted to `/desk/bulk` (`pick[]`, `act`).
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
    /// Newer and older.
    pub pager: Pager,
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

    /// Whether rows can be ticked: those that wait.
    pub fn ticks(&self) -> bool {
        self.part != Part::Decided
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
    /// The answer to the first question; may be empty.
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
    /// Where it came from, for those who may see it; empty for others.
    pub network: String,
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
pub const ROUTES: &[Route] = &[Route {
    method: "GET",
    path: "/desk",
    access: Access::Desk,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: || web::to(show),
}];

/// What is wanted of the queue.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wish {
    order: String,
    state: String,
    q: String,
    after: String,
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
    };
    let by_hand = opened_by_hand(&req);
    let queue = review::queue(&app, &reviewer, &wanted, &query, by_hand).await?;
    let zone = zone::of(&app, reviewer.user()).await?;
    let door = door_words::sentence(&mode::remembered(&app).await?.effective);
    let now = app.clock.now();
    let mut page = frame::page(&req, Some(&caller), "The desk").await?;
    page.here = Here::Desk;
    let older = queue
        .rows
        .last()
        .filter(|_| queue.more)
        .map(|last| next_page(&wish, last.key));
    let shown = QueuePage {
        page,
        door,
        moderates: caller.moderator().is_ok(),
        manages: caller.admin().is_ok(),
        tabs: tabs(&queue.counts, part),
        part,
        newest_first: wanted.newest_first,
        query,
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
        pager: Pager { newer: None, older },
    };
    frame::render(&req, &shown)
}

/// Whether a person opened this page: a navigation that somebody started, as the browser
/// says. Anything less is no sign of life.
pub fn opened_by_hand(req: &HttpRequest) -> bool {
    let header = |name: &str| req.headers().get(name).and_then(|v| v.to_str().ok());
    header("sec-fetch-mode") == Some("navigate") && header("sec-fetch-user") == Some("?1")
}

fn next_page(wish: &Wish, after: i64) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in [
        ("order", &wish.order),
        ("state", &wish.state),
        ("q", &wish.q),
    ] {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    query.append_pair("after", &after.to_string());
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
        answer: seen
            .answers
            .first()
            .map(|a| a.value.clone())
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
        network: application
            .network
            .map(|network| network.to_string())
            .unwrap_or_default(),
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

/// The answers after the first; where there are none, the profile's words.
fn more(waiting: &Waiting) -> String {
    let seen = &waiting.seen;
    let others: Vec<&str> = seen
        .answers
        .iter()
        .skip(1)
        .map(|answer| answer.value.as_str())
        .filter(|value| !value.is_empty())
        .collect();
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
    fn the_next_page_keeps_the_search() {
        let wish = Wish {
            q: "ann & co".into(),
            ..Wish::default()
        };
        assert_eq!(next_page(&wish, 7), "/desk?q=ann+%26+co&after=7");
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
