//! Documents for strangers, as bytes, kept for a moment: what a whole network asks for at
//! once is read from Postgres once a second, and by one of those who ask (N12).

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use moka::future::Cache as Moka;

use crate::domain::{Error, Id, Result};

/// How old a document may be. Short, since a deleted post must be gone.
const FRESH: Duration = Duration::from_secs(1);
/// All of them together, in bytes.
const MAX_BYTES: u64 = 16 * 1024 * 1024;
/// What an entry costs beside its content.
const OVERHEAD: usize = 300;

/// What a document is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Of {
    /// An account.
    Actor,
    /// A status.
    Note,
}

/// A document as it goes out.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// JSON.
    pub body: Bytes,
    /// The path of the page that shows people the same, where there is one.
    pub page: Option<String>,
    /// Whose it is.
    pub account: Id,
}

/// The documents of a moment; cheap to clone, bounded in bytes.
#[derive(Clone)]
pub struct Served(Moka<(Of, Id), Document>);

impl Default for Served {
    fn default() -> Served {
        let weight = |_: &(Of, Id), document: &Document| {
            let page = document.page.as_ref().map_or(0, String::len);
            u32::try_from(document.body.len() + page + OVERHEAD).unwrap_or(u32::MAX)
        };
        Served(
            Moka::builder()
                .max_capacity(MAX_BYTES)
                .weigher(weight)
                .time_to_live(FRESH)
                .build(),
        )
    }
}

impl Served {
    /// The document of that thing, as strangers get it; made by the first who asks while the
    /// others wait. Errors are not kept.
    pub async fn get(
        &self,
        of: Of,
        id: Id,
        make: impl Future<Output = Result<Document>>,
    ) -> Result<Document> {
        let found = self.0.try_get_with((of, id), make).await;
        found.map_err(|shared| match Arc::try_unwrap(shared) {
            Ok(own) => own,
            Err(shared) => match &*shared {
                Error::NotFound => Error::NotFound,
                Error::Gone => Error::Gone,
                Error::Busy => Error::Busy,
                other => Error::broken(format!("another who asked failed: {other:?}")),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn document() -> Document {
        Document {
            body: Bytes::from_static(b"{}"),
            page: None,
            account: 1,
        }
    }

    #[tokio::test]
    async fn a_crowd_makes_it_once_and_an_error_is_not_kept() {
        // N12
        let (served, made) = (Served::default(), AtomicUsize::new(0));
        let asked = (0..50).map(|_| {
            served.get(Of::Note, 1, async {
                made.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
                Ok(document())
            })
        });
        for found in futures::future::join_all(asked).await {
            assert_eq!(found.unwrap(), document());
        }
        assert_eq!(made.load(Ordering::Relaxed), 1);
        let asked = (0..2).map(|_| {
            served.get(Of::Note, 2, async {
                tokio::task::yield_now().await;
                Err(Error::NotFound)
            })
        });
        for found in futures::future::join_all(asked).await {
            assert!(matches!(found, Err(Error::NotFound)));
        }
        let found = served.get(Of::Note, 2, async { Ok(document()) }).await;
        assert!(found.is_ok());
    }
}
