//! What of a reported post staff see, and who of them.

use porchlight::domain::role::Role;
use serde_json::json;

use crate::support::place::run;

#[test]
fn of_private_posts_moderators_see_what_was_reported_and_reviewers_nothing() {
    // C6, T11
    run(async |place| {
        let mo = place.staff("mo", Role::Moderator).await;
        let greeter = place.staff("greeter", Role::Reviewer).await;
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        ann.follow(&ben).await;
        let told = ben.api.toot_to("private", "Rugs behind the curtain").await;
        let other = ben.api.toot_to("private", "Carpets in the cellar").await;
        let body = json!({ "account_id": ben.id, "status_ids": [told], "comment": "rugs" });
        ann.api.post("/api/v1/reports", body).await.expect(200);
        place.settle().await;
        let reads = "SELECT count(*) FROM audit_log WHERE act = 'report.read'";
        let hers = place.signed_in(&greeter).await;
        let refused = hers.visit("/desk/reports").await;
        assert_eq!(refused.status(), 404, "the desk is theirs, reports are not");
        refused.hides("Rugs").hides("rugs");
        assert_eq!(place.number(reads).await, 0);
        let desk = place.signed_in(&mo).await;
        let page = desk.open("/desk/reports").await;
        page.says("Rugs behind the curtain")
            .hides("Carpets in the cellar");
        assert_eq!(place.number(reads).await, 1, "and it is written down");
        // By the ways of everybody, a moderator sees no more than anybody.
        for post in [told, other] {
            let path = format!("/api/v1/statuses/{post}");
            for api in [&mo.api, &greeter.api] {
                api.get(&path).await.error(404);
            }
            let page = format!("/@ben/{post}");
            assert_eq!(desk.visit(&page).await.status(), 404);
        }
    });
}
