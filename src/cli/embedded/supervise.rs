//! Keep one child alive: a thread that starts it, waits for its end, and starts it again.

use std::{
    process::{Child, Command},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use nix::{
    sys::{
        signal::{Signal, kill},
        wait::{Id, WaitPidFlag, waitid},
    },
    unistd::Pid,
};
use tokio::sync::watch;

/// The pause before the first restart; it doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause before a restart.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// A child that ran this long counts as healthy: its failures are forgotten.
const HEALTHY: Duration = Duration::from_secs(60);
/// After this many failures in a row a service is given up (about a minute and a half).
const MAX_FAILURES: u32 = 10;

/// How a service is asked to stop.
#[derive(Debug, Clone, Copy)]
pub struct Stopping {
    /// The first request.
    pub gentle: Signal,
    /// How long it may take.
    pub patience: Duration,
    /// What follows.
    pub firm: Signal,
}

/// A supervised child. Dropping it stops the child and waits for its end.
pub struct Service {
    name: &'static str,
    shared: Arc<Shared>,
    stopping: Stopping,
    thread: Option<JoinHandle<()>>,
    given_up: watch::Receiver<bool>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// The child, from its start until its end was seen: a number in here is never another's.
    pid: Option<i32>,
    /// Whether it was started at all.
    started: bool,
    /// Whether a child that ends is started again.
    keep_alive: bool,
    stop: bool,
    /// How the last child ended.
    last_end: Option<String>,
    /// The thread is done.
    done: bool,
}

impl Shared {
    /// The state holds no half-made changes, so a panic elsewhere does not spoil it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.changed.notify_all();
    }

    /// Waits until asked to stop, or for `pause`; true when asked to stop.
    fn pause(&self, pause: Duration) -> bool {
        let state = self.state();
        let waited = self
            .changed
            .wait_timeout_while(state, pause, |state| !state.stop);
        waited.unwrap_or_else(PoisonError::into_inner).0.stop
    }
}

impl Service {
    /// Starts `make`'s command in a thread of its own, which lives as long as the service: the
    /// kernel ties the child's life to that thread. A child that ends is not started again
    /// before [`Service::keep_alive`].
    pub fn start(
        name: &'static str,
        stopping: Stopping,
        make: impl Fn() -> Result<Command> + Send + 'static,
    ) -> Result<Self> {
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let (give_up, given_up) = watch::channel(false);
        let for_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name(format!("{name} supervisor"))
            .spawn(move || {
                run(name, &for_thread, make, &give_up);
                for_thread.change(|state| state.done = true);
            })
            .with_context(|| format!("{name} cannot be supervised"))?;
        Ok(Self {
            name,
            shared,
            stopping,
            thread: Some(thread),
            given_up,
        })
    }

    /// From now on the child is started again when it ends.
    pub fn keep_alive(&self) {
        self.shared.change(|state| state.keep_alive = true);
    }

    /// The child's process id, while it runs.
    pub fn pid(&self) -> Option<i32> {
        self.shared.state().pid
    }

    /// How the child ended, if it has ended and will not be started again.
    pub fn ended(&self) -> Option<String> {
        let state = self.shared.state();
        let over = state.done || (state.started && state.pid.is_none() && !state.keep_alive);
        over.then(|| {
            state
                .last_end
                .clone()
                .unwrap_or_else(|| "it did not start".to_owned())
        })
    }

    /// Returns the name when the service was given up.
    pub fn given_up(&self) -> impl Future<Output = &'static str> + use<> {
        let mut given_up = self.given_up.clone();
        let name = self.name;
        async move {
            match given_up.wait_for(|given_up| *given_up).await {
                Ok(_) => name,
                // The supervisor ended in order: it was told to stop.
                Err(_) => std::future::pending().await,
            }
        }
    }

    fn signal(&self, signal: Signal) {
        // Under the lock the number is certainly our child's, reaped by nobody yet.
        let state = self.shared.state();
        if let Some(pid) = state.pid
            && let Err(error) = kill(Pid::from_raw(pid), signal)
        {
            tracing::warn!(%error, pid, "{} cannot be signalled", self.name);
        }
    }

    fn wait_done(&self, patience: Duration) -> bool {
        let state = self.shared.state();
        let waited = self
            .shared
            .changed
            .wait_timeout_while(state, patience, |state| !state.done);
        waited.unwrap_or_else(PoisonError::into_inner).0.done
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        const LAST_PATIENCE: Duration = Duration::from_secs(5);
        self.shared.change(|state| state.stop = true);
        let steps = [
            (self.stopping.gentle, self.stopping.patience),
            (self.stopping.firm, LAST_PATIENCE),
            (Signal::SIGKILL, LAST_PATIENCE),
        ];
        for (signal, patience) in steps {
            self.signal(signal);
            if self.wait_done(patience) {
                break;
            }
            tracing::warn!("{} does not stop at {signal}", self.name);
        }
        if let Some(thread) = self.thread.take()
            && thread.is_finished()
        {
            let _ = thread.join();
        }
    }
}

/// The life of the supervising thread.
fn run(
    name: &'static str,
    shared: &Shared,
    make: impl Fn() -> Result<Command>,
    give_up: &watch::Sender<bool>,
) {
    let mut failures = 0;
    loop {
        let began = Instant::now();
        let end = match make().and_then(|mut command| Ok(command.spawn()?)) {
            Ok(child) => live(shared, child),
            Err(error) => format!("it cannot be started: {error:#}"),
        };
        let (stop, keep_alive) = {
            let mut state = shared.state();
            state.started = true;
            state.pid = None;
            state.last_end = Some(end.clone());
            (state.stop, state.keep_alive)
        };
        shared.changed.notify_all();
        if stop || !keep_alive {
            return;
        }
        failures = if began.elapsed() >= HEALTHY {
            1
        } else {
            failures + 1
        };
        if failures > MAX_FAILURES {
            tracing::error!("{name} failed {MAX_FAILURES} times in a row ({end}); giving up");
            give_up.send_replace(true);
            return;
        }
        let pause = LONGEST_PAUSE.min(FIRST_PAUSE * 2_u32.pow(failures - 1));
        tracing::error!("{name} ended ({end}); starting it again in {pause:?}");
        if shared.pause(pause) {
            return;
        }
    }
}

/// Waits for the child's end without reaping it, then reaps it under the lock, so that nobody
/// signals a number that has become somebody else's.
fn live(shared: &Shared, mut child: Child) -> String {
    let Ok(pid) = i32::try_from(child.id()) else {
        return "it has no process id".to_owned();
    };
    let stop = {
        let mut state = shared.state();
        state.pid = Some(pid);
        state.started = true;
        state.stop
    };
    shared.changed.notify_all();
    if stop {
        // Asked to stop between the decision to start and the start.
        let _ = kill(Pid::from_raw(pid), Signal::SIGINT);
    }
    let flags = WaitPidFlag::WEXITED | WaitPidFlag::WNOWAIT;
    while let Err(nix::errno::Errno::EINTR) = waitid(Id::Pid(Pid::from_raw(pid)), flags) {}
    let mut state = shared.state();
    let end = child.wait();
    state.pid = None;
    match end {
        Ok(status) => status.to_string(),
        Err(error) => format!("its end is unknown: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GENTLE: Stopping = Stopping {
        gentle: Signal::SIGINT,
        patience: Duration::from_secs(2),
        firm: Signal::SIGTERM,
    };

    fn wait_for(mut what: impl FnMut() -> bool) {
        let began = Instant::now();
        while !what() {
            assert!(
                began.elapsed() < Duration::from_secs(10),
                "it never happened"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn sleeper() -> Result<Command> {
        let mut command = Command::new("sleep");
        command.arg("1000");
        Ok(command)
    }

    #[test]
    fn a_killed_child_comes_back_and_dropping_ends_it() {
        let service = Service::start("sleep", GENTLE, sleeper).unwrap();
        wait_for(|| service.pid().is_some());
        service.keep_alive();
        let first = service.pid().unwrap();
        kill(Pid::from_raw(first), Signal::SIGKILL).unwrap();
        wait_for(|| service.pid().is_some_and(|pid| pid != first));
        let second = service.pid().unwrap();
        drop(service);
        assert!(!std::path::Path::new(&format!("/proc/{second}")).exists());
    }

    #[test]
    fn a_child_that_ends_before_it_was_ready_is_reported() {
        let service = Service::start("false", GENTLE, || Ok(Command::new("false"))).unwrap();
        wait_for(|| service.ended().is_some());
        assert!(service.ended().unwrap().contains('1'));
        let missing = || Ok(Command::new("/nonexistent/program"));
        let service = Service::start("missing", GENTLE, missing).unwrap();
        wait_for(|| service.ended().is_some());
        assert!(service.ended().unwrap().contains("cannot be started"));
    }
}
