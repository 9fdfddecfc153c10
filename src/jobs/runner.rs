//! Runs jobs: claims a few under a lease, does them, deletes them. What fails comes again,
//! later each time, and is given up in the end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{errands, mailing};
use crate::app::App;
use crate::domain::Result;
use crate::store;

/// How often it looks.
const LOOK: Duration = Duration::from_secs(1);
/// Jobs claimed together.
const AT_ONCE: i64 = 10;
/// After this without an answer, a job is anybody's again; longer than all of a claim takes.
const LEASE: TimeDelta = TimeDelta::minutes(10);
/// Tries before a job is given up: with the waits of [`wait_after`] about a day and a half.
const TRIES: i16 = 12;

/// How a job ended.
#[derive(Debug)]
pub enum Outcome {
    /// Done, or nothing is left to do.
    Done,
    /// Nothing more can be done now; look again then.
    Again(DateTime<Utc>),
    /// Try again; why.
    Later(String),
    /// Never try again; why.
    Never(String),
}

/// Runs until `stop`; a job that is begun is finished.
pub async fn run(app: Arc<App>, stop: CancellationToken) {
    let holder = Uuid::new_v4();
    loop {
        let did = match pass(&app, holder).await {
            Ok(did) => did,
            Err(error) => {
                tracing::error!(?error, "the runner could not work; it tries again");
                0
            }
        };
        if stop.is_cancelled() {
            return;
        }
        if did == 0 {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }
}

/// Does what is due, a few of each queue at the most; gives how many.
pub async fn pass(app: &App, holder: Uuid) -> Result<usize> {
    let mails = queue(app, holder, store::jobs::MAIL).await?;
    Ok(mails + queue(app, holder, store::jobs::ERRANDS).await?)
}

async fn queue(app: &App, holder: Uuid, queue: i16) -> Result<usize> {
    let mut conn = app.pool.get().await?;
    let (most, rank) = match queue {
        store::jobs::ERRANDS => (1, store::jobs::THEN),
        _ => mailing::budget(app, &mut conn).await?,
    };
    if most == 0 {
        return Ok(0);
    }
    let (most, now) = (most.min(AT_ONCE), app.clock.now());
    let claimed = store::jobs::claim(&mut conn, (queue, rank), holder, most, LEASE, now).await?;
    drop(conn);
    for job in &claimed {
        let began = Instant::now();
        let did = match queue {
            store::jobs::ERRANDS => errands::run(app, &job.payload).await,
            _ => mailing::send(app, &job.payload, job.attempts >= TRIES).await,
        };
        let timed = match queue {
            store::jobs::ERRANDS => &app.metrics.errands,
            _ => &app.metrics.mails,
        };
        timed.add(began.elapsed());
        let outcome = match did {
            Ok(outcome) => outcome,
            Err(error) => Outcome::Later(format!("{error:?}")),
        };
        let now = app.clock.now();
        let mut conn = app.pool.get().await?;
        match outcome {
            Outcome::Done => store::jobs::done(&mut conn, job.id, holder).await?,
            Outcome::Again(at) => {
                store::jobs::put_off(&mut conn, job.id, holder, at, "").await?;
            }
            Outcome::Later(why) if job.attempts < TRIES || queue == store::jobs::ERRANDS => {
                tracing::warn!(
                    job = job.id,
                    attempt = job.attempts,
                    why,
                    "a job failed; it will be tried again"
                );
                store::jobs::put_off(
                    &mut conn,
                    job.id,
                    holder,
                    now + wait_after(job.attempts),
                    &why,
                )
                .await?;
            }
            Outcome::Later(why) | Outcome::Never(why) => {
                tracing::error!(job = job.id, why, "a job was given up");
                store::jobs::give_up(&mut conn, job.id, holder, now, &why).await?;
            }
        }
    }
    Ok(claimed.len())
}

/// 30 s, then twice as long each time, up to 6 h.
fn wait_after(attempts: i16) -> TimeDelta {
    let doublings = u32::try_from(attempts.saturating_sub(1))
        .unwrap_or(0)
        .min(20);
    TimeDelta::seconds(30 * (1i64 << doublings)).min(TimeDelta::hours(6))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_up_to_six_hours() {
        assert_eq!(wait_after(1), TimeDelta::seconds(30));
        assert_eq!(wait_after(3), TimeDelta::minutes(2));
        assert_eq!(wait_after(12), TimeDelta::hours(6));
        assert_eq!(wait_after(i16::MAX), TimeDelta::hours(6));
        let all: TimeDelta = (1..TRIES).map(wait_after).sum();
        assert!(
            all > TimeDelta::hours(10) && all < TimeDelta::days(2),
            "{all}"
        );
    }
}
