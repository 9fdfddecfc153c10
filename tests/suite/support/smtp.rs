//! A mail server of a few lines: takes what it is given, and says no where it was told to.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// One mail as it came over the wire.
#[derive(Debug, Clone)]
pub struct Received {
    /// The address in `RCPT TO`.
    pub to: String,
    /// Head and body.
    pub text: String,
}

#[derive(Default)]
struct Books {
    /// What an address is answered, in turn; then 250.
    answers: HashMap<String, Vec<&'static str>>,
    asked: Vec<String>,
    received: Vec<Received>,
}

/// A mail server on loopback, as long as this process lives.
#[derive(Clone)]
pub struct MailServer {
    /// Its address, for `mail.smtp_url`.
    pub url: String,
    books: Arc<Mutex<Books>>,
}

impl MailServer {
    /// Starts it.
    pub fn start() -> MailServer {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        let books = Arc::<Mutex<Books>>::default();
        let shared = books.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let books = shared.clone();
                // A client that hangs up ends its thread, and nothing else.
                std::thread::spawn(move || talk(stream, &books));
            }
        });
        MailServer {
            url: format!("smtp://{address}"),
            books,
        }
    }

    /// The next mails to this address are answered so, one after the other.
    pub fn answer(&self, to: &str, answers: &[&'static str]) {
        let mut books = self.books.lock().expect("no panic holds it");
        books.answers.insert(to.to_owned(), answers.to_vec());
    }

    /// How often a mail to this address was offered.
    pub fn offered(&self, to: &str) -> usize {
        let books = self.books.lock().expect("no panic holds it");
        books.asked.iter().filter(|asked| *asked == to).count()
    }

    /// All mails that were taken, in order.
    pub fn all(&self) -> Vec<Received> {
        let books = self.books.lock().expect("no panic holds it");
        books.received.clone()
    }

    /// The mails that were taken, to this address.
    pub fn received(&self, to: &str) -> Vec<Received> {
        let books = self.books.lock().expect("no panic holds it");
        let to_them = books.received.iter().filter(|mail| mail.to == to);
        to_them.cloned().collect()
    }
}

fn talk(stream: TcpStream, books: &Mutex<Books>) -> Option<()> {
    let mut write = stream.try_clone().ok()?;
    let mut lines = BufReader::new(stream).lines();
    let mut say = |words: &str| write.write_all(format!("{words}\r\n").as_bytes()).ok();
    say("220 here")?;
    let mut to = String::new();
    while let Some(Ok(line)) = lines.next() {
        let command = line.to_ascii_uppercase();
        if command.starts_with("RCPT TO:<") {
            to = line["RCPT TO:<".len()..].split('>').next()?.to_owned();
            let answer = {
                let mut books = books.lock().ok()?;
                books.asked.push(to.clone());
                let planned = books.answers.get_mut(&to).filter(|a| !a.is_empty());
                planned.map_or("250 fine", |answers| answers.remove(0))
            };
            say(answer)?;
        } else if command == "DATA" {
            say("354 go on")?;
            let mut text = String::new();
            loop {
                let line = lines.next()?.ok()?;
                if line == "." {
                    break;
                }
                text.push_str(line.strip_prefix('.').unwrap_or(&line));
                text.push('\n');
            }
            let mail = Received {
                to: to.clone(),
                text,
            };
            books.lock().ok()?.received.push(mail);
            say("250 taken")?;
        } else if command == "QUIT" {
            say("221 bye")?;
            return Some(());
        } else {
            say("250 fine")?;
        }
    }
    None
}
