//! What the menu of a page shows, in one statement.

use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::{Id, Result};

/// For the menu of a member.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Menu {
    /// May be empty.
    pub display_name: String,
    /// Path in the media store.
    pub avatar_path: Option<String>,
    /// Notifications above the marker, counted to 100 and no further.
    pub unread: i64,
    /// Applicants whom they are asked about, up to 20.
    pub asked: i64,
}

/// The menu of one account; `None` when there is no such account.
pub async fn find(conn: &mut Conn, account_id: Id) -> Result<Option<Menu>> {
    let row: Option<(String, Option<String>, i64, i64)> =
        raw::<(Text, Nullable<Text>, BigInt, BigInt)>(
            "SELECT a.display_name, a.avatar_path,
                (SELECT count(*) FROM (
                    SELECT 1 FROM notifications n
                    WHERE n.account_id = a.id AND NOT n.filtered
                      AND n.id > coalesce((SELECT m.last_read_id FROM markers m
                                           JOIN users u ON u.id = m.user_id
                                           WHERE u.account_id = a.id AND m.timeline = 1), 0)
                    LIMIT 100) newer),
                (SELECT count(*) FROM (
                    SELECT 1 FROM users u JOIN vouches v ON v.user_id = u.id AND v.answer IS NULL
                    JOIN applications x ON x.id = v.application_id AND x.state IN (1, 2)
                    WHERE u.account_id = a.id LIMIT 20) asked)
         FROM accounts a WHERE a.id = ?",
        )
        .bind::<BigInt, _>(account_id)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(|(display_name, avatar_path, unread, asked)| Menu {
        display_name,
        avatar_path,
        unread,
        asked,
    }))
}
