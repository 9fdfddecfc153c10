//! How much one person may destroy in an hour (registration.md C6).
//!
//! Turning down, suspending, switching off, deleting, cutting a branch of invites, keeping out a server: the first [`AN_HOUR`] are done
//! at once, whatever comes beyond waits for half a day. All staff are told, and any other admin
//! can stop it. A decision about many whose number was typed is one act, however many it is
//! about: it can be taken back whole for a day, and cleaning up after a flood must not wait.
//!
//! Counted in Postgres, before the act: one that fails counts, too. An act that waited is done by
//! time (`jobs/acts/held.rs`), through the same use case, which asks for the role again.

use chrono::TimeDelta;
use diesel_async::AsyncConnection;
use serde_json::{Value, json};

use super::who::{Member, Via};
use super::{signs, zone};
use crate::app::App;
use crate::domain::event::{Event, EventKind};
use crate::domain::{Error, Id, Result};
use crate::store::audit::NewLine;
use crate::store::{self, Conn};

/// Acts of one person in an hour.
pub const AN_HOUR: i64 = 25;
/// How long those beyond wait.
pub const WAITS: TimeDelta = TimeDelta::hours(12);
/// The word of the job that does them.
pub const ERRAND: &str = "held_act";

/// What an act is about, for the words that the staff read.
#[derive(Debug, Clone, Copy)]
pub enum About<'a> {
    /// An application.
    Application(Id),
    /// So many of them.
    Applications(usize),
    /// An account.
    Account(Id),
    /// A server, by name.
    Server(&'a str),
    /// A list of so many lines.
    List(usize),
    /// A branch of invites: who stands at its top, and how many people are below.
    Branch(&'a str, usize),
}

/// The key in a wish under which [`About`] stands: what those who do the act leave alone.
pub const ABOUT: &str = "about";

impl About<'_> {
    /// The same as facts, for whoever says it in a language: the arguments of the catalogue.
    async fn facts(self, conn: &mut Conn) -> Result<Value> {
        Ok(match self {
            About::Application(id) => {
                let found = store::applications::find_card(conn, id).await?;
                json!({ "whom": found.map(|(_, user)| format!("@{}", user.username)) })
            }
            About::Account(id) => {
                let found = store::accounts_shown::load(&mut *conn, vec![id]).await?;
                json!({ "whom": found.first().map(|account| format!("@{}", account.acct())) })
            }
            About::Applications(many) => json!({ "people": many }),
            About::Server(domain) => json!({ "whom": domain }),
            About::Branch(top, people) => json!({ "whom": top, "people": people }),
            About::List(lines) => json!({ "lines": lines }),
        })
    }

    async fn words(self, conn: &mut Conn, act: &str) -> Result<String> {
        let whom = match self {
            About::Application(id) => match store::applications::find_card(conn, id).await? {
                Some((_, user)) => format!("@{}", user.username),
                None => "somebody who is gone".to_owned(),
            },
            About::Account(id) => {
                let found = store::accounts_shown::load(&mut *conn, vec![id]).await?;
                match found.first() {
                    Some(account) => format!("@{}", account.acct()),
                    None => "somebody who is gone".to_owned(),
                }
            }
            About::Applications(many) => return Ok(format!("Turn {many} people down")),
            About::Server(domain) => return Ok(format!("Suspend the server {domain}")),
            About::Branch(top, people) => {
                return Ok(format!("Cut the branch of {top}, {people} people"));
            }
            About::List(lines) => return Ok(format!("Lay a list of {lines} lines")),
        };
        Ok(match act {
            "application.reject" => format!("Turn {whom} down"),
            "account.suspend" => format!("Suspend {whom}"),
            "account.delete" => format!("Delete {whom}"),
            _ => format!("Switch the login of {whom} off"),
        })
    }
}

/// Lets an act pass, or holds it. `wish` is what is done when its time has come.
///
/// # Errors
/// `Denied` with a sentence for one that waits now; it is written down then.
pub async fn spend(
    app: &App,
    who: &Member,
    act: &'static str,
    wish: &Value,
    about: About<'_>,
) -> Result<()> {
    if *who.via() == Via::Waited {
        return Ok(());
    }
    let user = who.user().id;
    let zone = zone::of(app, who.user()).await?;
    let mut conn = app.desk.get().await?;
    let due = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            if store::destructive_acts::count(conn, user, act, AN_HOUR, now).await? {
                return Ok::<_, Error>(None);
            }
            let due = now + WAITS;
            let words = about.words(conn, act).await?;
            let mut wish = wish.clone();
            if wish.is_object() {
                wish[ABOUT] = about.facts(conn).await?;
            }
            let id =
                store::destructive_acts::hold(conn, user, act, &wish, &words, now, due).await?;
            let job = (
                format!("{ERRAND}:{id}"),
                json!({ "errand": ERRAND, "id": id }),
            );
            store::jobs::insert(conn, store::jobs::ERRANDS, vec![job], due).await?;
            let line = NewLine {
                actor: Some(user),
                act: "act.hold",
                subject_kind: "held_act",
                subject: Some(id),
                detail: json!({ "act": act, "what": words, "until": due.to_rfc3339() }),
                inverse: None,
            };
            store::audit::append(conn, line, now).await?;
            // Done later by itself, wanted now by a person.
            signs::act(conn, who, now).await?;
            let event = Event::by_people(EventKind::ActHeld, id, user);
            store::events::insert(conn, &event, now).await?;
            Ok(Some(due))
        })
        .await?;
    let Some(due) = due else {
        return Ok(());
    };
    app.wake_relay();
    Err(Error::denied(format!(
        "That is more than {AN_HOUR} such acts in an hour. It waits until {}; all staff are told, \
         and another admin can stop it.",
        zone::words(due, zone)
    )))
}
