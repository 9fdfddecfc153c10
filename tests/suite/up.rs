//! `porchlight up` and the commands beside it, as a host runs them: the real program, with the
//! databases that it brings up itself.

use std::fs::File;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

/// How long a start, and an end, may take on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(90);

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_porchlight"));
    command
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
        .stdin(Stdio::null());
    command
}

fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(
            began.elapsed() < PATIENCE,
            "{what}: not within {PATIENCE:?}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn is_alive(pid: i32) -> bool {
    // One that has ended and was not waited for yet is not alive.
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| {
        let state = rest.trim_start().chars().next();
        state.is_some_and(|state| state != 'Z' && state != 'X')
    })
}

/// A folder that any user can pass through, and a port in it for a place.
struct Home {
    folder: TempDir,
    port: u16,
}

impl Home {
    fn new() -> Home {
        let mut folder = tempfile::Builder::new();
        folder
            .prefix("porch-up-")
            .permissions(std::fs::Permissions::from_mode(0o711));
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        Home {
            folder: folder.tempdir().expect("a folder"),
            port: free.local_addr().expect("an address").port(),
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// `porchlight up` on it, until it answers.
    fn up(&self, more: &[&str]) -> Up {
        let words = self.folder.path().join("words");
        let out = File::create(&words).expect("a file");
        let child = program()
            .args(["up", "--listen", &format!("127.0.0.1:{}", self.port)])
            .arg("--data")
            .arg(self.data())
            .args(more)
            .stdout(out.try_clone().expect("a file"))
            .stderr(out)
            .spawn()
            .expect("it starts");
        let mut up = Up { child, words };
        wait_for("it answers", || {
            let ended = up.child.try_wait().expect("a state");
            assert!(ended.is_none(), "it ended: {}", up.words());
            std::net::TcpStream::connect(("127.0.0.1", self.port))
                .is_ok()
                .then_some(())
        });
        wait_for("it is on", || {
            up.words().contains("starting service").then_some(())
        });
        up
    }

    /// Another command on it, to its end.
    fn command(&self, words: &[&str], input: &str) -> Output {
        let mut child = program()
            .args(words)
            .arg("--data")
            .arg(self.data())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut stdin = child.stdin.take().expect("an input");
        // It may end without reading.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        child.wait_with_output().expect("it ends")
    }

    /// What it says; it succeeds.
    #[track_caller]
    fn says(&self, words: &[&str], input: &str) -> String {
        let output = self.command(words, input);
        let trouble = String::from_utf8_lossy(&output.stderr);
        let out = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{words:?}: {out}{trouble}");
        out
    }

    /// Why it refuses, in one line.
    #[track_caller]
    fn refuses(&self, words: &[&str]) -> String {
        let output = self.command(words, "");
        assert_eq!(output.status.code(), Some(1), "{words:?}");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(said.lines().count(), 1, "{said}");
        said
    }

    /// The processes of PostgreSQL and Redis.
    fn services(&self) -> [i32; 2] {
        let pid = |path: &Path| -> Option<i32> {
            let text = std::fs::read_to_string(path).ok()?;
            text.lines().next()?.trim().parse().ok()
        };
        let redis = std::fs::read_dir(self.data().join("redis")).expect("a folder");
        let redis = redis
            .filter_map(|entry| Some(entry.ok()?.path()))
            .find(|path| path.extension().is_some_and(|e| e == "pid"))
            .expect("a pid");
        [&self.data().join("postgres/postmaster.pid"), &redis]
            .map(|path| pid(path).unwrap_or_else(|| panic!("{}", path.display())))
    }
}

/// A running place; killed when dropped.
struct Up {
    child: Child,
    words: PathBuf,
}

impl Up {
    fn words(&self) -> String {
        std::fs::read_to_string(&self.words).unwrap_or_default()
    }

    fn send(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id() as i32), signal).expect("it is there");
    }

    fn end(&mut self) -> Option<i32> {
        wait_for("it ends", || self.child.try_wait().expect("a state")).code()
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn get(url: &str) -> u16 {
    let url = url.to_owned();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async move {
        let answer = crate::support::place::http().get(url).send().await;
        answer.expect("an answer").status().as_u16()
    })
}

#[test]
fn a_place_comes_up_from_nothing_beside_another_and_goes_down_whole() {
    let (home, other) = (Home::new(), Home::new());
    let mut one = home.up(&[]);
    let mut two = other.up(&[]);

    // An address, what it is not, and a way in.
    for (home, up) in [(&home, &one), (&other, &two)] {
        let words = up.words();
        assert!(
            words.contains(&format!("Porchlight is on: {}\n", home.origin())),
            "{words}"
        );
        assert!(words.contains("federates with nobody"), "{words}");
        let link = words
            .lines()
            .find(|line| line.contains("/owner"))
            .expect("a link");
        let link = link.trim();
        assert!(link.starts_with(&home.origin()), "{link}");
        assert_eq!(get(link), 200);
        assert_eq!(get(&format!("{}/health", home.origin())), 200);
        assert!(home.data().join("run").exists());
    }
    // Neither database listens to the network, nor has root's rights.
    let root = nix::unistd::Uid::effective().is_root();
    for pid in home.services().into_iter().chain(other.services()) {
        let owner = std::fs::metadata(format!("/proc/{pid}"))
            .expect("it runs")
            .uid();
        assert_ne!(owner, 0, "process {pid}");
        if !root {
            assert_eq!(owner, nix::unistd::Uid::effective().as_raw());
        }
    }

    // A second one on the same data.
    let free = TcpListener::bind("127.0.0.1:0").expect("a port");
    let free = free.local_addr().expect("an address").to_string();
    let said = home.refuses(&["up", "--listen", &free]);
    assert!(
        said.contains("is running") || said.contains("(process "),
        "{said}"
    );

    // Ctrl-C ends it, and what it started.
    let services = other.services();
    two.send(Signal::SIGINT);
    assert_eq!(two.end(), Some(0), "{}", two.words());
    for pid in services {
        assert!(!is_alive(pid), "{pid} is left");
    }

    // A kill ends what it started, too; nothing is lost.
    home.says(&["accounts", "create", "olive", "--role", "owner"], "");
    let services = home.services();
    one.send(Signal::SIGKILL);
    one.end();
    for pid in services {
        wait_for("it dies with its parent", || (!is_alive(pid)).then_some(()));
    }
    // A cluster that was left alive is no obstacle.
    let left = leave_a_cluster(&home);
    let mut one = home.up(&[]);
    let words = one.words();
    assert!(
        words.contains("of an earlier run is still alive"),
        "{words}"
    );
    assert!(!words.contains("There is no owner yet"), "{words}");
    let said = home.refuses(&["accounts", "create", "olive"]);
    assert!(said.contains("taken"), "{said}");
    one.send(Signal::SIGTERM);
    assert_eq!(one.end(), Some(0), "{}", one.words());
    drop(left);
}

/// The place's own cluster, started by nobody in particular.
fn leave_a_cluster(home: &Home) -> Up {
    let cluster = home
        .data()
        .join("postgres")
        .canonicalize()
        .expect("a cluster");
    let owner = std::fs::metadata(&cluster).expect("a cluster");
    let version = std::fs::read_to_string(cluster.join("PG_VERSION")).expect("a version");
    let installed = PathBuf::from(format!(
        "/usr/lib/postgresql/{}/bin/postgres",
        version.trim()
    ));
    let sockets = home.data().join("run");
    let mut command = Command::new(installed);
    command
        .arg("-D")
        .arg(&cluster)
        .args(["-c", "listen_addresses=", "-c"])
        .arg(format!("unix_socket_directories={}", sockets.display()))
        .current_dir(&cluster)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if nix::unistd::Uid::effective().is_root() {
        command.uid(owner.uid()).gid(owner.gid());
    }
    let child = command.spawn().expect("it starts");
    let file = cluster.join("postmaster.pid");
    wait_for("the cluster is up", || {
        let text = std::fs::read_to_string(&file).ok()?;
        text.contains("ready").then_some(())
    });
    Up {
        child,
        words: PathBuf::new(),
    }
}

#[test]
fn commands_beside_a_place_speak_of_it_as_it_runs() {
    let home = Home::new();
    let mut up = home.up(&["--domain", "porch.example"]);
    assert!(up.words().contains("Production"), "{}", up.words());
    // None of them is told the domain.
    let link = home.says(&["accounts", "owner-link"], "");
    assert!(link.starts_with("https://porch.example/"), "{link}");
    let said = home.refuses(&["demo"]);
    assert!(said.contains("is for development"), "{said}");
    let made = home.says(
        &[
            "accounts",
            "create",
            "olive",
            "--email",
            "olive@porch.example",
            "--role",
            "owner",
        ],
        "",
    );
    let (name, password) = made.trim().split_once('\t').expect("a password was made");
    assert_eq!(name, "olive");
    assert!(password.len() >= 12, "{password}");
    let said = home.refuses(&["accounts", "owner-link"]);
    assert!(said.contains("has people already"), "{said}");
    let said = home.says(
        &[
            "accounts",
            "create",
            "rita",
            "--role",
            "reviewer",
            "--password-stdin",
        ],
        "light on the porch\n",
    );
    assert_eq!(said.trim(), "rita", "a password that was given is not said");
    let names = home.folder.path().join("names");
    std::fs::write(&names, "ann\n# nobody\nben ben@porch.example\n").expect("a file");
    let names = names.to_str().expect("text");
    let said = home.says(&["accounts", "create", "--file", names], "");
    let mut made: Vec<&str> = said.lines().filter_map(|l| l.split('\t').next()).collect();
    made.sort_unstable();
    assert_eq!(made, ["ann", "ben"]);
    let said = home.says(&["accounts", "set-role", "rita", "moderator"], "");
    assert_eq!(said.trim(), "rita was reviewer and is moderator now.");
    let said = home.refuses(&["accounts", "set-role", "rita", "queen"]);
    assert!(said.contains("The roles are"), "{said}");
    let link = home.says(&["accounts", "reset-password", "ann"], "");
    assert!(
        link.starts_with("https://porch.example/password/"),
        "{link}"
    );
    let local = link.trim().replace("https://porch.example", &home.origin());
    assert_eq!(get(&local), 200);
    let token = home.says(&["accounts", "token", "ann", "--scopes", "read write"], "");
    assert!(token.trim().len() > 30, "{token}");
    let said = home.says(&["check-config"], "");
    assert!(!said.is_empty());
    let said = home.command(&["doctor"], "");
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.contains("ok    postgres"), "{said}");

    // It is that place from now on, and says so to whoever starts it as another.
    up.send(Signal::SIGINT);
    assert_eq!(up.end(), Some(0), "{}", up.words());
    let listen = format!("127.0.0.1:{}", home.port);
    for domain in [&["--domain", "other.example"][..], &[]] {
        let mut words = vec!["up", "--listen", &listen];
        words.extend(domain);
        let output = home.command(&words, "");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("--domain porch.example"), "{said}");
    }
    // And with nobody there to say it, too.
    let link = home.says(&["accounts", "reset-password", "ben"], "");
    assert!(
        link.starts_with("https://porch.example/password/"),
        "{link}"
    );
}
