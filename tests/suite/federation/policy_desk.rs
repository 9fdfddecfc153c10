//! Policies at the desk, by apps of admins, as lists, and in public (X5, C6).

use porchlight::domain::policy::PolicyKind;
use porchlight::domain::role::Role;
use porchlight::moderation::policies::Terms;
use porchlight::moderation::{By, allow_lists, lists};
use porchlight::store::audit;
use reqwest::Method;
use serde_json::{Value, json};

use super::policies::{follows, is_followed_by, lay};
use crate::support::people::Person;
use crate::support::place::{Place, run};
use crate::support::schema::assert_entity;

const HEAD: &str = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n";

/// An app of somebody with the scopes of staff.
async fn admin_api(place: &Place, who: &Person) -> crate::support::api::Api {
    let token = place
        .token_of(who.user, "read write admin:read admin:write")
        .await;
    place.api(token)
}

/// Every line of the log holds on to the one before.
async fn chain(place: &Place) -> Vec<(String, Value)> {
    let mut conn = place.app.desk.get().await.unwrap();
    let page = porchlight::domain::Page::newest(100);
    let mut lines = audit::list_page(&mut conn, None, page).await.unwrap();
    lines.reverse();
    for line in &lines {
        assert_eq!(audit::link_of(line), line.hash, "{}", line.act);
    }
    lines
        .into_iter()
        .filter(|line| line.act.starts_with("policy."))
        .map(|line| (line.act, line.inverse.expect("what undoes it")))
        .collect()
}

#[test]
fn an_admin_sees_what_a_block_cuts_before_it_and_can_take_it_back() {
    run(async |place| {
        let (olive, ann) = (place.owner().await, place.member("ann").await);
        let bob = place.stranger_at("far.example", "bob").await;
        follows(place, &ann, &bob).await;
        is_followed_by(place, &ann, &bob).await;
        place.hears(&bob, bob.says(bob.note(1, json!({})))).await;
        let browser = place.signed_in(&olive).await;
        browser.open("/desk").await.says("Policies");
        let page = browser.open("/desk/policies").await;
        page.says("Nobody is kept out or limited.");
        let page = browser
            .open("/desk/policies/new?domain=https://Far.Example/@bob")
            .await;
        page.says("1 follow of people there ends.");
        page.says("1 follow by people there ends.");
        page.says("1 post of theirs is kept, and hidden.");
        page.says("@bob@far.example");
        // Looking changes nothing.
        assert_eq!(place.rows("domain_policies").await, 0);
        let form = page
            .form("/desk/policies/lay")
            .set("severity", "suspend")
            .set("public_comment", "<b>Spam</b>");
        let page = browser.submit(form).await;
        page.says("It holds from now on.");
        place.settle().await;
        assert_eq!(place.rows("follows").await, 0);
        let page = browser.open("/desk/policies?q=FAR").await;
        page.says("Suspended");
        page.says("<b>Spam</b>");
        let id = place.number("SELECT max(id) FROM domain_policies").await;
        let page = browser.open(&format!("/desk/policies/{id}")).await;
        page.says("1 follow of people there and 1 follow by people there ended.");
        let form = page
            .form(&format!("/desk/policies/{id}"))
            .set("severity", "silence");
        browser.submit(form).await.says("Changed.");
        page.hides("What a suspension would cut");
        let page = browser.open(&format!("/desk/policies/{id}")).await;
        page.says("What a suspension would cut");
        let page = browser
            .submit(page.form(&format!("/desk/policies/{id}/lift")))
            .await;
        page.says("Lifted. Its follows are being brought back.");
        place.settle().await;
        assert_eq!(place.rows("follows").await, 2);
        let acts: Vec<String> = chain(place).await.into_iter().map(|(act, _)| act).collect();
        assert_eq!(acts, ["policy.lay", "policy.change", "policy.lift"]);
        assert!(place.rows("signs_of_life WHERE kind = 0").await > 0);
        for own in ["porch.example", "localhost"] {
            let page = browser
                .visit(&format!("/desk/policies/new?domain={own}"))
                .await;
            assert!(matches!(page.status(), 200 | 422));
        }
    });
}

#[test]
fn moderators_read_policies_and_admins_decide() {
    run(async |place| {
        place.owner().await;
        lay(place, "far.example", Terms::of(PolicyKind::Limited)).await;
        let id = place.number("SELECT max(id) FROM domain_policies").await;
        let one = format!("/desk/policies/{id}");
        for (name, role) in [
            ("mo", Role::Moderator),
            ("re", Role::Reviewer),
            ("me", Role::Member),
        ] {
            let who = place.staff(name, role).await;
            let browser = place.signed_in(&who).await;
            let reads = role == Role::Moderator;
            for path in [
                "/desk/policies",
                "/desk/policies/new",
                "/desk/policies/new?domain=far.example",
                &one,
                "/desk/policies/allowed",
            ] {
                let page = browser.visit(path).await;
                let expected = if reads { 200 } else { 404 };
                assert_eq!(page.status(), expected, "{name} {path}");
                if reads {
                    let forms = page.forms();
                    let deed = forms
                        .iter()
                        .find(|f| f.action.starts_with("/desk/") && f.method == "POST");
                    assert!(deed.is_none(), "{path}: {deed:?}");
                }
            }
            let list = "/desk/policies/export.csv";
            let list = browser.fetch(Method::GET, list).await.status;
            assert_eq!(list, if reads { 200 } else { 404 }, "{name}");
            let import = browser.visit("/desk/policies/import").await;
            assert_eq!(import.status(), 404, "{name}");
            let api = admin_api(place, &who).await;
            for path in ["/api/v1/admin/domain_blocks", "/api/v1/admin/domain_allows"] {
                api.get(path).await.expect(if reads { 200 } else { 403 });
            }
            let row = format!("/api/v1/admin/domain_blocks/{id}");
            api.get(&row).await.expect(if reads { 200 } else { 403 });
            api.put(&row, json!({"severity": "noop"})).await.error(403);
            api.delete(&row).await.error(403);
            let body = json!({"domain": "other.example"});
            api.post("/api/v1/admin/domain_blocks", body.clone())
                .await
                .error(403);
            api.post("/api/v1/admin/domain_allows", body)
                .await
                .error(403);
        }
        assert_eq!(place.rows("domain_policies").await, 1);
        place
            .stranger()
            .get("/api/v1/admin/domain_blocks")
            .await
            .error(401);
        let admin = place.staff("ada", Role::Admin).await;
        // Without the scope nobody is an admin.
        admin
            .api
            .get("/api/v1/admin/domain_blocks")
            .await
            .error(403);
        place.signed_in(&admin).await.open("/desk/policies").await;
    });
}

#[test]
fn admins_have_mastodons_api_for_blocked_and_allowed_servers() {
    run(async |place| {
        let olive = place.owner().await;
        let api = admin_api(place, &olive).await;
        let path = "/api/v1/admin/domain_blocks";
        let body = json!({"domain": "Far.Example", "severity": "silence", "reject_media": true,
            "private_comment": "seen", "obfuscate": true});
        let made = api
            .post(path, body.clone())
            .await
            .entity("Admin_DomainBlock");
        assert_eq!(
            (&made["domain"], &made["severity"]),
            (&json!("far.example"), &json!("silence"))
        );
        let twice = api.post(path, body).await.expect(422).json();
        assert_entity("Admin_ExistingDomainBlockError", &twice);
        assert_eq!(twice["existing_domain_block"]["id"], made["id"]);
        let one = format!("{path}/{}", made["id"].as_str().unwrap());
        let changed = api.put(&one, json!({"severity": "suspend"})).await;
        let changed = changed.entity("Admin_DomainBlock");
        assert_eq!(changed["severity"], "suspend");
        assert_eq!(changed["private_comment"], "seen");
        let changed = api.patch(&one, json!({"public_comment": "spam"})).await;
        assert_eq!(
            changed.entity("Admin_DomainBlock")["public_comment"],
            "spam"
        );
        api.get(&one).await.entity("Admin_DomainBlock");
        let list = api
            .get(&format!("{path}/"))
            .await
            .entity("[Admin_DomainBlock]");
        assert_eq!(list.as_array().map(Vec::len), Some(1));
        api.put(&one, json!({"severity": "worst"})).await.error(422);
        for own in ["localhost", "", "nowhere", "com"] {
            api.post(path, json!({"domain": own})).await.error(422);
        }
        // In public for whom it is shown to, with a part of the name.
        let public = "/api/v1/instance/domain_blocks";
        place.stranger().get(public).await.error(404);
        assert_eq!(place.browser().visit("/about/servers").await.status(), 404);
        let browser = place.signed_in(&olive).await;
        let page = browser.open("/desk/policies").await;
        let form = page
            .form("/desk/policies/settings")
            .set("shown_to", "everybody");
        browser.submit(form).await.says("Saved.");
        let shown = place.stranger().get(public).await.entity("[DomainBlock]");
        assert_eq!(shown[0]["comment"], "spam");
        assert_eq!(shown[0]["digest"], made["digest"]);
        let name = shown[0]["domain"].as_str().unwrap();
        assert!(name.contains('*') && name.starts_with("fa"), "{name}");
        let page = place.browser().open("/about/servers").await;
        page.says(name);
        page.hides("far.example");

        api.delete(&one).await.entity("Empty");
        api.get(&one).await.error(404);
        let path = "/api/v1/admin/domain_allows";
        let made = api.post(path, json!({"domain": "friend.example"})).await;
        let made = made.entity("Admin_DomainAllow");
        api.get(path).await.entity("[Admin_DomainAllow]");
        let one = format!("{path}/{}", made["id"].as_str().unwrap());
        api.get(&one).await.entity("Admin_DomainAllow");
        api.delete(&one).await.entity("Admin_DomainAllow");
        api.get(&one).await.error(404);
        assert_eq!(chain(place).await.len(), 7);
    });
}

#[test]
fn a_list_is_compared_before_it_is_laid_and_never_loosens() {
    run(async |place| {
        let olive = place.owner().await;
        lay(place, "strict.example", Terms::of(PolicyKind::Suspended)).await;
        lay(place, "loose.example", Terms::of(PolicyKind::Limited)).await;
        let ann = place.member("ann").await;
        for (host, both) in [("loose.example", true), ("a.new.example", false)] {
            let bob = place.stranger_at(host, "bob").await;
            follows(place, &ann, &bob).await;
            if both {
                is_followed_by(place, &ann, &bob).await;
            }
        }
        lay(place, "same.example", Terms::of(PolicyKind::Suspended)).await;
        let list = format!(
            "{HEAD}New.Example.,suspend,true,false,\"spam, and \"\"more\"\"\",false\n\
             new.example,silence,false,false,,false\n\
             sub.strict.example,silence,false,false,,false\n\
             strict.example,silence,false,false,,false\n\
             loose.example,suspend,false,false,,false\n\
             same.example,suspend,false,false,,false\n\
             odd.example,worst,false,false,,false\n\
             hid**n.example,suspend,false,false,,true\n\
             localhost,suspend,false,false,,false\n\
             quiet.example,noop,true,true,'=1+1,false\n"
        );
        let browser = place.signed_in(&olive).await;
        let page = browser.open("/desk/policies/import").await;
        let form = page
            .form("/desk/policies/import")
            .attach("file", "list.csv", list.as_bytes());
        let page = browser.submit(form).await;
        for words in [
            "New: 2",
            "Changed: 1",
            "Left as it is: 7",
            "It is named twice.",
            "strict.example covers it already.",
            "What holds here is stricter.",
            "It holds already.",
            "Its severity is none that is known here.",
            "Its name is hidden.",
            // What it cuts stands beside it, before anything is cut.
            "suspended, no media; ends 1 follow of people there",
            "suspended; so far limited; ends 1 follow of people there and 1 follow by people there",
            "Its suspensions end 2 follows of people there and 1 follow by people there.",
        ] {
            page.says(words);
        }
        assert_eq!(place.rows("follows").await, 3);
        assert_eq!(place.rows("domain_policies").await, 3);
        let page = browser.submit(page.form("/desk/policies/import")).await;
        page.says("2 laid, 1 changed, 7 left as they were.");
        assert_eq!(
            place.rows("domain_policies WHERE lifted_at IS NULL").await,
            5
        );
        assert_eq!(chain(place).await.len(), 6);

        // What goes out runs in no spreadsheet, and comes in again as it was.
        let file = browser
            .fetch(Method::GET, "/desk/policies/export.csv")
            .await
            .expect(200);
        assert!(file.header("content-disposition").starts_with("attachment"));
        let text = file.text();
        assert!(text.starts_with(HEAD), "{text}");
        assert!(
            text.contains("quiet.example,noop,true,true,'=1+1,false\n"),
            "{text}"
        );
        assert!(
            text.contains("new.example,suspend,true,false,\"spam, and \"\"more\"\"\",false\n"),
            "{text}"
        );
        let again = lists::import(&place.app, By::Host, &text).await.unwrap();
        assert_eq!(
            (again.added.len(), again.changed.len()),
            (0, 0),
            "{again:?}"
        );
        let comment = "SELECT count(*) FROM domain_policies WHERE public_comment = '=1+1'";
        assert_eq!(place.number(comment).await, 1);
        assert!(lists::plan(&place.app, "a,b\n1,2\n").await.is_err());
        let long = "a.example\n".repeat(5_002);
        assert!(lists::plan(&place.app, &long).await.is_err());
    });
}

#[test]
fn allowed_servers_come_and_go_as_a_list() {
    run(async |place| {
        let olive = place.owner().await;
        let browser = place.signed_in(&olive).await;
        let path = "/desk/policies/allowed";
        let page = browser.open(path).await;
        let one = page.form(path).set("domain", "known.example");
        let page = browser.submit(one).await;
        let list = "#domain\nB.example.\na.example\nknown.example\n";
        let import = format!("{path}/import");
        let form = page
            .form(&import)
            .attach("file", "list.csv", list.as_bytes());
        let page = browser.submit(form).await;
        page.says("2 allowed, 1 was allowed already, 0 left out.");
        let file = browser
            .fetch(Method::GET, &format!("{path}/export.csv"))
            .await;
        let text = file.expect(200).text();
        assert_eq!(text, "#domain\na.example\nb.example\nknown.example\n");
        // What cannot be read stays to be mended; the rest is done.
        let form = page
            .form(&import)
            .set("csv", "c.example\nlocalhost\nc.example\n");
        let page = browser.submit(form).await;
        page.says("1 allowed, 0 were allowed already, 2 left out.");
        page.says("c.example: It is named twice.");
        assert_eq!(
            page.form(&import).value("csv").trim(),
            "localhost\nc.example"
        );
        let form = page.form(&import).set("csv", "a,b\n1,2\n");
        browser.submit(form).await.says("no column #domain");
        // Each is an act of its own, and can be taken back.
        let acts: Vec<String> = chain(place).await.into_iter().map(|(act, _)| act).collect();
        assert_eq!(acts, ["policy.allow"; 4]);
        let again = allow_lists::import(&place.app, By::Host, &text)
            .await
            .unwrap();
        assert_eq!((again.added.len(), again.known), (0, 3), "{again:?}");
        // Moderators read.
        let mod_ = place.staff("mona", Role::Moderator).await;
        let mod_ = place.signed_in(&mod_).await;
        let page = mod_.open(path).await;
        page.says("b.example").hides("Many at once");
    });
}

#[test]
fn a_list_of_five_thousand_lines_costs_no_more_statements_than_it_must() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("h77.example", "bob").await;
        follows(place, &ann, &bob).await;
        place.stop_jobs().await;
        let list = |severity: &str| {
            let lines = (0..5_000).map(|n| format!("h{n}.example,{severity},false,false,,false\n"));
            format!("{HEAD}{}", lines.collect::<String>())
        };
        let import = async |severity: &str| {
            let before = place.counted().statements;
            let done = lists::import(&place.app, By::Host, &list(severity))
                .await
                .unwrap();
            (done, place.counted().statements - before)
        };
        let (done, cost) = import("silence").await;
        assert_eq!((done.added.len(), done.changed.len()), (5_000, 0));
        assert!(cost < 150, "{cost}");
        let (done, cost) = import("suspend").await;
        assert_eq!((done.added.len(), done.changed.len()), (0, 5_000));
        assert!(cost < 150, "{cost}");
        let (done, cost) = import("suspend").await;
        assert_eq!(done.skipped.len(), 5_000);
        assert!(cost < 20, "{cost}");
        // Each is an act of its own, and what it says holds.
        assert_eq!(
            place.rows("audit_log WHERE act = 'policy.lay'").await,
            5_000
        );
        assert_eq!(
            place.rows("audit_log WHERE act = 'policy.change'").await,
            5_000
        );
        assert_eq!(place.rows("hosts WHERE flags = 2").await, 5_000);
        let mut conn = place.app.desk.get().await.unwrap();
        let page = porchlight::domain::Page::newest(10_000);
        let lines = audit::list_page(&mut conn, None, page).await.unwrap();
        for pair in lines.windows(2) {
            assert_eq!(audit::link_of(&pair[0]), pair[0].hash);
            assert_eq!(pair[0].previous_hash.as_ref(), Some(&pair[1].hash));
        }
        drop(conn);
        place.start_jobs();
        place.settle().await;
        assert_eq!(place.rows("follows").await, 0);
        assert_eq!(place.rows("severed_follows").await, 1);
    });
}
