//! Counts round trips on the wire: a relay between two unix sockets. A round trip begins when
//! the client speaks and the other side had the last word before; statements that are sent
//! together are one.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use anyhow::Result;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{UnixListener, UnixStream};

/// The count of one socket.
#[derive(Clone, Default)]
pub struct Trips(Arc<AtomicU64>);

impl Trips {
    /// Round trips so far, of all connections.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Listens at `here` and passes everything on to `there`, for as long as this process lives.
pub fn count_between(here: &Path, there: PathBuf) -> Result<Trips> {
    let trips = Trips::default();
    let listener = UnixListener::bind(here)?;
    let counted = trips.clone();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let Ok(service) = UnixStream::connect(&there).await else {
                continue;
            };
            let (from_client, to_client) = client.into_split();
            let (from_service, to_service) = service.into_split();
            let answered = Arc::new(AtomicBool::new(true));
            let (trips, by_client) = (counted.clone(), Arc::clone(&answered));
            tokio::spawn(pass(from_client, to_service, move || {
                if by_client.swap(false, Ordering::SeqCst) {
                    trips.0.fetch_add(1, Ordering::SeqCst);
                }
            }));
            tokio::spawn(pass(from_service, to_client, move || {
                answered.store(true, Ordering::SeqCst);
            }));
        }
    });
    Ok(trips)
}

/// Copies until either side ends; `spoke` is told before each piece.
async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    spoke: impl Fn(),
) -> std::io::Result<()> {
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let length = from.read(&mut buffer).await?;
        if length == 0 {
            return to.shutdown().await;
        }
        spoke();
        to.write_all(&buffer[..length]).await?;
    }
}
