//! Real clients against a live server: `toot` and Mastodon.py from PyPI, a browser.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use chrono::TimeDelta;
use porchlight::gate::away::deputies;
use serde_json::json;

use crate::support::mail::Mail;
use crate::support::people::{PASSWORD, Person};
use crate::support::place::{Place, run};

/// An environment variable of the test run.
fn variable(name: &str) -> Option<String> {
    porchlight::config::environment::variables().remove(name)
}

/// The Python with `tests/clients/requirements.txt` in it, as `bin/test` makes it.
pub fn python() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named = variable("TEST_PYTHON").map(PathBuf::from);
    let python = named.unwrap_or_else(|| root.join(".venv/bin/python"));
    missing(
        python.is_file(),
        "the Python clients are not installed: run bin/test",
    )
    .then_some(python)
}

/// A Chromium of this machine.
pub fn chromium() -> Option<PathBuf> {
    let named = variable("TEST_BROWSER").map(PathBuf::from);
    let browser = named.unwrap_or_else(|| PathBuf::from("/usr/bin/chromium"));
    missing(browser.is_file(), "Chromium is not installed: run bin/test").then_some(browser)
}

/// Whether something is there; with `CI=true` it must be.
fn missing(there: bool, words: &str) -> bool {
    if !there {
        assert!(variable("CI").as_deref() != Some("true"), "{words}");
        tracing::warn!("skipped: {words}");
    }
    there
}

/// Runs a script of `tests/` against the place; its output is shown when it fails.
pub async fn drive(
    place: &Place,
    python: &Path,
    script: &str,
    settings: serde_json::Value,
) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let home = place.data.join("client");
    std::fs::create_dir_all(&home).expect("a home for the client");
    let mut command = Command::new("setpriv");
    command
        .args(["--pdeathsig", "KILL", "--"])
        .arg(python)
        .arg("-u")
        .arg(root.join("tests").join(script))
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("HOME", &home)
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("LC_ALL", "C.UTF-8")
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SETTINGS", settings.to_string())
        .stdin(Stdio::null());
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .expect("no panic")
        .expect("the script runs");
    let words = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        output.status.success(),
        "{script}: {}\n{words}",
        output.status
    );
    words
}

#[test]
fn toot_signs_in_and_talks_with_python() {
    let Some(python) = python() else { return };
    run(async |place| {
        place.member("ann").await;
        let ben = place.member("ben").await;
        ben.api.toot("Hello from ben #porch").await;
        let settings = json!({
            "origin": place.origin, "name": "ann", "password": PASSWORD, "other": "ben", "other_token": ben.api.token,
            "toot": python.with_file_name("toot"),
        });
        drive(place, &python, "clients/toot_talks.py", settings).await;
        place.settle().await;
        // What toot did is there for everybody else.
        let notices = ben
            .api
            .get("/api/v1/notifications")
            .await
            .entity("[Notification]")
            .to_string();
        for kind in ["mention", "favourite", "reblog", "follow"] {
            assert!(
                notices.contains(&format!("\"type\":\"{kind}\"")),
                "{kind}: {notices}"
            );
        }
    });
}

#[test]
fn mastodon_py_signs_in_and_talks_with_python() {
    let Some(python) = python() else { return };
    run(async |place| {
        place.member("ann").await;
        let ben = place.member("ben").await;
        ben.api.toot("Hello from ben #porch").await;
        let settings = json!({
            "origin": place.origin, "name": "ann", "password": PASSWORD, "other": "ben", "other_token": ben.api.token,
        });
        drive(place, &python, "clients/mastodon_py_talks.py", settings).await;
        place.settle().await;
        let notices = ben
            .api
            .get("/api/v1/notifications")
            .await
            .entity("[Notification]")
            .to_string();
        for kind in ["mention", "favourite", "reblog", "follow"] {
            assert!(
                notices.contains(&format!("\"type\":\"{kind}\"")),
                "{kind}: {notices}"
            );
        }
    });
}

#[test]
fn mastodon_py_waits_on_the_porch_with_python() {
    let Some(python) = python() else { return };
    run(async |place| {
        place.owner().await;
        let hana = place.applicant("hana").await;
        place
            .member("ann")
            .await
            .api
            .toot("Members only talk")
            .await;
        let settings = json!({ "origin": place.origin, "token": hana.api.token });
        drive(place, &python, "clients/mastodon_py_waits.py", settings).await;
    });
}

/// Where pictures of pages go: to be looked at, not kept.
pub fn pictures() -> PathBuf {
    let target = variable("CARGO_TARGET_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target"),
        PathBuf::from,
    );
    let folder = target.join("pages");
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    folder
}

/// The owner asks somebody to be the heir.
async fn ask_an_heir(place: &Place, owner: &Person, name: &str) {
    let desk = place.signed_in(owner).await;
    let page = desk.open("/desk/heir").await;
    let form = page.form("/desk/heir").set("name", name);
    desk.submit(form.set("password", PASSWORD)).await;
}

/// A place with something to see, and the settings of a script that looks.
async fn a_place_to_look_at(place: &Place, browser: &Path) -> serde_json::Value {
    let owner = place.owner().await;
    let (ann, hana) = (place.member("ann").await, place.applicant("hana").await);
    owner.follow(&ann).await;
    let body = json!({ "status": "Fresh bread at the porch, and news from https://example.org/a/very/long/path/indeed #bread @olive" });
    let post = crate::support::api::id(
        &ann.api
            .post("/api/v1/statuses", body)
            .await
            .entity("Status"),
    );
    let reply = json!({ "status": "@ann I am on my way", "in_reply_to_id": post });
    owner
        .api
        .post("/api/v1/statuses", reply)
        .await
        .entity("Status");
    ann.api
        .post(
            "/api/v1/statuses",
            json!({ "status": "The butler did it", "spoiler_text": "A film" }),
        )
        .await
        .entity("Status");
    hana.api
        .post("/api/v1/statuses", json!({ "status": "A first draft" }))
        .await
        .entity("Status");
    ask_an_heir(place, &owner, "ann").await;
    place.settle().await;
    json!({
        "origin": place.origin, "password": PASSWORD, "browser": browser, "pictures": pictures(), "mails": place.data.join("mail"),
        "owner": "olive", "member": "ann", "waiting": "hana", "post": post,
        "application": place.application_of(&hana).await.to_string(),
    })
}

/// Every page as everybody sees it, at one width: a test of both would be the longest of all.
fn pages(script: bool, width: &'static str) {
    let (Some(python), Some(browser)) = (python(), chromium()) else {
        return;
    };
    run(async move |place| {
        let mut settings = a_place_to_look_at(place, &browser).await;
        settings["script"] = json!(script);
        settings["width"] = json!(width);
        drive(place, &python, "browser/pages.py", settings).await;
    });
}

#[test]
fn pages_with_script_are_sound_and_quiet_with_browser_and_with_python() {
    pages(true, "wide");
}

#[test]
fn pages_with_script_on_a_phone_are_sound_and_quiet_with_browser_and_with_python() {
    pages(true, "narrow");
}

#[test]
fn pages_without_script_do_the_same_with_browser_and_with_python() {
    pages(false, "wide");
}

#[test]
fn pages_without_script_on_a_phone_do_the_same_with_browser_and_with_python() {
    pages(false, "narrow");
}

#[test]
fn pages_of_a_house_without_a_keeper_are_sound_with_browser_and_with_python() {
    let (Some(python), Some(browser)) = (python(), chromium()) else {
        return;
    };
    run(async |place| {
        let owner = place.owner().await;
        let (ann, bea) = (place.member("ann").await, place.member("bea").await);
        let desk = place.signed_in(&owner).await;
        let page = desk.open("/desk/deputies").await;
        desk.submit(page.form("/desk/deputies").set("name", "bea"))
            .await;
        ask_an_heir(place, &owner, "ann").await;
        place.live(TimeDelta::days(8)).await;
        let hana = place.applicant("hana").await;
        place.live(TimeDelta::days(7)).await;
        place.settle().await;
        deputies::call_all(&place.app).await.expect("looked at");
        place.settle().await;
        let sent = place.mails();
        let asks = |m: &&Mail| m.to == owner.email && m.text.contains("/check-in/");
        let link = sent.iter().rfind(asks).expect("a link").link("/check-in/");
        let check_in = &link[link.find("/check-in/").expect("a path")..];
        let cookies = json!({
            "waiting": place.signed_in(&hana).await.cookies(),
            "member": place.signed_in(&ann).await.cookies(),
            "deputy": place.signed_in(&bea).await.cookies(),
            "owner": place.signed_in(&owner).await.cookies(),
        });
        let settings = json!({
            "origin": place.origin, "password": PASSWORD, "browser": browser, "pictures": pictures(), "script": true,
            "owner": "olive", "member": "ann", "waiting": "hana", "post": "1", "application": "1", "cookies": cookies,
            "lists": {
                "stranger": { "sealed-landing": "/", "sealed-door": "/door", "sealed-apply": "/apply", "check-in": check_in },
                "waiting": { "sealed-waiting": "/waiting" },
                "member": { "sealed-home": "/home", "sealed-export": "/settings/export" },
                "deputy": { "deputy": "/deputy" },
                "owner": { "sealed-desk": "/desk", "sealed-switch": "/desk/switch", "sealed-away": "/desk/away",
                    "sealed-deputies": "/desk/deputies", "sealed-heir": "/desk/heir", "sealed-absence": "/desk/absence" },
            },
        });
        drive(place, &python, "browser/pages.py", settings).await;
    });
}
