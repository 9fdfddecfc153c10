//! Password hashes: argon2id, on threads of their own, behind one semaphore.
//!
//! One hash takes 19 MiB and some 30 ms. Two run at a time; others wait in a line of bounded
//! length and patience, and beyond that the caller is told to come back. A flood of sign-ins
//! can therefore take about 40 MiB and two threads, never more: each thread keeps its memory,
//! which is why any free thread of the runtime would not do.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use argon2::password_hash::PasswordHashString;
use argon2::{Algorithm, Argon2, Params, PasswordHash, Version};
use chrono::{DateTime, Utc};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::argon2id::{self, Memory, failed};
use crate::domain::{Error, Result};

/// The cost of a hash and the length of the line.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Memory of one hash, in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
    /// Hashes at one time.
    pub at_once: usize,
    /// Callers that may wait for their turn; the next one hears 429.
    pub waiting: usize,
    /// How long a caller waits before it hears 429.
    pub patience: Duration,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            memory_kib: 19 * 1024,
            passes: 2,
            at_once: 2,
            waiting: 32,
            patience: Duration::from_secs(5),
        }
    }
}

/// Hashes and verifies passwords. One per process; cloning shares the line.
#[derive(Clone)]
pub struct Passwords {
    inner: Arc<Inner>,
}

/// What a thread is given to do.
type Job = Box<dyn FnOnce(&mut Memory) + Send>;

struct Inner {
    settings: Settings,
    argon2: Argon2<'static>,
    threads: mpsc::Sender<Job>,
    permits: Arc<Semaphore>,
    waiting: AtomicUsize,
    runs: AtomicU64,
    /// A hash of no password, to be verified against when there is no such user.
    nobody: PasswordHashString,
}

impl Passwords {
    /// # Errors
    /// When argon2 refuses the cost (less than 8 KiB, no pass).
    pub fn new(settings: Settings) -> Result<Passwords> {
        let params = Params::new(settings.memory_kib, settings.passes, 1, None)
            .map_err(|cause| Error::broken(format!("the cost of password hashes: {cause}")))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = PasswordHashString::new(&argon2id::of_nobody(&argon2)?).map_err(failed)?;
        Ok(Passwords {
            inner: Arc::new(Inner {
                threads: start(settings.at_once)?,
                permits: Arc::new(Semaphore::new(settings.at_once)),
                waiting: AtomicUsize::new(0),
                runs: AtomicU64::new(0),
                settings,
                argon2,
                nobody,
            }),
        })
    }

    /// Hashes made and verified so far: what tests count.
    pub fn runs(&self) -> u64 {
        self.inner.runs.load(Ordering::Relaxed)
    }

    /// The hash to be stored, a PHC string of about 97 characters.
    ///
    /// # Errors
    /// `TooMany` when the line is full or too slow. The password's length is the caller's
    /// business (`password_rules`).
    pub async fn hash(&self, password: &str, now: DateTime<Utc>) -> Result<String> {
        let permit = self.turn(now).await?;
        let (inner, password) = (self.inner.clone(), password.to_owned());
        self.run(move |memory| {
            let _turn = permit;
            argon2id::hash(&inner.argon2, &password, memory)
        })
        .await
    }

    /// Whether the password belongs to the stored hash.
    ///
    /// With `None` (no such user) it takes the same time and says no, so that an answer's
    /// time does not tell who has an account (T1).
    ///
    /// # Errors
    /// `TooMany` as above; `Broken` when the stored string is no PHC string.
    pub async fn verify(
        &self,
        password: &str,
        stored: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        let stored = stored
            .map(|phc| PasswordHashString::new(phc).map_err(failed))
            .transpose()?;
        let permit = self.turn(now).await?;
        let (inner, password) = (self.inner.clone(), password.to_owned());
        self.run(move |memory| {
            let _turn = permit;
            let known = stored.is_some();
            let hash = stored.as_ref().unwrap_or(&inner.nobody).password_hash();
            // The cost is that of the stored hash, not that of the settings.
            Ok(argon2id::verifies(&password, &hash, memory)? && known)
        })
        .await
    }

    /// Whether a stored hash was made with another cost than today's: hash again at the next
    /// sign-in that succeeds.
    pub fn is_old(&self, stored: &str) -> bool {
        let Ok(hash) = PasswordHash::new(stored) else {
            return true;
        };
        let ours = self.inner.argon2.params();
        hash.algorithm != Algorithm::Argon2id.ident()
            || hash.version != Some(Version::V0x13.into())
            || Params::try_from(&hash).map_or(true, |theirs| {
                theirs.m_cost() != ours.m_cost() || theirs.t_cost() != ours.t_cost()
            })
    }

    /// Does it on one of the threads; it goes on where the caller hangs up.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (tell, told) = oneshot::channel();
        let job: Job = Box::new(move |memory| {
            let _ = tell.send(work(memory));
        });
        let given = self.inner.threads.send(job);
        given.map_err(|_| Error::broken("the threads for password hashes are gone"))?;
        told.await?
    }

    /// Waits for one of the permits, in order of arrival. The permit goes with the work, so a
    /// caller that hangs up does not let the next one in early.
    async fn turn(&self, now: DateTime<Utc>) -> Result<OwnedSemaphorePermit> {
        let inner = &self.inner;
        inner.runs.fetch_add(1, Ordering::Relaxed);
        if let Ok(permit) = inner.permits.clone().try_acquire_owned() {
            return Ok(permit);
        }
        let place = Place::take(&inner.waiting, inner.settings.waiting);
        let Some(_place) = place else {
            return Err(self.busy(now));
        };
        match tokio::time::timeout(
            inner.settings.patience,
            inner.permits.clone().acquire_owned(),
        )
        .await
        {
            Ok(permit) => Ok(permit?),
            Err(_) => Err(self.busy(now)),
        }
    }

    fn busy(&self, now: DateTime<Utc>) -> Error {
        Error::TooMany {
            message: "Many people are signing in right now. Please try again in a moment.".into(),
            retry_at: now + self.inner.settings.patience,
        }
    }
}

/// So many threads that take turns with what is sent; they end with the sender.
fn start(threads: usize) -> Result<mpsc::Sender<Job>> {
    let (send, line) = mpsc::channel::<Job>();
    let line = Arc::new(Mutex::new(line));
    for _ in 0..threads {
        let line = line.clone();
        let work = move || {
            let mut memory = Memory::default();
            loop {
                let next = line.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok(job) = next else { return };
                // What panics has told nobody, so its caller hears an error; the thread stays.
                let _ = catch_unwind(AssertUnwindSafe(|| job(&mut memory)));
            }
        };
        std::thread::Builder::new()
            .name("passwords".into())
            .spawn(work)?;
    }
    Ok(send)
}

/// A place in the line, given back when dropped, also by a caller that hung up.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize, limit: usize) -> Option<Place<'a>> {
        waiting
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |n| {
                (n < limit).then_some(n + 1)
            })
            .ok()
            .map(|_| Place(waiting))
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }

    fn cheap() -> Settings {
        Settings {
            memory_kib: 64,
            passes: 1,
            ..Settings::default()
        }
    }

    #[tokio::test]
    async fn a_hash_verifies_its_own_password_only() {
        let passwords = Passwords::new(Settings::default()).unwrap();
        let phc = passwords.hash("a lamp by the door", now()).await.unwrap();
        assert!(phc.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{phc}");
        assert!(
            passwords
                .verify("a lamp by the door", Some(&phc), now())
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify("a lamp by the window", Some(&phc), now())
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn nobody_has_no_password_and_costs_the_same() {
        let passwords = Passwords::new(cheap()).unwrap();
        assert!(!passwords.verify("anything", None, now()).await.unwrap());
        let nobody = passwords.inner.nobody.as_str();
        assert!(
            nobody.starts_with("$argon2id$v=19$m=64,t=1,p=1$"),
            "{nobody}"
        );
        assert!(!passwords.is_old(nobody));
    }

    #[tokio::test]
    async fn a_hash_of_another_cost_is_old_but_still_verifies() {
        let before = Passwords::new(cheap()).unwrap();
        let after = Passwords::new(Settings {
            passes: 2,
            ..cheap()
        })
        .unwrap();
        let phc = before.hash("secret words", now()).await.unwrap();
        assert!(!before.is_old(&phc));
        assert!(after.is_old(&phc));
        assert!(after.is_old("not a hash"));
        assert!(
            after
                .verify("secret words", Some(&phc), now())
                .await
                .unwrap()
        );
    }

    #[tokio::test]
    async fn the_line_is_bounded_in_length_and_in_patience() {
        let passwords = Passwords::new(Settings {
            at_once: 1,
            waiting: 1,
            patience: Duration::from_millis(50),
            ..cheap()
        })
        .unwrap();
        let working = passwords.turn(now()).await.unwrap();
        let (second, third) = tokio::join!(passwords.turn(now()), passwords.turn(now()));
        for turn in [second, third] {
            match turn {
                Err(Error::TooMany { retry_at, .. }) => assert!(retry_at > now()),
                _ => panic!("somebody got in"),
            }
        }
        assert_eq!(passwords.inner.waiting.load(Ordering::Acquire), 0);
        drop(working);
        assert!(passwords.hash("in at last", now()).await.is_ok());
    }
}
