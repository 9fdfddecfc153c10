//! The yardstick of home: what a request asks of Redis and Postgres, asked bare, by the same
//! driver and the product's own statements, by as many clients with a connection each.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};
use futures::future::try_join_all;
use porchlight::app::App;
use porchlight::cache::feeds::{self, Answer};
use porchlight::domain::{Id, Page};
use porchlight::store::status_page::Wanted;
use porchlight::store::{self, Conn};

use super::client::Done;
use super::people::{Member, People};
use super::place::Place;
use super::scale::Scale;

/// Statuses of a page.
pub const PAGE: i64 = 20;

/// Connected clients.
pub struct Replay {
    app: Arc<App>,
    generation: i64,
}

impl Replay {
    /// Connects.
    pub async fn open(place: &Place) -> Result<Replay> {
        let size = Scale::CLIENTS.to_string();
        let changes = [("PORCHLIGHT_DATABASE__POOL_SIZE", size.as_str())];
        let app = place
            .app(&place.database_url, &place.redis_url, &changes)
            .await?;
        let mut conn = app.pool.get().await.map_err(|e| anyhow!("{e:?}"))?;
        let (generation, _) = store::feeds::generation(&mut *conn)
            .await
            .map_err(|e| anyhow!("{e:?}"))?;
        drop(conn);
        Ok(Replay { app, generation })
    }

    /// All clients ask for `time`. `with_redis`: each asks Redis for the ids first; otherwise
    /// the ids are known, and the statements are all there is.
    pub async fn run(&self, people: &People, time: Duration, with_redis: bool) -> Result<Done> {
        let mut ids = Vec::new();
        for member in &people.members {
            ids.push(self.ids(member).await?);
        }
        let ids = Arc::new(ids);
        let began = Instant::now();
        let clients = (0..Scale::CLIENTS).map(|client| {
            let (app, ids, generation) = (Arc::clone(&self.app), Arc::clone(&ids), self.generation);
            let people = people.clone();
            tokio::spawn(async move {
                let conn = app.pool.get().await.map_err(|e| anyhow!("{e:?}"))?;
                let replay = Replay {
                    app: Arc::clone(&app),
                    generation,
                };
                let mut micros = Vec::new();
                let mut n = client;
                // Its statements are prepared and planned before they are measured.
                let member = &people.members[client];
                replay
                    .statements(&conn, member, ids[client].clone())
                    .await?;
                while began.elapsed() < time {
                    let at = n % people.members.len();
                    let member = &people.members[at];
                    let asked = Instant::now();
                    let wanted = match with_redis {
                        true => replay.ids(member).await?,
                        false => ids[at].clone(),
                    };
                    replay.statements(&conn, member, wanted).await?;
                    micros.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
                    n += Scale::CLIENTS;
                }
                anyhow::Ok(micros)
            })
        });
        let mut done = Done::default();
        for client in try_join_all(clients).await? {
            done.micros.extend(client?);
        }
        done.elapsed = began.elapsed();
        done.count = done.micros.len() as u64;
        Ok(done)
    }

    async fn ids(&self, member: &Member) -> Result<Vec<Id>> {
        let page = Page::newest(PAGE);
        match feeds::read(&self.app.cache, self.generation, member.account, &page).await {
            Answer::Page(ids) => Ok(ids),
            other => bail!("no feed: {other:?}"),
        }
    }

    /// The pair that a home sends, together.
    async fn statements(&self, conn: &Conn, member: &Member, ids: Vec<Id>) -> Result<()> {
        let now = self.app.clock.now();
        let wanted = Wanted {
            ids,
            viewer: Some(member.account),
            as_list: true,
            at: now,
        };
        let (mut for_token, mut for_page) = (conn, conn);
        let digest = member.digest();
        let (token, page) = futures::try_join!(
            store::access::by_token(&mut for_token, &digest, now),
            store::status_page::page(&mut for_page, wanted),
        )
        .map_err(|e| anyhow!("{e:?}"))?;
        if token.is_none() || page.is_empty() {
            bail!("the replay finds nothing");
        }
        Ok(())
    }
}
