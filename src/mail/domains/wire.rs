//! One question to a name server (RFC 1035): the MX records of a domain. UDP, and TCP where
//! the answer was cut.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

use super::MailHosts;
use crate::secrets::token::random_bytes;

/// How long one server may take before the next is asked.
const EACH: Duration = Duration::from_millis(900);
/// The longest answer that is read, as the extension that we do not use allows.
const MAX_ANSWER: usize = 4096;
/// Records of an answer that are looked at.
const MAX_RECORDS: usize = 50;
/// Jumps within one name.
const MAX_JUMPS: usize = 16;
const MX: u16 = 15;
const INTERNET: u16 = 1;

/// The servers' answer; `None` where none of them had one.
pub(super) async fn ask(servers: &[SocketAddr], domain: &str) -> Option<MailHosts> {
    let id = u16::from_be_bytes(random_bytes());
    let question = question(id, domain)?;
    for server in servers {
        let asking = exchange(*server, &question);
        if let Ok(Ok(answer)) = tokio::time::timeout(EACH, asking).await
            && let Some(found) = read(&answer, &question)
        {
            return Some(found);
        }
    }
    None
}

async fn exchange(server: SocketAddr, question: &[u8]) -> io::Result<Vec<u8>> {
    let here: SocketAddr = match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(here).await?;
    // Connected: what others send to this port never reaches us.
    socket.connect(server).await?;
    socket.send(question).await?;
    let mut answer = vec![0; MAX_ANSWER];
    loop {
        let length = socket.recv(&mut answer).await?;
        // A late or forged answer has another number.
        if length >= 12 && answer[..2] == question[..2] {
            answer.truncate(length);
            break;
        }
    }
    match answer[2] & 0x02 {
        0 => Ok(answer),
        _ => over_tcp(server, question).await,
    }
}

async fn over_tcp(server: SocketAddr, question: &[u8]) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(server).await?;
    let length = u16::try_from(question.len()).map_err(io::Error::other)?;
    stream.write_all(&length.to_be_bytes()).await?;
    stream.write_all(question).await?;
    let length = usize::from(stream.read_u16().await?);
    let mut answer = vec![0; length];
    stream.read_exact(&mut answer).await?;
    Ok(answer)
}

/// `None` for what cannot be asked: empty or long labels.
fn question(id: u16, domain: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(domain.len() + 18);
    bytes.extend(id.to_be_bytes());
    // Please look further; one question.
    bytes.extend([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    for label in domain.split('.') {
        let length = u8::try_from(label.len())
            .ok()
            .filter(|n| (1..64).contains(n))?;
        bytes.push(length);
        bytes.extend(label.as_bytes());
    }
    bytes.push(0);
    bytes.extend(MX.to_be_bytes());
    bytes.extend(INTERNET.to_be_bytes());
    (bytes.len() <= 255 + 18).then_some(bytes)
}

/// What an answer says; `None` where it says nothing about the domain.
fn read(answer: &[u8], question: &[u8]) -> Option<MailHosts> {
    let mut at = question.len();
    // An answer begins with its number, and repeats what was asked.
    let repeats = answer.get(12..at)?.eq_ignore_ascii_case(&question[12..]);
    if answer[..2] != question[..2] || answer[2] & 0x80 == 0 || !repeats {
        return None;
    }
    match answer[3] & 0x0f {
        0 => {}
        3 => return Some(MailHosts::Nobody),
        _ => return None,
    }
    let records = usize::from(u16::from_be_bytes([answer[6], answer[7]]));
    let mut hosts: Vec<(u16, String)> = Vec::new();
    for _ in 0..records.min(MAX_RECORDS) {
        (_, at) = name(answer, at)?;
        let head = answer.get(at..at + 10)?;
        let kind = u16::from_be_bytes([head[0], head[1]]);
        let class = u16::from_be_bytes([head[2], head[3]]);
        let length = usize::from(u16::from_be_bytes([head[8], head[9]]));
        at += 10;
        if kind == MX && class == INTERNET {
            let data = answer.get(at..at + length).filter(|data| data.len() >= 3)?;
            let preference = u16::from_be_bytes([data[0], data[1]]);
            hosts.push((preference, name(answer, at + 2)?.0));
        }
        at += length;
    }
    hosts.sort();
    Some(match hosts.first() {
        None => MailHosts::NoServer,
        // A single dot: no mail, please (RFC 7505).
        Some((_, root)) if root.is_empty() => MailHosts::Nobody,
        Some(_) => MailHosts::Are(hosts.into_iter().map(|(_, host)| host).collect()),
    })
}

/// The name that begins there, and where what follows it begins.
fn name(bytes: &[u8], mut at: usize) -> Option<(String, usize)> {
    let (mut name, mut after, mut jumps) = (String::new(), None, 0);
    loop {
        let length = *bytes.get(at)?;
        match length {
            0 => return Some((name, after.unwrap_or(at + 1))),
            1..64 => {
                let label = bytes.get(at + 1..at + 1 + usize::from(length))?;
                if !name.is_empty() {
                    name.push('.');
                }
                // What is no name of a host is of no use to us.
                if !label.iter().all(|b| b.is_ascii_graphic() && *b != b'.') {
                    return None;
                }
                name.extend(label.iter().map(|b| char::from(b.to_ascii_lowercase())));
                at += 1 + usize::from(length);
            }
            0xc0.. => {
                let low = *bytes.get(at + 1)?;
                after = after.or(Some(at + 2));
                at = usize::from(u16::from_be_bytes([length & 0x3f, low]));
                jumps += 1;
            }
            _ => return None,
        }
        if jumps > MAX_JUMPS || name.len() > 253 {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn answer(question: &[u8], code: u8, records: &[(u16, &[u8])]) -> Vec<u8> {
        let mut bytes = question.to_vec();
        bytes[2] = 0x81;
        bytes[3] = 0x80 | code;
        bytes[7] = records.len() as u8;
        for (preference, host) in records {
            // The owner: a jump to the question's name.
            bytes.extend([0xc0, 12]);
            bytes.extend(MX.to_be_bytes());
            bytes.extend(INTERNET.to_be_bytes());
            bytes.extend([0, 0, 1, 0]);
            bytes.extend((host.len() as u16 + 2).to_be_bytes());
            bytes.extend(preference.to_be_bytes());
            bytes.extend(*host);
        }
        bytes
    }

    #[test]
    fn answers_are_read() {
        let asked = question(7, "ann.example").expect("a question");
        let read = |code, records: &[(u16, &[u8])]| read(&answer(&asked, code, records), &asked);
        let two: [(u16, &[u8]); 2] = [(20, b"\x02b2\xc0\x0c"), (10, b"\x02MX\x05other\x00")];
        let found = read(0, &two);
        let hosts = vec!["mx.other".to_owned(), "b2.ann.example".to_owned()];
        assert_eq!(found, Some(MailHosts::Are(hosts)));
        assert_eq!(read(0, &[]), Some(MailHosts::NoServer));
        assert_eq!(read(0, &[(0, b"\x00")]), Some(MailHosts::Nobody));
        assert_eq!(read(3, &[]), Some(MailHosts::Nobody));
        assert_eq!(read(2, &[]), None, "the server is in trouble");
        let mut other = answer(&asked, 0, &[]);
        other[13] = b'x';
        assert_eq!(super::read(&other, &asked), None, "another question's");
        assert_eq!(
            read(0, &[(1, b"\xc0\x2b")]),
            None,
            "a name that leads to itself"
        );
    }

    proptest! {
        #[test]
        fn no_answer_is_too_strange(noise in proptest::collection::vec(any::<u8>(), 0..200), cut in 0usize..80) {
            let asked = question(7, "ann.example").expect("a question");
            let mut bytes = answer(&asked, 0, &[(10, b"\x02mx\xc0\x0c")]);
            bytes.truncate(cut);
            let _ = (read(&bytes, &asked), read(&noise, &asked));
            let mut bytes = answer(&asked, 0, &[]);
            bytes[7] = 9;
            bytes.extend(noise);
            let _ = read(&bytes, &asked);
        }

        #[test]
        fn no_domain_is_too_strange(domain in "\\PC{0,300}") {
            let _ = question(1, &domain);
        }
    }
}
