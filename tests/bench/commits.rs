//! The yardstick of posting: a commit of one row and nothing else, by prepared statement.

use std::time::{Duration, Instant};

use anyhow::Result;
use futures::future::try_join_all;
use tokio_postgres::Client;

use super::client::Done;
use super::place::Place;
use super::scale::Scale;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS bench_commits (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, words text NOT NULL)";
const COMMIT: &str = "INSERT INTO bench_commits (words) VALUES ($1)";
/// About what a post says.
const WORDS: &str =
    "The porch light is on, and somebody is sitting under it with a kettle and a letter.";

/// Connected clients.
pub struct Commits(Vec<Client>);

impl Commits {
    /// Connects.
    pub async fn open(place: &Place) -> Result<Commits> {
        let mut clients = Vec::new();
        for _ in 0..Scale::CLIENTS {
            clients.push(place.sql().await?);
        }
        clients[0].batch_execute(TABLE).await?;
        Ok(Commits(clients))
    }

    /// So many of the clients commit for `time`.
    pub async fn run(&self, clients: usize, time: Duration) -> Result<Done> {
        let began = Instant::now();
        let each = self.0.iter().take(clients).map(async |client| {
            let statement = client.prepare(COMMIT).await?;
            let mut micros = Vec::new();
            while began.elapsed() < time {
                let asked = Instant::now();
                client.execute(&statement, &[&WORDS]).await?;
                micros.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
            }
            anyhow::Ok(micros)
        });
        let mut done = Done::default();
        for micros in try_join_all(each).await? {
            done.micros.extend(micros);
        }
        done.elapsed = began.elapsed();
        done.count = done.micros.len() as u64;
        Ok(done)
    }
}
