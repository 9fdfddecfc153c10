//! Notes on each request who it came from.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};
use ipnet::IpNet;

use crate::domain::ClientAddress;

/// The proxies whose `X-Forwarded-For` is believed; in the app data. None without it.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies(pub Vec<IpNet>);

/// Middleware: puts a [`ClientAddress`] into the request's extensions, where the doors read
/// it. `X-Forwarded-For` from anybody but a trusted proxy is as if it were not there; other
/// headers of the kind (`Forwarded`, `X-Real-IP`) always are.
pub async fn note_client<B: MessageBody>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let client = match req.peer_addr() {
        Some(peer) => {
            let forwarded: Vec<&str> = req
                .headers()
                .get_all("x-forwarded-for")
                // What is no text ends the chain, as any nonsense does.
                .map(|value| value.to_str().unwrap_or_default())
                .collect();
            let trusted = req
                .app_data::<web::Data<TrustedProxies>>()
                .map(|proxies| proxies.0.as_slice())
                .unwrap_or_default();
            ClientAddress::find(peer.ip(), forwarded.into_iter(), trusted)
        }
        None => ClientAddress::UNKNOWN,
    };
    req.extensions_mut().insert(client);
    next.call(req).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::middleware::from_fn;
    use actix_web::{App, HttpRequest, test};

    async fn who(req: HttpRequest) -> String {
        let extensions = req.extensions();
        extensions.get::<ClientAddress>().unwrap().0.to_string()
    }

    #[actix_web::test]
    async fn only_a_trusted_peer_speaks_for_others() {
        let proxies = TrustedProxies(vec!["192.0.2.1/32".parse().unwrap()]);
        let app = test::init_service(
            App::new()
                .app_data(web::Data::new(proxies))
                .wrap(from_fn(note_client))
                .default_service(web::to(who)),
        )
        .await;
        for (peer, expected) in [
            ("192.0.2.1:99", "203.0.113.9"),
            ("192.0.2.2:99", "192.0.2.2"),
        ] {
            let request = test::TestRequest::get()
                .peer_addr(peer.parse().unwrap())
                .append_header(("X-Forwarded-For", "6.6.6.6"))
                .append_header(("X-Forwarded-For", "203.0.113.9"))
                .append_header(("X-Real-IP", "6.6.6.6"))
                .to_request();
            let body = test::call_and_read_body(&app, request).await;
            assert_eq!(body, expected);
        }
    }
}
