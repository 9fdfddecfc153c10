//! Leaving for a while, coming back, and taking one's things along.

use askama::Template;

use super::sample::{Hung, ago, chip, member, staff};
use crate::files::default_pictures;
use crate::web::home::{deputy, heir as own_heir};
use crate::web::parts::form::Form;
use crate::web::parts::layout::Page;
use crate::web::review::{absence, away, deputies, heir, queue};
use crate::web::settings::export;

/// The pages of an absence.
pub fn pages() -> Vec<Hung> {
    let absence = |admin, planned, form| absence::AbsencePage {
        page: Page {
            was_away: admin,
            ..staff("Away for a while")
        },
        admin,
        planned,
        form,
        modes: absence::MODES.to_vec(),
        deputies: vec![("7".into(), "bea".into())],
        help: "30 days later at the most. Days begin at midnight in Europe/Berlin.".into(),
    };
    let planned = |lasts| {
        Some(absence::Planned {
            lasts,
            from: "Thursday, 24 December 2026".into(),
            to: "Wednesday, 6 January 2027".into(),
            mode: "By invitation",
            deputy: Some("bea".into()),
        })
    };
    let typed = Form::new()
        .with("from", "2026-12-24")
        .with("to", "2026-12-24")
        .with("mode", "closed")
        .error(
            "to",
            "The first day back must be a day after the first one away.",
        );
    let row = |id: &str, name: &str| queue::QueueRow {
        id: id.into(),
        pick: format!("{id}-0123456789abcdef01234567"),
        path: format!("/desk/applications/{id}"),
        alike: String::new(),
        username: name.to_lowercase(),
        display_name: name.into(),
        avatar_url: default_pictures::AVATAR_PATH.to_owned(),
        answer: "I like porches.".into(),
        submitted_at: ago(40_000),
        state: "Waiting".into(),
        reader: String::new(),
        email_domain: "example.org".into(),
        confirmed: true,
        drafts: 1,
        filled_in: "3 min 20 s".into(),
        more: "I paint boats, and once a year I build one.".into(),
        marks: vec!["Has answered"],
        hints: Vec::new(),
    };
    let told = away::Told {
        door: "Nobody can come in, and time stands still for those who wait.",
        why: "Nobody who looks after this place was seen for a while.",
        since: ago(50_000),
        figures: vec![
            ("New members", "2".into(), ""),
            ("Waiting to be read", "over 1000".into(), "/desk"),
        ],
        joined: vec![("tom".into(), ago(45_000)), ("ida".into(), ago(46_000))],
        more_joined: true,
        old: vec![row("12", "Tom"), row("13", "Ida")],
        moderates: true,
        decided: vec!["@bea, a deputy, let 2 in and turned 1 down.".into()],
        deeds: vec![away::Deed {
            id: 4,
            words: "@spam was suspended by @bea".into(),
            at: ago(9_000),
            until: ago(-9_000),
        }],
        sealed: true,
        not_yet: String::new(),
        wishes: vec!["mona".into()],
        needs_second: true,
        more_days: 7,
    };
    let away = |told, form| away::AwayPage {
        page: staff("While you were away"),
        told,
        form,
    };
    let blank = Form::new().error("question", "Write what you would like to know.");
    let quiet = away::Told {
        figures: Vec::new(),
        joined: Vec::new(),
        old: Vec::new(),
        decided: Vec::new(),
        deeds: Vec::new(),
        wishes: Vec::new(),
        not_yet: "An admin gives the door back to what it was.".into(),
        ..told.clone()
    };
    let applicant = deputy::Applicant {
        id: "12".into(),
        seen: "0123456789abcdef01234567".into(),
        username: "tom".into(),
        display_name: "Tom".into(),
        answers: vec![("What brings you here?".into(), "The porches.".into())],
        at: ago(40_000),
    };
    let reported = |id: &str, may_suspend| deputy::ReportedRow {
        id: id.into(),
        account: chip("spam@elsewhere.example", "Spam", 3),
        reporters: 2,
        may_suspend,
        may_limit: may_suspend,
    };
    let standing_in = |afresh| deputy::DeputyPage {
        page: member("Standing in"),
        why: "Nobody who looks after this place has been here for a while.",
        afresh,
        waiting: vec![applicant.clone()],
        more: true,
        reported: vec![reported("7", true), reported("8", false)],
        days: 14,
    };
    let named = deputies::DeputiesPage {
        page: staff("Deputies"),
        rows: vec![deputies::DeputyRow {
            id: "7".into(),
            name: "bea".into(),
            told: false,
            named_at: ago(90_000),
            called_at: Some(ago(900)),
        }],
        most: 5,
        days: 14,
        form: Form::new().error("name", "This is no member of this place."),
    };
    let heir = |heir, ended, form| heir::HeirPage {
        page: staff("The heir"),
        heir,
        ended,
        unwatched: false,
        days: (14, 60, 14),
        form,
    };
    let somebody = |accepted: bool, until| heir::Named {
        name: "bea".into(),
        offered_at: ago(90_000),
        accepted_at: accepted.then(|| ago(80_000)),
        lapses: (!accepted).then(|| ago(-900_000)),
        until,
    };
    let gone = heir::Ended {
        name: "bea".into(),
        words: "did not answer in time",
        at: ago(9_000),
    };
    let own = |asked: bool, afresh, opens, opens_at, until, form| own_heir::HeirPage {
        page: Page {
            in_distress: opens,
            heir_soon: Some(("bea".into(), "3 March 2027".into())),
            ..member("The heir")
        },
        by: "olive".into(),
        asked_until: asked.then(|| ago(-900_000)),
        afresh,
        opens,
        opens_at,
        until,
        days: (60, 14),
        form,
    };
    let letter = own_heir::LetterPage {
        page: member("The sealed letter"),
        name: "bea".into(),
        by: "olive".into(),
        day: "22 November 2026".into(),
        code: ["7K2M"; 13].map(str::to_owned).to_vec(),
        address: "https://porch.example/heir".into(),
        days: (60, 14),
    };
    let no_name = Form::new()
        .with("name", "nobody")
        .error("name", "This is no member of this place.")
        .error("password", "The password is not right.");
    let no_code = Form::new().error("code", "The code is not the one of the letter.");
    let mut export = export::ExportPage {
        page: member("Take along"),
        files: export::files(),
    };
    export.page.in_distress = true;
    vec![
        ("absence", absence(true, planned(true), typed).render()),
        (
            "absence, to look at",
            absence(false, None, Form::new()).render(),
        ),
        ("away", away(Some(told), blank).render()),
        (
            "away, little happened",
            away(Some(quiet), Form::new()).render(),
        ),
        ("away, nothing", away(None, Form::new()).render()),
        ("deputy", standing_in(false).render()),
        ("deputy, to sign in", standing_in(true).render()),
        ("deputies", named.render()),
        ("heir, nobody", heir(None, Some(gone), no_name).render()),
        (
            "heir, asked",
            heir(Some(somebody(false, None)), None, Form::new()).render(),
        ),
        (
            "heir, notice",
            heir(Some(somebody(true, Some(ago(-900_000)))), None, Form::new()).render(),
        ),
        (
            "own heir, asked",
            own(true, false, false, None, None, Form::new()).render(),
        ),
        (
            "own heir, to sign in",
            own(true, true, false, None, None, Form::new()).render(),
        ),
        (
            "own heir, sealed",
            own(false, false, false, Some(ago(-900_000)), None, Form::new()).render(),
        ),
        (
            "own heir, opens",
            own(false, false, true, None, None, no_code).render(),
        ),
        (
            "own heir, open",
            own(false, false, false, None, Some(ago(-900_000)), Form::new()).render(),
        ),
        ("letter", letter.render()),
        ("export", export.render()),
    ]
}
