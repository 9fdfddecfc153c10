//! Lists of allowed servers in Mastodon's CSV, of which `#domain` is the only column: read, taken
//! over, written. A list takes nobody off.

use std::collections::HashSet;

use diesel_async::AsyncConnection;
use serde_json::json;

use super::lists::{AT_ONCE, DOMAIN, body, cell, in_words, records};
use super::policies::server_name;
use super::{By, changed, note_all};
use crate::app::App;
use crate::domain::{Error, Result};
use crate::store;
use crate::text::csv;

/// Servers that are written at the most: as many as a process keeps in mind.
const WRITTEN: i64 = 100_000;

/// What a list did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// Allowed from now on.
    pub added: Vec<String>,
    /// How many were allowed already.
    pub known: usize,
    /// What is no name of a server: the line's name, and why.
    pub skipped: Vec<(String, String)>,
}

impl Done {
    /// `2 allowed, 1 was allowed already, 3 left out.`
    pub fn in_words(&self) -> String {
        let were = if self.known == 1 { "was" } else { "were" };
        let (added, left) = (self.added.len(), self.skipped.len());
        format!(
            "{added} allowed, {} {were} allowed already, {left} left out.",
            self.known
        )
    }
}

/// Allows all servers of a list: `lists::MOST` lines at the most, with the head or without. Each
/// is an act of its own in the audit log, some hundred a transaction.
///
/// # Errors
/// `Invalid` for what is no such list, or too long a one.
pub async fn import(app: &App, by: By<'_>, text: &str) -> Result<Done> {
    let records = records(text)?;
    let (columns, rows) = body(&records)?;
    let (mut done, mut names, mut seen) = (Done::default(), Vec::new(), HashSet::new());
    for row in rows {
        let name = cell(row, columns[0]).trim();
        match server_name(app, name) {
            Ok(domain) if seen.insert(domain.clone()) => names.push(domain),
            Ok(_) => done
                .skipped
                .push((name.to_owned(), "It is named twice.".into())),
            Err(error) => done.skipped.push((name.to_owned(), in_words(error))),
        }
    }
    let mut conn = app.desk.get().await?;
    for some in names.chunks(AT_ONCE) {
        let now = app.clock.decide(&mut conn).await?;
        let added = conn
            .transaction(async |conn| {
                let new =
                    store::domain_allows::insert_all(conn, some.to_vec(), by.user(), now).await?;
                let acts = new.iter().map(|allow| {
                    let inverse = json!({ "act": "policy.disallow", "allow": allow.id });
                    (None, json!({ "domain": allow.domain }), inverse)
                });
                note_all(conn, by, "policy.allow", acts.collect(), now).await?;
                Ok::<_, Error>(new)
            })
            .await?;
        done.known += some.len() - added.len();
        done.added
            .extend(added.into_iter().map(|allow| allow.domain));
    }
    drop(conn);
    changed(app);
    Ok(done)
}

/// All of them, as such a list, by name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn export(app: &App) -> Result<String> {
    let mut conn = app.desk.get().await?;
    let domains = store::domain_allows::all(&mut conn, WRITTEN).await?;
    let mut out = csv::line([DOMAIN]);
    for domain in domains {
        out.push_str(&csv::line([domain.as_str()]));
    }
    Ok(out)
}
