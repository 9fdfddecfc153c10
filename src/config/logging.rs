//! The section `[logging]`.

use super::{Error, settings::Settings};

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for machines.
    Json,
}

/// What is logged, and how.
#[derive(Debug, Clone)]
pub struct Logging {
    /// A filter in the syntax of `tracing_subscriber::EnvFilter`; a wrong one is refused when
    /// logging starts.
    pub level: String,
    /// How a line looks.
    pub format: LogFormat,
}

impl Logging {
    pub(super) fn read(settings: &Settings) -> Result<Self, Error> {
        let level = settings
            .some_text("logging", "level")
            .unwrap_or("info")
            .to_owned();
        if level.parse::<tracing_subscriber::EnvFilter>().is_err() {
            let what =
                "must be a level such as info, or levels for parts such as info,porchlight=debug";
            return Err(settings.bad("logging", "level", what));
        }
        let format = match settings.text("logging", "format") {
            "text" => LogFormat::Text,
            "json" => LogFormat::Json,
            _ => return Err(settings.bad("logging", "format", "must be text or json")),
        };
        Ok(Self { level, format })
    }
}
