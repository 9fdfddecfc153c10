//! Another server of the network: small, in this process, honest unless a test tells it to lie.
//!
//! It serves actors, notes, WebFinger and NodeInfo on a loopback address under a name of its
//! own (`alpha.test`), keeps what it was asked and what came into its inboxes, and signs what
//! it sends with code of its own, so that our signatures are not judged by themselves.

use std::collections::HashMap;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::task::JoinHandle;
use tokio_rustls::rustls::ServerConfig;

use super::actor::Actor;
use super::secure;

/// What an ActivityPub document is called.
pub const ACTIVITY_JSON: &str = "application/activity+json; charset=utf-8";
/// The largest request that is read.
const MAX_REQUEST: usize = 4 << 20;
/// How long something that must come may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The server. Ends when it is dropped.
pub struct Peer {
    /// Its name: host without a port.
    pub host: String,
    /// Where it listens.
    pub address: SocketAddr,
    scheme: &'static str,
    pub(super) state: Arc<State>,
    task: JoinHandle<()>,
}

/// What it serves and what it saw.
#[derive(Default)]
pub struct State {
    pages: Mutex<HashMap<String, Page>>,
    rules: Mutex<Vec<(String, Rule)>>,
    asked: Mutex<Vec<Asked>>,
    /// What inboxes answer.
    inbox: Mutex<Option<Page>>,
    next: AtomicU64,
}

/// Makes an answer from what was asked.
type Rule = Arc<dyn Fn(&Asked) -> Page + Send + Sync>;

/// A request that came in.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Names in lower case, in order.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Asked {
    /// A header; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map_or("", |(_, value)| value)
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Page {
    status: u16,
    headers: Vec<(String, String)>,
    body: Body,
}

#[derive(Debug, Clone)]
enum Body {
    Whole(Vec<u8>),
    /// One byte, a pause, one byte, …
    Drip(Vec<u8>, Duration),
    /// The same bytes without an end, in chunks.
    Endless(Vec<u8>),
    /// Headers without an end.
    EndlessHead,
    /// Nothing at all: the connection stays open.
    Silence,
}

impl Page {
    /// A status without a body.
    pub fn status(status: u16) -> Page {
        Page {
            status,
            headers: Vec::new(),
            body: Body::Whole(Vec::new()),
        }
    }

    /// 200 with a media type.
    pub fn typed(media_type: &str, body: impl Into<Vec<u8>>) -> Page {
        let mut page = Page::status(200).with("content-type", media_type);
        page.body = Body::Whole(body.into());
        page
    }

    /// An ActivityPub document.
    pub fn document(value: &Value) -> Page {
        Page::typed(ACTIVITY_JSON, value.to_string())
    }

    /// A redirect, 302.
    pub fn redirect(to: &str) -> Page {
        Page::status(302).with("location", to)
    }

    /// A document that comes byte by byte, with a pause before each.
    pub fn drip(value: &Value, pause: Duration) -> Page {
        let mut page = Page::document(value);
        page.body = Body::Drip(value.to_string().into_bytes(), pause);
        page
    }

    /// A document that never ends.
    pub fn endless() -> Page {
        let mut page = Page::typed(ACTIVITY_JSON, "");
        page.body = Body::Endless(b"{\"a\":".repeat(2_000));
        page
    }

    /// Headers that never end.
    pub fn endless_head() -> Page {
        let mut page = Page::status(200);
        page.body = Body::EndlessHead;
        page
    }

    /// A connection on which nothing comes.
    pub fn silence() -> Page {
        let mut page = Page::status(200);
        page.body = Body::Silence;
        page
    }

    /// A document of `size` bytes, a thousandth of it on the wire.
    pub fn bomb(size: usize) -> Page {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(b"{\"id\":\"").expect("into memory");
        for _ in 0..size / 1024 {
            gzip.write_all(&[b'a'; 1024]).expect("into memory");
        }
        gzip.write_all(b"\"}").expect("into memory");
        let body = gzip.finish().expect("into memory");
        Page::typed(ACTIVITY_JSON, body).with("content-encoding", "gzip")
    }

    /// Whether this is its status.
    pub fn is(&self, status: u16) -> bool {
        self.status == status
    }

    /// One more header.
    pub fn with(mut self, name: &str, value: &str) -> Page {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl Peer {
    /// A server of this name on a listener that is bound already.
    pub fn start(host: &str, listener: TcpListener) -> Peer {
        Peer::open(host, listener, None)
    }

    /// The same behind TLS, on a free port.
    pub fn start_secure(host: &str, settings: Arc<ServerConfig>) -> Peer {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        Peer::open(host, listener, Some(settings))
    }

    fn open(host: &str, listener: TcpListener, secure: Option<Arc<ServerConfig>>) -> Peer {
        let address = listener.local_addr().expect("it is bound");
        listener.set_nonblocking(true).expect("a listener");
        let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
        let state = Arc::new(State::default());
        let scheme = match secure {
            Some(_) => "https",
            None => "http",
        };
        let task = tokio::spawn({
            let state = state.clone();
            async move {
                while let Ok((stream, _)) = listener.accept().await {
                    // One that broke off is the client's business, and the test's.
                    match &secure {
                        Some(settings) => {
                            tokio::spawn(secure::serve(stream, settings.clone(), state.clone()));
                        }
                        None => {
                            tokio::spawn(answer(stream, state.clone()));
                        }
                    }
                }
            }
        });
        let peer = Peer {
            host: host.to_owned(),
            address,
            scheme,
            state,
            task,
        };
        peer.serve_nodeinfo();
        peer
    }

    /// Scheme and name: what its ids begin with.
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme, self.host)
    }

    /// The whole address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin())
    }

    /// An actor of this name, of the type `Person`, with a new key; served with its WebFinger.
    pub fn actor(&self, name: &str) -> Actor {
        Actor::new(self, name)
    }

    /// Serves a page at a path, query included.
    pub fn serve(&self, path: &str, page: Page) {
        lock(&self.state.pages).insert(path.to_owned(), page);
    }

    /// Serves a document at the path of its `id`; gives the document back.
    pub fn publish(&self, document: Value) -> Value {
        let id = document["id"].as_str().expect("an id");
        let path = id.strip_prefix(&self.origin()).expect("an id of this peer");
        self.serve(path, Page::document(&document));
        document
    }

    /// Serves whatever begins like this; looked at after the pages, the last rule first.
    pub fn answer(&self, prefix: &str, rule: impl Fn(&Asked) -> Page + Send + Sync + 'static) {
        lock(&self.state.rules).push((prefix.to_owned(), Arc::new(rule)));
    }

    /// Serves nothing there any more.
    pub fn forget(&self, path: &str) {
        lock(&self.state.pages).remove(path);
    }

    /// What its inboxes answer from now on; 202 where nothing was said.
    pub fn inbox_answers(&self, page: Page) {
        *lock(&self.state.inbox) = Some(page);
    }

    /// Its inboxes are well again.
    pub fn inbox_recovers(&self) {
        *lock(&self.state.inbox) = None;
    }

    /// Everything that it was asked, in order.
    pub fn asked(&self) -> Vec<Asked> {
        lock(&self.state.asked).clone()
    }

    /// How often it was asked for paths that begin like this.
    pub fn times_asked(&self, prefix: &str) -> usize {
        let asked = self.asked();
        asked.iter().filter(|a| a.path.starts_with(prefix)).count()
    }

    /// Everything that was posted to its inboxes, in order.
    pub fn received(&self) -> Vec<Asked> {
        let mut asked = self.asked();
        asked.retain(|a| a.method == "POST" && a.path.ends_with("/inbox"));
        asked
    }

    /// The activities of a type that came, in order.
    pub fn received_of(&self, kind: &str) -> Vec<Value> {
        let all = self.received().into_iter().map(|a| a.json());
        all.filter(|activity| activity["type"] == kind).collect()
    }

    /// Waits for the first activity of a type.
    pub async fn wait_for(&self, kind: &str) -> Value {
        let began = Instant::now();
        loop {
            if let Some(found) = self.received_of(kind).into_iter().next() {
                return found;
            }
            if began.elapsed() > PATIENCE {
                let came: Vec<Value> = self.received().iter().map(Asked::json).collect();
                panic!("no {kind} came to {}, only {came:?}", self.host);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Forgets what it was asked and sent.
    pub fn forget_asked(&self) {
        lock(&self.state.asked).clear();
    }

    /// A number that was not given yet, for ids.
    pub fn number(&self) -> u64 {
        self.state.next.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn serve_nodeinfo(&self) {
        let list = json!({ "links": [{
            "rel": "http://nodeinfo.diaspora.software/ns/schema/2.0",
            "href": self.url("/nodeinfo/2.0"),
        }] });
        let info = json!({
            "version": "2.0",
            "software": { "name": "peer", "version": "1.0" },
            "protocols": ["activitypub"],
            "services": { "inbound": [], "outbound": [] },
            "openRegistrations": false,
            "usage": { "users": {} },
            "metadata": {},
        });
        let json = "application/json";
        self.serve("/.well-known/nodeinfo", Page::typed(json, list.to_string()));
        self.serve("/nodeinfo/2.0", Page::typed(json, info.to_string()));
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl State {
    /// What is answered at once and whole: status, headers and body. Other answers are for HTTP/1.
    pub(super) fn whole(&self, asked: &Asked) -> (u16, Vec<(String, String)>, Vec<u8>) {
        let page = self.page(asked);
        match page.body {
            Body::Whole(body) => (page.status, page.headers, body),
            other => panic!("not over HTTP/2: {other:?}"),
        }
    }

    /// Keeps what was asked.
    pub(super) fn note(&self, asked: Asked) {
        lock(&self.asked).push(asked);
    }

    fn page(&self, asked: &Asked) -> Page {
        if let Some(page) = lock(&self.pages).get(&asked.path) {
            return page.clone();
        }
        if asked.method == "POST" && asked.path.ends_with("/inbox") {
            let chosen = lock(&self.inbox).clone();
            return chosen.unwrap_or_else(|| Page::status(202));
        }
        let fitting = |(prefix, _): &&(String, Rule)| asked.path.starts_with(prefix.as_str());
        let rule = lock(&self.rules)
            .iter()
            .rfind(fitting)
            .map(|(_, rule)| rule.clone());
        rule.map_or_else(|| Page::status(404), |rule| rule(asked))
    }
}

/// Answers one request over HTTP/1.
pub(super) async fn answer<S>(mut stream: S, state: Arc<State>) -> std::io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let Some(asked) = read(&mut stream).await? else {
        return Ok(());
    };
    let page = state.page(&asked);
    state.note(asked);
    let mut head = format!("HTTP/1.1 {} Said\r\nconnection: close\r\n", page.status);
    for (name, value) in &page.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    match page.body {
        Body::Whole(body) => {
            head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
            stream.write_all(head.as_bytes()).await?;
            stream.write_all(&body).await?;
        }
        Body::Drip(body, pause) => {
            head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
            stream.write_all(head.as_bytes()).await?;
            for byte in body {
                tokio::time::sleep(pause).await;
                stream.write_all(&[byte]).await?;
            }
        }
        Body::Endless(piece) => {
            head.push_str("transfer-encoding: chunked\r\n\r\n");
            stream.write_all(head.as_bytes()).await?;
            let size = format!("{:x}\r\n", piece.len());
            loop {
                stream.write_all(size.as_bytes()).await?;
                stream.write_all(&piece).await?;
                stream.write_all(b"\r\n").await?;
            }
        }
        Body::EndlessHead => {
            stream.write_all(head.as_bytes()).await?;
            for n in 0_u64.. {
                stream
                    .write_all(format!("x-{n}: {n}\r\n").as_bytes())
                    .await?;
            }
        }
        Body::Silence => {
            // Until the other side gives up.
            let _ = stream.read(&mut [0]).await?;
        }
    }
    stream.shutdown().await
}

/// `None` where the connection ended before the request did.
async fn read(stream: &mut (impl AsyncRead + Unpin)) -> std::io::Result<Option<Asked>> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        if let Some(end) = find(&bytes, b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let mut lines = head.split("\r\n");
            let mut first = lines.next().unwrap_or_default().split(' ');
            let headers: Vec<(String, String)> = lines
                .filter_map(|line| line.split_once(':'))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
                .collect();
            let mut asked = Asked {
                method: first.next().unwrap_or_default().to_owned(),
                path: first.next().unwrap_or_default().to_owned(),
                headers,
                body: Vec::new(),
            };
            let length: usize = asked.header("content-length").parse().unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                asked.body = bytes[end + 4..end + 4 + length].to_vec();
                return Ok(Some(asked));
            }
        }
        let count = stream.read(&mut buffer).await?;
        if count == 0 || bytes.len() > MAX_REQUEST {
            return Ok(None);
        }
        bytes.extend_from_slice(&buffer[..count]);
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|part| part == wanted)
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().expect("no panic holds it")
}
