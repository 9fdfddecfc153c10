//! A line between two servers that can be cut: what is on it then hangs, as when somebody pulls
//! a cable, and nobody is told.

use std::net::{SocketAddr, TcpListener};

use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// The line. Ends when it is dropped.
pub struct Wire {
    /// Where it begins.
    pub address: SocketAddr,
    is_cut: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Wire {
    /// A line from a free port of this machine to `to`.
    pub fn to(to: SocketAddr) -> Wire {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let (is_cut, seen) = watch::channel(false);
        let task = tokio::spawn(carry_all(listener, to, seen));
        Wire {
            address,
            is_cut,
            task,
        }
    }

    /// Cuts it.
    pub fn cut(&self) {
        self.is_cut.send_replace(true);
    }

    /// Makes it whole; what was on it is lost.
    pub fn mend(&self) {
        self.is_cut.send_replace(false);
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Carries whatever comes in on the listener to `to`, for ever.
pub async fn carry_all(listener: TcpListener, to: SocketAddr, is_cut: watch::Receiver<bool>) {
    listener.set_nonblocking(true).expect("a listener");
    let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
    while let Ok((from, _)) = listener.accept().await {
        tokio::spawn(carry(from, to, is_cut.clone()));
    }
}

async fn carry(mut from: TcpStream, to: SocketAddr, mut is_cut: watch::Receiver<bool>) {
    let mut seen = is_cut.clone();
    let cut = async { is_cut.wait_for(|cut| *cut).await.is_ok() };
    let moving = async {
        let mut to = TcpStream::connect(to).await?;
        copy_bidirectional(&mut from, &mut to).await
    };
    tokio::select! {
        biased;
        // Both ends hold on; they learn of it when the line is whole again.
        true = cut => {
            let _ = seen.wait_for(|cut| !*cut).await;
        }
        // How it ended is for the two ends to see.
        _ = moving => {}
    }
}
