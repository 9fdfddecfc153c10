//! What is kept goes when its time is over, by itself, and not before (C6).

use std::time::SystemTime;

use chrono::TimeDelta;
use porchlight::jobs::timers;

use crate::support::place::{Place, Setup};

/// How old the rows of a table are, in days.
async fn ages(place: &Place, table: &str, column: &str) -> Vec<i64> {
    let now = SystemTime::from(place.app.clock.now());
    let statement = format!("SELECT extract(day FROM $1 - {column})::bigint FROM {table}");
    let rows = place.sql(&statement, &[&now]).await;
    rows.iter().map(|row| row.get(0)).collect()
}

#[test]
fn signs_of_life_and_networks_of_staff_go_when_their_time_is_over_and_not_before() {
    // The timers run when the test says so.
    Setup::default().without_jobs().run(async |place| {
        let owner = place.owner().await;
        place.sql("DELETE FROM signs_of_life", &[]).await;
        place.sql("DELETE FROM staff_networks", &[]).await;
        let now = place.app.clock.now();
        for days in [399, 401] {
            let at = SystemTime::from(now - TimeDelta::days(days));
            let sign = "INSERT INTO signs_of_life (user_id, kind, at) VALUES ($1, 1, $2)";
            place.sql(sign, &[&owner.user, &at]).await;
        }
        for days in [29, 31] {
            let at = SystemTime::from(now - TimeDelta::days(days));
            let seen = "INSERT INTO staff_networks (user_id, network, seen_at) \
                        VALUES ($1, ($2::text || '.0.2.0/24')::cidr, $3)";
            place
                .sql(seen, &[&owner.user, &days.to_string(), &at])
                .await;
        }
        timers::tick(&place.app).await;
        assert_eq!(ages(place, "signs_of_life", "at").await, [399]);
        assert_eq!(ages(place, "staff_networks", "seen_at").await, [29]);
    });
}
