//! May this app act for me?
//!
//! [`check`] reads the request of an app. What is wrong with the app itself or with its
//! redirect URI is shown to the person and never redirected anywhere (T8); all other trouble
//! goes back to the app. Only then is the person asked, and [`allow`] or [`deny`] follows.

use chrono::TimeDelta;

use super::redirect::{self, OUT_OF_BAND};
use super::{apps, pkce};
use crate::app::App;
use crate::domain::scopes::Scopes;
use crate::domain::{Error, Result};
use crate::gate::who::{self, SignedIn};
use crate::model::app::OauthApp;
use crate::secrets::Secret;
use crate::store;
use crate::store::tokens::NewCode;

/// How long a code can be exchanged.
const CODE_LIFE: TimeDelta = TimeDelta::minutes(10);
/// The longest `state` that is sent back, in bytes.
const MAX_STATE: usize = 2000;

/// The parameters of `/oauth/authorize`, as they came.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Request {
    /// Must be `code`.
    pub response_type: Option<String>,
    /// Which app.
    pub client_id: Option<String>,
    /// One of those it registered.
    pub redirect_uri: Option<String>,
    /// Words by spaces; none is `read`.
    pub scope: Option<String>,
    /// Sent back as it is.
    pub state: Option<String>,
    /// PKCE.
    pub code_challenge: Option<String>,
    /// PKCE: `S256`.
    pub code_challenge_method: Option<String>,
}

/// A request that a person can be asked about.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Who asks.
    pub app: OauthApp,
    /// For what; not empty, covered by what the app registered.
    pub scopes: Scopes,
    redirect_uri: String,
    state: Option<String>,
    challenge: Option<String>,
}

/// What became of a request.
#[derive(Debug)]
pub enum Checked {
    /// Ask the person.
    Ask(Box<Wish>),
    /// Tell the app what is wrong: send the browser there.
    SendBack(String),
}

/// Where the person goes with the answer.
#[derive(Debug, PartialEq)]
pub enum Outcome {
    /// To the app.
    Redirect(String),
    /// To a page that shows the code to copy.
    Show(Secret),
    /// Denied out of band: there is no app to go to.
    Nowhere,
}

/// Whether the request can be asked about.
///
/// # Errors
/// `BadRequest` with a sentence for the person, when the app or the redirect URI is not
/// known: nothing is sent anywhere.
pub async fn check(app: &App, request: &Request) -> Result<Checked> {
    let client_id = request.client_id.as_deref().unwrap_or_default();
    let Some(oauth_app) = apps::by_client_id(app, client_id).await? else {
        return Err(Error::BadRequest(
            "The app that sent you here is not registered with this server. \
             Go back to it and start again."
                .into(),
        ));
    };
    let Some(uri) = request
        .redirect_uri
        .as_deref()
        .filter(|uri| redirect::is_registered(&oauth_app.redirect_uris, uri))
    else {
        return Err(Error::BadRequest(
            "The app that sent you here asks us to answer to an address that it did not \
             register. We do not do that; tell its makers."
                .into(),
        ));
    };
    let uri = uri.to_owned();
    Ok(match examine(oauth_app, request, uri.clone()) {
        Ok(wish) => Checked::Ask(Box::new(wish)),
        Err((code, description)) => {
            let state = request.state.as_deref();
            match send_back(
                &uri,
                state,
                &[("error", code), ("error_description", description)],
            ) {
                Some(url) => Checked::SendBack(url),
                None => return Err(Error::BadRequest(description.into())),
            }
        }
    })
}

type Trouble = (&'static str, &'static str);

fn examine(app: OauthApp, request: &Request, uri: String) -> Result<Wish, Trouble> {
    match request.response_type.as_deref() {
        Some("code") => {}
        None => return Err(("invalid_request", "response_type is missing")),
        Some(_) => {
            return Err(("unsupported_response_type", "response_type must be code"));
        }
    }
    if request.state.as_ref().is_some_and(|s| s.len() > MAX_STATE) {
        return Err(("invalid_request", "state is too long"));
    }
    let challenge = pkce::challenge(
        request.code_challenge.as_deref(),
        request.code_challenge_method.as_deref(),
    )
    .map_err(|what| ("invalid_request", what))?;
    let scopes = wanted_scopes(&app.scopes, request.scope.as_deref()).ok_or((
        "invalid_scope",
        "A scope is unknown, or not one that the app registered",
    ))?;
    Ok(Wish {
        app,
        scopes,
        redirect_uri: uri,
        state: request.state.clone(),
        challenge,
    })
}

/// The scopes asked for, `read` without any; `None` when one is unknown or was not
/// registered.
pub(super) fn wanted_scopes(registered: &str, asked: Option<&str>) -> Option<Scopes> {
    let asked = asked
        .filter(|text| !text.trim().is_empty())
        .unwrap_or("read");
    let asked = Scopes::parse(asked).ok().filter(|s| !s.is_empty())?;
    Scopes::known(registered).cover(&asked).then_some(asked)
}

impl Wish {
    /// Where the person goes afterwards: a host, an app's scheme; `None` for a code to copy.
    pub fn destination(&self) -> Option<String> {
        redirect::destination(&self.redirect_uri)
    }
}

/// Writes a code for the app, and says where to go with it.
///
/// # Errors
/// The gate's, for who may not consent: unconfirmed, refused or switched off. A pending
/// user may; what the token can do is the sandbox.
pub async fn allow(app: &App, who: &SignedIn, wish: &Wish) -> Result<Outcome> {
    who::admit_to_sandbox(who)?;
    // Refused without a word: no app is let in (T7), and nothing says why.
    if who.application.as_ref().is_some_and(|a| a.over) {
        return Err(Error::denied(
            "Apps cannot be let in just now. Please try again another day.",
        ));
    }
    let now = app.clock.now();
    let code = Secret::random();
    let new = NewCode {
        digest: code.digest(),
        app_id: wish.app.id,
        user_id: who.user.id,
        redirect_uri: wish.redirect_uri.clone(),
        scopes: wish.scopes.to_string(),
        challenge: wish.challenge.clone(),
        expires_at: now + CODE_LIFE,
    };
    let mut conn = app.pool.get().await?;
    store::tokens::insert_code(&mut conn, &new, now).await?;
    let parameters = [("code", code.reveal())];
    Ok(
        match send_back(&wish.redirect_uri, wish.state.as_deref(), &parameters) {
            Some(url) => Outcome::Redirect(url),
            None => Outcome::Show(code),
        },
    )
}

/// Where to go with a no.
pub fn deny(wish: &Wish) -> Outcome {
    let parameters = [
        ("error", "access_denied"),
        (
            "error_description",
            "The resource owner denied the request.",
        ),
    ];
    send_back(&wish.redirect_uri, wish.state.as_deref(), &parameters)
        .map_or(Outcome::Nowhere, Outcome::Redirect)
}

/// The redirect URI with the answer and the app's own `state`; `None` out of band.
fn send_back(uri: &str, state: Option<&str>, parameters: &[(&str, &str)]) -> Option<String> {
    if uri == OUT_OF_BAND {
        return None;
    }
    let mut all = parameters.to_vec();
    // Not ours to cut: what is too long to be sent back is not sent.
    all.extend(
        state
            .filter(|state| state.len() <= MAX_STATE)
            .map(|state| ("state", state)),
    );
    Some(redirect::with_parameters(uri, &all))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use proptest::prelude::*;

    fn oauth_app() -> OauthApp {
        OauthApp {
            id: 1,
            name: "App".into(),
            website: None,
            redirect_uris: vec!["app://cb".into(), OUT_OF_BAND.into()],
            scopes: "read write:statuses".into(),
            client_id: "id".into(),
            automation: false,
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    fn request() -> Request {
        Request {
            response_type: Some("code".into()),
            scope: Some("read:accounts write:statuses".into()),
            state: Some("a&b".into()),
            ..Request::default()
        }
    }

    #[test]
    fn an_answer_carries_the_state() {
        let wish = examine(oauth_app(), &request(), "app://cb".into()).unwrap();
        assert_eq!(wish.scopes.to_string(), "read:accounts write:statuses");
        let Outcome::Redirect(url) = deny(&wish) else {
            panic!("nowhere to go");
        };
        assert!(url.starts_with("app://cb?error=access_denied&"), "{url}");
        assert!(url.ends_with("&state=a%26b"), "{url}");
        assert_eq!(wish.destination().as_deref(), Some("app:"));
    }

    #[test]
    fn out_of_band_goes_nowhere() {
        let wish = examine(oauth_app(), &request(), OUT_OF_BAND.into()).unwrap();
        assert_eq!(deny(&wish), Outcome::Nowhere);
        assert_eq!(wish.destination(), None);
    }

    #[test]
    fn scopes_may_be_fewer_and_never_more() {
        assert_eq!(
            wanted_scopes("read write", None).unwrap().to_string(),
            "read"
        );
        assert_eq!(
            wanted_scopes("read", Some("read:lists"))
                .unwrap()
                .to_string(),
            "read:lists"
        );
        for (registered, asked) in [
            ("read", "write"),
            ("read:accounts", "read"),
            ("write", ""),
            ("read write", "admin:read"),
            ("read", "read nonsense"),
        ] {
            assert_eq!(wanted_scopes(registered, Some(asked)), None, "{asked}");
        }
    }

    #[test]
    fn what_is_wrong_has_a_code() {
        let cases = [
            (
                Request {
                    response_type: Some("token".into()),
                    ..request()
                },
                "unsupported_response_type",
            ),
            (
                Request {
                    response_type: None,
                    ..request()
                },
                "invalid_request",
            ),
            (
                Request {
                    scope: Some("follow".into()),
                    ..request()
                },
                "invalid_scope",
            ),
            (
                Request {
                    code_challenge: Some("x".into()),
                    ..request()
                },
                "invalid_request",
            ),
            (
                Request {
                    state: Some("x".repeat(3000)),
                    ..request()
                },
                "invalid_request",
            ),
        ];
        for (request, code) in cases {
            let trouble = examine(oauth_app(), &request, "app://cb".into()).unwrap_err();
            assert_eq!(trouble.0, code);
        }
    }

    proptest! {
        #[test]
        fn what_is_granted_was_registered(
            registered in proptest::sample::subsequence(crate::domain::scopes::ALL, 0..8),
            asked in proptest::sample::subsequence(crate::domain::scopes::ALL, 1..8),
            probe in proptest::sample::select(crate::domain::scopes::ALL),
        ) {
            let registered = registered.join(" ");
            if let Some(granted) = wanted_scopes(&registered, Some(&asked.join(" ")))
                && granted.allows(probe)
            {
                prop_assert!(Scopes::known(&registered).allows(probe));
            }
        }
    }
}
