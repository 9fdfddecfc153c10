//! Writes activities down in groups: up to [`GROUP`], or what [`GATHER`] brings, in one
//! statement and one flush of the disk; only then those who sent them hear 202.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use super::sift::Refusal;
use crate::app::App;
use crate::domain::Result;
use crate::store;
use crate::store::inbox::{Generation, Received};

/// Activities in one statement.
const GROUP: usize = 256;
/// How long the first of a group waits for others.
const GATHER: Duration = Duration::from_millis(2);
/// Activities that may wait to be written, each with a request behind it.
const QUEUE: usize = 2_048;
/// Activities that may wait to be done, in all: what Postgres is asked to keep for us.
const MOST_WAITING: i64 = 100_000;
/// How often the writer looks how many there are, and which generation is written.
const LOOK: Duration = Duration::from_secs(5);
/// Until the next one.
const FOR_EVER: Duration = Duration::from_secs(24 * 3600);
/// When somebody comes again who was sent away.
const LATER: chrono::TimeDelta = chrono::TimeDelta::seconds(30);

/// The handle: one writer a process. It ends when the last handle is gone and all is written.
#[derive(Clone)]
pub struct Writer {
    app: Arc<App>,
    queue: mpsc::Sender<Item>,
    is_full: Arc<AtomicBool>,
}

struct Item {
    received: Received,
    written: oneshot::Sender<()>,
}

impl Writer {
    /// Starts it on the calling runtime.
    pub fn start(app: Arc<App>) -> Writer {
        let (queue, items) = mpsc::channel(QUEUE);
        let is_full = Arc::new(AtomicBool::new(false));
        tokio::spawn(run(app.clone(), items, is_full.clone()));
        Writer {
            app,
            queue,
            is_full,
        }
    }

    /// Writes an activity down; when this returns, it is kept. One that was received before is
    /// kept already.
    ///
    /// # Errors
    /// `Later` when too many wait, or Postgres does not answer.
    pub async fn keep(&self, received: Received) -> Result<(), Refusal> {
        let later = || Refusal::Later(self.app.clock.now() + LATER);
        if self.is_full.load(Ordering::Relaxed) {
            return Err(later());
        }
        let (written, answer) = oneshot::channel();
        let item = Item { received, written };
        self.queue.try_send(item).map_err(|_| later())?;
        answer.await.map_err(|_| later())
    }
}

async fn run(app: Arc<App>, mut items: mpsc::Receiver<Item>, is_full: Arc<AtomicBool>) {
    let mut looked: Option<Instant> = None;
    let mut generation = Generation::A;
    loop {
        // Who is sent away rings no bell: while it is full, look now and then.
        let patience = match is_full.load(Ordering::Relaxed) {
            true => LOOK,
            false => FOR_EVER,
        };
        let mut group = match tokio::time::timeout(patience, items.recv()).await {
            Ok(Some(first)) => vec![first],
            Ok(None) => return,
            Err(_) => Vec::new(),
        };
        if !group.is_empty() {
            gather(&mut items, &mut group).await;
        }
        if looked.is_none_or(|at| at.elapsed() >= LOOK) {
            match look(&app).await {
                Ok((now, full)) => {
                    generation = now;
                    is_full.store(full, Ordering::Relaxed);
                    looked = Some(Instant::now());
                }
                Err(error) => tracing::warn!(?error, "the inbox could not be looked at"),
            }
        }
        if !group.is_empty() {
            write(&app, generation, group).await;
        }
    }
}

async fn gather(items: &mut mpsc::Receiver<Item>, group: &mut Vec<Item>) {
    let until = tokio::time::Instant::now() + GATHER;
    while group.len() < GROUP {
        let room = GROUP - group.len();
        match tokio::time::timeout_at(until, items.recv_many(group, room)).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

/// Which generation is written, and whether too many wait.
async fn look(app: &App) -> Result<(Generation, bool)> {
    let mut conn = app.pool.get().await?;
    let generation = store::inbox::generation(&mut conn).await?;
    let waiting = store::inbox::waiting(&mut conn, MOST_WAITING).await?;
    if waiting >= MOST_WAITING {
        tracing::error!(
            waiting,
            "too many activities wait; other servers are sent away"
        );
    }
    Ok((generation, waiting >= MOST_WAITING))
}

/// Those whose activities could not be written hear so by the end of their channel.
async fn write(app: &App, generation: Generation, group: Vec<Item>) {
    let (received, written): (Vec<_>, Vec<_>) = group
        .into_iter()
        .map(|item| (item.received, item.written))
        .unzip();
    let done = async {
        let mut conn = app.pool.get().await?;
        store::inbox::take(&mut conn, generation, received, app.clock.now()).await
    };
    match done.await {
        Ok(new) => {
            if new > 0 {
                app.wake_receiver.notify_one();
            }
            for one in written {
                // Who hung up will send it again.
                let _ = one.send(());
            }
        }
        Err(error) => tracing::error!(?error, "activities could not be written down"),
    }
}
