//! The dead-man switch (registration.md C1), on a running place.

mod absence;
mod check_in;
mod coming_back;
mod deputies;
mod edges;
mod forty_days;
mod keepers;
mod killed;
mod known;
mod notices;
mod probation;
mod signs;
mod stages;
mod standby;
mod standing_still;
mod strangers;
mod waking;

use porchlight::domain::switch::Stage;
use porchlight::gate::mode;
use porchlight::gate::switch::{self, stage::Standing};
use porchlight::model::audit::SignOfLife;
use serde_json::Value;

use crate::support::people::Person;
use crate::support::place::Place;

/// Where the switch stands, looked at afresh.
async fn standing(place: &Place) -> Standing {
    let mut conn = place.app.pool.get().await.expect("a connection");
    let now = place.app.clock.now();
    let standing = switch::standing(&place.app, &mut conn, now).await;
    standing.expect("it is judged")
}

/// What apps are told of the door, looked at afresh.
async fn told(place: &Place) -> Value {
    mode::forget(&place.app).await;
    let answer = place.stranger().get("/api/v2/instance").await;
    answer.expect(200).json()["registrations"].clone()
}

/// How far the switch is, judged now.
async fn stage(place: &Place) -> Stage {
    standing(place).await.stage
}

/// The signs of life of somebody, oldest first.
async fn signs(place: &Place, who: &Person) -> Vec<SignOfLife> {
    let rows = place
        .sql(
            "SELECT kind FROM signs_of_life WHERE user_id = $1 ORDER BY at, id",
            &[&who.user],
        )
        .await;
    rows.iter()
        .map(|row| SignOfLife::from_number(row.get(0)).expect("a kind that is known"))
        .collect()
}
