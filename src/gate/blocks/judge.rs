//! What an application meets.
//!
//! Each answer is the heaviest block that is met, with what it is about, for the hint. Refusals
//! are said in words that tell nothing but the field.

use std::net::IpAddr;

use chrono::{DateTime, Utc};

use super::{addresses, heavier};
use crate::app::App;
use crate::domain::Result;
use crate::domain::block_severity::BlockSeverity;
use crate::gate::applications::pace;
use crate::gate::mail_providers::upward;
use crate::mail::domains::MailHosts;
use crate::model::door_block::NameBlock;
use crate::store::likeness::Seen;
use crate::store::{self, Conn};
use crate::text::email::Address;
use crate::text::look_alike;

/// What blocks say of where it comes from.
pub async fn network(
    conn: &mut Conn,
    address: Option<IpAddr>,
    now: DateTime<Utc>,
) -> Result<Option<BlockSeverity>> {
    let Some(address) = address else {
        return Ok(None);
    };
    let found = store::door_blocks::of_network(conn, pace::near(address), now).await?;
    Ok(found.map(|(_, severity)| severity))
}

/// What blocks say of a name. A name that staff could be mistaken for is refused as well.
pub async fn name(conn: &mut Conn, username: &str) -> Result<Option<BlockSeverity>> {
    let staff = store::users::staff(conn).await?;
    if staff
        .iter()
        .any(|one| look_alike::matches(&one.username, true, username))
    {
        return Ok(Some(BlockSeverity::Refuse));
    }
    let blocks = store::door_blocks::names(conn).await?;
    Ok(blocks
        .iter()
        .filter(|block| look_alike::matches(&block.pattern, block.whole, username))
        .fold(None, |met, block| heavier(met, Some(block.severity))))
}

/// What blocks say of an address, before anything is looked up: three answers from two
/// statements, whatever they are.
pub async fn address(conn: &mut Conn, address: &Address) -> Result<Option<BlockSeverity>> {
    let domains: Vec<&str> = address.domain_and_parents().collect();
    let domain = store::door_blocks::of_mail(conn, &domains, false).await?;
    let digest = addresses::digest(address);
    let single = store::door_blocks::is_address_blocked(conn, &digest).await?;
    Ok(heavier(
        domain.map(|(_, severity)| severity),
        single.then_some(BlockSeverity::Refuse),
    ))
}

/// Looks up whose servers take the mail of the address, and what blocks say of them. No answer
/// within two seconds is no answer: never a refusal. Holds no connection while it waits.
pub async fn mail_hosts(app: &App, address: &Address) -> Result<(Seen, Option<BlockSeverity>)> {
    let hosts = app.mail_domains.look_up(address.domain()).await;
    let seen = Seen {
        mail_state: match &hosts {
            MailHosts::Unknown => 0,
            MailHosts::Are(_) => 1,
            MailHosts::NoServer => 2,
            MailHosts::Nobody => 3,
        },
        mail_host: hosts.first().map(str::to_owned),
        trap_filled: false,
    };
    let MailHosts::Are(hosts) = &hosts else {
        return Ok((seen, None));
    };
    let above: Vec<&str> = hosts.iter().flat_map(|host| upward(host)).collect();
    let mut conn = app.desk.get().await?;
    let met = store::door_blocks::of_mail(&mut conn, &above, true).await?;
    Ok((seen, met.map(|(_, severity)| severity)))
}

/// Whether one of these blocks is about a name.
pub fn is_name_met(blocks: &[NameBlock], username: &str) -> bool {
    blocks
        .iter()
        .any(|block| look_alike::matches(&block.pattern, block.whole, username))
}

/// The blocks that only put aside and that an application meets now, in words, for its hint.
pub async fn set_aside(
    conn: &mut Conn,
    network: Option<ipnet::IpNet>,
    username: &str,
    mail: (Option<&str>, Option<&str>),
    now: DateTime<Utc>,
) -> Result<Option<String>> {
    if let Some(network) = network
        && let Some((of, _)) = store::door_blocks::of_network(conn, network, now).await?
    {
        return Ok(Some(format!("the network {of}")));
    }
    let domains: Vec<&str> = mail.0.into_iter().flat_map(upward).collect();
    let hosts: Vec<&str> = mail.1.into_iter().flat_map(upward).collect();
    let mut met = store::door_blocks::of_mail(conn, &domains, false).await?;
    if met.is_none() {
        met = store::door_blocks::of_mail(conn, &hosts, true).await?;
    }
    if let Some((domain, _)) = met {
        return Ok(Some(format!("the mail domain {domain}")));
    }
    let blocks = store::door_blocks::names(conn).await?;
    let name = blocks
        .iter()
        .find(|block| look_alike::matches(&block.pattern, block.whole, username));
    Ok(name.map(|block| format!("names like “{}”", block.pattern)))
}
