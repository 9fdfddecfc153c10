//! Who is called what (WebFinger), and what the place is (NodeInfo, security.txt).

use chrono::TimeDelta;

use crate::activitypub::addresses::{self, Local};
use crate::app::App;
use crate::domain::{Error, Id, Result};
use crate::model::account::Account;
use crate::social::about::{self, About};
use crate::store;

/// The longest question.
const MAX_RESOURCE: usize = 2048;
/// Seen within this counts as active for half a year.
const HALF_YEAR: TimeDelta = TimeDelta::days(182);

/// Whom a name or an address means.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// The server's own actor.
    Instance,
    /// A local account; a suspended one without its picture.
    Account {
        /// Its id.
        id: Id,
        /// Its name.
        username: String,
        /// Its picture, in public storage.
        avatar_path: Option<String>,
    },
}

/// Whom `resource` means: `acct:name@domain`, with or without `acct:`; the address of an
/// actor, or of a profile page.
///
/// # Errors
/// `BadRequest` when it is none of these, `NotFound` for everybody who is not here.
pub async fn find(app: &App, resource: &str) -> Result<Subject> {
    let question = read(app, resource)?;
    let mut conn = app.pool.get().await?;
    let id = match question {
        Question::Instance => return Ok(Subject::Instance),
        Question::Id(id) => id,
        Question::Name(name) => store::profiles::find_local(&mut conn, &name)
            .await?
            .ok_or(Error::NotFound)?,
    };
    let account = store::profiles::find(&mut conn, id)
        .await?
        .filter(Account::is_local)
        .ok_or(Error::NotFound)?;
    let suspended = account.is_suspended();
    if suspended && store::departures::closed_at(&mut conn, id).await?.is_some() {
        return Err(Error::NotFound);
    }
    Ok(Subject::Account {
        id,
        username: account.username,
        avatar_path: account.avatar_path.filter(|_| !suspended),
    })
}

#[derive(Debug, PartialEq)]
enum Question {
    Instance,
    Id(Id),
    Name(String),
}

fn read(app: &App, resource: &str) -> Result<Question> {
    let server = &app.config.server;
    parse(
        resource,
        &app.origin(),
        &server.domain,
        &server.handle_domain,
    )
}

fn parse(resource: &str, origin: &str, domain: &str, handle_domain: &str) -> Result<Question> {
    if resource.is_empty() || resource.len() > MAX_RESOURCE {
        return Err(Error::BadRequest("Ask for one resource".into()));
    }
    if let Some(path) = resource.strip_prefix(origin)
        && path.starts_with('/')
    {
        if let Some(name) = path.strip_prefix("/@") {
            return Ok(Question::Name(name.to_owned()));
        }
        return match addresses::local(origin, resource) {
            Some(Local::Actor(id)) => Ok(Question::Id(id)),
            Some(Local::Instance) => Ok(Question::Instance),
            _ => Err(Error::NotFound),
        };
    }
    let handle = resource.strip_prefix("acct:").unwrap_or(resource);
    let handle = handle.strip_prefix('@').unwrap_or(handle);
    let Some((name, host)) = handle.split_once('@') else {
        // An address elsewhere, or nothing that has a host at all.
        return match resource.contains("://") {
            true => Err(Error::NotFound),
            false => Err(Error::BadRequest("Ask for acct:name@domain".into())),
        };
    };
    let ours = |host: &str| {
        [domain, handle_domain]
            .iter()
            .any(|own| own.eq_ignore_ascii_case(host))
    };
    let host = host.trim_end_matches('.');
    let is_ours = ours(host) || idna::domain_to_ascii(host).is_ok_and(|ascii| ours(&ascii));
    if name.is_empty() || !is_ours {
        return Err(Error::NotFound);
    }
    match ours(name) {
        true => Ok(Question::Instance),
        false => Ok(Question::Name(name.to_owned())),
    }
}

/// The numbers of the place for NodeInfo.
#[derive(Debug, Clone)]
pub struct Numbers {
    /// What the instance API says.
    pub about: About,
    /// Members seen within half a year.
    pub active_half_year: i64,
}

/// Counts them; a minute old at the most.
pub async fn numbers(app: &App) -> Result<std::sync::Arc<Numbers>> {
    app.memory
        .get("nodeinfo", async {
            let about = about::look(app).await?;
            let mut conn = app.pool.get().await?;
            let since = app.clock.now() - HALF_YEAR;
            let active_half_year = store::usage::count(&mut conn, since).await?.active;
            Ok(Numbers {
                about,
                active_half_year,
            })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(resource: &str) -> Result<Question> {
        parse(
            resource,
            "https://social.porch.example",
            "social.porch.example",
            "porch.example",
        )
    }

    #[test]
    fn a_name_is_ours_under_either_domain() {
        for resource in [
            "acct:ann@porch.example",
            "acct:ann@social.porch.example",
            "acct:@ann@PORCH.example",
            "ann@porch.example.",
            "@ann@porch.example",
            "https://social.porch.example/@ann",
        ] {
            assert_eq!(
                asked(resource).unwrap(),
                Question::Name("ann".into()),
                "{resource}"
            );
        }
        assert_eq!(
            asked("https://social.porch.example/ap/actors/7").unwrap(),
            Question::Id(7)
        );
        for resource in [
            "acct:porch.example@porch.example",
            "acct:social.porch.example@social.porch.example",
            "https://social.porch.example/ap/actor",
        ] {
            assert_eq!(asked(resource).unwrap(), Question::Instance, "{resource}");
        }
    }

    #[test]
    fn others_are_not_here_and_nonsense_is_said_so() {
        for resource in [
            "acct:ann@elsewhere.example",
            "acct:ann@porch.example.evil.example",
            "acct:ann@evil.example@porch.example",
            "https://elsewhere.example/@ann",
            "https://social.porch.example/ap/notes/7",
            "https://social.porch.example.evil.example/@ann",
        ] {
            assert!(
                matches!(asked(resource), Err(Error::NotFound)),
                "{resource}"
            );
        }
        for resource in [
            "",
            "ann",
            "acct:ann",
            "acct:@porch.example",
            &"x".repeat(3000),
        ] {
            assert!(
                matches!(asked(resource), Err(Error::BadRequest(_))),
                "{resource}"
            );
        }
    }
}
