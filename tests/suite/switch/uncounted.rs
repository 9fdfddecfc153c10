//! What looks like life and is none, and what a switch that moved leaves behind (abuse case H8).

use chrono::TimeDelta;
use porchlight::domain::role::Role;
use porchlight::domain::switch::Stage;
use porchlight::gate::switch::lift;
use porchlight::identity::oauth::host;
use porchlight::identity::roles::{self, By};
use porchlight::model::audit::SignOfLife;
use porchlight::store;
use serde_json::{Value, json};

use super::standing_still::admin_of;
use super::{applicants, open_by, stage, told};
use crate::support::people::{Person, SCOPES};
use crate::support::place::{Place, Setup};

/// As if this person had been there, whatever they are.
async fn noted(place: &Place, who: &Person, kind: SignOfLife) {
    let mut conn = place.app.pool.get().await.expect("a connection");
    let now = place.app.clock.now();
    let noted = store::signs_of_life::insert(&mut conn, who.user, kind, now).await;
    noted.expect("noted");
}

#[test]
fn h8_bots_polls_pending_staff_departed_moderators_and_a_clock_set_back_count_for_nothing() {
    Setup::default().without_jobs().run(async |place| {
        let olive = place.owner().await;
        let mona = place.staff("mona", Role::Moderator).await;
        place.member("bea").await;
        let people = applicants(place, ["hana", "ivo", "june"]).await;
        let [hana, ivo, june] = people.as_slice() else {
            unreachable!("three were asked for")
        };
        let scopes = format!("{SCOPES} admin:read admin:write");
        let departed = place.api(place.token_of(mona.user, &scopes).await);
        let host = By::Host;
        let gone = roles::set_role(&place.app, host, mona.user, Role::Member).await;
        gone.expect("the host may");
        place.live(TimeDelta::days(5) + TimeDelta::hours(1)).await;
        assert_eq!(stage(place).await, Stage::Warned);
        let approve = |who: &Person| format!("/api/v1/admin/accounts/{}/approve", who.id);

        // A machine with the owner's rights does the owner's work.
        let machine = host::token(&place.app, olive.user, &scopes, false).await;
        let machine = place.api(machine.expect("a token").reveal());
        machine.post(&approve(hana), json!({})).await.ok();
        assert_eq!(stage(place).await, Stage::Warned, "a bot's token");

        // What keeps a connection warm.
        for path in [
            "/api/v1/timelines/home",
            "/api/v1/notifications",
            "/api/v1/markers?timeline[]=home",
            "/api/v1/streaming/health",
            "/health",
        ] {
            olive.api.get(path).await;
        }
        assert_eq!(stage(place).await, Stage::Warned, "polls and heartbeats");

        // Somebody who waits at the door, whatever stands in their row.
        place
            .sql(
                "UPDATE users SET role = 2, role_since = to_timestamp(0) WHERE id = $1",
                &[&ivo.user],
            )
            .await;
        noted(place, ivo, SignOfLife::CheckIn).await;
        assert_eq!(
            stage(place).await,
            Stage::Warned,
            "a pending user with a role"
        );

        // The key of somebody who was a moderator opens nothing, and nothing of theirs counts.
        let late = departed.post(&approve(june), json!({})).await;
        assert!([401, 403].contains(&late.status), "{}", late.shown());
        noted(place, &mona, SignOfLife::Act).await;
        noted(place, &mona, SignOfLife::ActByApp).await;
        assert_eq!(stage(place).await, Stage::Warned, "a departed moderator");

        // And the clock of the machine, set back.
        place.jump(TimeDelta::days(-10));
        place.tick().await;
        assert_eq!(stage(place).await, Stage::Warned, "a clock set back");
        place.live(TimeDelta::days(2)).await;
        assert_eq!(stage(place).await, Stage::Guarded, "nobody was there");
    });
}

/// What other servers are told of the door.
async fn node(place: &Place) -> Value {
    place.app.memory.forget("nodeinfo").await;
    place.stranger().get("/nodeinfo/2.1").await.ok()
}

#[test]
fn h8_both_ways_are_written_down_told_and_shown_and_a_restart_catches_up() {
    Setup::default().without_jobs().run(async |place| {
        let owner = place.owner().await;
        place.member("bea").await;
        open_by(&place.signed_in(&owner).await).await;
        place.tick().await;
        assert_eq!(node(place).await["openRegistrations"], true);
        let mails = |kind: &str| {
            let sent = place.mails();
            let to_her = sent.iter().filter(|mail| mail.to == owner.email);
            to_her.filter(|mail| mail.file.contains(kind)).count()
        };
        let rows = async || place.number("SELECT count(*) FROM door_history").await;
        let before = rows().await;

        // No worker lives: it tightens all the same, and only tightens.
        place.advance(TimeDelta::days(9));
        assert_eq!(told(place).await["effective_mode"], "approval");
        let now = node(place).await;
        assert_eq!(now["openRegistrations"], false);
        assert_eq!(
            now["metadata"]["registrations"]["effective_mode"],
            "approval"
        );
        let episodes = "SELECT count(*) FROM episodes WHERE stage = 2";
        assert_eq!(place.number(episodes).await, 0, "nobody wrote it down yet");

        // One that was started again writes down what was missed, once, and tells.
        for _ in 0..2 {
            place.tick().await;
            place.start_jobs();
            place.settle().await;
            place.stop_jobs().await;
        }
        assert_eq!(place.number(episodes).await, 1);
        assert_eq!(rows().await, before + 1);
        assert_eq!(mails("door-guarded"), 1);

        // And back.
        let admin = admin_of(place, &owner).await;
        lift::to_calm(&place.app, &admin)
            .await
            .expect("it is lifted");
        for _ in 0..2 {
            place.tick().await;
            place.start_jobs();
            place.settle().await;
            place.stop_jobs().await;
        }
        assert_eq!(told(place).await["effective_mode"], "open");
        assert_eq!(node(place).await["openRegistrations"], true);
        assert_eq!(rows().await, before + 2);
        assert_eq!(mails("switch-over"), 1);
        let logged = "SELECT count(*) FROM audit_log WHERE act = 'switch.lift'";
        assert_eq!(place.number(logged).await, 1);
        let ended =
            "SELECT count(*) FROM episodes WHERE ended_at IS NOT NULL AND ended_by IS NOT NULL";
        assert_eq!(place.number(ended).await, 1);
    });
}
