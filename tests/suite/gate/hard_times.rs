//! When the machine has little left, or a page is older than the door: nothing that was typed is
//! lost, and nobody comes in by what was shown.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use porchlight::domain::Error;
use porchlight::gate::mode;
use serde_json::json;

use super::applying::form;
use super::door::{crowd, told};
use crate::support::people::PASSWORD;
use crate::support::place::{Place, Setup, run};
use crate::support::routes::app_token;

/// Keeps the line of passwords full until it is dropped.
struct Flood(Arc<AtomicBool>);

impl Flood {
    async fn begin(place: &Place) -> Flood {
        let over = Arc::new(AtomicBool::new(false));
        for _ in 0..60 {
            let (passwords, over) = (place.app.passwords.clone(), over.clone());
            let now = place.app.clock.now();
            tokio::spawn(async move {
                while !over.load(Ordering::Relaxed) {
                    if passwords.hash("a lamp by the door", now).await.is_err() {
                        tokio::time::sleep(Duration::from_millis(1)).await;
                    }
                }
            });
        }
        let now = place.app.clock.now();
        while !matches!(
            place.app.passwords.hash("one more", now).await,
            Err(Error::TooMany { .. })
        ) {}
        Flood(over)
    }
}

impl Drop for Flood {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn when_passwords_stand_in_a_long_line_the_form_comes_back_with_what_was_typed() {
    // C3: the order of checks ends with the password's hash.
    run(async |place| {
        place.owner().await;
        let app = place.api(app_token(place).await);
        let mut filled = Vec::new();
        for n in 0..4 {
            let browser = place.browser();
            let name = format!("hana{n}");
            let form = form(place, &browser, &name, &format!("{name}@{name}.example")).await;
            filled.push((browser, name, form));
        }
        let flood = Flood::begin(place).await;
        // One may slip in between two of the flood.
        let mut refused = None;
        for (browser, name, form) in filled {
            let page = browser.submit(form).await;
            if page.status() != 200 {
                refused = Some((browser, name, page));
                break;
            }
        }
        let (browser, name, page) = refused.expect("the line is full");
        assert_eq!(page.status(), 429, "{}", page.answer.shown());
        assert_ne!(page.answer.header("retry-after"), "");
        let again = page.form("/apply");
        assert_eq!(again.value("username"), name);
        assert_eq!(again.value("email"), format!("{name}@{name}.example"));
        page.says("Because of the porch.").hides(PASSWORD);
        let knock = json!({
            "username": "ivo", "email": "ivo@ivo.example", "password": PASSWORD, "agreement": true,
            "locale": "en", "reason": "Because of the porch.",
        });
        let busy = app.post("/api/v1/accounts", knock).await;
        assert!([200, 429].contains(&busy.status), "{}", busy.shown());
        drop(flood);
        // The form and the budgets were given back: sent again, it is received.
        let mut page = browser
            .submit(again.clone().set("password", PASSWORD))
            .await;
        for _ in 0..20 {
            if page.status() == 200 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
            page = browser
                .submit(again.clone().set("password", PASSWORD))
                .await;
        }
        assert_eq!(page.status(), 200, "{}", page.answer.shown());
    });
}

/// The folder of a place lies on a disk without room, until this is dropped.
struct FullDisk {
    folder: PathBuf,
    aside: PathBuf,
}

impl FullDisk {
    fn begin(folder: &Path) -> FullDisk {
        let aside = folder.with_extension("aside");
        std::fs::rename(folder, &aside).expect("it is moved");
        // A file system without one free block, on every machine with Linux.
        std::os::unix::fs::symlink("/proc", folder).expect("a link");
        FullDisk {
            folder: folder.to_owned(),
            aside,
        }
    }
}

impl Drop for FullDisk {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.folder);
        let _ = std::fs::rename(&self.aside, &self.folder);
    }
}

#[test]
fn a_disk_that_is_nearly_full_shuts_the_door_and_loses_no_word() {
    // C0: capacity.
    run(async |place| {
        place.owner().await;
        place.settle().await;
        assert_eq!(told(place).await, json!(["approval", "admin", true]));
        let browser = place.browser();
        let form = form(place, &browser, "hana", "hana@hana.example").await;
        let full = FullDisk::begin(&place.data);
        assert_eq!(told(place).await, json!(["closed", "capacity", false]));
        let page = browser.submit(form.clone()).await;
        assert_eq!(page.status(), 403, "{}", page.answer.shown());
        page.says("Because of the porch.").hides(PASSWORD);
        drop(full);
        assert_eq!(told(place).await, json!(["approval", "admin", true]));
        let page = browser.submit(form).await;
        assert_eq!(page.status(), 200, "{}", page.answer.shown());
    });
}

#[test]
fn what_is_shown_may_be_half_a_minute_old_and_what_decides_never_is() {
    // C0. No timer looks at the door meanwhile.
    let setup = Setup::default().with("PORCHLIGHT_REGISTRATION__MAX_WAITING", "100");
    setup.without_jobs().run(async |place| {
        place.owner().await;
        let stranger = place.stranger();
        let shown = async || {
            let instance = stranger.get("/api/v2/instance").await.entity("Instance");
            instance["registrations"]["effective_mode"].clone()
        };
        let browser = place.browser();
        let form = form(place, &browser, "hana", "hana@hana.example").await;
        mode::forget(&place.app).await;
        assert_eq!(shown().await, "approval");
        crowd(place, 100, "192.0.2.0/32").await;
        assert_eq!(shown().await, "approval", "as it was a moment ago");
        let page = browser.submit(form).await;
        assert_eq!(page.status(), 403, "{}", page.answer.shown());
        page.says("Because of the porch.");
        mode::forget(&place.app).await;
        assert_eq!(shown().await, "closed");
    });
}
