//! The report: a table for people, JSON lines for machines.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::place::Place;
use super::scale::Scale;

/// A number with its unit.
#[derive(Debug, Clone, Copy)]
pub struct Figure {
    value: f64,
    unit: &'static str,
}

/// A count.
pub fn plain(value: f64) -> Figure {
    Figure { value, unit: "" }
}

/// So many a second.
pub fn per_second(value: f64) -> Figure {
    Figure { value, unit: "/s" }
}

/// A factor.
pub fn times(value: f64) -> Figure {
    Figure { value, unit: "x" }
}

/// A time in seconds.
pub fn seconds(time: Duration) -> Figure {
    Figure {
        value: time.as_secs_f64(),
        unit: "s",
    }
}

/// A time in milliseconds.
pub fn milliseconds(time: Duration) -> Figure {
    Figure {
        value: time.as_secs_f64() * 1e3,
        unit: "ms",
    }
}

/// A size, given in bytes.
pub fn megabytes(bytes: u64) -> Figure {
    Figure {
        value: bytes as f64 / f64::from(1 << 20),
        unit: "MB",
    }
}

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = match self.value.abs() {
            v if v.fract() == 0.0 || v >= 1_000.0 => 0,
            v if v >= 10.0 => 1,
            _ => 2,
        };
        let gap = if matches!(self.unit, "" | "/s" | "x") {
            ""
        } else {
            " "
        };
        write!(f, "{:.digits$}{gap}{}", self.value, self.unit)
    }
}

/// One line of the report.
pub struct Row {
    what: String,
    figure: Figure,
    yardstick: Option<(String, Figure)>,
    promise: Option<(String, bool)>,
}

impl Row {
    /// What was measured.
    pub fn new(what: impl Into<String>, figure: Figure) -> Row {
        Row {
            what: what.into(),
            figure,
            yardstick: None,
            promise: None,
        }
    }

    /// What it stands beside.
    pub fn beside(mut self, what: impl Into<String>, figure: Figure) -> Row {
        self.yardstick = Some((what.into(), figure));
        self
    }

    /// Promised: at most so much, in the figure's unit.
    pub fn at_most(mut self, limit: f64) -> Row {
        let text = format!(
            "at most {}",
            Figure {
                value: limit,
                unit: self.figure.unit
            }
        );
        self.promise = Some((text, self.figure.value <= limit));
        self
    }

    /// Promised: so much at least, in the figure's unit.
    pub fn reaching(mut self, goal: f64) -> Row {
        let text = format!(
            "at least {}",
            Figure {
                value: goal,
                unit: self.figure.unit
            }
        );
        self.promise = Some((text, self.figure.value >= goal));
        self
    }

    /// Promised: at most the yardstick and so much more.
    pub fn at_most_more(mut self, more: f64) -> Row {
        let Some((_, yardstick)) = &self.yardstick else {
            return self;
        };
        let met = self.figure.value <= yardstick.value + more;
        let more = Figure {
            value: more,
            unit: self.figure.unit,
        };
        self.promise = Some((format!("at most {more} more"), met));
        self
    }

    /// Promised: at most so many times the yardstick.
    pub fn at_most_times(mut self, limit: f64) -> Row {
        let Some((_, yardstick)) = &self.yardstick else {
            return self;
        };
        let reached = self.figure.value / yardstick.value;
        let text = format!("{reached:.1}x of it, at most {limit:.0}x");
        self.promise = Some((text, reached <= limit));
        self
    }

    /// Promised: at most such a part of the yardstick.
    pub fn at_most_part(mut self, part: f64) -> Row {
        let Some((_, yardstick)) = &self.yardstick else {
            return self;
        };
        let reached = self.figure.value / yardstick.value;
        let text = format!(
            "{:.1} % of it, at most {:.1} %",
            reached * 100.0,
            part * 100.0
        );
        self.promise = Some((text, reached <= part));
        self
    }

    /// Promised: at least such a part of the yardstick.
    pub fn at_least(mut self, part: f64) -> Row {
        let Some((_, yardstick)) = &self.yardstick else {
            return self;
        };
        let reached = self.figure.value / yardstick.value;
        let text = format!(
            "{:.0} % of it, at least {:.0} %",
            reached * 100.0,
            part * 100.0
        );
        self.promise = Some((text, reached >= part));
        self
    }
}

/// Prints and keeps what is measured.
pub struct Report {
    json: File,
    path: PathBuf,
    section: String,
    met: usize,
    missed: Vec<String>,
}

impl Report {
    /// Begins a run of a workload: says on what machine.
    pub async fn begin(place: &Place, workload: &str, scale: Scale) -> Result<Report> {
        let sql = place.sql().await?;
        let row = sql
            .query_one(
                "SELECT extract(epoch FROM now())::bigint, split_part(version(), ' ', 2), current_setting('fsync')",
                &[],
            )
            .await?;
        let (at, postgres, fsync): (i64, String, String) = (row.get(0), row.get(1), row.get(2));
        let cores = std::thread::available_parallelism()?.get();
        let profile = if cfg!(debug_assertions) {
            "debug"
        } else {
            "release"
        };
        let busy = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let busy = busy.split(' ').next().unwrap_or("?").to_owned();
        println!(
            "Porchlight {workload} bench: {} run, {profile} build, {cores} cores (load {busy} before), PostgreSQL {postgres}, fsync {fsync}",
            scale.name
        );
        let (path, json) = open_json(workload)?;
        let mut report = Report {
            json,
            path,
            section: String::new(),
            met: 0,
            missed: Vec::new(),
        };
        report.line(&json!({
            "workload": workload, "run": scale.name, "profile": profile, "at": at, "cores": cores, "load_before": busy,
            "postgres": postgres, "fsync": fsync, "users": scale.users, "statuses": scale.statuses,
        }))?;
        Ok(report)
    }

    /// Begins a part.
    pub fn section(&mut self, title: &str) {
        println!("\n{title}");
        self.section = title.to_owned();
    }

    /// Adds a line.
    pub fn row(&mut self, row: Row) {
        let yardstick = row
            .yardstick
            .as_ref()
            .map(|(what, figure)| format!("{what} {figure}"));
        let promise = row
            .promise
            .as_ref()
            .map(|(text, met)| format!("{text}: {}", if *met { "met" } else { "NOT MET" }));
        let line = format!(
            "  {:<46}{:>12}   {:<34}{}",
            row.what,
            row.figure.to_string(),
            yardstick.unwrap_or_default(),
            promise.unwrap_or_default()
        );
        println!("{}", line.trim_end());
        match &row.promise {
            Some((_, true)) => self.met += 1,
            Some((text, false)) => {
                self.missed.push(format!(
                    "{}: {} ({}; {text})",
                    self.section, row.what, row.figure
                ));
            }
            None => {}
        }
        let yardstick = row
            .yardstick
            .map(|(what, f)| json!({ "what": what, "value": f.value, "unit": f.unit }));
        let json = json!({
            "section": self.section, "what": row.what, "value": row.figure.value,
            "unit": row.figure.unit, "yardstick": yardstick,
            "promise": row.promise.as_ref().map(|(text, _)| text),
            "met": row.promise.as_ref().map(|(_, met)| met),
        });
        if let Err(error) = self.line(&json) {
            println!("  ({} cannot be written: {error})", self.path.display());
        }
    }

    fn line(&mut self, value: &Value) -> Result<()> {
        Ok(writeln!(self.json, "{value}")?)
    }

    /// Ends the run: says which promises were not met.
    pub fn end(mut self, took: Duration) -> Result<()> {
        let (met, missed) = (self.met, std::mem::take(&mut self.missed));
        println!(
            "\n{met} of {} promises met, in {}.",
            met + missed.len(),
            seconds(took)
        );
        for what in &missed {
            println!("  not met: {what}");
        }
        println!("As JSON lines: {}", self.path.display());
        self.line(&json!({ "met": met, "missed": missed, "seconds": took.as_secs_f64() }))
    }
}

/// `bench/WORKLOAD.jsonl` in cargo's target folder; runs are added at its end.
fn open_json(workload: &str) -> Result<(PathBuf, File)> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .context("a target folder")?;
    let folder = target.join("bench");
    std::fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{workload}.jsonl"));
    let file = OpenOptions::new().create(true).append(true).open(&path)?;
    Ok((path, file))
}
