//! Staff hold a server in a flood: one button, a day, nothing is lost (abuse-cases.md, I26); and
//! `porchlight hosts`, as somebody with a shell uses it.

use std::process::Output;

use chrono::TimeDelta;
use porchlight::domain::Page;
use porchlight::domain::role::Role;
use porchlight::jobs::timers;
use porchlight::store::audit;
use serde_json::json;

use crate::support::place::{Place, Setup};

const HELD: &str = "SELECT count(*) FROM held_activities";
const POSTS: &str = "SELECT count(*) FROM statuses WHERE uri IS NOT NULL";
const FOLLOW: &str = "\
    INSERT INTO follows (id, account_id, target_id, state, created_at) \
    SELECT next_id(now()), a.id, b.id, 1, now() FROM accounts a, accounts b \
    WHERE a.username = 'olive' AND a.host_id IS NULL AND b.username = 'ann'";

/// What the policies of the log say that was done and would be undone, oldest first.
async fn acts(place: &Place) -> Vec<(String, String)> {
    let mut conn = place.app.desk.get().await.expect("a connection");
    let lines = audit::list_page(&mut conn, None, Page::newest(100)).await;
    let mut lines = lines.expect("lines");
    lines.reverse();
    let of_policies = lines.into_iter().filter(|l| l.act.starts_with("policy."));
    of_policies
        .map(|line| {
            let inverse = line.inverse.expect("what undoes it");
            (
                line.act,
                inverse["act"].as_str().expect("an act").to_owned(),
            )
        })
        .collect()
}

/// Something was sent to alpha, so it has a page.
async fn known(place: &Place) {
    place
        .sql(
            "INSERT INTO delivery_hosts (host_id) SELECT id FROM hosts WHERE domain = 'alpha.test' \
             ON CONFLICT DO NOTHING",
            &[],
        )
        .await;
}

#[test]
fn an_admin_holds_a_server_for_a_day_by_one_button_and_lets_it_go() {
    Setup::federated().run(async |place| {
        let olive = place.owner().await;
        let alpha = place.peer("alpha");
        let ann = alpha.actor("ann");
        porchlight::activitypub::actors::find_or_fetch(&place.federation(), &ann.id)
            .await
            .expect("the actor is found");
        place.sql(FOLLOW, &[]).await;
        let say = async |text: &str| {
            let note = ann.note(alpha, place.app.clock.now(), text);
            ann.send(place, &ann.create(alpha, &note)).await.expect(202);
            place.settle().await;
        };

        // Reviewers read.
        let rita = place.staff("rita", Role::Reviewer).await;
        let reads = place.signed_in(&rita).await;
        let page = reads.open("/desk/hosts/alpha.test").await;
        page.says("It is received as it comes.")
            .says("Nothing was sent there");
        // Found by its name, and not among those that we send to.
        reads.open("/desk/hosts").await.hides("alpha.test");
        reads.open("/desk/hosts?q=alpha").await.says("alpha.test");
        page.hides("Hold for");

        let browser = place.signed_in(&olive).await;
        let page = browser.open("/desk/hosts/alpha.test").await;
        let form = page.form("/desk/hosts/alpha.test/hold");
        browser.submit(form).await.says("It is held");
        say("<p>One</p>").await;
        assert_eq!(place.number(HELD).await, 1);
        assert_eq!(place.number(POSTS).await, 0);
        let page = browser.open("/desk/hosts/alpha.test").await;
        page.says("It is kept unread until");
        let form = page.form("/desk/hosts/alpha.test/let-go");
        browser.submit(form).await.says("not held any more");
        place.advance(TimeDelta::hours(1));
        timers::tick(&place.app).await;
        place.settle().await;
        assert_eq!(place.number(HELD).await, 0);
        assert_eq!(place.number(POSTS).await, 1);

        // It ends by itself.
        let page = browser.open("/desk/hosts/alpha.test").await;
        let form = page.form("/desk/hosts/alpha.test/hold");
        browser.submit(form).await;
        say("<p>Two</p>").await;
        assert_eq!(place.number(HELD).await, 1);
        place.advance(TimeDelta::hours(25));
        timers::tick(&place.app).await;
        place.settle().await;
        assert_eq!(place.number(HELD).await, 0);
        assert_eq!(place.number(POSTS).await, 2);
        let pairs = [("lay", "lift"), ("lift", "lay"), ("lay", "lift")];
        let pairs = pairs.map(|(a, b)| (format!("policy.{a}"), format!("policy.{b}")));
        assert_eq!(acts(place).await, pairs);
    });
}

/// `porchlight hosts …` of this place, to its end.
fn hosts(place: &Place, words: &[&str]) -> Output {
    let redis = place.app.config.redis.url.as_ref().expect("a Redis");
    std::process::Command::new(env!("CARGO_BIN_EXE_porchlight"))
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("DATABASE_URL", place.database_url())
        .env("REDIS_URL", redis.expose())
        .env("PORCHLIGHT_SERVER__DATA", &place.data)
        .env("PORCHLIGHT_SERVER__DEV", "true")
        .env("PORCHLIGHT_SERVER__DOMAIN", &place.app.config.server.domain)
        .args(["hosts"])
        .args(words)
        .output()
        .expect("it runs")
}

/// What it says; it succeeds.
fn says(place: &Place, words: &[&str]) -> String {
    let output = hosts(place, words);
    let (out, trouble): (String, String) = [&output.stdout, &output.stderr]
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .into();
    assert!(output.status.success(), "{words:?}: {out}{trouble}");
    out
}

/// Why it refuses.
fn refuses(place: &Place, words: &[&str]) -> String {
    let output = hosts(place, words);
    assert!(!output.status.success(), "{words:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn somebody_with_a_shell_looks_at_other_servers_and_decides_about_them() {
    Setup::federated().without_jobs().run(async |place| {
        let ann = place.member("ann").await;
        let alpha = place.peer("alpha");
        porchlight::activitypub::actors::find_or_fetch(&place.federation(), &alpha.actor("a").id)
            .await
            .expect("the actor is found");
        let post = ann.api.toot("hello").await;
        let number = post["id"].as_str().expect("an id").to_owned();
        let said = refuses(place, &["show", "nowhere.test"]);
        assert!(said.contains("ever heard of"), "{said}");
        let shown = says(place, &["show", "alpha.test"]);
        assert!(shown.starts_with("alpha.test\tnot sent to yet"), "{shown}");
        known(place).await;
        place
            .sql(
                "UPDATE delivery_hosts SET waiting = 1, fails = 2, failing_since = now(), last_error = 'no route'",
                &[],
            )
            .await;
        let shown = says(place, &["show", "alpha.test"]);
        assert!(shown.starts_with("alpha.test\tfailing\t1 waiting"), "{shown}");
        assert!(shown.contains("no route"), "{shown}");
        assert!(says(place, &["retry", "alpha.test"]).contains("is tried"));
        assert!(says(place, &["post", &number]).contains("Nothing about it was sent"));
        assert!(refuses(place, &["post", "nothing"]).contains("is no post of this place"));
        assert!(says(place, &["--failing"]).contains("alpha.test\tfailing"));

        assert!(says(place, &["hold", "alpha.test"]).contains("for 24 hours"));
        let again = says(place, &["hold", "alpha.test", "--hours", "2"]);
        assert!(again.contains("for 2 hours"), "{again}");
        let kinds = "SELECT count(*) FROM domain_policies WHERE kind = 3 AND lifted_at IS NULL";
        assert_eq!(place.number(kinds).await, 1);
        assert!(refuses(place, &["hold", "alpha.test", "--hours", "0"]).contains("1 to 168 hours"));
        assert!(says(place, &["lift", "alpha.test"]).contains("not held any more"));
        assert_eq!(place.number(kinds).await, 0);

        let cut = says(place, &["block", "alpha.test", "--dry-run"]);
        assert!(cut.contains("alpha.test\tpeople\t1\n"), "{cut}");
        assert!(cut.contains("alpha.test\tfollows of people there\t0\n"), "{cut}");
        assert!(!says(place, &["export"]).contains("alpha.test"));

        assert!(says(place, &["limit", "bad.example", "--comment", "loud"]).contains("limited"));
        assert!(says(place, &["block", "bad.example"]).contains("suspended"));
        let list = says(place, &["export"]);
        assert!(list.contains("bad.example,suspend"), "{list}");
        assert!(list.contains("loud"), "what was said before stays: {list}");
        assert!(says(place, &["lift", "bad.example"]).contains("Lifted from bad.example"));
        assert!(refuses(place, &["lift", "bad.example"]).contains("Nothing holds for"));
        assert!(says(place, &["allow", "good.example"]).contains("is allowed"));
        assert!(says(place, &["allow", "good.example"]).contains("allowed already"));

        let file = std::env::temp_dir().join(format!("porchlight-list-{}.csv", std::process::id()));
        std::fs::write(&file, &list).expect("a file");
        let path = file.to_str().expect("a path");
        assert!(says(place, &["import", path, "--dry-run"]).contains("new\tbad.example"));
        assert!(!says(place, &["export"]).contains("bad.example"));
        assert!(says(place, &["import", path]).contains("1 new"));
        assert!(says(place, &["export"]).contains("bad.example,suspend"));
        let allowed = says(place, &["export", "--allowed"]);
        assert_eq!(allowed.trim(), "#domain\ngood.example");
        std::fs::write(&file, "better.example\nno name\n").expect("a file");
        let said = says(place, &["import", path, "--allowed"]);
        assert!(said.contains("new\tbetter.example") && said.contains("left\tno name\t"), "{said}");
        assert!(says(place, &["export", "--allowed"]).contains("better.example"));
        std::fs::remove_file(&file).expect("it is gone");
        let lines: Vec<String> = acts(place).await.into_iter().map(|(act, _)| act).collect();
        assert!(lines.iter().any(|act| act == "policy.change"), "{lines:?}");
        assert_eq!(json!(lines[0]), json!("policy.lay"));
    });
}
