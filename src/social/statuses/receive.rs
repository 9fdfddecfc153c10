//! Posts of people elsewhere: new ones, their edits, their deletion.
//!
//! What is sent is kept when somebody here may want it: they follow its author, it is for
//! them, or it answers something that is here. Everything else would be a store of the
//! network's noise, filled by whoever likes to.

use diesel_async::AsyncConnection;

use crate::activitypub::notes::{self, Arrival, GONE_FOR};
use crate::activitypub::read::Note;
use crate::activitypub::uri;
use crate::app::App;
use crate::app::federation::Federation;
use crate::domain::event::Lane;
use crate::domain::{Error, Id, Result};
use crate::model::account::Account;
use crate::social::received::Received;
use crate::store::polls::{Vote, Voted};
use crate::store::remote_edits::{self, Standing};
use crate::store::remote_statuses::{self, Found, Gone, RemotePoll, Words};
use crate::store::{self, remote_deeds};

/// A post by `author`; believed already.
///
/// # Errors
/// As `notes::keep`.
pub async fn post(fed: &Federation, author: &Account, note: Note) -> Result<Received> {
    let mut conn = fed.pool.get().await?;
    let parent = match &note.in_reply_to {
        Some(parent) => notes::find(fed, &mut conn, parent).await?,
        None => None,
    };
    if let Some(parent) = &parent
        && parent.local
        && remote_deeds::is_blocked(&mut conn, parent.account, author.id).await?
    {
        return Ok(Received::Ignored("the author of what it answers blocks"));
    }
    if let (Some(title), Some(parent)) = (&note.vote, &parent)
        && parent.has_poll
    {
        let (title, address) = (title.clone(), note.id.clone());
        drop(conn);
        return vote(fed, author, parent.id, title, address).await;
    }
    let wanted = parent.is_some()
        || remote_statuses::is_followed(&mut conn, author.id).await?
        || is_for_somebody(fed, &mut conn, author, &note).await?;
    drop(conn);
    if !wanted {
        return Ok(Received::Ignored("nobody here follows or is named"));
    }
    let kept = notes::keep(fed, note, author, Arrival::Sent).await?;
    Ok(Received::when(kept.is_some(), "known or deleted"))
}

/// Whether it is addressed to, or names, somebody here who does not block its author.
async fn is_for_somebody(
    app: &App,
    conn: &mut store::Conn,
    author: &Account,
    note: &Note,
) -> Result<bool> {
    let addressed: Vec<String> = [&note.to[..], &note.cc, &note.mentions].concat();
    let known = notes::known(app, conn, &addressed).await?;
    let hears = remote_statuses::who_hears(conn, author.id, known).await?;
    Ok(!hears.is_empty())
}

async fn vote(
    app: &App,
    author: &Account,
    status: Id,
    title: String,
    address: String,
) -> Result<Received> {
    let now = app.clock.now();
    let vote = Vote {
        status,
        account: author.id,
        titles: vec![title],
        positions: Vec::new(),
        uri: Some(address),
        one_by_one: true,
        lane: Lane::Inbound,
    };
    let mut conn = app.pool.get().await?;
    let voted = conn
        .transaction(async |conn| store::polls::vote(conn, vote, now).await)
        .await?;
    if voted == Voted::Done {
        app.wake_relay();
    }
    Ok(Received::when(
        voted == Voted::Done,
        "the vote does not count",
    ))
}

/// A post by `author` as it is now; believed already. What was never here stays away.
///
/// # Errors
/// When the database cannot be asked.
pub async fn edit(app: &App, author: &Account, note: Note) -> Result<Received> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let Some(found) = notes::find(app, &mut conn, &note.id).await? else {
        return Ok(Received::Ignored("not known here"));
    };
    if found.account != author.id || found.local {
        return Ok(Received::Ignored("not the author"));
    }
    let named = notes::known(app, &mut conn, &note.mentions).await?;
    let hears = remote_statuses::who_hears(&mut conn, author.id, named.clone()).await?;
    let elsewhere = store::remote_accounts::remote_among(&mut conn, named).await?;
    let updated = note.updated.filter(|at| *at <= now);
    let words = notes::words(note, author, [hears, elsewhere].concat());
    let received = conn
        .transaction(async |conn| {
            let Some(before) = remote_edits::lock(conn, found.id, author.id).await? else {
                return Ok(Received::Ignored("not known here"));
            };
            if let (Some(new), Some(old)) = (updated, before.edited_at)
                && new < old
            {
                return Ok(Received::Ignored("older than what is here"));
            }
            let poll = words.poll.clone();
            let same_options = asks_the_same(&before, poll.as_ref());
            match (&poll, same_options) {
                (Some(poll), true) => {
                    remote_edits::recount_poll(conn, found.id, poll.clone(), now).await?;
                }
                (_, true) => {}
                (_, false) => remote_edits::replace_poll(conn, found.id, poll.clone(), now).await?,
            }
            if same_options && says_the_same(&before, &words) {
                return Ok(Received::when(poll.is_some(), "it says the same"));
            }
            let edited_at = updated.unwrap_or(now);
            remote_edits::edit(conn, found.id, words, edited_at, now).await?;
            Ok::<_, Error>(Received::Done)
        })
        .await?;
    if received == Received::Done {
        app.wake_relay();
    }
    Ok(received)
}

/// Other options, or another way to choose among them, are another poll.
fn asks_the_same(before: &Standing, poll: Option<&RemotePoll>) -> bool {
    let titles = poll.iter().flat_map(|p| p.options.iter().map(|(t, _)| t));
    titles.eq(&before.options) && poll.is_none_or(|p| p.multiple == before.multiple)
}

fn says_the_same(before: &Standing, new: &Words) -> bool {
    let stand = before
        .media
        .iter()
        .map(|m| (&m.url, &m.description, m.focus));
    let come = new.media.iter().map(|m| (&m.url, &m.description, m.focus));
    before.html == new.html
        && before.spoiler_text == new.spoiler_text
        && before.sensitive == new.sensitive
        && before.language == new.language
        && before.emojis == new.emojis
        && stand.eq(come)
}

/// The post or boost of an address is gone, says `author`. One that was never here is kept
/// from coming (I14).
///
/// # Errors
/// When the database cannot be asked.
pub async fn delete(app: &App, author: &Account, address: &str) -> Result<Received> {
    let now = app.clock.now();
    let Some(address) = uri::canonical(address) else {
        return Ok(Received::Ignored("not an address"));
    };
    let mut conn = app.pool.get().await?;
    let mut found = notes::find(app, &mut conn, &address).await?;
    let own = author.uri.as_deref();
    if found.is_none() && own.is_some_and(|own| uri::same_authority(own, &address)) {
        let hash = uri::hash(&address);
        let until = now + GONE_FOR;
        remote_statuses::bury(&mut conn, Gone::Deleted, hash, author.id, now, until).await?;
        // Somebody may have fetched it meanwhile, before it was buried.
        found = notes::find(app, &mut conn, &address).await?;
    }
    let received = match found {
        Some(found) if found.local || found.account != author.id => {
            Received::Ignored("not the author")
        }
        Some(Found {
            reblog_of: Some(_), ..
        }) => {
            let hash = Some(uri::hash(&address));
            let gone = remote_deeds::unboost(&mut conn, author.id, hash, None, now).await?;
            Received::when(gone, "gone already")
        }
        Some(found) => {
            let notes = app.url("/ap/notes/");
            let gone = store::statuses::delete(&mut conn, found.id, author.id, &notes, now).await?;
            Received::when(gone.is_some(), "gone already")
        }
        None => Received::Ignored("not known here"),
    };
    if received == Received::Done {
        app.wake_relay();
    }
    Ok(received)
}
