//! The dead-man switch (registration.md C1), on a running place.

mod absence;
mod check_in;
mod coming_back;
mod crowds;
mod deputies;
mod edges;
mod forty_days;
mod heir;
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
mod uncounted;
mod waking;

use porchlight::domain::switch::Stage;
use porchlight::gate::mode;
use porchlight::gate::switch::{self, stage::Standing};
use porchlight::model::audit::SignOfLife;
use serde_json::Value;

use crate::support::browser::Browser;
use crate::support::people::Person;
use crate::support::place::Place;

/// Opens the door as an admin does who has read what it costs.
async fn open_it(place: &Place) {
    let browser = place.signed_in(&place.owner().await).await;
    open_by(&browser).await;
}

/// The same in a browser of theirs.
async fn open_by(browser: &Browser) {
    let page = browser.open("/desk/door/open").await;
    let form = page.form("/desk/door").set("understood", "1");
    browser.submit(form).await;
}

/// Applicants, at a place whose jobs do not run otherwise.
async fn applicants<const N: usize>(place: &Place, names: [&str; N]) -> Vec<Person> {
    let mut people = Vec::new();
    place.start_jobs();
    for name in names {
        people.push(place.applicant(name).await);
    }
    place.stop_jobs().await;
    people
}

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
