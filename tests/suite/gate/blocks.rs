//! Blocks at the door: networks, mail domains, names, single addresses.

use porchlight::domain::role::Role;
use serde_json::{Value, json};

use super::applying::{apply, form};
use crate::support::browser::Browser;
use crate::support::name_server::NameServer;
use crate::support::people::Person;
use crate::support::place::{Place, Setup, run};

/// Lays a block by the page; gives the page that says what it would do.
async fn lay(
    desk: &Browser,
    kind: &str,
    value: &str,
    fields: &[(&str, &str)],
    apply: bool,
) -> String {
    let page = desk
        .open(&format!("/desk/blocks/new?kind={kind}&value={value}"))
        .await;
    let before = page.html.text();
    let mut filled = page.form("/desk/blocks");
    for (name, value) in fields {
        filled = filled.set(name, value);
    }
    if apply {
        filled = filled.press("Lay it, and");
    }
    desk.submit(filled).await.says("Laid");
    before
}

async fn state_of(place: &Place, name: &str) -> (i64, i64) {
    let row = place
        .sql(
            "SELECT a.state::bigint, a.lane::bigint FROM applications a JOIN users u ON u.id = a.user_id \
             WHERE u.username = $1",
            &[&name],
        )
        .await;
    row.first().map_or((-1, -1), |row| (row.get(0), row.get(1)))
}

/// A client of an admin's, with what the admin API asks for.
async fn admin_api(place: &Place, who: &Person) -> crate::support::api::Api {
    place.api(place.token_of(who.user, "admin:read admin:write").await)
}

#[test]
fn a_block_tells_whom_it_touches_and_refuses_them_in_one_silent_act() {
    // T3, T13
    run(async |place| {
        let owner = place.owner().await;
        let mut waiting = Vec::new();
        for n in 0..3 {
            let mut one = place.applicant(&format!("bot{n}")).await;
            place
                .sql(
                    "UPDATE applications SET network = '81.44.5.6' WHERE user_id = $1",
                    &[&one.user],
                )
                .await;
            one.api.from = place.network();
            waiting.push(one);
        }
        place.applicant("hana").await;
        let desk = place.signed_in(&owner).await;
        let said = lay(&desk, "network", "81.44.5.0/24", &[], true).await;
        assert!(
            said.contains("3 applications that wait: the network 81.44.5.0/24"),
            "{said}"
        );
        assert!(said.contains("@bot0") && !said.contains("@hana"), "{said}");
        for one in &waiting {
            assert_eq!(state_of(place, &one.name).await.0, 4);
            one.api
                .get("/api/v1/accounts/verify_credentials")
                .await
                .error(401);
        }
        assert_eq!(state_of(place, "hana").await.0, 1);
        place.settle().await;
        let mails = place.mails();
        assert!(
            mails
                .iter()
                .all(|m| !(m.to.contains("bot") && m.text.contains("said no")))
        );
        let audit =
            "SELECT count(*) FROM audit_log WHERE act IN ('block.lay', 'application.reject_many')";
        assert_eq!(place.number(audit).await, 2);
        let told = "SELECT count(*) FROM applications WHERE told";
        assert_eq!(place.number(told).await, 0);
        // From there nobody applies any more, from elsewhere everybody does.
        let mut browser = place.browser();
        browser.from = "81.44.5.99".to_owned();
        let filled = form(place, &browser, "late", "late@late.example").await;
        let page = browser.submit(filled).await;
        assert_eq!(page.status(), 403, "{}", page.html.text());
        apply(place, "ok", "ok@ok.example")
            .await
            .says("Now look into the mailbox of");
        // Lifted, it is over.
        let page = desk.open("/desk/blocks").await;
        desk.submit(page.form("/desk/blocks/network/"))
            .await
            .says("Lifted");
        let filled = form(place, &browser, "late", "late@late.example").await;
        browser
            .submit(filled)
            .await
            .says("Now look into the mailbox of");
    });
}

#[test]
fn a_block_decides_by_the_rules_of_staff_and_is_taken_back_whole() {
    // C6
    run(async |place| {
        place.owner().await;
        let adam = place.staff("adam", Role::Admin).await;
        let desk = place.signed_in(&adam).await;
        let (near, _) = desk.from.rsplit_once('.').expect("an address");
        let near = format!("{near}.200");
        for (name, from) in [("bot1", "81.44.5.6"), ("bot2", "81.44.5.7"), ("kin", &near)] {
            let one = place.applicant(name).await;
            let sql = "UPDATE applications SET network = $2::text::inet WHERE user_id = $1";
            place.sql(sql, &[&one.user, &from]).await;
        }
        let page = desk.open("/desk/blocks/new?kind=name&value=bot").await;
        page.says("2 applications that wait");
        // Somebody of his own network among them is left to others, and named.
        let sql = "UPDATE users SET username = 'robot_kin' WHERE username = 'kin'";
        place.sql(sql, &[]).await;
        let form = page.form("/desk/blocks").press("Lay it, and");
        let done = desk.submit(form).await;
        done.says("Laid, and 2 who waited were refused in silence. One was left out.")
            .says("robot_kin: They came from a network that you sign in from.");
        assert_eq!(state_of(place, "robot_kin").await.0, 1);
        assert_eq!(state_of(place, "bot1").await.0, 4);
        place.settle().await;
        let counted = "SELECT coalesce(sum(count), 0)::bigint FROM door_days WHERE what = 4";
        assert_eq!(place.number(counted).await, 2, "the charts count them");
        let events =
            "SELECT count(*) FROM applications WHERE state = 4 AND snapshot_hash IS NOT NULL";
        assert_eq!(place.number(events).await, 2, "what was judged is kept");
        let log = desk.open("/desk/audit?act=application.reject_many").await;
        desk.submit(log.form("/desk/audit/undo")).await;
        for name in ["bot1", "bot2"] {
            assert_eq!(state_of(place, name).await.0, 1, "{name}");
        }
    });
}

#[test]
fn those_whom_a_block_put_aside_come_back_to_where_they_were() {
    run(async |place| {
        let owner = place.owner().await;
        let desk = place.signed_in(&owner).await;
        for (name, lane) in [("odd1", 1i16), ("odd2", 2)] {
            let one = place.applicant(name).await;
            let sql = "UPDATE applications SET lane = $2 WHERE user_id = $1";
            place.sql(sql, &[&one.user, &lane]).await;
        }
        lay(&desk, "name", "odd", &[("severity", "aside")], true).await;
        assert_eq!(state_of(place, "odd1").await, (1, 3));
        let log = desk.open("/desk/audit?act=block.set_aside").await;
        log.says("put people who wait among the likely automated");
        desk.submit(log.form("/desk/audit/undo")).await;
        assert_eq!(state_of(place, "odd1").await, (1, 1));
        assert_eq!(state_of(place, "odd2").await, (1, 2));
    });
}

#[test]
fn mail_is_blocked_by_its_domain_and_by_its_servers() {
    let names = NameServer::start(&[
        ("shop.example", "mx1.spam.example"),
        ("fine.example", "mx.fine.example"),
        ("slow.example", "silent"),
    ]);
    let setup = Setup::default().with(
        "PORCHLIGHT_REGISTRATION__NAME_SERVER",
        names.address.to_string(),
    );
    setup.run(async |place| {
        let owner = place.owner().await;
        let desk = place.signed_in(&owner).await;
        lay(&desk, "mail", "spam.example", &[], false).await;
        let mut words = Vec::new();
        for domain in [
            "spam.example",
            "a.b.spam.example",
            "SPAM.example",
            "shop.example",
        ] {
            let page = apply(place, "cleo", &format!("cleo@{domain}")).await;
            assert_eq!(page.status(), 422, "{domain}");
            words.push(page.by_id("email-error").expect("an error").text.clone());
        }
        words.dedup();
        assert_eq!(words.len(), 1, "{words:?}");
        for (name, domain) in [
            ("una", "fine.example"),
            ("ben", "slow.example"),
            ("tom", "notspam.example"),
        ] {
            apply(place, name, &format!("{name}@{domain}"))
                .await
                .says("Now look into the mailbox of");
        }
        let asked = names.asked();
        apply(place, "eve", "eve@fine.example").await;
        assert_eq!(names.asked(), asked, "it is remembered");
        // Another address meets the same blocks.
        let una = place.browser();
        let page = una.open("/sign-in").await;
        let login = page
            .form("/sign-in")
            .set("login", "una")
            .set("password", crate::support::people::PASSWORD);
        let page = una.submit(login).await;
        let page = una
            .submit(page.form("/waiting/email").set("email", "una@shop.example"))
            .await;
        assert_eq!(page.status(), 422, "{}", page.html.text());
    });
}

#[test]
fn names_are_blocked_with_what_looks_like_them() {
    // X4
    run(async |place| {
        let owner = place.owner().await;
        place.staff("marlene", Role::Moderator).await;
        place.member("ann").await;
        let desk = place.signed_in(&owner).await;
        lay(&desk, "name", "rotten&whole=1", &[], false).await;
        lay(&desk, "name", "casino", &[], false).await;
        lay(&desk, "name", "crypto", &[("severity", "aside")], false).await;
        let mut words = Vec::new();
        for name in [
            "rotten",
            "r0tten",
            "rrottenn",
            "best_cas1no",
            "caasino",
            "marlene",
            "rnarlene",
            "mar1ene",
            "0live",
            "ann",
        ] {
            let page = apply(place, name, &format!("{name}@other.example")).await;
            assert_eq!(page.status(), 422, "{name}");
            words.push(page.by_id("username-error").expect("an error").text.clone());
        }
        words.dedup();
        assert_eq!(words.len(), 1, "{words:?}");
        for name in ["rotteny", "casimir"] {
            apply(place, name, &format!("{name}@{name}.example"))
                .await
                .says("Now look into the mailbox of");
        }
        apply(place, "crypt0fan", "fan@fan.example")
            .await
            .says("Now look into the mailbox of");
        assert_eq!(
            state_of(place, "crypt0fan").await,
            (0, 3),
            "put aside, not refused"
        );
    });
}

#[test]
fn what_is_put_aside_is_read_by_a_person_however_open_the_door() {
    Setup::default()
        .with("PORCHLIGHT_REGISTRATION__MODE", "open")
        .run(async |place| {
            let owner = place.owner().await;
            let desk = place.signed_in(&owner).await;
            lay(
                &desk,
                "mail",
                "odd.example",
                &[("severity", "aside")],
                false,
            )
            .await;
            apply(place, "odd", "odd@odd.example").await;
            apply(place, "even", "even@even.example").await;
            for address in ["odd@odd.example", "even@even.example"] {
                let link = place.mail_to(address).await.link("/confirm");
                let browser = place.browser();
                let page = browser.open(&link).await;
                browser.submit(page.form("/confirm")).await;
            }
            assert_eq!(state_of(place, "odd").await, (1, 3));
            assert_eq!(state_of(place, "even").await.0, 3);
        });
}

#[test]
fn blocks_are_the_business_of_admins_and_seen_by_moderators() {
    run(async |place| {
        let owner = place.owner().await;
        let moderator = place.staff("mo", Role::Moderator).await;
        let reviewer = place.staff("rita", Role::Reviewer).await;
        let desk = place.signed_in(&owner).await;
        lay(
            &desk,
            "network",
            "81.44.5.0/24",
            &[("comment", "A wave")],
            false,
        )
        .await;
        let page = place.signed_in(&moderator).await.open("/desk/blocks").await;
        page.says("81.44.5.0/24").says("A wave");
        assert!(!page.has_form("/desk/blocks"), "but nothing to press");
        let page = place.signed_in(&reviewer).await.visit("/desk/blocks").await;
        assert_eq!(page.status(), 404);
        page.hides("81.44.5");
        for bad in ["0.0.0.0/0", "nonsense"] {
            let page = desk
                .visit(&format!("/desk/blocks/new?kind=network&value={bad}"))
                .await;
            assert_eq!(page.status(), 422, "{bad}");
        }
    });
}

#[test]
fn the_admin_api_of_mastodon_keeps_the_same_lists() {
    run(async |place| {
        let owner = place.owner().await;
        let mo = place.staff("mo", Role::Moderator).await;
        let (api, reader) = (admin_api(place, &owner).await, admin_api(place, &mo).await);
        let ip = "/api/v1/admin/ip_blocks";
        let body = json!({ "ip": "81.44.5.9/24", "severity": "sign_up_block", "comment": "A wave", "expires_in": 3600 });
        let block = api.post(ip, body.clone()).await.entity("Admin_IpBlock");
        assert_eq!(
            (&block["ip"], &block["severity"]),
            (&json!("81.44.5.0/24"), &json!("sign_up_block"))
        );
        assert!(block["expires_at"].is_string());
        reader.post(ip, body).await.error(403);
        let one = format!("{ip}/{}", block["id"].as_str().expect("an id"));
        let list = reader.get(ip).await.ok();
        assert_eq!(list[0], reader.get(&one).await.entity("Admin_IpBlock"));
        let change = json!({ "severity": "sign_up_requires_approval", "expires_in": "" });
        let block = api.put(&one, change).await.entity("Admin_IpBlock");
        assert_eq!(block["severity"], "sign_up_requires_approval");
        assert_eq!(
            (&block["expires_at"], &block["comment"]),
            (&Value::Null, &json!("A wave"))
        );
        api.post(ip, json!({ "ip": "81.44.5.0/24", "severity": "no_access" }))
            .await
            .error(422);
        api.post(ip, json!({ "ip": "nowhere", "severity": "sign_up_block" }))
            .await
            .error(422);
        api.delete(&one).await.ok();
        api.get(&one).await.error(404);

        let mail = "/api/v1/admin/email_domain_blocks";
        let block = api
            .post(mail, json!({ "domain": "Spam.example" }))
            .await
            .entity("Admin_EmailDomainBlock");
        assert_eq!(
            (&block["domain"], &block["allow_with_approval"]),
            (&json!("spam.example"), &json!(false))
        );
        assert_eq!(block["history"].as_array().map(Vec::len), Some(7));
        let one = format!("{mail}/{}", block["id"].as_str().expect("an id"));
        reader.get(&one).await.entity("Admin_EmailDomainBlock");
        assert_eq!(reader.get(mail).await.ok()[0]["id"], block["id"]);
        api.delete(&one).await.ok();
        api.get(&one).await.error(404);

        let single = "/api/v1/admin/canonical_email_blocks";
        let block = api
            .post(single, json!({ "email": "Ann.Berg+x@far.example" }))
            .await
            .entity("Admin_CanonicalEmailBlock");
        let found = reader
            .post(
                &format!("{single}/test"),
                json!({ "email": "annberg@far.example" }),
            )
            .await
            .ok();
        assert_eq!(found[0], block);
        let none = reader
            .post(
                &format!("{single}/test"),
                json!({ "email": "ben@far.example" }),
            )
            .await
            .ok();
        assert_eq!(none, json!([]));
        let page = apply(place, "annb", "an.nberg@far.example").await;
        assert_eq!(page.status(), 422);
        let one = format!("{single}/{}", block["id"].as_str().expect("an id"));
        reader.get(&one).await.entity("Admin_CanonicalEmailBlock");
        api.delete(&one).await.ok();
        assert_eq!(reader.get(single).await.ok(), json!([]));
    });
}

#[test]
fn blocks_are_turned_by_pages_each_kind_on_its_own() {
    run(async |place| {
        let olive = place.owner().await;
        place
            .sql(
                "INSERT INTO mail_blocks (id, domain, hosts, severity, comment, created_at) \
                 SELECT n, 'd' || n || '.example', false, 0, '', '2026-11-01' FROM generate_series(1, 120) n",
                &[],
            )
            .await;
        place
            .sql(
                "INSERT INTO name_blocks (id, pattern, whole, severity, comment, created_at) \
                 SELECT n, 'name' || n, true, 0, '', '2026-11-01' FROM generate_series(1, 51) n",
                &[],
            )
            .await;
        let desk = place.signed_in(&olive).await;
        let page = desk.open("/desk/blocks").await;
        page.says("d120.example")
            .says("d71.example")
            .hides("d70.example");
        page.says("name51").says("name2").hides("Newest");
        let page = desk.open("/desk/blocks?mail=71").await;
        page.says("d70.example")
            .says("d21.example")
            .hides("d71.example");
        page.says("name51").says("Newest");
        let last = desk.open("/desk/blocks?mail=21&name=2").await;
        last.says("d20.example")
            .says("d1.example")
            .says("name1")
            .hides("Older");
    });
}
