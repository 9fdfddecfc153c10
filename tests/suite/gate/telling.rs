//! Who is told of a no where nobody says otherwise (C2): silent is only for addresses that nobody
//! confirmed, and for what a machine seems to have sent.

use porchlight::domain::role::Role;

use crate::support::people::Person;
use crate::support::place::{Place, run};

/// Puts an application into a lane.
async fn into_lane(place: &Place, person: &Person, lane: i16) {
    let sql = "UPDATE applications SET lane = $2 WHERE user_id = $1";
    place.sql(sql, &[&person.user, &lane]).await;
}

/// Where it stands, and whether they were told.
async fn stands(place: &Place, person: &Person) -> (i16, bool) {
    let sql = "SELECT state, told FROM applications WHERE user_id = $1";
    let row = &place.sql(sql, &[&person.user]).await[0];
    (row.get(0), row.get(1))
}

#[test]
fn through_an_app_only_the_likely_automated_and_the_unconfirmed_are_not_told() {
    run(async |place| {
        let olive = place.owner().await;
        let api = place.api(place.token_of(olive.user, "admin:read admin:write").await);
        for (name, lane, told) in [
            ("vera", 0i16, true),
            ("wim", 1, true),
            ("lina", 2, true),
            ("rolf", 3, false),
        ] {
            let person = place.applicant(name).await;
            into_lane(place, &person, lane).await;
            let path = format!("/api/v1/admin/accounts/{}/reject", person.id);
            api.act(&path).await.expect(200);
            assert_eq!(stands(place, &person).await, (4, told), "{name}");
        }
        let una = place.applicant("una").await;
        let sql = "UPDATE applications SET state = 0, confirmed_at = NULL WHERE user_id = $1";
        place.sql(sql, &[&una.user]).await;
        let path = format!("/api/v1/admin/accounts/{}/reject", una.id);
        api.act(&path).await.expect(200);
        assert_eq!(stands(place, &una).await, (4, false), "una");
    });
}

#[test]
fn the_card_and_the_page_for_many_offer_what_is_usual() {
    run(async |place| {
        let olive = place.owner().await;
        let browser = place.signed_in(&olive).await;
        for (name, lane, told) in [("vera", 0i16, true), ("wim", 1, true), ("rolf", 3, false)] {
            let person = place.applicant(name).await;
            into_lane(place, &person, lane).await;
            let card = format!("/desk/applications/{}", place.application_of(&person).await);
            let page = browser.open(&card).await;
            let form = page.form(&format!("{card}/approve"));
            browser.submit(form.press("Turn them down")).await;
            assert_eq!(stands(place, &person).await, (4, told), "{name}");
        }
        let (rosa, tom) = (place.applicant("rosa").await, place.applicant("tom").await);
        let mut ids = Vec::new();
        for person in [&rosa, &tom] {
            ids.push(place.application_of(person).await.to_string());
        }
        let desk = browser.open("/desk").await;
        let form = desk.form("/desk/bulk");
        let form = form.tick("pick[]", &ids[0]).tick("pick[]", &ids[1]);
        // One of the two turns out to be of the likely automated.
        into_lane(place, &tom, 3).await;
        let look = browser.submit(form).await;
        let form = look.form("/desk/bulk/decide").set("act", "reject");
        browser.submit(form).await.says("2 of 2 are done.");
        assert_eq!(stands(place, &rosa).await, (4, true));
        assert_eq!(stands(place, &tom).await, (4, false));
    });
}

#[test]
fn a_row_says_what_put_an_application_aside_and_accuses_nobody() {
    run(async |place| {
        let olive = place.owner().await;
        let greta = place.staff("greta", Role::Reviewer).await;
        let network = place.applicant("nora").await;
        let mail = place.applicant("mika").await;
        let trap = place.applicant("tara").await;
        let nothing = place.applicant("olga").await;
        for person in [&network, &mail, &trap, &nothing] {
            into_lane(place, person, 3).await;
        }
        let sql = "UPDATE applications SET network = '81.44.5.6' WHERE user_id = $1";
        place.sql(sql, &[&network.user]).await;
        let sql = "UPDATE applications SET mail_domain = 'a.odd.example' WHERE user_id = $1";
        place.sql(sql, &[&mail.user]).await;
        let sql = "UPDATE application_traits t SET trap_filled = true FROM applications a \
                   WHERE a.id = t.application_id AND a.user_id = $1";
        place.sql(sql, &[&trap.user]).await;
        let sql = "INSERT INTO network_blocks (id, network, severity, created_at) \
                   VALUES (1, '81.44.5.0/24', 1, '2026-11-01')";
        place.sql(sql, &[]).await;
        let sql = "INSERT INTO mail_blocks (id, domain, severity, created_at) \
                   VALUES (1, 'odd.example', 1, '2026-11-01')";
        place.sql(sql, &[]).await;
        // One search each, so that each page has one row.
        let says = async |browser: &crate::support::browser::Browser, name: &str| {
            let path = format!("/desk?state=automated&q={name}");
            browser.open(&path).await.html.text()
        };
        let hers = place.signed_in(&olive).await;
        let trapped = "filled in a field that people do not see";
        for (name, words) in [
            ("nora", "a block of its network"),
            ("mika", "a block of its mail domain"),
            ("tara", trapped),
            ("olga", "put aside; why is not known any more"),
        ] {
            let said = says(&hers, name).await;
            assert!(said.contains(words), "{name}: {said}");
            assert_eq!(said.contains(trapped), name == "tara", "{name}: {said}");
        }
        // Networks stand on the card, and who reads it is written down.
        assert!(!says(&hers, "nora").await.contains("81.44.5.6"));
        let reviewer = place.signed_in(&greta).await;
        let said = says(&reviewer, "nora").await;
        assert!(said.contains("a block at the door"), "{said}");
        assert!(
            !said.contains("81.44.5") && !said.contains("network"),
            "{said}"
        );
    });
}

#[test]
fn a_row_shows_what_a_decision_needs() {
    run(async |place| {
        let olive = place.owner().await;
        let hana = place.applicant("hana").await;
        let note = serde_json::json!({ "note": "I paint boats." });
        hana.api
            .patch("/api/v1/accounts/update_credentials", note)
            .await
            .expect(200);
        let id = place.application_of(&hana).await;
        let sql =
            "UPDATE applications SET fill_seconds = 200, appealed_at = submitted_at WHERE id = $1";
        place.sql(sql, &[&id]).await;
        let sql = "INSERT INTO application_messages (application_id, kind, body, created_at) \
                   SELECT $1, n, 'Words', '2026-11-01' FROM generate_series(0, 1) n";
        place.sql(sql, &[&id]).await;
        let desk = place.signed_in(&olive).await.open("/desk").await;
        desk.says("I paint boats.")
            .says("Asks to look again")
            .says("Has answered")
            .says("filled in within")
            .hides("Vouched for,")
            .hides("Refused before");
    });
}
