//! The porch in the app: one status by the server above the drafts, which says where the
//! application stands and what was asked back. A reply to it answers (registration.md C2).

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::entities::{Account, Status};
use super::pending::{self, Wanted};
use crate::app::App;
use crate::domain::application::{ApplicationState, MessageKind};
use crate::domain::{Error, Id, Result, ids};
use crate::gate::applications::answer::{self, Reply};
use crate::gate::applications::progress::{self, Progress, Step};
use crate::gate::mode::Readers;
use crate::gate::questions::Given;
use crate::gate::who::Applicant;
use crate::model::application::ApplicationMessage;
use crate::text::{html, time_words};

/// In the sequence of an id, what is rarely given out: the notice came into its state in a
/// millisecond in which the database hardly made as many ids.
const NOTICE: Id = 0xfff0;

/// The notice; `drafts` is how many stand below it.
///
/// # Errors
/// `NotFound` for members, who have none.
pub async fn notice(app: &App, who: &Applicant, drafts: usize) -> Result<Status> {
    let progress = progress::read(app, who.signed_in()).await?;
    if !who.is_waiting() {
        return Err(Error::NotFound);
    }
    of(app, &progress, drafts).await
}

/// The notice, or a reply that was given, by its id.
///
/// # Errors
/// `NotFound`.
pub async fn find(app: &App, who: &Applicant, id: Id) -> Result<Status> {
    let progress = progress::read(app, who.signed_in()).await?;
    if id_of(&progress) == id && who.is_waiting() {
        let drafts = crate::gate::drafts::list(app, who).await?;
        return of(app, &progress, drafts.len()).await;
    }
    let reply = progress
        .messages
        .iter()
        .find(|m| m.kind == MessageKind::Answer && id_of_reply(m) == id)
        .ok_or(Error::NotFound)?;
    as_status(app, who, reply, None).await
}

/// A reply to the notice answers what was asked back; to anything else there is none.
///
/// # Errors
/// `Invalid` with a sentence: nothing was asked, it is not the notice, there is no text or
/// too much, it has more than text.
pub async fn reply(app: &App, who: &Applicant, to: Id, wanted: Wanted) -> Result<Status> {
    let progress = progress::read(app, who.signed_in()).await?;
    let is_ours = |m: &ApplicationMessage| ids::time_of(to) <= m.created_at;
    let is_notice = to == id_of(&progress)
        // The one that stood there until it was answered: an app that sends again.
        || (to & 0xffff == NOTICE && progress.messages.last().is_some_and(is_ours));
    if !is_notice {
        return Err(pending::beyond("a post that it answers"));
    }
    let save = wanted.save;
    let more = save.poll.is_some() || save.pictures.as_ref().is_some_and(|p| !p.is_empty());
    if more || wanted.beyond.is_some() {
        return Err(Error::invalid(
            "An answer to the people who read applications is text alone.",
        ));
    }
    let text = match save.spoiler_text.is_empty() {
        true => save.text,
        false => format!("{}\n\n{}", save.spoiler_text, save.text),
    };
    let answered = answer::reply(app, who.signed_in(), meant(app, &progress, text)?).await?;
    match answered {
        Some(message) => as_status(app, who, &message, Some(to)).await,
        // It answered a question of the form; the notice says what comes next.
        None => notice(app, who, crate::gate::drafts::list(app, who).await?.len()).await,
    }
}

/// What the text answers: the question of staff, or the one question of the form that is open
/// and takes words.
fn meant(app: &App, progress: &Progress, text: String) -> Result<Reply> {
    let open = progress.left_open();
    match (progress.asked(), open.as_slice()) {
        (None, [one]) if one.kind.is_text() => Ok(Reply {
            given: vec![Given {
                version: one.id,
                values: vec![text],
            }],
            text: String::new(),
        }),
        (_, [_, ..]) => Err(Error::invalid(format!(
            "Some questions of the form are open, too. Please answer here: {}",
            app.url("/waiting")
        ))),
        _ => Ok(Reply {
            text,
            given: Vec::new(),
        }),
    }
}

/// The same for as long as the application is in its state, so that apps write over what they
/// have.
fn id_of(progress: &Progress) -> Id {
    ids::first_at(progress.since) | NOTICE
}

fn id_of_reply(message: &ApplicationMessage) -> Id {
    ids::first_at(message.created_at) | (message.id & 0x7fff)
}

async fn of(app: &App, progress: &Progress, drafts: usize) -> Result<Status> {
    let instance = app.instance().await?;
    let text = text(&instance.title, progress, drafts, app.clock.now());
    let place = Arc::new(Account {
        username: "porch".into(),
        acct: "porch".into(),
        display_name: instance.title.clone(),
        bot: true,
        ..pending::nobody(app)
    });
    let waiting = app.url("/waiting");
    Ok(Status {
        id: id_of(progress),
        created_at: progress.since,
        language: Some("en".into()),
        uri: waiting.clone(),
        url: Some(waiting),
        content: Some(html::note_html(&text, true)),
        draft: false,
        ..pending::bare(place)
    })
}

async fn as_status(
    app: &App,
    who: &Applicant,
    message: &ApplicationMessage,
    to: Option<Id>,
) -> Result<Status> {
    let waiting = app.url("/waiting");
    Ok(Status {
        id: id_of_reply(message),
        created_at: message.created_at,
        in_reply_to_id: to,
        in_reply_to_account_id: to.map(|_| pending::SERVER_ID),
        uri: waiting.clone(),
        url: Some(waiting),
        content: Some(html::note_html(&message.body, true)),
        ..pending::bare(pending::author(app, who).await?)
    })
}

/// `Jo`, `Jo or Ann`, or a person.
fn names(readers: &Readers) -> String {
    match readers.names.as_slice() {
        [] => "A person".to_owned(),
        [one] => one.clone(),
        [some @ .., last] => format!("{} or {last}", some.join(", ")),
    }
}

fn text(place: &str, progress: &Progress, drafts: usize, now: DateTime<Utc>) -> String {
    let sent = time_words::day(progress.application.submitted_at);
    let who = names(&progress.readers);
    let wait = progress
        .readers
        .usual_wait()
        .map(|wait| format!(" That usually takes {wait}."))
        .unwrap_or_default();
    let where_it_is = match (progress.step, progress.put_off(now)) {
        (Step::AskedBack, _) => return asked_back(place, progress),
        (_, Some(until)) => format!(
            "it was put off until {} and is not forgotten.",
            time_words::day(until)
        ),
        (Step::BeingRead, _) => format!("somebody has begun to read it.{wait}"),
        _ => format!("{who} will read it.{wait}"),
    };
    let kept = match drafts {
        0 => {
            "What you post meanwhile is kept as a draft that only you and they can see.".to_owned()
        }
        1 => "Your draft below is seen by you and them alone.".to_owned(),
        n => format!("Your {n} drafts below are seen by you and them alone."),
    };
    let which = match progress.application.appealed_at {
        Some(_) => "Your application, with your appeal, is waiting".to_owned(),
        None => format!("Your application of {sent} is waiting"),
    };
    format!(
        "You are on the porch of {place}. {which}: {where_it_is}\n\n{kept} You can fill in your \
         profile, too."
    )
}

/// The question, and how to answer it.
fn asked_back(place: &str, progress: &Progress) -> String {
    debug_assert_eq!(progress.application.state, ApplicationState::NeedsInfo);
    let open: Vec<String> = progress
        .left_open()
        .iter()
        .map(|q| format!("“{}”", q.label(&progress.application.locale)))
        .collect();
    let how = "Reply to this post to answer. Only the people who read applications see it.";
    match (progress.asked(), open.as_slice()) {
        (Some(question), []) => format!(
            "The people who read applications at {place} ask you:\n\n“{}”\n\n{how}",
            question.body
        ),
        (Some(question), open) => format!(
            "The people who read applications at {place} ask you:\n\n“{}”\n\nQuestions of the \
             form are open, too: {}. Please answer on the page of this post.",
            question.body,
            open.join(", ")
        ),
        (None, [one]) => {
            format!("One question of {place} is still open: {one}\n\n{how}")
        }
        (None, open) => format!(
            "Some questions of {place} are still open: {}. Please answer on the page of this post.",
            open.join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::lane::Lane;
    use crate::domain::registration_mode::RegistrationMode;
    use crate::model::application::Application;

    fn progress(step: Step, readers: Readers) -> Progress {
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
            },
            step,
            since: at,
            answers: Vec::new(),
            messages: Vec::new(),
            questions: Vec::new(),
            readers,
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
        let said = text(
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
        let said = text("Lantern Lane", &nobody, 2, now);
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
        let said = text("Lantern Lane", &asked, 0, now);
        assert!(said.contains("“Which lane?”") && said.contains("Reply to this post"));
        let mut later = progress(Step::BeingRead, readers());
        later.application.put_off_until = Some(now + chrono::TimeDelta::days(14));
        let said = text("Lantern Lane", &later, 0, now);
        assert!(said.contains("put off until"), "{said}");
        later.application.put_off_until = Some(now - chrono::TimeDelta::days(1));
        let said = text("Lantern Lane", &later, 0, now);
        assert!(said.contains("begun to read"), "{said}");
    }

    #[test]
    fn the_notice_keeps_its_id_while_the_state_stays() {
        let one = progress(Step::Confirmed, readers());
        let mut read = progress(Step::BeingRead, readers());
        assert_eq!(id_of(&one), id_of(&read));
        read.since += chrono::TimeDelta::seconds(1);
        assert!(id_of(&one) < id_of(&read));
    }
}
