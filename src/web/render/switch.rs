//! The dead-man switch in words.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::domain::registration_mode::RegistrationMode;
use crate::domain::switch::{Cause, Stage, Warning};
use crate::gate::switch::rehearse::Scene;
use crate::gate::switch::stage::{Change, Facts, Standing};
use crate::model::switch::Episode;

/// How it stands, and what that means.
pub fn sentence(standing: &Standing, facts: &Facts) -> (String, &'static str) {
    let gone = standing.seen.map(|seen| span(standing.now - seen));
    match (standing.stage, standing.cause) {
        (Stage::Calm, _) => match gone {
            Some(gone) => (
                format!("Somebody was here {gone} ago."),
                "The light is on, and the door is as wide as you chose.",
            ),
            None => (
                "Nobody was seen yet.".to_owned(),
                "There is nothing to guard.",
            ),
        },
        (Stage::Warned, _) => (
            format!("Nobody was seen for {}.", gone.unwrap_or_default()),
            "Whoever keeps the light on has been told. One press of the button is enough.",
        ),
        (Stage::Guarded, Cause::Nobody) => (
            "Nobody has a role that keeps the light on.".to_owned(),
            "A person would have to decide about everybody who comes, and there is none.",
        ),
        (Stage::Guarded, cause) => (
            began(cause, facts, gone, "The door is guarded"),
            "A person decides about everybody who comes. What newer accounts send to strangers waits.",
        ),
        (Stage::Sealed, cause) => (
            began(cause, facts, gone, "The door is sealed"),
            "Nobody comes in, invites rest, and time stands still for those who wait.",
        ),
        (Stage::Distress, cause) => (
            began(cause, facts, gone, "Members were told how to leave"),
            "Nobody comes in. Every page says what happened, and how to take one’s things along.",
        ),
    }
}

fn began(cause: Cause, facts: &Facts, gone: Option<String>, what: &str) -> String {
    match (cause, gone) {
        (Cause::Unanswered, _) if facts.oldest_application.is_some() => {
            format!("{what}: somebody waited too long for an answer.")
        }
        (Cause::Unanswered, _) => format!("{what}: a queue was left too long."),
        (_, Some(gone)) => format!("{what}: somebody was here last {gone} ago."),
        (_, None) => format!("{what}: nobody was ever seen."),
    }
}

/// What that stage brings, for a list of what comes when.
pub fn comes(stage: Stage) -> &'static str {
    match stage {
        Stage::Calm => "All is well",
        Stage::Warned => {
            "Everybody who keeps the light on is told: by mail, in the app, by webhook"
        }
        Stage::Guarded => "The door is guarded, and newer accounts are on probation",
        Stage::Sealed => "The door is sealed, applicants are told, deputies are called",
        Stage::Distress => "Members are told how to export and move",
    }
}

/// Why stages 2 and 3 cannot come.
pub fn unarmed(standing: &Standing, facts: &Facts) -> Option<&'static str> {
    if facts.presence.is_none() {
        return Some(
            "The presence clock is switched off in the configuration. That is told to everybody.",
        );
    }
    match (standing.armed, facts.alone) {
        (true, _) => None,
        (false, true) => Some("You live here alone, so nothing depends on the switch."),
        (false, false) => Some(
            "Nobody can come in, and nobody waits: there is nothing to guard. After 60 days \
             without anybody the contact address is told, after 90 days everybody who lives here.",
        ),
    }
}

/// The presence clock.
pub fn presence(standing: &Standing, facts: &Facts) -> String {
    match (standing.seen, facts.presence) {
        (_, None) => "Switched off.".to_owned(),
        (None, Some(_)) => "Nobody was seen yet.".to_owned(),
        (Some(seen), Some(t)) => format!(
            "Somebody was seen {} ago; {} are allowed.",
            span(standing.now - seen),
            span(t)
        ),
    }
}

/// The response clock.
pub fn response(standing: &Standing, facts: &Facts) -> String {
    let gone = |at: DateTime<Utc>| span(standing.now - at);
    match (facts.oldest_application, facts.oldest_report) {
        (None, None) => "Nobody waits for an answer.".to_owned(),
        (Some(at), None) => format!(
            "The oldest application has waited {}; 14 days are allowed.",
            gone(at)
        ),
        (None, Some(at)) => format!(
            "The oldest report has waited {}; 7 days are allowed.",
            gone(at)
        ),
        (Some(at), Some(report)) => format!(
            "The oldest application has waited {}; 14 days are allowed. The oldest report has waited {}; 7 days are.",
            gone(at),
            gone(report)
        ),
    }
}

/// One scene of a rehearsal.
pub fn scene(scene: &Scene, guarded: RegistrationMode) -> String {
    let (stage, more) = match scene.change {
        Change::Begin { stage, .. } | Change::Advance { stage, .. } => (stage, ""),
        Change::Warn(Warning::First) => {
            return "First notice to everybody who keeps the light on.".to_owned();
        }
        Change::Warn(Warning::Second) => return "Second notice: half a day is left.".to_owned(),
        Change::End => return "It would be over.".to_owned(),
    };
    let said = match (stage, guarded) {
        (Stage::Calm, _) => "All is well.",
        (Stage::Warned, _) => "Nobody was seen for a while.",
        (Stage::Guarded, RegistrationMode::Invite) => {
            "The door opens to the invited only, who wait. Newer accounts are on probation."
        }
        (Stage::Guarded, RegistrationMode::Closed) => {
            "The door closes. Newer accounts are on probation."
        }
        (Stage::Guarded, _) => {
            "Everybody who comes waits for a person. Newer accounts are on probation."
        }
        (Stage::Sealed, _) => {
            "The door is sealed. Invites rest, applicants are told, deputies are called."
        }
        (Stage::Distress, _) => {
            "Every member gets one mail: what happened, how to export and move."
        }
    };
    format!("{said}{more}")
}

/// What an episode was.
pub fn episode(episode: &Episode) -> String {
    let why = match episode.kind {
        Cause::Absent => "Nobody was seen",
        Cause::Unanswered => "The queue was left",
        Cause::Nobody => "Nobody had a role that keeps the light on",
    };
    let far = match (episode.distress_at, episode.sealed_at, episode.guarded_at) {
        (Some(_), ..) => "members were told",
        (_, Some(_), _) => "the door was sealed",
        (_, _, Some(_)) => "the door was guarded",
        _ => "a warning was enough",
    };
    format!("{why}; {far}.")
}

/// `4 signs of life by 2 people`.
pub fn signs(signs: i64, people: i64) -> String {
    let signs = match signs {
        1 => "one sign of life".to_owned(),
        some => format!("{some} signs of life"),
    };
    match people {
        1 => signs,
        some => format!("{signs} by {some} people"),
    }
}

/// The year in one sentence.
pub fn year(lit: i64, last: Option<NaiveDate>, today: NaiveDate) -> String {
    let last = match last.map(|last| (today - last).num_days()) {
        None => return "In the last 53 weeks nobody was seen.".to_owned(),
        Some(..=0) => "today".to_owned(),
        Some(1) => "yesterday".to_owned(),
        Some(days) => format!("{days} days ago"),
    };
    let days = if lit == 1 { "day" } else { "days" };
    format!("In the last 53 weeks somebody was here on {lit} {days}, the last time {last}.")
}

/// A month in three letters.
pub fn month(number: u32) -> &'static str {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    MONTHS[(number as usize + 11) % 12]
}

/// A span in the largest unit that says enough: `3 days`, `5 hours`, `a moment`.
pub fn span(span: TimeDelta) -> String {
    match (span.num_days(), span.num_hours(), span.num_minutes()) {
        (2.., ..) => format!("{} days", span.num_days()),
        (_, 2.., _) => format!("{} hours", span.num_hours()),
        (_, _, 2..) => format!("{} minutes", span.num_minutes()),
        _ => "a moment".to_owned(),
    }
}
