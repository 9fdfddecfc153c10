//! The dead-man switch (registration.md C1), on a running place.

mod edges;
mod stages;

use porchlight::gate::mode;
use porchlight::gate::switch::{self, stage::Standing};
use serde_json::Value;

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
