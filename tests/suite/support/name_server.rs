//! A name server of a test's own: it knows what mail servers some domains have, and counts who
//! asks.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A running one; it ends with the runtime of the test.
pub struct NameServer {
    /// Where it listens.
    pub address: SocketAddr,
    asked: Arc<AtomicU64>,
}

impl NameServer {
    /// Knows these domains, each with its mail server; an empty one takes no mail, and `silent`
    /// gets no answer. All others do not exist.
    pub fn start(known: &[(&str, &str)]) -> NameServer {
        let known: BTreeMap<String, String> = known
            .iter()
            .map(|(domain, host)| ((*domain).to_owned(), (*host).to_owned()))
            .collect();
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").expect("a free port");
        let address = socket.local_addr().expect("it is bound");
        let asked = Arc::new(AtomicU64::new(0));
        let count = asked.clone();
        std::thread::spawn(move || serve(&socket, &known, &count));
        NameServer { address, asked }
    }

    /// How often it was asked.
    pub fn asked(&self) -> u64 {
        self.asked.load(Ordering::Relaxed)
    }
}

fn serve(socket: &std::net::UdpSocket, known: &BTreeMap<String, String>, asked: &AtomicU64) {
    let mut bytes = [0; 512];
    while let Ok((length, from)) = socket.recv_from(&mut bytes) {
        asked.fetch_add(1, Ordering::Relaxed);
        let question = &bytes[..length];
        let domain = labels(&question[12..]);
        let mut answer = question.to_vec();
        answer[2] = 0x81;
        match known.get(&domain).map(String::as_str) {
            Some("silent") => continue,
            None => answer[3] = 0x83,
            Some(host) => {
                answer[3] = 0x80;
                answer[7] = 1;
                let mut data = vec![0, 10];
                for label in host.split('.').filter(|label| !label.is_empty()) {
                    data.push(label.len() as u8);
                    data.extend(label.as_bytes());
                }
                data.push(0);
                answer.extend([0xc0, 12, 0, 15, 0, 1, 0, 0, 0, 60]);
                answer.extend((data.len() as u16).to_be_bytes());
                answer.extend(data);
            }
        }
        let _ = socket.send_to(&answer, from);
    }
}

fn labels(mut bytes: &[u8]) -> String {
    let mut labels = Vec::new();
    while let [length, rest @ ..] = bytes
        && *length > 0
    {
        let (label, after) = rest.split_at(usize::from(*length));
        labels.push(String::from_utf8_lossy(label).into_owned());
        bytes = after;
    }
    labels.join(".")
}
