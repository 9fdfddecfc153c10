//! Settings.

use askama::Template;

use super::sample::*;
use crate::social::accounts::aliases::Alias;
use crate::web::parts::form::Form;
use crate::web::settings::{
    account, apps, departure, posting, profile as settings_profile, relocation, second_factor,
    sessions,
};

/// Name and page.
pub fn pages() -> Vec<Hung> {
    let mut made = Vec::new();
    let mut hang = |name, html| made.push((name, html));
    hang(
        "settings_profile",
        settings_profile::ProfileSettingsPage {
            page: member("Settings"),
            profile: profile_form(true),
            moving_in: true,
        }
        .render(),
    );
    hang(
        "settings_posting",
        posting::PostingPage {
            page: member("Settings"),
            form: Form::new().with("visibility", "unlisted"),
            languages: box_for_writing(None).languages,
        }
        .render(),
    );
    hang(
        "settings_account",
        account::AccountSettingsPage {
            page: member("Settings"),
            email: Some("ann@post.example".into()),
            unconfirmed_email: None,
            email_form: Form::new(),
            password_form: Form::new().error("password", "It has to be longer than 8 characters."),
            password_min: 8,
            languages: account::LanguageChoice::all("de-AT"),
        }
        .render(),
    );
    for set in [false, true] {
        let mut page = member("Second factor");
        if let Some(viewer) = page.viewer.as_mut() {
            viewer.missing_factor =
                (!set).then(|| "Your staff rights sleep until you set a second factor.".into());
        }
        hang(
            if set {
                "second_factor"
            } else {
                "second_factor_none"
            },
            second_factor::SecondFactorPage {
                page,
                app: set.then(|| (ago(90_000), Some(ago(50)))),
                passkeys: match set {
                    true => vec![second_factor::PasskeyRow {
                        id: "4".into(),
                        name: "Blue key".into(),
                        created_at: ago(9000),
                        used_at: None,
                    }],
                    false => Vec::new(),
                },
                codes_left: 7,
                staff: true,
            }
            .render(),
        );
    }
    hang(
        "second_factor_app",
        second_factor::AppPage {
            page: member("An app that makes codes"),
            form: Form::new().error("code", "Code is not what your app should show now."),
            qr: crate::web::render::qr::path("otpauth://totp/Lane:ann?secret=GEZD").unwrap(),
            link: "otpauth://totp/Lane:ann?secret=GEZD".into(),
            to_type: "GEZD GNBV".into(),
            sealed: "sealed".into(),
        }
        .render(),
    );
    for options in ["", "{}"] {
        hang(
            "second_factor_passkey",
            second_factor::PasskeyPage {
                page: member("A passkey"),
                form: Form::new().with("name", "phone"),
                options: options.into(),
                sealed: "sealed".into(),
            }
            .render(),
        );
    }
    hang(
        "second_factor_change",
        second_factor::ConfirmPage {
            page: member("Take the app away?"),
            form: Form::new(),
            act: "remove-app",
            id: String::new(),
            sentence: "Its codes are no longer asked for.".into(),
            button: "Take it away",
        }
        .render(),
    );
    hang(
        "recovery_codes",
        second_factor::CodesPage {
            page: member("Your recovery codes"),
            done: "Your app is set.".into(),
            codes: vec!["7KQX-7KQX-7KQX-7KQX".into(); 10],
        }
        .render(),
    );
    hang(
        "settings_sessions",
        sessions::SessionsPage {
            page: member("Settings"),
            sessions: vec![
                sessions::SessionRow {
                    id: "1".into(),
                    browser: "Firefox on Linux".into(),
                    address: "192.0.2.7".into(),
                    created_at: ago(9000),
                    seen_at: ago(0),
                    current: true,
                },
                sessions::SessionRow {
                    id: "2".into(),
                    browser: "Safari on iPhone".into(),
                    address: "198.51.100.9".into(),
                    created_at: ago(90_000),
                    seen_at: ago(3000),
                    current: false,
                },
            ],
        }
        .render(),
    );
    hang(
        "settings_apps",
        apps::AppsPage {
            page: member("Settings"),
            apps: vec![apps::AppRow {
                id: "3".into(),
                name: "Tusky".into(),
                website: Some("https://tusky.example".into()),
                scopes: "read write follow push".into(),
                created_at: ago(9000),
                used_at: Some(ago(4)),
            }],
        }
        .render(),
    );
    for (name, moved_to) in [
        ("settings_move", None),
        ("settings_moved", Some("ann@garden.example".to_owned())),
    ] {
        hang(
            name,
            relocation::MovePage {
                page: member("Settings"),
                own: "ann@lantern.example".into(),
                aliases: vec![Alias {
                    uri: "https://garden.example/users/ann".into(),
                    handle: Some("ann@garden.example".into()),
                }],
                moved_to,
                alias_form: Form::new(),
                move_form: Form::new(),
            }
            .render(),
        );
    }
    hang(
        "settings_delete",
        departure::DeletePage {
            page: member("Settings"),
            name: "ann".into(),
            form: Form::new().error("password", "This is not your password."),
        }
        .render(),
    );
    made
}
