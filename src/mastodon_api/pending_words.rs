//! What the notice in the app says, in the language of the applicant: where the application
//! stands, or what was asked.

use chrono::{DateTime, Utc};

use crate::gate::applications::progress::{Progress, Step};
use crate::gate::mode::Readers;
use crate::text::catalogue::Words;

/// The words of the notice, as plain text; `drafts` is how many stand below it.
pub fn notice(
    words: Words,
    place: &str,
    progress: &Progress,
    drafts: usize,
    now: DateTime<Utc>,
) -> String {
    if progress.step == Step::AskedBack {
        return asked_back(words, place, progress);
    }
    let step = step(words, progress, now);
    let waiting = match progress.application.appealed_at {
        Some(_) => words.say(
            "notice-appealed",
            [("place", place.into()), ("step", step.into())],
        ),
        None => {
            let day = words.day(progress.application.submitted_at);
            let arguments = [
                ("place", place.into()),
                ("day", day.into()),
                ("step", step.into()),
            ];
            words.say("notice-waiting", arguments)
        }
    };
    let kept = words.say("notice-drafts", [("count", drafts.into())]);
    let profile = words.say("notice-profile", []);
    format!("{waiting}\n\n{kept} {profile}")
}

/// Who reads, or that somebody does, and how long it takes; or until when it rests.
fn step(words: Words, progress: &Progress, now: DateTime<Utc>) -> String {
    if let Some(until) = progress.put_off(now) {
        let day = words.day(until);
        return words.say("notice-put-off", [("day", day.into())]);
    }
    if progress.stands {
        return words.say("notice-stands", []);
    }
    let step = match progress.step {
        Step::BeingRead => words.say("notice-being-read", []),
        _ => {
            let readers = names(words, &progress.readers);
            words.say("notice-confirmed", [("readers", readers.into())])
        }
    };
    let span = progress.readers.median_hours;
    match span.and_then(|hours| words.usual_wait(hours)) {
        Some(span) => {
            let usual = words.say("usual-wait", [("span", span.into())]);
            format!("{step} {usual}")
        }
        None => step,
    }
}

/// `Jo`, `Jo or Ann`, or a person.
fn names(words: Words, readers: &Readers) -> String {
    match readers.names.as_slice() {
        [] => words.say("notice-somebody", []),
        [one] => one.clone(),
        [some @ .., last] => {
            let names = some.join(", ");
            let arguments = [("names", names.into()), ("last", last.as_str().into())];
            words.say("notice-or", arguments)
        }
    }
}

/// The question, and how to answer it.
fn asked_back(words: Words, place: &str, progress: &Progress) -> String {
    let quote = |text: &str| words.say("notice-quote", [("words", text.into())]);
    let locale = &progress.application.locale;
    let open = progress.left_open();
    let open: Vec<String> = open.iter().map(|q| quote(&q.label(locale))).collect();
    let place = || ("place", place.into());
    match (progress.asked(), open.as_slice()) {
        (Some(question), open) => {
            let asked = words.say("notice-asked", [place()]);
            let how = match open {
                [] => words.say("notice-how", []),
                open => {
                    let questions = open.join(", ");
                    words.say("notice-also-open", [("questions", questions.into())])
                }
            };
            format!("{asked}\n\n{}\n\n{how}", quote(&question.body))
        }
        (None, [one]) => {
            let arguments = [place(), ("question", one.as_str().into())];
            let asked = words.say("notice-one-open", arguments);
            format!("{asked}\n\n{}", words.say("notice-how", []))
        }
        (None, open) => {
            let questions = open.join(", ");
            words.say("notice-open", [place(), ("questions", questions.into())])
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::application::{ApplicationState, MessageKind};
    use crate::domain::lane::Lane;
    use crate::domain::registration_mode::RegistrationMode;
    use crate::model::application::{Application, ApplicationMessage};
    use crate::text::catalogue::Language;

    fn english() -> Words {
        Words(Language::English)
    }

    pub(in crate::mastodon_api) fn progress(step: Step, readers: Readers) -> Progress {
        let at = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let state = match step {
            Step::AskedBack => ApplicationState::NeedsInfo,
            _ => ApplicationState::Pending,
        };
        Progress {
            application: Application {
                id: 1,
                user_id: 2,
                state,
                version: 1,
                snapshot_hash: None,
                mode: RegistrationMode::Approval,
                lane: Lane::Waiting,
                put_off_until: None,
                remark: None,
                locale: "en".into(),
                network: None,
                mail_domain: None,
                fill_seconds: None,
                submitted_at: at,
                confirmed_at: Some(at),
                read_at: None,
                read_by: None,
                decided_at: None,
                decided_by: None,
                decision_message: None,
                told: false,
                erase_at: None,
                put_offs: 0,
                appealed_at: None,
                elsewhere: None,
                proof: crate::domain::application::Proof::Missing,
                event_code_id: None,
                cluster_id: None,
                shown: None,
                reminded_at: None,
                waits_from: None,
            },
            step,
            since: at,
            answers: Vec::new(),
            messages: Vec::new(),
            open: Vec::new(),
            questions: Vec::new(),
            readers,
            stands: false,
        }
    }

    fn readers() -> Readers {
        Readers {
            names: vec!["Jo".into(), "Ann".into()],
            median_hours: Some(20.0),
            last_decision: None,
        }
    }

    #[test]
    fn the_notice_says_who_reads_and_how_long_it_takes() {
        let now = DateTime::from_timestamp(1_800_001_000, 0).unwrap();
        let said = notice(
            english(),
            "Lantern Lane",
            &progress(Step::Confirmed, readers()),
            0,
            now,
        );
        assert!(
            said.contains("Jo or Ann will read it. That usually takes a day."),
            "{said}"
        );
        let nobody = progress(Step::Confirmed, Readers::default());
        let said = notice(english(), "Lantern Lane", &nobody, 2, now);
        assert!(said.contains("A person will read it."), "{said}");
        assert!(said.contains("Your 2 drafts"));
    }

    #[test]
    fn a_question_and_a_putting_off_are_told() {
        let now = DateTime::from_timestamp(1_800_001_000, 0).unwrap();
        let mut asked = progress(Step::AskedBack, readers());
        asked.messages.push(ApplicationMessage {
            id: 3,
            application_id: 1,
            kind: MessageKind::Question,
            author_id: None,
            body: "Which lane?".into(),
            created_at: now,
        });
        let said = notice(english(), "Lantern Lane", &asked, 0, now);
        assert!(said.contains("“Which lane?”") && said.contains("Reply to this post"));
        let mut later = progress(Step::BeingRead, readers());
        later.application.put_off_until = Some(now + chrono::TimeDelta::days(14));
        let said = notice(english(), "Lantern Lane", &later, 0, now);
        assert!(said.contains("put off until"), "{said}");
        later.application.put_off_until = Some(now - chrono::TimeDelta::days(1));
        let said = notice(english(), "Lantern Lane", &later, 0, now);
        assert!(said.contains("begun to read"), "{said}");
    }

    #[test]
    fn the_notice_speaks_german_too() {
        let now = DateTime::from_timestamp(1_800_001_000, 0).unwrap();
        let words = Words::of("de-AT");
        let waits = progress(Step::Confirmed, readers());
        let said = notice(words, "Lantern Lane", &waits, 1, now);
        assert!(
            said.contains("Deine Bewerbung vom 15. Januar 2027 wartet"),
            "{said}"
        );
        assert!(
            said.contains("Jo oder Ann wird sie lesen. Das dauert meist einen Tag."),
            "{said}"
        );
        assert!(said.contains("Deinen Entwurf"), "{said}");
    }
}
