//! `questions` and `question_versions`.

use chrono::{DateTime, Utc};
use diesel::sql_types::Text;
use diesel::{ExpressionMethods, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use super::{Conn, raw};
use crate::domain::Result;
use crate::model::question::{QuestionKind, QuestionVersion};
use crate::model::schema::{question_versions, questions};

/// Questions asked at one time; the limit of registration.md C3 is 5, retired ones aside.
const LIMIT: i64 = 20;
/// One process seeds at a time.
const LOCK: &str = "SELECT pg_advisory_xact_lock(483127905130)::text";

/// What is asked now: the newest version of every question that was not retired, in order.
pub async fn asked(conn: &mut Conn) -> Result<Vec<QuestionVersion>> {
    Ok(question_versions::table
        .inner_join(questions::table)
        .filter(questions::retired_at.is_null())
        .distinct_on((questions::position, questions::id))
        .order((
            questions::position.asc(),
            questions::id.asc(),
            question_versions::version.desc(),
        ))
        .select(QuestionVersion::as_select())
        .limit(LIMIT)
        .load(conn)
        .await?)
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

/// Whether a question was ever made, retired or not. Takes the lock under which the first
/// one is made.
pub async fn any_ever(conn: &mut Conn) -> Result<bool> {
    raw::<(Text,)>(LOCK).get_result::<(String,)>(conn).await?;
    let count: i64 = questions::table.count().get_result(conn).await?;
    Ok(count > 0)
}

/// A question to be made.
#[derive(Debug, Clone, PartialEq)]
pub struct NewQuestion {
    /// Its place.
    pub position: i16,
    /// How it is answered.
    pub kind: QuestionKind,
    /// What is asked, by language.
    pub labels: Value,
    /// The line below, by language.
    pub helps: Value,
    /// Must be answered.
    pub required: bool,
    /// Longest answer, in characters.
    pub max_length: i32,
}

/// Makes a question with its first version.
pub async fn insert(conn: &mut Conn, new: NewQuestion, at: DateTime<Utc>) -> Result<()> {
    let id: i64 = diesel::insert_into(questions::table)
        .values((
            questions::position.eq(new.position),
            questions::created_at.eq(at),
        ))
        .returning(questions::id)
        .get_result(conn)
        .await?;
    diesel::insert_into(question_versions::table)
        .values((
            question_versions::question_id.eq(id),
            question_versions::version.eq(1),
            question_versions::kind.eq(new.kind),
            question_versions::labels.eq(new.labels),
            question_versions::helps.eq(new.helps),
            question_versions::required.eq(new.required),
            question_versions::max_length.eq(new.max_length),
            question_versions::created_at.eq(at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
