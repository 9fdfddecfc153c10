//! `/settings/move`: other accounts of the same person, moving here and away.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::app::federation::Network;
use crate::domain::{ClientAddress, Error};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::identity::password;
use crate::secrets::Secret;
use crate::social::accounts::aliases::{self, Alias};
use crate::social::accounts::move_out;
use crate::web::error::WebError;
use crate::web::form::{self, Nothing};
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};

/// Longest handle or address that is looked up, in bytes.
const MAX_TYPED: usize = 300;

/// Forms: `/settings/move/aliases` (`alias`), `/settings/move/aliases/remove` (`uri`),
/// `/settings/move` (`target`, `password`), `/settings/move/stay`.
#[derive(Template)]
#[template(path = "settings/relocation.html")]
pub struct MovePage {
    /// The frame.
    pub page: Page,
    /// The member's own handle with the domain, without the first `@`.
    pub own: String,
    /// Other accounts that are the member's.
    pub aliases: Vec<Alias>,
    /// Where the account has moved to, by its handle.
    pub moved_to: Option<String>,
    /// What was typed as another account, and what is wrong.
    pub alias_form: Form,
    /// The same for the move.
    pub move_form: Form,
}

/// What differs is named by each row below.
const ROW: Route = Route {
    method: "POST",
    path: "/settings/move",
    access: Access::Session,
    pending: Pending::Refused,
    rate: Rate::Write,
    caching: Caching::Private,
    handler: web::post,
};

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        rate: Rate::Usual,
        handler: || web::to(show),
        ..ROW
    },
    Route {
        rate: Rate::SignIn,
        handler: || web::to(move_away),
        ..ROW
    },
    Route {
        path: "/settings/move/aliases",
        handler: || web::to(add),
        ..ROW
    },
    Route {
        path: "/settings/move/aliases/remove",
        handler: || web::to(remove),
        ..ROW
    },
    Route {
        path: "/settings/move/stay",
        handler: || web::to(stay),
        ..ROW
    },
];

async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    page(&req, &app, &caller, Form::new(), Form::new()).await
}

#[derive(Deserialize)]
struct Named {
    #[serde(default, deserialize_with = "lenient::string")]
    alias: String,
}

async fn add(
    req: HttpRequest,
    app: web::Data<App>,
    network: web::Data<Network>,
    caller: Caller,
    sent: form::Form<Named>,
) -> Result<HttpResponse, WebError> {
    let typed = short(&sent.fields.alias);
    match aliases::add(&network, &caller.member()?, typed).await {
        Ok(()) => Ok(done("Noted. You can start the move over there now.")),
        Err(Error::Invalid(invalid)) => {
            let form = trouble(Form::new().with("alias", typed), &invalid, "This handle");
            Ok(frame::refused(
                page(&req, &app, &caller, form, Form::new()).await?,
            ))
        }
        Err(other) => Err(other.into()),
    }
}

#[derive(Deserialize)]
struct Address {
    #[serde(default, deserialize_with = "lenient::string")]
    uri: String,
}

async fn remove(
    app: web::Data<App>,
    caller: Caller,
    sent: form::Form<Address>,
) -> Result<HttpResponse, WebError> {
    aliases::remove(&app, &caller.member()?, &sent.fields.uri).await?;
    Ok(done("Taken out."))
}

#[derive(Deserialize)]
struct Away {
    #[serde(default, deserialize_with = "lenient::string")]
    target: String,
    #[serde(default, deserialize_with = "lenient::string")]
    password: String,
}

async fn move_away(
    req: HttpRequest,
    app: web::Data<App>,
    network: web::Data<Network>,
    caller: Caller,
    sent: form::Form<Away>,
) -> Result<HttpResponse, WebError> {
    let typed = short(&sent.fields.target).to_owned();
    let secret = Secret::new(sent.fields.password);
    let from = ClientAddress(caller.address());
    let moved = async {
        let who = password::prove(&app, caller.signed_in()?, &secret, from).await?;
        move_out::move_out(&network, &who, &typed).await
    };
    match moved.await {
        Ok(()) => Ok(done("You have moved. Your followers are being told.")),
        Err(Error::Invalid(invalid)) => {
            let form = trouble(Form::new().with("target", &typed), &invalid, "That account");
            Ok(frame::refused(
                page(&req, &app, &caller, Form::new(), form).await?,
            ))
        }
        Err(other) => Err(other.into()),
    }
}

async fn stay(
    app: web::Data<App>,
    caller: Caller,
    _: form::Form<Nothing>,
) -> Result<HttpResponse, WebError> {
    move_out::stay(&app, &caller.member()?).await?;
    Ok(done("You live here again, and can post."))
}

fn done(words: &'static str) -> HttpResponse {
    frame::see_other_with("/settings/move", &Flash::done(words))
}

/// What is wrong in a sentence: `subject` stands before what is said of the handle.
fn trouble(form: Form, invalid: &crate::domain::error::Invalid, subject: &str) -> Form {
    match invalid.fields.first() {
        Some(field) if field.field == "password" => {
            form.error("password", "This is not your password.")
        }
        Some(field) => form.error(
            field.field.to_string(),
            format!("{subject} {}.", field.description),
        ),
        None => form.refused(invalid),
    }
}

fn short(typed: &str) -> &str {
    let typed = typed.trim();
    let end = (0..=MAX_TYPED.min(typed.len()))
        .rev()
        .find(|n| typed.is_char_boundary(*n));
    &typed[..end.unwrap_or(0)]
}

async fn page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    alias_form: Form,
    move_form: Form,
) -> Result<HttpResponse, WebError> {
    let who = caller.member()?;
    let standing = aliases::standing(app, &who).await?;
    let mut page = frame::page(req, Some(caller), "Moving").await?;
    page.here = Here::Settings;
    page.has_errors = alias_form.has_errors() || move_form.has_errors();
    let shown = MovePage {
        page,
        own: format!(
            "{}@{}",
            who.user().username,
            app.config.server.handle_domain
        ),
        aliases: standing.aliases,
        moved_to: standing.moved_to,
        alias_form,
        move_form,
    };
    frame::render(req, &shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_cut_between_letters() {
        assert_eq!(short(" @ann@there.example "), "@ann@there.example");
        assert_eq!(short(&"é".repeat(400)).chars().count(), MAX_TYPED / 2);
    }
}
