//! What other servers hear of a member whom our staff suspend, and of the end of it.

use porchlight::domain::role::Role;
use serde_json::{Value, json};

use crate::support::actor::Actor;
use crate::support::answer::Answer;
use crate::support::api::{Api, id};
use crate::support::peer::Peer;
use crate::support::people::Person;
use crate::support::place::{Place, Setup};

/// Where staff's apps do things to somebody.
fn path(whom: &Person, act: &str) -> String {
    format!("/api/v1/admin/accounts/{}{act}", whom.id)
}

async fn staff_api(place: &Place, name: &str, role: Role) -> Api {
    let who = place.staff(name, role).await;
    place.api(
        place
            .token_of(who.user, "read admin:read admin:write")
            .await,
    )
}

fn uri(place: &Place, person: &Person) -> String {
    format!("{}/ap/actors/{}", place.origin, person.id)
}

/// What was fetched.
fn document(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.shown());
    serde_json::from_slice(&answer.body).expect("JSON")
}

/// Somebody on a peer who follows `whom`.
async fn follower(place: &Place, peer: &Peer, name: &str, whom: &Person) -> Actor {
    let actor = peer.actor(name);
    let follow = actor.activity(peer, "Follow", json!(uri(place, whom)));
    actor.send(place, &follow).await.expect(202);
    place.settle().await;
    peer.forget_asked();
    actor
}

#[test]
fn a_suspension_is_told_to_servers_that_know_of_the_account_and_so_is_its_end() {
    Setup::federated().run(async |place| {
        let api = staff_api(place, "mo", Role::Moderator).await;
        let ann = place.member("ann").await;
        let fields = json!({ "display_name": "Ann of the porch", "note": "I bake." });
        let profile = "/api/v1/accounts/update_credentials";
        ann.api.patch(profile, fields).await.expect(200);
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        let ada = follower(place, alpha, "ada", &ann).await;
        beta.actor("bea");
        let suspend = json!({ "type": "suspend" });
        api.post(&path(&ann, "/action"), suspend).await.expect(200);
        place.settle().await;
        let told = alpha.received_of("Update");
        assert_eq!(told.len(), 1, "{told:?}");
        let blank = |actor: &Value| {
            assert_eq!(actor["id"], uri(place, &ann));
            assert_eq!(actor["suspended"], true);
            assert_eq!(
                (&actor["name"], &actor["summary"]),
                (&json!("ann"), &json!(""))
            );
            assert!(actor["publicKey"]["publicKeyPem"].is_string(), "{actor}");
        };
        blank(&told[0]["object"]);
        assert!(
            beta.received().is_empty(),
            "who never heard of her hears nothing"
        );
        // The same for who comes and asks; nothing else of hers is given.
        let address = format!("/ap/actors/{}", ann.id);
        blank(&document(&ada.fetch(place, &address).await));
        ada.fetch(place, &format!("{address}/outbox"))
            .await
            .expect(404);
        api.act(&path(&ann, "/unsuspend")).await.expect(200);
        place.settle().await;
        let told = alpha.received_of("Update");
        assert_eq!(told.len(), 2, "{told:?}");
        assert_ne!(told[0]["id"], told[1]["id"]);
        let back = &told[1]["object"];
        assert_eq!(back["name"], "Ann of the porch");
        assert_eq!(back.get("suspended"), None);
        let shown = document(&ada.fetch(place, &address).await);
        assert_eq!(shown.get("suspended"), None);
    });
}

#[test]
fn a_yes_taken_back_after_others_saw_the_account_is_told_to_them() {
    Setup::federated().run(async |place| {
        let mo = place.staff("mo", Role::Moderator).await;
        let hana = place.applicant("hana").await;
        let browser = place.signed_in(&mo).await;
        let application = place.application_of(&hana).await;
        let card = format!("/desk/applications/{application}");
        let submit = async |act: &str| {
            let page = browser.open(&card).await;
            browser.submit(page.form(&format!("{card}/{act}"))).await
        };
        submit("approve").await;
        place.settle().await;
        let alpha = place.peer("alpha");
        follower(place, alpha, "ada", &hana).await;
        hana.api.toot("Hello, street!").await;
        place.settle().await;
        alpha.forget_asked();
        submit("undo").await.says("could not be unmade");
        place.settle().await;
        let told = alpha.received_of("Update");
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0]["object"]["suspended"], true);
    });
}

#[test]
fn who_was_suspended_can_be_deleted_by_admins_and_other_servers_delete_them_too() {
    Setup::federated().run(async |place| {
        let mo = staff_api(place, "mo", Role::Moderator).await;
        let adam = staff_api(place, "adam", Role::Admin).await;
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let alpha = place.peer("alpha");
        let ada = follower(place, alpha, "ada", &ann).await;
        let post = id(&ann.api.toot("Cheap rugs!").await);
        place.settle().await;
        // Nobody who is not suspended.
        adam.delete(&path(&ann, "")).await.error(403);
        let suspend = json!({ "type": "suspend" });
        mo.post(&path(&ann, "/action"), suspend).await.expect(200);
        place.settle().await;
        alpha.forget_asked();
        mo.delete(&path(&ann, "")).await.error(403);
        let gone = adam.delete(&path(&ann, "")).await;
        let gone = gone.entity("Admin_Account");
        assert_eq!(
            (&gone["suspended"], &gone["email"]),
            (&json!(true), &json!(null))
        );
        place.settle().await;
        let told = alpha.received_of("Delete");
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0]["object"], uri(place, &ann));
        ada.fetch(place, &format!("/ap/actors/{}", ann.id))
            .await
            .expect(410);
        ada.fetch(place, &format!("/ap/notes/{post}"))
            .await
            .expect(410);
        assert_eq!(place.number("SELECT count(*) FROM statuses").await, 0);
        adam.delete(&path(&ann, "")).await.error(404);
        // Their name is nobody's again (H9), and there is no way back.
        adam.act(&path(&ann, "/unsuspend")).await.error(404);
        ada.fetch(place, &format!("/ap/actors/{}", ann.id))
            .await
            .expect(410);
        ben.api.get(&ben.path()).await.entity("Account");
        let lines =
            "SELECT count(*) FROM audit_log WHERE act = 'account.delete' AND inverse IS NULL";
        assert_eq!(place.number(lines).await, 1);
    });
}
