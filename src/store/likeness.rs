//! By what applications are found to be alike: traits, marks of answers, and who is near.

use chrono::{DateTime, Utc};
use diesel::sql_types::{
    Array, BigInt, Binary, Bool, Inet, Integer, Nullable, SmallInt, Text, Timestamptz,
};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use ipnet::IpNet;

use super::{Conn, raw};
use crate::domain::application::ApplicationState;
use crate::domain::{Id, Result};
use crate::model::likeness::Traits;
use crate::model::schema::application_traits;

/// What was seen when it was sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Seen {
    /// `application_traits.mail_state`.
    pub mail_state: i16,
    /// The first server that takes mail for the domain.
    pub mail_host: Option<String>,
    /// A field that nobody sees was filled in.
    pub trap_filled: bool,
}

/// Writes down what was seen.
pub async fn insert(conn: &mut Conn, application: Id, seen: &Seen) -> Result<()> {
    diesel::insert_into(application_traits::table)
        .values((
            application_traits::application_id.eq(application),
            application_traits::mail_state.eq(seen.mail_state),
            application_traits::mail_host.eq(&seen.mail_host),
            application_traits::trap_filled.eq(seen.trap_filled),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// What another address says.
pub async fn set_mail(
    conn: &mut Conn,
    application: Id,
    state: i16,
    host: Option<&str>,
) -> Result<()> {
    diesel::update(application_traits::table.find(application))
        .set((
            application_traits::mail_state.eq(state),
            application_traits::mail_host.eq(host),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The traits of one; `None` for applications of before there were any.
pub async fn find(conn: &mut Conn, application: Id) -> Result<Option<Traits>> {
    Ok(application_traits::table
        .find(application)
        .select(Traits::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The marks of answers, in the place of those that were there.
pub async fn set_marks(
    conn: &mut Conn,
    application: Id,
    digest: Vec<u8>,
    minhash: Option<Vec<u8>>,
    marks: &[(i16, i64)],
) -> Result<()> {
    let (numbers, hashes): (Vec<i16>, Vec<i64>) = marks.iter().copied().unzip();
    raw::<()>(
        "WITH p AS (SELECT ?::bigint AS id, ?::bytea AS digest, ?::bytea AS minhash, \
                           ?::smallint[] AS marks, ?::bigint[] AS hashes), \
         kept AS (INSERT INTO application_traits AS t (application_id, answers_digest, minhash) \
                  SELECT id, digest, minhash FROM p \
                  ON CONFLICT (application_id) DO UPDATE \
                  SET answers_digest = excluded.answers_digest, minhash = excluded.minhash), \
         gone AS (DELETE FROM answer_marks m USING p \
                  WHERE m.application_id = p.id AND m.mark <> ALL (p.marks)) \
         INSERT INTO answer_marks (application_id, mark, hash) \
         SELECT p.id, m.mark, m.hash FROM p, unnest(p.marks, p.hashes) AS m(mark, hash) \
         ON CONFLICT (application_id, mark) DO UPDATE SET hash = excluded.hash",
    )
    .bind::<BigInt, _>(application)
    .bind::<Binary, _>(digest)
    .bind::<Nullable<Binary>, _>(minhash)
    .bind::<Array<SmallInt>, _>(numbers)
    .bind::<Array<BigInt>, _>(hashes)
    .execute(conn)
    .await?;
    Ok(())
}

/// The marks of one: number and hash.
pub async fn marks(conn: &mut Conn, application: Id) -> Result<Vec<(i16, i64)>> {
    Ok(raw::<(SmallInt, BigInt)>(
        "SELECT mark, hash FROM answer_marks WHERE application_id = ? ORDER BY mark LIMIT 100",
    )
    .bind::<BigInt, _>(application)
    .load(conn)
    .await?)
}

/// The marks of several: application, number and hash.
pub async fn marks_of_many(conn: &mut Conn, applications: &[Id]) -> Result<Vec<(Id, i16, i64)>> {
    Ok(raw::<(BigInt, SmallInt, BigInt)>(
        "SELECT application_id, mark, hash FROM answer_marks WHERE application_id = ANY (?) LIMIT 100000",
    )
    .bind::<Array<BigInt>, _>(applications.to_vec())
    .load(conn)
    .await?)
}

/// Near what others are looked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Around {
    /// Whose others.
    pub application: Id,
    /// From when on.
    pub since: DateTime<Utc>,
    /// The network around the address.
    pub wide: Option<IpNet>,
    /// A mail domain that says something.
    pub mail_domain: Option<String>,
    /// A mail server that says something.
    pub mail_host: Option<String>,
    /// Bands of the answers.
    pub bands: Vec<i64>,
    /// Marks of whole answers.
    pub words: Vec<i64>,
    /// The event that it came with.
    pub event: Option<Id>,
}

/// Another application, as far as likeness goes.
#[derive(Debug, Clone, PartialEq)]
pub struct Kin {
    /// Which.
    pub id: Id,
    /// Where it stands.
    pub state: ApplicationState,
    /// Its cluster.
    pub cluster: Option<Id>,
    /// Where it came from.
    pub network: Option<IpNet>,
    /// The domain of its address.
    pub mail_domain: Option<String>,
    /// The server of that domain.
    pub mail_host: Option<String>,
    /// How long the form took.
    pub fill_seconds: Option<i32>,
    /// When it was sent.
    pub submitted_at: DateTime<Utc>,
    /// The name wanted.
    pub username: String,
    /// The MinHash of its answers.
    pub minhash: Option<Vec<u8>>,
    /// The hidden field was filled in.
    pub trap_filled: bool,
    /// The event that it came with.
    pub event: Option<Id>,
    /// One of its answers is word for word the same.
    pub same_words: bool,
}

type KinRow = (
    Id,
    ApplicationState,
    Option<Id>,
    Option<IpNet>,
    Option<String>,
    Option<String>,
    Option<i32>,
    DateTime<Utc>,
    String,
    Option<Vec<u8>>,
    bool,
    Option<Id>,
    bool,
);

/// Others that are found by one trait.
const BY_EACH: i64 = 100;
/// Others in all.
const KIN: i64 = 300;

// Each way goes by an index of its own; unconfirmed ones are nobody yet. The network's has no
// order (OFFSET 0): asked in one, all applications would be gone through backwards.
const NEAR: &str = "\
    WITH p AS (SELECT ?::bigint AS me, ?::bigint AS first, ?::inet AS wide, ?::text AS domain, \
                      ?::text AS host, ?::bigint[] AS bands, ?::bigint[] AS words, \
                      ?::bigint AS event, ?::bigint AS each, ?::bigint AS most), \
    found AS ( \
      (SELECT m.application_id AS id FROM answer_marks m, p \
       WHERE m.hash = ANY (p.bands || p.words) AND m.application_id >= p.first \
       ORDER BY m.application_id DESC LIMIT (SELECT each * 4 FROM p)) \
      UNION (SELECT n.id FROM (SELECT a.id FROM applications a, p \
                 WHERE a.network <<= p.wide AND a.id >= p.first OFFSET 0) n \
             ORDER BY n.id DESC LIMIT (SELECT each FROM p)) \
      UNION (SELECT a.id FROM applications a, p WHERE a.mail_domain = p.domain AND a.id >= p.first \
             ORDER BY a.id DESC LIMIT (SELECT each FROM p)) \
      UNION (SELECT t.application_id FROM application_traits t, p \
             WHERE t.mail_host = p.host AND t.application_id >= p.first \
             ORDER BY t.application_id DESC LIMIT (SELECT each FROM p)) \
      UNION (SELECT a.id FROM applications a, p WHERE a.event_code_id = p.event \
             ORDER BY a.id DESC LIMIT (SELECT each FROM p))) \
    SELECT a.id, a.state, a.cluster_id, a.network, a.mail_domain, t.mail_host, a.fill_seconds, \
           a.submitted_at, u.username, t.minhash, coalesce(t.trap_filled, false), a.event_code_id, \
           EXISTS (SELECT 1 FROM answer_marks m WHERE m.application_id = a.id \
                   AND m.mark >= 16 AND m.hash = ANY (p.words)) \
    FROM found f JOIN applications a ON a.id = f.id JOIN users u ON u.id = a.user_id \
         LEFT JOIN application_traits t ON t.application_id = a.id, p \
    WHERE a.id <> p.me AND a.state IN (1, 2, 3, 4) \
    ORDER BY a.id DESC LIMIT (SELECT most FROM p)";

/// Others that share something, newest first, 300 at the most.
pub async fn near(conn: &mut Conn, around: &Around) -> Result<Vec<Kin>> {
    let rows: Vec<KinRow> = raw::<(
        BigInt,
        SmallInt,
        Nullable<BigInt>,
        Nullable<Inet>,
        Nullable<Text>,
        Nullable<Text>,
        Nullable<Integer>,
        Timestamptz,
        Text,
        Nullable<Binary>,
        Bool,
        Nullable<BigInt>,
        Bool,
    )>(NEAR)
    .bind::<BigInt, _>(around.application)
    .bind::<BigInt, _>(crate::domain::ids::first_at(around.since))
    .bind::<Nullable<Inet>, _>(around.wide)
    .bind::<Nullable<Text>, _>(around.mail_domain.clone())
    .bind::<Nullable<Text>, _>(around.mail_host.clone())
    .bind::<Array<BigInt>, _>(around.bands.clone())
    .bind::<Array<BigInt>, _>(around.words.clone())
    .bind::<Nullable<BigInt>, _>(around.event)
    .bind::<BigInt, _>(BY_EACH)
    .bind::<BigInt, _>(KIN)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(kin).collect())
}

fn kin(row: KinRow) -> Kin {
    Kin {
        id: row.0,
        state: row.1,
        cluster: row.2,
        network: row.3,
        mail_domain: row.4,
        mail_host: row.5,
        fill_seconds: row.6,
        submitted_at: row.7,
        username: row.8,
        minhash: row.9,
        trap_filled: row.10,
        event: row.11,
        same_words: row.12,
    }
}

/// Puts these into one cluster. Rows that somebody holds at the moment are passed over: the
/// next of their kind brings them in.
pub async fn set_cluster(conn: &mut Conn, ids: &[Id], cluster: Id) -> Result<()> {
    raw::<()>(
        "WITH p AS (SELECT ?::bigint AS cluster, ?::bigint[] AS ids) \
         UPDATE applications SET cluster_id = p.cluster FROM p WHERE id IN \
         (SELECT a.id FROM applications a, p WHERE a.id = ANY (p.ids) \
            AND a.cluster_id IS DISTINCT FROM p.cluster ORDER BY a.id FOR UPDATE OF a SKIP LOCKED)",
    )
    .bind::<BigInt, _>(cluster)
    .bind::<Array<BigInt>, _>(ids.to_vec())
    .execute(conn)
    .await?;
    Ok(())
}

/// How somebody waits: drafts that they keep, and when they were last here.
pub async fn habits(conn: &mut Conn, user: Id) -> Result<(i64, Option<DateTime<Utc>>)> {
    Ok(raw::<(BigInt, Nullable<Timestamptz>)>(
        "WITH p AS (SELECT ?::bigint AS who) \
         SELECT (SELECT count(*) FROM drafts d WHERE d.user_id = p.who), \
                greatest((SELECT max(s.last_seen_at) FROM sessions s WHERE s.user_id = p.who), \
                         (SELECT max(t.last_used_at) FROM tokens t WHERE t.user_id = p.who)) FROM p",
    )
    .bind::<BigInt, _>(user)
    .get_result(conn)
    .await?)
}
