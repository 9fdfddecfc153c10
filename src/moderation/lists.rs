//! Lists of blocked servers in Mastodon's CSV: read, compared with what holds, laid; written.
//!
//! Columns: `#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate`. A list
//! never loosens anything: what holds more strictly here, or is covered by a domain above, is
//! left as it is, with the reason.

use std::collections::{HashMap, HashSet};

use diesel_async::AsyncConnection;
use serde_json::json;

use super::policies::{
    Policy, Severity, Terms, is_of_people, rejects_media, rewrite_all, server_name,
};
use super::preview::lineage;
use super::{By, changed, note_all, policies};
use crate::app::App;
use crate::domain::policy::PolicySource;
use crate::domain::{Error, Result};
use crate::gate::budget::{self, About};
use crate::store;
use crate::store::policy_cuts::Ends;
use crate::text::csv;

/// Lines of a list that are read.
pub const MOST: usize = 5_000;
/// Bytes of a list.
pub const MAX_BYTES: usize = 1024 * 1024;
/// Policies laid in one transaction.
pub(super) const AT_ONCE: usize = 500;
/// Policies that one page of the database is asked for.
const PAGE: i64 = 1_000;

pub(super) const DOMAIN: &str = "#domain";
const COLUMNS: [&str; 6] = [
    DOMAIN,
    "#severity",
    "#reject_media",
    "#reject_reports",
    "#public_comment",
    "#obfuscate",
];

/// What a list would do here.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Plan {
    /// New policies.
    pub added: Vec<(String, Terms)>,
    /// What holds, and what would.
    pub changed: Vec<(Policy, Terms)>,
    /// What is left as it is: the line's name, and why.
    pub skipped: Vec<(String, String)>,
    /// Follows that its suspensions end, all together.
    pub ends: Ends,
    /// The same by domain, of those that end any.
    pub ends_at: HashMap<String, Ends>,
}

impl Plan {
    /// The domains that would be suspended and are not.
    fn suspends(&self) -> Vec<String> {
        let is = |terms: &Terms| Severity::of(terms) == Severity::Suspend;
        let added = self.added.iter().filter(|(_, terms)| is(terms));
        let changed = self.changed.iter();
        let changed = changed.filter(|(before, terms)| is(terms) && !is(&before.terms));
        added
            .map(|(domain, _)| domain.clone())
            .chain(changed.map(|(before, _)| before.domain.clone()))
            .collect()
    }
}

/// Compares a list with what holds. Nothing is changed.
///
/// # Errors
/// `Invalid` for what is no such list, or too long a one.
pub async fn plan(app: &App, text: &str) -> Result<Plan> {
    let records = records(text)?;
    let (columns, rows) = body(&records)?;
    let mut plan = Plan::default();
    let mut wanted: Vec<(String, Terms)> = Vec::new();
    let mut seen = HashSet::new();
    for row in rows {
        let name = cell(row, columns[0]).trim().to_owned();
        match line(app, &columns, row) {
            Ok((domain, _)) if !seen.insert(domain.clone()) => {
                plan.skipped.push((name, "It is named twice.".into()));
            }
            Ok(one) => wanted.push(one),
            Err(why) => plan.skipped.push((name, why)),
        }
    }
    let holds = in_force(app, &wanted).await?;
    for (domain, terms) in wanted {
        compare(&mut plan, &holds, domain, terms);
    }
    let mut conn = app.desk.get().await?;
    let (all, each) = store::policy_cuts::ends(&mut conn, plan.suspends()).await?;
    (plan.ends, plan.ends_at) = (all, each.into_iter().collect());
    Ok(plan)
}

/// The lines of a list, its head among them.
///
/// # Errors
/// `Invalid` for too long a list.
pub(super) fn records(text: &str) -> Result<Vec<Vec<String>>> {
    match text.len() > MAX_BYTES {
        true => Err(Error::invalid("A list has one megabyte at the most")),
        false => Ok(csv::read(text, MOST + 2)),
    }
}

/// Where its columns stand, and the lines below its head.
///
/// # Errors
/// `Invalid` for what is no such list, or too long a one.
pub(super) fn body(records: &[Vec<String>]) -> Result<Head<'_>> {
    let (columns, rows) = head(records)?;
    match rows.len() > MOST {
        true => Err(Error::invalid(format!(
            "A list has {MOST} lines at the most; please split it"
        ))),
        false => Ok((columns, rows)),
    }
}

/// Where each known column is, and the records below the head.
pub(super) type Head<'a> = ([Option<usize>; 6], &'a [Vec<String>]);

/// Where each of [`COLUMNS`] stands, and the lines below the head. A list without a head is one
/// of names alone.
fn head(records: &[Vec<String>]) -> Result<Head<'_>> {
    let first = records
        .first()
        .ok_or_else(|| Error::invalid("The list is empty"))?;
    let name = |cell: &str| format!("#{}", cell.trim().trim_start_matches('#').to_lowercase());
    let place = |column: &str| first.iter().position(|cell| name(cell) == column);
    match place(DOMAIN) {
        Some(_) => Ok((COLUMNS.map(place), &records[1..])),
        None if first.len() == 1 => Ok(([Some(0), None, None, None, None, None], records)),
        None => Err(Error::invalid(
            "The list has no column #domain in its first line",
        )),
    }
}

pub(super) fn cell(row: &[String], place: Option<usize>) -> &str {
    place
        .and_then(|place| row.get(place))
        .map_or("", String::as_str)
}

fn flag(text: &str) -> bool {
    matches!(
        text.trim().to_ascii_lowercase().as_str(),
        "true" | "1" | "yes" | "t"
    )
}

/// A line as a policy, or why it is none.
fn line(
    app: &App,
    columns: &[Option<usize>; 6],
    row: &[String],
) -> Result<(String, Terms), String> {
    let name = cell(row, columns[0]).trim();
    if name.contains('*') {
        return Err("Its name is hidden.".into());
    }
    let domain = server_name(app, name).map_err(in_words)?;
    let severity = match cell(row, columns[1]).trim() {
        "" => Severity::Suspend,
        name => Severity::from_name(name).ok_or("Its severity is none that is known here.")?,
    };
    let reject_media = flag(cell(row, columns[2]));
    let terms = Terms {
        reject_media,
        reject_reports: flag(cell(row, columns[3])),
        public_comment: cell(row, columns[4]).to_owned(),
        obfuscate: flag(cell(row, columns[5])),
        ..Terms::of(severity.kind(reject_media))
    };
    let terms = policies::checked(terms, app.clock.now()).map_err(in_words)?;
    Ok((domain, terms))
}

pub(super) fn in_words(error: Error) -> String {
    match error {
        Error::Invalid(invalid) => format!("{}.", invalid.sentence().trim_end_matches('.')),
        _ => "It cannot be read.".into(),
    }
}

/// What holds for the names of a list and all above them.
async fn in_force(app: &App, wanted: &[(String, Terms)]) -> Result<HashMap<String, Policy>> {
    let names: HashSet<String> = wanted
        .iter()
        .flat_map(|(domain, _)| lineage(domain))
        .collect();
    let mut conn = app.desk.get().await?;
    let now = app.clock.now();
    let found =
        store::domain_policies::of_domains(&mut conn, names.into_iter().collect(), now).await?;
    Ok(found
        .into_iter()
        .filter(is_of_people)
        .map(|policy| (policy.domain.clone(), policy))
        .collect())
}

/// How strict terms are, part by part: people, media, reports.
fn strictness(terms: &Terms) -> (Severity, bool, bool) {
    let severity = Severity::of(terms);
    let all = severity == Severity::Suspend;
    (
        severity,
        all || rejects_media(terms),
        all || terms.reject_reports,
    )
}

/// Whether `one` keeps out all that `other` would.
fn covers(one: &Terms, other: &Terms) -> bool {
    let (one, other) = (strictness(one), strictness(other));
    one.0 >= other.0 && one.1 >= other.1 && one.2 >= other.2
}

fn compare(plan: &mut Plan, holds: &HashMap<String, Policy>, domain: String, terms: Terms) {
    if let Some(before) = holds.get(&domain) {
        let merged = Terms {
            private_comment: before.terms.private_comment.clone(),
            until: before.terms.until,
            ..terms
        };
        if merged == before.terms {
            plan.skipped.push((domain, "It holds already.".into()));
        } else if covers(&before.terms, &merged) && !covers(&merged, &before.terms) {
            let why = "What holds here is stricter.".into();
            plan.skipped.push((domain, why));
        } else {
            plan.changed.push((before.clone(), merged));
        }
        return;
    }
    let above = lineage(&domain)
        .into_iter()
        .skip(1)
        .filter_map(|name| holds.get(&name))
        .find(|policy| covers(&policy.terms, &terms));
    match above {
        Some(policy) => {
            let why = format!("{} covers it already.", policy.domain);
            plan.skipped.push((domain, why));
        }
        None => plan.added.push((domain, terms)),
    }
}

/// Lays what a list asks for; gives the plan as it was carried out. Each policy is an act of its
/// own in the audit log, five hundred a transaction of some ten statements: a list of five thousand
/// lines is done within a request. Who is stopped in the middle sends the list again, and what
/// holds already is skipped.
///
/// # Errors
/// As [`plan`].
pub async fn import(app: &App, by: By<'_>, text: &str) -> Result<Plan> {
    let plan = plan(app, text).await?;
    if let By::Admin(admin) = by {
        let lines = About::List(plan.added.len() + plan.changed.len());
        let wish = json!({ "text": text });
        budget::spend(app, admin, "policy.import", &wish, lines).await?;
    }
    let mut conn = app.desk.get().await?;
    for some in plan.added.chunks(AT_ONCE) {
        let now = app.clock.decide(&mut conn).await?;
        conn.transaction(async |conn| {
            let new = policies::insert_all(conn, PolicySource::List, some.to_vec(), now).await?;
            let done = new.iter().map(|policy| {
                let detail = super::told(&policy.domain, &policy.terms);
                let inverse = json!({ "act": "policy.lift", "policy": policy.id });
                (Some(policy.host), detail, inverse)
            });
            note_all(conn, by, "policy.lay", done.collect(), now).await
        })
        .await?;
    }
    for some in plan.changed.chunks(AT_ONCE) {
        let now = app.clock.decide(&mut conn).await?;
        conn.transaction(async |conn| {
            let changed = rewrite_all(conn, some.to_vec(), now).await?;
            let before: HashMap<i64, &Policy> = some.iter().map(|(p, _)| (p.id, p)).collect();
            let done = changed.iter().filter_map(|policy| {
                let before = before.get(&policy.id)?;
                let detail = super::told(&policy.domain, &policy.terms);
                let was = super::told(&before.domain, &before.terms);
                let inverse = json!({ "act": "policy.change", "policy": policy.id, "terms": was });
                Some((Some(policy.host), detail, inverse))
            });
            note_all(conn, by, "policy.change", done.collect(), now).await
        })
        .await?;
    }
    drop(conn);
    changed(app);
    Ok(plan)
}

/// All that people decided, as such a list, by name.
///
/// # Errors
/// When the database cannot be asked.
pub async fn export(app: &App) -> Result<String> {
    let mut conn = app.desk.get().await?;
    let now = app.clock.now();
    let mut out = csv::line(COLUMNS);
    let mut after = (String::new(), 0);
    loop {
        let page = (after.0.as_str(), after.1);
        let rows = store::domain_policies::list(&mut conn, "", page, PAGE, now).await?;
        let Some(last) = rows.last() else {
            return Ok(out);
        };
        after = (last.domain.clone(), last.id);
        for policy in rows.iter().filter(|policy| is_of_people(policy)) {
            let word = |yes: bool| if yes { "true" } else { "false" };
            out.push_str(&csv::line([
                policy.domain.as_str(),
                Severity::of(&policy.terms).as_str(),
                word(rejects_media(&policy.terms)),
                word(policy.terms.reject_reports),
                &policy.terms.public_comment,
                word(policy.terms.obfuscate),
            ]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::policy::PolicyKind;

    #[test]
    fn the_head_says_which_column_is_which() {
        let text = "severity,#Domain\nsilence,a.example\n";
        let records = csv::read(text, 10);
        let (columns, rows) = head(&records).unwrap();
        assert_eq!(columns[..3], [Some(1), Some(0), None]);
        assert_eq!(rows.len(), 1);
        let names = csv::read("a.example\nb.example\n", 10);
        assert_eq!(head(&names).unwrap().1.len(), 2);
        assert!(head(&csv::read("a,b\n", 10)).is_err());
        assert!(head(&[]).is_err());
    }

    #[test]
    fn the_stricter_covers_the_looser_part_by_part() {
        let of = Terms::of;
        let limited_media = Terms {
            reject_media: true,
            ..of(PolicyKind::Limited)
        };
        assert!(covers(&of(PolicyKind::Suspended), &limited_media));
        assert!(covers(&limited_media, &of(PolicyKind::NoMedia)));
        assert!(!covers(&of(PolicyKind::Limited), &of(PolicyKind::NoMedia)));
        assert!(!covers(&limited_media, &of(PolicyKind::Suspended)));
    }
}
