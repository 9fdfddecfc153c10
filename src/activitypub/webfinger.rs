//! WebFinger, as its client: from `name@domain` to an actor, and which handle is shown.
//!
//! Anybody may answer that a name of theirs is somebody else's actor. So a handle whose domain
//! is not the actor's own server is believed only where both say so: the domain names the
//! actor, and the actor's server names the domain (I17). Else the actor stands under its own
//! server's name. A domain that a policy suspends is not asked: there the word of the actor's own
//! server does, which nobody gives to their advantage.

use serde::Deserialize;
use url::Url;

use super::uri;
use crate::app::federation::{Federation, FetchError, Want};
use crate::config::Place;

/// Links of an answer that are looked at.
const MAX_LINKS: usize = 100;
/// The longest name before the @, in bytes.
const MAX_NAME: usize = 128;

/// A handle in canonical form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handle {
    /// Before the @, as its server writes it.
    pub name: String,
    /// After the @: lower case, punycode.
    pub domain: String,
}

/// What a handle leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The actor's address, canonical.
    pub actor: String,
    /// The handle to show, where it is another than the actor's name at its own server and
    /// both sides confirm it.
    pub shown: Option<Handle>,
}

impl Handle {
    /// Reads `name@domain`, with or without `@` or `acct:` in front.
    pub fn read(text: &str) -> Option<Handle> {
        let text = text.strip_prefix("acct:").unwrap_or(text);
        let (name, domain) = text.trim_start_matches('@').split_once('@')?;
        let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '~' | '+');
        let fits = !name.is_empty() && name.len() <= MAX_NAME && name.chars().all(plain);
        let domain = uri::domain(domain).filter(|_| fits)?;
        Some(Handle {
            name: name.to_owned(),
            domain,
        })
    }

    /// Whether both are the same; names do not differ by case.
    pub fn is(&self, other: &Handle) -> bool {
        self.domain == other.domain && self.name.eq_ignore_ascii_case(&other.name)
    }
}

/// Asks for a handle. One request, two more where its domain is not the actor's server.
///
/// # Errors
/// `NotFound` where nobody is called so, else any [`FetchError`].
pub async fn find(fed: &Federation, handle: &Handle) -> Result<Found, FetchError> {
    let answer = ask(fed, handle).await?;
    let home = uri::authority(&answer.actor).ok_or_else(no_actor)?;
    let shown = match answer.subject.domain == home {
        true => None,
        false => confirm(fed, &answer, handle, &home).await,
    };
    Ok(Found {
        actor: answer.actor,
        shown,
    })
}

/// The handle that an actor's server gives it, where that is at another domain and the domain
/// agrees.
///
/// # Errors
/// Any [`FetchError`] of the first question.
pub async fn shown_handle(
    fed: &Federation,
    actor: &str,
    name: &str,
) -> Result<Option<Handle>, FetchError> {
    let domain = uri::authority(actor).ok_or_else(no_actor)?;
    let here = Handle {
        name: name.to_owned(),
        domain,
    };
    let at_home = ask(fed, &here).await?;
    if at_home.actor != actor || at_home.subject.is(&here) {
        return Ok(None);
    }
    if is_out(fed, &at_home.subject).await {
        return Ok(Some(at_home.subject));
    }
    let Ok(there) = ask(fed, &at_home.subject).await else {
        return Ok(None);
    };
    let agrees = there.actor == actor && there.subject.is(&at_home.subject);
    Ok(agrees.then_some(at_home.subject))
}

/// Whether the domain of the subject and the actor's home agree on the subject.
async fn confirm(fed: &Federation, answer: &Answer, asked: &Handle, home: &str) -> Option<Handle> {
    let subject = &answer.subject;
    if asked.domain == home && is_out(fed, subject).await {
        return Some(subject.clone());
    }
    if !subject.is(asked) {
        let there = ask(fed, subject).await.ok()?;
        if there.actor != answer.actor || !there.subject.is(subject) {
            return None;
        }
    }
    let at_home = Handle {
        name: subject.name.clone(),
        domain: home.to_owned(),
    };
    let there = ask(fed, &at_home).await.ok()?;
    let agrees = there.actor == answer.actor && there.subject.is(subject);
    agrees.then(|| subject.clone())
}

async fn is_out(fed: &Federation, handle: &Handle) -> bool {
    let verdicts = fed.verdicts().await;
    verdicts.is_ok_and(|verdicts| verdicts.suspends(&handle.domain))
}

/// What one server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Who it says that is; who was asked for where it does not say.
    pub subject: Handle,
    /// The actor's address, canonical.
    pub actor: String,
}

async fn ask(fed: &Federation, handle: &Handle) -> Result<Answer, FetchError> {
    // Peers on this machine have certificates or not.
    let schemes: &[&str] = match fed.config.server.place {
        Place::Dev => &["http", "https"],
        _ => &["https"],
    };
    let mut last = FetchError::NotFound;
    for scheme in schemes {
        let address = format!("{scheme}://{}/.well-known/webfinger", handle.domain);
        let mut url = Url::parse(&address).map_err(|_| no_actor())?;
        let resource = format!("acct:{}@{}", handle.name, handle.domain);
        url.query_pairs_mut().append_pair("resource", &resource);
        match fed.get(&url, Want::WEBFINGER).await {
            Ok(got) => return read(&got.body, handle),
            Err(error @ FetchError::Unreachable(_)) => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

/// The part of a JSON Resource Descriptor that concerns us.
#[derive(Deserialize)]
struct Descriptor {
    #[serde(default)]
    subject: String,
    #[serde(default)]
    links: Vec<Link>,
}

#[derive(Deserialize)]
struct Link {
    #[serde(default)]
    rel: String,
    #[serde(default, rename = "type")]
    media_type: Option<String>,
    #[serde(default)]
    href: Option<String>,
}

/// Reads an answer to a question for `asked`.
///
/// # Errors
/// `Nonsense` where it is no descriptor, or names no actor.
pub fn read(body: &[u8], asked: &Handle) -> Result<Answer, FetchError> {
    let descriptor: Descriptor = serde_json::from_slice(body)
        .map_err(|cause| FetchError::Nonsense(cause.to_string().into()))?;
    let is_actor = |link: &&Link| {
        let media_type = link.media_type.as_deref().unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        link.rel == "self" && matches!(essence, "application/activity+json" | "application/ld+json")
    };
    let actor = descriptor
        .links
        .iter()
        .take(MAX_LINKS)
        .find(is_actor)
        .and_then(|link| uri::canonical(link.href.as_deref()?))
        .ok_or_else(no_actor)?;
    // Some say nothing of the subject, or name an address: then it is who was asked for.
    let subject = match descriptor.subject.starts_with("acct:") {
        true => Handle::read(&descriptor.subject).ok_or_else(no_actor)?,
        false => asked.clone(),
    };
    Ok(Answer { subject, actor })
}

fn no_actor() -> FetchError {
    FetchError::Nonsense("no actor behind that name".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handle(text: &str) -> Handle {
        Handle::read(text).expect(text)
    }

    #[test]
    fn handles_are_read_in_their_spellings() {
        for text in [
            "ann@alpha.example",
            "@ann@alpha.example",
            "acct:ann@Alpha.Example.",
        ] {
            let read = handle(text);
            assert_eq!(
                (read.name.as_str(), read.domain.as_str()),
                ("ann", "alpha.example")
            );
        }
        assert!(handle("Ann@alpha.example").is(&handle("ann@alpha.example")));
        for text in [
            "ann",
            "@ann",
            "ann@",
            "@@alpha.example",
            "a b@alpha.example",
            "a/b@c.example",
            "ann@127.0.0.1",
            "ann@alpha.example/x",
        ] {
            assert_eq!(Handle::read(text), None, "{text}");
        }
    }

    #[test]
    fn an_answer_names_its_actor_among_other_links() {
        let text = br#"{"subject":"acct:Ann@alpha.example","aliases":["https://alpha.example/@ann"],
            "links":[{"rel":"http://webfinger.net/rel/profile-page","type":"text/html","href":"https://alpha.example/@ann"},
            {"rel":"http://ostatus.org/schema/1.0/subscribe","template":"https://alpha.example/x?uri={uri}"},
            {"rel":"self","type":"application/ld+json; profile=\"https://www.w3.org/ns/activitystreams\"","href":"https://Alpha.example/users/ann"}]}"#;
        let answer = read(text, &handle("ann@alpha.example")).unwrap();
        assert_eq!(answer.actor, "https://alpha.example/users/ann");
        assert_eq!(answer.subject.name, "Ann");
        for text in [
            &b"[]"[..],
            b"{}",
            br#"{"links":[{"rel":"self","type":"text/html","href":"https://alpha.example/x"}]}"#,
            br#"{"links":[{"rel":"self","type":"application/activity+json","href":"acct:x"}]}"#,
            br#"{"subject":"acct:x","links":[{"rel":"self","type":"application/activity+json","href":"https://alpha.example/x"}]}"#,
        ] {
            assert!(read(text, &handle("ann@alpha.example")).is_err());
        }
    }
}
