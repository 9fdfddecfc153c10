//! Local accounts, and the server itself, as actors.
// Fields are in ActivityStreams' words.
#![allow(missing_docs)]

use serde::Serialize;

use super::{Here, time};
use crate::activitypub::addresses;
use crate::files::MediaPath;
use crate::model::document_rows::ActorRows;
use crate::text;

/// An actor of ours, in ActivityStreams' words.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Actor {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub inbox: String,
    pub outbox: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub followers: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub following: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub featured: Option<String>,
    pub preferred_username: String,
    /// `name@domain` (FEP-2c59): says the handle even where the host differs from it.
    pub webfinger: String,
    pub name: String,
    pub summary: String,
    pub url: String,
    pub manually_approves_followers: bool,
    pub discoverable: bool,
    pub indexable: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also_known_as: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moved_to: Option<String>,
    pub public_key: PublicKey,
    pub endpoints: Endpoints,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<Picture>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Picture>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachment: Vec<PropertyValue>,
    /// Only said where it is so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub suspended: bool,
}

/// What its signatures are checked with.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PublicKey {
    pub id: String,
    pub owner: String,
    pub public_key_pem: String,
}

/// Addresses that many actors share.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Endpoints {
    pub shared_inbox: String,
}

/// The avatar or the header.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Picture {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub media_type: String,
    pub url: String,
    /// Alternative text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
}

/// One pair of the profile's table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PropertyValue {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub name: String,
    /// HTML.
    pub value: String,
}

/// A local account; a suspended one with its name and key alone, and saying so. Whether anybody
/// may have it is the caller's business.
pub fn actor(here: &Here, rows: &ActorRows) -> Actor {
    let account = &rows.account;
    let (origin, id) = (here.origin.as_str(), account.id);
    let address = match &account.uri {
        Some(uri) => uri.clone(),
        None => addresses::actor(origin, id),
    };
    let actor = Actor {
        kind: match account.kind {
            1 => "Service",
            2 => "Application",
            3 => "Group",
            4 => "Organization",
            _ => "Person",
        },
        inbox: addresses::inbox(origin, id),
        outbox: addresses::outbox(origin, id),
        followers: Some(addresses::followers(origin, id)),
        following: Some(addresses::following(origin, id)),
        featured: Some(addresses::featured(origin, id)),
        preferred_username: account.username.clone(),
        webfinger: format!("{}@{}", account.username, here.handle_domain),
        name: account.display_name.clone(),
        summary: account.note_html.clone(),
        url: here.profile(&account.username),
        manually_approves_followers: account.locked,
        discoverable: account.discoverable,
        indexable: account.indexable,
        // The day is enough for everybody.
        published: Some(format!("{}T00:00:00Z", account.created_at.date_naive())),
        updated: Some(time(account.updated_at)),
        also_known_as: account.also_known_as.clone(),
        moved_to: rows.moved_to.as_ref().map(|to| here.actor(to)),
        public_key: PublicKey {
            id: format!("{address}#main-key"),
            owner: address.clone(),
            public_key_pem: rows.public_key_pem.clone(),
        },
        endpoints: shared_inbox(here),
        icon: picture(here, &account.avatar_path, &account.avatar_description),
        image: picture(here, &account.header_path, &account.header_description),
        attachment: account
            .profile_fields()
            .into_iter()
            .map(|field| PropertyValue {
                kind: "PropertyValue",
                value: text::html::field_html(&field.value, false),
                name: field.name,
            })
            .collect(),
        suspended: false,
        id: address,
    };
    match account.is_suspended() {
        true => blank(actor),
        false => actor,
    }
}

/// What is left to be said of somebody who is suspended.
fn blank(actor: Actor) -> Actor {
    Actor {
        name: actor.preferred_username.clone(),
        summary: String::new(),
        manually_approves_followers: false,
        discoverable: false,
        indexable: false,
        also_known_as: Vec::new(),
        moved_to: None,
        icon: None,
        image: None,
        attachment: Vec::new(),
        suspended: true,
        ..actor
    }
}

/// The server itself, which signs fetches and reports. Its name is the domain, as others
/// expect of such actors.
pub fn instance(here: &Here, title: &str, public_key_pem: &str) -> Actor {
    let address = here.instance();
    Actor {
        kind: "Application",
        inbox: format!("{}{}", here.origin, addresses::SHARED_INBOX),
        outbox: format!("{address}/outbox"),
        followers: None,
        following: None,
        featured: None,
        preferred_username: here.handle_domain.clone(),
        webfinger: format!("{0}@{0}", here.handle_domain),
        name: title.to_owned(),
        summary: String::new(),
        url: format!("{}/about", here.origin),
        manually_approves_followers: true,
        discoverable: false,
        indexable: false,
        published: None,
        updated: None,
        also_known_as: Vec::new(),
        moved_to: None,
        public_key: PublicKey {
            id: format!("{address}#main-key"),
            owner: address.clone(),
            public_key_pem: public_key_pem.to_owned(),
        },
        endpoints: shared_inbox(here),
        icon: None,
        image: None,
        attachment: Vec::new(),
        suspended: false,
        id: address,
    }
}

fn shared_inbox(here: &Here) -> Endpoints {
    Endpoints {
        shared_inbox: format!("{}{}", here.origin, addresses::SHARED_INBOX),
    }
}

fn picture(here: &Here, path: &Option<String>, description: &str) -> Option<Picture> {
    let path = MediaPath::parse(path.as_deref()?)?;
    Some(Picture {
        kind: "Image",
        media_type: path.content_type().to_owned(),
        url: here.file(path.as_str()),
        name: description.to_owned(),
    })
}
