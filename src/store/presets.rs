//! `decision_presets`: canned words of reviewers.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::domain::Result;
use crate::domain::application::PresetKind;
use crate::model::application::Preset;
use crate::model::schema::decision_presets;

/// All of them, by kind and title; `most` at the most.
pub async fn list(conn: &mut Conn, most: i64) -> Result<Vec<Preset>> {
    Ok(decision_presets::table
        .order((
            decision_presets::kind,
            decision_presets::title,
            decision_presets::id,
        ))
        .limit(most)
        .select(Preset::as_select())
        .load(conn)
        .await?)
}

/// One of them.
pub async fn find(conn: &mut Conn, id: i64) -> Result<Option<Preset>> {
    Ok(decision_presets::table
        .find(id)
        .select(Preset::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Writes one: a new one where `id` is `None`. Gives its id, or `None` when there is none of
/// that id.
pub async fn save(
    conn: &mut Conn,
    id: Option<i64>,
    kind: PresetKind,
    title: &str,
    body: &str,
    at: DateTime<Utc>,
) -> Result<Option<i64>> {
    let values = (
        decision_presets::kind.eq(kind),
        decision_presets::title.eq(title),
        decision_presets::body.eq(body),
        decision_presets::updated_at.eq(at),
    );
    Ok(match id {
        None => Some(
            diesel::insert_into(decision_presets::table)
                .values(values)
                .returning(decision_presets::id)
                .get_result(conn)
                .await?,
        ),
        Some(id) => diesel::update(decision_presets::table.find(id))
            .set(values)
            .returning(decision_presets::id)
            .get_result(conn)
            .await
            .optional()?,
    })
}

/// Deletes one; `false` when there was none.
pub async fn delete(conn: &mut Conn, id: i64) -> Result<bool> {
    let gone = diesel::delete(decision_presets::table.find(id))
        .execute(conn)
        .await?;
    Ok(gone == 1)
}
