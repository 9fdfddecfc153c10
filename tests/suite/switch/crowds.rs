//! What a crowd cannot do: many accounts of one server that report (E27).

use chrono::TimeDelta;
use porchlight::domain::switch::Stage;

use super::stage;
use crate::support::people::Person;
use crate::support::place::{Place, Setup};

/// Followers and reporters of somebody here, by one server.
struct Server {
    host: &'static str,
    accounts: i64,
    /// For how many days they follow.
    days: i32,
    /// And are followed.
    both_ways: bool,
}

/// Writes them down; each of them reports now.
async fn report(place: &Place, about: &Person, server: Server) {
    let about: i64 = about.id.parse().expect("a number");
    let now = place.app.clock.now().timestamp() as f64;
    place
        .sql(
            "WITH h AS (INSERT INTO hosts (domain, first_seen_at) VALUES ($1, to_timestamp(0)) RETURNING id, domain), \
             a AS (INSERT INTO accounts (id, host_id, username, handle_domain, uri, uri_hash, created_at, updated_at) \
                   SELECT next_id(to_timestamp($2::float8)), h.id, 'r' || n, h.domain, 'https://' || h.domain || '/' || n, \
                          md5(h.domain || n)::uuid, to_timestamp(0), to_timestamp(0) \
                   FROM h CROSS JOIN generate_series(1, $3::bigint) n RETURNING id, host_id), \
             f AS (INSERT INTO follows (id, account_id, target_id, state, created_at) \
                   SELECT next_id(to_timestamp($2)), a.id, $4::bigint, 1, to_timestamp($2) - make_interval(days => $5::integer) FROM a), \
             g AS (INSERT INTO follows (id, account_id, target_id, state, created_at) \
                   SELECT next_id(to_timestamp($2)), $4, a.id, 1, to_timestamp($2) - make_interval(days => $5) FROM a WHERE $6::boolean) \
             INSERT INTO reports (id, account_id, host_id, target_id, reported_on, created_at) \
             SELECT next_id(to_timestamp($2)), a.id, a.host_id, $4, \
                    date '2026-01-01' + (row_number() OVER ())::integer, to_timestamp($2) FROM a",
            &[&server.host, &now, &server.accounts, &about, &server.days, &server.both_ways],
        )
        .await;
}

#[test]
fn e27_fifty_of_one_server_shorten_nothing_and_three_servers_that_one_knows_do() {
    Setup::default().without_jobs().run(async |place| {
        place.owner().await;
        let bea = place.member("bea").await;
        place.advance(TimeDelta::hours(49));
        let server = |host, accounts, days, both_ways| Server {
            host,
            accounts,
            days,
            both_ways,
        };
        report(place, &bea, server("swarm.example", 50, 40, true)).await;
        assert_eq!(stage(place).await, Stage::Calm, "they are one");
        report(place, &bea, server("two.example", 1, 40, true)).await;
        report(place, &bea, server("fans.example", 50, 40, false)).await;
        assert_eq!(stage(place).await, Stage::Calm, "nobody follows them back");
        report(place, &bea, server("new.example", 50, 20, true)).await;
        assert_eq!(
            stage(place).await,
            Stage::Calm,
            "known for too short a time"
        );
        report(place, &bea, server("three.example", 1, 40, true)).await;
        assert_eq!(stage(place).await, Stage::Guarded, "a third server");
        // What somebody has looked at waits no longer.
        let one = "UPDATE reports SET closed_at = created_at WHERE host_id = \
                   (SELECT id FROM hosts WHERE domain = 'three.example')";
        place.sql(one, &[]).await;
        assert_eq!(stage(place).await, Stage::Calm);
    });
}
