//! What holds for other servers, kept in mind: asked at each knock, so it must cost nothing.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::App;
use crate::domain::Result;
use crate::store;

/// How old what is kept may be: so long a new policy may take to be heard of everywhere.
const FRESH: Duration = Duration::from_secs(2);
/// Domains that are kept; block lists of the wild have a few thousand.
const MOST: i64 = 100_000;

/// The flags of all domains that have any.
#[derive(Default)]
pub struct Policies {
    kept: RwLock<Option<Kept>>,
    loading: Mutex<()>,
}

#[derive(Clone)]
struct Kept {
    flags: Arc<HashMap<String, i32>>,
    at: Instant,
}

impl Policies {
    /// Reads them anew at the next question: after a change in this process.
    pub fn forget(&self) {
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn fresh(&self) -> Option<Arc<HashMap<String, i32>>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref()
            .filter(|kept| kept.at.elapsed() < FRESH)
            .map(|kept| kept.flags.clone())
    }
}

impl App {
    /// The flags (`model::host::flags`) of a server, with those of the domains above it: a
    /// block holds for what is under it too (I16). `authority`: as `activitypub::uri` gives it,
    /// a port may follow. At most two seconds old; usually no round trip.
    pub async fn host_flags(&self, authority: &str) -> Result<i32> {
        let flags = match self.policies.fresh() {
            Some(flags) => flags,
            None => self.load_policies().await?,
        };
        Ok(union(&flags, authority))
    }

    async fn load_policies(&self) -> Result<Arc<HashMap<String, i32>>> {
        // One asks, the others wait for the answer.
        let _turn = self.policies.loading.lock().await;
        if let Some(flags) = self.policies.fresh() {
            return Ok(flags);
        }
        let at = Instant::now();
        let mut conn = self.pool.get().await?;
        let rows = store::domain_policies::flagged(&mut conn, MOST).await?;
        let flags = Arc::new(rows.into_iter().collect::<HashMap<_, _>>());
        *self
            .policies
            .kept
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Some(Kept {
            flags: flags.clone(),
            at,
        });
        Ok(flags)
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
}
