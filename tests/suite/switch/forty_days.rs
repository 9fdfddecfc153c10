//! Forty days of nobody, lived through by everybody whom it concerns: what each page and mail
//! says, and when. With `LOOK_AT=folder` they are kept there, to be looked at.

use std::path::PathBuf;

use chrono::TimeDelta;
use porchlight::domain::role::Role;
use porchlight::domain::switch::Stage;

use super::{stage, told};
use crate::support::browser::{Browser, Page};
use crate::support::people::Person;
use crate::support::place::{Place, run};

/// Keeps pages and mails, where somebody wants to look at them.
struct Album(Option<PathBuf>);

impl Album {
    fn keep(&self, name: &str, page: &Page) {
        if let Some(folder) = &self.0 {
            let css = concat!(env!("CARGO_MANIFEST_DIR"), "/static/");
            let html = page
                .answer
                .text()
                .replace("\"/static/", &format!("\"{css}"));
            std::fs::write(folder.join(format!("{name}.html")), html).expect("written");
        }
    }

    fn keep_mails(&self, place: &Place) {
        let Some(folder) = &self.0 else { return };
        for mail in place.mails() {
            let said = format!("{}\n\n{}", mail.subject, mail.text);
            std::fs::write(folder.join(format!("{}.txt", mail.file)), said).expect("written");
            if !mail.html.is_empty() {
                let html = folder.join(format!("mail-{}.html", mail.file));
                std::fs::write(html, &mail.html).expect("written");
            }
        }
    }
}

fn subjects(place: &Place, to: &Person) -> Vec<String> {
    let mails = place.mails().into_iter();
    let of = mails.filter(|mail| mail.to == to.email);
    of.map(|mail| mail.subject).collect()
}

/// What somebody who keeps the light on heard of the switch.
fn alarms(place: &Place, to: &Person) -> Vec<String> {
    let about = ["Still there?", "is guarded", "is sealed", "is back"];
    let mut heard = subjects(place, to);
    heard.retain(|subject| about.iter().any(|words| subject.contains(words)));
    heard
}

async fn days(place: &Place, days: i64) {
    place.live(TimeDelta::days(days)).await;
    place.settle().await;
}

async fn open(album: &Album, browser: &Browser, name: &str, path: &str) -> Page {
    // A closed door answers 403, and is looked at, too.
    let page = browser.visit(path).await;
    assert!(page.status() < 500, "{path}: {}", page.status());
    album.keep(name, &page);
    page
}

#[test]
fn forty_days_of_nobody_are_lived_through_and_somebody_comes_home() {
    run(async |place| {
        let album = Album(std::env::var_os("LOOK_AT").map(PathBuf::from));
        let owner = place.owner().await;
        let mona = place.staff("mona", Role::Moderator).await;
        let bea = place.member("bea").await;
        let cai = place.member("cai").await;
        let desk = place.signed_in(&owner).await;
        let page = open(&album, &desk, "00-deputies", "/desk/deputies").await;
        let form = page.form("/desk/deputies").set("name", "bea");
        desk.submit(form).await;
        let ivo = place.applicant("ivo").await;
        let invites = place.signed_in(&bea).await;
        let page = invites.open("/invites").await;
        invites.submit(page.form("/invites")).await;
        let code: String = place.sql("SELECT code FROM invites", &[]).await[0].get(0);
        let invite = format!("/invite/{code}");
        place.settle().await;

        days(place, 5).await;
        assert_eq!(stage(place).await, Stage::Warned);
        assert_eq!(alarms(place, &mona), ["Still there?"]);
        // The moderator's phone shows the post by the server, and changes nothing.
        let home = mona
            .api
            .get("/api/v1/notifications")
            .await
            .expect(200)
            .json();
        assert!(home.to_string().contains("Favourite this post"), "{home}");
        let page = open(&album, &place.browser(), "05-landing", "/").await;
        assert!(page.answer.text().contains("How this door works"));

        // The second warning is told while there is time.
        place.live(TimeDelta::hours(37)).await;
        place.settle().await;
        assert_eq!(alarms(place, &mona).len(), 2);
        place.live(TimeDelta::hours(11)).await;
        place.settle().await;
        assert_eq!(stage(place).await, Stage::Guarded);
        assert_eq!(alarms(place, &mona).len(), 3);
        open(&album, &place.browser(), "07-door", "/door").await;
        open(&album, &place.browser(), "07-apply", "/apply").await;
        let hana = place.applicant("hana").await;

        days(place, 7).await;
        assert_eq!(stage(place).await, Stage::Sealed);
        assert_eq!(alarms(place, &mona).len(), 4);
        assert_eq!(told(place).await["attended"], false);
        let stranger = place.browser();
        // Where nobody can apply, nobody is told how it would go, or who would read it.
        let page = open(&album, &stranger, "14-landing", "/").await;
        let front = page.answer.text();
        assert!(front.contains("While the door is closed"), "{front}");
        assert!(!front.contains("How this door works"), "{front}");
        assert!(
            !front.contains("/apply") && !front.contains("mona"),
            "{front}"
        );
        open(&album, &stranger, "14-apply", "/apply").await;
        open(&album, &stranger, "14-invite", &invite).await;
        open(&album, &stranger, "14-door", "/door").await;
        let waits = place.signed_in(&ivo).await;
        open(&album, &waits, "14-waiting", "/waiting").await;
        place.settle().await;
        let heard = subjects(place, &hana);
        assert!(
            heard.iter().any(|s| s.contains("stays as it is")),
            "{heard:?}"
        );
        porchlight::gate::away::deputies::call_all(&place.app)
            .await
            .expect("called");
        place.settle().await;
        let deputy = place.signed_in(&bea).await;
        open(&album, &deputy, "14-deputy", "/deputy").await;

        days(place, 16).await;
        assert_eq!(stage(place).await, Stage::Distress);
        place.settle().await;
        let heard = subjects(place, &cai);
        assert!(!heard.is_empty(), "every member hears of it");
        let member = place.signed_in(&cai).await;
        let page = open(&album, &member, "30-home", "/home").await;
        assert!(page.answer.text().contains("Take along what is yours"));
        open(&album, &member, "30-moving", "/settings/move").await;
        open(&album, &place.browser(), "30-landing", "/").await;

        days(place, 10).await;
        let desk = place.signed_in(&owner).await;
        // Who comes home is led to what happened, and not told how to leave.
        let page = open(&album, &desk, "40-home", "/home").await;
        let home = page.answer.text();
        assert!(home.contains("/desk/away"), "{home}");
        assert!(!home.contains("Take along what is yours"), "{home}");
        open(&album, &desk, "40-desk", "/desk").await;
        open(&album, &desk, "40-switch", "/desk/switch").await;
        let page = open(&album, &desk, "40-away", "/desk/away").await;
        let page = desk.submit(page.form("/desk/away/tell")).await;
        album.keep("40-told", &page);
        let page = desk.open("/desk/away").await;
        let page = desk.submit(page.form("/desk/away/lift")).await;
        album.keep("40-lifted", &page);
        assert_eq!(stage(place).await, Stage::Calm);
        place.settle().await;
        assert_eq!(told(place).await["effective_mode"], "approval");
        open(&album, &place.browser(), "41-door", "/door").await;
        open(&album, &desk, "41-switch", "/desk/switch").await;
        album.keep_mails(place);
        // Nobody heard anything of it twice.
        for person in [&owner, &mona, &bea, &cai, &ivo, &hana] {
            let mut heard = alarms(place, person);
            let many = heard.len();
            heard.sort();
            heard.dedup();
            assert_eq!(heard.len(), many, "{}: {heard:?}", person.name);
        }
    });
}
