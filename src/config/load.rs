//! Lay the layers over each other: defaults, file, environment, command line.

use std::{collections::BTreeMap, io, path::Path};

use super::{
    Config, Database, Error, Federation, Instance, Limits, Logging, Mail, Media, Metrics, Redis,
    Registration, Server,
    environment::CONFIG_FILE,
    known::{self, Name},
    settings::Settings,
    value::Value,
};

/// The prefix of our environment variables.
const PREFIX: &str = "PORCHLIGHT_";

/// Variables that other programs also know, and what they stand for.
const CUSTOMARY: [(&str, &str, &str); 2] = [
    ("DATABASE_URL", "database", "url"),
    ("REDIS_URL", "redis", "url"),
];

/// What lies over the defaults. Nothing here is read from the process: tests give what they like.
pub struct Layers<'a> {
    /// The configuration file: its name (for messages) and its text.
    pub file: Option<(String, String)>,
    /// Environment variables; those that are not ours are passed over.
    pub environment: &'a BTreeMap<String, String>,
    /// What the command line said: section, key, value, and the option's name for messages.
    pub command_line: Vec<(&'static str, &'static str, Value, &'static str)>,
    /// How the file of a secret is read.
    pub read_file: fn(&Path) -> io::Result<String>,
}

/// Loads and checks. Any name that `config/default.toml` does not have, any value of the wrong
/// kind and any value that makes no sense is an error of one sentence.
pub fn load(layers: Layers<'_>) -> Result<Config, Error> {
    let mut settings = Settings::defaults();
    if let Some((name, text)) = &layers.file {
        apply_file(&mut settings, name, text, layers.read_file)?;
    }
    apply_environment(&mut settings, layers.environment, layers.read_file)?;
    for (section, key, value, option) in layers.command_line {
        settings.set(section, key, value, option.to_owned());
    }

    let server = Server::read(&settings)?;
    Ok(Config {
        database: Database::read(&settings)?,
        redis: Redis::read(&settings)?,
        mail: Mail::read(&settings, &server)?,
        media: Media::read(&settings, &server)?,
        federation: Federation::read(&settings),
        registration: Registration::read(&settings)?,
        instance: Instance::read(&settings)?,
        limits: Limits::read(&settings)?,
        logging: Logging::read(&settings)?,
        metrics: Metrics::read(&settings)?,
        server,
    })
}

fn apply_file(
    settings: &mut Settings,
    file: &str,
    text: &str,
    read: fn(&Path) -> io::Result<String>,
) -> Result<(), Error> {
    let table: toml::Table = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let line = text.as_bytes()[..at]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
            + 1;
        let what = error
            .message()
            .lines()
            .next()
            .unwrap_or("it cannot be read")
            .to_owned();
        Error::new(format!("{file}, line {line}, is not TOML: {what}."))
    })?;
    for (section, keys) in &table {
        let Some(keys) = keys.as_table() else {
            return Err(unknown(section, section, file));
        };
        if !known::DEFAULTS.contains_key(section) && keys.is_empty() {
            return Err(unknown(section, &format!("[{section}]"), file));
        }
        let mut layer = Layer {
            settings,
            origin: file,
            read,
        };
        for (key, value) in keys {
            let shown = format!("{section}.{key}");
            if key
                .strip_suffix("_file")
                .is_some_and(|plain| keys.contains_key(plain))
                && matches!(known::find(section, key), Some(Name::FileOf(_)))
            {
                return Err(both(&shown, file));
            }
            layer.set(section, key, &shown, |like| match Value::from_toml(value) {
                Some(value) if std::mem::discriminant(&value) == std::mem::discriminant(like) => {
                    Some(value)
                }
                _ => None,
            })?;
        }
    }
    Ok(())
}

fn apply_environment(
    settings: &mut Settings,
    environment: &BTreeMap<String, String>,
    read: fn(&Path) -> io::Result<String>,
) -> Result<(), Error> {
    let origin = "the environment";
    for (variable, section, key) in CUSTOMARY {
        if let Some(value) = environment.get(variable) {
            settings.set(
                section,
                key,
                Value::Text(value.clone()),
                variable.to_owned(),
            );
        }
    }
    let mut layer = Layer {
        settings,
        origin,
        read,
    };
    for (variable, words) in environment {
        let Some(name) = variable.strip_prefix(PREFIX) else {
            continue;
        };
        if variable == CONFIG_FILE {
            continue;
        }
        let lower = name.to_lowercase();
        let Some((section, key)) = lower.split_once("__") else {
            return Err(unknown(&lower.replacen('_', ".", 1), variable, origin));
        };
        if matches!(known::find(section, key), Some(Name::FileOf(_)))
            && environment.contains_key(variable.trim_end_matches("_FILE"))
        {
            return Err(both(variable, origin));
        }
        layer.set(section, key, variable, |like| {
            Value::from_words(words, like)
        })?;
    }
    Ok(())
}

/// One layer at work.
struct Layer<'a> {
    settings: &'a mut Settings,
    /// Where the layer comes from, for messages.
    origin: &'a str,
    read: fn(&Path) -> io::Result<String>,
}

impl Layer<'_> {
    /// Sets one name, shown in messages as `shown`; `value` reads the value as a given kind.
    fn set(
        &mut self,
        section: &str,
        key: &str,
        shown: &str,
        value: impl FnOnce(&Value) -> Option<Value>,
    ) -> Result<(), Error> {
        let origin = self.origin;
        let wrong_kind =
            |like: &Value| Error::new(format!("{shown} in {origin} must be {}.", like.kind()));
        let source = format!("{shown} in {origin}");
        match known::find(section, key) {
            None => Err(unknown(&format!("{section}.{key}"), shown, origin)),
            Some(Name::Key(like)) => {
                let value = value(like).ok_or_else(|| wrong_kind(like))?;
                self.settings.set(section, key, value, source);
                Ok(())
            }
            Some(Name::FileOf(plain)) => {
                let like = Value::Text(String::new());
                let Some(Value::Text(path)) = value(&like) else {
                    return Err(wrong_kind(&like));
                };
                let secret = (self.read)(Path::new(&path)).map_err(|error| {
                    Error::new(format!(
                        "{shown} in {origin} names {path}, which cannot be read: {error}."
                    ))
                })?;
                let secret = secret.trim_end_matches(['\n', '\r']).to_owned();
                self.settings
                    .set(section, plain, Value::Text(secret), source);
                Ok(())
            }
        }
    }
}

fn unknown(name: &str, shown: &str, origin: &str) -> Error {
    let hint = match known::nearest(name) {
        Some(nearest) if origin == "the environment" => {
            format!(
                "did you mean {PREFIX}{}?",
                nearest.to_uppercase().replacen('.', "__", 1)
            )
        }
        Some(nearest) => format!("did you mean {nearest}?"),
        None => "config/default.toml lists what there is.".to_owned(),
    };
    Error::new(format!("There is no setting {shown} (in {origin}); {hint}"))
}

fn both(shown: &str, origin: &str) -> Error {
    Error::new(format!(
        "{shown} in {origin} stands beside the same setting without _file; keep one."
    ))
}
