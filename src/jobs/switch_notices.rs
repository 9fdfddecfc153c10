//! Who is told that the switch moved: plans mails, posts and webhooks, each once in an episode.
//!
//! Rows in `switch_notices` come with the jobs, in the transaction that takes the event: the same
//! stage told twice, or a process that died, tells nobody twice.

use chrono::{DateTime, Utc};
use serde_json::json;

use super::errands;
use crate::domain::event::EventKind;
use crate::domain::switch::{Cause, Stage, Warning};
use crate::domain::switch_notice::{NoticeChannel, SwitchNotice};
use crate::domain::{Id, Result};
use crate::gate::away::absence;
use crate::moderation::webhooks::{self, HookEvent};
use crate::store::event_log::Taken;
use crate::store::jobs::{ERRANDS, FIRST, HOOKS, MAIL};
use crate::store::{self, Conn};

/// Plans what these events ask for.
pub(super) async fn plan<'a>(
    conn: &mut Conn,
    events: impl Iterator<Item = &'a Taken>,
    now: DateTime<Utc>,
) -> Result<()> {
    for event in events {
        if let Some(notice) = notice_of(event) {
            tell(conn, event.subject, notice, event.at, now).await?;
        }
    }
    Ok(())
}

fn notice_of(event: &Taken) -> Option<SwitchNotice> {
    let number = i16::try_from(event.extra?).ok()?;
    match event.kind {
        EventKind::SwitchWarned => match Warning::from_number(number)? {
            Warning::First => Some(SwitchNotice::FirstWarning),
            Warning::Second => Some(SwitchNotice::SecondWarning),
        },
        _ => SwitchNotice::of_stage(Stage::from_number(number)?),
    }
}

async fn tell(
    conn: &mut Conn,
    episode: Id,
    notice: SwitchNotice,
    moved_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    let Some(found) = store::switch::episode(conn, episode).await? else {
        return Ok(());
    };
    // A place without its first people has nobody to be told, and nobody came back to it. A
    // warning that was answered was answered.
    let first_days = found.kind == Cause::Nobody && !store::users::any_member(conn).await?;
    let unheard = found.kind == Cause::Nobody || found.guarded_at.is_none();
    if first_days || (notice == SwitchNotice::Over && unheard) {
        return Ok(());
    }
    // Said beforehand: nobody is alarmed, and a reminder comes at the end (E2).
    if notice != SwitchNotice::Over && absence::lasting(conn, moved_at).await?.is_some() {
        return Ok(());
    }
    let keepers = store::switch_notices::keepers(conn).await?;
    let keepers: Vec<Id> = keepers.iter().map(|user| user.id).collect();
    // That nobody could keep the light on is no news to somebody who does since then.
    if found.kind == Cause::Nobody && !keepers.is_empty() {
        return Ok(());
    }
    let hooks = store::webhooks::listening(conn, HookEvent::Switch.bit()).await?;
    for (channel, to) in [
        (NoticeChannel::Mail, keepers.as_slice()),
        (NoticeChannel::Contact, &[0]),
        (NoticeChannel::Post, &keepers),
        (NoticeChannel::Webhook, &hooks),
    ] {
        let what = (episode, notice, channel);
        let rows = store::switch_notices::plan(conn, what, to, moved_at, now).await?;
        let jobs = rows.iter().map(|(row, to)| match channel {
            NoticeChannel::Mail | NoticeChannel::Contact => (
                format!("switch:{row}"),
                json!({ "mail": "switch", "id": row }),
            ),
            NoticeChannel::Post => {
                let word = errands::SWITCH_POST;
                (
                    format!("{word}:{row}"),
                    json!({ "errand": word, "id": row }),
                )
            }
            NoticeChannel::Webhook => webhooks::job(*to, HookEvent::Switch, *row, now),
        });
        let queue = match channel {
            NoticeChannel::Mail | NoticeChannel::Contact => MAIL,
            NoticeChannel::Post => ERRANDS,
            NoticeChannel::Webhook => HOOKS,
        };
        store::jobs::insert_ranked(conn, queue, FIRST, jobs.collect(), now).await?;
    }
    Ok(())
}
