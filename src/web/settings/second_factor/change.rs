//! What asks for the password once more and nothing else: taking a factor away, new recovery
//! codes; and the page that shows codes once.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::{ClientAddress, Error, Result};
use crate::door::Caller;
use crate::door::forms::lenient;
use crate::gate::who::SignedIn;
use crate::identity::second_factor::codes::{self, Codes};
use crate::identity::second_factor::{self, app as codes_app, passkeys};
use crate::secrets::Secret;
use crate::web::error::WebError;
use crate::web::form;
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};

/// Posts `act`, `id`, `password` to `/settings/second-factor/change`.
#[derive(Template)]
#[template(path = "settings/second_factor_change.html")]
pub struct ConfirmPage {
    /// The frame; its title says what is about to happen.
    pub page: Page,
    /// What was wrong.
    pub form: Form,
    /// `remove-app`, `remove-passkey` or `new-codes`.
    pub act: &'static str,
    /// The passkey; empty for the others.
    pub id: String,
    /// What follows from it.
    pub sentence: String,
    /// What the button says.
    pub button: &'static str,
}

/// Recovery codes, this once.
#[derive(Template)]
#[template(path = "settings/second_factor_codes.html")]
pub struct CodesPage {
    /// The frame.
    pub page: Page,
    /// What was just done.
    pub done: String,
    /// Ten codes.
    pub codes: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    RemoveApp,
    RemovePasskey,
    NewCodes,
}

impl Act {
    fn from_word(word: &str) -> Result<Act> {
        [Act::RemoveApp, Act::RemovePasskey, Act::NewCodes]
            .into_iter()
            .find(|act| act.word() == word)
            .ok_or(Error::NotFound)
    }

    fn word(self) -> &'static str {
        match self {
            Act::RemoveApp => "remove-app",
            Act::RemovePasskey => "remove-passkey",
            Act::NewCodes => "new-codes",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Act::RemoveApp => "Take the app away?",
            Act::RemovePasskey => "Take the passkey away?",
            Act::NewCodes => "New recovery codes?",
        }
    }

    fn button(self) -> &'static str {
        match self {
            Act::RemoveApp | Act::RemovePasskey => "Take it away",
            Act::NewCodes => "Make ten new ones",
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    #[serde(default, deserialize_with = "lenient::string")]
    act: String,
    #[serde(default, deserialize_with = "lenient::string")]
    id: String,
    #[serde(default, deserialize_with = "lenient::string")]
    password: String,
}

pub(super) async fn confirm(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
    query: web::Query<Wanted>,
) -> Result<HttpResponse, WebError> {
    let act = Act::from_word(&query.act)?;
    render(&app, &req, &caller, act, &query.id, Form::new()).await
}

pub(super) async fn act(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
    form: form::Form<Wanted>,
) -> Result<HttpResponse, WebError> {
    let (who, fields) = (caller.signed_in()?, form.fields);
    let act = Act::from_word(&fields.act)?;
    let password = Secret::new(fields.password);
    let from = ClientAddress(caller.address());
    let done = async {
        let proof = second_factor::prove(&app, who, &password, from).await?;
        match act {
            Act::RemoveApp => codes_app::remove(&app, proof).await.map(|()| None),
            Act::RemovePasskey => {
                let id = fields.id.parse().map_err(|_| Error::NotFound)?;
                passkeys::remove(&app, proof, id).await.map(|()| None)
            }
            Act::NewCodes => codes::renew(&app, proof).await.map(Some),
        }
    };
    let said = match act {
        Act::RemoveApp => "The app is taken away.",
        Act::RemovePasskey => "The passkey is taken away.",
        Act::NewCodes => "The old codes are void.",
    };
    match done.await {
        Ok(codes) => codes_or_back(&req, &caller, codes, said).await,
        Err(Error::Invalid(invalid)) => {
            let form = Form::new().refused(&invalid);
            let page = render(&app, &req, &caller, act, &fields.id, form).await?;
            Ok(frame::refused(page))
        }
        Err(Error::Conflict(sentence)) => Ok(frame::see_other_with(
            "/settings/second-factor",
            &Flash::trouble(sentence.as_ref()),
        )),
        Err(other) => Err(other.into()),
    }
}

/// Codes that were just made are shown; without any it is back to what is set.
pub(super) async fn codes_or_back(
    req: &HttpRequest,
    caller: &Caller,
    codes: Option<Codes>,
    done: &str,
) -> Result<HttpResponse, WebError> {
    let said = format!("{done} Other browsers are signed out.");
    let Some(codes) = codes else {
        return Ok(frame::see_other_with(
            "/settings/second-factor",
            &Flash::done(said),
        ));
    };
    let mut page = frame::page(req, Some(caller), "Your recovery codes").await?;
    page.here = Here::Settings;
    // What was missing until now is there.
    if let Some(viewer) = page.viewer.as_mut() {
        viewer.missing_factor = None;
    }
    let page = CodesPage {
        page,
        done: said,
        codes: codes.0.iter().map(|c| c.reveal().to_owned()).collect(),
    };
    frame::render(req, &page)
}

async fn render(
    app: &App,
    req: &HttpRequest,
    caller: &Caller,
    act: Act,
    id: &str,
    form: Form,
) -> Result<HttpResponse, WebError> {
    let who = caller.signed_in()?;
    let (sentence, id) = sentence(app, who, act, id).await?;
    let mut page = frame::page(req, Some(caller), act.title()).await?;
    page.here = Here::Settings;
    page.has_errors = form.has_errors();
    let page = ConfirmPage {
        page,
        form,
        act: act.word(),
        id,
        sentence,
        button: act.button(),
    };
    frame::render(req, &page)
}

async fn sentence(app: &App, who: &SignedIn, act: Act, id: &str) -> Result<(String, String)> {
    let set = second_factor::of(app, who).await?;
    let last = set.passkeys.len() + usize::from(set.app.is_some()) == 1;
    let after = match (last, who.user.role.reviews_applications()) {
        (true, true) => {
            " It is the last one: after it your password alone lets somebody in, and your staff \
             rights sleep."
        }
        (true, false) => " It is the last one: after it your password alone lets somebody in.",
        _ => "",
    };
    match act {
        Act::RemoveApp if set.app.is_some() => Ok((
            format!("Its codes are no longer asked for.{after}"),
            String::new(),
        )),
        Act::RemovePasskey => {
            let key = set.passkeys.iter().find(|key| key.id.to_string() == id);
            let key = key.ok_or(Error::NotFound)?;
            let words = format!("“{}” no longer signs you in.{after}", key.name);
            Ok((words, key.id.to_string()))
        }
        Act::NewCodes if set.any() => Ok((
            format!(
                "You have {} of ten left. They become void, and ten new ones are shown, once.",
                set.codes_left
            ),
            String::new(),
        )),
        _ => Err(Error::NotFound),
    }
}
