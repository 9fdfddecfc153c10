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
    /// The code of an event, which frees from the limits of networks and domains.
    Event,
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

    fn limits(&self, times: u32) -> (Vec<Part>, Vec<Limit>) {
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
            Way::Event => add(Part::Strict, ALL, "", times),
            Way::Proven => match self.wide {
                Some(net) => {
                    add(Part::All, ALL, "", times);
                    add(Part::Reserve, FIRST, &net.to_string(), times);
                    add(Part::Reserve, FIRSTS, "", times);
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
        let over = |part: Part| {
            let each = parts.iter().zip(taken).filter(move |(p, _)| **p == part);
            each.filter(|(_, t)| t.exceeded).map(|(_, t)| t.reset).max()
        };
        let all = over(Part::All);
        let reserved = parts.contains(&Part::Reserve) && over(Part::Reserve).is_none();
        over(Part::Strict).or(all.filter(|_| !reserved))
    }
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
    let (parts, limits) = origin.limits(1);
    let taken = limits::look(app, &limits, now).await;
    if let Some(retry_at) = Origin::refused(&parts, &taken) {
        return Err(too_many(retry_at));
    }
    if app.cache.is_resting() && origin.way != Way::Event {
        let mut conn = app.desk.get().await?;
        look_at_rows(&mut conn, origin, now).await?;
    }
    Ok(())
}

/// The same budgets, from the applications that are there: for when Redis is away. Windows
/// slide here.
async fn look_at_rows(conn: &mut Conn, origin: &Origin, now: DateTime<Utc>) -> Result<()> {
    for (window, pick) in [(HALF_HOUR, 0), (DAY, 1)] {
        let domain = origin.domain.as_deref();
        let sent =
            store::applications::sent_since(conn, now - window, origin.near, origin.wide, domain)
                .await?;
        let most = |(_, half_hour, day): (&str, u32, u32)| {
            i64::from(if pick == 0 { half_hour } else { day })
        };
        let times = i64::from(domain.map_or(1, provider));
        if sent.0 >= most(NEAR)
            || sent.1 >= most(WIDE)
            || sent.2 >= most(DOMAIN) * times
            || (origin.way == Way::Proven && sent.3 >= most(ALL))
        {
            return Err(too_many(now + window));
        }
    }
    Ok(())
}

/// Draws on the budgets.
///
/// # Errors
/// `TooMany`, as above: others came in the meantime. What was drawn is to be given back then,
/// too.
pub(super) async fn take(app: &App, origin: &Origin, now: DateTime<Utc>) -> Result<()> {
    let (parts, limits) = origin.limits(1);
    let taken = limits::take(app, &limits, now).await;
    match Origin::refused(&parts, &taken) {
        Some(retry_at) => Err(too_many(retry_at)),
        None => Ok(()),
    }
}

/// Gives back what was drawn: nothing came of it.
pub(super) async fn give_back(app: &App, origin: &Origin, now: DateTime<Utc>) {
    limits::give_back(app, &origin.limits(1).1, now).await;
}

/// Counts a form that is fetched.
///
/// # Errors
/// `TooMany`, as above.
pub(super) async fn count_fetch(app: &App, address: Option<IpAddr>) -> Result<()> {
    let (parts, budgets) = Origin::new(address, None, Way::Proven).limits(FETCHES);
    let taken = limits::take(app, &budgets, app.clock.now()).await;
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
        let (parts, limits) = origin.limits(1);
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
        assert!(refused(Way::Event, &[":all:"]));
    }

    #[test]
    fn large_providers_are_found() {
        assert_eq!(provider("gmail.com"), 10);
        assert_eq!(provider("ann.example"), 1);
    }
}
