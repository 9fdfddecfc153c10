//! How far the switch goes: its stages, each once.

use chrono::TimeDelta;
use porchlight::domain::registration_mode::{ModeReason, RegistrationMode};
use porchlight::domain::switch::Stage;

use super::standing;
use crate::support::place::run;

#[test]
fn a_place_that_nobody_watches_is_guarded_then_sealed_then_in_distress() {
    run(async |place| {
        place.owner().await;
        place.member("bea").await;
        assert_eq!(standing(place).await.stage, Stage::Calm);
        place.live(TimeDelta::days(5)).await;
        assert_eq!(standing(place).await.stage, Stage::Warned);
        place.live(TimeDelta::days(2)).await;
        assert_eq!(standing(place).await.stage, Stage::Guarded);
        place.live(TimeDelta::days(7)).await;
        assert_eq!(standing(place).await.stage, Stage::Sealed);
        place.live(TimeDelta::days(16)).await;
        assert_eq!(standing(place).await.stage, Stage::Distress);
        let told = porchlight::gate::mode::shown(&place.app)
            .await
            .expect("a mode");
        assert_eq!(
            (told.mode, told.reason),
            (RegistrationMode::Closed, ModeReason::Deadman)
        );
        assert_eq!(
            place
                .number("SELECT count(*) FROM episodes WHERE kind = 0")
                .await,
            1,
            "one absence is one episode"
        );
    });
}
