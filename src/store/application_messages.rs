//! `application_messages`: what staff and applicants say to each other about an application,
//! and the notes of staff.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::domain::application::MessageKind;
use crate::domain::{Id, Result};
use crate::model::application::ApplicationMessage;
use crate::model::schema::application_messages;

/// What is read of one application at the most: the oldest. Use cases refuse to write more.
pub const MOST: i64 = 100;

/// Keeps a message; gives its id. `author` is a user: a reviewer, or the applicant.
pub async fn insert(
    conn: &mut Conn,
    application: Id,
    kind: MessageKind,
    author: Id,
    body: &str,
    at: DateTime<Utc>,
) -> Result<i64> {
    Ok(diesel::insert_into(application_messages::table)
        .values((
            application_messages::application_id.eq(application),
            application_messages::kind.eq(kind),
            application_messages::author_id.eq(author),
            application_messages::body.eq(body),
            application_messages::created_at.eq(at),
        ))
        .returning(application_messages::id)
        .get_result(conn)
        .await?)
}

/// Takes a note away; `false` where there is none.
pub async fn delete_note(conn: &mut Conn, application: Id, id: i64) -> Result<bool> {
    let note = application_messages::table
        .find(id)
        .filter(application_messages::application_id.eq(application))
        .filter(application_messages::kind.eq(MessageKind::Note));
    Ok(diesel::delete(note).execute(conn).await? == 1)
}

/// What was said about an application, in the order of time, [`MOST`] at the most. Whoever
/// shows it to the applicant leaves out [`MessageKind::Note`].
pub async fn list(conn: &mut Conn, application: Id) -> Result<Vec<ApplicationMessage>> {
    Ok(application_messages::table
        .filter(application_messages::application_id.eq(application))
        .order(application_messages::id)
        .limit(MOST)
        .select(ApplicationMessage::as_select())
        .load(conn)
        .await?)
}
