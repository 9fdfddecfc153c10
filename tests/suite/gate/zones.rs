//! Times are shown on the clock of whoever looks, else on that of the place, with its name (E20).

use serde_json::json;

use crate::support::place::run;

#[test]
fn times_are_shown_on_the_clock_of_whoever_looks() {
    // E20
    run(async |place| {
        let ann = place.member("ann").await;
        let hana = place.applicant("hana").await;
        let sessions = place.signed_in(&ann).await;
        let waiting = place.signed_in(&hana).await;
        let says = async |zone: &str, but: &str| {
            for (browser, path) in [(&sessions, "/settings/sessions"), (&waiting, "/waiting")] {
                let html = browser.visit_raw(path).await;
                assert!(html.contains(zone), "{path} says nothing of {zone}: {html}");
                assert!(!html.contains(but), "{path} says {but}");
            }
        };
        says(" UTC\"", "(Europe").await;
        // The place has a clock of its own.
        let hours = json!({ "zone": "Asia/Kathmandu", "outside": "approval", "days": [["09:00-12:00"], [], [], [], [], [], []] });
        place
            .sql(
                "INSERT INTO instance_settings (key, value, updated_at) VALUES ('registration.hours', ($1::text)::jsonb, to_timestamp(0))",
                &[&hours.to_string()],
            )
            .await;
        place.app.memory.forget("the zone of the place").await;
        says("(Asia/Kathmandu)\"", " UTC\"").await;
        // Who chose another sees that, and nobody else does.
        let chosen =
            "UPDATE users SET time_zone = 'Europe/Berlin' WHERE username IN ('ann', 'hana')";
        place.sql(chosen, &[]).await;
        says("(Europe/Berlin)\"", "(Asia/Kathmandu)\"").await;
        let door = place.browser().visit_raw("/door").await;
        assert!(!door.contains("Europe/Berlin"), "{door}");
    });
}
