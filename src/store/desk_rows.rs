//! What a row of the desk's queue says beside the application itself: all rows of a page in one
//! statement.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Timestamptz};
use diesel_async::RunQueryDsl;

use super::{Conn, raw};
use crate::domain::{Id, Result};

/// What is known of one application.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Known {
    /// It was asked something, and its last word was an answer.
    pub answered_back: bool,
    /// It came by an invite.
    pub invited: bool,
    /// A member said that they know them.
    pub vouched: bool,
    /// The field that people do not see was filled in.
    pub trap: bool,
    /// A block of its network stands.
    pub network_block: bool,
    /// A block of its mail domain, or of the servers that take its mail, stands.
    pub mail_block: bool,
}

// Domains are asked for by name, the domain itself and each above it: as many look-ups in an
// index as it has parts, however many blocks there are.
const KNOWN: &str = "\
    WITH p AS (SELECT ?::bigint[] AS ids, ?::timestamptz AS now) \
    SELECT a.id, \
      a.state = 1 AND coalesce((SELECT m.kind = 1 FROM application_messages m WHERE m.application_id = a.id \
          AND m.kind IN (0, 1) ORDER BY m.id DESC LIMIT 1), false), \
      EXISTS (SELECT 1 FROM invite_nodes n WHERE n.user_id = a.user_id AND n.parent_id IS NOT NULL), \
      EXISTS (SELECT 1 FROM vouches v WHERE v.application_id = a.id AND v.answer = 0), \
      coalesce(t.trap_filled, false), \
      EXISTS (SELECT 1 FROM network_blocks b WHERE b.network >>= a.network \
          AND (b.expires_at IS NULL OR b.expires_at > p.now)), \
      EXISTS (SELECT 1 FROM mail_blocks b WHERE b.domain IN ( \
          SELECT array_to_string(d.parts[n:], '.') FROM (SELECT string_to_array(a.mail_domain, '.') AS parts) d, \
              generate_series(1, cardinality(d.parts)) n)) \
        OR EXISTS (SELECT 1 FROM mail_blocks b WHERE b.hosts AND b.domain IN ( \
          SELECT array_to_string(d.parts[n:], '.') FROM (SELECT string_to_array(t.mail_host, '.') AS parts) d, \
              generate_series(1, cardinality(d.parts)) n)) \
    FROM p JOIN applications a ON a.id = ANY (p.ids) LEFT JOIN application_traits t ON t.application_id = a.id";

/// What is known of these, in no order; 500 at the most.
pub async fn known(
    conn: &mut Conn,
    applications: &[Id],
    now: DateTime<Utc>,
) -> Result<Vec<(Id, Known)>> {
    type Row = (BigInt, Bool, Bool, Bool, Bool, Bool, Bool);
    let rows: Vec<(Id, bool, bool, bool, bool, bool, bool)> = raw::<Row>(KNOWN)
        .bind::<Array<BigInt>, _>(applications.to_vec())
        .bind::<Timestamptz, _>(now)
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let known = Known {
                answered_back: row.1,
                invited: row.2,
                vouched: row.3,
                trap: row.4,
                network_block: row.5,
                mail_block: row.6,
            };
            (row.0, known)
        })
        .collect())
}
