//! Posting.
//!
//! 1. The words are checked ([`compose`]).
//! 2. What they lean on is looked up by one statement: the status answered, the accounts
//!    named, the uploads. Nothing of it, no statement.
//! 3. One statement writes everything, the key and the event; one commit. A key that was used
//!    before writes nothing.
//! 4. The author's own feed gets it before the answer, since apps reload at once. All else
//!    is the relay's.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;

use super::compose::{Composed, Post, compose};
use super::deed::Deed;
use crate::activitypub::uri;
use crate::app::App;
use crate::cache::feeds;
use crate::domain::{Error, Id, Result};
use crate::gate::Member;
use crate::gate::signs::check_in;
use crate::model::status_parts::{Mentioned, StatusParts};
use crate::store::posting::{NewPoll, NewStatus, Written};
use crate::store::statuses::{Asked, Prepared};
use crate::store::{self, Conn};
use crate::text::hashtags;
use crate::text::html::{self, MentionTarget};
use crate::text::mentions::{self, Mention};
use crate::text::poll::Poll;

/// Posts.
///
/// # Errors
/// `Invalid` when the words or uploads will not do; `NotFound` when what it answers is
/// missing or hidden; `Denied` for who moved away.
pub async fn post(app: &App, who: &Member, cmd: Post) -> Result<Deed> {
    who.lives_here()?;
    let now = app.clock.now();
    let composed = compose(&cmd, who.user(), now)?;
    let mut conn = app.pool.get().await?;
    let deed = match cmd.in_reply_to.filter(|_| check_in::can_answer(who)) {
        None => write(app, &mut conn, who, composed, cmd.in_reply_to, now).await?,
        // To answer what the server asks says "I'm here".
        Some(parent) => {
            conn.transaction(async |conn| {
                let deed = write(app, conn, who, composed, Some(parent), now).await?;
                check_in::by_answer(app, conn, who, parent, now).await?;
                Ok::<_, Error>(deed)
            })
            .await?
        }
    };
    drop(conn);
    announce(app, who, &deed).await;
    Ok(deed)
}

/// What follows a commit: the author's own feed, and the relay.
pub(super) async fn announce(app: &App, who: &Member, deed: &Deed) {
    // A Redis that is away is the relay's trouble: it writes this feed again with the others.
    let _ = feeds::add(
        &app.cache,
        app.known.feeds_generation(),
        &[(who.account_id(), deed.status)],
    )
    .await;
    app.wake_relay();
}

/// Looks up and writes.
pub(super) async fn write(
    app: &App,
    conn: &mut Conn,
    who: &Member,
    words: Composed,
    in_reply_to: Option<Id>,
    now: DateTime<Utc>,
) -> Result<Deed> {
    let asked = asked(app, who, &words, in_reply_to, now);
    let prepared = match needs_a_look(&asked) {
        true => store::statuses::prepare(conn, asked).await?,
        false => Prepared::default(),
    };
    if let Some(id) = prepared.made_before {
        return Ok(Deed::on(id));
    }
    if in_reply_to.is_some() && prepared.parent.is_none() {
        return Err(Error::NotFound);
    }
    if prepared.media.len() < words.media.len() {
        return Err(media_will_not_do());
    }
    let new = new_status(app, who, &words, &prepared, now);
    let (html, tags) = (new.html.clone(), new.tags.clone());
    let asks = new.poll.is_some();
    match store::posting::post(conn, new).await? {
        // What it asks is read anew, as anybody reads it.
        Written::Posted { id, .. } if asks => Ok(Deed::on(id)),
        Written::Posted {
            id,
            app: posted_with,
            author,
        } => Ok(Deed::fresh(
            author,
            StatusParts {
                id,
                version: 1,
                account_id: who.account_id(),
                author: who.user().username.clone(),
                author_domain: None,
                uri: None,
                url: None,
                reblog_of_id: None,
                in_reply_to_id: prepared.parent.as_ref().map(|p| p.id),
                in_reply_to_account_id: prepared.parent.as_ref().map(|p| p.account),
                visibility: words.visibility,
                sensitive: words.sensitive,
                spoiler_text: words.spoiler_text,
                html,
                language: words.language,
                created_at: now,
                edited_at: None,
                mentions: prepared.mentions,
                tags: tags.into_iter().map(|(name, _)| name).collect(),
                media: prepared.media,
                emojis: Vec::new(),
                app: posted_with,
            },
        )),
        Written::Nothing => {
            let Some(key) = words.key else {
                return Err(media_will_not_do());
            };
            // A parallel twin was first; it is committed, or the key would have been ours.
            store::drafts::find_key(conn, who.user().id, &key, now)
                .await?
                .map(Deed::on)
                .ok_or_else(media_will_not_do)
        }
    }
}

fn asked(
    app: &App,
    who: &Member,
    words: &Composed,
    in_reply_to: Option<Id>,
    now: DateTime<Utc>,
) -> Asked {
    Asked {
        account: who.account_id(),
        user: who.user().id,
        key: words.key.clone(),
        parent: in_reply_to,
        names: names_in(app, &words.text),
        handles: handles_in(app, &words.text),
        media: words.media.clone(),
        at: now,
    }
}

/// Names of this place that a text mentions, lower-case, each once.
pub(super) fn names_in(app: &App, text: &str) -> Vec<String> {
    let mut names: Vec<String> = mentions::find(text)
        .iter()
        .filter(|mention| is_here(app, mention))
        .map(|mention| mention.user.to_ascii_lowercase())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Handles of people elsewhere that a text mentions, lower-case, each once.
pub(super) fn handles_in(app: &App, text: &str) -> Vec<(String, String)> {
    let mut handles: Vec<(String, String)> = mentions::find(text)
        .iter()
        .filter(|mention| !is_here(app, mention))
        .filter_map(|mention| {
            let domain = uri::domain(mention.domain.as_deref()?)?;
            Some((mention.user.to_lowercase(), domain))
        })
        .collect();
    handles.sort_unstable();
    handles.dedup();
    handles
}

fn needs_a_look(asked: &Asked) -> bool {
    asked.parent.is_some()
        || !asked.names.is_empty()
        || !asked.handles.is_empty()
        || !asked.media.is_empty()
}

fn new_status(
    app: &App,
    who: &Member,
    words: &Composed,
    prepared: &Prepared,
    now: DateTime<Utc>,
) -> NewStatus {
    let mut tags = hashtags::distinct(&words.text);
    tags.sort_unstable();
    NewStatus {
        account: who.account_id(),
        user: who.user().id,
        at: now,
        parent: prepared.parent.clone(),
        visibility: words.visibility,
        sensitive: words.sensitive,
        spoiler_text: words.spoiler_text.clone(),
        html: html_of(app, &words.text, &prepared.mentions),
        source: words.text.clone(),
        length: words.length,
        language: words.language.clone(),
        app: who.app_id(),
        key: words.key.clone(),
        mentions: prepared.mentions.iter().map(|m| m.id).collect(),
        tags,
        media: words.media.clone(),
        poll: words.poll.as_ref().map(|poll| new_poll(poll, now)),
    }
}

/// A poll that begins now.
pub(super) fn new_poll(poll: &Poll, now: DateTime<Utc>) -> NewPoll {
    NewPoll {
        options: poll.options.clone(),
        ends_at: now + poll.lasts(),
        multiple: poll.multiple,
        hide_totals: poll.hide_totals,
    }
}

/// The text as HTML. Handles of other servers that are not known stay text.
pub(super) fn html_of(app: &App, text: &str, mentioned: &[Mentioned]) -> String {
    let by_handle: HashMap<(String, Option<String>), &Mentioned> = mentioned
        .iter()
        .map(|m| ((m.username.to_lowercase(), m.domain.clone()), m))
        .collect();
    let resolve = |mention: &Mention| {
        let domain = match is_here(app, mention) {
            true => None,
            false => Some(uri::domain(mention.domain.as_deref()?)?),
        };
        let known = by_handle.get(&(mention.user.to_lowercase(), domain))?;
        Some(MentionTarget {
            url: match &known.url {
                Some(url) if known.domain.is_some() => url.clone(),
                _ => app.url(&format!("/@{}", known.username)),
            },
            username: known.username.clone(),
            acct: match &known.domain {
                Some(domain) => format!("{}@{domain}", known.username),
                None => known.username.clone(),
            },
        })
    };
    html::render(text, &resolve, &|name| tag_url(app, name))
}

/// The page of a hashtag: the same address as in the API's `tags`, or apps open a browser.
fn tag_url(app: &App, name: &str) -> String {
    let name = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
    app.url(&format!("/tags/{name}"))
}

/// Whether a mention means somebody of this place: no domain, or one of ours.
fn is_here(app: &App, mention: &Mention) -> bool {
    let server = &app.config.server;
    mention.domain.as_deref().is_none_or(|domain| {
        [
            server.handle_domain.as_str(),
            server.domain.as_str(),
            server.domain_without_port(),
        ]
        .iter()
        .any(|own| own.eq_ignore_ascii_case(domain))
    })
}

pub(super) fn media_will_not_do() -> Error {
    Error::invalid(
        "One of the files cannot be attached: it is not yours, or another post has it already.",
    )
}
