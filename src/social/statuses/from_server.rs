//! What the server itself posts, to staff alone: "Still there?", and how the switch moves.
//!
//! The account is a local one without a login, made when it first has something to say. Its posts
//! are direct ones to a single person here, so that they stand in every app; to favourite or
//! answer one is a check-in (`gate/signs/check_in.rs`).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;

use super::post::html_of;
use crate::app::App;
use crate::domain::switch::Stage;
use crate::domain::visibility::Visibility;
use crate::domain::{Error, Id, Result};
use crate::gate::signs::notices::{self, AWAY};
use crate::gate::zone;
use crate::model::status_parts::Mentioned;
use crate::model::user::User;
use crate::secrets::actor_key::NewActorKey;
use crate::store::posting::{NewStatus, Written};
use crate::store::server_account::Key;
use crate::store::{self, Conn};
use crate::text::catalogue::Words;
use crate::text::length::status_length;

/// What the account is called: the first of these that nobody has. Nobody can take the first
/// but the host.
const NAMES: &[&str] = &["porchlight", "server", "instance", "house"];

/// Posts the notice of that row to whom it is for; nothing when it was posted, is no news any
/// more, or its reader left the staff.
///
/// # Errors
/// When the database cannot be asked; doing it again posts it once.
pub async fn notice(app: &App, id: i64) -> Result<()> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let Some(telling) = notices::due(app, &mut conn, id, now).await? else {
        return Ok(());
    };
    let Some(user) = notices::keeper(&mut conn, telling.notice.recipient).await? else {
        return Ok(());
    };
    let made = store::server_account::find(&mut conn).await?;
    drop(conn);
    let title = app.instance().await?.title.clone();
    let words = Words::of(&user.locale);
    let zone = zone::of(app, &user).await?;
    let mut said = telling.paragraphs(words, &title, zone);
    let subject = words.say(
        telling.notice.notice.subject(),
        [("place", title.clone().into())],
    );
    said.insert(0, format!("@{} {subject}", user.username));
    if telling.notice.notice.stage() > Stage::Calm {
        said.push(words.say("switch-post-answer", []));
    }
    if telling.notice.notice.stage() >= Stage::Guarded {
        said.push(format!(
            "{} {}",
            words.say("switch-post-away", []),
            app.url(AWAY)
        ));
    }
    // Making a key takes a while: no connection waits for it.
    let key = match made {
        Some(_) => None,
        None => Some(Arc::new(app.actor_keys.generate().await?)),
    };
    let post = Post {
        text: said.join("\n\n"),
        language: words.0.code(),
        title: &title,
    };
    let mut conn = app.pool.get().await?;
    let posted = conn
        .transaction(async |conn| {
            let row = store::switch_notices::lock(conn, id).await?;
            if row.is_none_or(|row| row.sent_at.is_some()) {
                return Ok(false);
            }
            let server = server(conn, made, key.as_deref(), &title, now).await?;
            let status = post.write(app, conn, server, &user, now).await?;
            store::switch_notices::sent(conn, id, Some(status), now).await?;
            Ok::<_, Error>(true)
        })
        .await?;
    drop(conn);
    if posted {
        app.wake_relay();
    }
    Ok(())
}

/// The account, made where it is not there yet.
async fn server(
    conn: &mut Conn,
    made: Option<Id>,
    key: Option<&NewActorKey>,
    title: &str,
    now: DateTime<Utc>,
) -> Result<Id> {
    match (made, key) {
        (Some(made), _) => Ok(made),
        (None, Some(key)) => {
            let key = Key {
                public_pem: &key.public_pem,
                private_der: &key.private_der,
            };
            store::server_account::make(conn, NAMES, title, key, now)
                .await?
                .ok_or_else(|| Error::broken("every name that the server could have is taken"))
        }
        (None, None) => Err(Error::broken("an account without a key")),
    }
}

struct Post<'a> {
    text: String,
    language: &'a str,
    title: &'a str,
}

impl Post<'_> {
    async fn write(
        &self,
        app: &App,
        conn: &mut Conn,
        server: Id,
        to: &User,
        now: DateTime<Utc>,
    ) -> Result<Id> {
        store::server_account::welcome(conn, server, to.account_id, self.title, now).await?;
        let mentioned = [Mentioned {
            id: to.account_id,
            username: to.username.clone(),
            domain: None,
            url: None,
        }];
        let new = NewStatus {
            account: server,
            // It has no login; without a key none is asked for.
            user: 0,
            at: now,
            parent: None,
            visibility: Visibility::Direct,
            sensitive: false,
            spoiler_text: String::new(),
            html: html_of(app, &self.text, &mentioned),
            source: self.text.clone(),
            length: i32::try_from(status_length("", &self.text)).unwrap_or(i32::MAX),
            language: Some(self.language.to_owned()),
            app: None,
            key: None,
            mentions: vec![to.account_id],
            tags: Vec::new(),
            media: Vec::new(),
            poll: None,
        };
        match store::posting::post(conn, new).await? {
            Written::Posted { id, .. } => Ok(id),
            Written::Nothing => Err(Error::broken("a post without media or key was not written")),
        }
    }
}
