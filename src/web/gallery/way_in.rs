//! Signing in, passwords, the first owner, consent.

use askama::Template;

use super::sample::*;
use crate::text::catalogue::{Language, Words};
use crate::web::identity::{
    check_in, consent, owner_setup, password_reset, second_factor, sign_in,
};
use crate::web::parts::form::Form;
use crate::web::parts::layout::Here;
/// Name and page.
pub fn pages() -> Vec<Hung> {
    let mut made = Vec::new();
    let mut hang = |name, html| made.push((name, html));
    hang(
        "sign_in",
        sign_in::SignInPage {
            page: {
                let mut page = stranger("Sign in");
                page.here = Here::SignIn;
                page.has_errors = true;
                page
            },
            form: Form::new()
                .with("login", "ann")
                .error("", "Name or password is wrong."),
            return_to: "/home".into(),
            words: sign_in::SignInWords::of(Words(Language::English), Some("Tusky")),
            mail_works: true,
        }
        .render(),
    );
    for (app, passkeys) in [(true, "{}"), (false, "")] {
        hang(
            "sign_in_second",
            second_factor::SecondFactorPage {
                page: stranger("One more thing"),
                form: Form::new().error("code", "This is not right."),
                return_to: "/home".into(),
                app,
                passkeys: passkeys.into(),
            }
            .render(),
        );
    }
    for sent in [false, true] {
        hang(
            if sent { "password_sent" } else { "password" },
            password_reset::PasswordResetPage {
                page: stranger("Forgot your password?"),
                form: Form::new(),
                sent,
            }
            .render(),
        );
    }
    hang(
        "password_set",
        password_reset::PasswordSetPage {
            page: stranger("A new password"),
            form: Form::new(),
            token: "token".into(),
            password_min: 8,
        }
        .render(),
    );
    for (name, shown) in [
        (
            "check_in",
            check_in::Shown::Button {
                name: "ann".into(),
                token: "token".into(),
            },
        ),
        (
            "check_in_signed",
            check_in::Shown::SignIn {
                name: "ann".into(),
                path: "/sign-in?return_to=/check-in/token".into(),
            },
        ),
        (
            "checked_in",
            check_in::Shown::Said {
                stays: Some("/desk/away"),
            },
        ),
    ] {
        let page = stranger("Are you there?");
        hang(name, check_in::CheckInPage { page, shown }.render());
    }
    hang(
        "owner",
        owner_setup::OwnerSetupPage {
            page: stranger("Set up"),
            form: Form::new(),
            token: "token".into(),
            password_min: 8,
        }
        .render(),
    );
    for (name, language) in [
        ("consent", Language::English),
        ("consent_german", Language::German),
    ] {
        let mut page = staff("Allow an app");
        page.lang = language.code().into();
        let words = Words(language);
        let sample = consent::ConsentPage {
            page,
            words: consent::ConsentWords::of(words, "Tusky", None),
            website: Some("https://tusky.example".into()),
            wishes: vec![
                consent::Wish {
                    scope: "read".into(),
                    sentence: words.say("scope-read", []),
                    heavy: false,
                },
                consent::Wish {
                    scope: "admin:read".into(),
                    sentence: words.say("scope-admin-read", []),
                    heavy: true,
                },
            ],
            hidden: vec![("client_id".into(), "abc".into())],
        };
        hang(name, sample.render());
    }
    hang(
        "code",
        consent::CodePage {
            page: member("Your code"),
            heading: "Your code for toot".into(),
            copy: "Copy this into the app.".into(),
            code: "q8Zb2nX0cVt5LwYk1mPd7RfGh3JsA9uEoT6iWvB4xNQ".into(),
        }
        .render(),
    );
    made
}
