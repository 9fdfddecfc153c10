//! `draft_media`: private pictures of drafts (D7), until they are attached and after.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Timestamptz};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, PgExpressionMethods, QueryDsl,
    SelectableHelper,
};
use diesel_async::RunQueryDsl;

use super::{Conn, raw};
use crate::domain::{Id, Result};
use crate::model::draft::DraftPicture;
use crate::model::schema::draft_media;

/// Pictures that one statement of this file gives at the most; a user's own are limited
/// far below.
const MOST: i64 = 200;

/// A picture that was stored, of no draft yet.
#[derive(Debug, Clone, Default)]
pub struct NewDraftPicture {
    /// In private storage.
    pub path: String,
    /// The type it is served as.
    pub mime: String,
    /// Bytes.
    pub size: i32,
    /// Pixels.
    pub width: i32,
    /// Pixels.
    pub height: i32,
    /// A blurred stand-in.
    pub blurhash: String,
    /// Alternative text, or empty.
    pub description: String,
    /// The point that should stay in view, -1 to 1: left to right, bottom to top.
    pub focus: Option<(f32, f32)>,
}

/// What a user keeps: bytes in all, and pictures that no draft has.
pub async fn kept(conn: &mut Conn, user: Id) -> Result<(i64, i64)> {
    Ok(raw::<(BigInt, BigInt)>(
        "SELECT coalesce(sum(size), 0)::bigint, count(*) FILTER (WHERE draft_id IS NULL) \
         FROM draft_media WHERE user_id = ?",
    )
    .bind::<BigInt, _>(user)
    .get_result(conn)
    .await?)
}

/// Writes a picture that belongs to no draft yet.
pub async fn insert(
    conn: &mut Conn,
    user: Id,
    new: &NewDraftPicture,
    at: DateTime<Utc>,
) -> Result<DraftPicture> {
    let (id,): (i64,) = raw::<(BigInt,)>("SELECT next_id(?)")
        .bind::<Timestamptz, _>(at)
        .get_result(conn)
        .await?;
    Ok(diesel::insert_into(draft_media::table)
        .values((
            draft_media::id.eq(id),
            draft_media::user_id.eq(user),
            draft_media::path.eq(&new.path),
            draft_media::mime.eq(&new.mime),
            draft_media::size.eq(new.size),
            draft_media::width.eq(new.width),
            draft_media::height.eq(new.height),
            draft_media::blurhash.eq(&new.blurhash),
            draft_media::description.eq(&new.description),
            draft_media::focus_x.eq(new.focus.map(|(x, _)| x)),
            draft_media::focus_y.eq(new.focus.map(|(_, y)| y)),
            draft_media::created_at.eq(at),
        ))
        .returning(DraftPicture::as_returning())
        .get_result(conn)
        .await?)
}

/// The pictures of a user's drafts, by draft and in their order.
pub async fn of_drafts(conn: &mut Conn, user: Id, drafts: &[Id]) -> Result<Vec<DraftPicture>> {
    if drafts.is_empty() {
        return Ok(Vec::new());
    }
    Ok(draft_media::table
        .filter(draft_media::draft_id.eq_any(drafts.to_vec()))
        .filter(draft_media::user_id.eq(user))
        .order((
            draft_media::draft_id,
            draft_media::position,
            draft_media::id,
        ))
        .limit(MOST)
        .select(DraftPicture::as_select())
        .load(conn)
        .await?)
}

/// The pictures of many drafts, by draft and in their order; `most` at the most.
pub async fn of_many(conn: &mut Conn, drafts: &[Id], most: i64) -> Result<Vec<DraftPicture>> {
    if drafts.is_empty() {
        return Ok(Vec::new());
    }
    Ok(draft_media::table
        .filter(draft_media::draft_id.eq_any(drafts.to_vec()))
        .order((
            draft_media::draft_id,
            draft_media::position,
            draft_media::id,
        ))
        .limit(most)
        .select(DraftPicture::as_select())
        .load(conn)
        .await?)
}

/// A user's own picture that no draft has.
pub async fn find_loose(conn: &mut Conn, user: Id, id: Id) -> Result<Option<DraftPicture>> {
    Ok(draft_media::table
        .find(id)
        .filter(draft_media::user_id.eq(user))
        .filter(draft_media::draft_id.is_null())
        .select(DraftPicture::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Writes words and focus of a user's own picture; `draft` says which draft must have it,
/// `None` that none may. Gives `None` when there is no such picture.
pub async fn describe(
    conn: &mut Conn,
    user: Id,
    id: Id,
    draft: Option<Id>,
    description: &str,
    focus: Option<(f32, f32)>,
) -> Result<Option<DraftPicture>> {
    Ok(diesel::update(draft_media::table.find(id))
        .filter(draft_media::user_id.eq(user))
        .filter(draft_media::draft_id.is_not_distinct_from(draft))
        .set((
            draft_media::description.eq(description),
            draft_media::focus_x.eq(focus.map(|(x, _)| x)),
            draft_media::focus_y.eq(focus.map(|(_, y)| y)),
        ))
        .returning(DraftPicture::as_returning())
        .get_result(conn)
        .await
        .optional()?)
}

/// Gives a draft a user's own picture at this place; `false` when there is none, or another
/// draft has it.
pub async fn attach(conn: &mut Conn, user: Id, draft: Id, id: Id, position: i16) -> Result<bool> {
    let attached = diesel::update(draft_media::table.find(id))
        .filter(draft_media::user_id.eq(user))
        .filter(
            draft_media::draft_id
                .is_null()
                .or(draft_media::draft_id.eq(draft)),
        )
        .set((
            draft_media::draft_id.eq(draft),
            draft_media::position.eq(position),
        ))
        .execute(conn)
        .await?;
    Ok(attached == 1)
}

/// Takes the pictures off a draft that is about to go; they stay as uploads for a while.
pub async fn detach(conn: &mut Conn, user: Id, draft: Id) -> Result<()> {
    diesel::update(draft_media::table)
        .filter(draft_media::draft_id.eq(draft))
        .filter(draft_media::user_id.eq(user))
        .set(draft_media::draft_id.eq(None::<i64>))
        .execute(conn)
        .await?;
    Ok(())
}

/// Deletes a user's own pictures; gives the paths of their files, which are the caller's.
pub async fn delete(conn: &mut Conn, user: Id, ids: &[Id]) -> Result<Vec<String>> {
    Ok(diesel::delete(draft_media::table)
        .filter(draft_media::id.eq_any(ids.to_vec()))
        .filter(draft_media::user_id.eq(user))
        .returning(draft_media::path)
        .get_results(conn)
        .await?)
}

/// Deletes pictures from before `before` that no draft has, a hundred at the most; gives the
/// paths of their files.
pub async fn sweep(conn: &mut Conn, before: DateTime<Utc>) -> Result<Vec<String>> {
    const OLD: &str = "DELETE FROM draft_media WHERE id IN ( \
        SELECT id FROM draft_media WHERE draft_id IS NULL AND created_at < ? LIMIT 100) \
        RETURNING path";
    let rows: Vec<(String,)> = raw::<(diesel::sql_types::Text,)>(OLD)
        .bind::<Timestamptz, _>(before)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(path,)| path).collect())
}
