//! Settle which place is meant: configuration, data folder, and whom it runs as.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::config::{self, Config, Layers, Value, environment};

use super::{
    arguments::PlaceArguments,
    embedded::user::{self, ServiceUser},
};

/// A place whose configuration is read; nothing is made or started yet.
pub struct Settled {
    /// The configuration; `server.data` is absolute.
    pub config: Config,
    /// Whom the place runs as, when we are root.
    pub user: Option<ServiceUser>,
    /// The data folder that was asked for, when it had to move.
    pub moved_from: Option<PathBuf>,
}

/// Reads configuration file, environment and arguments.
pub fn settle(arguments: &PlaceArguments) -> Result<Settled> {
    let mut layers = command_line(arguments)?;
    let config = load(arguments, layers.clone())?;
    let wanted = std::path::absolute(&config.server.data).with_context(|| {
        format!(
            "The data folder {} makes no path",
            config.server.data.display()
        )
    })?;
    let user = user::choose(&wanted)?;
    let data = match &user {
        Some(user) => user::reachable_data(&wanted, user)?,
        None => wanted.clone(),
    };
    // Once more, since other settings follow from the folder.
    layers.push(("server", "data", text(&data)?, "the data folder"));
    let config = load(arguments, layers)?;
    let moved_from = (data != wanted).then_some(wanted);
    Ok(Settled {
        config,
        user,
        moved_from,
    })
}

type CommandLine = Vec<(&'static str, &'static str, Value, &'static str)>;

fn load(arguments: &PlaceArguments, command_line: CommandLine) -> Result<Config> {
    let environment = environment::variables();
    let named = arguments.config.clone();
    let path = named.or_else(|| environment.get(environment::CONFIG_FILE).map(PathBuf::from));
    let file = match path {
        None => None,
        Some(path) => {
            let words = || format!("The configuration file {} cannot be read", path.display());
            let content = std::fs::read_to_string(&path).with_context(words)?;
            Some((path.display().to_string(), content))
        }
    };
    let layers = Layers {
        file,
        environment: &environment,
        command_line,
        read_file: |path| std::fs::read_to_string(path),
    };
    Ok(config::load::load(layers)?)
}

fn command_line(arguments: &PlaceArguments) -> Result<CommandLine> {
    let mut layer = CommandLine::new();
    if let Some(data) = &arguments.data {
        layer.push(("server", "data", text(data)?, "--data"));
    }
    if let Some(listen) = &arguments.listen {
        layer.push(("server", "listen", Value::Text(listen.clone()), "--listen"));
    }
    if let Some(domain) = &arguments.domain {
        layer.push(("server", "domain", Value::Text(domain.clone()), "--domain"));
    }
    if arguments.dev {
        layer.push(("server", "dev", Value::Flag(true), "--dev"));
    }
    if !arguments.dev_peer.is_empty() {
        layer.push((
            "server",
            "dev_peers",
            Value::List(arguments.dev_peer.clone()),
            "--dev-peer",
        ));
    }
    Ok(layer)
}

fn text(path: &Path) -> Result<Value> {
    let words = || format!("The path {} is not UTF-8: choose another", path.display());
    Ok(Value::Text(path.to_str().with_context(words)?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_go_before_everything() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("porch.toml");
        std::fs::write(
            &file,
            "[server]\nlisten = '127.0.0.1:4000'\ndomain = 'a.example'",
        )
        .unwrap();
        let arguments = PlaceArguments {
            config: Some(file),
            data: Some(folder.path().join("data")),
            listen: Some("127.0.0.1:4001".into()),
            domain: Some("b.test".into()),
            dev: true,
            dev_peer: vec!["c.test=127.0.0.1:4002".into()],
        };
        let settled = settle(&arguments).unwrap();
        assert_eq!(settled.config.server.listen.port(), 4001);
        assert_eq!(settled.config.server.origin(), "http://b.test");
        assert_eq!(settled.config.server.dev_peers.len(), 1);
        assert!(
            settled
                .config
                .media
                .path
                .starts_with(&settled.config.server.data)
        );
    }
}
