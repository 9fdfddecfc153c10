//! What time does: expiry, leftovers, the clock. Each is safe to run at any moment, as
//! often as one likes; leases only keep processes from doing the same work at once.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::app::App;
use crate::delivery;
use crate::domain::Result;
use crate::gate;
use crate::identity;
use crate::model::{account, host};
use crate::moderation;
use crate::social;
use crate::store;

/// How often the list is looked through.
const TICK: Duration = Duration::from_secs(60);
/// A repeated POST finds the first one for an hour; then its key may go.
const KEYS_KEPT: TimeDelta = TimeDelta::hours(2);
/// Jobs that were given up are kept so long for the desk.
const FAILED_KEPT: TimeDelta = TimeDelta::days(30);
/// Addresses that get one last mail are kept so long, whatever becomes of it.
const PARTING_KEPT: TimeDelta = TimeDelta::days(7);
/// Signs of life are kept so long, and the links that gave some of them.
const SIGNS_KEPT: TimeDelta = TimeDelta::days(400);
/// Who was told of an absence, or of an heir's notice, is remembered for so long after it.
const LETTERS_KEPT: TimeDelta = TimeDelta::days(30);
/// Mails are counted for so long.
const COUNTS_KEPT: TimeDelta = TimeDelta::days(14);

/// Ids of activities are remembered for so long at least, and twice as long at the most (D24).
const SEEN_KEPT: TimeDelta = TimeDelta::days(15);

/// One thing to do every so often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chore {
    /// Applications that nobody confirmed or decided; erasing what was refused.
    Applications,
    /// Sessions, tokens, codes and links that ended.
    Access,
    /// Idempotency keys, tombstones, graves, jobs that were given up, counters that are over,
    /// follows that a block cut long ago, who was told of an absence or of an heir's notice that is over.
    Leftovers,
    /// Uploads that no post and no draft has.
    Pictures,
    /// Files of other servers that nothing shows any more, or that are too many.
    RemoteMedia,
    /// Notifications beyond what a person keeps.
    Notifications,
    /// Policies for other servers that ended; what was held because of them.
    Policies,
    /// What became true at the door by itself; drawing from the line.
    Door,
    /// What was received long ago, done or given up.
    Received,
    /// Deliveries that are too many or too old.
    Deliveries,
    /// Lines of the audit log of more than two years; acts that waited long ago.
    Audit,
    /// Mails staff what was decided in a week, and what was seen of them.
    Week,
    /// Polls that end; votes that other servers have not heard of.
    Polls,
    /// Posts that waited and may go out now.
    Held,
    /// Who is established now, and who no longer.
    Standing,
}

impl Chore {
    const ALL: [Chore; 15] = [
        Chore::Applications,
        Chore::Access,
        Chore::Leftovers,
        Chore::Pictures,
        Chore::RemoteMedia,
        Chore::Notifications,
        Chore::Policies,
        Chore::Door,
        Chore::Received,
        Chore::Deliveries,
        Chore::Audit,
        Chore::Week,
        Chore::Polls,
        Chore::Held,
        Chore::Standing,
    ];

    /// The lease's name, and how long it is held: nobody does it again before.
    fn lease(self) -> (&'static str, TimeDelta) {
        match self {
            Chore::Applications => ("timer.applications", TimeDelta::minutes(5)),
            Chore::Access => ("timer.access", TimeDelta::hours(1)),
            Chore::Leftovers => ("timer.leftovers", TimeDelta::hours(1)),
            Chore::Pictures => ("timer.pictures", TimeDelta::hours(1)),
            Chore::RemoteMedia => ("timer.remote_media", TimeDelta::minutes(10)),
            Chore::Notifications => ("timer.notifications", TimeDelta::hours(1)),
            Chore::Policies => ("timer.policies", TimeDelta::seconds(30)),
            Chore::Door => ("timer.door", TimeDelta::seconds(30)),
            Chore::Received => ("timer.received", TimeDelta::hours(1)),
            Chore::Deliveries => ("timer.deliveries", TimeDelta::minutes(5)),
            Chore::Audit => ("timer.audit", TimeDelta::hours(1)),
            Chore::Week => ("timer.week", TimeDelta::days(7)),
            Chore::Polls => ("timer.polls", TimeDelta::seconds(15)),
            Chore::Held => ("timer.held", TimeDelta::minutes(5)),
            Chore::Standing => ("timer.standing", TimeDelta::hours(1)),
        }
    }

    async fn run(self, app: &App) -> Result<()> {
        let now = app.clock.now();
        match self {
            Chore::Applications => {
                let done = gate::applications::expire::run(app).await?;
                tracing::debug!(?done, "applications were looked through");
            }
            Chore::Access => {
                identity::upkeep::sweep(app).await?;
            }
            Chore::Leftovers => {
                let mut conn = app.pool.get().await?;
                store::upkeep::sweep(&mut conn, now - KEYS_KEPT, now).await?;
                store::jobs::delete_failed(&mut conn, now - FAILED_KEPT).await?;
                store::limit_counts::sweep(&mut conn, now).await?;
                store::mail_counts::sweep(&mut conn, now - COUNTS_KEPT).await?;
                store::parting_addresses::sweep(&mut conn, now - PARTING_KEPT).await?;
                store::away_letters::sweep(&mut conn, now - LETTERS_KEPT).await?;
                store::heirs::sweep_letters(&mut conn, now - LETTERS_KEPT).await?;
                store::check_in_links::sweep(&mut conn, now - SIGNS_KEPT).await?;
                store::signs_of_life::forget(&mut conn, now - SIGNS_KEPT, 1000).await?;
                drop(conn);
                moderation::sweep::forget(app).await?;
            }
            Chore::Pictures => {
                gate::draft_pictures::sweep(app).await?;
                social::media::sweep(app).await?;
            }
            Chore::RemoteMedia => social::remote_media::upkeep::sweep(app).await?,
            Chore::Notifications => {
                let mut conn = app.pool.get().await?;
                let people = store::notifications::over_cap(&mut conn).await?;
                // What waits goes first: a flood must not push out what was read.
                store::notification_requests::sweep(&mut conn, people.clone()).await?;
                store::notifications::cap(&mut conn, people).await?;
            }
            Chore::Policies => policies(app).await?,
            Chore::Door => {
                gate::applications::confirm_email::let_in_waited(app).await?;
                gate::away::absence::remind(app).await?;
                gate::away::deputies::call_all(app).await?;
                moderation::deputies::end_due(app).await?;
                gate::mode::watch(app).await?;
            }
            Chore::Received => {
                let mut conn = app.pool.get().await?;
                store::inbox::delete_failed(&mut conn, now - FAILED_KEPT).await?;
                store::held_activities::expire(&mut conn, now).await?;
                store::inbox::turn_generation(&mut conn, now - SEEN_KEPT, now).await?;
            }
            Chore::Deliveries => delivery::upkeep::sweep(app).await?,
            Chore::Audit => {
                moderation::audit::forget(app).await?;
                let mut conn = app.pool.get().await?;
                store::destructive_acts::forget(&mut conn, now - FAILED_KEPT).await?;
            }
            Chore::Week => mail_the_week(app).await?,
            Chore::Polls => social::statuses::poll::tend(app).await?,
            Chore::Held => gate::outreach::sweep(app).await?,
            Chore::Standing => {
                let established = gate::established::reckon(app).await?;
                tracing::debug!(established, "authors were reckoned");
            }
        }
        Ok(())
    }
}

/// Ends what is over, and receives again what nothing holds any more.
async fn policies(app: &App) -> Result<()> {
    let mut conn = app.pool.get().await?;
    if !store::domain_policies::expire(&mut conn, app.clock.now())
        .await?
        .is_empty()
    {
        app.policies.forget();
    }
    for host in store::held_activities::to_release(&mut conn, host::flags::HELD).await? {
        let at = app.clock.now();
        while store::held_activities::release(&mut conn, host, at).await? > 0 {}
        app.wake_receiver.notify_one();
    }
    let (at, flag) = (app.clock.now(), account::flags::HELD);
    while store::held_activities::release_actors(&mut conn, flag, at).await? > 0 {
        app.wake_receiver.notify_one();
    }
    Ok(())
}

/// Two mails for each of the staff; whether there is anything to say is seen when they are written.
async fn mail_the_week(app: &App) -> Result<()> {
    let now = app.clock.now();
    let mut conn = app.pool.get().await?;
    let staff = store::users::staff(&mut conn).await?;
    // What all of them decided, and what was seen of each (E17).
    let jobs = staff.iter().flat_map(|user| {
        let id = user.id;
        ["week", "seen"].map(|what| {
            let job = serde_json::json!({ "mail": what, "id": id });
            (format!("{what}:{id}"), job)
        })
    });
    let (mail, then) = (store::jobs::MAIL, store::jobs::THEN);
    store::jobs::insert_ranked(&mut conn, mail, then, jobs.collect(), now).await
}

/// Runs until `stop`.
pub async fn run(app: Arc<App>, stop: CancellationToken) {
    loop {
        tick(&app).await;
        tokio::select! {
            () = stop.cancelled() => {
                // What was noted since the last tick would be lost with the process.
                write_uses(&app).await;
                return;
            }
            () = tokio::time::sleep(TICK) => {}
        }
    }
}

/// Writes down which sessions, tokens and forms this process saw: each for itself, under no
/// lease.
async fn write_uses(app: &App) {
    if let Err(error) = identity::sessions::flush_last_seen(app).await {
        tracing::warn!(?error, "the last uses of sessions and tokens are lost");
    }
    if let Err(error) = gate::questions::statistics::flush(app).await {
        tracing::warn!(?error, "a minute of counted questions is lost");
    }
}

/// Measures the clock's skew, and does what nobody did lately.
pub async fn tick(app: &App) {
    if let Err(error) = observe(app).await {
        tracing::warn!(
            ?error,
            "the clock could not be compared with the database's"
        );
    }
    write_uses(app).await;
    // Every process, under no lease: one that stopped in the middle must not hold up the switch.
    if let Err(error) = gate::switch::tick(app).await {
        tracing::error!(?error, "the switch could not be looked at");
    }
    if let Err(error) = gate::away::heir::watch(app).await {
        tracing::error!(?error, "the heir could not be looked at");
    }
    for chore in Chore::ALL {
        match claim(app, chore).await {
            Ok(true) => {
                if let Err(error) = chore.run(app).await {
                    tracing::error!(?error, ?chore, "a timer failed; it will run again");
                }
            }
            Ok(false) => {}
            Err(error) => tracing::error!(?error, ?chore, "a timer's lease could not be read"),
        }
    }
}

/// A fresh holder each time: the lease is a pause, not a possession.
async fn claim(app: &App, chore: Chore) -> Result<bool> {
    let (name, life) = chore.lease();
    let mut conn = app.pool.get().await?;
    store::leases::hold(&mut conn, name, Uuid::new_v4(), app.clock.now(), life).await
}

async fn observe(app: &App) -> Result<()> {
    let mut conn = app.pool.get().await?;
    app.clock.observe(&mut conn).await?;
    Ok(())
}
