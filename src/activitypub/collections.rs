//! Collections of other servers: their size, and their first entries.
//!
//! A collection is its owner's word alone: every page must be on the owner's server, none is
//! read twice, and pages and entries are bounded (N8).

use std::collections::HashSet;

use serde_json::Value;
use url::Url;

use super::read::{Document, value};
use super::uri;
use crate::app::federation::{Federation, FetchError, Want};

/// Pages of one collection that are read, the collection itself among them.
const MAX_PAGES: usize = 4;
/// Entries of one page that are looked at.
const MAX_ENTRIES: usize = 200;

/// The beginning of a collection.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Listed {
    /// How many it says there are in all.
    pub total: Option<i64>,
    /// The first of them that are of interest, in its order: addresses, or whole objects that its
    /// server put in.
    pub entries: Vec<Value>,
}

/// What an entry is to whoever reads a collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// One of those that are wanted.
    Counts,
    /// Taken along while others are looked for.
    Beside,
    /// Of no interest.
    Nothing,
}

/// Reads a collection until `wanted` entries that count are found, or four pages are read;
/// with 0 its size alone. As many again are taken along beside them at the most. One that breaks
/// off gives what came before.
///
/// # Errors
/// Any [`FetchError`] of the collection itself; `Refused` where it is not on `server`.
pub async fn read(
    fed: &Federation,
    address: &str,
    server: &str,
    wanted: usize,
    sort: fn(&Value) -> Entry,
) -> Result<Listed, FetchError> {
    let collection = page(fed, address, server).await?;
    let mut listed = Listed {
        total: value::number(&collection, "totalItems"),
        entries: Vec::new(),
    };
    if wanted == 0 {
        return Ok(listed);
    }
    let mut seen = HashSet::from([address.to_owned()]);
    let mut current = collection;
    let mut pages = 1;
    let (mut counted, mut beside) = (0, 0);
    loop {
        for entry in entries(&current) {
            let number = match sort(&entry) {
                Entry::Counts => &mut counted,
                Entry::Beside => &mut beside,
                Entry::Nothing => continue,
            };
            if *number < wanted {
                *number += 1;
                listed.entries.push(entry);
            }
            if counted == wanted {
                break;
            }
        }
        if counted == wanted {
            break;
        }
        // The first page may stand in the collection itself.
        let Some(next) = current
            .get("first")
            .or_else(|| current.get("next"))
            .cloned()
        else {
            break;
        };
        if next.is_object() && (next.get("items").is_some() || next.get("orderedItems").is_some()) {
            current = next;
            current.as_object_mut().map(|page| page.remove("first"));
            continue;
        }
        let Some(address) = value::id_of(&next) else {
            break;
        };
        if pages >= MAX_PAGES || !seen.insert(address.clone()) {
            break;
        }
        pages += 1;
        match page(fed, &address, server).await {
            Ok(page) => {
                current = page;
                current.as_object_mut().map(|page| page.remove("first"));
            }
            Err(error) => {
                tracing::debug!(%address, %error, "a collection breaks off");
                break;
            }
        }
    }
    Ok(listed)
}

async fn page(fed: &Federation, address: &str, server: &str) -> Result<Value, FetchError> {
    let elsewhere = || FetchError::Refused("a collection on another server than its owner".into());
    let url = Url::parse(address).map_err(|_| elsewhere())?;
    if uri::authority(address).as_deref() != Some(server) {
        return Err(elsewhere());
    }
    let got = fed.get(&url, Want::PAGE).await?;
    if uri::authority(got.url.as_str()).as_deref() != Some(server) {
        return Err(elsewhere());
    }
    let document = Document::parse(&got.body);
    Ok(document
        .map_err(|cause| FetchError::Nonsense(cause.to_string().into()))?
        .0)
}

fn entries(page: &Value) -> Vec<Value> {
    let ordered = value::list(page, "orderedItems", MAX_ENTRIES);
    let entries = match ordered.is_empty() {
        true => value::list(page, "items", MAX_ENTRIES),
        false => ordered,
    };
    entries.into_iter().cloned().collect()
}
