//! While somebody waits: the path, answers, what is asked back, what a no says and does not
//! say, and what time does.

mod again;
mod answering;
mod meanwhile;
mod refused;
mod time;

use chrono::TimeDelta;
use porchlight::gate::applications::reject;
use porchlight::gate::who::{self, ApplicationFacts, SignedIn, Via};
use porchlight::store;
use serde_json::Value;

use crate::support::browser::Page;
use crate::support::people::Person;
use crate::support::place::Place;

pub const MINE: &str = "/api/porchlight/v1/application";

/// Staff ask something back, as the desk does.
pub async fn ask_back(place: &Place, person: &Person, question: &str) {
    let application = place.application_of(person).await;
    let at = place.app.clock.now().timestamp_millis() as f64 / 1000.0;
    place
        .sql(
            "INSERT INTO application_messages (application_id, kind, body, created_at) \
             VALUES ($1, 0, $2, to_timestamp($3::float8))",
            &[&application, &question, &at],
        )
        .await;
    place
        .sql(
            "UPDATE applications SET state = 2, version = version + 1 WHERE id = $1",
            &[&application],
        )
        .await;
}

/// A no of the owner's.
pub async fn refuse(place: &Place, owner: &Person, person: &Person, told: bool, message: &str) {
    let mut conn = place.app.pool.get().await.expect("a connection");
    let holder = store::access::by_user(&mut conn, owner.user).await;
    drop(conn);
    let holder = holder.expect("read").expect("there");
    let signed_in = SignedIn {
        user: holder.user,
        application: None::<ApplicationFacts>,
        via: Via::CommandLine,
        at: place.app.clock.now(),
    };
    let reviewer = who::reviewer(&signed_in).expect("they may");
    let no = reject::Rejection {
        message: Some(message.to_owned()),
        told: Some(told),
    };
    let id = place.application_of(person).await;
    reject::reject(&place.app, &reviewer, id, None, no)
        .await
        .expect("decided");
}

/// Mail to staff waits some seconds for more of its kind.
async fn staff_mail_goes(place: &Place) {
    place.settle().await;
    place.advance(TimeDelta::seconds(10));
    place.settle().await;
}

async fn home(person: &Person) -> Value {
    person
        .api
        .get("/api/v1/timelines/home?limit=40")
        .await
        .entity("[Status]")
}

async fn state(place: &Place, person: &Person) -> i64 {
    let application = place.application_of(person).await;
    place
        .number(&format!(
            "SELECT state::bigint FROM applications WHERE id = {application}"
        ))
        .await
}

pub fn field(page: &Page) -> String {
    let form = page.form("/waiting/answers");
    let names = form.names();
    let name = names.iter().find(|n| n.starts_with("answer_"));
    (*name.expect("a question")).to_owned()
}
