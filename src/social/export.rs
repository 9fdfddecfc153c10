//! What a member takes along: lists as other servers import them, and their posts. Nobody is
//! asked for it, and nobody has to be there.
//!
//! Files are made while they are read, piece by piece: no member has too much.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use futures::stream::{self, Stream};
use serde_json::{Value, json};

use crate::app::App;
use crate::domain::{Id, Result};
use crate::gate::who::Member;
use crate::store::exports::{self, Listed, People, Post};
use crate::text::csv;

/// Rows that are read at a time.
const AT_ONCE: i64 = 500;

/// A file to take along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum File {
    /// Whom they follow, with the wishes for each.
    Following,
    /// Who follows them.
    Followers,
    /// Whom they block.
    Blocks,
    /// Whom they mute.
    Mutes,
    /// Servers that they block.
    Domains,
    /// Posts that they keep.
    Bookmarks,
    /// Their own posts.
    Posts,
}

impl File {
    /// In the order in which they are offered.
    pub const ALL: [File; 7] = [
        File::Following,
        File::Followers,
        File::Blocks,
        File::Mutes,
        File::Domains,
        File::Bookmarks,
        File::Posts,
    ];

    /// Its name, which is the last part of its address too.
    pub fn name(self) -> &'static str {
        match self {
            File::Following => "following.csv",
            File::Followers => "followers.csv",
            File::Blocks => "blocks.csv",
            File::Mutes => "mutes.csv",
            File::Domains => "domains.csv",
            File::Bookmarks => "bookmarks.csv",
            File::Posts => "posts.json",
        }
    }

    /// The file of that name.
    pub fn from_name(name: &str) -> Option<File> {
        File::ALL.into_iter().find(|file| file.name() == name)
    }

    /// What stands before all rows.
    fn head(self) -> String {
        match self {
            File::Following => csv::line([
                "Account address",
                "Show boosts",
                "Notify on new posts",
                "Languages",
            ]),
            File::Followers => csv::line(["Account address"]),
            File::Mutes => csv::line(["Account address", "Hide notifications"]),
            File::Blocks | File::Domains | File::Bookmarks => String::new(),
            File::Posts => "[".to_owned(),
        }
    }

    /// What stands behind them.
    fn foot(self) -> &'static str {
        match self {
            File::Posts => "\n]\n",
            _ => "",
        }
    }
}

/// How far a file is made.
enum Step {
    Head,
    After(Id),
    Done,
}

/// The file, in pieces.
pub fn file(app: Arc<App>, who: &Member, file: File) -> impl Stream<Item = Result<Bytes>> + use<> {
    let account = who.account_id();
    let name = who.user().username.clone();
    stream::try_unfold(
        (app, name, Step::Head),
        move |(app, name, step)| async move {
            let after = match step {
                Step::Head => {
                    let head = Bytes::from(file.head());
                    return Ok(Some((head, (app, name, Step::After(0)))));
                }
                Step::After(after) => after,
                Step::Done => return Ok(None),
            };
            let (text, last) = piece(&app, account, &name, file, after).await?;
            Ok(Some(match last {
                Some(last) => (Bytes::from(text), (app, name, Step::After(last))),
                None => (Bytes::from(file.foot()), (app, name, Step::Done)),
            }))
        },
    )
}

/// The rows above `after`, and the key of the last; `None` behind the end.
async fn piece(
    app: &App,
    account: Id,
    name: &str,
    file: File,
    after: Id,
) -> Result<(String, Option<Id>)> {
    let mut conn = app.pool.get().await?;
    let conn = &mut *conn;
    let which = match file {
        File::Following => People::Following,
        File::Followers => People::Followers,
        File::Blocks => People::Blocked,
        File::Mutes => People::Muted,
        File::Domains => {
            let rows = exports::domains(conn, account, (after, AT_ONCE)).await?;
            let text = rows.iter().map(|(_, domain)| csv::line([domain.as_str()]));
            return Ok((text.collect(), rows.last().map(|(key, _)| *key)));
        }
        File::Bookmarks => {
            let rows = exports::bookmarks(conn, account, (after, AT_ONCE)).await?;
            let text = rows.iter().map(|(_, uri, id, author)| {
                let here = || app.url(&format!("/@{author}/{id}"));
                csv::line([uri.clone().unwrap_or_else(here).as_str()])
            });
            return Ok((text.collect(), rows.last().map(|(key, ..)| *key)));
        }
        File::Posts => {
            let rows = exports::posts(conn, account, (after, AT_ONCE)).await?;
            let text = rows.iter().enumerate().map(|(index, post)| {
                let comma = match (after, index) {
                    (0, 0) => "",
                    _ => ",",
                };
                format!("{comma}\n{}", as_json(app, name, post))
            });
            return Ok((text.collect(), rows.last().map(|post| post.id)));
        }
    };
    let here = &app.config.server.handle_domain;
    let span = (after, AT_ONCE);
    let rows = exports::people(conn, account, which, here, span, app.clock.now()).await?;
    let text = rows.iter().map(|row| line(file, row));
    Ok((text.collect(), rows.last().map(|row| row.key)))
}

fn line(file: File, row: &Listed) -> String {
    let word = |yes: bool| if yes { "true" } else { "false" };
    match file {
        File::Following => csv::line([
            row.handle.as_str(),
            word(row.first),
            word(row.notify),
            &row.languages.join(", "),
        ]),
        File::Mutes => csv::line([row.handle.as_str(), word(row.first)]),
        _ => csv::line([row.handle.as_str()]),
    }
}

fn as_json(app: &App, name: &str, post: &Post) -> Value {
    let time = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let in_reply_to = match &post.in_reply_to {
        Value::Array(here) => {
            let part = |n: usize| here.get(n).and_then(Value::as_str).unwrap_or_default();
            json!(app.url(&format!("/@{}/{}", part(1), part(0))))
        }
        other => other.clone(),
    };
    let files = post.media.as_array().map(Vec::as_slice).unwrap_or_default();
    let media: Vec<Value> = files
        .iter()
        .map(|file| {
            let path = file["path"].as_str().unwrap_or_default();
            json!({
                "url": app.url(&format!("/{path}")),
                "type": file["mime"],
                "description": file["description"],
            })
        })
        .collect();
    json!({
        "url": app.url(&format!("/@{name}/{}", post.id)),
        "created_at": time(post.created_at),
        "edited_at": post.edited_at.map(time),
        "visibility": post.visibility.as_str(),
        "sensitive": post.sensitive,
        "warning": post.spoiler_text,
        "text": post.source,
        "html": post.html,
        "language": post.language,
        "in_reply_to": in_reply_to,
        "media": media,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_found_by_its_name() {
        for file in File::ALL {
            assert_eq!(File::from_name(file.name()), Some(file));
        }
        assert_eq!(File::from_name("../etc/passwd"), None);
    }
}
