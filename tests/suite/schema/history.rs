//! The schema's history on a database that people live in: the first set of migrations, rows
//! in each of its tables, then every later migration, one by one, up, down and up again; rows in
//! what the newer ones made, too.

use std::collections::BTreeMap;

use diesel::migration::Migration;
use diesel::pg::Pg;
use diesel_async::{AsyncConnection, AsyncMigrationHarness, AsyncPgConnection};
use diesel_migrations::MigrationHarness;
use porchlight::store::migrations::{self, MIGRATIONS, Standing};

use super::{on_a_database, tables_of};

/// The first set is what comes before: the schema of the walking house.
const LATER: &str = "20261122";

/// One row and more for each table of the first set.
const PEOPLE: &str = include_str!("people.sql");

/// Rows for the tables that later migrations make: sections, each begun by a line with the name of
/// the migration that they come after.
const LATER_PEOPLE: &str = include_str!("later_people.sql");

/// The section of a migration.
fn people_after(name: &str) -> Option<&'static str> {
    LATER_PEOPLE
        .split("-- after ")
        .skip(1)
        .filter_map(|section| section.split_once('\n'))
        .find(|(of, _)| name.starts_with(of.trim()))
        .map(|(_, rows)| rows)
}

/// Names of the migrations of this version that come after the first set, in order.
fn later() -> Vec<String> {
    let all: Vec<Box<dyn Migration<Pg>>> =
        diesel::migration::MigrationSource::migrations(&MIGRATIONS).expect("they are compiled in");
    let mut names: Vec<String> = all.iter().map(|m| m.name().to_string()).collect();
    names.sort();
    names.retain(|name| name.replace('-', "").as_str() >= LATER);
    names
}

/// How many rows each table has.
async fn rows(client: &tokio_postgres::Client) -> BTreeMap<String, i64> {
    let mut counts = BTreeMap::new();
    for table in tables_of(client).await.into_keys() {
        let count = client
            .query_one(&format!("SELECT count(*) FROM {table}"), &[])
            .await
            .unwrap_or_else(|error| panic!("{table}: {error:?}"));
        counts.insert(table, count.get(0));
    }
    counts
}

#[test]
fn later_migrations_run_where_people_live_and_lose_nobody() {
    on_a_database(false, async |url, client| {
        let later = later();
        assert!(!later.is_empty());
        let conn = AsyncPgConnection::establish(url)
            .await
            .expect("a connection");
        let mut harness = AsyncMigrationHarness::new(conn);
        let first = harness
            .pending_migrations(MIGRATIONS)
            .expect("a list")
            .len()
            - later.len();
        for _ in 0..first {
            harness
                .run_next_migration(MIGRATIONS)
                .expect("the first set applies");
        }
        client.batch_execute(PEOPLE).await.expect("people move in");
        let (shape, people) = (tables_of(client).await, rows(client).await);
        let empty: Vec<&String> = people.iter().filter(|p| *p.1 == 0).map(|p| p.0).collect();
        assert!(empty.is_empty(), "tables without a row: {empty:?}");

        let sections = LATER_PEOPLE.matches("-- after ").count();
        for round in 0..2 {
            let (mut before, mut moved_in) = (people.clone(), 0);
            for name in &later {
                let applied = harness.run_next_migration(MIGRATIONS);
                applied.unwrap_or_else(|error| panic!("{name}, round {round}: {error}"));
                let now = rows(client).await;
                for (table, count) in &before {
                    let left = now.get(table);
                    assert!(
                        left.is_none_or(|left| left >= count),
                        "{name} lost rows of {table}: {count} became {left:?}"
                    );
                }
                let made: Vec<&String> = now.keys().filter(|t| !before.contains_key(*t)).collect();
                if let Some(section) = people_after(name) {
                    let done = client.batch_execute(section).await;
                    done.unwrap_or_else(|error| panic!("people after {name}: {error:?}"));
                    moved_in += 1;
                    let filled = rows(client).await;
                    let empty: Vec<_> = made.iter().filter(|table| filled[**table] == 0).collect();
                    assert!(empty.is_empty(), "{name}: tables without a row: {empty:?}");
                }
                before = rows(client).await;
            }
            assert_eq!(moved_in, sections, "each section belongs to a migration");
            let standing = migrations::standing(url).await.expect("an answer");
            assert_eq!(standing, Standing::Current);
            if round == 1 {
                break;
            }
            for name in later.iter().rev() {
                let reverted = harness.revert_last_migration(MIGRATIONS);
                reverted.unwrap_or_else(|error| panic!("down of {name}: {error}"));
            }
            // What was dropped and comes back stands last: the order of columns says nothing.
            let sorted = |mut tables: BTreeMap<String, Vec<String>>| {
                tables.values_mut().for_each(|columns| columns.sort());
                tables
            };
            let now = sorted(tables_of(client).await);
            assert_eq!(now, sorted(shape.clone()), "down to the first set");
            assert_eq!(rows(client).await, people, "and everybody is still there");
        }
    });
}
