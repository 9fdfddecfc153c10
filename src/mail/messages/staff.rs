//! To staff: plain text, names and numbers. What people wrote stays on the server, where it can
//! be erased (H10).

use serde_json::Value;

use super::super::letter::{Letter, Place, Reader};
use super::super::message::{Kind, Message, one_line};
use crate::domain::Result;
use crate::store::upkeep::Week;

/// Names that one mail gives.
const MOST_NAMED: usize = 20;

/// What is new about an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// It has come.
    Came,
    /// The applicant has answered.
    Answered,
    /// The applicant has appealed.
    Appealed,
    /// They are in, and nobody has read it.
    LetIn,
}

/// What is new about one application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewsOf {
    /// The user name.
    pub name: String,
    /// What is new.
    pub what: News,
    /// The address of its card.
    pub card: String,
}

/// How many there are in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Who wait for an answer.
    pub waiting: u64,
    /// Who were let in, and nobody has read what they wrote.
    pub unread: u64,
}

impl News {
    fn subject(self) -> &'static str {
        match self {
            News::Came => "application-received-subject",
            News::Answered => "application-answered-subject",
            News::Appealed => "application-appealed-subject",
            News::LetIn => "application-let-in-subject",
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            News::Came => "application-came",
            News::Answered => "application-answered",
            News::Appealed => "application-appealed",
            News::LetIn => "application-let-in",
        }
    }
}

/// What is new about applications since the last such mail, and how many there are in all. `news`
/// has the newest first; each name is followed by the way to its card. `desk` is where all are.
pub fn applications(
    place: &Place,
    to: Reader<'_>,
    news: &[NewsOf],
    counts: Counts,
    desk: &str,
) -> Result<Message> {
    let letter = Letter::to(Kind::ApplicationReceived, place, Reader { name: "", ..to }).plain();
    let newest = |name: &str| [("newest", one_line(name, 60).into())];
    let (letter, link) = match news {
        [one] => {
            let letter = letter
                .subject(one.what.subject(), newest(&one.name))
                .say(one.what.sentence(), newest(&one.name));
            (letter, one.card.as_str())
        }
        many => {
            let named = many.iter().take(MOST_NAMED);
            let lines: Vec<String> = named
                .map(|one| {
                    let said = letter.words(one.what.sentence(), newest(&one.name));
                    format!("{said} {}", one.card)
                })
                .collect();
            let more = many.len().saturating_sub(MOST_NAMED);
            let letter = letter
                .subject("application-news-subject", [("count", many.len().into())])
                .list(&lines)
                .when(more > 0, |letter| {
                    letter.say("application-more", [("count", more.into())])
                });
            (letter, desk)
        }
    };
    let Counts { waiting, unread } = counts;
    letter
        .when(waiting > 0, |letter| {
            letter.say("application-waiting", [("waiting", waiting.into())])
        })
        .when(unread > 0, |letter| {
            letter
                .say("application-unread", [("unread", unread.into())])
                .link("application-unread-link", &format!("{desk}?state=unread"))
        })
        .say("application-desk", [])
        .link("application-link", link)
        .message()
}

/// Shows an admin that mail arrives.
pub fn test(place: &Place, to: Reader<'_>, desk: &str) -> Result<Message> {
    Letter::to(Kind::Test, place, to)
        .plain()
        .subject("test-subject", [])
        .say("test-told", [])
        .link("test-link", desk)
        .message()
}

/// An act that waits, for words in the reader's language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    key: &'static str,
    whom: Option<String>,
    number: u64,
}

impl Held {
    /// What the act is, and what it is about: `whom`, `people`, `lines`, each of which may be
    /// missing.
    pub fn of(act: &str, about: Option<&Value>) -> Held {
        let fact = |name: &str| about.and_then(|about| about.get(name));
        Held {
            key: match act {
                "application.reject" => "act-held-reject",
                "application.reject_many" => "act-held-reject-many",
                "account.suspend" => "act-held-suspend",
                "account.delete" => "act-held-delete",
                "account.disable" => "act-held-disable",
                "invites.cut" => "act-held-cut",
                "policy.import" => "act-held-list",
                "policy.lay" | "policy.change" => "act-held-server",
                _ => "act-held-other",
            },
            whom: fact("whom").and_then(Value::as_str).map(str::to_owned),
            number: ["people", "lines"]
                .into_iter()
                .find_map(|name| fact(name)?.as_u64())
                .unwrap_or_default(),
        }
    }

    fn words(&self, letter: &Letter<'_>) -> String {
        let whom = match &self.whom {
            Some(whom) => one_line(whom, 120),
            None => letter.words("act-held-somebody", []),
        };
        letter.words(
            self.key,
            [("whom", whom.into()), ("number", self.number.into())],
        )
    }
}

/// Somebody of the staff did so much in an hour that what comes beyond waits. `held` is the newest
/// of it.
pub fn held(place: &Place, to: Reader<'_>, who: &str, held: &Held, list: &str) -> Result<Message> {
    let who = || [("who", one_line(who, 60).into())];
    let letter = Letter::to(Kind::ActHeld, place, to).plain();
    let words = held.words(&letter);
    letter
        .subject("act-held-subject", who())
        .say("act-held-told", who())
        .list(&[words])
        .say("act-held-right", [])
        .link("act-held-link", list)
        .message()
}

/// An account that slept for long writes to strangers, with links: this waits. `who` is its name.
pub fn woke(place: &Place, to: Reader<'_>, who: &str, desk: &str) -> Result<Message> {
    let who = || [("who", one_line(who, 60).into())];
    Letter::to(Kind::AuthorWoke, place, to)
        .plain()
        .subject("author-woke-subject", who())
        .say("author-woke-told", who())
        .say("author-woke-look", [])
        .link("author-woke-link", desk)
        .message()
}

/// What staff decided in the last week, by person.
pub fn week(place: &Place, to: Reader<'_>, weeks: &[Week], desk: &str) -> Result<Message> {
    let letter = Letter::to(Kind::Week, place, to).plain();
    let lines: Vec<String> = weeks
        .iter()
        .map(|one| {
            let key = match one.suspended {
                0 => "week-line",
                _ => "week-line-suspended",
            };
            let number = |n: i64| u64::try_from(n).unwrap_or(0);
            let facts = [
                ("who", one_line(&one.name, 60).into()),
                ("approved", number(one.approved).into()),
                ("rejected", number(one.rejected).into()),
                ("suspended", number(one.suspended).into()),
            ];
            letter.words(key, facts)
        })
        .collect();
    letter
        .subject("week-subject", [])
        .say("week-told", [])
        .list(&lines)
        .link("application-link", desk)
        .message()
}
