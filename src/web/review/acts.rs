//! What is done with one application: each a form below `/desk/applications/ID`.

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use futures::future::LocalBoxFuture;
use serde::Deserialize;

use super::application::{id_of, page};
use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::applications::reject::{self, Rejection};
use crate::gate::applications::undo::{self, Undone};
use crate::gate::applications::{
    approve, ask, claim, let_in, mail_reaches_people, notes, presets, put_off,
};
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::Flash;

/// What differs is named by each row below.
const ROW: Route = Route {
    method: "POST",
    path: "/desk/applications/{id}/approve",
    access: Access::Desk,
    pending: Pending::Refused,
    rate: Rate::Write,
    caching: Caching::Private,
    handler: || web::to(approve_it),
};

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    ROW,
    Route {
        path: "/desk/applications/{id}/reject",
        handler: || web::to(reject_it),
        ..ROW
    },
    Route {
        path: "/desk/applications/{id}/ask",
        handler: || web::to(ask_them),
        ..ROW
    },
    Route {
        path: "/desk/applications/{id}/put-off",
        handler: || web::to(put_it_off),
        ..ROW
    },
    Route {
        path: "/desk/applications/{id}/take-up",
        handler: || web::to(take_it_up),
        ..ROW
    },
    Route {
        path: "/desk/applications/{id}/note",
        handler: || web::to(note_it),
        ..ROW
    },
    Route {
        path: "/desk/applications/{id}/claim",
        handler: || web::to(claim_it),
        ..ROW
    },
    Route {
        path: "/desk/applications/{id}/release",
        handler: || web::to(release_it),
        ..ROW
    },
    Route {
        path: "/desk/applications/{id}/read",
        handler: || web::to(mark_it_read),
        ..ROW
    },
    Route {
        path: "/desk/applications/{id}/undo",
        handler: || web::to(undo_it),
        ..ROW
    },
];

/// What was typed into the card's forms.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    #[serde(deserialize_with = "lenient::string")]
    version: String,
    #[serde(deserialize_with = "lenient::string")]
    message: String,
    #[serde(deserialize_with = "lenient::opt_i64")]
    preset: Option<i64>,
    #[serde(deserialize_with = "lenient::string")]
    send_mail: String,
    #[serde(deserialize_with = "lenient::string")]
    note: String,
}

impl Typed {
    /// The card's form again, with nothing lost.
    fn form(&self) -> Form {
        let preset = self.preset.map(|id| id.to_string());
        Form::new()
            .with("message", self.message.clone())
            .with("preset", preset.unwrap_or_default())
            .with("send_mail", self.send_mail.clone())
            .with("note", self.note.clone())
    }
}

/// One request to act on one application.
struct Act {
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    id: Id,
    typed: Typed,
}

impl FromRequest for Act {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        type Parts = (web::Data<App>, Caller, web::Path<String>, Sent<Typed>);
        let (req, parts) = (req.clone(), Parts::from_request(req, payload));
        Box::pin(async move {
            let (app, caller, path, sent) = parts.await?;
            Ok(Act {
                req,
                app,
                caller,
                id: id_of(&path)?,
                typed: sent.fields,
            })
        })
    }
}

impl Act {
    /// On to where it goes on, or the card again with what was wrong and what changed.
    async fn end(self, done: Result<()>, next: &str, said: &str) -> Result<HttpResponse, WebError> {
        let form = self.typed.form();
        let (status, form) = match done {
            Ok(()) => return Ok(frame::see_other_with(next, &Flash::done(said))),
            Err(Error::Conflict(sentence)) => (StatusCode::CONFLICT, form.error("", sentence)),
            Err(Error::Denied(sentence)) => (StatusCode::FORBIDDEN, form.error("", sentence)),
            Err(Error::Invalid(invalid)) => {
                (StatusCode::UNPROCESSABLE_ENTITY, form.refused(&invalid))
            }
            Err(error) => return Err(error.into()),
        };
        let since = Some(self.typed.version.as_str()).filter(|hash| !hash.is_empty());
        let mut response = page(
            &self.req,
            &self.app,
            &self.caller,
            self.id,
            since,
            Some(form),
        )
        .await?;
        *response.status_mut() = status;
        Ok(response)
    }

    fn seen(&self) -> Option<&str> {
        Some(&self.typed.version)
    }

    fn card(&self) -> String {
        format!("/desk/applications/{}", self.id)
    }

    /// Canned words and own ones.
    async fn words(&self) -> Result<Option<String>> {
        let (reviewer, own) = (self.caller.reviewer()?, &self.typed.message);
        presets::with_own(&self.app, &reviewer, self.typed.preset, own).await
    }
}

type Answer = Result<HttpResponse, WebError>;

async fn approve_it(act: Act) -> Answer {
    let done = async {
        let words = act.words().await?;
        approve::approve(
            &act.app,
            &act.caller.reviewer()?,
            act.id,
            act.seen(),
            words.as_deref(),
        )
        .await
    };
    let done = done.await;
    act.end(done, "/desk", "They are in. A welcome is on its way.")
        .await
}

async fn reject_it(act: Act) -> Answer {
    let done = async {
        let no = Rejection {
            message: act.words().await?,
            // Without mail there is no box to tick: a no is read on the waiting page.
            told: mail_reaches_people(&act.app).then(|| act.typed.send_mail == "1"),
        };
        reject::reject(&act.app, &act.caller.reviewer()?, act.id, act.seen(), no).await
    };
    let done = done.await;
    act.end(done, "/desk", "Turned down.").await
}

async fn ask_them(act: Act) -> Answer {
    let done = async {
        let words = act.words().await?.unwrap_or_default();
        ask::ask(&act.app, &act.caller.reviewer()?, act.id, &words).await
    };
    let done = done.await;
    act.end(done, "/desk", "Asked. It is back when they have answered.")
        .await
}

async fn put_it_off(act: Act) -> Answer {
    let done = put_off::put_off(&act.app, &act.caller.reviewer()?, act.id, act.seen()).await;
    act.end(done, "/desk", "Put off for 14 days. They are told.")
        .await
}

async fn take_it_up(act: Act) -> Answer {
    let done = put_off::take_up(&act.app, &act.caller.reviewer()?, act.id).await;
    let card = act.card();
    act.end(done, &card, "It is back in the queue.").await
}

async fn note_it(act: Act) -> Answer {
    let done = notes::note(&act.app, &act.caller.reviewer()?, act.id, &act.typed.note).await;
    // The words were those of the other field.
    let done = done.map_err(|error| match error {
        Error::Invalid(mut invalid) => {
            for field in &mut invalid.fields {
                field.field = "note".into();
            }
            Error::Invalid(invalid)
        }
        other => other,
    });
    let card = act.card();
    act.end(done, &card, "Noted.").await
}

async fn claim_it(act: Act) -> Answer {
    let done = claim::claim(&act.app, &act.caller.reviewer()?, act.id).await;
    let card = act.card();
    act.end(done, &card, "The others see that you are reading it.")
        .await
}

async fn release_it(act: Act) -> Answer {
    let done = claim::release(&act.app, &act.caller.reviewer()?, act.id).await;
    act.end(done, "/desk", "Left to the others.").await
}

async fn mark_it_read(act: Act) -> Answer {
    let done = let_in::mark_read(&act.app, &act.caller.reviewer()?, &[act.id]).await;
    act.end(done.map(|_| ()), "/desk?state=unread", "Read.")
        .await
}

async fn undo_it(act: Act) -> Answer {
    let done = undo::undo(&act.app, &act.caller.reviewer()?, act.id).await;
    let said = match &done {
        Ok(Undone::Suspended) => {
            "Other servers know this account already, so it could not be unmade: it is suspended."
        }
        _ => "Taken back. It waits again.",
    };
    let card = act.card();
    act.end(done.map(|_| ()), &card, said).await
}
