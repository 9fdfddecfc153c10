//! A run of one host: what is due for it, in its order, until it is done or the host fails.
//!
//! What one account says stays in order; accounts do not wait for each other, four at a time.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt;
use tokio::sync::Mutex;

use super::backoff;
use super::outcome::{CHOKES, Outcome, TRIES};
use super::send::{Sender, send};
use crate::app::federation::Federation;
use crate::domain::Id;
use crate::secrets::signature::Dialect;
use crate::store::deliveries::{Claimed, Done, Due, Fate, Line, RUN};

/// Accounts whose deliveries to one host are under way together.
const LANES: usize = 4;
/// After that a run begins nothing new: the lease is for more.
const LONG: Duration = Duration::from_secs(30);
/// The longest error that is kept, in characters.
const MAX_ERROR: usize = 500;

/// What a run found out, shared by its lanes.
struct Run<'a> {
    sender: &'a Sender,
    fed: Federation,
    host: Claimed,
    began: Instant,
    state: Mutex<State>,
}

struct State {
    lines: Vec<Line>,
    reached: Vec<Id>,
    answered: bool,
    error: Option<String>,
    due: Option<DateTime<Utc>>,
    dialect: Dialect,
    /// The other dialect was tried in this run, and was no better.
    knocked: bool,
    stop: bool,
}

/// Sends what is due for a host; `rows` are all of that host, in order.
pub async fn run(sender: &Sender, host: Claimed, rows: Vec<Due>) -> Done {
    let full = rows.len() >= usize::try_from(RUN).unwrap_or(usize::MAX);
    let mut lanes: BTreeMap<Id, Vec<Due>> = BTreeMap::new();
    for row in rows {
        lanes.entry(row.actor).or_default().push(row);
    }
    let dialect = match host.signature {
        1 => Dialect::Rfc9421,
        _ => Dialect::Cavage,
    };
    let run = Run {
        sender,
        fed: sender.federation(),
        host,
        began: Instant::now(),
        state: Mutex::new(State {
            lines: Vec::new(),
            reached: Vec::new(),
            answered: false,
            error: None,
            due: None,
            dialect,
            knocked: false,
            stop: false,
        }),
    };
    // A host that failed is asked one thing first.
    let at_once = if host.fails > 0 { 1 } else { LANES };
    futures::stream::iter(lanes.into_values())
        .for_each_concurrent(at_once, |lane| run.lane(lane))
        .await;
    let state = run.state.into_inner();
    tracing::debug!(
        host = host.host,
        lines = state.lines.len(),
        full,
        error = state.error,
        "a run of deliveries ended"
    );
    Done {
        host: host.host,
        lines: state.lines,
        reached: state.reached,
        answered: state.answered,
        error: state.error.map(|e| e.chars().take(MAX_ERROR).collect()),
        due: state.due,
        signature: match state.dialect {
            Dialect::Cavage => 0,
            Dialect::Rfc9421 => 1,
        },
    }
}

impl Run<'_> {
    async fn lane(&self, rows: Vec<Due>) {
        for row in rows {
            if self.began.elapsed() > LONG || self.state.lock().await.stop {
                return;
            }
            let (outcome, dialect) = match self.deliver(&row).await {
                Ok(Some(done)) => done,
                // The document or the key is gone: nobody can say this any more.
                Ok(None) => {
                    self.state
                        .lock()
                        .await
                        .lines
                        .push(line(&row, Fate::Dropped));
                    continue;
                }
                Err(error) => {
                    tracing::error!(?error, activity = row.activity, "a delivery was not begun");
                    let mut state = self.state.lock().await;
                    state.due = Some(self.now() + TimeDelta::minutes(1));
                    state.stop = true;
                    return;
                }
            };
            if !self.note(&row, outcome, dialect).await {
                return;
            }
        }
    }

    /// One row, in the other dialect too where the first is denied (double knock). `None`
    /// when there is nothing to send or nobody to sign.
    async fn deliver(&self, row: &Due) -> crate::domain::Result<Option<(Outcome, Dialect)>> {
        let Some(document) = self.sender.document(row.activity).await? else {
            return Ok(None);
        };
        let Some(key) = self.sender.key(row.actor).await? else {
            return Ok(None);
        };
        let dialect = {
            let mut state = self.state.lock().await;
            let known = self.sender.knows(row.actor, row.host);
            if row.actor != 0 && !known && !state.reached.contains(&row.actor) {
                state.reached.push(row.actor);
            }
            state.dialect
        };
        let knock =
            async |dialect| send(&self.fed, &row.url, &document, &key, dialect, self.now()).await;
        let first = knock(dialect).await;
        if !matches!(first, Outcome::Denied(_)) || self.state.lock().await.knocked {
            return Ok(Some((first, dialect)));
        }
        let other = match dialect {
            Dialect::Cavage => Dialect::Rfc9421,
            Dialect::Rfc9421 => Dialect::Cavage,
        };
        let second = knock(other).await;
        if second == Outcome::Delivered {
            return Ok(Some((second, other)));
        }
        self.state.lock().await.knocked = true;
        Ok(Some((first, dialect)))
    }

    /// Writes down what became of a row; whether its lane goes on.
    async fn note(&self, row: &Due, outcome: Outcome, dialect: Dialect) -> bool {
        let mut state = self.state.lock().await;
        let attempts = row.attempts.saturating_add(1);
        let code = |status: u16| i16::try_from(status).unwrap_or(i16::MAX);
        match outcome {
            Outcome::Delivered => {
                state.answered = true;
                state.dialect = dialect;
                state.lines.push(line(row, Fate::Delivered));
                true
            }
            Outcome::Missing(status) => {
                state.answered = true;
                state.lines.push(Line {
                    missing: true,
                    ..line(row, Fate::Refused(code(status)))
                });
                true
            }
            Outcome::Refused(status) => {
                state.answered = true;
                state.lines.push(line(row, Fate::Refused(code(status))));
                true
            }
            Outcome::Denied(status) if attempts >= TRIES => {
                state.answered = true;
                state.lines.push(line(row, Fate::Refused(code(status))));
                true
            }
            // The others do not wait for it: most denials are for good.
            Outcome::Denied(_) => {
                state.answered = true;
                let at = self.now() + backoff::after_refusal(attempts);
                state.lines.push(line(row, Fate::Again(Some(at))));
                true
            }
            Outcome::TooMany(wish) => {
                state.answered = true;
                let at = self.now() + backoff::after_too_many(wish, rand::random());
                state.due = Some(at);
                state.stop = true;
                false
            }
            Outcome::Trouble(Some(500), _) if attempts >= CHOKES => {
                state.lines.push(line(row, Fate::Refused(500)));
                true
            }
            Outcome::Trouble(status, why) => {
                if status.is_some() {
                    state.lines.push(line(row, Fate::Again(None)));
                }
                if state.error.is_none() {
                    let fails = self.host.fails.saturating_add(1);
                    let wait = backoff::after_failure(fails, rand::random());
                    state.due = Some(self.now() + wait);
                    state.error = Some(why);
                }
                state.stop = true;
                false
            }
        }
    }

    fn now(&self) -> DateTime<Utc> {
        self.fed.clock.now()
    }
}

fn line(row: &Due, fate: Fate) -> Line {
    Line {
        activity: row.activity,
        inbox: row.inbox,
        fate,
        missing: false,
    }
}
