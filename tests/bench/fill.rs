//! Fills the database from a fixed seed, by COPY: people, whom they follow, a month of
//! statuses with boosts, replies, hashtags and favourites. Counters are added up at the end.
//! The only thing that differs between runs is the day.

use std::collections::HashSet;
use std::fmt::Write;

use anyhow::Result;
use bytes::Bytes;
use futures::{SinkExt, pin_mut};
use porchlight::domain::Id;
use tokio_postgres::Client;

use super::people::{Member, People};
use super::place::Place;
use super::random::Random;
use super::scale::Scale;

pub(super) const DAY: i64 = 24 * 3600 * 1000;
const SCOPES: &str = "read write follow push";
const APP: Id = 1;
/// Hashtags in use.
const TAGS: usize = 200;
/// COPY sends pieces of about this size, in bytes.
const PIECE: usize = 1 << 20;

/// A status that others may answer or boost.
struct Earlier {
    id: Id,
    account: Id,
    conversation: Id,
}

/// Rows of one table on their way.
pub(super) struct Table {
    into: &'static str,
    rows: String,
}

impl Table {
    pub(super) fn new(into: &'static str) -> Table {
        Table {
            into,
            rows: String::new(),
        }
    }

    /// One row; fields are plain words, numbers, or `\N`.
    pub(super) fn row(&mut self, fields: std::fmt::Arguments<'_>) {
        // Writing to a String does not fail.
        let _ = writeln!(self.rows, "{fields}");
    }

    pub(super) async fn send(self, sql: &Client) -> Result<()> {
        let sink = sql
            .copy_in::<_, Bytes>(&format!("COPY {} FROM STDIN", self.into))
            .await?;
        pin_mut!(sink);
        let rows = Bytes::from(self.rows);
        for at in (0..rows.len()).step_by(PIECE) {
            sink.send(rows.slice(at..(at + PIECE).min(rows.len())))
                .await?;
        }
        sink.finish().await?;
        Ok(())
    }
}

/// Ids of a moment, in milliseconds; no two alike.
pub(super) struct Ids(pub(super) i64);

impl Ids {
    pub(super) fn at(&mut self, milliseconds: i64) -> Id {
        self.0 = (self.0 + 1) & 0xffff;
        (milliseconds << 16) | self.0
    }
}

/// A moment as PostgreSQL reads it.
pub(super) fn moment(milliseconds: i64) -> String {
    chrono::DateTime::from_timestamp_millis(milliseconds)
        .unwrap_or_default()
        .to_rfc3339()
}

/// Fills the place.
pub async fn fill(place: &Place, scale: Scale) -> Result<People> {
    let sql = place.sql().await?;
    let now: i64 = sql
        .query_one("SELECT (extract(epoch FROM now()) * 1000)::bigint", &[])
        .await?
        .get(0);
    let mut random = Random::new(20_261_121);
    let mut ids = Ids(0);
    sql.batch_execute("BEGIN").await?;
    let members = people(&sql, scale, &mut ids, now).await?;
    let followers = follows(&sql, scale, &members, &mut random, &mut ids, now).await?;
    statuses(&sql, scale, &members, &mut random, &mut ids, now).await?;
    sql.batch_execute(COUNTERS).await?;
    // Each for itself: several in one message would be one transaction.
    for after in ["COMMIT", "VACUUM ANALYZE", "CHECKPOINT"] {
        sql.batch_execute(after).await?;
    }
    Ok(People { members, followers })
}

async fn people(sql: &Client, scale: Scale, ids: &mut Ids, now: i64) -> Result<Vec<Member>> {
    let since = now - 60 * DAY;
    let joined = moment(since);
    let mut users = Table::new(
        "users (id, account_id, username, email, email_canonical, email_confirmed_at, role, role_since, approved_at, welcomed_at, created_at)",
    );
    let mut names = Table::new("names (canonical, holder, state, created_at)");
    let mut accounts = Table::new(
        "accounts (id, username, display_name, note_html, note_source, discoverable, indexable, created_at, updated_at)",
    );
    let mut tokens = Table::new("tokens (digest, app_id, user_id, scopes, created_at)");
    let mut members = Vec::with_capacity(scale.users);
    for n in 0..scale.users {
        let at = since + n as i64;
        let (user, account) = (ids.at(at), ids.at(at));
        let (name, mail) = (format!("person{n}"), format!("person{n}@example.org"));
        let member = Member {
            account,
            token: format!("bench-token-{n}"),
        };
        let digest: String = member.digest().iter().map(|b| format!("{b:02x}")).collect();
        users.row(format_args!(
            "{user}\t{account}\t{name}\t{mail}\t{mail}\t{joined}\t0\t{joined}\t{joined}\t{joined}\t{joined}"
        ));
        names.row(format_args!("{name}\t{user}\t2\t{joined}"));
        accounts.row(format_args!(
            "{account}\t{name}\tPerson {n}\t<p>Number {n} of many, with a porch.</p>\tNumber {n} of many, with a porch.\tt\tt\t{joined}\t{joined}"
        ));
        tokens.row(format_args!(
            "\\\\x{digest}\t{APP}\t{user}\t{SCOPES}\t{joined}"
        ));
        members.push(member);
    }
    sql.execute(
        "INSERT INTO apps (id, name, website, redirect_uris, scopes, client_id, secret_digest, created_at) \
         VALUES ($1, 'Bench', 'https://app.example', '{urn:ietf:wg:oauth:2.0:oob}', $2, 'bench', '\\x00', now())",
        &[&APP, &SCOPES],
    )
    .await?;
    for table in [users, names, accounts, tokens] {
        table.send(sql).await?;
    }
    Ok(members)
}

/// Everybody follows so many others; the first is followed by just so many, the second by
/// nobody. Gives those who follow the first.
async fn follows(
    sql: &Client,
    scale: Scale,
    members: &[Member],
    random: &mut Random,
    ids: &mut Ids,
    now: i64,
) -> Result<Vec<Id>> {
    let at = now - 45 * DAY;
    let since = moment(at);
    let mut table = Table::new("follows (id, account_id, target_id, state, created_at)");
    let mut followers = Vec::new();
    for (n, member) in members.iter().enumerate() {
        let mut chosen = HashSet::new();
        // Not the first and the second themselves.
        if (2..scale.followers + 2).contains(&n) {
            chosen.insert(0);
            followers.push(member.account);
        }
        while chosen.len() < scale.follows {
            let other = 2 + random.below(members.len() - 2);
            if other != n {
                chosen.insert(other);
            }
        }
        // A set has no order that would be the same in each run.
        let mut chosen: Vec<usize> = chosen.into_iter().collect();
        chosen.sort_unstable();
        for other in chosen {
            let id = ids.at(at + n as i64);
            let (who, whom) = (member.account, members[other].account);
            table.row(format_args!("{id}\t{who}\t{whom}\t1\t{since}"));
        }
    }
    table.send(sql).await?;
    Ok(followers)
}

async fn statuses(
    sql: &Client,
    scale: Scale,
    members: &[Member],
    random: &mut Random,
    ids: &mut Ids,
    now: i64,
) -> Result<()> {
    let mut conversations = Table::new("conversations (id)");
    let mut statuses = Table::new(
        "statuses (id, account_id, reblog_of_id, in_reply_to_id, in_reply_to_account_id, conversation_id, visibility, spoiler_text, html, source, length, language, app_id, created_at)",
    );
    let mut audience = Table::new("status_audience (status_id, account_id, mentioned)");
    let mut tagged = Table::new("status_tags (status_id, tag_id)");
    let mut reactions = Table::new("reactions (status_id, account_id, id, created_at)");
    let mut bookmarks = Table::new("bookmarks (account_id, status_id, id)");
    let (first, last) = (now - 30 * DAY, now - 60_000);
    let step = (last - first) / scale.statuses as i64;
    let mut earlier: Vec<Earlier> = Vec::with_capacity(scale.statuses);
    let mut boosted = HashSet::new();
    for n in 0..scale.statuses {
        let ms = first + n as i64 * step;
        let (id, at) = (ids.at(ms), moment(ms));
        let account = members[random.below(members.len())].account;
        let recent = earlier.len().saturating_sub(2_000);
        let older = earlier.get(recent + random.below((earlier.len() - recent).max(1)));
        let kind = random.below(100);
        if let Some(of) = older.filter(|of| kind < 10 && boosted.insert((account, of.id))) {
            let of = of.id;
            statuses.row(format_args!(
                "{id}\t{account}\t{of}\t\\N\t\\N\t\\N\t0\t\t\t\\N\t0\t\\N\t{APP}\t{at}"
            ));
            continue;
        }
        let parent = older.filter(|_| (10..25).contains(&kind));
        let count = 5 + random.below(30);
        let text = random.words(count);
        let mut html = format!("<p>{text}");
        if random.percent(15) {
            let tag = random.below(TAGS);
            tagged.row(format_args!("{id}\t{}", tag + 1));
            let _ = write!(
                html,
                " <a href=\"http://localhost/tags/tag{tag}\" class=\"mention hashtag\" rel=\"tag\">#<span>tag{tag}</span></a>"
            );
        }
        html.push_str("</p>");
        let visibility = match random.below(100) {
            0..85 => 0,
            85..92 => 1,
            92..99 => 2,
            _ => 3,
        };
        let spoiler = if random.percent(3) { "a warning" } else { "" };
        let null = || "\\N".to_owned();
        let answered = parent.map_or_else(null, |p| p.id.to_string());
        let author = parent.map_or_else(null, |p| p.account.to_string());
        let conversation = parent.map_or(id, |p| p.conversation);
        let length = text.len();
        statuses.row(format_args!(
            "{id}\t{account}\t\\N\t{answered}\t{author}\t{conversation}\t{visibility}\t{spoiler}\t{html}\t{text}\t{length}\ten\t{APP}\t{at}"
        ));
        match parent {
            Some(parent) if parent.account != account => {
                audience.row(format_args!("{id}\t{}\tt", parent.account));
            }
            Some(_) => {}
            None => conversations.row(format_args!("{id}")),
        }
        let mut fans = HashSet::new();
        for _ in 0..random.below(3) {
            let fan = random.below(members.len());
            if fans.insert(fan) {
                let (fan, reaction) = (members[fan].account, ids.at(ms));
                reactions.row(format_args!("{id}\t{fan}\t{reaction}\t{at}"));
            }
        }
        if random.percent(5) {
            let (reader, bookmark) = (members[random.below(members.len())].account, ids.at(ms));
            bookmarks.row(format_args!("{reader}\t{id}\t{bookmark}"));
        }
        if visibility <= 1 {
            earlier.push(Earlier {
                id,
                account,
                conversation,
            });
        }
    }
    sql.execute(
        "INSERT INTO tags (name, display, created_at) \
         SELECT 'tag' || n, 'Tag' || n, now() FROM generate_series(0, $1::bigint - 1) n",
        &[&(TAGS as i64)],
    )
    .await?;
    for table in [
        conversations,
        statuses,
        audience,
        tagged,
        reactions,
        bookmarks,
    ] {
        table.send(sql).await?;
    }
    Ok(())
}

/// What the relay would have added up.
const COUNTERS: &str = "
INSERT INTO status_stats (status_id, replies_count, reblogs_count, favourites_count)
SELECT id, sum(replies), sum(reblogs), sum(favourites) FROM (
    SELECT in_reply_to_id AS id, 1 AS replies, 0 AS reblogs, 0 AS favourites FROM statuses
        WHERE in_reply_to_id IS NOT NULL AND visibility <= 1
    UNION ALL SELECT reblog_of_id, 0, 1, 0 FROM statuses WHERE reblog_of_id IS NOT NULL
    UNION ALL SELECT status_id, 0, 0, 1 FROM reactions) each_one GROUP BY id;
INSERT INTO account_stats (account_id, statuses_count, following_count, followers_count, last_status_at)
SELECT a.id, coalesce(s.n, 0), coalesce(f.n, 0), coalesce(t.n, 0), s.at FROM accounts a
LEFT JOIN (SELECT account_id, count(*) AS n, max(created_at) AS at FROM statuses WHERE visibility <= 2 GROUP BY 1) s
    ON s.account_id = a.id
LEFT JOIN (SELECT account_id, count(*) AS n FROM follows GROUP BY 1) f ON f.account_id = a.id
LEFT JOIN (SELECT target_id, count(*) AS n FROM follows GROUP BY 1) t ON t.target_id = a.id;";
