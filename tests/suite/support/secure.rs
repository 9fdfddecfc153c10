//! Peers behind TLS: an authority of the suite's own, and answers over HTTP/2.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use h2::server::SendResponse;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::peer::{Asked, State, answer};

/// Who signs certificates.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// What a server shows and speaks.
pub struct Showing<'a> {
    /// The name in its certificate.
    pub name: &'a str,
    /// The certificate ended long ago.
    pub expired: bool,
    /// What it offers by ALPN: `h2`, `http/1.1`.
    pub speaks: &'a [&'a str],
}

impl Authority {
    /// One that nobody has heard of yet.
    pub fn new() -> Authority {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Authority {
            issuer: Issuer::new(params, key),
            pem,
        }
    }

    /// Writes its own certificate down, for `SSL_CERT_FILE`.
    pub fn publish(&self, path: &Path) {
        std::fs::write(path, &self.pem).expect("a file");
    }

    /// The settings of a server.
    pub fn settings(&self, showing: &Showing<'_>) -> Arc<ServerConfig> {
        let mut params = CertificateParams::new(vec![showing.name.to_owned()]).expect("a name");
        if showing.expired {
            params.not_before = date_time_ymd(2020, 1, 1);
            params.not_after = date_time_ymd(2021, 1, 1);
        }
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.issuer).expect("signed");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let mut settings = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .expect("settings");
        settings.alpn_protocols = showing
            .speaks
            .iter()
            .map(|one| one.as_bytes().to_vec())
            .collect();
        Arc::new(settings)
    }
}

/// Serves one connection behind TLS, over HTTP/2 where that was agreed.
pub(super) async fn serve(
    stream: TcpStream,
    settings: Arc<ServerConfig>,
    state: Arc<State>,
) -> std::io::Result<()> {
    let stream = TlsAcceptor::from(settings).accept(stream).await?;
    match stream.get_ref().1.alpn_protocol() {
        Some(b"h2") => serve_h2(stream, state).await.map_err(std::io::Error::other),
        _ => answer(stream, state).await,
    }
}

async fn serve_h2<S>(stream: S, state: Arc<State>) -> Result<(), h2::Error>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let mut connection = h2::server::handshake(stream).await?;
    while let Some(request) = connection.accept().await {
        let (request, respond) = request?;
        // Polled on while its body comes.
        tokio::spawn(answer_h2(request, respond, state.clone()));
    }
    Ok(())
}

async fn answer_h2(
    request: http::Request<h2::RecvStream>,
    mut respond: SendResponse<Bytes>,
    state: Arc<State>,
) -> Result<(), h2::Error> {
    let (parts, mut incoming) = request.into_parts();
    let mut body = Vec::new();
    while let Some(piece) = incoming.data().await {
        let piece = piece?;
        incoming.flow_control().release_capacity(piece.len())?;
        body.extend_from_slice(&piece);
    }
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let mut headers: Vec<(String, String)> = parts
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), text(value)))
        .collect();
    let authority = parts.uri.authority().map(ToString::to_string);
    headers.push((":authority".to_owned(), authority.unwrap_or_default()));
    let asked = Asked {
        method: parts.method.to_string(),
        path: parts
            .uri
            .path_and_query()
            .map(ToString::to_string)
            .unwrap_or_default(),
        headers,
        body,
    };
    let (status, headers, body) = state.whole(&asked);
    state.note(asked);
    let mut response = http::Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(name, value);
    }
    let response = response.body(()).expect("a response");
    let mut outgoing = respond.send_response(response, body.is_empty())?;
    if !body.is_empty() {
        outgoing.send_data(body.into(), true)?;
    }
    Ok(())
}

/// Takes connections and says nothing on them: a handshake that never comes. Ends when dropped.
pub struct Mute {
    /// Where it listens.
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Mute {
    /// On a free port of this machine.
    pub fn open() -> Mute {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        listener.set_nonblocking(true).expect("a listener");
        let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
        let task = tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok((stream, _)) = listener.accept().await {
                held.push(stream);
            }
        });
        Mute { address, task }
    }
}

impl Drop for Mute {
    fn drop(&mut self) {
        self.task.abort();
    }
}
