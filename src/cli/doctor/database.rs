//! PostgreSQL, its schema, its oldest transaction, its clock; Redis.

use std::time::Duration;

use diesel_async::{AsyncConnection, AsyncPgConnection};
use tokio_postgres::NoTls;

use crate::{
    app::clock::Clock,
    cli::{connect, embedded::programs::OLDEST_POSTGRES, sentence::tell},
    config::Config,
    domain,
    store::migrations::Standing,
};

use super::Finding;

/// How long anything may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// A transaction that lags so many others behind keeps dead rows from being cleaned.
const OLD_TRANSACTION: i64 = 1_000_000;
/// A clock that is off by more is a warning, in milliseconds.
const SKEW: i64 = 2_000;

/// What the server says of itself in one round trip: its version as a number, and by how many
/// transactions the oldest snapshot of any backend, prepared transaction or slot lags.
const ABOUT: &str = "
    SELECT current_setting('server_version_num')::bigint,
           current_setting('server_version'),
           greatest(
               (SELECT max(age(backend_xmin)) FROM pg_stat_activity),
               (SELECT max(age(transaction)) FROM pg_prepared_xacts),
               (SELECT max(age(xmin)) FROM pg_replication_slots),
               0)::bigint";

/// Reaches PostgreSQL and asks for version, oldest snapshot and clock.
pub(super) async fn check_postgres(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    match tokio::time::timeout(PATIENCE, ask(config)).await {
        Err(_) => findings.push(Finding::failure(
            "postgres",
            "no answer in 10 s: is the address right?",
        )),
        Ok(Err(error)) => {
            findings.push(Finding::failure(
                "postgres",
                format!("{error:#}: check DATABASE_URL and the server"),
            ));
        }
        Ok(Ok((number, version, lag))) => {
            findings.push(match number / 10_000 {
                major if major < i64::from(OLDEST_POSTGRES) => Finding::failure(
                    "postgres",
                    format!(
                        "version {version} is too old: version {OLDEST_POSTGRES} or newer is needed"
                    ),
                ),
                _ => Finding::good("postgres", format!("version {version}")),
            });
            findings.push(oldest(lag));
            findings.push(check_clock(config).await);
        }
    }
    findings
}

async fn ask(config: &Config) -> anyhow::Result<(i64, String, i64)> {
    let url = connect::database_url(config)?;
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    let driver = tokio::spawn(connection);
    let row = client.query_one(ABOUT, &[]).await?;
    drop(client);
    // It ends by itself when the client is gone; how does not matter any more.
    let _ = driver.await;
    Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?))
}

fn oldest(lag: i64) -> Finding {
    let words = format!("the oldest open transaction lags {lag} behind");
    match lag {
        ..OLD_TRANSACTION => Finding::good("transactions", words),
        _ => Finding::warning(
            "transactions",
            format!("{words}, which keeps dead rows: look for idle ones in pg_stat_activity"),
        ),
    }
}

async fn check_clock(config: &Config) -> Finding {
    let measured = async {
        let mut conn = AsyncPgConnection::establish(connect::database_url(config)?).await?;
        Clock::new().observe(&mut conn).await.map_err(tell)
    };
    match measured.await {
        Err(error) => Finding::failure("clock", format!("{error:#}")),
        Ok(skew) => {
            let milliseconds = skew.num_milliseconds();
            let words = format!("{milliseconds} ms apart from the database's");
            if milliseconds.abs() > SKEW {
                Finding::warning(
                    "clock",
                    format!("{words}: run a time service on both machines"),
                )
            } else {
                Finding::good("clock", words)
            }
        }
    }
}

/// Judges where the schema stands.
pub(super) fn check_schema(standing: domain::error::Result<Standing>) -> Finding {
    match standing {
        Ok(Standing::Current) => Finding::good("schema", "current"),
        Ok(Standing::Behind(count)) => Finding::warning(
            "schema",
            format!(
                "{count} migrations are missing: run `porchlight migrate` (`up` does it by itself)"
            ),
        ),
        Ok(Standing::Ahead(version)) => Finding::failure(
            "schema",
            format!("written by a newer Porchlight (migration {version}): start that version"),
        ),
        Err(error) => Finding::failure("schema", format!("{:#}", tell(error))),
    }
}

/// Reaches Redis.
pub(super) async fn check_redis(config: &Config) -> Finding {
    let asked = async {
        let client = redis::Client::open(connect::redis_url(config)?)?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        let info: String = redis::cmd("INFO")
            .arg("server")
            .query_async(&mut connection)
            .await?;
        let version = info
            .lines()
            .find_map(|line| line.strip_prefix("redis_version:"));
        anyhow::Ok(version.unwrap_or("unknown").trim().to_owned())
    };
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(version)) => Finding::good("redis", format!("version {version}")),
        Ok(Err(error)) => Finding::failure(
            "redis",
            format!("{error:#}: check REDIS_URL and the server"),
        ),
        Err(_) => Finding::failure("redis", "no answer in 10 s: is the address right?"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::Verdict;

    #[test]
    fn old_transactions_and_foreign_schemas_are_told() {
        assert_eq!(oldest(10).verdict, Verdict::Good);
        assert_eq!(oldest(2_000_000).verdict, Verdict::Warning);
        assert_eq!(
            check_schema(Ok(Standing::Behind(2))).verdict,
            Verdict::Warning
        );
        assert_eq!(
            check_schema(Ok(Standing::Ahead("x".into()))).verdict,
            Verdict::Failure
        );
    }
}
