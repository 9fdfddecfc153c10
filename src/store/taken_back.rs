//! Decisions that are taken back within a day: what a no ended goes on, what a yes made goes.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Bool, Float, Integer, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::draft_media::NewDraftPicture;
use super::raw::raw;
use crate::domain::{Id, Result};

/// Pictures that come back: of ten posts, four each.
const MOST_PICTURES: i64 = 40;

/// A no that was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TakenBack {
    /// The application.
    pub application: Id,
    /// Its user.
    pub user: Id,
    /// When it had been decided.
    pub decided_at: DateTime<Utc>,
    /// Whether the applicant had been told.
    pub told: bool,
}

// Tokens ended in the very moment of the decision: those live again, others do not.
const NOES: &str = "\
    WITH p AS (SELECT ?::bigint[] AS ids, ?::timestamptz AS since, ?::boolean AS mail), \
    chosen AS MATERIALIZED (SELECT a.id, a.user_id, a.decided_at, a.told FROM p JOIN applications a ON a.id = ANY (p.ids) \
        WHERE a.state = 4 AND a.decided_at > p.since ORDER BY a.id FOR UPDATE OF a), \
    alive AS (UPDATE tokens t SET revoked_at = NULL FROM chosen c WHERE t.user_id = c.user_id AND t.revoked_at = c.decided_at), \
    open AS (UPDATE applications a SET state = CASE WHEN p.mail AND a.confirmed_at IS NULL THEN 0 ELSE 1 END, \
        version = a.version + 1, decided_at = NULL, decided_by = NULL, decision_message = NULL, told = false, \
        erase_at = NULL, snapshot_hash = NULL FROM chosen c CROSS JOIN p WHERE a.id = c.id RETURNING a.id) \
    SELECT c.id, c.user_id, c.decided_at, c.told FROM chosen c JOIN open ON open.id = c.id";

/// Takes noes of these applications back that were said after `since`: they wait again, and
/// tokens that ended with the decision live again. `mail` says that addresses are confirmed
/// here: whose address never was goes back to that. Gives those that were taken back.
pub async fn noes(
    conn: &mut Conn,
    ids: &[Id],
    since: DateTime<Utc>,
    mail: bool,
) -> Result<Vec<TakenBack>> {
    let rows: Vec<(Id, Id, DateTime<Utc>, bool)> = raw::<(BigInt, BigInt, Timestamptz, Bool)>(NOES)
        .bind::<Array<BigInt>, _>(ids.to_vec())
        .bind::<Timestamptz, _>(since)
        .bind::<Bool, _>(mail)
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(application, user, decided_at, told)| TakenBack {
            application,
            user,
            decided_at,
            told,
        })
        .collect())
}

/// A post that became a draft again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redrafted {
    /// The post, which goes with its account.
    pub status: Id,
    /// What is left of it.
    pub draft: Id,
}

/// Brings a member's own posts back into their drafts, the latest first, as far as there is
/// room for `most`: an account that goes takes nothing along that its writer would miss. Their
/// pictures are [`pictures`].
pub async fn posts_to_drafts(
    conn: &mut Conn,
    user: Id,
    account: Id,
    most: i64,
    at: DateTime<Utc>,
) -> Result<Vec<Redrafted>> {
    let rows: Vec<(Id, Id)> = raw::<(BigInt, BigInt)>(
        "WITH p AS (SELECT ?::bigint AS login, ?::bigint AS account, ?::bigint AS most, ?::timestamptz AS at), \
         posts AS MATERIALIZED (SELECT s.*, next_id(p.at) AS draft FROM p JOIN statuses s ON s.account_id = p.account \
            WHERE s.reblog_of_id IS NULL AND (coalesce(s.source, '') <> '' \
                OR EXISTS (SELECT 1 FROM media m WHERE m.status_id = s.id AND m.kind = 0)) ORDER BY s.id DESC \
            LIMIT greatest((SELECT p.most - (SELECT count(*) FROM drafts d WHERE d.user_id = p.login) FROM p), 0)), \
         made AS (INSERT INTO drafts (id, user_id, text, spoiler_text, sensitive, visibility, language, created_at, updated_at) \
         SELECT s.draft, p.login, coalesce(s.source, ''), s.spoiler_text, s.sensitive, s.visibility, s.language, s.created_at, p.at \
         FROM p CROSS JOIN posts s RETURNING id) \
         SELECT s.id, s.draft FROM posts s JOIN made ON made.id = s.draft",
    )
    .bind::<BigInt, _>(user)
    .bind::<BigInt, _>(account)
    .bind::<BigInt, _>(most)
    .bind::<Timestamptz, _>(at)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(status, draft)| Redrafted { status, draft })
        .collect())
}

/// The pictures of these posts, in their order; at the most [`MOST_PICTURES`]. Their paths are
/// public ones.
pub async fn pictures(conn: &mut Conn, statuses: &[Id]) -> Result<Vec<(Id, NewDraftPicture)>> {
    type Columns = (
        (BigInt, Text, Text, BigInt),
        (Integer, Integer, Text, Text),
        (Nullable<Float>, Nullable<Float>),
    );
    type Row = (
        (Id, String, String, i64),
        (i32, i32, String, String),
        (Option<f32>, Option<f32>),
    );
    let rows: Vec<Row> = raw::<Columns>(
        "SELECT m.status_id, m.path, coalesce(m.mime, ''), coalesce(m.size, 0), \
                coalesce(m.width, 0), coalesce(m.height, 0), coalesce(m.blurhash, ''), left(m.description, 1500), \
                m.focus_x, m.focus_y \
         FROM media m WHERE m.status_id = ANY (?) AND m.kind = 0 AND m.path IS NOT NULL \
         ORDER BY m.status_id DESC, m.position, m.id LIMIT ?",
    )
    .bind::<Array<BigInt>, _>(statuses.to_vec())
    .bind::<BigInt, _>(MOST_PICTURES)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(
            |((status, path, mime, size), (width, height, blurhash, description), (x, y))| {
                let picture = NewDraftPicture {
                    path,
                    mime,
                    size: i32::try_from(size).unwrap_or(i32::MAX),
                    width,
                    height,
                    blurhash,
                    description,
                    focus: x.zip(y),
                };
                (status, picture)
            },
        )
        .collect())
}

const CLOSE: &str = "\
    WITH p AS (SELECT ?::bigint AS application, ?::bigint AS login, ?::bigint AS account), \
    words AS (UPDATE applicant_profiles f SET display_name = a.display_name, note = coalesce(a.note_source, f.note), \
        fields = a.fields, locked = a.locked FROM p JOIN accounts a ON a.id = p.account WHERE f.user_id = p.login), \
    waits AS (UPDATE users u SET approved_at = NULL, welcomed_at = NULL FROM p WHERE u.id = p.login), \
    named AS (UPDATE names n SET state = 1 FROM p WHERE n.holder = p.login AND n.state = 2), \
    open AS (UPDATE applications a SET state = 1, version = a.version + 1, decided_at = NULL, decided_by = NULL, \
        decision_message = NULL, told = false, erase_at = NULL, snapshot_hash = NULL FROM p WHERE a.id = p.application), \
    gone AS (DELETE FROM accounts a USING p WHERE a.id = p.account AND a.host_id IS NULL RETURNING a.avatar_path, a.header_path) \
    SELECT avatar_path, header_path FROM gone";

/// Takes an account away that nobody elsewhere ever saw: its user waits again under the id that
/// stays reserved, with the words of the profile as they are now. Gives the public pictures,
/// to be deleted after the commit.
pub async fn close_account(
    conn: &mut Conn,
    application: Id,
    user: Id,
    account: Id,
) -> Result<Vec<String>> {
    let row: Option<(Option<String>, Option<String>)> =
        raw::<(Nullable<Text>, Nullable<Text>)>(CLOSE)
            .bind::<BigInt, _>(application)
            .bind::<BigInt, _>(user)
            .bind::<BigInt, _>(account)
            .get_result(conn)
            .await
            .optional()?;
    let (avatar, header) = row.unwrap_or_default();
    Ok([avatar, header].into_iter().flatten().collect())
}

/// Switches a login off, or on again.
pub async fn set_disabled(conn: &mut Conn, user: Id, at: Option<DateTime<Utc>>) -> Result<()> {
    raw::<()>("UPDATE users SET disabled_at = ? WHERE id = ?")
        .bind::<Nullable<Timestamptz>, _>(at)
        .bind::<BigInt, _>(user)
        .execute(conn)
        .await?;
    Ok(())
}
