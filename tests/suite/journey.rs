//! The whole way through the door in a real browser: with script, without, on a phone's width, by
//! the keyboard alone; axe finds nothing on any page of it.

use chrono::TimeDelta;
use serde_json::json;

use crate::clients::{chromium, drive, pictures, python};
use crate::support::people::PASSWORD;
use crate::support::place::Setup;

/// How somebody comes.
#[derive(Default)]
struct Way {
    script: bool,
    keyboard: bool,
    narrow: bool,
}

fn travel(way: Way) {
    let (Some(python), Some(browser)) = (python(), chromium()) else {
        return;
    };
    Setup::default().proving().run(async |place| {
        place.owner().await;
        // Two minutes pass when the script asks for them, not by waiting.
        let hurry = place.data.join("hurry");
        let settings = json!({
            "origin": place.origin, "password": PASSWORD, "browser": browser, "pictures": pictures(),
            "mails": place.data.join("mail"), "owner": "olive", "names": ["rosa", "emil"], "hurry": hurry,
            "script": way.script, "keyboard": way.keyboard, "narrow": way.narrow,
        });
        let driven = drive(place, &python, "browser/journey.py", settings);
        tokio::pin!(driven);
        loop {
            tokio::select! {
                _ = &mut driven => break,
                () = tokio::time::sleep(std::time::Duration::from_millis(100)) => {
                    if hurry.exists() {
                        place.advance(TimeDelta::minutes(2));
                        std::fs::remove_file(&hurry).expect("the file was there");
                    }
                }
            }
        }
    });
}

#[test]
fn the_way_in_works_on_a_phone_with_browser_and_with_python() {
    travel(Way {
        script: true,
        narrow: true,
        ..Way::default()
    });
}

#[test]
fn the_way_in_works_by_keyboard_alone_with_browser_and_with_python() {
    travel(Way {
        script: true,
        keyboard: true,
        ..Way::default()
    });
}

#[test]
fn the_way_in_works_without_script_with_browser_and_with_python() {
    travel(Way::default());
}
