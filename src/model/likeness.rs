//! What hints are made of, beside an application.

use diesel::pg::Pg;
use diesel::{Queryable, Selectable};

use super::schema::application_traits;

/// A row of `application_traits`.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = application_traits, check_for_backend(Pg))]
pub struct Traits {
    pub application_id: i64,
    pub mail_state: i16,
    pub mail_host: Option<String>,
    pub trap_filled: bool,
    pub answers_digest: Option<Vec<u8>>,
    pub minhash: Option<Vec<u8>>,
}
