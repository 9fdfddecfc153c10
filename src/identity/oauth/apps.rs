//! Apps register, and prove themselves.

use super::{Fault, redirect};
use crate::app::App;
use crate::domain::error::Invalid;
use crate::domain::scopes::Scopes;
use crate::domain::{Error, Id, Result};
use crate::model::app::OauthApp;
use crate::secrets::{Secret, token};
use crate::store;
use crate::store::apps::NewApp;

/// The longest name of an app, in characters.
pub const MAX_NAME: usize = 60;
/// The longest address of an app's page, in bytes.
pub const MAX_WEBSITE: usize = 2000;
/// The longest client id that is looked up: ours have 43 characters.
const MAX_CLIENT_ID: usize = 100;

/// What an app says of itself.
#[derive(Debug, Clone, Default)]
pub struct Registration {
    /// 1 to [`MAX_NAME`] characters.
    pub name: String,
    /// One a line, or several.
    pub redirect_uris: Vec<String>,
    /// Words by spaces; none is `read`.
    pub scopes: Option<String>,
    /// An http(s) address, or nothing.
    pub website: Option<String>,
}

/// An app that was just registered.
#[derive(Debug, Clone)]
pub struct Registered {
    /// The app.
    pub app: OauthApp,
    /// Its secret; never seen again.
    pub secret: Secret,
}

/// Registers an app. Anybody may; the door counts them by network, and those that nobody
/// ever used are forgotten after two days.
///
/// # Errors
/// `Invalid` by field.
pub async fn register(app: &App, cmd: Registration) -> Result<Registered> {
    let checked = check(cmd)?;
    let (client_id, secret) = (Secret::random(), Secret::random());
    let new = NewApp {
        client_id: client_id.reveal().to_owned(),
        secret_digest: secret.digest(),
        automation: false,
        ..checked
    };
    let mut conn = app.pool.get().await?;
    let app = store::apps::insert(&mut conn, &new, app.clock.now()).await?;
    Ok(Registered { app, secret })
}

/// The app of that id, for `apps/verify_credentials`.
pub async fn find(app: &App, id: Id) -> Result<OauthApp> {
    let mut conn = app.pool.get().await?;
    store::apps::find(&mut conn, id)
        .await?
        .ok_or(Error::NotFound)
}

/// The app of that public name; looks only.
pub(super) async fn by_client_id(app: &App, client_id: &str) -> Result<Option<OauthApp>> {
    if client_id.is_empty() || client_id.len() > MAX_CLIENT_ID {
        return Ok(None);
    }
    let mut conn = app.pool.get().await?;
    let found = store::apps::find_by_client_id(&mut conn, client_id).await?;
    Ok(found.map(|found| found.app))
}

/// The name of the app with that public name, to be shown to a person.
pub async fn name_of(app: &App, client_id: &str) -> Result<Option<String>> {
    Ok(by_client_id(app, client_id).await?.map(|found| found.name))
}

/// How an app proves itself: in the body, or as HTTP Basic.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// `client_id`.
    pub id: Option<String>,
    /// `client_secret`.
    pub secret: Option<Secret>,
}

/// The app that these are the credentials of.
///
/// # Errors
/// `InvalidClient` when it is unknown, or the secret is missing or wrong: all alike.
pub(super) async fn authenticate(app: &App, client: &Client) -> Result<OauthApp, Fault> {
    let (Some(id), Some(secret)) = (&client.id, &client.secret) else {
        return Err(Fault::InvalidClient);
    };
    if id.is_empty() || id.len() > MAX_CLIENT_ID {
        return Err(Fault::InvalidClient);
    }
    let found = {
        let mut conn = app.pool.get().await?;
        store::apps::find_by_client_id(&mut conn, id).await?
    };
    match found {
        Some(found) if token::equal(&found.secret_digest, &secret.digest()) => Ok(found.app),
        _ => Err(Fault::InvalidClient),
    }
}

/// What will be stored, but for its credentials.
fn check(cmd: Registration) -> Result<NewApp> {
    let mut wrong = Invalid::new();
    let name = visible_line(&cmd.name);
    if name.is_empty() {
        wrong.add("client_name", "ERR_BLANK", "can't be blank");
    } else if name.chars().count() > MAX_NAME {
        wrong.add(
            "client_name",
            "ERR_TOO_LONG",
            "is too long (maximum is 60 characters)",
        );
    }
    let uris = redirect::split(cmd.redirect_uris.iter().map(String::as_str));
    if uris.is_empty() {
        wrong.add("redirect_uris", "ERR_BLANK", "can't be blank");
    } else if uris.len() > redirect::MAX_URIS {
        wrong.add(
            "redirect_uris",
            "ERR_TOO_LONG",
            "are too many (maximum is 20)",
        );
    }
    // The first one's trouble stands for all.
    if let Some(trouble) = uris.iter().find_map(|uri| redirect::acceptable(uri).err()) {
        wrong.add("redirect_uris", "ERR_INVALID", trouble);
    }
    let scopes = match Scopes::parse(cmd.scopes.as_deref().unwrap_or_default()) {
        Ok(scopes) if scopes.is_empty() => "read".to_owned(),
        Ok(scopes) => scopes.to_string(),
        Err(word) => {
            let word: String = word.chars().take(50).collect();
            wrong.add(
                "scopes",
                "ERR_INVALID",
                format!("don't match those of this server: {word:?} is unknown"),
            );
            String::new()
        }
    };
    let website = cmd
        .website
        .map(|site| site.trim().to_owned())
        .filter(|site| !site.is_empty());
    if let Some(site) = &website
        && !is_page(site)
    {
        wrong.add("website", "ERR_INVALID", "must be a web address");
    }
    wrong.into_result()?;
    Ok(NewApp {
        name,
        website,
        redirect_uris: uris,
        scopes,
        client_id: String::new(),
        secret_digest: [0; 32],
        automation: false,
    })
}

fn is_page(site: &str) -> bool {
    site.len() <= MAX_WEBSITE
        && url::Url::parse(site)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some())
}

/// One line without control or invisible characters: it is shown when the app asks.
fn visible_line(text: &str) -> String {
    crate::text::names::display_name(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registration() -> Registration {
        Registration {
            name: "  Some\u{202e} App ".into(),
            redirect_uris: vec!["app://cb\nhttps://app.example/cb".into()],
            scopes: Some("read write:statuses".into()),
            website: Some(" ".into()),
        }
    }

    #[test]
    fn an_app_is_taken_as_it_describes_itself() {
        let app = check(registration()).unwrap();
        assert_eq!(app.name, "Some App");
        assert_eq!(app.redirect_uris, ["app://cb", "https://app.example/cb"]);
        assert_eq!(app.scopes, "read write:statuses");
        assert_eq!(app.website, None);
        let bare = Registration {
            scopes: None,
            ..registration()
        };
        assert_eq!(check(bare).unwrap().scopes, "read");
    }

    #[test]
    fn each_wrong_field_is_named() {
        let wrong = Registration {
            name: String::new(),
            redirect_uris: vec!["javascript:alert(1)".into()],
            scopes: Some("read everything".into()),
            website: Some("javascript:alert(1)".into()),
        };
        let Err(Error::Invalid(invalid)) = check(wrong) else {
            panic!("it was taken");
        };
        let fields: Vec<_> = invalid.fields.iter().map(|f| f.field.as_ref()).collect();
        assert_eq!(
            fields,
            ["client_name", "redirect_uris", "scopes", "website"]
        );
        let none = Registration {
            redirect_uris: vec![" ".into()],
            ..registration()
        };
        assert!(check(none).is_err());
    }
}
