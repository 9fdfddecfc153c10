//! Mastodon's admin API about people: those who wait, and those who are in.

use porchlight::domain::role::Role;
use serde_json::{Value, json};

use crate::support::api::Api;
use crate::support::people::Person;
use crate::support::place::{Place, run};

const PATH: &str = "/api/v1/admin/accounts";

async fn staff_api(place: &Place, who: &Person) -> Api {
    let scopes = "read admin:read admin:write";
    place.api(place.token_of(who.user, scopes).await)
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array()
        .expect("a list")
        .iter()
        .filter_map(|account| account["username"].as_str())
        .collect()
}

#[test]
fn pending_people_are_listed_and_decided_on_what_is_there() {
    // H4
    run(async |place| {
        let mo = place.staff("mo", Role::Moderator).await;
        let api = staff_api(place, &mo).await;
        let (hana, ravi) = (place.applicant("hana").await, place.applicant("ravi").await);
        let list = api.get(&format!("{PATH}?pending=true")).await;
        let list = list.entity("[Admin_Account]");
        assert_eq!(names(&list), ["ravi", "hana"], "newest first");
        let v2 = api
            .get("/api/v2/admin/accounts?status=pending&username=ha")
            .await;
        let v2 = v2.entity("[Admin_Account]");
        assert_eq!(names(&v2), ["hana"]);
        assert_eq!(v2[0]["id"], hana.id.as_str());
        assert_eq!(v2[0]["email"], hana.email.as_str());
        assert_eq!(v2[0]["approved"], false);
        assert!(v2[0]["ip"].is_string(), "{v2}");
        assert!(
            v2[0]["invite_request"]
                .as_str()
                .unwrap()
                .contains("I am hana")
        );
        // Whatever changed since: this API knows no hash.
        let draft = json!({ "status": "One more thing" });
        hana.api.post("/api/v1/statuses", draft).await.ok();
        let one = api.act(&format!("{PATH}/{}/approve", hana.id)).await;
        assert_eq!(one.entity("Admin_Account")["approved"], true);
        place.settle().await;
        place.stranger().get(&hana.path()).await.entity("Account");
        let twice = api
            .act(&format!("{PATH}/{}/approve", hana.id))
            .await
            .error(403);
        assert!(
            twice["error"]
                .as_str()
                .unwrap()
                .contains("already approved by mo")
        );
        let no = api.act(&format!("{PATH}/{}/reject", ravi.id)).await;
        assert_eq!(no.entity("Admin_Account")["approved"], false);
        ravi.api
            .get("/api/v1/accounts/verify_credentials")
            .await
            .error(401);
        let mails = place.mails();
        assert!(
            !mails
                .iter()
                .any(|m| m.to == ravi.email && m.subject.contains("About your"))
        );
        let acts = place
            .number("SELECT count(*) FROM audit_log WHERE act LIKE 'application.%'")
            .await;
        assert_eq!(acts, 2);
        api.get(&format!("{PATH}/1")).await.error(404);
    });
}

#[test]
fn greeters_see_who_waits_and_no_addresses() {
    // C6, H10
    run(async |place| {
        let greta = place.staff("greta", Role::Reviewer).await;
        let ann = place.member("ann").await;
        let hana = place.applicant("hana").await;
        let api = staff_api(place, &greta).await;
        let list = api.get(PATH).await.entity("[Admin_Account]");
        assert_eq!(names(&list), ["hana"]);
        let text = list.to_string();
        assert!(!text.contains(&hana.email), "{text}");
        assert_eq!(list[0]["ip"], Value::Null);
        api.get(&format!("{PATH}?active=true")).await.error(403);
        api.get(&format!("{PATH}/{}", ann.id)).await.error(403);
        // Searching by what they may not see finds nothing out.
        let path = format!("{PATH}?email=nobody-has-this");
        assert_eq!(
            names(&api.get(&path).await.entity("[Admin_Account]")),
            ["hana"]
        );
        let body = json!({ "type": "suspend" });
        let path = format!("{PATH}/{}/action", ann.id);
        api.post(&path, body).await.error(403);
        // Without the scope, and for members, there is nothing.
        greta.api.get(PATH).await.error(403);
        let api = staff_api(place, &ann).await;
        api.get(PATH).await.error(403);
        place.stranger().get(PATH).await.error(401);
    });
}

#[test]
fn members_are_limited_and_suspended_and_all_of_it_comes_back() {
    run(async |place| {
        let mo = place.staff("mo", Role::Moderator).await;
        let ann = place.member("ann").await;
        let api = staff_api(place, &mo).await;
        let act = async |kind: &str| {
            let body = json!({ "type": kind, "text": "For a test" });
            let path = format!("{PATH}/{}/action", ann.id);
            api.post(&path, body).await.expect(200);
            let one = api.get(&format!("{PATH}/{}", ann.id)).await;
            one.entity("Admin_Account")
        };
        let lift = async |verb: &str| {
            let one = api.act(&format!("{PATH}/{}/{verb}", ann.id)).await;
            one.entity("Admin_Account")
        };
        assert_eq!(act("silence").await["silenced"], true);
        assert_eq!(act("silence").await["silenced"], true, "twice is once");
        let suspended = act("suspend").await;
        assert_eq!(suspended["suspended"], true);
        ann.api.get("/api/v1/timelines/home").await.error(401);
        let shown = place.stranger().get(&ann.path()).await.entity("Account");
        assert_eq!(shown["suspended"], true);
        let list = api.get("/api/v2/admin/accounts?status=suspended").await;
        assert_eq!(names(&list.entity("[Admin_Account]")), ["ann"]);
        let back = lift("unsuspend").await;
        assert_eq!(back["suspended"], false);
        assert_eq!(back["silenced"], true, "one cause goes, the other stays");
        ann.api.get("/api/v1/timelines/home").await.ok();
        assert_eq!(lift("unsilence").await["silenced"], false);
        assert_eq!(act("disable").await["disabled"], true);
        ann.api.get("/api/v1/timelines/home").await.error(401);
        assert_eq!(lift("enable").await["disabled"], false);
        let post = ann.api.toot("A picture of bread").await;
        let shown = async || {
            let path = format!("/api/v1/statuses/{}", crate::support::api::id(&post));
            place.stranger().get(&path).await.entity("Status")["sensitive"].clone()
        };
        assert_eq!(shown().await, false);
        assert_eq!(act("sensitive").await["sensitized"], true);
        assert_eq!(shown().await, true, "also what was rendered before");
        assert_eq!(lift("unsensitive").await["sensitized"], false);
        assert_eq!(shown().await, false);
        let rows = place
            .sql(
                "SELECT act, inverse->>'act' FROM audit_log WHERE subject_kind = 'account' ORDER BY id",
                &[],
            )
            .await;
        let acts: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        assert_eq!(
            acts,
            [
                "account.limit",
                // The answer shows the address: that is written down, too.
                "address.read",
                "account.suspend",
                "account.unsuspend",
                "account.unlimit",
                "account.disable",
                "account.enable",
                "account.mark_sensitive",
                "account.unmark_sensitive"
            ]
        );
        // To have read something cannot be taken back.
        let inverse = |row: &tokio_postgres::Row| row.get::<_, Option<String>>(1);
        let mut acts = rows.iter().zip(&acts);
        assert!(acts.all(|(row, act)| inverse(row).is_some() || act == "address.read"));
        let body = json!({ "type": "explode" });
        let path = format!("{PATH}/{}/action", ann.id);
        api.post(&path, body).await.error(422);
    });
}

#[test]
fn nobody_restrains_staff_of_their_rank_or_above() {
    // T14
    run(async |place| {
        let olive = place.owner().await;
        let (mo, max) = (
            place.staff("mo", Role::Moderator).await,
            place.staff("max", Role::Moderator).await,
        );
        let greta = place.staff("greta", Role::Reviewer).await;
        let api = staff_api(place, &mo).await;
        for (who, status) in [(&olive, 403), (&max, 403), (&mo, 403), (&greta, 200)] {
            let body = json!({ "type": "suspend" });
            let path = format!("{PATH}/{}/action", who.id);
            api.post(&path, body).await.expect(status);
        }
        olive.api.get("/api/v1/timelines/home").await.ok();
    });
}

#[test]
fn staff_are_told_of_sign_ups_and_may_filter_them() {
    run(async |place| {
        let olive = place.owner().await;
        let greta = place.staff("greta", Role::Reviewer).await;
        let ann = place.member("ann").await;
        let hana = place.applicant("hana").await;
        let api = staff_api(place, &olive).await;
        api.act(&format!("{PATH}/{}/approve", hana.id)).await.ok();
        place.settle().await;
        for who in [&olive, &greta] {
            let path = "/api/v1/notifications?types[]=admin.sign_up";
            let list = who.api.get(path).await.entity("[Notification]");
            assert_eq!(list[0]["type"], "admin.sign_up");
            assert_eq!(list[0]["account"]["acct"], "hana");
            let path = "/api/v1/notifications?exclude_types[]=admin.sign_up";
            let list = who.api.get(path).await.entity("[Notification]");
            assert_eq!(list, json!([]));
        }
        let list = ann.api.get("/api/v1/notifications").await;
        assert_eq!(list.entity("[Notification]"), json!([]));
    });
}
