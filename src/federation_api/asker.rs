//! Who asks for a document: a signature says so, or nobody.
//!
//! A signature that is not believed makes a stranger, who gets what strangers get; where every
//! fetch must be signed, that is nothing. Servers that are blocked are not told that there is
//! anything to be had (I24); they are known by the name on their key, before it is looked for.

use actix_web::http::header::HeaderName;
use actix_web::{HttpRequest, web};

use super::wire;
use crate::activitypub::keys::{self, Disbelief};
use crate::activitypub::uri;
use crate::app::App;
use crate::app::federation::Network;
use crate::delivery::hosts;
use crate::domain::{Error, Result};
use crate::model::host;
use crate::secrets::signature::{self, Claim, Request};
use crate::social::documents::{self, Asker};

const SIGNATURE: HeaderName = HeaderName::from_static("signature");

/// Who asks.
///
/// # Errors
/// `SignIn` where every fetch must be signed (the admin wants it, or only some servers are
/// spoken with) and this one is not, or not so that it is believed; `NotFound` for whom nothing
/// is shown.
pub async fn who(req: &HttpRequest, app: &App) -> Result<Asker> {
    let signed = match req.headers().contains_key(SIGNATURE) {
        true => signer(req, app).await?,
        false => None,
    };
    match signed {
        Some(asker) => Ok(asker),
        None if must_sign(app).await? => Err(Error::SignIn(
            "Documents of this server are for those who sign their requests",
        )),
        None => Ok(Asker::STRANGER),
    }
}

/// Whether documents are for those alone who sign their requests.
pub async fn must_sign(app: &App) -> Result<bool> {
    Ok(app.config.federation.authorized_fetch || app.speaks_with_few().await?)
}

async fn signer(req: &HttpRequest, app: &App) -> Result<Option<Asker>> {
    let Some(network) = req.app_data::<web::Data<Network>>() else {
        return Ok(None);
    };
    let (Some(claim), true) = (read(req, app), app.config.server.federates()) else {
        return Ok(None);
    };
    let authority = keys::address(&claim)
        .ok()
        .and_then(|key_id| uri::authority(&key_id));
    let Some(authority) = authority else {
        return Ok(None);
    };
    if host::is_suspended(app.host_flags(&authority).await?) {
        return Err(Error::NotFound);
    }
    match keys::believe_anybody(&network.federation(), &claim, None).await {
        Ok(known) => {
            hosts::heard_from(app, known.host).await;
            let asker = documents::asker(app, known.account, known.host).await;
            asker.map(Some)
        }
        Err(Disbelief::Broken(error)) => Err(error),
        // Who signs and cannot be asked about now is told to come again, where strangers get
        // nothing; elsewhere they get what everybody does.
        Err(Disbelief::Later(_)) if must_sign(app).await? => Err(Error::Busy),
        Err(_) => Ok(None),
    }
}

fn read(req: &HttpRequest, app: &App) -> Option<Claim> {
    let (origin, headers) = (app.origin(), wire::headers(req));
    let request = Request {
        method: "GET",
        origin: &origin,
        target: wire::target(req),
        headers: &headers,
        has_body: false,
    };
    signature::read(&request, app.clock.now()).ok()
}
