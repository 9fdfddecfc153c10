//! Accounts of other servers: found by address or handle, written as their servers describe
//! them. What staff decided of an account (`flags`) is never touched here, so nobody comes
//! back by a new document or key (I15).

use chrono::{DateTime, TimeDelta, Utc};
use diesel::sql_types::{
    Array, BigInt, Bool, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use super::Conn;
use super::raw::raw;
use crate::domain::event::EventKind;
use crate::domain::{Id, Result};
use crate::model::account::Account;
use crate::model::schema::{accounts, actor_endpoints};

/// `tombstones.kind` of an account; a status has 0, a boost that was taken back 2.
const ACCOUNT_STONE: i16 = 1;

/// What is written of an account elsewhere.
#[derive(Debug, Clone)]
pub struct RemoteAccount {
    /// Its server.
    pub host: Id,
    /// Canonical address.
    pub uri: String,
    /// Its hash.
    pub uri_hash: Uuid,
    /// The part of the handle after the @.
    pub handle_domain: String,
    /// The part before.
    pub username: String,
    /// One line.
    pub display_name: String,
    /// Safe.
    pub note_html: String,
    /// See `model::account::fields_to_json`.
    pub fields: Value,
    /// `[{"shortcode", "url"}]`.
    pub emojis: Option<Value>,
    /// `accounts.kind`.
    pub kind: i16,
    /// The profile for people.
    pub url: Option<String>,
    /// Follows need a yes.
    pub locked: bool,
    /// May be recommended.
    pub discoverable: bool,
    /// Public posts may be searched.
    pub indexable: bool,
    /// Where the picture lies, and its alternative text.
    pub avatar: Option<(String, String)>,
    /// Where the wide picture lies, and its alternative text.
    pub header: Option<(String, String)>,
    /// Its other names.
    pub also_known_as: Vec<String>,
    /// Where it went, if it said so and the other said the same.
    pub moved_to: Option<Id>,
    /// Which rules made its HTML safe.
    pub sanitiser_version: i16,
    /// When it was made, as its server says; the time of writing where it does not.
    pub created_at: DateTime<Utc>,
    /// Where it is reached.
    pub endpoints: Endpoints,
    /// The address of its key and the key in PEM.
    pub key: Option<(String, String)>,
}

/// Where an actor is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// Its own inbox.
    pub inbox: String,
    /// That of its whole server.
    pub shared_inbox: Option<String>,
    /// What it said.
    pub outbox: Option<String>,
    /// Who follows it.
    pub followers: Option<String>,
    /// Whom it follows.
    pub following: Option<String>,
    /// What it pinned.
    pub featured: Option<String>,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upserted {
    /// It is there.
    Done {
        /// `accounts.id`.
        id: Id,
        /// Whether it was not known before.
        is_new: bool,
    },
    /// It was deleted: nobody comes back under the address of somebody who went (I14).
    Gone,
    /// Another account of the same server has the name.
    NameTaken,
}

// The name's index is asked first, so that a taken name is an answer and not an error; who
// slips in between makes an error, and the next try an answer. A new version only when
// something that is shown has changed.
const UPSERT: &str = "\
    WITH p AS (SELECT ?::bigint AS host, ?::text AS uri, ?::uuid AS hash, ?::text AS handle_domain, \
    ?::text AS username, ?::text AS display_name, ?::text AS note, ?::jsonb AS fields, ?::jsonb AS emojis, \
    ?::smallint AS kind, ?::text AS url, ?::boolean AS locked, ?::boolean AS discoverable, \
    ?::boolean AS indexable, ?::text AS avatar, ?::text AS avatar_description, ?::text AS header, \
    ?::text AS header_description, ?::text[] AS also_known_as, ?::bigint AS moved_to, \
    ?::smallint AS sanitiser, ?::timestamptz AS created, ?::timestamptz AS at), \
    e AS (SELECT ?::text AS inbox, ?::text AS shared_inbox, ?::text AS outbox, ?::text AS followers, \
    ?::text AS following, ?::text AS featured), \
    k AS (SELECT ?::text AS uri, ?::text AS pem), \
    gone AS (SELECT t.uri_hash FROM tombstones t JOIN p ON p.hash = t.uri_hash WHERE t.kind = 1), \
    taken AS (SELECT a.id FROM accounts a JOIN p ON lower(a.username) = lower(p.username) \
        AND coalesce(a.host_id, 0) = p.host AND a.uri_hash IS DISTINCT FROM p.hash), \
    did AS (INSERT INTO accounts AS a (id, host_id, username, handle_domain, uri, uri_hash, url, \
        display_name, note_html, fields, emojis, kind, locked, discoverable, indexable, \
        hide_collections, avatar_remote_url, avatar_description, header_remote_url, \
        header_description, also_known_as, moved_to_id, sanitiser_version, created_at, updated_at, fetched_at) \
        SELECT next_id(p.at), p.host, p.username, p.handle_domain, p.uri, p.hash, p.url, \
        p.display_name, p.note, p.fields, p.emojis, p.kind, p.locked, p.discoverable, p.indexable, \
        false, p.avatar, p.avatar_description, p.header, p.header_description, p.also_known_as, \
        p.moved_to, p.sanitiser, p.created, p.at, p.at FROM p \
        WHERE NOT EXISTS (SELECT 1 FROM gone) AND NOT EXISTS (SELECT 1 FROM taken) \
        ON CONFLICT (uri_hash) DO UPDATE SET username = excluded.username, \
        handle_domain = excluded.handle_domain, url = excluded.url, \
        display_name = excluded.display_name, note_html = excluded.note_html, fields = excluded.fields, \
        emojis = excluded.emojis, kind = excluded.kind, locked = excluded.locked, \
        discoverable = excluded.discoverable, indexable = excluded.indexable, \
        avatar_remote_url = excluded.avatar_remote_url, avatar_description = excluded.avatar_description, \
        header_remote_url = excluded.header_remote_url, header_description = excluded.header_description, \
        also_known_as = excluded.also_known_as, moved_to_id = excluded.moved_to_id, \
        sanitiser_version = excluded.sanitiser_version, updated_at = excluded.updated_at, \
        fetched_at = excluded.fetched_at, \
        version = a.version + CASE WHEN (a.username, a.handle_domain, a.url, a.display_name, a.note_html, \
            a.fields, a.emojis, a.kind, a.locked, a.discoverable, a.indexable, a.avatar_remote_url, \
            a.avatar_description, a.header_remote_url, a.header_description, a.moved_to_id) \
            IS DISTINCT FROM (excluded.username, excluded.handle_domain, excluded.url, \
            excluded.display_name, excluded.note_html, excluded.fields, excluded.emojis, excluded.kind, \
            excluded.locked, excluded.discoverable, excluded.indexable, excluded.avatar_remote_url, \
            excluded.avatar_description, excluded.header_remote_url, excluded.header_description, \
            excluded.moved_to_id) THEN 1 ELSE 0 END \
        WHERE a.uri = excluded.uri AND a.host_id = excluded.host_id \
        RETURNING a.id, a.xmax = 0 AS is_new), \
    counted AS (INSERT INTO account_stats (account_id) SELECT id FROM did ON CONFLICT DO NOTHING), \
    reached AS (INSERT INTO actor_endpoints (account_id, inbox, shared_inbox, outbox, followers, following, featured) \
        SELECT did.id, e.inbox, e.shared_inbox, e.outbox, e.followers, e.following, e.featured FROM did CROSS JOIN e \
        ON CONFLICT (account_id) DO UPDATE SET inbox = excluded.inbox, shared_inbox = excluded.shared_inbox, \
        outbox = excluded.outbox, followers = excluded.followers, following = excluded.following, \
        featured = excluded.featured), \
    keyed AS (INSERT INTO actor_keys (account_id, key_uri, public_key_pem, created_at, fetched_at) \
        SELECT did.id, k.uri, k.pem, p.at, p.at FROM did CROSS JOIN k CROSS JOIN p WHERE k.pem IS NOT NULL \
        ON CONFLICT (account_id) DO UPDATE SET key_uri = excluded.key_uri, \
        public_key_pem = excluded.public_key_pem, fetched_at = excluded.fetched_at) \
    SELECT (SELECT id FROM did), (SELECT is_new FROM did), EXISTS (SELECT 1 FROM gone)";

/// Writes an account of another server with its endpoints and key, or brings it up to date.
pub async fn upsert(conn: &mut Conn, new: RemoteAccount, at: DateTime<Utc>) -> Result<Upserted> {
    let (avatar, avatar_description) = new.avatar.unzip();
    let (header, header_description) = new.header.unzip();
    let (key_uri, pem) = new.key.unzip();
    type Row = (Option<Id>, Option<bool>, bool);
    let (id, is_new, gone): Row = raw::<(Nullable<BigInt>, Nullable<Bool>, Bool)>(UPSERT)
        .bind::<BigInt, _>(new.host)
        .bind::<Text, _>(new.uri)
        .bind::<SqlUuid, _>(new.uri_hash)
        .bind::<Text, _>(new.handle_domain)
        .bind::<Text, _>(new.username)
        .bind::<Text, _>(new.display_name)
        .bind::<Text, _>(new.note_html)
        .bind::<Jsonb, _>(new.fields)
        .bind::<Nullable<Jsonb>, _>(new.emojis)
        .bind::<SmallInt, _>(new.kind)
        .bind::<Nullable<Text>, _>(new.url)
        .bind::<Bool, _>(new.locked)
        .bind::<Bool, _>(new.discoverable)
        .bind::<Bool, _>(new.indexable)
        .bind::<Nullable<Text>, _>(avatar)
        .bind::<Text, _>(avatar_description.unwrap_or_default())
        .bind::<Nullable<Text>, _>(header)
        .bind::<Text, _>(header_description.unwrap_or_default())
        .bind::<Array<Text>, _>(new.also_known_as)
        .bind::<Nullable<BigInt>, _>(new.moved_to)
        .bind::<SmallInt, _>(new.sanitiser_version)
        .bind::<Timestamptz, _>(new.created_at)
        .bind::<Timestamptz, _>(at)
        .bind::<Text, _>(new.endpoints.inbox)
        .bind::<Nullable<Text>, _>(new.endpoints.shared_inbox)
        .bind::<Nullable<Text>, _>(new.endpoints.outbox)
        .bind::<Nullable<Text>, _>(new.endpoints.followers)
        .bind::<Nullable<Text>, _>(new.endpoints.following)
        .bind::<Nullable<Text>, _>(new.endpoints.featured)
        .bind::<Nullable<Text>, _>(key_uri)
        .bind::<Nullable<Text>, _>(pem)
        .get_result(conn)
        .await?;
    Ok(match (id, is_new) {
        (Some(id), Some(is_new)) => Upserted::Done { id, is_new },
        _ if gone => Upserted::Gone,
        _ => Upserted::NameTaken,
    })
}

/// The account of that address; `None` too when another address has the same hash.
pub async fn by_uri(conn: &mut Conn, uri: &str, hash: Uuid) -> Result<Option<Account>> {
    let found: Option<Account> = accounts::table
        .filter(accounts::uri_hash.eq(hash))
        .select(Account::as_select())
        .first(conn)
        .await
        .optional()?;
    Ok(found.filter(|account| account.uri.as_deref() == Some(uri)))
}

/// The account of that id, here or elsewhere.
pub async fn by_id(conn: &mut Conn, id: Id) -> Result<Option<Account>> {
    Ok(accounts::table
        .filter(accounts::id.eq(id))
        .select(Account::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The account elsewhere whose handle is `username@domain`.
pub async fn by_handle(conn: &mut Conn, username: &str, domain: &str) -> Result<Option<Account>> {
    let id: Option<(Id,)> = raw::<(BigInt,)>(
        "SELECT a.id FROM accounts a WHERE lower(a.username) = lower(?) AND a.handle_domain = ? \
         AND a.host_id IS NOT NULL ORDER BY a.id LIMIT 1",
    )
    .bind::<Text, _>(username.to_owned())
    .bind::<Text, _>(domain.to_owned())
    .get_result(conn)
    .await
    .optional()?;
    match id {
        Some((id,)) => by_id(conn, id).await,
        None => Ok(None),
    }
}

/// Those of `handles` (name and domain, lower-case) whose accounts are known.
pub async fn known_handles(
    conn: &mut Conn,
    handles: Vec<(String, String)>,
) -> Result<Vec<(String, String)>> {
    let (names, domains): (Vec<String>, Vec<String>) = handles.into_iter().unzip();
    Ok(raw::<(Text, Text)>(
        "WITH p AS (SELECT ?::text[] AS names, ?::text[] AS domains) \
         SELECT h.name, h.domain FROM p CROSS JOIN LATERAL unnest(p.names, p.domains) AS h (name, domain) \
         WHERE EXISTS (SELECT 1 FROM accounts a WHERE lower(a.username) = lower(h.name) \
             AND a.handle_domain = h.domain AND a.host_id IS NOT NULL)",
    )
    .bind::<Array<Text>, _>(names)
    .bind::<Array<Text>, _>(domains)
    .load(conn)
    .await?)
}

/// Those of `hashes` whose accounts are known: (hash, address, id).
pub async fn known(conn: &mut Conn, hashes: Vec<Uuid>) -> Result<Vec<(Uuid, String, Id)>> {
    if hashes.is_empty() {
        return Ok(Vec::new());
    }
    Ok(raw::<(SqlUuid, Text, BigInt)>(
        "SELECT uri_hash, uri, id FROM accounts WHERE uri_hash = ANY (?) AND uri IS NOT NULL",
    )
    .bind::<Array<SqlUuid>, _>(hashes)
    .load(conn)
    .await?)
}

/// Where an actor is reached; `None` for those who live here.
pub async fn endpoints(conn: &mut Conn, account: Id) -> Result<Option<Endpoints>> {
    type Row = (
        String,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
    );
    let row: Option<Row> = actor_endpoints::table
        .filter(actor_endpoints::account_id.eq(account))
        .select((
            actor_endpoints::inbox,
            actor_endpoints::shared_inbox,
            actor_endpoints::outbox,
            actor_endpoints::followers,
            actor_endpoints::following,
            actor_endpoints::featured,
        ))
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(
        |(inbox, shared_inbox, outbox, followers, following, featured)| Endpoints {
            inbox,
            shared_inbox,
            outbox,
            followers,
            following,
            featured,
        },
    ))
}

/// Who of a server has a name: id and address.
pub async fn by_name(conn: &mut Conn, username: &str, host: Id) -> Result<Option<(Id, String)>> {
    Ok(raw::<(BigInt, Text)>(
        "SELECT a.id, a.uri FROM accounts a WHERE lower(a.username) = lower(?) AND coalesce(a.host_id, 0) = ?",
    )
    .bind::<Text, _>(username.to_owned())
    .bind::<BigInt, _>(host)
    .get_result(conn)
    .await
    .optional()?)
}

/// Gives an account elsewhere another name; `false` when another of its server has that one.
pub async fn rename(
    conn: &mut Conn,
    account: Id,
    username: &str,
    at: DateTime<Utc>,
) -> Result<bool> {
    let (done,): (i64,) = raw::<(BigInt,)>(
        "WITH p AS (SELECT ?::bigint AS id, ?::text AS name, ?::timestamptz AS at), \
         did AS (UPDATE accounts a SET username = p.name, version = a.version + 1, updated_at = p.at FROM p \
             WHERE a.id = p.id AND a.host_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM accounts o \
             WHERE lower(o.username) = lower(p.name) AND coalesce(o.host_id, 0) = a.host_id) RETURNING a.id) \
         SELECT count(*) FROM did",
    )
    .bind::<BigInt, _>(account)
    .bind::<Text, _>(username.to_owned())
    .bind::<Timestamptz, _>(at)
    .get_result(conn)
    .await?;
    Ok(done > 0)
}

/// Statuses that are deleted by one statement when their account goes.
const ERASED_AT_ONCE: i64 = 500;

// What is gone is told of in the bulk lane, its boosts by others too. A stone is for what the
// relay must count anew of it, and for a few days only: nobody's posts come back without them.
const ERASE: &str = "\
    WITH p AS (SELECT ?::bigint AS account, ?::bigint AS most, ?::timestamptz AS at, ?::timestamptz AS until, \
    ?::smallint AS deleted, ?::smallint AS undone, ?::smallint AS vanished), \
    doomed AS MATERIALIZED (SELECT s.id FROM p JOIN accounts a ON a.id = p.account AND a.host_id IS NOT NULL \
        JOIN statuses s ON s.account_id = a.id ORDER BY s.id LIMIT (SELECT most FROM p)), \
    gone AS (DELETE FROM statuses s USING doomed WHERE s.id = doomed.id RETURNING s.id, s.uri_hash, s.account_id, \
        s.reblog_of_id, s.in_reply_to_id), \
    boosts AS (SELECT b.id, b.account_id, b.reblog_of_id FROM gone JOIN statuses b ON b.reblog_of_id = gone.id), \
    stone AS (INSERT INTO tombstones (uri_hash, kind, actor_id, subject_id, audience, created_at, until) \
        SELECT gone.uri_hash, 0, gone.account_id, gone.id, \
        jsonb_build_object('in_reply_to_id', gone.in_reply_to_id), p.at, p.until FROM gone CROSS JOIN p \
        WHERE gone.in_reply_to_id IS NOT NULL AND gone.uri_hash IS NOT NULL ON CONFLICT DO NOTHING), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
        SELECT 2, e.kind, e.id, e.actor, e.extra, p.at FROM p CROSS JOIN ( \
            SELECT CASE WHEN gone.reblog_of_id IS NULL THEN p.deleted ELSE p.undone END AS kind, gone.id, \
                gone.account_id AS actor, gone.reblog_of_id AS extra FROM gone CROSS JOIN p \
            UNION ALL SELECT p.vanished, boosts.id, boosts.account_id, boosts.reblog_of_id \
                FROM boosts CROSS JOIN p) e ORDER BY e.id), \
    orphans AS (UPDATE statuses c SET version = c.version + 1 FROM gone WHERE c.in_reply_to_id = gone.id \
        AND NOT EXISTS (SELECT 1 FROM doomed WHERE doomed.id = c.id)) \
    SELECT count(*) FROM gone";

/// How long the stones of erased statuses stay.
const ERASED_STONE: TimeDelta = TimeDelta::days(7);

/// Takes some of the statuses of an account that its own server deleted, with their events;
/// `true` while more are left.
pub async fn erase_some(conn: &mut Conn, account: Id, at: DateTime<Utc>) -> Result<bool> {
    let (gone,): (i64,) = raw::<(BigInt,)>(ERASE)
        .bind::<BigInt, _>(account)
        .bind::<BigInt, _>(ERASED_AT_ONCE)
        .bind::<Timestamptz, _>(at)
        .bind::<Timestamptz, _>(at + ERASED_STONE)
        .bind::<SmallInt, _>(EventKind::StatusDeleted as i16)
        .bind::<SmallInt, _>(EventKind::ReblogUndone as i16)
        .bind::<SmallInt, _>(EventKind::BoostVanished as i16)
        .get_result(conn)
        .await?;
    Ok(gone >= ERASED_AT_ONCE)
}

const DELETE: &str = "\
    WITH p AS (SELECT ?::bigint AS id, ?::uuid AS hash, ?::smallint AS kind, ?::timestamptz AS at, \
    ?::smallint AS ended, ?::smallint AS unliked), \
    gone AS (DELETE FROM accounts a USING p WHERE a.id = p.id AND a.host_id IS NOT NULL RETURNING a.id), \
    stone AS (INSERT INTO tombstones (uri_hash, kind, actor_id, subject_id, created_at) \
        SELECT p.hash, p.kind, p.id, p.id, p.at FROM p JOIN gone ON gone.id = p.id \
        ON CONFLICT (uri_hash) DO UPDATE SET kind = excluded.kind, actor_id = excluded.actor_id, \
        subject_id = excluded.subject_id, until = NULL), \
    told AS (INSERT INTO events (lane, kind, subject_id, actor_id, extra, created_at) \
        SELECT 1, p.ended, f.target_id, f.account_id, f.id, p.at FROM p JOIN gone ON true \
        JOIN follows f ON f.account_id = p.id OR f.target_id = p.id \
        UNION ALL SELECT 1, p.unliked, r.status_id, r.account_id, r.id, p.at FROM p JOIN gone ON true \
        JOIN reactions r ON r.account_id = p.id), \
    orphans AS (UPDATE statuses c SET in_reply_to_uri_hash = p.hash FROM p JOIN gone ON gone.id = p.id \
        WHERE c.in_reply_to_account_id = p.id AND c.account_id <> p.id) \
    SELECT count(*) FROM gone";

/// Takes an account that its own server deleted: its row with all that hangs on it, and a
/// stone that keeps it from coming back; what it leaves to be counted anew is told. What
/// answered it answers somebody who is not here from now on, and so enters no home feed.
/// `false` when there is none. Take its statuses first.
pub async fn delete(conn: &mut Conn, account: Id, hash: Uuid, at: DateTime<Utc>) -> Result<bool> {
    let (gone,): (i64,) = raw::<(BigInt,)>(DELETE)
        .bind::<BigInt, _>(account)
        .bind::<SqlUuid, _>(hash)
        .bind::<SmallInt, _>(ACCOUNT_STONE)
        .bind::<Timestamptz, _>(at)
        .bind::<SmallInt, _>(EventKind::FollowEnded as i16)
        .bind::<SmallInt, _>(EventKind::FavouriteUndone as i16)
        .get_result(conn)
        .await?;
    Ok(gone > 0)
}

/// Those of `ids` that are accounts and not suspended, each once, in no order.
pub async fn existing(conn: &mut Conn, ids: Vec<Id>) -> Result<Vec<Id>> {
    if ids.is_empty() {
        return Ok(ids);
    }
    let rows: Vec<(Id,)> =
        raw::<(BigInt,)>("SELECT id FROM accounts WHERE id = ANY (?) AND (flags & 2) = 0")
            .bind::<Array<BigInt>, _>(ids)
            .load(conn)
            .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Those of `ids` that live elsewhere.
pub async fn remote_among(conn: &mut Conn, ids: Vec<Id>) -> Result<Vec<Id>> {
    if ids.is_empty() {
        return Ok(ids);
    }
    let rows: Vec<(Id,)> =
        raw::<(BigInt,)>("SELECT id FROM accounts WHERE id = ANY (?) AND host_id IS NOT NULL")
            .bind::<Array<BigInt>, _>(ids)
            .load(conn)
            .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
