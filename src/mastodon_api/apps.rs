//! Apps register, and ask who they are (quirks 54 to 57).

use actix_web::{HttpResponse, web};
use serde::Deserialize;

use super::entities::{Application, CredentialApplication};
use super::{ApiError, Params};
use crate::app::App;
use crate::domain::Error;
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::who::Via;
use crate::identity::access::{self, Bearer};
use crate::identity::oauth::apps::{self, Registration};
use crate::model::app::OauthApp;

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "POST",
        path: "/api/v1/apps",
        access: Access::Open,
        pending: Pending::AnyStanding,
        rate: Rate::Apps,
        caching: Caching::Private,
        handler: || web::to(register),
    },
    Route {
        method: "GET",
        path: "/api/v1/apps/verify_credentials",
        // Any living token, whatever its scopes: the handler looks itself.
        access: Access::Deferred(""),
        pending: Pending::AnyStanding,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(verify_credentials),
    },
];

#[derive(Deserialize)]
struct AppForm {
    #[serde(default, deserialize_with = "lenient::string")]
    client_name: String,
    #[serde(default, deserialize_with = "lenient::strings")]
    redirect_uris: Vec<String>,
    #[serde(default, deserialize_with = "lenient::strings")]
    scopes: Vec<String>,
    #[serde(default, deserialize_with = "lenient::opt_word")]
    website: Option<String>,
}

async fn register(
    app: web::Data<App>,
    Params(form): Params<AppForm>,
) -> Result<HttpResponse, ApiError> {
    let cmd = Registration {
        name: form.client_name,
        redirect_uris: form.redirect_uris,
        scopes: Some(form.scopes.join(" ")),
        website: form.website,
    };
    let registered = apps::register(&app, cmd).await?;
    Ok(HttpResponse::Ok().json(CredentialApplication {
        client_id: registered.app.client_id.clone(),
        client_secret: registered.secret.reveal().to_owned(),
        client_secret_expires_at: 0,
        application: application(registered.app),
    }))
}

async fn verify_credentials(app: web::Data<App>, caller: Caller) -> Result<HttpResponse, ApiError> {
    let invalid = || Error::SignIn("The access token is invalid");
    let digest = caller.bearer().ok_or_else(invalid)?;
    let app_id = match access::by_token(&app, &digest).await?.ok_or_else(invalid)? {
        Bearer::App { app_id, .. } => app_id,
        Bearer::User(user) => match user.via {
            Via::Token { app_id, .. } => app_id,
            Via::Session { .. } | Via::CommandLine | Via::Waited => return Err(invalid().into()),
        },
    };
    Ok(HttpResponse::Ok().json(application(apps::find(&app, app_id).await?)))
}

fn application(app: OauthApp) -> Application {
    Application {
        id: app.id,
        name: app.name,
        website: app.website,
        scopes: app.scopes.split(' ').map(str::to_owned).collect(),
        redirect_uri: app.redirect_uris.join("\n"),
        redirect_uris: app.redirect_uris,
        // No push yet, so no key: the member must be there, and empty says so.
        vapid_key: String::new(),
    }
}
