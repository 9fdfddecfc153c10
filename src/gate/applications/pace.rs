//! How many applications may come, per half hour and day (registration.md C3): from an
//! address, from the network around it, with one mail domain, in all.
//!
//! Counted (`app/limits`) when one was received, looked at before; while Redis is away the
//! applications that are there are counted, too: Redis may have known of them and be gone. A
//! form that came back with an error costs nothing.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use crate::app::{App, limits};
use crate::cache::rate_limit::{self, Limit};
use crate::domain::{Error, Result};
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
/// Fetching the form costs a tenth of sending it.
const FETCHES: u32 = 10;
/// Large providers get so many times the budget of a mail domain.
const LARGE: u32 = 10;
/// Mails to one address about joining, a day: however many ask for it.
const MAILS: u32 = 5;

/// Where an application comes from, as far as its budget goes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Origin {
    near: Option<IpNet>,
    wide: Option<IpNet>,
    domain: Option<String>,
}

impl Origin {
    pub(super) fn new(address: Option<IpAddr>, mail_domain: Option<&str>) -> Origin {
        Origin {
            near: address.map(near),
            wide: address.map(wide),
            domain: mail_domain.map(str::to_owned),
        }
    }

    /// The network to be kept with the application.
    pub(super) fn network(&self) -> Option<IpNet> {
        self.near
    }

    fn limits(&self, times: u32) -> Vec<Limit> {
        let mut limits = Vec::new();
        let mut add = |(what, half_hour, day): (&str, u32, u32), of: &str, times: u32| {
            for (most, window) in [(half_hour, HALF_HOUR), (day, DAY)] {
                limits.push(Limit {
                    key: format!("apply{times}:{what}:{of}"),
                    most: most * times,
                    window,
                });
            }
        };
        if let Some(net) = self.near {
            add(NEAR, &net.to_string(), times);
        }
        if let Some(net) = self.wide {
            add(WIDE, &net.to_string(), times);
        }
        if let Some(domain) = &self.domain {
            add(DOMAIN, domain, times * provider(domain));
        }
        add(ALL, "", times);
        limits
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
    let taken = limits::look(app, &origin.limits(1), now).await;
    if let Some(over) = rate_limit::exceeded(&taken) {
        return Err(too_many(over.reset));
    }
    if app.cache.is_resting() {
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
            || sent.3 >= most(ALL)
        {
            return Err(too_many(now + window));
        }
    }
    Ok(())
}

/// Counts one that was received.
pub(super) async fn count(app: &App, origin: &Origin, now: DateTime<Utc>) {
    limits::take(app, &origin.limits(1), now).await;
}

/// Counts a form that is fetched.
///
/// # Errors
/// `TooMany`, as above.
pub(super) async fn count_fetch(app: &App, address: Option<IpAddr>) -> Result<()> {
    let budgets = Origin::new(address, None).limits(FETCHES);
    let taken = limits::take(app, &budgets, app.clock.now()).await;
    match rate_limit::exceeded(&taken) {
        Some(over) => Err(too_many(over.reset)),
        None => Ok(()),
    }
}

/// Counts a mail about joining that goes to this address (its canonical form), whoever asked
/// for it; `false` when it had its share of the day.
pub(super) async fn may_mail(app: &App, canonical: &str, now: DateTime<Utc>) -> bool {
    let hash = app.keys.decisions.hash("mail-budget", canonical);
    let key: String = hash.hash[..16].iter().map(|b| format!("{b:02x}")).collect();
    let limit = Limit {
        key: format!("join-mail:{key}"),
        most: MAILS,
        window: DAY,
    };
    let taken = limits::take(app, &[limit], now).await;
    rate_limit::exceeded(&taken).is_none()
}

fn too_many(retry_at: DateTime<Utc>) -> Error {
    Error::TooMany {
        message: "Many applications came from around here in a short time. Please try again a \
                  little later; nothing is lost."
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

    #[test]
    fn large_providers_are_found() {
        assert_eq!(provider("gmail.com"), 10);
        assert_eq!(provider("ann.example"), 1);
    }
}
