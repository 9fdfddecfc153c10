//! The schema's history, compiled in.

use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::{
    AsyncConnection, AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::domain::{Error, Result};

/// Every migration of this version.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!();

/// One process migrates at a time; the number is ours alone ("porch").
const LOCK: &str = "SELECT pg_advisory_lock(483127905128)";

mod ledger {
    //! diesel's own table of what was applied.
    #![allow(missing_docs)]
    diesel::table! {
        __diesel_schema_migrations (version) {
            version -> VarChar,
            run_on -> Timestamp,
        }
    }
}
use ledger::__diesel_schema_migrations;

/// Where a database stands against this version of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// All applied.
    Current,
    /// So many are not applied yet.
    Behind(usize),
    /// It has migrations that this version does not know: a newer version wrote it.
    Ahead(String),
}

/// Compares the database with [`MIGRATIONS`]. Reads only.
pub async fn standing(url: &str) -> Result<Standing> {
    let mut conn = AsyncPgConnection::establish(url).await?;
    standing_of(&mut conn).await
}

async fn standing_of(conn: &mut AsyncPgConnection) -> Result<Standing> {
    let known = known_versions()?;
    let there: bool = diesel::select(diesel::dsl::sql::<diesel::sql_types::Bool>(
        "to_regclass('__diesel_schema_migrations') IS NOT NULL",
    ))
    .get_result(conn)
    .await?;
    if !there {
        return Ok(Standing::Behind(known.len()));
    }
    let applied: Vec<String> = __diesel_schema_migrations::table
        .select(__diesel_schema_migrations::version)
        .order(__diesel_schema_migrations::version.asc())
        .load(conn)
        .await?;
    if let Some(unknown) = applied.iter().rev().find(|v| !known.contains(v)) {
        return Ok(Standing::Ahead(unknown.clone()));
    }
    let missing = known.iter().filter(|v| !applied.contains(v)).count();
    Ok(if missing == 0 {
        Standing::Current
    } else {
        Standing::Behind(missing)
    })
}

/// Applies what is missing, in order, under an advisory lock; gives the names applied.
///
/// Must run on a multi-threaded runtime (the harness blocks in place). A database of a
/// newer version is refused with a sentence and left as it is.
pub async fn migrate(url: &str) -> Result<Vec<String>> {
    let mut conn = AsyncPgConnection::establish(url).await?;
    conn.batch_execute(LOCK).await?;
    if let Standing::Ahead(version) = standing_of(&mut conn).await? {
        return Err(Error::Conflict(
            format!(
                "This database was written by a newer Porchlight (migration {version}); \
                 start that version, or restore a backup made before it."
            )
            .into(),
        ));
    }
    let mut harness = AsyncMigrationHarness::new(conn);
    let applied = harness
        .run_pending_migrations(MIGRATIONS)
        .map_err(|e| Error::broken(format!("a migration failed: {e}")))?;
    Ok(applied.iter().map(ToString::to_string).collect())
}

fn known_versions() -> Result<Vec<String>> {
    type All = Vec<Box<dyn diesel::migration::Migration<diesel::pg::Pg>>>;
    let all: All = diesel::migration::MigrationSource::migrations(&MIGRATIONS)
        .map_err(|e| Error::broken(format!("the compiled-in migrations: {e}")))?;
    Ok(all.iter().map(|m| m.name().version().to_string()).collect())
}
