//! A network of its own for one server, with a virtual cable to ours (Linux, root, `ip` of
//! iproute2). Databases are reached by their sockets from everywhere.

use std::fs::File;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::process::Command;
use std::sync::mpsc;

use nix::sched::{CloneFlags, setns};
use tokio::sync::watch;

use super::wire::carry_all;

/// No card of ours: what is sent there is thrown away without a word.
const NOWHERE: &str = "02:00:00:00:00:99";

/// The network. Goes when it is dropped, with its cable.
pub struct Namespace {
    name: String,
    /// The ends of the cable, ours first.
    cards: [String; 2],
    /// Their addresses on the road that can be cut.
    ends: [IpAddr; 2],
    /// Their addresses at the window, where the test looks in at any time.
    window: [IpAddr; 2],
}

impl Namespace {
    /// Makes one.
    pub fn new() -> Namespace {
        let number = std::process::id() % 62_500;
        let (name, cards) = (
            format!("porch{number}"),
            ["a", "b"].map(|end| format!("porch{number}{end}")),
        );
        let address = |end: u8| -> IpAddr {
            let (high, low) = (number / 250, number % 250);
            let text = format!("10.{high}.{low}.{end}");
            text.parse().expect("an address")
        };
        let made = Namespace {
            name,
            cards,
            ends: [address(1), address(2)],
            window: [address(3), address(4)],
        };
        let [ours, theirs] = &made.cards;
        ip(&format!("netns add {}", made.name));
        ip(&format!("link add {ours} type veth peer name {theirs}"));
        ip(&format!("link set {theirs} netns {}", made.name));
        for [here, there] in [made.ends, made.window] {
            ip(&format!("addr add {here}/29 dev {ours}"));
            made.within(&format!("addr add {there}/29 dev {theirs}"));
        }
        ip(&format!("link set {ours} up"));
        made.within(&format!("link set {theirs} up"));
        made.within("link set lo up");
        made
    }

    /// Our end of the cable.
    pub fn here(&self) -> IpAddr {
        self.ends[0]
    }

    /// Its end of the cable.
    pub fn there(&self) -> IpAddr {
        self.ends[1]
    }

    /// The two ends of the window, ours first.
    pub fn window(&self) -> [IpAddr; 2] {
        self.window
    }

    /// What stands before a command that shall run in there.
    pub fn way_in(&self) -> Vec<String> {
        vec!["nsenter".to_owned(), format!("--net={}", self.path())]
    }

    /// A line in there, from a port of its loopback to `to`; lives as long as this process.
    pub fn line_to(&self, to: SocketAddr) -> SocketAddr {
        let inside = File::open(self.path()).expect("the namespace is there");
        let (tell, told) = mpsc::channel();
        // Sockets belong to the network of the thread that made them.
        std::thread::Builder::new()
            .name("inside".into())
            .spawn(move || {
                setns(inside, CloneFlags::CLONE_NEWNET).expect("root may go there");
                let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
                let address = listener.local_addr().expect("it is bound");
                tell.send(address).expect("somebody waits for it");
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .expect("a runtime");
                let (_never, is_cut) = watch::channel(false);
                runtime.block_on(carry_all(listener, to, is_cut));
            })
            .expect("a thread");
        told.recv().expect("the line is laid")
    }

    /// Both ends send into nothing: no error comes, and no answer.
    pub fn cut(&self) {
        let [ours, theirs] = &self.cards;
        let [here, there] = self.ends;
        let lost = format!("lladdr {NOWHERE} nud permanent");
        ip(&format!("neigh replace {there} {lost} dev {ours}"));
        self.within(&format!("neigh replace {here} {lost} dev {theirs}"));
    }

    /// They find each other again.
    pub fn mend(&self) {
        let [ours, theirs] = &self.cards;
        let [here, there] = self.ends;
        ip(&format!("neigh del {there} dev {ours}"));
        self.within(&format!("neigh del {here} dev {theirs}"));
    }

    /// A card in there that leads nowhere, and takes whatever is meant for the rest of the
    /// world; what is meant for the machine itself is counted with it. Gives an address at which
    /// nobody listens.
    pub fn pit(&self) -> SocketAddr {
        self.within("link add pit type veth peer name bottom");
        for card in ["pit", "bottom"] {
            // Or the cards would greet each other by themselves.
            self.within(&format!("link set {card} addrgenmode none"));
            self.within(&format!("link set {card} up"));
        }
        self.within("addr add 192.0.2.1/24 dev pit");
        self.within("route add default dev pit");
        SocketAddr::from(([127, 0, 0, 1], 9))
    }

    /// Packets that fell into the pit, or went round in the machine, so far.
    pub fn fallen(&self) -> u64 {
        let sent = |card| {
            let words = format!("-n {} -s -j link show {card}", self.name);
            let shown = Command::new("ip").args(words.split(' ')).output();
            let shown = shown.expect("ip of iproute2 is installed").stdout;
            let cards: serde_json::Value = serde_json::from_slice(&shown).expect("JSON");
            let packets = cards[0]["stats64"]["tx"]["packets"].as_u64();
            packets.expect("a number")
        };
        sent("pit") + sent("lo")
    }

    fn path(&self) -> String {
        format!("/run/netns/{}", self.name)
    }

    fn within(&self, words: &str) {
        ip(&format!("-n {} {words}", self.name));
    }
}

impl Drop for Namespace {
    fn drop(&mut self) {
        // The kernel may keep the network for as long as a connection in it waits; not the cable.
        let [ours, _] = &self.cards;
        for words in [["link", "del", ours], ["netns", "del", &self.name]] {
            let _ = Command::new("ip").args(words).status();
        }
    }
}

fn ip(words: &str) {
    let status = Command::new("ip").args(words.split(' ')).status();
    let status = status.expect("ip of iproute2 is installed");
    assert!(status.success(), "ip {words}: {status}");
}
