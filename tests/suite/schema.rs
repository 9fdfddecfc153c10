//! The schema: what the program believes of it, what the design asks of it, and its history.

use std::collections::BTreeMap;

use diesel_async::{AsyncConnection, AsyncMigrationHarness, AsyncPgConnection};
use diesel_migrations::MigrationHarness;
use porchlight::store::migrations::{self, MIGRATIONS, Standing};

use crate::support::cluster::{cluster, connect};

mod history;

/// Columns that diesel is built for (`32-column-tables`), and the design's limit.
const MAX_COLUMNS: usize = 32;

/// Runs a test on a bare database: migrated, or with nothing in it.
pub fn on_a_database(migrated: bool, test: impl AsyncFnOnce(&str, &tokio_postgres::Client)) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let name = cluster().name();
        cluster().create(&name, migrated).await;
        let url = cluster().database_url(&name);
        let client = connect(&url).await;
        test(&url, &client).await;
        drop(client);
        cluster().drop(&name).await;
    });
}

/// Table to columns in order, each as `name type` with a question mark where it may be null.
type Tables = BTreeMap<String, Vec<String>>;

async fn tables_of(client: &tokio_postgres::Client) -> Tables {
    let rows = client
        .query(
            // The one type that diesel does not know; its column is read by hand-written SQL.
            "SELECT c.relname::text, a.attname::text, t.typname::text, a.attnotnull \
             FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid \
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 \
               AND NOT a.attisdropped AND t.typname <> 'tsvector' AND c.relname <> '__diesel_schema_migrations' \
             ORDER BY c.relname, a.attnum",
            &[],
        )
        .await
        .expect("the catalogue");
    let mut tables = Tables::new();
    for row in rows {
        let (table, column, kind, required): (String, String, String, bool) =
            (row.get(0), row.get(1), row.get(2), row.get(3));
        let mark = if required { "" } else { "?" };
        tables
            .entry(table)
            .or_default()
            .push(format!("{column} {kind}{mark}"));
    }
    tables
}

/// The `table!` blocks of the schema file, in the database's words.
fn tables_in(file: &str) -> Tables {
    let mut tables = Tables::new();
    for block in file.split("diesel::table! {").skip(1) {
        let block = &block[..block.find("\n}").expect("a block ends")];
        let (head, body) = block.split_once('{').expect("a table has a body");
        let name = head.split('(').next().expect("a name").trim();
        let columns = body.lines().filter_map(|line| {
            let (column, kind) = line.trim().trim_end_matches(',').split_once(" -> ")?;
            let (kind, mark) = match kind.strip_prefix("Nullable<") {
                Some(inner) => (&inner[..inner.len() - 1], "?"),
                None => (kind, ""),
            };
            let kind = match kind {
                "Array<Int8>" => "_int8".to_owned(),
                "Array<Text>" => "_text".to_owned(),
                other => other.to_lowercase(),
            };
            let column = column.trim_start_matches("r#");
            Some(format!("{column} {kind}{mark}"))
        });
        tables.insert(name.to_owned(), columns.collect());
    }
    tables
}

#[test]
fn the_schema_file_agrees_with_the_database() {
    on_a_database(true, async |_, client| {
        let there = tables_of(client).await;
        let believed = tables_in(include_str!("../../src/model/schema.rs"));
        assert!(believed.len() > 30, "the file was read: {}", believed.len());
        for (table, columns) in &believed {
            assert_eq!(
                there.get(table),
                Some(columns),
                "table {table}: the database is on the left"
            );
        }
    });
}

#[test]
fn every_foreign_key_has_an_index() {
    on_a_database(true, async |_, client| {
        let rows = client
            .query(
                "SELECT k.conrelid::regclass::text || '.' || k.conname FROM pg_constraint k \
                 WHERE k.contype = 'f' AND NOT EXISTS ( \
                   SELECT 1 FROM pg_index i WHERE i.indrelid = k.conrelid \
                     AND (i.indkey::smallint[])[0:cardinality(k.conkey) - 1] @> k.conkey \
                     AND (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) ~ '^\\(\\w+ IS NOT NULL\\)$')) \
                 ORDER BY 1",
                &[],
            )
            .await
            .expect("the catalogue");
        let bare: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        assert!(
            bare.is_empty(),
            "foreign keys without an index that starts with them: {bare:?}"
        );
    });
}

#[test]
fn tables_are_narrow_and_say_what_they_are_for() {
    on_a_database(true, async |_, client| {
        let tables = tables_of(client).await;
        for (table, columns) in &tables {
            assert!(
                columns.len() <= MAX_COLUMNS,
                "{table} has {} columns",
                columns.len()
            );
        }
        let rows = client
            .query(
                "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace \
                 AND relkind = 'r' AND obj_description(oid) IS NULL AND relname <> '__diesel_schema_migrations'",
                &[],
            )
            .await
            .expect("the catalogue");
        let silent: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        assert!(silent.is_empty(), "tables without a comment: {silent:?}");
    });
}

#[test]
fn small_numbers_and_texts_have_bounds() {
    // D25
    on_a_database(true, async |_, client| {
        let rows = client
            .query(
                "SELECT a.attrelid::regclass::text || '.' || a.attname FROM pg_attribute a \
                 JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid \
                 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 \
                   AND NOT a.attisdropped AND t.typname IN ('text', '_text', 'int2', '_int2') \
                   AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid \
                     AND k.contype = 'c' AND a.attnum = ANY (k.conkey)) ORDER BY 1",
                &[],
            )
            .await
            .expect("the catalogue");
        let boundless: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        assert!(boundless.is_empty(), "no CHECK: {boundless:?}");
    });
}

#[test]
fn times_have_a_zone_and_enumerations_are_numbers() {
    on_a_database(true, async |_, client| {
        for (table, columns) in tables_of(client).await {
            for column in columns {
                assert!(
                    !column.contains(" timestamp ") && !column.ends_with(" timestamp"),
                    "{table}.{column}"
                );
                assert!(
                    !column.contains(" varchar"),
                    "{table}.{column}: text with a CHECK instead"
                );
            }
        }
        let enums: i64 = client
            .query_one("SELECT count(*) FROM pg_type WHERE typtype = 'e'", &[])
            .await
            .expect("types")
            .get(0);
        assert_eq!(enums, 0, "enums are numbers with a CHECK (D25)");
    });
}

#[test]
fn migrations_go_down_and_up_again() {
    on_a_database(false, async |url, client| {
        let names = migrations::migrate(url)
            .await
            .expect("all apply to an empty database");
        let before = tables_of(client).await;
        assert!(before.len() > 30 && names.len() > 5);
        assert_eq!(
            migrations::standing(url).await.expect("an answer"),
            Standing::Current
        );

        let conn = AsyncPgConnection::establish(url)
            .await
            .expect("a connection");
        let mut harness = AsyncMigrationHarness::new(conn);
        harness
            .revert_all_migrations(MIGRATIONS)
            .expect("all revert");
        assert_eq!(tables_of(client).await, Tables::new(), "nothing stays");
        let left: i64 = client
            .query_one(
                "SELECT (SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace) \
                      + (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'S')",
                &[],
            )
            .await
            .expect("the catalogue")
            .get(0);
        assert_eq!(left, 0, "no function and no sequence stays");
        assert_eq!(
            migrations::standing(url).await.expect("an answer"),
            Standing::Behind(names.len())
        );

        migrations::migrate(url).await.expect("all apply again");
        assert_eq!(tables_of(client).await, before);
    });
}

#[test]
fn a_database_of_a_newer_version_is_refused_and_left_as_it_is() {
    on_a_database(true, async |url, client| {
        client
            .batch_execute(
                "INSERT INTO __diesel_schema_migrations (version, run_on) VALUES ('29991231000000', '2999-12-31')",
            )
            .await
            .expect("a row");
        let before = tables_of(client).await;
        let standing = migrations::standing(url).await.expect("an answer");
        assert_eq!(standing, Standing::Ahead("29991231000000".into()));
        let error = migrations::migrate(url)
            .await
            .expect_err("it is refused")
            .sentence();
        assert!(
            error.contains("newer Porchlight") && error.contains("29991231000000"),
            "{error}"
        );
        assert_eq!(tables_of(client).await, before);
    });
}

#[test]
fn two_that_migrate_at_once_do_it_once() {
    on_a_database(false, async |url, _| {
        let (one, two) = tokio::join!(
            tokio::spawn({
                let url = url.to_owned();
                async move { migrations::migrate(&url).await }
            }),
            tokio::spawn({
                let url = url.to_owned();
                async move { migrations::migrate(&url).await }
            }),
        );
        let one = one.expect("no panic").expect("the first");
        let two = two.expect("no panic").expect("the second");
        assert!(one.is_empty() != two.is_empty(), "{one:?} {two:?}");
    });
}

#[test]
fn the_logs_of_acts_can_only_grow() {
    on_a_database(true, async |_, client| {
        client
            .batch_execute(
                "INSERT INTO audit_log (at, act, subject_kind, hash) VALUES ('2026-01-01', 'x', 'y', '\\x00'); \
                 INSERT INTO door_history (at, to_mode, reason) VALUES ('2026-01-01', 1, 0)",
            )
            .await
            .expect("rows can be added");
        for table in ["audit_log", "door_history"] {
            for statement in [
                format!("UPDATE {table} SET at = '2027-01-01'"),
                format!("DELETE FROM {table}"),
                format!("TRUNCATE {table}"),
            ] {
                let error = client
                    .batch_execute(&statement)
                    .await
                    .expect_err(&statement);
                let words = error.as_db_error().map_or("", |e| e.message()).to_owned();
                assert!(words.contains("append-only"), "{statement}: {words}");
            }
        }
    });
}
