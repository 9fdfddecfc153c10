//! Private pictures of drafts (D7), as publishing needs them.

use diesel::sql_types::{BigInt, Integer, Nullable, Text};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};

/// A private picture of a draft.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftPicture {
    /// In private storage.
    pub path: String,
    /// The type it is served as.
    pub mime: String,
    /// Bytes.
    pub size: i32,
    /// Pixels.
    pub width: Option<i32>,
    /// Pixels.
    pub height: Option<i32>,
    /// A blurred stand-in.
    pub blurhash: Option<String>,
    /// Alternative text, or empty.
    pub description: String,
}

/// The pictures of a user's draft in their order; four at the most.
pub async fn of_draft(conn: &mut Conn, user: Id, draft: Id) -> Result<Vec<DraftPicture>> {
    type Columns = (
        Text,
        Text,
        Integer,
        Nullable<Integer>,
        Nullable<Integer>,
        Nullable<Text>,
        Text,
    );
    type Row = (
        String,
        String,
        i32,
        Option<i32>,
        Option<i32>,
        Option<String>,
        String,
    );
    let rows: Vec<Row> = raw::<Columns>(
        "SELECT path, mime, size, width, height, blurhash, description FROM draft_media \
         WHERE draft_id = ? AND user_id = ? ORDER BY position, id LIMIT 4",
    )
    .bind::<BigInt, _>(draft)
    .bind::<BigInt, _>(user)
    .load(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(
            |(path, mime, size, width, height, blurhash, description)| DraftPicture {
                path,
                mime,
                size,
                width,
                height,
                blurhash,
                description,
            },
        )
        .collect())
}
