//! Applying again after time ended it: erased at once, with the same name and the same address.

use chrono::TimeDelta;
use porchlight::gate::applications::expire;

use super::super::applying::fill;
use super::{refuse, state};
use crate::support::people::{PASSWORD, Person};
use crate::support::place::{Place, run};

async fn end(place: &Place, person: &Person) {
    place.advance(TimeDelta::days(31));
    expire::run(&place.app).await.expect("it runs");
    place.settle().await;
    assert_eq!(state(place, person).await, 6, "time ended it");
}

#[test]
fn who_was_never_answered_applies_again_with_the_same_name_and_address() {
    run(async |place| {
        place.owner().await;
        let hana = place.applicant("hana").await;
        end(place, &hana).await;
        let browser = place.signed_in(&hana).await;
        let page = browser.open("/waiting").await;
        page.says("You are welcome to apply again")
            .says("Erase this and apply again");
        let page = browser.submit(page.form("/waiting/again")).await;
        assert!(page.path.starts_with("/apply?again="), "{}", page.path);
        assert_eq!(page.form("/apply").value("username"), "hana");
        assert_eq!(place.number("SELECT count(*) FROM applications").await, 0);
        // Nobody else has the name meanwhile, nor with a token of their own making.
        let stranger = place.browser();
        let theirs = stranger.open("/apply?again=AAAA").await;
        place.advance(TimeDelta::seconds(30));
        let form = fill(&theirs, "hana", "mal@mal.example");
        let refused = stranger.submit(form).await;
        assert_eq!(refused.status(), 422);
        refused.says("cannot be had here");
        let form = fill(&page, "hana", &hana.email);
        // One thing to mend does not lose what keeps the name.
        let page = browser.submit(form.set("password", "short")).await;
        assert_eq!(page.status(), 422, "{}", page.answer.shown());
        place.advance(TimeDelta::seconds(30));
        let form = page.form("/apply").set("password", PASSWORD);
        browser.submit(form).await.says("Now look into the mailbox");
        let mail = place.mail_to(&hana.email).await;
        let page = browser.open(&mail.link("/confirm")).await;
        place.advance(TimeDelta::minutes(3));
        browser.submit(page.form("/confirm")).await;
        let waits = "SELECT count(*) FROM applications a JOIN users u ON u.id = a.user_id \
                     WHERE u.username = 'hana' AND a.state = 1 AND u.email_canonical IS NOT NULL";
        assert_eq!(place.number(waits).await, 1);
    });
}

#[test]
fn a_name_rests_for_whom_somebody_said_no_to() {
    run(async |place| {
        let owner = place.owner().await;
        let hana = place.applicant("hana").await;
        refuse(place, &owner, &hana, true, "").await;
        let browser = place.signed_in(&hana).await;
        let page = browser.open("/waiting").await;
        assert!(!page.has_form("/waiting/again"));
        let forged = page.form("/waiting/appeal").aim("/waiting/again");
        let page = browser.submit(forged.set("appeal", "x")).await;
        assert_eq!(page.status(), 403, "{}", page.answer.shown());
        assert_eq!(state(place, &hana).await, 4, "nothing is erased");
        // Nor after an appeal that time ended.
        let page = browser.open("/waiting").await;
        let form = page.form("/waiting/appeal").set("appeal", "Please look.");
        browser.submit(form).await;
        end(place, &hana).await;
        let browser = place.signed_in(&hana).await;
        let page = browser.open("/waiting").await;
        page.says("It took too long")
            .hides("welcome to apply again");
        assert!(!page.has_form("/waiting/again"));
    });
}

#[test]
fn nothing_is_erased_while_nobody_may_apply() {
    run(async |place| {
        place.owner().await;
        let hana = place.applicant("hana").await;
        end(place, &hana).await;
        let browser = place.signed_in(&hana).await;
        let page = browser.open("/waiting").await;
        place
            .sql(
                "INSERT INTO instance_settings (key, value, updated_at) \
                 VALUES ('registration.mode', jsonb_build_object('mode', 'closed', 'bypass', false), '2020-01-01') \
                 ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                &[],
            )
            .await;
        place.advance(TimeDelta::seconds(40));
        let page = browser.submit(page.form("/waiting/again")).await;
        assert_eq!(page.status(), 403, "{}", page.answer.shown());
        page.says("Nothing was erased.");
        assert_eq!(state(place, &hana).await, 6);
    });
}
