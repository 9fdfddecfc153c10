//! How many applications may come, per half hour and day (registration.md C3): from an
//! address, from the network around it, with one mail domain, in all.
//!
//! Looked at before anything dear, drawn on (`app/limits`) right before it, and given back where
//! nothing came of it: a form that came back with an error costs nothing. While Redis is away
//! the applications that are there are counted, too: Redis may have known of them and be gone.
//!
//! Who gives no proof of work has budgets of their own beside it, so that a flood without script
//! leaves the others their room; and a few an hour in any case, so that a flood with proofs does
//! not shut them out. Such a flood does not shut out those with proofs either: when all others
//! have taken what there is, the first from each network still passes.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::app::{App, limits};
use crate::cache::rate_limit::{self, Limit, Taken};
use crate::domain::{Error, Id, Result};
use crate::gate::mail_providers;
use crate::store::{self, Conn};

/// The two windows.
const HALF_HOUR: TimeDelta = TimeDelta::minutes(30);
const DAY: TimeDelta = TimeDelta::days(1);

/// (what, per half hour, per day)
const NEAR: (&str, u32, u32) = ("near", 5, 20);
const WIDE: (&str, u32, u32) = ("wide", 15, 60);
const DOMAIN: (&str, u32, u32) = ("domain", 20, 100);
const ALL: (&str, u32, u32) = ("all", 60, 500);
/// Applications without a proof of work, by browsers and by apps.
const PLAIN: (&str, u32, u32) = ("plain", 20, 100);
const APPS: (&str, u32, u32) = ("apps", 30, 250);
/// So many of each an hour pass even when all others have taken what there is.
const RESERVE: u32 = 5;
const HOUR: TimeDelta = TimeDelta::hours(1);
/// With a proof, one from each /24 or /48 passes even then, and so many of them in all. More than
/// the limit that registration.md names, for a reason: a flood from 5,000 addresses that does
/// the work for one attempt in twenty would else keep everybody out for half an hour.
const FIRST: (&str, u32, u32) = ("first", 1, 2);
const FIRSTS: (&str, u32, u32) = ("firsts", 1_000, 3_000);
/// Fetching the form costs a tenth of sending it.
const FETCHES: u32 = 10;
/// Large providers get so many times the budget of a mail domain.
const LARGE: u32 = 10;
/// Mails to one address about joining, a day: however many ask for it.
const MAILS: u32 = 5;
/// Mails that one applicant may ask for again, a day, to whatever address.
const MAILS_AGAIN: u32 = 10;

/// What somebody brings along, as far as budgets go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Way {
    /// A proof of work, or none is asked for.
    #[default]
    Proven,
    /// A browser without script.
    Plain,
    /// An app.
    App,
    /// The code of an event: its uses, hours and network are the limit.
    Event,
}

impl Way {
    /// The name of the way, where it is full for all at once: its budgets, and what is reserved
    /// of them, ask nobody's network.
    fn whole(self) -> Option<&'static str> {
        match self {
            Way::Plain => Some(PLAIN.0),
            Way::App => Some(APPS.0),
            Way::Proven | Way::Event => None,
        }
    }
}

/// Where an application comes from, as far as its budget goes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Origin {
    near: Option<IpNet>,
    wide: Option<IpNet>,
    domain: Option<String>,
    way: Way,
}

/// What a limit is to an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// It must hold.
    Strict,
    /// It must hold, unless the reserve does.
    All,
    /// What passes in any case.
    Reserve,
}

impl Origin {
    pub(super) fn new(address: Option<IpAddr>, mail_domain: Option<&str>, way: Way) -> Origin {
        Origin {
            near: address.map(near),
            wide: address.map(wide),
            domain: mail_domain.map(str::to_owned),
            way,
        }
    }

    /// The network to be kept with the application.
    pub(super) fn network(&self) -> Option<IpNet> {
        self.near
    }

    fn limits(&self, times: u32, now: DateTime<Utc>) -> (Vec<Part>, Vec<Limit>) {
        let (mut parts, mut limits) = (Vec::new(), Vec::new());
        let mut add = |part, (what, half_hour, day): (&str, u32, u32), of: &str, times: u32| {
            for (most, window) in [(half_hour, HALF_HOUR), (day, DAY)] {
                parts.push(part);
                limits.push(Limit {
                    key: format!("apply{times}:{what}:{of}"),
                    most: most * times,
                    window,
                });
            }
        };
        if self.way != Way::Event {
            if let Some(net) = self.near {
                add(Part::Strict, NEAR, &net.to_string(), times);
            }
            if let Some(net) = self.wide {
                add(Part::Strict, WIDE, &net.to_string(), times);
            }
            if let Some(domain) = &self.domain {
                add(Part::Strict, DOMAIN, domain, times * provider(domain));
            }
        }
        match self.way {
            Way::Event => {}
            Way::Proven => match self.wide {
                Some(net) => {
                    add(Part::All, ALL, "", times);
                    add(Part::Reserve, FIRSTS, "", times);
                    let (first, half_hour, day) = FIRST;
                    let key = format!("apply{times}:{first}:{net}");
                    let own = format!("{key}:{}", half_hour_of(net, now));
                    for (key, most) in [(own, half_hour), (key, day)] {
                        parts.push(Part::Reserve);
                        limits.push(Limit {
                            key,
                            most: most * times,
                            window: DAY,
                        });
                    }
                }
                None => add(Part::Strict, ALL, "", times),
            },
            Way::Plain | Way::App => {
                let own = if self.way == Way::Plain { PLAIN } else { APPS };
                add(Part::All, own, "", times);
                add(Part::All, ALL, "", times);
                parts.push(Part::Reserve);
                limits.push(Limit {
                    key: format!("apply{times}:reserve:{}", own.0),
                    most: RESERVE,
                    window: HOUR,
                });
            }
        }
        (parts, limits)
    }

    /// When to come again, where these do not let it pass.
    fn refused(parts: &[Part], taken: &[Taken]) -> Option<DateTime<Utc>> {
        let all = Origin::over(parts, taken, Part::All);
        let reserved = Origin::reserve_holds(parts, taken);
        Origin::over(parts, taken, Part::Strict).or(all.filter(|_| !reserved))
    }

    /// When the limits of a part hold again that do not.
    fn over(parts: &[Part], taken: &[Taken], part: Part) -> Option<DateTime<Utc>> {
        let each = parts.iter().zip(taken).filter(|(p, _)| **p == part);
        each.filter(|(_, t)| t.exceeded).map(|(_, t)| t.reset).max()
    }

    /// Whether what passes in any case does.
    fn reserve_holds(parts: &[Part], taken: &[Taken]) -> bool {
        let over = |(part, taken): (&Part, &Taken)| *part == Part::Reserve && taken.exceeded;
        parts.contains(&Part::Reserve) && !parts.iter().zip(taken).any(over)
    }

    /// The window that is full already, by the applications that are there: those of half an hour
    /// and of a day. `reserved` says whether the counters leave something of the reserve; the
    /// rows, which say nothing of the way, may only take the part of the proven away.
    fn full_by_rows(&self, sent: &[Sent; 2], reserved: bool) -> Option<TimeDelta> {
        let most = |(_, half_hour, day): (&str, u32, u32), window: usize| {
            i64::from([half_hour, day][window])
        };
        let times = i64::from(self.domain.as_deref().map_or(1, provider));
        let windows = [HALF_HOUR, DAY];
        let strict = (0..2).find(|w| {
            let (near, wide, domain, _) = sent[*w];
            near >= most(NEAR, *w) || wide >= most(WIDE, *w) || domain >= most(DOMAIN, *w) * times
        });
        if let Some(full) = strict {
            return Some(windows[full]);
        }
        let all = (0..2).find(|w| sent[*w].3 >= most(ALL, *w))?;
        let first = self.way != Way::Proven
            || (0..2).all(|w| sent[w].1 < most(FIRST, w) && sent[w].3 < most(FIRSTS, w));
        (!(reserved && first)).then_some(windows[all])
    }
}

/// Which half hour it is for a network. For each it begins at a moment of its own: at the full half
/// hour, a flood from many networks would have the first of each pass twice within a minute.
fn half_hour_of(net: IpNet, now: DateTime<Utc>) -> i64 {
    let mix = |sum: u32, byte: u8| sum.wrapping_mul(31).wrapping_add(u32::from(byte));
    let shift = net.to_string().bytes().fold(7, mix);
    let length = HALF_HOUR.num_seconds();
    (now.timestamp() + i64::from(shift) % length).div_euclid(length)
}

fn provider(domain: &str) -> u32 {
    match mail_providers::is_large(domain) {
        true => LARGE,
        false => 1,
    }
}

/// An IPv4 address, or the /64 that one household has.
pub(in crate::gate) fn near(address: IpAddr) -> IpNet {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpNet::V4(Ipv4Net::from(v4)),
        IpAddr::V6(v6) => cut(IpNet::V6(Ipv6Net::from(v6)), 64),
    }
}

/// The /24 or /48 around an address.
pub(in crate::gate) fn wide(address: IpAddr) -> IpNet {
    match address.to_canonical() {
        IpAddr::V4(v4) => cut(IpNet::V4(Ipv4Net::from(v4)), 24),
        IpAddr::V6(v6) => cut(IpNet::V6(Ipv6Net::from(v6)), 48),
    }
}

fn cut(net: IpNet, prefix: u8) -> IpNet {
    IpNet::new(net.addr(), prefix).map_or(net, |net| net.trunc())
}

/// Whether one more would pass; counts nothing.
///
/// # Errors
/// `TooMany`, with the moment when the budget is full again.
pub(super) async fn look(app: &App, origin: &Origin, now: DateTime<Utc>) -> Result<()> {
    let whole = origin.way.whole();
    if let Some(retry_at) = whole.and_then(|way| app.refusals.standing(way, now)) {
        return Err(too_many(retry_at));
    }
    let (parts, limits) = origin.limits(1, now);
    let taken = limits::look(app, &limits, now).await;
    if let Some(retry_at) = Origin::refused(&parts, &taken) {
        if let (Some(way), None) = (whole, Origin::over(&parts, &taken, Part::Strict)) {
            app.refusals.note(way, retry_at, now);
        }
        return Err(too_many(retry_at));
    }
    if app.cache.is_resting() && origin.way != Way::Event {
        let mut conn = app.desk.get().await?;
        let reserved = Origin::reserve_holds(&parts, &taken);
        look_at_rows(&mut conn, origin, reserved, now).await?;
    }
    Ok(())
}

/// Applications of a window: of the household, of the network around it, of the mail domain, all.
type Sent = (i64, i64, i64, i64);

/// The same budgets, from the applications that are there: for when Redis is away. Windows
/// slide here.
async fn look_at_rows(
    conn: &mut Conn,
    origin: &Origin,
    reserved: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut sent = [Sent::default(); 2];
    for (window, sent) in [HALF_HOUR, DAY].into_iter().zip(&mut sent) {
        let (near, wide) = (origin.near, origin.wide);
        let domain = origin.domain.as_deref();
        *sent = store::applications::sent_since(conn, now - window, near, wide, domain).await?;
    }
    match origin.full_by_rows(&sent, reserved) {
        Some(window) => Err(too_many(now + window)),
        None => Ok(()),
    }
}

/// Draws on the budgets.
///
/// # Errors
/// `TooMany`, as above: others came in the meantime. What was drawn is to be given back then,
/// too.
pub(super) async fn take(app: &App, origin: &Origin, now: DateTime<Utc>) -> Result<()> {
    let (parts, limits) = origin.limits(1, now);
    let taken = limits::take(app, &limits, now).await;
    match Origin::refused(&parts, &taken) {
        Some(retry_at) => Err(too_many(retry_at)),
        None => Ok(()),
    }
}

/// Gives back what was drawn: nothing came of it.
pub(super) async fn give_back(app: &App, origin: &Origin, now: DateTime<Utc>) {
    limits::give_back(app, &origin.limits(1, now).1, now).await;
}

/// Counts a form that is fetched.
///
/// # Errors
/// `TooMany`, as above.
pub(super) async fn count_fetch(app: &App, address: Option<IpAddr>) -> Result<()> {
    let now = app.clock.now();
    let (parts, budgets) = Origin::new(address, None, Way::Proven).limits(FETCHES, now);
    let taken = limits::take(app, &budgets, now).await;
    match Origin::refused(&parts, &taken) {
        Some(retry_at) => Err(too_many(retry_at)),
        None => Ok(()),
    }
}

/// Counts a mail about joining that goes to this address (its canonical form), whoever asked
/// for it; `false` when it had its share of the day.
pub(super) async fn may_mail(app: &App, canonical: &str, now: DateTime<Utc>) -> bool {
    let taken = limits::take(app, &[to_address(app, canonical)], now).await;
    rate_limit::exceeded(&taken).is_none()
}

/// Counts that one applicant has us write again, maybe to another address: nobody has us write to
/// address after address (T2).
///
/// # Errors
/// `TooMany`, beyond [`MAILS_AGAIN`] a day.
pub(super) async fn mail_again(app: &App, user: Id) -> Result<()> {
    let limit = Limit {
        key: format!("join-mail:user:{user}"),
        most: MAILS_AGAIN,
        window: DAY,
    };
    let taken = limits::take(app, &[limit], app.clock.now()).await;
    match rate_limit::exceeded(&taken) {
        None => Ok(()),
        Some(over) => Err(Error::TooMany {
            message: "We wrote often enough today. Please look into the mailbox, also where it \
                      keeps spam, or try again tomorrow."
                .into(),
            retry_at: over.reset,
        }),
    }
}

fn to_address(app: &App, canonical: &str) -> Limit {
    let hash = app.keys.decisions.hash("mail-budget", canonical);
    let key: String = hash.hash[..16].iter().map(|b| format!("{b:02x}")).collect();
    Limit {
        key: format!("join-mail:{key}"),
        most: MAILS,
        window: DAY,
    }
}

fn too_many(retry_at: DateTime<Utc>) -> Error {
    Error::TooMany {
        message: "Many applications came from around here in a short time. Please try again a \
                  little later."
            .into(),
        retry_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn households_and_networks() {
        let shown = |a: &str| {
            let a = a.parse().unwrap();
            (near(a).to_string(), wide(a).to_string())
        };
        assert_eq!(
            shown("192.0.2.77"),
            ("192.0.2.77/32".into(), "192.0.2.0/24".into())
        );
        assert_eq!(shown("::ffff:192.0.2.77"), shown("192.0.2.77"));
        assert_eq!(
            shown("2001:db8:1:2:3:4:5:6"),
            ("2001:db8:1:2::/64".into(), "2001:db8:1::/48".into())
        );
    }

    fn standing(origin: &Origin, over: &[&str]) -> (Vec<Part>, Vec<Taken>) {
        let (parts, limits) = origin.limits(1, DateTime::UNIX_EPOCH);
        let taken = limits.iter().map(|limit| Taken {
            limit: limit.most,
            remaining: 1,
            reset: DateTime::UNIX_EPOCH,
            exceeded: over.iter().any(|what| limit.key.contains(what)),
        });
        (parts, taken.collect())
    }

    #[test]
    fn a_few_without_proof_pass_whatever_the_others_take() {
        let from = "192.0.2.77".parse().ok();
        let refused = |way, over: &[&str]| {
            let (parts, taken) = standing(&Origin::new(from, Some("a.example"), way), over);
            Origin::refused(&parts, &taken).is_some()
        };
        assert!(
            !refused(Way::Proven, &[":all:"]),
            "the first of its network"
        );
        assert!(!refused(Way::Proven, &[":first:", ":firsts:"]));
        for gone in [":first:", ":firsts:"] {
            assert!(refused(Way::Proven, &[":all:", gone]), "the next ones");
        }
        for way in [Way::Plain, Way::App] {
            assert!(!refused(way, &[":all:"]) && !refused(way, &[":plain:", ":apps:"]));
            assert!(refused(way, &[":all:", ":reserve:"]));
            assert!(
                refused(way, &[":near:"]),
                "the network's limit holds for all"
            );
        }
        assert!(!refused(Way::Proven, &["plain", "apps", "reserve"]));
        assert!(!refused(Way::Event, &[":near:", ":wide:", ":domain:"]));
        assert!(!refused(Way::Event, &[":all:"]));
    }

    #[test]
    fn the_limits_are_those_of_the_law() {
        let limits = |address: &str, domain: &str, way| {
            let origin = Origin::new(address.parse().ok(), Some(domain), way);
            let (_, limits) = origin.limits(1, DateTime::UNIX_EPOCH);
            let said = limits.into_iter().map(|l| {
                let window = match l.window {
                    HALF_HOUR => "30 min",
                    DAY => "day",
                    HOUR => "hour",
                    _ => "another",
                };
                format!("{} {} {window}", l.key, l.most)
            });
            said.collect::<Vec<_>>()
        };
        let v4 = [
            "apply1:near:192.0.2.77/32 5 30 min",
            "apply1:near:192.0.2.77/32 20 day",
            "apply1:wide:192.0.2.0/24 15 30 min",
            "apply1:wide:192.0.2.0/24 60 day",
            "apply1:domain:a.example 20 30 min",
            "apply1:domain:a.example 100 day",
            "apply1:all: 60 30 min",
            "apply1:all: 500 day",
            "apply1:firsts: 1000 30 min",
            "apply1:firsts: 3000 day",
            // Its half hour is in the name.
            "apply1:first:192.0.2.0/24:0 1 day",
            "apply1:first:192.0.2.0/24 2 day",
        ];
        assert_eq!(limits("192.0.2.77", "a.example", Way::Proven), v4);
        let v6 = [
            "apply1:near:2001:db8:1:2::/64 5 30 min",
            "apply1:near:2001:db8:1:2::/64 20 day",
            "apply1:wide:2001:db8:1::/48 15 30 min",
            "apply1:wide:2001:db8:1::/48 60 day",
            // Ten times that of a large provider.
            "apply10:domain:gmail.com 200 30 min",
            "apply10:domain:gmail.com 1000 day",
            "apply1:plain: 20 30 min",
            "apply1:plain: 100 day",
            "apply1:all: 60 30 min",
            "apply1:all: 500 day",
            "apply1:reserve:plain 5 hour",
        ];
        assert_eq!(limits("2001:db8:1:2:3::4", "gmail.com", Way::Plain), v6);
        let event = limits("192.0.2.77", "a.example", Way::Event);
        assert!(event.is_empty(), "{event:?}");
        // Forms are fetched ten times as often.
        let origin = Origin::new("192.0.2.77".parse().ok(), None, Way::Proven);
        let of = |times| origin.limits(times, DateTime::UNIX_EPOCH).1;
        for (one, ten) in of(1).iter().zip(of(FETCHES)) {
            assert_eq!((one.most * 10, one.window), (ten.most, ten.window));
        }
    }

    #[test]
    fn half_hours_of_networks_begin_one_after_the_other() {
        let net = |n: u8| wide(format!("10.0.{n}.1").parse().unwrap());
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let turn = |n: u8, at: DateTime<Utc>| half_hour_of(net(n), at);
        for n in 0..200 {
            assert_eq!(turn(n, now + HALF_HOUR), turn(n, now) + 1, "{n}");
        }
        // In no minute of the hour more than a few of them.
        for minute in 0..60 {
            let (from, to) = (TimeDelta::minutes(minute), TimeDelta::minutes(minute + 1));
            let begin = |n: &u8| turn(*n, now + from) != turn(*n, now + to);
            let many = (0..200).filter(begin).count();
            assert!(many < 40, "{many} in minute {minute}");
        }
    }

    #[test]
    fn rows_refuse_whom_the_counters_refuse_and_nobody_else() {
        let origin = |way| Origin::new("192.0.2.77".parse().ok(), Some("a.example"), way);
        let refused =
            |way, half_hour: Sent, day: Sent| origin(way).full_by_rows(&[half_hour, day], true);
        // All is taken: the first of a network passes, the next one does not.
        for way in [Way::Proven, Way::Plain, Way::App] {
            assert_eq!(refused(way, (0, 0, 0, 60), (0, 0, 0, 500)), None, "{way:?}");
        }
        let next = |way| refused(way, (0, 1, 0, 60), (0, 1, 0, 60));
        assert_eq!(next(Way::Proven), Some(HALF_HOUR));
        assert_eq!(next(Way::Plain), None, "it has a reserve of its own");
        let late = refused(Way::Proven, (0, 0, 0, 0), (0, 2, 0, 500));
        assert_eq!(late, Some(DAY));
        let flood = refused(Way::Proven, (0, 0, 0, 1_000), (0, 0, 0, 1_000));
        assert_eq!(flood, Some(HALF_HOUR));
        // The reserve is gone, as the counters say.
        let gone = [(0, 0, 0, 60), (0, 0, 0, 60)];
        let plain = origin(Way::Plain).full_by_rows(&gone, false);
        assert_eq!(plain, Some(HALF_HOUR));
        // Limits of networks and domains hold for all.
        for half_hour in [(5, 5, 0, 5), (0, 15, 0, 15), (0, 0, 20, 20)] {
            assert_eq!(refused(Way::Plain, half_hour, half_hour), Some(HALF_HOUR));
        }
        assert_eq!(
            refused(Way::Plain, (4, 14, 19, 59), (19, 59, 99, 499)),
            None
        );
    }

    #[test]
    fn large_providers_are_found() {
        assert_eq!(provider("gmail.com"), 10);
        assert_eq!(provider("ann.example"), 1);
    }
}
