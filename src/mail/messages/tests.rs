//! Every mail in every language.

use chrono::TimeDelta;
use proptest::prelude::*;

use super::staff::News;
use super::switch::{self, Here};
use super::{Place, Reader, access, away, decision, heir, joining, posts, review, staff};
use crate::domain::factor_change::FactorChange;
use crate::domain::hold_reason::HoldReason;
use crate::domain::switch_notice::SwitchNotice;
use crate::mail::{Kind, Message};
use crate::store::upkeep::Week;
use crate::text::catalogue::{Language, Words};

const LINK: &str = "https://porch.example/k/1?a=b&c=d";

fn held(act: &str, whom: &str) -> staff::Held {
    staff::Held::of(act, Some(&serde_json::json!({ "whom": whom, "people": 3 })))
}

fn of_distress(away: Option<&str>) -> away::OfDistress<'_> {
    away::OfDistress {
        export: LINK,
        moving: LINK,
        about: LINK,
        away,
    }
}

fn place() -> Place {
    Place {
        name: "The Porch\n& Sons".into(),
        url: "https://porch.example".into(),
    }
}

/// All of them, with these words of a person in the places that have some.
fn all(language: Language, person: &str) -> Vec<Message> {
    let (place, hour) = (place(), TimeDelta::hours(1));
    let to = Reader {
        address: "ann@example.org",
        name: "ann",
        words: Words(language),
    };
    let mut mails = vec![
        access::password_reset(&place, to, LINK, hour),
        access::password_changed(&place, to, LINK),
        access::owner_link(&place, Reader { name: "", ..to }, LINK, TimeDelta::days(7)),
        joining::new_address(&place, to, LINK, hour),
        joining::address_taken(&place, to, LINK, LINK),
        joining::received_open(&place, to, LINK),
        joining::withdrawn(&place, to, LINK),
        joining::appeal_received(&place, to, LINK),
        access::address_changed(&place, to, LINK),
        access::address_left(&place, to, LINK),
        staff::test(&place, to, LINK),
        staff::held(
            &place,
            to,
            person,
            &held("application.reject", person),
            LINK,
        ),
        staff::held(&place, to, person, &held("invites.cut", person), LINK),
        staff::held(
            &place,
            to,
            person,
            &staff::Held::of("account.delete", None),
            LINK,
        ),
        staff::week(&place, to, &weeks(person), LINK),
        staff::woke(&place, to, person, LINK),
        away::sealed(&place, to, LINK),
        away::distress(&place, to, &of_distress(None)),
        away::distress(&place, to, &of_distress(Some(LINK))),
        away::back(&place, to, 7, LINK),
        away::deputy_named(&place, to, LINK),
        away::deputy_called(&place, to, LINK),
        away::absence_ends(&place, to, "1 March", LINK),
    ];
    for whom in [
        heir::Whom::Lives,
        heir::Whom::Runs,
        heir::Whom::Helps,
        heir::Whom::Heir,
        heir::Whom::Contact,
    ] {
        let to = match whom {
            heir::Whom::Contact => Reader { name: "", ..to },
            _ => to,
        };
        let told = heir::Notice {
            who: person,
            day: "1 March",
            whom,
            profile: LINK,
            away: LINK,
            export: LINK,
            moving: LINK,
        };
        mails.push(heir::notice(&place, to, &told));
    }
    mails.push(heir::offered(&place, to, person, "1 March", LINK));
    for why in [heir::Why::Back, heir::Why::TakenBack, heir::Why::Void] {
        mails.push(heir::stopped(&place, to, person, why, LINK));
    }
    for mine in [true, false] {
        mails.push(heir::succeeded(&place, to, person, mine, LINK));
    }
    for what in SwitchNotice::ALL {
        let told = [person.to_owned(), "It is so.".to_owned()];
        for here in [None, Some(false), Some(true)] {
            let to = match here {
                None => Reader { name: "", ..to },
                Some(_) => to,
            };
            let here = here.map(|must_sign_in| Here {
                url: LINK,
                good_for: TimeDelta::hours(72),
                must_sign_in,
            });
            mails.push(switch::notice(&place, to, *what, &told, here, LINK));
        }
    }
    let seen = switch::Seen {
        acts: 1,
        by_app: 2,
        check_ins: 1,
        visits: 3,
    };
    mails.push(switch::seen(&place, to, &seen, "7 March", LINK));
    for reason in HoldReason::ALL {
        mails.push(posts::held(&place, to, *reason, LINK));
    }
    for change in FactorChange::ALL {
        mails.push(access::factor_changed(&place, to, *change, LINK));
    }
    for yes in [true, false] {
        mails.push(joining::confirm_address(
            &place,
            to,
            LINK,
            TimeDelta::hours(48),
            yes,
        ));
        mails.push(review::taken_back(&place, to, yes, LINK));
        mails.push(joining::received(
            &place,
            to,
            yes.then_some(20.0),
            !yes,
            LINK,
        ));
        mails.push(joining::end_near(&place, to, yes, 3, LINK));
        mails.push(joining::ended(&place, to, yes, 14, LINK));
    }
    for count in [0, 1, 2, 21] {
        mails.push(decision::approved(&place, to, person, count, LINK));
        mails.push(decision::rejected(
            &place,
            to,
            person,
            LINK,
            count,
            count == 0,
        ));
        let news: Vec<_> = [News::Came, News::Answered, News::Appealed]
            .into_iter()
            .cycle()
            .map(|news| (person.to_owned(), news))
            .take(usize::try_from(count).unwrap() + 1)
            .collect();
        mails.push(staff::applications(&place, to, &news, count, LINK));
        mails.push(review::put_off(&place, to, count, LINK));
        let (weeks, days) = (i64::try_from(count).unwrap(), 9);
        mails.push(joining::still_waiting(&place, to, LINK, weeks, days));
        mails.push(review::question(&place, to, person, LINK, weeks));
    }
    mails.into_iter().map(Result::unwrap).collect()
}

fn weeks(person: &str) -> Vec<Week> {
    let week = |suspended| Week {
        name: person.to_owned(),
        approved: 3,
        rejected: 1,
        suspended,
    };
    vec![week(0), week(2)]
}

/// What a mail says, without the line ends of its paragraphs.
fn said(mail: &Message) -> String {
    mail.body().replace(" \n", " ")
}

/// Mails to staff are plain text (abuse-cases.md X5).
const TO_STAFF: &[Kind] = &[
    Kind::ApplicationReceived,
    Kind::Test,
    Kind::ActHeld,
    Kind::AuthorWoke,
    Kind::Week,
    Kind::Seen,
    Kind::StillThere,
    Kind::DoorGuarded,
    Kind::DoorSealed,
    Kind::SwitchOver,
];

#[test]
fn every_mail_is_whole_in_every_language() {
    for language in Language::ALL {
        for mail in all(language, "Nice to meet you.\nSit down.") {
            let kind = mail.kind();
            assert!(!mail.subject().is_empty() && !mail.subject().contains("-subject"));
            // Every link stands on a line of its own, and leads somewhere in HTML too.
            assert!(
                mail.body().contains(&format!("\n{LINK}\n")),
                "{kind}: {}",
                mail.body()
            );
            for mark in ["{", "}", "$", "\n\n\n"] {
                assert!(!mail.body().contains(mark), "{kind}: {}", mail.body());
            }
            let to_staff = TO_STAFF.contains(&kind);
            assert_eq!(mail.html().is_none(), to_staff, "{kind}");
            if let Some(html) = mail.html() {
                assert!(html.contains(&format!("lang=\"{}\"", language.code())));
                assert!(html.contains("href=\"https://porch.example/k/1?a=b&#38;c=d\""));
                for remote in ["<img", "<link", "@import", "url("] {
                    assert!(!html.contains(remote), "{kind} fetches something: {html}");
                }
            }
        }
    }
}

#[test]
fn languages_differ_and_know_their_plurals() {
    let (english, german) = (all(Language::English, "x"), all(Language::German, "x"));
    for (one, other) in english.iter().zip(&german) {
        assert_ne!(one.subject(), other.subject(), "{}", one.kind());
        assert_ne!(one.body(), other.body(), "{}", one.kind());
    }
    let text = |mails: &[Message]| mails.iter().map(said).collect::<String>();
    let (english, german) = (text(&english), text(&german));
    for part in [
        "48 hours",
        "reads your application",
        "an hour",
        "Your 2 drafts",
        "Your draft is",
        "one person waits",
        "21 people wait",
        "For a day you",
    ] {
        assert!(english.contains(part), "{part}");
    }
    for part in [
        "48 Stunden",
        "eine Stunde",
        "Deine 2 Entwürfe",
        "Dein Entwurf ist",
        "wartet eine Person",
        "warten 21 Leute",
        "Noch einen Tag",
        "einem Tag",
    ] {
        assert!(german.contains(part), "{part}");
    }
}

#[test]
fn german_goes_on_with_a_small_letter_after_the_greeting_or_with_a_name() {
    for mail in all(Language::German, "Nora") {
        let said = said(&mail);
        let first = said.split_once(",\n\n").expect("a greeting").1;
        let is_name = ["The Porch", "Nora"]
            .iter()
            .any(|name| first.trim_start_matches(['-', ' ', '@']).starts_with(name));
        assert!(
            is_name || first.starts_with(char::is_lowercase),
            "{}: {first}",
            mail.kind()
        );
    }
    // What the switch tells first stands in posts as well, where nothing goes before.
    for key in [
        "switch-unseen",
        "switch-unseen-ever",
        "switch-was-off",
        "switch-guarded-unseen",
        "switch-guarded-never",
        "switch-guarded-waits",
        "switch-guarded-nobody",
        "switch-sealed-told",
        "switch-over-by",
        "switch-over-told",
    ] {
        let known = ["place", "seen", "from", "until", "who"];
        let said = Words(Language::German).say(key, known.map(|name| (name, "Nora".into())));
        assert!(said.starts_with("Nora "), "{said}");
    }
}

#[test]
fn a_person_is_quoted_and_cannot_make_a_header() {
    let words = "Which trains?\r\nBcc: x@evil.example";
    for mail in all(Language::English, words) {
        assert!(!mail.subject().contains('\n'));
        if mail.kind() == crate::mail::Kind::Question {
            assert!(
                mail.body()
                    .contains("> Which trains?\n> Bcc: x@evil.example\n")
            );
        }
    }
    let without = all(Language::English, " ");
    assert!(without.iter().all(|mail| !mail.body().contains('>')));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    /// Whatever a person writes: every mail is written, and no word becomes markup.
    #[test]
    fn whatever_is_written_stays_words(person in "\\PC{0,300}") {
        for language in Language::ALL {
            for mail in all(language, &format!("{person}<script>")) {
                let html = mail.html().unwrap_or_default();
                prop_assert!(!html.contains("<script"));
                prop_assert!(mail.body().lines().all(|line| line.len() <= 998));
            }
        }
    }
}
