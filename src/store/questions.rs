//! `questions` and `question_versions`.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::sql_types::{Array, BigInt, Date, Double, Integer, Nullable, Text};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use super::{Conn, raw};
use crate::domain::{Id, Result};
use crate::model::question::{QuestionKind, QuestionVersion};
use crate::model::schema::{answer_days, left_open, question_days, question_versions, questions};

/// Questions that are read: those of `gate::questions::edit::MOST`, and one too many, which it
/// refuses.
const LIMIT: i64 = 21;
/// Retired ones that are listed.
const RETIRED: i64 = 50;
/// One process seeds at a time.
const LOCK: &str = "SELECT pg_advisory_xact_lock(483127905130)::text";

/// A question that is asked, in its present words.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The words.
    pub version: QuestionVersion,
    /// 0: asked of everybody. Else the pool that it is picked from.
    pub pool: i16,
}

/// The newest version of every question that was not retired, in order.
pub async fn asked(conn: &mut Conn) -> Result<Vec<Asked>> {
    let rows: Vec<(QuestionVersion, i16)> = question_versions::table
        .inner_join(questions::table)
        .filter(questions::retired_at.is_null())
        .distinct_on((questions::position, questions::id))
        .order((
            questions::position.asc(),
            questions::id.asc(),
            question_versions::version.desc(),
        ))
        .select((QuestionVersion::as_select(), questions::pool))
        .limit(LIMIT)
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(version, pool)| Asked { version, pool })
        .collect())
}

/// The newest version of a question, retired or not, with its pool and whether it is asked.
pub async fn find(conn: &mut Conn, question: i64) -> Result<Option<(Asked, bool)>> {
    let row: Option<(QuestionVersion, i16, bool)> = question_versions::table
        .inner_join(questions::table)
        .filter(questions::id.eq(question))
        .order(question_versions::version.desc())
        .select((
            QuestionVersion::as_select(),
            questions::pool,
            questions::retired_at.is_null(),
        ))
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(|(version, pool, asked)| (Asked { version, pool }, asked)))
}

/// The newest versions of a question, 20 at the most.
pub async fn versions(conn: &mut Conn, question: i64) -> Result<Vec<QuestionVersion>> {
    Ok(question_versions::table
        .filter(question_versions::question_id.eq(question))
        .order(question_versions::version.desc())
        .limit(20)
        .select(QuestionVersion::as_select())
        .load(conn)
        .await?)
}

/// A question in the words of one of its versions.
pub async fn find_version(
    conn: &mut Conn,
    question: i64,
    version: i32,
) -> Result<Option<QuestionVersion>> {
    Ok(question_versions::table
        .filter(question_versions::question_id.eq(question))
        .filter(question_versions::version.eq(version))
        .select(QuestionVersion::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The newest versions of questions that are not asked any more, the last retired first.
pub async fn retired(conn: &mut Conn) -> Result<Vec<QuestionVersion>> {
    let mut rows: Vec<(QuestionVersion, i16, Option<DateTime<Utc>>)> = question_versions::table
        .inner_join(questions::table)
        .filter(questions::retired_at.is_not_null())
        .distinct_on(questions::id)
        .order((questions::id.desc(), question_versions::version.desc()))
        .select((
            QuestionVersion::as_select(),
            questions::pool,
            questions::retired_at,
        ))
        .limit(RETIRED)
        .load(conn)
        .await?;
    rows.sort_by_key(|(_, _, at)| std::cmp::Reverse(*at));
    Ok(rows.into_iter().map(|(version, ..)| version).collect())
}

/// These versions, in the order of their questions; unknown ids are left out.
pub async fn find_versions(conn: &mut Conn, ids: &[i64]) -> Result<Vec<QuestionVersion>> {
    Ok(question_versions::table
        .inner_join(questions::table)
        .filter(question_versions::id.eq_any(ids.to_vec()))
        .order((questions::position.asc(), questions::id.asc()))
        .select(QuestionVersion::as_select())
        .limit(LIMIT)
        .load(conn)
        .await?)
}

/// Required questions that an application was sent without an answer to, as far as they are
/// still asked, in their order and in the words of then.
pub async fn left_open(conn: &mut Conn, application: Id) -> Result<Vec<QuestionVersion>> {
    let ids = left_open::table
        .filter(left_open::application_id.eq(application))
        .select(left_open::question_version_id);
    Ok(question_versions::table
        .inner_join(questions::table)
        .filter(question_versions::id.eq_any(ids))
        .filter(questions::retired_at.is_null())
        .order((questions::position.asc(), questions::id.asc()))
        .select(QuestionVersion::as_select())
        .limit(LIMIT)
        .load(conn)
        .await?)
}

/// Whether a question was ever made, retired or not. Takes the lock under which the first
/// one is made.
pub async fn any_ever(conn: &mut Conn) -> Result<bool> {
    raw::<(Text,)>(LOCK).get_result::<(String,)>(conn).await?;
    let count: i64 = questions::table.count().get_result(conn).await?;
    Ok(count > 0)
}

/// A question in new words.
#[derive(Debug, Clone, PartialEq)]
pub struct NewVersion {
    /// How it is answered.
    pub kind: QuestionKind,
    /// What is asked, by language.
    pub labels: Value,
    /// The line below, by language.
    pub helps: Value,
    /// What there is to choose from.
    pub choices: Value,
    /// Must be answered.
    pub required: bool,
    /// Longest answer, in characters.
    pub max_length: i32,
    /// Who wrote it.
    pub by: Option<Id>,
}

/// Makes a question with its first version, after all others; gives its id.
pub async fn insert(conn: &mut Conn, new: NewVersion, pool: i16, at: DateTime<Utc>) -> Result<i64> {
    let last: Option<i16> = questions::table
        .select(diesel::dsl::max(questions::position))
        .first(conn)
        .await?;
    let id: i64 = diesel::insert_into(questions::table)
        .values((
            questions::position.eq(last.unwrap_or(0).saturating_add(1)),
            questions::pool.eq(pool),
            questions::created_at.eq(at),
        ))
        .returning(questions::id)
        .get_result(conn)
        .await?;
    insert_version(conn, id, 1, new, at).await?;
    Ok(id)
}

/// Gives a question new words; what was answered keeps the old ones.
pub async fn insert_version(
    conn: &mut Conn,
    question: i64,
    version: i32,
    new: NewVersion,
    at: DateTime<Utc>,
) -> Result<()> {
    diesel::insert_into(question_versions::table)
        .values((
            question_versions::question_id.eq(question),
            question_versions::version.eq(version),
            question_versions::kind.eq(new.kind),
            question_versions::labels.eq(new.labels),
            question_versions::helps.eq(new.helps),
            question_versions::choices.eq(new.choices),
            question_versions::required.eq(new.required),
            question_versions::max_length.eq(new.max_length),
            question_versions::created_by.eq(new.by),
            question_versions::created_at.eq(at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Puts a question into a pool, or (0) before everybody.
pub async fn set_pool(conn: &mut Conn, question: i64, pool: i16) -> Result<()> {
    diesel::update(questions::table.find(question))
        .set(questions::pool.eq(pool))
        .execute(conn)
        .await?;
    Ok(())
}

/// Stops asking (`Some`), or asks again (`None`).
pub async fn set_retired(conn: &mut Conn, question: i64, at: Option<DateTime<Utc>>) -> Result<()> {
    diesel::update(questions::table.find(question))
        .set(questions::retired_at.eq(at))
        .execute(conn)
        .await?;
    Ok(())
}

/// Numbers these questions in this order.
pub async fn set_order(conn: &mut Conn, questions: &[i64]) -> Result<()> {
    raw::<()>(
        "UPDATE questions q SET position = o.place::smallint \
         FROM unnest(?::bigint[]) WITH ORDINALITY o(id, place) WHERE q.id = o.id",
    )
    .bind::<Array<BigInt>, _>(questions.to_vec())
    .execute(conn)
    .await?;
    Ok(())
}

/// Adds to the counts of a day: versions with how often each was shown.
pub async fn add_shown(conn: &mut Conn, counts: &[(i64, i32)], day: NaiveDate) -> Result<()> {
    let (ids, shown): (Vec<i64>, Vec<i32>) = counts.iter().copied().unzip();
    raw::<()>(
        "INSERT INTO question_days (question_version_id, day, shown) \
         SELECT v.id, d.day, c.shown FROM (SELECT ?::date AS day) d, \
                unnest(?::bigint[], ?::int[]) c(id, shown) \
         JOIN question_versions v ON v.id = c.id ORDER BY v.id \
         ON CONFLICT (question_version_id, day) \
         DO UPDATE SET shown = question_days.shown + excluded.shown",
    )
    .bind::<Date, _>(day)
    .bind::<Array<BigInt>, _>(ids)
    .bind::<Array<Integer>, _>(shown)
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets the counts of days before this one: of forms, of answers.
pub async fn sweep_days(conn: &mut Conn, before: NaiveDate) -> Result<()> {
    diesel::delete(question_days::table.filter(question_days::day.lt(before)))
        .execute(conn)
        .await?;
    diesel::delete(answer_days::table.filter(answer_days::day.lt(before)))
        .execute(conn)
        .await?;
    Ok(())
}

/// What came of a version of a question.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct VersionFigures {
    /// `question_versions.id`.
    pub version: i64,
    /// Forms that showed it.
    pub shown: i64,
    /// Answers that were given, kept or not.
    pub answered: i64,
    /// The middle time over the form of those whose answers are kept, in seconds.
    pub median_seconds: Option<f64>,
    /// Decisions of people about those who answered, kept or not.
    pub decided: i64,
    /// Of those decisions, yeses.
    pub approved: i64,
    /// Of those approved whose answers are kept, suspended since.
    pub suspended: i64,
    /// Kept answers that somebody else gave too, but for case, spaces, punctuation and digits.
    pub same_words: i64,
}

// How many answered and were approved is counted by day: those refused are erased long before
// those approved. The rest is read from the answers that are there.
const FIGURES: &str = "\
    WITH p AS (SELECT ?::bigint[] AS ids, ?::date AS since) \
    SELECT v.id, \
        coalesce((SELECT sum(d.shown) FROM question_days d \
                  WHERE d.question_version_id = v.id AND d.day >= p.since), 0)::bigint, \
        c.answered, f.median_seconds, c.decided, c.approved, coalesce(f.suspended, 0), \
        coalesce((SELECT sum(s.n - 1) FROM (SELECT count(*) AS n FROM application_answers aa \
             JOIN applications ap ON ap.id = aa.application_id \
             WHERE aa.question_version_id = v.id AND aa.value <> '' AND ap.submitted_at >= p.since \
             GROUP BY coalesce(nullif(regexp_replace(lower(aa.value), '[^[:alpha:]]+', '', 'g'), ''), btrim(aa.value))) s), 0)::bigint \
    FROM p JOIN question_versions v ON v.id = ANY (p.ids) \
    CROSS JOIN LATERAL ( \
        SELECT coalesce(sum(d.answered), 0)::bigint AS answered, \
            coalesce(sum(d.approved + d.refused), 0)::bigint AS decided, \
            coalesce(sum(d.approved), 0)::bigint AS approved \
        FROM answer_days d WHERE d.question_version_id = v.id AND d.day >= p.since) c \
    LEFT JOIN LATERAL ( \
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY ap.fill_seconds::float8) AS median_seconds, \
            count(*) FILTER (WHERE ap.state = 3 AND coalesce(ac.flags, 0) & 2 <> 0) AS suspended \
        FROM application_answers aa \
        JOIN applications ap ON ap.id = aa.application_id AND ap.submitted_at >= p.since \
        JOIN users u ON u.id = ap.user_id \
        LEFT JOIN accounts ac ON ac.id = u.account_id \
        WHERE aa.question_version_id = v.id AND aa.value <> '') f ON true";

/// The figures of these versions since a day; all of them while the days are kept, and those
/// about answers themselves as far as these still are.
pub async fn figures(
    conn: &mut Conn,
    versions: &[i64],
    since: NaiveDate,
) -> Result<Vec<VersionFigures>> {
    type Row = (i64, i64, i64, Option<f64>, i64, i64, i64, i64);
    let rows: Vec<Row> = raw::<(
        BigInt,
        BigInt,
        BigInt,
        Nullable<Double>,
        BigInt,
        BigInt,
        BigInt,
        BigInt,
    )>(FIGURES)
    .bind::<Array<BigInt>, _>(versions.to_vec())
    .bind::<Date, _>(since)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(
            |(
                version,
                shown,
                answered,
                median_seconds,
                decided,
                approved,
                suspended,
                same_words,
            )| {
                VersionFigures {
                    version,
                    shown,
                    answered,
                    median_seconds,
                    decided,
                    approved,
                    suspended,
                    same_words,
                }
            },
        )
        .collect())
}
