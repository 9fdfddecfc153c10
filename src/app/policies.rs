//! What holds for other servers, kept in mind: asked at each knock, so it must cost nothing.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::App;
use crate::domain::Result;
use crate::model::host;
use crate::store;

/// How old what is kept may be: so long a new policy may take to be heard of everywhere.
const FRESH: Duration = Duration::from_secs(2);
/// Domains that are kept; block lists of the wild have a few thousand.
const MOST: i64 = 100_000;

/// `instance_settings.key`: `{"allow_list": false, "shown_to": "nobody"}`.
pub const SETTING: &str = "federation.policy";

/// The flags of all domains that have any, and who is allowed where not everybody is.
#[derive(Default)]
pub struct Policies {
    kept: RwLock<Option<Kept>>,
    loading: Mutex<()>,
}

#[derive(Clone)]
struct Kept {
    verdicts: Verdicts,
    at: Instant,
}

/// What holds at a moment. Clones are cheap.
#[derive(Clone, Default)]
pub struct Verdicts {
    flags: Arc<HashMap<String, i32>>,
    /// `None`: everybody who is not blocked.
    allowed: Option<Arc<HashSet<String>>>,
}

impl Verdicts {
    /// The flags (`model::host::flags`) of a server, with those of the domains above it: a
    /// block holds for what is under it too (I16). Where only some are spoken with, all others
    /// count as suspended. `authority`: as `activitypub::uri` gives it, a port may follow.
    pub fn flags(&self, authority: &str) -> i32 {
        let flags = union(&self.flags, authority);
        match &self.allowed {
            Some(allowed) if !allowed.contains(authority) => flags | host::flags::SUSPENDED,
            _ => flags,
        }
    }

    /// Whether a policy suspends a domain, whoever is spoken with besides.
    pub fn suspends(&self, authority: &str) -> bool {
        host::is_suspended(union(&self.flags, authority))
    }

    /// Whether a server may be spoken with at all.
    pub fn may_speak(&self, authority: &str) -> bool {
        !host::is_suspended(self.flags(authority))
    }
}

impl Policies {
    /// Reads them anew at the next question: after a change in this process.
    pub fn forget(&self) {
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn fresh(&self) -> Option<Verdicts> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref()
            .filter(|kept| kept.at.elapsed() < FRESH)
            .map(|kept| kept.verdicts.clone())
    }
}

impl App {
    /// What holds for all servers; at most two seconds old, usually no round trip.
    pub async fn verdicts(&self) -> Result<Verdicts> {
        match self.policies.fresh() {
            Some(verdicts) => Ok(verdicts),
            None => self.load_policies().await,
        }
    }

    /// The flags of one server; see [`Verdicts::flags`].
    pub async fn host_flags(&self, authority: &str) -> Result<i32> {
        Ok(self.verdicts().await?.flags(authority))
    }

    /// Whether only servers that the admin allowed are spoken with.
    pub async fn speaks_with_few(&self) -> Result<bool> {
        Ok(self.verdicts().await?.allowed.is_some())
    }

    async fn load_policies(&self) -> Result<Verdicts> {
        // One asks, the others wait for the answer.
        let _turn = self.policies.loading.lock().await;
        if let Some(verdicts) = self.policies.fresh() {
            return Ok(verdicts);
        }
        let at = Instant::now();
        let mut conn = self.pool.get().await?;
        let (flags, only_some) = store::domain_policies::flagged(&mut conn, SETTING, MOST).await?;
        let allowed = match only_some {
            true => Some(store::domain_allows::all(&mut conn, MOST).await?),
            false => None,
        };
        let verdicts = Verdicts {
            flags: Arc::new(flags.into_iter().collect()),
            allowed: allowed.map(|all| Arc::new(all.into_iter().collect())),
        };
        *self
            .policies
            .kept
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Some(Kept {
            verdicts: verdicts.clone(),
            at,
        });
        Ok(verdicts)
    }
}

fn union(flags: &HashMap<String, i32>, authority: &str) -> i32 {
    if flags.is_empty() {
        return 0;
    }
    let own = flags.get(authority).copied().unwrap_or(0);
    let mut domain = authority.split(':').next().unwrap_or(authority);
    let mut all = own;
    loop {
        all |= flags.get(domain).copied().unwrap_or(0);
        match domain.split_once('.') {
            Some((_, above)) => domain = above,
            None => return all,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_holds_for_what_is_under_it() {
        let flags: HashMap<String, i32> = [
            ("blocked.example".into(), 2),
            ("a.limited.example:8443".into(), 1),
        ]
        .into();
        for (authority, expected) in [
            ("blocked.example", 2),
            ("sub.blocked.example", 2),
            ("deep.sub.blocked.example:8443", 2),
            ("notblocked.example", 0),
            ("example", 0),
            ("a.limited.example:8443", 1),
            ("a.limited.example", 0),
        ] {
            assert_eq!(union(&flags, authority), expected, "{authority}");
        }
    }

    #[test]
    fn where_few_are_spoken_with_the_others_are_not() {
        let verdicts = Verdicts {
            flags: Arc::new([("bad.example".to_owned(), host::flags::SUSPENDED)].into()),
            allowed: Some(Arc::new(
                ["good.example".to_owned(), "bad.example".to_owned()].into(),
            )),
        };
        for (authority, expected) in [
            ("good.example", true),
            // Exactly those that were named, and a block is stronger.
            ("sub.good.example", false),
            ("other.example", false),
            ("bad.example", false),
        ] {
            assert_eq!(verdicts.may_speak(authority), expected, "{authority}");
        }
        let all = Verdicts {
            allowed: None,
            ..verdicts
        };
        assert!(all.may_speak("other.example"));
        assert!(!all.may_speak("sub.bad.example"));
    }
}
