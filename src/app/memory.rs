//! Small facts that pages show and that may be half a minute old.
//!
//! Never for deciding: who gets in is asked of Postgres, each time.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;

use crate::domain::{Error, Result};

/// How old an answer may be.
const FRESH: Duration = Duration::from_secs(30);
/// Facts held at a time; there are a handful of names.
const MOST: u64 = 64;

/// One value a name, whatever its type.
pub struct Memory(Cache<&'static str, Arc<dyn Any + Send + Sync>>);

impl Default for Memory {
    fn default() -> Memory {
        Memory(
            Cache::builder()
                .max_capacity(MOST)
                .time_to_live(FRESH)
                .build(),
        )
    }
}

impl Memory {
    /// The value under `name`, made anew when it is too old. Errors are not kept.
    pub async fn get<T: Send + Sync + 'static>(
        &self,
        name: &'static str,
        make: impl Future<Output = Result<T>>,
    ) -> Result<Arc<T>> {
        if let Some(known) = self.0.get(name).await {
            return known
                .downcast()
                .map_err(|_| Error::broken(format!("two types called {name}")));
        }
        let fresh = Arc::new(make.await?);
        self.0.insert(name, fresh.clone()).await;
        Ok(fresh)
    }

    /// Forgets it: after a change that should show at once.
    pub async fn forget(&self, name: &'static str) {
        self.0.invalidate(name).await;
    }
}
