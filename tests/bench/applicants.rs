//! People at the door, by COPY: confirmed applications with answers, profiles and drafts, with
//! pictures where they are asked for.

use anyhow::{Context, Result};
use bytes::Bytes;
use porchlight::app::App;
use porchlight::domain::Id;
use porchlight::files::{MediaPath, Place as Shelf};
use tokio_postgres::Client;

use super::fill::{Ids, Table, moment};
use super::random::Random;

/// Networks that they come from.
const NETWORKS: usize = 5_000;
/// Domains of their addresses.
const DOMAINS: usize = 800;
/// They applied within so long, in milliseconds.
const WITHIN: i64 = 20 * super::fill::DAY;

/// Adds so many who wait, the oldest first; names begin with `prefix`. Gives their users.
pub async fn add(
    sql: &Client,
    prefix: &str,
    many: usize,
    random: &mut Random,
    pictures: Option<&App>,
) -> Result<Vec<Id>> {
    let now: i64 = sql
        .query_one("SELECT (extract(epoch FROM now()) * 1000)::bigint", &[])
        .await?
        .get(0);
    let version = question(sql).await?;
    let mut ids = Ids(0);
    let mut users = Table::new(
        "users (id, account_id, username, email, email_canonical, email_confirmed_at, role, role_since, created_at)",
    );
    let mut names = Table::new("names (canonical, holder, state, created_at)");
    let mut profiles = Table::new(
        "applicant_profiles (user_id, display_name, note, avatar_path, header_path, updated_at)",
    );
    let mut applications = Table::new(
        "applications (id, user_id, state, mode, lane, locale, network, mail_domain, fill_seconds, submitted_at, confirmed_at)",
    );
    let mut answers = Table::new(
        "application_answers (application_id, question_version_id, position, wording, value)",
    );
    let mut drafts = Table::new("drafts (id, user_id, text, created_at, updated_at)");
    let mut added = Vec::with_capacity(many);
    for n in 0..many {
        let ms = now - WITHIN + n as i64 * (WITHIN / many.max(1) as i64);
        let at = moment(ms);
        let (user, account, application) = (ids.at(ms), ids.at(ms), ids.at(ms));
        let (name, domain) = (format!("{prefix}{n}"), random.below(DOMAINS));
        let mail = format!("{name}@d{domain}.example");
        let network = random.below(NETWORKS);
        let network = format!("10.{}.{}.1", network / 250, network % 250);
        users.row(format_args!(
            "{user}\t{account}\t{name}\t{mail}\t{mail}\t{at}\t0\t{at}\t{at}"
        ));
        names.row(format_args!("{name}\t{user}\t1\t{at}"));
        let (avatar, header) = match pictures {
            Some(app) => (picture(app).await?, picture(app).await?),
            None => ("\\N".to_owned(), "\\N".to_owned()),
        };
        let about = random.words(12);
        profiles.row(format_args!(
            "{user}\tPerson {n}\t{about}\t{avatar}\t{header}\t{at}"
        ));
        let seconds = 20 + random.below(300);
        applications.row(format_args!(
            "{application}\t{user}\t1\t1\t1\ten\t{network}\td{domain}.example\t{seconds}\t{at}\t{at}"
        ));
        let count = 20 + random.below(60);
        let value = random.words(count);
        answers.row(format_args!(
            "{application}\t{version}\t0\tWhy here?\t{value}"
        ));
        for _ in 0..random.below(3) {
            let (draft, text) = (ids.at(ms), random.words(20));
            drafts.row(format_args!("{draft}\t{user}\t{text}\t{at}\t{at}"));
        }
        added.push(user);
    }
    sql.batch_execute("BEGIN").await?;
    for table in [users, names, profiles, applications, answers, drafts] {
        table.send(sql).await?;
    }
    for after in ["COMMIT", "VACUUM ANALYZE"] {
        sql.batch_execute(after).await?;
    }
    Ok(added)
}

/// The version of a question that all of them answered.
async fn question(sql: &Client) -> Result<Id> {
    let there = "SELECT id FROM question_versions ORDER BY id LIMIT 1";
    if let Some(row) = sql.query_opt(there, &[]).await? {
        return Ok(row.get(0));
    }
    let made = sql
        .query_one(
            "WITH q AS (INSERT INTO questions (position, created_at) VALUES (0, now()) RETURNING id) \
             INSERT INTO question_versions (question_id, version, kind, labels, created_at) \
             SELECT id, 1, 1, '{\"en\": \"Why here?\"}', now() FROM q RETURNING id",
            &[],
        )
        .await?;
    Ok(made.get(0))
}

/// A private picture of some size on the disk.
async fn picture(app: &App) -> Result<String> {
    let path = MediaPath::random(Shelf::Private, "jpg");
    let bytes = Bytes::from_static(&[0x5a; 24 * 1024]);
    let put = app.storage.put(&path, bytes).await;
    put.map_err(|e| anyhow::anyhow!("{e:?}"))
        .context("a picture is kept")?;
    Ok(path.as_str().to_owned())
}
