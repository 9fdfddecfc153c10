//! Who is told of an heir: plans mails and webhooks, in the transaction that takes the event, so
//! that nobody hears of it twice.

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::domain::event::EventKind;
use crate::domain::{Id, Result};
use crate::gate::away::heir;
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
        let notice = event.subject;
        let keepers = store::switch_notices::keepers(conn).await?;
        let mut staff: Vec<Id> = keepers.iter().map(|user| user.id).collect();
        let jobs: Vec<_> = match event.kind {
            EventKind::HeirNoticeBegun => {
                // Those who may stop it hear of it first, and not once more as members.
                let mut told = store::heirs::take(conn, notice, &staff).await?;
                // The contact address is nobody: 0.
                told.push(0);
                let errand = json!({ "errand": heir::ERRAND, "id": notice });
                let errand = (format!("{}:{notice}", heir::ERRAND), errand);
                store::jobs::insert(conn, ERRANDS, vec![errand], now).await?;
                let job = |user| json!({ "mail": "heir_notice", "id": user, "notice": notice });
                let key = |user| format!("heir_notice:{notice}:{user}");
                told.iter().map(|user| (key(user), job(user))).collect()
            }
            _ => {
                let heir = store::heirs::find_notice(conn, notice).await?;
                let heir = heir.and_then(|notice| notice.user);
                staff.extend(heir.filter(|heir| !staff.contains(heir)));
                let job = |user| json!({ "mail": "heir_over", "id": user, "notice": notice });
                let key = |user| format!("heir_over:{notice}:{user}");
                staff.iter().map(|user| (key(user), job(user))).collect()
            }
        };
        store::jobs::insert_ranked(conn, MAIL, FIRST, jobs, now).await?;
        let hooks = store::webhooks::listening(conn, HookEvent::Heir.bit()).await?;
        let jobs = hooks
            .iter()
            .map(|hook| webhooks::job(*hook, HookEvent::Heir, notice, event.at));
        store::jobs::insert_ranked(conn, HOOKS, FIRST, jobs.collect(), now).await?;
    }
    Ok(())
}
