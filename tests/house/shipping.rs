//! What is shipped beside the program says what is true of it: the files under `docker/`, and
//! the licences of what is built in (`deny.toml`).

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use porchlight::config::load::load;
use porchlight::config::{Config, Layers};
use serde_json::Value;

use crate::root;

fn text(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The configuration that these variables make; unknown names are errors.
fn configured(variables: &[(&str, &str)]) -> Config {
    let environment: BTreeMap<String, String> = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    load(Layers {
        file: None,
        environment: &environment,
        command_line: Vec::new(),
        read_file: |path| panic!("{} was asked for", path.display()),
    })
    .unwrap_or_else(|error| panic!("{variables:?}: {error}"))
}

/// The `NAME=value` words of `ENV` lines.
fn environment_of_the_image(dockerfile: &str) -> Vec<(&str, &str)> {
    dockerfile
        .lines()
        .filter_map(|line| line.strip_prefix("ENV "))
        .flat_map(str::split_whitespace)
        .filter_map(|word| word.split_once('='))
        .collect()
}

#[test]
fn the_image_builds_a_profile_that_is_there_and_sets_names_that_are_known() {
    let dockerfile = text("docker/Dockerfile");
    let profile = dockerfile
        .split("--profile ")
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next())
        .expect("a profile");
    assert!(text("Cargo.toml").contains(&format!("[profile.{profile}]")));
    assert!(dockerfile.contains(&format!("target/{profile}/porchlight")));
    let config = configured(&environment_of_the_image(&dockerfile));
    assert_eq!(config.server.data.to_str(), Some("/data"));
    assert_eq!(config.server.listen.to_string(), "0.0.0.0:3000");
    assert!(dockerfile.contains("EXPOSE 3000") && dockerfile.contains("VOLUME /data"));
    // What is not the source stays out of the image.
    for folder in ["/.git", "/target", "/data"] {
        assert!(text(".dockerignore").lines().any(|line| line == folder));
    }
}

#[test]
fn compose_sets_names_that_are_known_and_trusts_its_own_proxy_alone() {
    let compose = text("docker/compose.yml");
    let set: Vec<(&str, &str)> = compose
        .lines()
        .filter_map(|line| line.trim().split_once(": "))
        .filter(|(name, _)| {
            name.starts_with("PORCHLIGHT_") || ["DATABASE_URL", "REDIS_URL"].contains(name)
        })
        .map(|(name, value)| match name {
            "PORCHLIGHT_SERVER__DOMAIN" => (name, "porch.example"),
            _ if value.starts_with("${") => (name, ""),
            _ => (name, value),
        })
        .collect();
    assert!(set.len() >= 6, "{set:?}");
    let config = configured(&set);
    let proxies = config
        .server
        .trusted_proxies
        .iter()
        .map(|net| net.to_string());
    let subnets = compose
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- subnet: "));
    assert_eq!(
        proxies.collect::<BTreeSet<String>>(),
        subnets.map(str::to_owned).collect(),
        "what is trusted is the proxy's network, and all of it"
    );
    // At its socket the image answers before it can be reached.
    assert!(compose.contains("pg_isready -h 127.0.0.1 "));
    assert!(text("docker/Caddyfile").contains("reverse_proxy server:3000"));
    // Long enough for requests in flight, and then for what was not told yet.
    let grace = compose
        .split("stop_grace_period: ")
        .nth(1)
        .and_then(|rest| rest.split('s').next())
        .and_then(|seconds| seconds.parse::<u64>().ok())
        .expect("a grace period");
    assert!(grace > config.server.shutdown.as_secs());
}

/// What `docker/compose.yml` says below a key of a service or of the file, such as `networks`:
/// the names in its list, or those of its entries.
fn named(compose: &str, key: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut below = None;
    for line in compose.lines().filter(|line| !line.trim().is_empty()) {
        let depth = line.len() - line.trim_start().len();
        let words = line.trim();
        if let Some(rest) = words.strip_prefix(&format!("{key}:")) {
            let list = rest.trim().trim_matches(['[', ']']).split(", ");
            names.extend(list.filter(|name| !name.is_empty()).map(str::to_owned));
            below = rest.trim().is_empty().then_some(depth);
        } else if let Some(above) = below.filter(|above| depth > *above) {
            let name = words.trim_start_matches("- ").split(':').next();
            if depth == above + 2 && !words.starts_with('#') {
                names.extend(name.map(|name| name.trim().to_owned()));
            }
        } else {
            below = None;
        }
    }
    names
}

/// The part of the file that begins so at its left edge.
fn part<'a>(compose: &'a str, head: &str) -> &'a str {
    let start = compose.find(&format!("\n{head}:\n")).expect(head) + 1;
    let rest = &compose[start..];
    let next = |at: &(usize, &str)| at.1.starts_with(char::is_alphabetic);
    let lines = rest
        .match_indices('\n')
        .map(|(at, _)| (at + 1, &rest[at + 1..]));
    lines
        .skip(1)
        .find(next)
        .map_or(rest, |(end, _)| &rest[..end])
}

#[test]
fn compose_names_what_is_there() {
    let compose = text("docker/compose.yml");
    let services = part(&compose, "services");
    let there = named(&compose, "services");
    let wanted: BTreeSet<String> = ["migrate", "server", "postgres", "redis", "proxy"]
        .map(str::to_owned)
        .into();
    assert_eq!(there, wanted);
    assert!(named(services, "depends_on").is_subset(&there));
    assert_eq!(
        named(services, "networks"),
        named(part(&compose, "networks"), "networks")
    );
    let folders = ["./Caddyfile"].map(str::to_owned);
    let mut volumes = named(part(&compose, "volumes"), "volumes");
    volumes.extend(folders);
    assert_eq!(named(&compose, "volumes"), volumes);
    for host in ["@postgres/", "//redis:6379/"] {
        assert!(compose.contains(host), "{host} is one of the services");
    }
    assert!(root().join("docker/Caddyfile").exists() && root().join("docker/Dockerfile").exists());
    let image = compose.split("postgres:").filter_map(|rest| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<u32>().ok()
    });
    let newest = image.max().expect("a version of PostgreSQL");
    assert!(newest >= porchlight::cli::embedded::programs::OLDEST_POSTGRES);
}

#[test]
fn what_is_started_is_a_command() {
    let unit = text("docker/porchlight.service");
    let compose = text("docker/compose.yml");
    let dockerfile = text("docker/Dockerfile");
    let mut commands: BTreeSet<&str> = compose
        .lines()
        .filter_map(|line| line.strip_prefix("    command: "))
        .filter(|command| !command.contains(' '))
        .collect();
    commands.extend(
        dockerfile
            .split("CMD [\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next()),
    );
    commands.extend(
        unit.split("/usr/local/bin/porchlight ")
            .filter_map(|rest| rest.split(' ').next()),
    );
    for command in ["serve", "migrate", "up"] {
        assert!(commands.contains(command), "{commands:?}");
        let help = Command::new(env!("CARGO_BIN_EXE_porchlight"))
            .args([command, "--config", "x", "--help"])
            .output()
            .expect("the program runs");
        assert!(help.status.success(), "{command}");
    }
}

#[test]
fn the_image_is_built_of_all_that_a_build_reads() {
    let ignored = text(".dockerignore");
    let ignored: BTreeSet<&str> = ignored
        .lines()
        .map(|line| line.trim_start_matches('/'))
        .collect();
    let manifest: toml::Table = text("Cargo.toml").parse().expect("TOML");
    let mut read: Vec<String> = [
        "Cargo.lock",
        "src",
        "templates",
        "locales",
        "migrations",
        "static",
        "config",
        "LICENSE",
    ]
    .map(str::to_owned)
    .into();
    // Cargo wants every target that the manifest names, whatever it builds.
    for kind in ["test", "bench"] {
        let targets = manifest[kind].as_array().expect("a list");
        read.extend(
            targets
                .iter()
                .map(|target| target["path"].as_str().expect("a path").to_owned()),
        );
    }
    for path in read {
        assert!(root().join(&path).exists(), "{path}");
        let top = path.split('/').next().expect("a name");
        assert!(!ignored.contains(top), "{path} is left out of the image");
    }
    // The image has what the unit's place has: nothing but certificates beside the program.
    let packages = text("docker/Dockerfile");
    assert!(packages.contains("--no-install-recommends ca-certificates"));
}

#[test]
fn the_unit_may_write_where_the_program_does() {
    let unit = text("docker/porchlight.service");
    let value = |key: &str| {
        unit.lines()
            .find_map(|line| line.strip_prefix(&format!("{key}=")))
            .unwrap_or_else(|| panic!("no {key} in the unit"))
    };
    let state = format!("/var/lib/{}", value("StateDirectory"));
    assert_eq!(value("WorkingDirectory"), state);
    let example = text("config/example.production.toml");
    assert!(example.contains(&format!("data = \"{state}\"")));
    assert_eq!(value("PrivateTmp"), "true");
    assert!(value("ExecStart").contains(" up --config "));
}

/// Whether an SPDX expression can be met by these licences. `A/B` is the old way to say `OR`.
fn is_met(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let met = any_of(&words, &mut at, allowed);
    met && at == words.len()
}

fn any_of(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut met = all_of(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= all_of(words, at, allowed);
    }
    met
}

fn all_of(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut met = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at, allowed);
    }
    met
}

fn one(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let word = words.get(*at).copied().unwrap_or_default();
    *at += 1;
    if word == "(" {
        let met = any_of(words, at, allowed);
        *at += 1;
        return met;
    }
    if words.get(*at) == Some(&"WITH") {
        // An exception only allows more.
        *at += 2;
    }
    allowed.contains(word)
}

#[test]
fn expressions_of_licences_are_understood() {
    let allowed = ["MIT", "Apache-2.0"].map(str::to_owned).into();
    for good in [
        "MIT",
        "MIT OR GPL-2.0",
        "GPL-2.0/MIT",
        "(GPL-2.0 OR MIT) AND Apache-2.0",
        "Apache-2.0 WITH LLVM-exception OR GPL-2.0",
    ] {
        assert!(is_met(good, &allowed), "{good}");
    }
    for bad in ["GPL-2.0", "MIT AND GPL-2.0", "", "(MIT", "MIT GPL-2.0"] {
        assert!(!is_met(bad, &allowed), "{bad}");
    }
}

#[test]
fn what_is_built_in_fits_the_licence_and_comes_from_known_places() {
    let rules: toml::Table = text("deny.toml").parse().expect("deny.toml is TOML");
    let names = |list: &toml::Value, key: Option<&str>| -> BTreeSet<String> {
        let list = list.as_array().expect("a list");
        list.iter()
            .map(|item| match key {
                Some(key) => item[key].as_str().expect("a name").to_owned(),
                None => item.as_str().expect("a name").to_owned(),
            })
            .collect()
    };
    let allowed = names(&rules["licenses"]["allow"], None);
    let banned = names(&rules["bans"]["deny"], Some("crate"));
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--locked", "--offline", "--format-version", "1"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let packages = metadata["packages"].as_array().expect("packages");
    assert!(packages.len() > 100, "{}", packages.len());
    let mut troubles = Vec::new();
    for package in packages {
        let name = text(&package["name"]);
        let licence = text(&package["license"]);
        if !is_met(&licence, &allowed) {
            troubles.push(format!("{name}: the licence is {licence:?}"));
        }
        if banned.contains(&name) {
            troubles.push(format!("{name} is banned by deny.toml"));
        }
        let source = text(&package["source"]);
        let is_ours = source.is_empty() && name == "porchlight";
        let is_registry = source == "registry+https://github.com/rust-lang/crates.io-index";
        if !is_ours && !is_registry {
            troubles.push(format!("{name} comes from {source:?}"));
        }
    }
    assert!(troubles.is_empty(), "{}", troubles.join("\n"));
}

/// What the hunt is built with beside Porchlight's own crates: exact version and licence. It is a
/// tool and never shipped, so NCSA (libFuzzer's own) does, which asks for its notice alone.
const HUNT: &[(&str, &str, &str)] = &[("libfuzzer-sys", "=0.4.13", "(MIT OR Apache-2.0) AND NCSA")];

#[test]
fn what_the_hunt_is_built_with_fits_too() {
    let rules: toml::Table = text("deny.toml").parse().expect("deny.toml is TOML");
    let allowed = rules["licenses"]["allow"].as_array().expect("a list");
    let mut allowed: BTreeSet<String> = allowed
        .iter()
        .map(|one| one.as_str().expect("a name").to_owned())
        .collect();
    allowed.insert("NCSA".to_owned());
    let own: toml::Table = text("Cargo.toml").parse().expect("TOML");
    let own = own["dependencies"].as_table().expect("a table");
    let hunt: toml::Table = text("fuzz/Cargo.toml").parse().expect("TOML");
    let mut beside = BTreeMap::new();
    for (name, wanted) in hunt["dependencies"].as_table().expect("a table") {
        let is_ours = name == "porchlight" && wanted["path"].as_str() == Some("..");
        if !is_ours && !own.contains_key(name) {
            beside.insert(name.as_str(), wanted.as_str().unwrap_or_default());
        }
    }
    let known: BTreeMap<&str, &str> = HUNT
        .iter()
        .map(|(name, version, _)| (*name, *version))
        .collect();
    assert_eq!(
        beside, known,
        "look at the licence of what is new, then name it here"
    );
    for (name, _, licence) in HUNT {
        assert!(is_met(licence, &allowed), "{name}: {licence}");
    }
}
