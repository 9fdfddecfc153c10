//! What hosts get wrong, and what they are told.

use std::{collections::BTreeMap, io, path::Path};

use super::{Config, Place, Value, known, load, load::Layers};

fn no_files(_: &Path) -> io::Result<String> {
    Err(io::ErrorKind::NotFound.into())
}

fn load_with(file: &str, environment: &[(&str, &str)]) -> Result<Config, String> {
    let environment: BTreeMap<String, String> = environment
        .iter()
        .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
        .collect();
    load::load(Layers {
        file: Some(("porch.toml".to_owned(), file.to_owned())),
        environment: &environment,
        command_line: Vec::new(),
        read_file: no_files,
    })
    .map_err(|error| error.to_string())
}

fn error_of(file: &str, environment: &[(&str, &str)]) -> String {
    let error = load_with(file, environment).expect_err("this configuration is wrong");
    assert!(!error.contains('\n'), "one sentence: {error}");
    error
}

#[test]
fn defaults_are_a_development_place() {
    let config = load_with("", &[]).unwrap();
    assert_eq!(config.server.place, Place::Development);
    assert_eq!(config.server.origin(), "http://localhost:3000");
    assert!(!config.server.federates());
    assert!(config.server.trusted_proxies.is_empty());
    assert!(config.database.url.is_none() && config.redis.url.is_none());
    assert_eq!(config.mail.from, "Porchlight <porchlight@localhost>");
}

#[test]
fn figures_are_read_by_those_who_are_named_and_nobody_else() {
    let config = load_with("", &[]).unwrap();
    assert!(config.metrics.token.is_none() && config.metrics.from.is_empty());
    let token = "0123456789abcdef";
    let config = load_with(
        "[metrics]\nfrom = ['10.0.0.0/8', '::1']",
        &[("PORCHLIGHT_METRICS__TOKEN", token)],
    );
    let metrics = config.unwrap().metrics;
    assert_eq!(metrics.token.as_ref().unwrap().expose(), token);
    assert!(
        !format!("{metrics:?}").contains(token),
        "secrets do not show"
    );
    assert_eq!(metrics.from.len(), 2);
    assert!(error_of("[metrics]\ntoken = 'short'", &[]).contains("16 characters"));
    let everybody = error_of("[metrics]\nfrom = ['::/0']", &[]);
    assert!(everybody.contains("answer everybody"), "{everybody}");
}

#[test]
fn every_default_has_a_comment() {
    let mut above = "";
    for line in known::DEFAULT_TOML.lines() {
        let is_key = line.contains(" = ") && !line.starts_with('#');
        let group = above.starts_with('#') || above.contains(" = ");
        assert!(!is_key || group, "{line} has no comment above it");
        above = line;
    }
}

#[test]
fn the_example_for_production_is_good() {
    let text = include_str!("../../config/example.production.toml");
    let environment = BTreeMap::new();
    let config = load::load(Layers {
        file: Some(("example".to_owned(), text.to_owned())),
        environment: &environment,
        command_line: Vec::new(),
        read_file: |path| match path.file_name().and_then(|name| name.to_str()) {
            Some("database_url") => Ok("postgres://porch:pw@localhost/porch\n".to_owned()),
            _ => Ok("smtps://porch:pw@mail.example:465\n".to_owned()),
        },
    })
    .unwrap();
    assert_eq!(config.server.origin(), "https://porch.example");
    assert!(config.server.secure_cookies() && config.mail.is_configured());
    let url = config.database.url.as_ref().unwrap();
    assert_eq!(url.expose(), "postgres://porch:pw@localhost/porch");
    assert!(
        !format!("{config:?}").contains("pw@"),
        "secrets do not show"
    );
}

#[test]
fn unknown_names_are_told_with_the_nearest() {
    let error = error_of("[server]\ndomian = 'a.example'", &[]);
    assert_eq!(
        error,
        "There is no setting server.domian (in porch.toml); did you mean server.domain?"
    );
    let error = error_of("[databse]\npool_size = 3", &[]);
    assert!(
        error.contains("did you mean database.pool_size?"),
        "{error}"
    );
    let error = error_of("", &[("PORCHLIGHT_SERVER__DOMAINE", "x")]);
    assert!(
        error.contains("did you mean PORCHLIGHT_SERVER__DOMAIN?"),
        "{error}"
    );
    let error = error_of("", &[("PORCHLIGHT_SERVER_DOMAIN", "x")]);
    assert!(
        error.contains("did you mean PORCHLIGHT_SERVER__DOMAIN?"),
        "{error}"
    );
    let error = error_of("domain = 'a.example'", &[]);
    assert!(error.contains("did you mean server.domain?"), "{error}");
}

#[test]
fn later_layers_win() {
    let file = "[server]\nlisten = '127.0.0.1:4000'\n[database]\npool_size = 7";
    let variables = [
        ("PORCHLIGHT_DATABASE__POOL_SIZE", "8"),
        ("DATABASE_URL", "postgres://one"),
        ("PORCHLIGHT_DATABASE__URL", "postgres://two"),
        ("PORCHLIGHT_CONFIG", "porch.toml"),
        ("HOME", "/root"),
        ("PORCHLIGHT_SERVER__TRUSTED_PROXIES", "10.0.0.0/8, ::1"),
    ];
    let config = load_with(file, &variables).unwrap();
    assert_eq!(config.database.pool_size, 8);
    assert_eq!(config.database.url.unwrap().expose(), "postgres://two");
    assert_eq!(config.server.domain, "localhost:4000");
    assert_eq!(config.server.trusted_proxies.len(), 2);

    let environment = BTreeMap::from([("PORCHLIGHT_SERVER__DOMAIN".into(), "a.example".into())]);
    let config = load::load(Layers {
        file: None,
        environment: &environment,
        command_line: vec![(
            "server",
            "domain",
            Value::Text("b.example".into()),
            "--domain",
        )],
        read_file: no_files,
    });
    assert_eq!(config.unwrap().server.domain, "b.example");
}

#[test]
fn values_of_the_wrong_kind_are_one_sentence() {
    let error = error_of("[database]\npool_size = 'many'", &[]);
    assert_eq!(
        error,
        "database.pool_size in porch.toml must be a whole number."
    );
    let error = error_of("", &[("PORCHLIGHT_DATABASE__POOL_SIZE", "0")]);
    let words =
        "PORCHLIGHT_DATABASE__POOL_SIZE in the environment must be a whole number from 1 to 500.";
    assert_eq!(error, words);
    assert!(error_of("[server\n", &[]).starts_with("porch.toml, line 1, is not TOML"));
    assert!(error_of("[logging]\nlevel = 'loud=very'", &[]).contains("must be a level"));
}

#[test]
fn secrets_come_from_files_once() {
    let error = error_of("[mail]\nsmtp_url = 'smtp://x'\nsmtp_url_file = '/x'", &[]);
    assert!(error.contains("stands beside"), "{error}");
    let error = error_of("[mail]\nsmtp_url_file = '/x'", &[]);
    assert!(error.contains("names /x, which cannot be read"), "{error}");
    let error = error_of("[server]\ndomain_file = '/x'", &[]);
    assert!(
        error.starts_with("There is no setting server.domain_file"),
        "{error}"
    );
}

#[test]
fn dev_stays_on_the_machine() {
    for domain in ["localhost", "a.localhost", "alpha.test", "alpha.test:8741"] {
        let config = load_with(&format!("[server]\ndev = true\ndomain = '{domain}'"), &[]).unwrap();
        assert_eq!(config.server.place, Place::Dev);
        assert_eq!(config.server.origin(), format!("http://{domain}"));
    }
    let error = error_of("[server]\ndev = true\ndomain = 'porch.example'", &[]);
    assert!(
        error.starts_with("server.dev in porch.toml is only for"),
        "{error}"
    );
    let peers = "dev_peers = ['beta.test=127.0.0.1:4001']";
    assert!(error_of(&format!("[server]\n{peers}"), &[]).contains("a place with --dev"));
    let config = load_with(
        &format!("[server]\ndev = true\ndomain = 'a.test'\n{peers}"),
        &[],
    )
    .unwrap();
    assert_eq!(config.server.dev_peers[0].host, "beta.test");
    let config = load_with(
        "[server]\ndev = true\ndomain = 'a.test'\ndev_peers = ['*.flock.test=127.0.0.1:4001']",
        &[],
    )
    .unwrap();
    assert_eq!(config.server.dev_peers[0].host, "*.flock.test");
    for wrong in [
        "beta.test",
        "*.*.test=127.0.0.1:80",
        "beta.test=10.0.0.1:80",
        "beta.example=127.0.0.1:80",
    ] {
        error_of(
            &format!("[server]\ndev = true\ndomain = 'a.test'\ndev_peers = ['{wrong}']"),
            &[],
        );
    }
}

#[test]
fn domains_are_bare_names() {
    for wrong in [
        "https://a.example",
        "a.example/x",
        "a.example:80",
        "10.0.0.1",
        "porch",
        "a..b",
        "a_b.example",
    ] {
        error_of(&format!("[server]\ndomain = '{wrong}'"), &[]);
    }
    let config = load_with("[server]\ndomain = 'Bücher.Example'", &[]).unwrap();
    assert_eq!(config.server.domain, "xn--bcher-kva.example");
    assert_eq!(config.server.handle_domain, config.server.domain);
}

#[test]
fn nobody_is_believed_by_accident() {
    assert!(error_of("[server]\ntrusted_proxies = ['0.0.0.0/0']", &[]).contains("everybody"));
    error_of("[server]\ntrusted_proxies = ['proxy']", &[]);
}
