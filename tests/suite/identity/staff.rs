//! `/desk/staff`: named, seen, removed (C6, T14).

use porchlight::domain::role::Role;
use porchlight::identity::setup;

use crate::support::people::PASSWORD;
use crate::support::place::run;

#[test]
fn no_block_of_the_door_keeps_the_first_owner_out() {
    // H11
    run(async |place| {
        let now = place.app.clock.now().timestamp();
        for blocks in [
            "network_blocks (id, network, severity, created_at) \
             SELECT n, x::inet, 0, to_timestamp($1::bigint) FROM (VALUES (1, '0.0.0.0/0'), (2, '::/0')) v (n, x)",
            "mail_blocks (id, domain, severity, created_at) VALUES (1, 'olive.example', 0, to_timestamp($1::bigint))",
            "name_blocks (id, pattern, whole, severity, created_at) VALUES (1, 'olive', true, 0, to_timestamp($1::bigint))",
        ] {
            place.sql(&format!("INSERT INTO {blocks}"), &[&now]).await;
        }
        let link = setup::first_link(&place.app).await.expect("a link");
        let link = link.expect("nobody is here yet");
        let path = link.strip_prefix(&place.origin).expect("a link to here");
        let browser = place.browser();
        let form = browser.open(path).await.form("/owner/");
        let form = form
            .set("place", "The Long Porch")
            .set("username", "olive")
            .set("email", "olive@olive.example")
            .set("password", PASSWORD);
        browser.submit(form).await.says("The Long Porch");
        let elsewhere = place.browser();
        let form = elsewhere.open("/sign-in").await.form("/sign-in");
        let form = form.set("login", "olive").set("password", PASSWORD);
        assert_eq!(elsewhere.post(&form).await.status, 303);
        elsewhere.open("/desk").await.says("Nobody is waiting");
    });
}

#[test]
fn an_admin_names_up_to_moderator_and_an_owner_anybody() {
    run(async |place| {
        let olive = place.owner().await;
        let adam = place.staff("adam", Role::Admin).await;
        let ben = place.member("ben").await;
        place.applicant("hana").await;
        let role_of = async |user: i64| -> i16 {
            place
                .sql("SELECT role FROM users WHERE id = $1", &[&user])
                .await[0]
                .get(0)
        };
        let his = place.signed_in(&adam).await;
        let page = his.open("/desk/staff").await;
        page.says("@olive").says("@adam").says("no act so far");
        let form = page.form("/desk/staff").set("name", "@ben");
        let named = his.submit(form.clone().set("role", "moderator")).await;
        named
            .says("ben is a moderator now.")
            .says("the rights sleep");
        assert_eq!(role_of(ben.user).await, 2);
        // Not more than that, whatever is sent.
        let forged = form.clone().forge("role", "admin");
        his.submit(forged)
            .await
            .says("Only an owner makes or removes");
        let demote = |id: i64| {
            named
                .form("/desk/staff/change")
                .forge("id", &id.to_string())
                .forge("role", "member")
        };
        his.submit(demote(olive.user))
            .await
            .says("This is the last owner.");
        his.submit(demote(adam.user)).await.says("their own role");
        assert_eq!(role_of(olive.user).await, 4);
        for nobody in ["zoe", "hana", "' OR 1=1"] {
            let form = form.clone().forge("name", nobody).set("role", "reviewer");
            his.submit(form).await.says("no member");
        }
        his.submit(demote(ben.user))
            .await
            .says("not of the staff any more");
        assert_eq!(role_of(ben.user).await, 0);
        // The owner may, and the last one stays.
        let hers = place.signed_in(&olive).await;
        let page = hers.open("/desk/staff").await;
        let form = page.form("/desk/staff").set("name", "ben");
        hers.submit(form.set("role", "admin"))
            .await
            .says("ben is an admin now.");
        assert_eq!(role_of(ben.user).await, 3);
        hers.submit(demote(olive.user).forge("csrf", page.form("/desk/staff").value("csrf")))
            .await
            .says("This is the last owner.");
        assert_eq!(role_of(olive.user).await, 4);
    });
}
