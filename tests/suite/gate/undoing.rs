//! What the desk is made of is made what it was, line by line of the audit log (C6).

use std::collections::BTreeMap;

use chrono::TimeDelta;
use porchlight::domain::block_severity::BlockSeverity;
use porchlight::domain::registration_mode::RegistrationMode;
use porchlight::domain::role::Role;
use porchlight::gate::applications::{notes, presets, put_off};
use porchlight::gate::away::absence;
use porchlight::gate::blocks::{self, Rule, Wanted};
use porchlight::gate::invites::allowance;
use porchlight::gate::questions::edit::{self, Wording};
use porchlight::gate::who::{self, SignedIn, Via};
use porchlight::gate::{event_codes, welcome};
use porchlight::jobs::acts;
use porchlight::model::question::QuestionKind;
use porchlight::moderation::{webhooks, words};

use crate::support::people::Person;
use crate::support::place::{Place, run};

/// Somebody at the command line, as the use cases know them.
async fn as_staff(place: &Place, person: &Person) -> SignedIn {
    let mut conn = place.app.desk.get().await.expect("a connection");
    let found = porchlight::store::users::find(&mut conn, person.user).await;
    SignedIn {
        user: found.expect("it is read").expect("a user"),
        application: None,
        via: Via::CommandLine,
        at: place.app.clock.now(),
    }
}

fn block(domain: &str, severity: BlockSeverity) -> Wanted {
    Wanted {
        rule: Rule::mail(domain, false).expect("a domain"),
        severity,
        comment: "rugs".into(),
        expires_at: None,
    }
}

fn wording(label: &str) -> Wording {
    Wording {
        kind: QuestionKind::Short,
        labels: BTreeMap::from([("en".to_owned(), label.to_owned())]),
        helps: BTreeMap::new(),
        choices: String::new(),
        required: true,
        max_length: 200,
        pool: 0,
    }
}

/// All that is compared: what admins wrote, without times and ids of versions.
async fn picture(place: &Place) -> Vec<String> {
    let mut all = Vec::new();
    for statement in [
        "SELECT kind || title || body FROM decision_presets ORDER BY title",
        "SELECT domain || severity || comment FROM mail_blocks ORDER BY domain",
        "SELECT pattern FROM name_blocks ORDER BY pattern",
        "SELECT address || events || template || enabled FROM webhooks ORDER BY address",
        "SELECT body FROM application_messages ORDER BY id",
        "SELECT 'rests' FROM applications WHERE put_off_until IS NOT NULL",
        "SELECT q.id || ':' || q.pool || (SELECT v.labels::text FROM question_versions v \
            WHERE v.question_id = q.id ORDER BY v.version DESC LIMIT 1) FROM questions q WHERE q.retired_at IS NULL ORDER BY q.position",
        "SELECT key || value::text FROM instance_settings WHERE key LIKE '%welcome%' OR key LIKE 'invites%' OR key LIKE 'instance.%' ORDER BY key",
        "SELECT 'open' FROM event_codes WHERE ends_at > starts_at + interval '1 hour'",
    ] {
        let rows = place.sql(statement, &[]).await;
        all.extend(rows.iter().map(|row| row.get::<_, String>(0)));
        all.push("—".into());
    }
    all
}

#[test]
fn an_owner_makes_the_desk_what_it_was_before_somebody_rearranged_it() {
    run(async |place| {
        let olive = place.owner().await;
        let adam = place.staff("adam", Role::Admin).await;
        let hana = place.applicant("hana").await;
        let application = place.application_of(&hana).await;
        let app = &place.app;
        let owner = as_staff(place, &olive).await;
        let hers = who::admin(&owner).expect("an admin");
        let canned = |title: &str, body: &str| presets::Written {
            kind: porchlight::domain::application::PresetKind::No,
            title: title.into(),
            body: body.into(),
        };
        let hook = |events: i32| webhooks::Written {
            address: "https://hooks.example/1".into(),
            events,
            template: webhooks::PRESETS[0].1.into(),
            enabled: true,
        };
        // What is there, by the owner.
        presets::save(app, &hers, None, canned("Full", "We are full."))
            .await
            .expect("saved");
        presets::save(app, &hers, None, canned("Rugs", "No rugs."))
            .await
            .expect("saved");
        blocks::lay(app, &hers, &block("a.example", BlockSeverity::Aside), false)
            .await
            .expect("laid");
        blocks::lay(
            app,
            &hers,
            &block("b.example", BlockSeverity::Refuse),
            false,
        )
        .await
        .expect("laid");
        let (kept, _) = webhooks::save(app, &hers, None, hook(1))
            .await
            .expect("saved");
        let first = edit::save(app, &hers, None, &wording("Who are you?"))
            .await
            .expect("asked");
        let second = edit::save(app, &hers, None, &wording("Why here?"))
            .await
            .expect("asked");
        let greeting = welcome::Written {
            tags: "bread".into(),
            ..welcome::Written::default()
        };
        welcome::save(app, &hers, &greeting).await.expect("saved");
        let words_of_now = words::look(app, &hers).await.expect("read");
        let named = words::Written {
            title: "Lantern Lane".into(),
            ..words_of_now
        };
        words::save(app, &hers, &named).await.expect("saved");
        let policy = allowance::read(app, &hers).await.expect("read");
        allowance::set(app, &hers, &policy).await.expect("set");
        let before = picture(place).await;
        let since = place.app.clock.now() + chrono::TimeDelta::seconds(1);
        place.advance(chrono::TimeDelta::seconds(2));
        // And what another admin makes of it.
        let signed_in = as_staff(place, &adam).await;
        let (his, reviewer) = (
            who::admin(&signed_in).expect("an admin"),
            who::reviewer(&signed_in).expect("a reviewer"),
        );
        let ids = place
            .sql("SELECT id FROM decision_presets ORDER BY title", &[])
            .await;
        let (full, rugs): (i64, i64) = (ids[0].get(0), ids[1].get(0));
        presets::save(app, &his, Some(full), canned("Full", "Go away."))
            .await
            .expect("saved");
        presets::delete(app, &his, rugs).await.expect("deleted");
        presets::save(app, &his, None, canned("New", "No."))
            .await
            .expect("saved");
        blocks::lay(app, &his, &block("a.example", BlockSeverity::Refuse), false)
            .await
            .expect("changed");
        let b = place
            .number("SELECT id FROM mail_blocks WHERE domain = 'b.example'")
            .await;
        blocks::lift(app, &his, blocks::Kind::Mail, b)
            .await
            .expect("lifted");
        let name = Wanted {
            rule: Rule::name("hana", true).expect("a name"),
            ..block("x.example", BlockSeverity::Refuse)
        };
        blocks::lay(app, &his, &name, false).await.expect("laid");
        webhooks::save(app, &his, Some(kept), hook(3))
            .await
            .expect("saved");
        let other = webhooks::Written {
            address: "https://hooks.example/2".into(),
            ..hook(1)
        };
        webhooks::save(app, &his, None, other).await.expect("saved");
        edit::save(app, &his, Some(first), &wording("What do you sell?"))
            .await
            .expect("asked");
        edit::shift(app, &his, second, true).await.expect("moved");
        edit::retire(app, &his, second).await.expect("retired");
        edit::save(app, &his, None, &wording("And your shoe size?"))
            .await
            .expect("asked");
        let greeting = welcome::Written {
            tags: "rugs".into(),
            ..welcome::Written::default()
        };
        welcome::save(app, &his, &greeting).await.expect("saved");
        let named = words::Written {
            title: "Rug Road".into(),
            description: "Rugs.".into(),
            rules: "Buy rugs.".into(),
            ..named
        };
        words::save(app, &his, &named).await.expect("saved");
        let mut wide = policy.clone();
        wide.days = 1;
        allowance::set(app, &his, &wide).await.expect("set");
        let market = event_codes::Planned {
            title: "Market".into(),
            uses: 5,
            hours: 2,
            network: String::new(),
        };
        event_codes::create(app, &his, &market).await.expect("made");
        notes::note(app, &reviewer, application, "Smells of rugs.")
            .await
            .expect("noted");
        put_off::put_off(app, &reviewer, application, None)
            .await
            .expect("put off");
        assert_ne!(picture(place).await, before);
        let taken = acts::undo_all_of(app, &owner, "adam", since)
            .await
            .expect("taken back");
        assert_eq!(taken.left, [], "nothing is left over");
        assert_eq!(taken.done, 18);
        assert_eq!(picture(place).await, before);
    });
}

#[test]
fn reports_are_opened_again_and_an_absence_is_planned_again() {
    run(async |place| {
        let olive = place.owner().await;
        let owner = as_staff(place, &olive).await;
        let (ann, bob) = (place.member("ann").await, place.member("bob").await);
        let body = serde_json::json!({ "account_id": bob.id, "comment": "Rude." });
        ann.api.post("/api/v1/reports", body).await.ok();
        let desk = place.signed_in(&olive).await;
        let report = place.number("SELECT id FROM reports").await;
        let page = desk.open("/desk/reports").await;
        let form = page.form(&format!("/desk/reports/{report}/close"));
        desk.submit(form).await;
        desk.open("/desk/reports").await.hides("Rude.");
        // By the page of the log: there, and back again.
        let take_back = async |act: &str| {
            let line = format!("SELECT max(id) FROM audit_log WHERE act = '{act}'");
            let line = place.number(&line).await;
            acts::undo(&place.app, &owner, line).await
        };
        take_back("report.close").await.expect("it is open again");
        desk.open("/desk/reports").await.says("Rude.");
        take_back("report.close").await.expect_err("it is open");
        take_back("report.reopen").await.expect("it is closed");
        desk.open("/desk/reports").await.hides("Rude.");

        let day = |days| (place.app.clock.now() + TimeDelta::days(days)).date_naive();
        let wanted = absence::Wanted {
            from: day(2).to_string(),
            to: day(9).to_string(),
            mode: RegistrationMode::Invite,
            deputy: None,
        };
        let admin = who::admin(&owner).expect("an admin");
        let app = &place.app;
        let planned = absence::plan(app, &admin, &wanted).await.expect("planned");
        absence::end(app, &admin).await.expect("given up");
        take_back("absence.end").await.expect("planned again");
        let reviewer = who::reviewer(&owner).expect("a reviewer");
        let look = async || absence::look(app, &reviewer).await.expect("looked at");
        assert_eq!(look().await, Some(planned));
        take_back("absence.end").await.expect_err("there is one");
        take_back("absence.plan").await.expect("given up again");
        assert_eq!(look().await, None);
        place.advance(TimeDelta::days(10));
        take_back("absence.end")
            .await
            .expect_err("its days are over");
    });
}

#[test]
fn what_a_log_may_not_hold_cannot_be_brought_back() {
    run(async |place| {
        let olive = place.owner().await;
        let owner = as_staff(place, &olive).await;
        let hers = who::admin(&owner).expect("an admin");
        let written = webhooks::Written {
            address: "https://hooks.example/token-in-here".into(),
            events: 1,
            template: webhooks::PRESETS[0].1.into(),
            enabled: true,
        };
        let app = &place.app;
        let (hook, _) = webhooks::save(app, &hers, None, written.clone())
            .await
            .expect("saved");
        let moved = webhooks::Written {
            address: "https://hooks.example/other".into(),
            ..written
        };
        webhooks::save(app, &hers, Some(hook), moved)
            .await
            .expect("saved");
        webhooks::delete(app, &hers, hook).await.expect("deleted");
        let told = place.number("SELECT count(*) FROM audit_log WHERE detail::text || coalesce(inverse::text, '') LIKE '%token-in%'").await;
        assert_eq!(told, 0);
        let undoable =
            "SELECT count(*) FROM audit_log WHERE act LIKE 'webhook.%' AND inverse IS NOT NULL";
        assert_eq!(place.number(undoable).await, 1, "a new one can be deleted");
    });
}
