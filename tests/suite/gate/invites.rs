//! Invites: who may make them, what they open, and what becomes of their uses.

use chrono::TimeDelta;
use porchlight::domain::Error;
use porchlight::domain::role::Role;
use porchlight::gate::applications::apply::{self, Applied, Apply};
use porchlight::gate::applications::{confirm_email, expire};
use porchlight::gate::mode;
use porchlight::gate::proof;
use serde_json::json;

use super::applying;
use super::waiting::refuse;
use crate::support::browser::{Browser, Page};
use crate::support::people::{PASSWORD, Person, SCOPES};
use crate::support::place::{Place, run};

/// Makes an invite by the page; gives its code.
pub async fn invite(place: &Place, maker: &Person, uses: &str) -> String {
    let browser = place.signed_in(maker).await;
    let page = browser.open("/invites").await;
    let filled = page.form("/invites").set("uses", uses).set("days", "7");
    browser.submit(filled).await.says("Here it is");
    let newest = "SELECT code FROM invites WHERE user_id = $1 ORDER BY id DESC LIMIT 1";
    place.sql(newest, &[&maker.user]).await[0].get(0)
}

/// What the door's keeper chose, as everybody sees it at once.
pub async fn set_mode(place: &Place, mode: &str, bypass: bool) {
    place
        .sql(
            "INSERT INTO instance_settings (key, value, updated_at) \
             VALUES ('registration.mode', jsonb_build_object('mode', $1::text, 'bypass', $2::boolean), '2026-11-01') \
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            &[&mode, &bypass],
        )
        .await;
    mode::forget(&place.app).await;
}

/// Applies with the code of an invite, or with none.
pub async fn apply(
    place: &Place,
    name: &str,
    code: Option<&str>,
) -> porchlight::domain::Result<Applied> {
    let cmd = Apply {
        username: name.to_owned(),
        email: Some(format!("{name}@{name}.example")),
        password: PASSWORD.to_owned(),
        agreement: true,
        locale: "en".to_owned(),
        reason: Some(format!("I am {name}.")),
        invite: code.map(str::to_owned),
        network: Some(place.network().parse().expect("an address")),
        ..Apply::default()
    };
    apply::apply(&place.app, cmd).await
}

/// Confirms the address; says whether that made them a member.
pub async fn confirm(place: &Place, name: &str) -> bool {
    let mail = place.mail_to(&format!("{name}@{name}.example")).await;
    let link = mail.link("/confirm");
    let token = link.rsplit(['/', '=']).next().expect("a token");
    let work = proof::work(token, place.app.config.registration.proof_bits);
    let confirmed = confirm_email::confirm(&place.app, token, Some(&work)).await;
    confirmed.expect("the link works").member
}

/// State and lane of somebody's application.
pub async fn standing(place: &Place, name: &str) -> (i16, i16) {
    let sql = "SELECT a.state, a.lane FROM applications a JOIN users u ON u.id = a.user_id WHERE u.username = $1";
    let row = place.sql(sql, &[&name]).await;
    (row[0].get(0), row[0].get(1))
}

/// `(pending, vouched)`.
pub const BEFORE_OTHERS: (i16, i16) = (1, 0);
/// `(pending, waiting)`.
pub const LIKE_ALL: (i16, i16) = (1, 1);

/// Somebody who came by an invite and is in.
pub async fn join(place: &Place, name: &str, code: &str) -> Person {
    apply(place, name, Some(code))
        .await
        .expect("it is received");
    assert!(confirm(place, name).await, "{name} is in");
    person(place, name).await
}

/// Somebody by their name.
pub async fn person(place: &Place, name: &str) -> Person {
    let sql = "SELECT id, account_id FROM users WHERE username = $1";
    let row = place.sql(sql, &[&name]).await.remove(0);
    let (user, account): (i64, i64) = (row.get(0), row.get(1));
    let token = place.token_of(user, SCOPES).await;
    Person {
        name: name.to_owned(),
        email: format!("{name}@{name}.example"),
        user,
        id: account.to_string(),
        api: place.api(token),
    }
}

async fn used(place: &Place, code: &str) -> i32 {
    let sql = "SELECT used FROM invites WHERE code = $1";
    place.sql(sql, &[&code]).await[0].get(0)
}

async fn bring(place: &Place, browser: &Browser, code: &str, name: &str) -> Page {
    let page = browser.open(&format!("/apply?invite={code}")).await;
    place.advance(TimeDelta::seconds(30));
    let filled = applying::fill(&page, name, &format!("{name}@{name}.example"));
    browser.submit(filled).await
}

#[test]
fn a_link_leads_to_the_form_and_its_bearer_waits_before_the_others() {
    run(async |place| {
        let owner = place.owner().await;
        let ann = place.member("ann").await;
        let code = invite(place, &ann, "2").await;
        let browser = place.browser();
        let page = browser.open(&format!("/invite/{code}")).await;
        page.says("invites you").says("@ann").hides("olive");
        let leads = format!("/apply?invite={code}");
        assert!(page.all("a").iter().any(|a| a.get("href") == leads));
        // As it is read aloud.
        let spoken = format!("{}-{} {}", &code[..4], &code[4..8], &code[8..]).to_lowercase();
        let typed = browser
            .open("/invite")
            .await
            .form("/invite")
            .set("code", &spoken);
        browser.submit(typed).await.says("invites you");

        // Kept through errors.
        let page = browser.open(&format!("/apply?invite={code}")).await;
        page.says("invites you");
        place.advance(TimeDelta::seconds(30));
        let refused = browser
            .submit(applying::fill(&page, "no good", "nowhere"))
            .await;
        assert_eq!(refused.status(), 422);
        assert_eq!(
            refused.says("invites you").form("/apply").value("invite"),
            code
        );
        assert_eq!(used(place, &code).await, 0, "nothing is spent on that");
        bring(place, &browser, &code, "hana")
            .await
            .says("Now look into the mailbox of");
        assert_eq!(used(place, &code).await, 1);
        assert!(!confirm(place, "hana").await, "a person decides");
        assert_eq!(standing(place, "hana").await, BEFORE_OTHERS);

        let desk = place.signed_in(&owner).await;
        let queue = desk.open("/desk?state=vouched").await;
        queue.says("@hana");
        let hana = person(place, "hana").await;
        let card = format!("/desk/applications/{}", place.application_of(&hana).await);
        desk.open(&card)
            .await
            .says("@ann, 1 of 2 uses")
            .says("ann invited them.");
        let path = format!("/api/v1/admin/accounts/{}", hana.id);
        let token = place.token_of(owner.user, "admin:read").await;
        let told = place.api(token).get(&path).await.entity("Admin_Account");
        assert_eq!(told["invited_by_account_id"], ann.id.as_str());
    });
}

#[test]
fn an_invite_that_does_not_work_is_an_ordinary_application_and_never_an_error() {
    // H6
    run(async |place| {
        place.owner().await;
        let mut dead = Vec::new();
        for (name, cause) in [
            (
                "expired",
                "UPDATE invites SET created_at = created_at - interval '30 days', expires_at = expires_at - interval '30 days' WHERE user_id = $1",
            ),
            (
                "usedup",
                "UPDATE invites SET used = uses WHERE user_id = $1",
            ),
            ("revoked", ""),
            (
                "suspended",
                "UPDATE accounts SET flags = flags | 2 WHERE id = (SELECT account_id FROM users WHERE id = $1)",
            ),
            (
                "frozen",
                "UPDATE accounts SET flags = flags | 8 WHERE id = (SELECT account_id FROM users WHERE id = $1)",
            ),
            (
                "taken_back",
                "UPDATE users SET approved_at = NULL WHERE id = $1",
            ),
            (
                "off",
                "UPDATE users SET disabled_at = created_at WHERE id = $1",
            ),
            (
                "moved",
                "UPDATE users SET moved_at = created_at WHERE id = $1",
            ),
        ] {
            let maker = place.member(name).await;
            let code = invite(place, &maker, "1").await;
            match cause {
                "" => {
                    let browser = place.signed_in(&maker).await;
                    let page = browser.open("/invites").await;
                    browser
                        .submit(page.form("/invites/"))
                        .await
                        .says("is revoked");
                }
                sql => {
                    place.sql(sql, &[&maker.user]).await;
                }
            }
            dead.push((name.to_owned(), code));
        }
        dead.push(("nonsense".to_owned(), "ABCDEFGHJKLM".to_owned()));
        dead.push(("noise".to_owned(), "no such thing".to_owned()));
        // Where an invite would even approve.
        set_mode(place, "approval", true).await;
        for (n, (name, code)) in dead.iter().enumerate() {
            let browser = place.browser();
            let path = format!("/invite/{}", code.replace(' ', "%20"));
            let page = browser.open(&path).await;
            page.says("This invite does not work")
                .says("anybody may apply")
                .hides(&format!("@{name}"));
            let guest = format!("guest{n}");
            let page = browser.open("/apply").await;
            place.advance(TimeDelta::seconds(30));
            let filled = applying::fill(&page, &guest, &format!("{guest}@{guest}.example"));
            let sent = browser.submit(filled.set("invite", code)).await;
            sent.says("Now look into the mailbox of")
                .says("like all others");
            assert!(!confirm(place, &guest).await, "{name} approves nobody");
            assert_eq!(standing(place, &guest).await, LIKE_ALL, "{name}");
        }
        assert_eq!(place.number("SELECT count(*) FROM invite_nodes").await, 0);

        set_mode(place, "invite", false).await;
        for (name, code) in &dead {
            let refused = apply(place, "late", Some(code)).await;
            let Err(Error::Closed(closed)) = refused else {
                panic!("{name}: {refused:?}");
            };
            assert!(closed.message.contains("by invitation only"), "{name}");
            let page = place
                .browser()
                .visit(&format!("/apply?invite={}", code.replace(' ', "+")))
                .await;
            assert_eq!(page.status(), 403, "{name}");
            page.says("by invitation only").hides(&format!("@{name}"));
        }
    });
}

#[test]
fn an_invite_works_until_its_end_and_not_from_then_on() {
    // C7: an inverted expiry.
    run(async |place| {
        place.owner().await;
        let ann = place.member("ann").await;
        let code = invite(place, &ann, "3").await;
        place.advance(TimeDelta::days(7) - TimeDelta::minutes(1));
        apply(place, "hana", Some(&code)).await.expect("in time");
        place.advance(TimeDelta::minutes(2));
        let late = apply(place, "ivan", Some(&code))
            .await
            .expect("an ordinary one");
        assert!(late.invite_failed);
        assert_eq!(used(place, &code).await, 1);
        let brought = "SELECT count(*) FROM applications WHERE lane = 0";
        assert_eq!(place.number(brought).await, 1);
    });
}

#[test]
fn the_last_use_is_had_by_one_and_the_others_are_like_all() {
    // H6, C7: a count that is not atomic.
    run(async |place| {
        place.owner().await;
        let ann = place.member("ann").await;
        for (mode, received) in [("approval", 4), ("invite", 1)] {
            set_mode(place, mode, false).await;
            let code = invite(place, &ann, "1").await;
            let names: Vec<String> = (0..4).map(|n| format!("{mode}{n}")).collect();
            let all = names.iter().map(|name| apply(place, name, Some(&code)));
            let came = futures::future::join_all(all).await;
            let got: Vec<&Applied> = came.iter().filter_map(|c| c.as_ref().ok()).collect();
            assert_eq!(got.len(), received, "{mode}: {came:?}");
            let winners = got.iter().filter(|applied| !applied.invite_failed);
            assert_eq!(winners.count(), 1, "{mode}");
            for refused in came.iter().filter_map(|c| c.as_ref().err()) {
                assert!(matches!(refused, Error::Closed(_)), "{refused:?}");
            }
            assert_eq!(used(place, &code).await, 1, "{mode}");
        }
        assert_eq!(
            place
                .number("SELECT count(*) FROM applications WHERE lane = 0")
                .await,
            2
        );
    });
}

#[test]
fn a_use_comes_back_where_nobody_confirms_or_who_waits_withdraws_and_not_after_a_no() {
    run(async |place| {
        let owner = place.owner().await;
        let ann = place.member("ann").await;
        let code = invite(place, &ann, "3").await;
        for name in ["silent", "gone", "told"] {
            apply(place, name, Some(&code))
                .await
                .expect("it is received");
        }
        assert_eq!(used(place, &code).await, 3);
        confirm(place, "gone").await;
        confirm(place, "told").await;
        let gone = person(place, "gone").await;
        gone.api
            .act("/api/porchlight/v1/application/withdraw")
            .await
            .expect(200);
        assert_eq!(used(place, &code).await, 2);
        let told = person(place, "told").await;
        refuse(place, &owner, &told, true, "No").await;
        place.settle().await;
        place.stop_jobs().await;
        place.advance(TimeDelta::hours(49));
        expire::run(&place.app).await.expect("it runs");
        assert_eq!(used(place, &code).await, 1, "nobody confirmed");
        // Of who was turned down a place in the tree stays, and nothing that names them.
        place.advance(TimeDelta::days(15));
        expire::run(&place.app).await.expect("it runs");
        assert_eq!(
            place
                .number("SELECT count(*) FROM users WHERE username = 'told'")
                .await,
            0
        );
        assert_eq!(used(place, &code).await, 1);
        let left = "SELECT count(*) FROM invite_nodes WHERE parent_id IS NOT NULL AND user_id IS NULL AND octet_length(keyed) = 32";
        assert_eq!(place.number(left).await, 1);
        assert_eq!(place.number("SELECT count(*) FROM invite_nodes").await, 2);
        place.start_jobs();
    });
}

#[test]
fn what_a_block_refuses_or_puts_aside_an_invite_does_not_let_through() {
    // C7: invite forms that skip mail blocks.
    run(async |place| {
        place.owner().await;
        let ann = place.member("ann").await;
        let code = invite(place, &ann, "3").await;
        set_mode(place, "invite", true).await;
        let block = async |domain: &str, severity: i16| {
            let sql = "INSERT INTO mail_blocks (id, domain, severity, created_at) VALUES (1 + $2::smallint, $1, $2::smallint, '2026-11-01')";
            place.sql(sql, &[&domain, &severity]).await;
        };
        block("hana.example", 0).await;
        let refused = apply(place, "hana", Some(&code)).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
        assert_eq!(used(place, &code).await, 0);
        block("ivan.example", 1).await;
        apply(place, "ivan", Some(&code))
            .await
            .expect("it is received");
        assert!(!confirm(place, "ivan").await, "not without being looked at");
        assert_eq!(standing(place, "ivan").await, (1, 3), "aside");
    });
}

#[test]
fn each_role_and_each_person_may_as_many_as_an_admin_says() {
    run(async |place| {
        let owner = place.owner().await;
        let ann = place.member("ann").await;
        let browser = place.signed_in(&ann).await;
        let make = async |uses: &str, days: &str| {
            let page = browser.open("/invites").await;
            let filled = page.form("/invites").set("uses", uses).set("days", days);
            browser.submit(filled).await
        };
        for (uses, days) in [("4", "7"), ("0", "7"), ("1", "31"), ("1", "0"), ("-1", "x")] {
            assert_eq!(make(uses, days).await.status(), 422, "{uses}, {days}");
        }
        make("3", "30").await.says("1 of 2 invites");
        make("1", "1").await.says("You have 2 of 2 invites");
        assert!(!browser.open("/invites").await.has_form("/invites\""));
        let page = browser.open("/invites").await;
        let filled = page.form("/invites/").forge("uses", "1").forge("days", "1");
        let token = filled.value("csrf").to_owned();
        let request = browser.request(reqwest::Method::POST, "/invites");
        let fields = [("csrf", token.as_str()), ("uses", "1"), ("days", "1")];
        let over = browser.send(request.form(&fields)).await;
        assert_eq!(over.status, 422);
        browser
            .submit(page.form("/invites/"))
            .await
            .says("is revoked");
        make("1", "1").await.says("Here it is");

        // For ann alone, then for all members.
        let desk = place.signed_in(&owner).await;
        let page = desk.open("/desk/invites?q=@ann").await;
        page.says("2 invites at a time");
        let filled = page.form("/desk/invites/people/ann/allow");
        desk.submit(filled.set("live", "3").set("uses", "9"))
            .await
            .says("for them alone");
        make("9", "1").await.says("3 of 3 invites");
        let page = desk.open("/desk/invites").await;
        let settings = page.form("/desk/invites/settings");
        let wrong = settings.set("live_member", "1000").set("uses_owner", "0");
        let wrong = desk.submit(wrong).await;
        assert_eq!(wrong.status(), 422);
        wrong
            .says("Members, invites at a time")
            .says("Owners, people for each");
        let settings = page.form("/desk/invites/settings").set("live_member", "0");
        desk.submit(settings).await.says("from now on");
        let ben = place.member("ben").await;
        let theirs = place.signed_in(&ben).await.open("/invites").await;
        theirs.says("Members do not invite anybody here");
        assert!(!theirs.has_form("/invites"));
        browser.open("/invites").await.says("3 of 3 invites");
        let lines = "SELECT count(*) FROM audit_log WHERE act IN ('invites.allow', 'invites.configure') AND inverse IS NOT NULL";
        assert_eq!(place.number(lines).await, 2);

        // At rest they see that, and make none.
        let page = desk.open("/desk/invites/people/ann").await;
        desk.submit(page.form("/desk/invites/people/ann/rest"))
            .await
            .says("Their invites rest");
        browser
            .open("/invites")
            .await
            .says("put your invites to rest");
        let page = desk.open("/desk/invites/people/ann").await;
        desk.submit(page.form("/desk/invites/people/ann/wake"))
            .await
            .says("work again");
        browser
            .open("/invites")
            .await
            .hides("put your invites to rest");
        // Nobody else's business, and nobody of their own rank.
        let mo = place.staff("mo", Role::Moderator).await;
        let second = place.staff("second", Role::Moderator).await;
        let theirs = place.signed_in(&mo).await;
        let page = theirs
            .open(&format!("/desk/invites/people/{}", second.name))
            .await;
        assert!(!page.has_form("/desk/invites/people/second/rest"));
        assert_eq!(browser.visit("/desk/invites").await.status(), 404);
    });
}

#[test]
fn apps_bring_an_invite_and_look_at_one() {
    run(async |place| {
        place.owner().await;
        let ann = place.member("ann").await;
        let code = invite(place, &ann, "1").await;
        set_mode(place, "invite", false).await;
        let app = place
            .stranger()
            .post(
                "/api/v1/apps",
                json!({ "client_name": "An app", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob", "scopes": "read write" }),
            )
            .await
            .ok();
        let token = place
            .stranger()
            .post(
                "/oauth/token",
                json!({
                    "grant_type": "client_credentials", "scope": "read write",
                    "client_id": app["client_id"], "client_secret": app["client_secret"],
                }),
            )
            .await
            .ok();
        let api = place.api(token["access_token"].as_str().expect("a token"));
        let body = |name: &str, code: Option<&str>| {
            json!({
                "username": name, "email": format!("{name}@{name}.example"), "password": PASSWORD,
                "agreement": true, "locale": "en", "reason": "Because of the porch.", "invite_code": code,
            })
        };
        let v1 = place
            .stranger()
            .get("/api/v1/instance")
            .await
            .entity("V1_Instance");
        assert_eq!(
            (&v1["registrations"], &v1["invites_enabled"]),
            (&json!(false), &json!(true))
        );
        let refused = api.post("/api/v1/accounts", body("hana", None)).await;
        assert_eq!(refused.status, 403);
        let look = async |code: &str| {
            let stranger = place.stranger();
            let request = stranger.request(reqwest::Method::GET, &format!("/invite/{code}"));
            stranger
                .send(request.header("Accept", "application/json"))
                .await
        };
        let found = look(&code).await.entity("InviteResponse");
        assert_eq!(found["invite_code"], code.as_str());
        assert_eq!(
            found["instance_api_url"],
            format!("{}/api/v2/instance", place.origin)
        );
        let received = api
            .post("/api/v1/accounts", body("hana", Some(&code)))
            .await;
        received.entity("Token");
        assert_eq!(look(&code).await.status, 401, "used up");
        assert_eq!(
            look("ABCDEFGHJKLM").await.status,
            401,
            "and never was: the same"
        );
        assert_eq!(look(&code).await.text(), look("ABCDEFGHJKLM").await.text());
        set_mode(place, "closed", true).await;
        let v1 = place
            .stranger()
            .get("/api/v1/instance")
            .await
            .entity("V1_Instance");
        assert_eq!(v1["invites_enabled"], false);
    });
}

#[test]
fn codes_of_events_and_invites_do_not_mix() {
    run(async |place| {
        place.owner().await;
        let ann = place.member("ann").await;
        let code = invite(place, &ann, "1").await;
        let browser = place.browser();
        let filled = applying::form(place, &browser, "hana", "hana@hana.example").await;
        let page = browser.submit(filled.set("event", &code)).await;
        assert_eq!(page.status(), 422);
        assert!(page.by_id("event-error").is_some());
        assert_eq!(used(place, &code).await, 0);
    });
}
