//! Who keeps the light on, when roles come and go.

use chrono::TimeDelta;
use porchlight::domain::role::Role;
use porchlight::domain::switch::Stage;
use porchlight::model::audit::SignOfLife;
use porchlight::store;

use super::standing;
use crate::support::people::Person;
use crate::support::place::{Place, Setup};

async fn seen(place: &Place, who: &Person) {
    let mut conn = place.app.pool.get().await.expect("a connection");
    let now = place.app.clock.now();
    store::signs_of_life::insert(&mut conn, who.user, SignOfLife::CheckIn, now)
        .await
        .expect("noted");
}

#[test]
fn e6_when_the_only_active_moderator_loses_the_role_the_others_count_at_once() {
    Setup::default().without_jobs().run(async |place| {
        place.owner().await;
        let mona = place.staff("mona", Role::Moderator).await;
        place.member("bea").await;
        place.advance(TimeDelta::days(6));
        seen(place, &mona).await;
        assert_eq!(standing(place).await.stage, Stage::Calm);
        // Nobody's act, such as a row that was changed by hand: there is only the owner now.
        let taken = "UPDATE users SET role = 0 WHERE username = 'mona'";
        place.sql(taken, &[]).await;
        assert_eq!(standing(place).await.stage, Stage::Warned);
        place.advance(TimeDelta::days(1));
        assert_eq!(standing(place).await.stage, Stage::Guarded);
    });
}

#[test]
fn e8_what_somebody_did_before_they_had_the_role_counts_for_nothing() {
    Setup::default().without_jobs().run(async |place| {
        place.owner().await;
        let bea = place.member("bea").await;
        place.advance(TimeDelta::days(6));
        seen(place, &bea).await;
        assert_eq!(standing(place).await.stage, Stage::Warned);
        place.advance(TimeDelta::minutes(1));
        let seconds = place.app.clock.now().timestamp() as f64;
        let given = "UPDATE users SET role = 2, role_since = to_timestamp($1::float8) WHERE username = 'bea'";
        place.sql(given, &[&seconds]).await;
        assert_eq!(standing(place).await.stage, Stage::Warned);
        place.advance(TimeDelta::minutes(1));
        seen(place, &bea).await;
        assert_eq!(standing(place).await.stage, Stage::Calm);
    });
}
