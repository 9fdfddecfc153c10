//! The services themselves, on throw-away folders.

use std::{os::unix::fs::PermissionsExt, time::Duration};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tempfile::TempDir;
use tokio_postgres::NoTls;

use super::{Embedded, Options};

/// A folder that the service user may enter, too.
fn folder() -> TempDir {
    let open = std::fs::Permissions::from_mode(0o755);
    tempfile::Builder::new()
        .permissions(open)
        .tempdir()
        .unwrap()
}

async fn ask(embedded: &Embedded, sql: &str) -> Result<String, tokio_postgres::Error> {
    let url = embedded.database_url().unwrap();
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client.query_one(sql, &[]).await?.get(0))
}

async fn run(embedded: &Embedded, sql: &str) {
    let url = embedded.database_url().unwrap();
    let (client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
}

async fn ping(embedded: &Embedded) -> redis::RedisResult<String> {
    let client = redis::Client::open(embedded.redis_url().unwrap())?;
    let mut connection = client.get_multiplexed_async_connection().await?;
    redis::cmd("PING").query_async(&mut connection).await
}

#[tokio::test(flavor = "multi_thread")]
async fn they_start_survive_being_killed_and_keep_what_they_hold() {
    let folder = folder();
    let data = folder.path().join("data");
    let options = Options::both(&data).unwrap();
    let embedded = Embedded::start(options.clone()).await.unwrap();
    assert_eq!(ask(&embedded, "SHOW listen_addresses").await.unwrap(), "");
    assert_eq!(
        ask(&embedded, "SHOW synchronous_commit").await.unwrap(),
        "on"
    );
    assert_eq!(ask(&embedded, "SELECT lower('ÄÖÜ')").await.unwrap(), "äöü");
    run(
        &embedded,
        "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('here')",
    )
    .await;

    let refused = Embedded::start(options.clone())
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(refused.contains("already runs on"), "{refused}");

    let first = embedded.pids();
    assert_eq!(first.len(), 2);
    for pid in &first {
        kill(Pid::from_raw(*pid), Signal::SIGKILL).unwrap();
    }
    let mut tries = 0;
    while ask(&embedded, "SELECT 'back'").await.is_err() || ping(&embedded).await.is_err() {
        tries += 1;
        assert!(tries < 300, "the services did not come back");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let second = embedded.pids();
    embedded.stop().await;
    for pid in first.iter().chain(&second) {
        assert!(
            !super::process::is_running(*pid, &["porchlight"]),
            "{pid} is still there"
        );
    }

    let embedded = Embedded::start(options).await.unwrap();
    assert_eq!(
        ask(&embedded, "SELECT word FROM kept").await.unwrap(),
        "here"
    );
    embedded.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_places_run_side_by_side_even_under_a_long_path() {
    let folder = folder();
    let long = folder.path().join("x".repeat(120)).join("data");
    let near = Embedded::start(Options::both(folder.path().join("a")).unwrap())
        .await
        .unwrap();
    let far = Embedded::start(Options::both(long).unwrap()).await.unwrap();
    assert_ne!(near.database_url(), far.database_url());
    assert_eq!(ask(&near, "SELECT 'a'").await.unwrap(), "a");
    assert_eq!(ask(&far, "SELECT 'b'").await.unwrap(), "b");
    assert_eq!(ping(&far).await.unwrap(), "PONG");
    let sockets = far.layout.sockets.clone();
    near.stop().await;
    far.stop().await;
    std::fs::remove_dir_all(sockets).unwrap();
}
