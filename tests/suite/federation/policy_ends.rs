//! Blocks of other servers that end by themselves, and one that ends while another goes on.

use chrono::TimeDelta;
use porchlight::domain::policy::{PolicyKind, PolicySource};
use porchlight::jobs::timers;
use porchlight::moderation::By;
use porchlight::moderation::policies::{self, Terms};
use porchlight::store;
use porchlight::store::domain_policies::NewPolicy;
use serde_json::{Value, json};

use super::elsewhere::uri_of;
use super::policies::lay;
use crate::support::peer::Peer;
use crate::support::people::Person;
use crate::support::place::{Place, Setup};

/// Ann here and Bob on alpha follow each other. Both follows, theirs and ours.
async fn friends(place: &Place, alpha: &Peer, ann: &Person) -> (Value, Value) {
    let bob = alpha.actor("bob");
    let theirs = bob.activity(alpha, "Follow", json!(uri_of(place, ann)));
    bob.send(place, &theirs).await.expect(202);
    place.settle().await;
    let sql = "SELECT id FROM accounts WHERE uri = $1";
    let bob_here: i64 = place.sql(sql, &[&bob.id]).await[0].get(0);
    let path = format!("/api/v1/accounts/{bob_here}/follow");
    ann.api.act(&path).await.ok();
    place.settle().await;
    let ours = alpha.wait_for("Follow").await;
    let accept = bob.activity(alpha, "Accept", ours.clone());
    bob.send(place, &accept).await.expect(202);
    place.settle().await;
    assert_eq!(place.rows("follows WHERE state = 1").await, 2);
    (theirs, ours)
}

fn for_a_week(place: &Place) -> Terms {
    Terms {
        until: Some(place.app.clock.now() + TimeDelta::days(7)),
        ..Terms::of(PolicyKind::Suspended)
    }
}

#[test]
fn a_block_that_runs_out_ends_by_itself_and_the_other_server_hears_what_is_over() {
    Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        let alpha = place.peer("alpha");
        let (theirs, ours) = friends(place, alpha, &ann).await;
        lay(place, "alpha.test", for_a_week(place)).await;
        place.settle().await;
        assert_eq!(place.rows("follows").await, 0);
        alpha.forget_asked();
        place.advance(TimeDelta::days(6));
        timers::tick(&place.app).await;
        place.settle().await;
        assert!(alpha.received().is_empty(), "it holds still");

        place.advance(TimeDelta::days(1) + TimeDelta::minutes(1));
        timers::tick(&place.app).await;
        place.settle().await;
        let refused = alpha.wait_for("Reject").await;
        assert_eq!(refused["object"]["id"], theirs["id"], "{refused}");
        let undone = alpha.wait_for("Undo").await;
        assert_eq!(undone["object"]["id"], ours["id"], "{undone}");
        assert_eq!(
            place.rows("domain_policies WHERE lifted_at IS NULL").await,
            0
        );
        assert_eq!(place.rows("hosts WHERE (flags & 2) <> 0").await, 0);
        assert_eq!(place.rows("follows").await, 0);
        // Once.
        timers::tick(&place.app).await;
        place.settle().await;
        assert_eq!(alpha.received_of("Reject").len(), 1);
        assert_eq!(alpha.received_of("Undo").len(), 1);
    });
}

#[test]
fn while_another_block_goes_on_the_end_of_one_is_told_to_nobody() {
    Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        let alpha = place.peer("alpha");
        friends(place, alpha, &ann).await;
        let policy = lay(place, "alpha.test", Terms::of(PolicyKind::Suspended)).await;
        let mut conn = place.app.pool.get().await.expect("a connection");
        let other = NewPolicy {
            host: policy.host,
            source: PolicySource::Rule,
            terms: for_a_week(place),
        };
        let now = place.app.clock.now();
        store::domain_policies::add(&mut conn, other, now)
            .await
            .expect("it is laid");
        drop(conn);
        place.app.policies.forget();
        place.settle().await;
        alpha.forget_asked();
        // The server is out: whatever is sent to it would be talking to one who is not spoken with.
        let lifted = policies::lift(&place.app, By::Host, policy.id, false).await;
        assert!(!lifted.expect("it is lifted").parting);
        place.settle().await;
        timers::tick(&place.app).await;
        place.settle().await;
        assert!(alpha.received().is_empty());
        assert_eq!(place.rows("hosts WHERE (flags & 2) <> 0").await, 1);
        assert_eq!(place.rows("follows").await, 0);
    });
}
