//! What a host gets wrong: one sentence that says what to do, an exit code that is not 0, and
//! nothing half-made.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output};

use crate::schema::on_a_database;

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_porchlight"));
    command
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
    command
}

/// One line of one or two sentences, which it gives, and a failure.
#[track_caller]
fn one_sentence(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(output.stdout, b"", "{said}");
    let lines: Vec<&str> = said
        .lines()
        .filter(|line| !line.starts_with("Started by root"))
        .collect();
    assert_eq!(lines.len(), 1, "{said}");
    let sentence = lines[0].strip_prefix("porchlight: ").expect("who says it");
    assert!(sentence.ends_with(['.', '?', ')']), "{sentence}");
    // A cause behind a cause reads like a log.
    assert!(sentence.matches(": ").count() <= 1, "{sentence}");
    sentence.to_owned()
}

#[test]
fn what_is_wrong_with_the_settings_is_one_sentence() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    let file = folder.path().join("bad.toml");
    std::fs::write(&file, "[server]\nlisen = \"127.0.0.1:1\"\n").expect("written");
    std::fs::write(folder.path().join("file"), "").expect("written");
    let (data, file) = (data.to_str().expect("text"), file.to_str().expect("text"));
    let no_folder = folder.path().join("file");
    let no_folder = no_folder.to_str().expect("text");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = taken.local_addr().expect("an address").to_string();
    for (arguments, part) in [
        (&["--config", file][..], "did you mean server.listen?"),
        (&["--config", "nowhere.toml"], "nowhere.toml cannot be read"),
        (&["--listen", "nonsense"], "--listen must be ADDRESS:PORT"),
        (
            &["--listen", &taken],
            "is taken: stop what uses it, or choose another",
        ),
        (&["--data", no_folder], "choose another with --data"),
        (&["--data", "/proc/nothing"], "choose another with --data"),
    ] {
        let mut words = vec!["up"];
        words.extend(arguments);
        if !arguments.contains(&"--data") {
            words.extend(["--data", data]);
        }
        let said = one_sentence(&program(&words).output().expect("it runs"));
        assert!(said.contains(part), "{said}");
        assert!(!Path::new(data).exists(), "{said}: nothing was made");
    }
    let mut wrong = program(&["up", "--data", data]);
    wrong.env("PORCHLIGHT_SERVER__LISEN", "127.0.0.1:1");
    let said = one_sentence(&wrong.output().expect("it runs"));
    assert!(said.contains("PORCHLIGHT_SERVER__LISTEN?"), "{said}");
}

#[test]
fn a_database_of_a_newer_version_is_left_alone() {
    on_a_database(true, async |url, client| {
        let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('20991122000000')";
        client.batch_execute(newer).await.expect("written");
        let folder = tempfile::tempdir().expect("a folder");
        // A port that was free a moment ago.
        let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
        let free = free.expect("a port").to_string();
        for arguments in [
            vec!["migrate"],
            vec!["serve", "--listen", free.as_str()],
            vec!["up", "--listen", free.as_str()],
            vec![
                "accounts",
                "create",
                "ann",
                "--email",
                "a@a.example",
                "--role",
                "member",
            ],
        ] {
            let mut command = program(&arguments);
            command
                .env("DATABASE_URL", url)
                .env("REDIS_URL", "redis://127.0.0.1:1/0")
                .env("PORCHLIGHT_SERVER__DATA", folder.path().join("data"));
            let said = one_sentence(&command.output().expect("it runs"));
            assert!(
                said.contains("written by a newer Porchlight (migration 20991122000000)"),
                "{said}"
            );
            assert!(!folder.path().join("data").exists(), "{arguments:?}");
        }
    });
}

#[test]
fn a_rust_that_will_not_do_is_one_sentence_of_bin_up() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, says: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{says}\n")).expect("written");
        let executable = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&path, executable).expect("may run");
    };
    let up = || {
        let path = format!("{}:/usr/bin:/bin", folder.path().display());
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut command = Command::new(root.join("bin/up"));
        command
            .env_clear()
            .env("PATH", path)
            .env("HOME", folder.path())
            .current_dir(folder.path());
        one_sentence(&command.output().expect("it runs"))
    };
    put("cargo", "exit 1");
    put("rustc", "echo 'rustc 1.80.0 (051478957 2024-07-21)'");
    assert!(up().contains("Rust 1.80 is too old: run 'rustup update'"));
    put("rustc", "exit 1");
    assert!(up().contains("rustc does not run"));
}

#[test]
fn looking_at_a_place_that_is_not_there_makes_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    for what in ["doctor", "check-config"] {
        let output = program(&[what, "--data", data.to_str().expect("text")])
            .output()
            .expect("it runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{what}: {said}");
        assert!(!data.exists(), "{what}");
    }
}

#[test]
fn what_is_missing_and_cannot_be_installed_is_one_sentence_as_root() {
    // Nobody may install, and there is no sudo.
    let folder = tempfile::tempdir().expect("a folder");
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(folder.path(), open.clone()).expect("may be entered");
    for (name, says) in [("apt-get", "exit 1"), ("id", "echo 65534")] {
        let path = folder.path().join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{says}\n")).expect("written");
        std::fs::set_permissions(&path, open.clone()).expect("may run");
    }
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("bin/packages.sh");
    // Read by us: the clone may lie where nobody else can go.
    let script = std::fs::read_to_string(packages).expect("a script");
    let output = Command::new("/usr/bin/bash")
        .arg("-c")
        .arg(format!(
            "set -euo pipefail\n{script}\ninstall_packages postgresql redis-server"
        ))
        .env_clear()
        .env("PATH", folder.path())
        .current_dir(folder.path())
        .uid(65534)
        .gid(65534)
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert_eq!(
        said,
        "porchlight: these packages are missing; run as root: apt-get install -y postgresql redis-server\n"
    );
}

#[test]
fn a_data_folder_that_cannot_be_read_is_one_sentence_as_root() {
    let folder = tempfile::tempdir().expect("a folder");
    let mode = std::fs::Permissions::from_mode;
    std::fs::set_permissions(folder.path(), mode(0o755)).expect("may be entered");
    let data = folder.path().join("data");
    std::fs::create_dir(&data).expect("made");
    std::fs::set_permissions(&data, mode(0o000)).expect("shut");
    // The program, where nobody in particular can run it. Copied by another process: what another
    // test starts meanwhile would hold a file open that we write, and then it cannot be run.
    let here = folder.path().join("porchlight");
    let copied = Command::new("cp")
        .args([
            env!("CARGO_BIN_EXE_porchlight"),
            here.to_str().expect("text"),
        ])
        .status()
        .expect("cp");
    assert!(copied.success());
    let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    let free = free.expect("a port").to_string();
    let output = Command::new(&here)
        .args(["up", "--listen", &free, "--data"])
        .arg(&data)
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
        .current_dir(folder.path())
        .uid(65534)
        .gid(65534)
        .output()
        .expect("it runs");
    let said = one_sentence(&output);
    assert!(said.contains(data.to_str().expect("text")), "{said}");
}
