//! What the place says of itself is the admin's to change.

use porchlight::domain::role::Role;

use crate::support::place::run;

#[test]
fn an_admin_says_what_the_place_is_and_everybody_reads_it() {
    run(async |place| {
        let olive = place.owner().await;
        let desk = place.signed_in(&olive).await;
        let page = desk.open("/desk/place").await;
        let form = page.form("/desk/place");
        assert_eq!(form.value("title"), "Porchlight", "as configured");
        assert_eq!(form.value("languages"), "en");
        assert!(
            form.value("rules").contains("- Of anybody"),
            "the first ones"
        );
        let wrong = form
            .set("title", "")
            .set("contact_email", "nobody")
            .set("languages", "english")
            .set("rules", "- Why?")
            .set("description", "Bread & bicycles.");
        let page = desk.submit(wrong).await;
        assert_eq!(page.status(), 422);
        page.says("The name needs a word")
            .says("The address for people is no mail address")
            .says("this is none: english")
            .says("put a rule above");
        let form = page.form("/desk/place");
        assert_eq!(form.value("description"), "Bread & bicycles.", "kept");
        let right = form
            .set("title", "Lantern Lane")
            .set("contact_email", "hello@lane.example")
            .set("abuse_email", "abuse@lane.example")
            .set("languages", "en de")
            .set("rules", "Be kind.\n- Always.\n\nNo <b>rugs</b>.");
        let page = desk.submit(right).await;
        page.says("says of itself from now on");

        // Everywhere at once.
        let stranger = place.browser();
        stranger
            .open("/")
            .await
            .says("Lantern Lane")
            .says("Bread & bicycles.");
        stranger
            .open("/about")
            .await
            .says("Be kind.")
            .says("Always.")
            .says("No <b>rugs</b>.")
            .says("hello@lane.example");
        let security = stranger.visit_raw("/.well-known/security.txt").await;
        assert!(security.contains("abuse@lane.example"), "{security}");
        let instance = place.stranger().get("/api/v2/instance").await.json();
        assert_eq!(instance["title"], "Lantern Lane");
        assert_eq!(instance["languages"], serde_json::json!(["en", "de"]));
        assert_eq!(instance["contact"]["email"], "hello@lane.example");
        assert_eq!(instance["rules"][0]["hint"], "Always.");
        assert_eq!(instance["rules"][1]["id"], "2");

        // What was not touched stays with the configuration; an empty address is none.
        let page = desk.open("/desk/place").await;
        let form = page
            .form("/desk/place")
            .set("contact_email", "")
            .set("abuse_email", "");
        desk.submit(form).await.says("from now on");
        let instance = place.stranger().get("/api/v2/instance").await.json();
        assert_eq!(instance["contact"]["email"], "");
        let lines = "SELECT count(*) FROM audit_log WHERE act = 'instance.change'";
        assert_eq!(place.number(lines).await, 2);
        let page = desk.open("/desk/place").await;
        desk.submit(page.form("/desk/place")).await;
        assert_eq!(place.number(lines).await, 2, "nothing changed");

        // For admins alone.
        let moderator = place.staff("mod", Role::Moderator).await;
        let page = place.signed_in(&moderator).await.visit("/desk/place").await;
        assert_eq!(page.status(), 404);
    });
}
