//! `porchlight doctor`: look at everything a place needs.
//!
//! Each check is a line: `ok`, `warn` (works, but look at it) or `FAIL` (does not work), with
//! what to do. The exit code is not 0 when something failed.

mod database;
mod disk;

use anyhow::{Result, bail};

use super::{
    connect::{self, Open},
    embedded::{self, Options},
    run_async,
    settle::Settled,
    terminal,
};
use crate::{config::Config, store::migrations};

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Good,
    Warning,
    Failure,
}

/// One line of the report.
struct Finding {
    verdict: Verdict,
    what: &'static str,
    words: String,
}

impl Finding {
    fn good(what: &'static str, words: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Good,
            what,
            words: words.into(),
        }
    }

    fn warning(what: &'static str, words: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Warning,
            what,
            words: words.into(),
        }
    }

    fn failure(what: &'static str, words: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Failure,
            what,
            words: words.into(),
        }
    }

    fn line(&self) -> String {
        let mark = match self.verdict {
            Verdict::Good => "ok  ",
            Verdict::Warning => "warn",
            Verdict::Failure => "FAIL",
        };
        format!("{mark}  {:<14} {}", self.what, self.words)
    }
}

/// Runs all checks and prints them.
pub fn doctor(settled: Settled) -> Result<()> {
    let config = settled.config.clone();
    run_async(config, move |config| async move {
        let mut failures = 0;
        let mut report = |finding: Finding| {
            failures += usize::from(finding.verdict == Verdict::Failure);
            terminal::say(finding.line());
        };
        report(Finding::good("configuration", config.server.origin()));
        for finding in disk::check(&config) {
            report(finding);
        }
        report(mail(&config));
        if is_new(&config) {
            report(programs(&config));
            return verdict(failures);
        }
        match Open::open(settled).await {
            Err(error) => report(Finding::failure("databases", format!("{error:#}"))),
            Ok(open) => {
                for finding in check_databases(&open.config).await {
                    report(finding);
                }
                open.close().await;
            }
        }
        verdict(failures)
    })
}

fn verdict(failures: usize) -> Result<()> {
    match failures {
        0 => Ok(()),
        1 => bail!("One check failed."),
        count => bail!("{count} checks failed."),
    }
}

/// Databases of its own, and no folder for them yet: looking makes none.
fn is_new(config: &Config) -> bool {
    let (postgres, redis) = connect::missing(config);
    (postgres || redis) && !config.server.data.exists()
}

/// Whether what `porchlight up` would start is installed.
fn programs(config: &Config) -> Finding {
    let (postgres, redis) = connect::missing(config);
    let options = Options {
        data: config.server.data.clone(),
        run_as: None,
        postgres,
        redis,
    };
    match embedded::check_programs(&options) {
        Ok(_) => Finding::good("databases", "none yet; `porchlight up` makes them"),
        Err(error) => Finding::failure("databases", format!("{error:#}")),
    }
}

async fn check_databases(config: &Config) -> Vec<Finding> {
    let mut findings = database::check_postgres(config).await;
    if let Some(url) = &config.database.url {
        findings.push(database::check_schema(
            migrations::standing(url.expose()).await,
        ));
    }
    findings.push(database::check_redis(config).await);
    findings
}

fn mail(config: &Config) -> Finding {
    if config.mail.is_configured() {
        return Finding::good("mail", format!("by SMTP, from {}", config.mail.from));
    }
    let folder = config.server.data.join("mail");
    let words = format!(
        "no server is set, mails become files in {}: set mail.smtp_url",
        folder.display()
    );
    Finding::warning("mail", words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_aligned() {
        assert_eq!(
            Finding::good("disk", "40 GB free").line(),
            "ok    disk           40 GB free"
        );
        assert!(
            Finding::failure("redis", "no answer")
                .line()
                .starts_with("FAIL  redis")
        );
    }
}
