//! A decision over many that are alike: the page that lists them, then one act.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use tokio_postgres::Client;
use url::form_urlencoded::Serializer;

use super::applicants;
use super::client::Http;
use super::door::median;
use super::random::Random;
use super::server::Server;
use super::sign_ups::value;

/// How often one is made.
const TIMES: usize = 3;

/// What it is made on.
pub struct Desk<'a> {
    /// The server.
    pub server: &'a Server,
    /// Its database.
    pub sql: &'a Client,
    /// The cookie of somebody who may.
    pub session: &'a str,
}

/// Turns down so many that are alike, in one act, and again with others; gives the median. As
/// many others come to the door each time, whose names begin with `prefix`.
pub async fn decide(
    desk: &Desk<'_>,
    many: usize,
    prefix: &str,
    random: &mut Random,
) -> Result<Duration> {
    let mut took = Vec::new();
    for n in 0..TIMES {
        let group = alike(desk.sql, many).await?;
        let mut http = Http::open(desk.server.address).await?;
        let page = request(desk.session, "GET", &format!("/desk/groups/{group}"), "");
        let answer = http.ask(&page).await?.checked()?;
        let page = String::from_utf8_lossy(answer.body).into_owned();
        let picks = page.split("name=\"pick[]\" value=\"").skip(1);
        let mut form = Serializer::new(String::new());
        form.append_pair("csrf", &value(&page, "csrf")?)
            .append_pair("act", "reject")
            .append_pair("number", &many.to_string());
        let mut picked = 0;
        for pick in picks.filter_map(|rest| rest.split('"').next()) {
            form.append_pair("pick[]", pick);
            picked += 1;
        }
        ensure!(picked == many, "{picked} of {many} are listed");
        let act = request(desk.session, "POST", "/desk/bulk/decide", &form.finish());
        let begin = Instant::now();
        let answer = http.ask(&act).await?;
        took.push(begin.elapsed());
        ensure!(answer.status == 303, "it answers {}", answer.status);
        let left = "SELECT count(*) FROM applications WHERE cluster_id = $1 AND state = 1";
        let left: i64 = desk.sql.query_one(left, &[&group]).await?.get(0);
        ensure!(left == 0, "{left} of them still wait");
        applicants::add(desk.sql, &format!("{prefix}{n}x"), many, random, None).await?;
    }
    Ok(median(took))
}

/// Makes the oldest who wait alone alike; gives their group.
async fn alike(sql: &Client, many: usize) -> Result<i64> {
    let made = sql
        .query_one(
            "WITH old AS (SELECT id FROM applications WHERE state = 1 AND cluster_id IS NULL ORDER BY id LIMIT $1), \
             did AS (UPDATE applications a SET cluster_id = (SELECT min(id) FROM old) FROM old \
                     WHERE a.id = old.id RETURNING a.cluster_id) \
             SELECT max(cluster_id) FROM did",
            &[&(many as i64)],
        )
        .await?;
    Ok(made.get(0))
}

fn request(session: &str, method: &str, path: &str, body: &str) -> Vec<u8> {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {session}\r\nAccept: text/html\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}
