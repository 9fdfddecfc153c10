//! The one statement that posts: one commit for the status and all that hangs on it.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::accounts_shown::AccountFacts;
use super::raw::raw;
use super::status_page::{AccountCounters, account_counters};
use super::statuses::Parent;
use crate::domain::event::EventKind;
use crate::domain::visibility::Visibility;
use crate::domain::{Error, Id, Result};
use crate::model::status_parts::PostedWith;

/// A local status to be written.
#[derive(Debug, Clone)]
pub struct NewStatus {
    /// The author.
    pub account: Id,
    /// The author's login.
    pub user: Id,
    /// When; the id is made from it.
    pub at: DateTime<Utc>,
    /// What it answers.
    pub parent: Option<Parent>,
    /// Who it is for.
    pub visibility: Visibility,
    /// Media are hidden at first.
    pub sensitive: bool,
    /// The content warning, or empty.
    pub spoiler_text: String,
    /// Made from `source`, safe.
    pub html: String,
    /// As it was typed.
    pub source: String,
    /// As apps count it.
    pub length: i32,
    /// ISO 639, where known.
    pub language: Option<String>,
    /// The app it is posted with.
    pub app: Option<Id>,
    /// The key of a request that may be a repetition.
    pub key: Option<String>,
    /// Accounts named in the text; each once.
    pub mentions: Vec<Id>,
    /// Hashtags: normalised name and display case; each name once.
    pub tags: Vec<(String, String)>,
    /// Media to attach, in order; each once.
    pub media: Vec<Id>,
    /// What it asks; then it has no media.
    pub poll: Option<NewPoll>,
}

/// A poll to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct NewPoll {
    /// What can be chosen, in order; each once.
    pub options: Vec<String>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// More than one may be chosen.
    pub multiple: bool,
    /// Nobody sees the numbers of the options before the end.
    pub hide_totals: bool,
}

/// What became of a new status.
#[derive(Debug, Clone, PartialEq)]
pub enum Written {
    /// It is there.
    Posted {
        /// Its id.
        id: Id,
        /// The app as statuses show it.
        app: Option<PostedWith>,
        /// The author, as counted before this one.
        author: AccountFacts,
    },
    /// Nothing was written: a twin under the same key was first, or a medium is used already.
    Nothing,
}

// The order is made by who reads whom: media, then the key (which waits for a parallel twin),
// then all that needs both. `$asked` and `$ready` come before the key, `$hung` hangs on the
// written status.
macro_rules! post {
    ($asked:expr, $ready:expr, $flags:expr, $hung:expr) => {
        concat!(
            "WITH p AS (SELECT ?::bigint AS account, ?::bigint AS user_id, ?::timestamptz AS at, ",
            "?::bigint AS parent, ?::bigint AS parent_account, ?::bigint AS conversation, ",
            "?::smallint AS visibility, ?::boolean AS sensitive, ?::text AS spoiler, ",
            "?::text AS html, ?::text AS source, ?::integer AS length, ?::text AS language, ",
            "?::bigint AS app, ?::text AS key, ?::smallint AS event",
            $asked,
            "), fresh AS MATERIALIZED (SELECT p.*, next_id(p.at) AS id FROM p)",
            $ready,
            ", keyed AS (INSERT INTO idempotency_keys AS k (user_id, key, result_id, created_at) ",
            "SELECT user_id, key, id, at FROM ready WHERE key IS NOT NULL ",
            "ON CONFLICT (user_id, key) DO UPDATE ",
            "SET result_id = excluded.result_id, created_at = excluded.created_at ",
            "WHERE k.created_at <= excluded.created_at - interval '1 hour' ",
            "RETURNING k.result_id), ",
            "go AS (SELECT * FROM ready WHERE key IS NULL OR EXISTS (SELECT 1 FROM keyed)), ",
            "talk AS (INSERT INTO conversations (id) SELECT id FROM go WHERE conversation IS NULL), ",
            "written AS (INSERT INTO statuses (id, account_id, in_reply_to_id, ",
            "in_reply_to_account_id, conversation_id, visibility, sensitive, spoiler_text, html, ",
            "source, length, language, app_id, flags, created_at) ",
            "SELECT id, account, parent, parent_account, coalesce(conversation, id), visibility, ",
            "sensitive, spoiler, html, source, length, language, app, ",
            $flags,
            ", at FROM go RETURNING id, app_id, account_id), ",
            $hung,
            "told AS (INSERT INTO events (lane, kind, subject_id, actor_id, created_at) ",
            "SELECT 0, event, id, account, at FROM go) ",
            "SELECT written.id, app.name, app.website, a.id, a.version, ",
            account_counters!("ac"),
            " FROM written JOIN accounts a ON a.id = written.account_id ",
            "LEFT JOIN account_stats ac ON ac.account_id = written.account_id ",
            "LEFT JOIN apps app ON app.id = written.app_id"
        )
    };
}

/// Words alone, as most posts are: a third of the work of [`EVERYTHING`].
const WORDS: &str = post!("", ", ready AS (SELECT * FROM fresh)", "0", "");

// A tag row is touched only by its first use; after that it is found in the snapshot, so no
// two posts meet on it.
macro_rules! everything {
    ($asked:expr, $flags:expr, $hung:expr) => {
        post!(
            concat!(
                ", ?::bigint[] AS mentions, ?::text[] AS tag_names, ?::text[] AS tag_displays, ",
                "?::bigint[] AS media",
                $asked
            ),
            ", attached AS (UPDATE media m SET status_id = fresh.id, position = (w.place - 1)::smallint \
                FROM fresh CROSS JOIN LATERAL unnest(fresh.media) WITH ORDINALITY AS w (id, place) \
                WHERE m.id = w.id AND m.account_id = fresh.account AND m.status_id IS NULL AND m.state = 1 \
                RETURNING m.id), \
             ready AS (SELECT * FROM fresh WHERE (SELECT count(*) FROM attached) = cardinality(media))",
            $flags,
            concat!(
                "heard AS (INSERT INTO status_audience (status_id, account_id, mentioned) ",
                "SELECT go.id, m.id, true FROM go CROSS JOIN LATERAL unnest(go.mentions) AS m (id)), ",
                "known AS (SELECT t.id, t.name FROM go JOIN tags t ON t.name = ANY (go.tag_names)), ",
                "coined AS (INSERT INTO tags AS t (name, display, created_at) ",
                "SELECT n.name, n.display, go.at FROM go ",
                "CROSS JOIN LATERAL unnest(go.tag_names, go.tag_displays) AS n (name, display) ",
                "WHERE NOT EXISTS (SELECT 1 FROM known WHERE known.name = n.name) ORDER BY n.name ",
                "ON CONFLICT (name) DO UPDATE SET display = t.display RETURNING t.id), ",
                "tagged AS (INSERT INTO status_tags (status_id, tag_id) SELECT go.id, t.id FROM go ",
                "CROSS JOIN (SELECT id FROM known UNION ALL SELECT id FROM coined) t), ",
                $hung
            )
        )
    };
}

const EVERYTHING: &str = everything!("", "CASE WHEN cardinality(media) > 0 THEN 1 ELSE 0 END", "");

const WITH_POLL: &str = everything!(
    ", ?::text[] AS options, ?::timestamptz AS ends, ?::boolean AS multiple, ?::boolean AS hides",
    "2",
    "asks AS (INSERT INTO polls (status_id, multiple, ends_at, hide_totals) \
        SELECT go.id, go.multiple, go.ends, go.hides FROM go), \
     offered AS (INSERT INTO poll_options (status_id, position, title) \
        SELECT go.id, (o.place - 1)::smallint, o.title FROM go \
        CROSS JOIN LATERAL unnest(go.options) WITH ORDINALITY AS o (title, place)), "
);

/// Posts: the status, whom it names, its hashtags, its thread, its media, its poll, the key
/// and the event.
///
/// # Errors
/// `NotFound` when the parent was deleted meanwhile.
pub async fn post(conn: &mut Conn, new: NewStatus) -> Result<Written> {
    type Columns = (
        BigInt,
        Nullable<Text>,
        Nullable<Text>,
        (BigInt, Integer),
        (BigInt, BigInt, BigInt, Nullable<Timestamptz>),
    );
    type Row = (
        Id,
        Option<String>,
        Option<String>,
        (Id, i32),
        (i64, i64, i64, Option<DateTime<Utc>>),
    );
    let words_alone = new.mentions.is_empty()
        && new.tags.is_empty()
        && new.media.is_empty()
        && new.poll.is_none();
    let sql = match (words_alone, &new.poll) {
        (true, _) => WORDS,
        (_, None) => EVERYTHING,
        (_, Some(_)) => WITH_POLL,
    };
    let parent = new.parent.as_ref();
    let statement = raw::<Columns>(sql)
        .bind::<BigInt, _>(new.account)
        .bind::<BigInt, _>(new.user)
        .bind::<Timestamptz, _>(new.at)
        .bind::<Nullable<BigInt>, _>(parent.map(|p| p.id))
        .bind::<Nullable<BigInt>, _>(parent.map(|p| p.account))
        .bind::<Nullable<BigInt>, _>(parent.and_then(|p| p.conversation))
        .bind::<SmallInt, _>(new.visibility)
        .bind::<Bool, _>(new.sensitive)
        .bind::<Text, _>(new.spoiler_text)
        .bind::<Text, _>(new.html)
        .bind::<Text, _>(new.source)
        .bind::<Integer, _>(new.length)
        .bind::<Nullable<Text>, _>(new.language)
        .bind::<Nullable<BigInt>, _>(new.app)
        .bind::<Nullable<Text>, _>(new.key)
        .bind::<SmallInt, _>(EventKind::StatusPosted as i16);
    let statement = if words_alone {
        statement
    } else {
        let (names, displays): (Vec<String>, Vec<String>) = new.tags.into_iter().unzip();
        statement
            .bind::<Array<BigInt>, _>(new.mentions)
            .bind::<Array<Text>, _>(names)
            .bind::<Array<Text>, _>(displays)
            .bind::<Array<BigInt>, _>(new.media)
    };
    let statement = match new.poll {
        None => statement,
        Some(poll) => statement
            .bind::<Array<Text>, _>(poll.options)
            .bind::<Timestamptz, _>(poll.ends_at)
            .bind::<Bool, _>(poll.multiple)
            .bind::<Bool, _>(poll.hide_totals),
    };
    let written: Result<Option<Row>, DieselError> = statement.get_result(conn).await.optional();
    match written {
        Ok(Some((id, name, website, author, counters))) => Ok(Written::Posted {
            id,
            app: name.map(|name| PostedWith { name, website }),
            author: AccountFacts {
                id: author.0,
                version: author.1,
                counters: AccountCounters {
                    followers: counters.0,
                    following: counters.1,
                    statuses: counters.2,
                    last_status_at: counters.3,
                },
            },
        }),
        Ok(None) => Ok(Written::Nothing),
        Err(cause) => match broken_reference(&cause) {
            // A medium was attached, but the status was not written: a twin was first.
            Some("media_status_id_fkey") => Ok(Written::Nothing),
            Some("statuses_in_reply_to_id_fkey") => Err(Error::NotFound),
            _ => Err(cause.into()),
        },
    }
}

/// The foreign key that an error is about.
fn broken_reference(cause: &DieselError) -> Option<&str> {
    match cause {
        DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, about) => {
            about.constraint_name()
        }
        _ => None,
    }
}
