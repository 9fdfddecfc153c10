//! `/desk/keys`: which key does what at the desk. Each may be another one, and all can be
//! switched off (WCAG 2.1.4).

use std::collections::BTreeMap;
use std::fmt;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::Result;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::desk_keys;
use crate::gate::desk_keys::{ACTS, Act, Keys};
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};

/// The keys as pages use them.
#[derive(Debug, Clone, Default)]
pub struct KeyMap(Keys);

/// Attributes of a button, link or field that a key does; nothing where keys are off.
pub struct Attributes(Option<char>);

impl fmt::Display for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(key) => {
                let key = crate::text::html::escape(&key.to_string());
                write!(
                    f,
                    r#" data-key="{key}" aria-keyshortcuts="{key}" title="Key: {key}""#
                )
            }
            None => Ok(()),
        }
    }
}

// One escaped letter between fixed words.
impl askama::filters::HtmlSafe for Attributes {}

impl KeyMap {
    /// Those of whoever is looking.
    pub fn of(caller: &Caller) -> Result<KeyMap> {
        Ok(KeyMap(Keys::of(caller.reviewer()?.user())))
    }

    /// What stands at the thing that an act is done with.
    pub fn at(&self, act: &str) -> Attributes {
        Attributes(self.0.key(act))
    }

    /// The key of an act as an attribute's value; empty where keys are off.
    pub fn key(&self, act: &str) -> String {
        self.0.key(act).map(String::from).unwrap_or_default()
    }

    /// Whether keys do anything.
    pub fn on(&self) -> bool {
        self.0.on
    }
}

/// All keys. Posts to itself: `on` ("1"), `key[ACT]`; `reset` for those that there were.
#[derive(Template)]
#[template(path = "review/keys.html")]
pub struct KeysPage {
    /// The frame.
    pub page: Page,
    /// What holds, or was typed.
    pub form: Form,
    /// What keys can do.
    pub acts: &'static [Act],
    /// The keys that hold.
    pub keys: KeyMap,
}

/// What differs is named by each row below.
const ROW: Route = Route {
    method: "GET",
    path: "/desk/keys",
    access: Access::Desk,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: web::get,
};

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        handler: || web::to(show),
        ..ROW
    },
    Route {
        method: "POST",
        rate: Rate::Write,
        handler: || web::to(save),
        ..ROW
    },
];

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Typed {
    on: String,
    reset: String,
    key: BTreeMap<String, String>,
}

async fn show(req: HttpRequest, caller: Caller) -> Result<HttpResponse, WebError> {
    let keys = KeyMap::of(&caller)?;
    let mut form = Form::new().with("on", if keys.0.chosen_on() { "1" } else { "" });
    for act in ACTS {
        form = form.with(act.name, keys.0.of_act(act.name).to_string());
    }
    page(&req, &caller, form).await
}

async fn save(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<Typed>,
) -> Result<HttpResponse, WebError> {
    let reviewer = caller.reviewer()?;
    let typed = sent.fields;
    let done = match typed.reset.as_str() {
        "" => desk_keys::choose(&app, &reviewer, typed.on == "1", &typed.key).await,
        _ => desk_keys::reset(&app, &reviewer).await,
    };
    match done {
        Ok(()) => Ok(frame::see_other_with(
            "/desk/keys",
            &Flash::done("The keys are as you chose."),
        )),
        Err(crate::domain::Error::Invalid(invalid)) => {
            let mut form = Form::new().with("on", typed.on);
            for (name, key) in typed.key {
                form = form.with(name, key);
            }
            let form = form.refused(&invalid);
            Ok(frame::refused(page(&req, &caller, form).await?))
        }
        Err(error) => Err(error.into()),
    }
}

async fn page(req: &HttpRequest, caller: &Caller, form: Form) -> Result<HttpResponse, WebError> {
    let keys = KeyMap::of(caller)?;
    let mut page = frame::page(req, Some(caller), "Keys of the desk").await?;
    page.here = Here::Desk;
    page.has_errors = form.has_errors();
    let shown = KeysPage {
        page,
        form,
        acts: ACTS,
        keys,
    };
    frame::render(req, &shown)
}
