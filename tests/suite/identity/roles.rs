//! Staff: named, removed, and never more than they are (C6, E30, T14).

use porchlight::domain::role::Role;
use porchlight::door::Access;
use porchlight::identity::password;
use porchlight::identity::roles::{self, By};
use porchlight::server::table::ROUTES;
use reqwest::Method;

use crate::support::place::{Place, Setup, run};

async fn acts(place: &Place, act: &str) -> i64 {
    place
        .sql("SELECT count(*) FROM audit_log WHERE act = $1", &[&act])
        .await[0]
        .get(0)
}

#[test]
fn who_is_demoted_loses_claims_sessions_and_powers_at_once() {
    // E30
    run(async |place| {
        place.owner().await;
        let remy = place.staff("remy", Role::Reviewer).await;
        let hana = place.applicant("hana").await;
        let application = place.application_of(&hana).await;
        let browser = place.signed_in(&remy).await;
        let card = format!("/desk/applications/{application}");
        let stale = browser.open(&card).await;
        let staff_token = place.token_of(remy.user, "read admin:read").await;
        let link = password::reset_link(&place.app, remy.user)
            .await
            .expect("a link");
        let claimed = "SELECT count(*) FROM applications WHERE read_by IS NOT NULL";
        place
            .sql(
                "UPDATE applications SET read_at = submitted_at, read_by = $1",
                &[&remy.user],
            )
            .await;
        assert_eq!(place.number(claimed).await, 1);

        roles::set_role(&place.app, By::Host, remy.user, Role::Member)
            .await
            .expect("the host may");
        assert_eq!(place.number(claimed).await, 0, "free for others");
        let page = browser.visit(&card).await;
        assert!(page.path.starts_with("/sign-in"), "{}", page.path);
        let late = browser.post(&stale.form(&format!("{card}/approve"))).await;
        assert_ne!(late.status, 200);
        let state = place
            .number("SELECT state::bigint FROM applications WHERE decided_at IS NULL")
            .await;
        assert_eq!(state, 1, "an act that was pending is void");
        place
            .api(staff_token)
            .get("/api/v1/accounts/verify_credentials")
            .await
            .error(401);
        assert!(!place.browser().visit(&link).await.has_form("/password/"));
        // A member's app goes on.
        remy.api
            .get("/api/v1/accounts/verify_credentials")
            .await
            .entity("CredentialAccount");
        let again = place.signed_in(&remy).await;
        assert_eq!(again.fetch(Method::GET, &card).await.status, 404);
        assert_eq!(acts(place, "role.set").await, 1);
        // Who rises loses nothing.
        let before = place.number("SELECT count(*) FROM sessions").await;
        roles::set_role(&place.app, By::Host, remy.user, Role::Moderator)
            .await
            .expect("the host may");
        assert_eq!(place.number("SELECT count(*) FROM sessions").await, before);
    });
}

#[test]
fn a_decision_about_many_by_who_is_demoted_meanwhile_changes_nothing() {
    // E30
    run(async |place| {
        place.owner().await;
        let remy = place.staff("remy", Role::Reviewer).await;
        let rosa = place.staff("rosa", Role::Reviewer).await;
        let mut ids = Vec::new();
        for name in ["hana", "ivo"] {
            let person = place.applicant(name).await;
            ids.push(place.application_of(&person).await);
        }
        // Both look at the page for many; what one of them sent waits for the job already.
        place.settle().await;
        place.stop_jobs().await;
        let mut pages = Vec::new();
        for person in [&remy, &rosa] {
            let browser = place.signed_in(person).await;
            let mut form = browser.open("/desk").await.form("/desk/bulk");
            for id in &ids {
                form = form.tick("pick[]", &format!("{id}-"));
            }
            let form = browser.submit(form).await.form("/desk/bulk/decide");
            pages.push((browser, form));
        }
        let sent = pages[0].1.clone().set("act", "approve");
        pages[0].0.submit(sent).await;
        for person in [&remy, &rosa] {
            roles::set_role(&place.app, By::Host, person.user, Role::Member)
                .await
                .expect("the host may");
        }
        let late = pages[1].1.clone().set("act", "reject");
        let late = pages[1].0.post(&late).await;
        assert_ne!(late.status, 200, "{}", late.shown());
        place.start_jobs();
        place.settle().await;
        let undecided = "SELECT count(*) FROM applications WHERE state = 1 AND decided_at IS NULL";
        assert_eq!(place.number(undecided).await, 2);
        let let_in = "SELECT count(*) FROM accounts WHERE username IN ('hana', 'ivo')";
        assert_eq!(place.number(let_in).await, 0);
    });
}

#[test]
fn what_staff_may_is_a_404_for_everybody_below() {
    // T14
    run(async |place| {
        place.owner().await;
        let hana = place.applicant("hana").await;
        let application = place.application_of(&hana).await.to_string();
        let mut walked = 0;
        for role in [Role::Member, Role::Reviewer, Role::Moderator] {
            let person = place.staff(&format!("a_{role}"), role).await;
            let browser = place.signed_in(&person).await;
            let csrf = browser.open("/settings/account").await;
            let csrf = csrf.form("/settings/password").value("csrf").to_owned();
            for route in ROUTES.iter() {
                let below = match route.access {
                    Access::Admin => true,
                    Access::Desk => !role.reviews_applications(),
                    Access::Moderation => !role.manages_reports(),
                    _ => false,
                };
                if !below {
                    continue;
                }
                let path = route.path.replace("{id}", &application);
                let method = Method::from_bytes(route.method.as_bytes()).expect("a method");
                let request = browser
                    .request(method, &path)
                    .form(&[("csrf", csrf.as_str())]);
                let answer = browser.send(request).await;
                assert_eq!(answer.status, 404, "{role}: {}", answer.shown());
                walked += 1;
            }
        }
        assert!(walked > 3, "{walked}");
        let waiting = place
            .number("SELECT count(*) FROM applications WHERE state = 1")
            .await;
        assert_eq!(waiting, 1);
    });
}

#[test]
fn what_a_host_does_by_the_command_line_is_written_down() {
    run(async |place| {
        let ann = place.member("ann").await;
        password::reset_link(&place.app, ann.user)
            .await
            .expect("a link");
        assert_eq!(acts(place, "password.reset_link").await, 1);
        let detail: String = place
            .sql(
                "SELECT detail::text || subject_id FROM audit_log WHERE act = 'password.reset_link'",
                &[],
            )
            .await[0]
            .get(0);
        assert_eq!(detail, format!("{{}}{}", ann.user), "whom, and no secret");
    });
}

#[test]
fn the_first_account_fixes_both_domains_of_a_place() {
    Setup::default()
        .with("PORCHLIGHT_SERVER__DOMAIN", "social.porch.test")
        .with("PORCHLIGHT_SERVER__HANDLE_DOMAIN", "porch.test")
        .with("PORCHLIGHT_SERVER__DEV", "true")
        .run(async |place| {
            let fixed = "SELECT string_agg(key || '=' || (value #>> '{}'), ' ' ORDER BY key) \
                FROM instance_settings WHERE key IN ('domain', 'handle_domain')";
            let before: Option<String> = place.sql(fixed, &[]).await[0].get(0);
            assert_eq!(before, None, "nobody is here yet");
            place.owner().await;
            let server = &place.app.config.server;
            assert_ne!(server.domain, server.handle_domain);
            let after: Option<String> = place.sql(fixed, &[]).await[0].get(0);
            let both = format!("domain={} handle_domain=porch.test", server.domain);
            assert_eq!(after, Some(both));
        });
}
