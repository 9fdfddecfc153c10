//! What is kept away from the door: networks, mail domains, names, single addresses.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Bool, Inet, SmallInt, Text, Timestamptz};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use ipnet::IpNet;

use super::{Conn, raw};
use crate::domain::block_severity::BlockSeverity;
use crate::domain::{Id, Page, Result};
use crate::model::door_block::{AddressBlock, MailBlock, NameBlock, NetworkBlock};
use crate::model::schema::{address_blocks, mail_blocks, name_blocks, network_blocks};

diesel::define_sql_function! {
    /// See migrations.
    fn next_id(at: Timestamptz) -> Int8;
}

/// Blocks of each kind that are there at the most.
pub const MOST: i64 = 10_000;
/// Names are compared one by one.
pub const MOST_NAMES: i64 = 1_000;

/// What every block says.
#[derive(Debug, Clone, PartialEq)]
pub struct Terms {
    /// What it does.
    pub severity: BlockSeverity,
    /// For staff.
    pub comment: String,
}

/// The block of an address's network that weighs most: refusing before putting aside, then
/// the widest.
pub async fn of_network(
    conn: &mut Conn,
    address: IpNet,
    now: DateTime<Utc>,
) -> Result<Option<(IpNet, BlockSeverity)>> {
    Ok(raw::<(Inet, SmallInt)>(
        "WITH p AS (SELECT ?::inet AS address, ?::timestamptz AS now) \
         SELECT b.network, b.severity FROM network_blocks b, p \
         WHERE b.network >>= p.address AND (b.expires_at IS NULL OR b.expires_at > p.now) \
         ORDER BY b.severity, masklen(b.network) LIMIT 1",
    )
    .bind::<Inet, _>(address)
    .bind::<Timestamptz, _>(now)
    .get_result(conn)
    .await
    .optional()?)
}

/// The block of these domains that weighs most; `hosts`: of blocks that are about mail servers
/// too.
pub async fn of_mail(
    conn: &mut Conn,
    domains: &[&str],
    hosts: bool,
) -> Result<Option<(String, BlockSeverity)>> {
    let domains: Vec<String> = domains.iter().map(|d| (*d).to_owned()).collect();
    Ok(raw::<(Text, SmallInt)>(
        "WITH p AS (SELECT ?::text[] AS domains, ?::bool AS hosts) \
         SELECT b.domain, b.severity FROM mail_blocks b, p \
         WHERE b.domain = ANY (p.domains) AND (b.hosts OR NOT p.hosts) \
         ORDER BY b.severity, length(b.domain) LIMIT 1",
    )
    .bind::<Array<Text>, _>(domains)
    .bind::<Bool, _>(hosts)
    .get_result(conn)
    .await
    .optional()?)
}

/// Whether an address is blocked by its digest.
pub async fn is_address_blocked(conn: &mut Conn, digest: &str) -> Result<bool> {
    Ok(diesel::select(diesel::dsl::exists(
        address_blocks::table.filter(address_blocks::digest.eq(digest)),
    ))
    .get_result(conn)
    .await?)
}

/// All blocks of names, 1,000 at the most.
pub async fn names(conn: &mut Conn) -> Result<Vec<NameBlock>> {
    Ok(name_blocks::table
        .order(name_blocks::id.desc())
        .limit(MOST_NAMES)
        .select(NameBlock::as_select())
        .load(conn)
        .await?)
}

/// Blocks of networks, newest first; those that ended stay until they are lifted.
pub async fn networks(conn: &mut Conn, page: &Page) -> Result<Vec<NetworkBlock>> {
    let mut query = network_blocks::table
        .select(NetworkBlock::as_select())
        .limit(page.limit)
        .into_boxed();
    if let Some(max) = page.max_id {
        query = query.filter(network_blocks::id.lt(max));
    }
    if let Some(above) = page.above() {
        query = query.filter(network_blocks::id.gt(above));
    }
    Ok(match page.min_id {
        Some(_) => query.order(network_blocks::id.asc()).load(conn).await?,
        None => query.order(network_blocks::id.desc()).load(conn).await?,
    })
}

/// Blocks of mail domains, newest first.
pub async fn mail(conn: &mut Conn, page: &Page) -> Result<Vec<MailBlock>> {
    let mut query = mail_blocks::table
        .select(MailBlock::as_select())
        .limit(page.limit)
        .into_boxed();
    if let Some(max) = page.max_id {
        query = query.filter(mail_blocks::id.lt(max));
    }
    if let Some(above) = page.above() {
        query = query.filter(mail_blocks::id.gt(above));
    }
    Ok(match page.min_id {
        Some(_) => query.order(mail_blocks::id.asc()).load(conn).await?,
        None => query.order(mail_blocks::id.desc()).load(conn).await?,
    })
}

/// Blocks of addresses, newest first.
pub async fn addresses(conn: &mut Conn, page: &Page) -> Result<Vec<AddressBlock>> {
    let mut query = address_blocks::table
        .select(AddressBlock::as_select())
        .limit(page.limit)
        .into_boxed();
    if let Some(max) = page.max_id {
        query = query.filter(address_blocks::id.lt(max));
    }
    if let Some(above) = page.above() {
        query = query.filter(address_blocks::id.gt(above));
    }
    Ok(match page.min_id {
        Some(_) => query.order(address_blocks::id.asc()).load(conn).await?,
        None => query.order(address_blocks::id.desc()).load(conn).await?,
    })
}

/// One of them.
pub async fn find_network(conn: &mut Conn, id: Id) -> Result<Option<NetworkBlock>> {
    Ok(network_blocks::table
        .find(id)
        .select(NetworkBlock::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// One of them.
pub async fn find_mail(conn: &mut Conn, id: Id) -> Result<Option<MailBlock>> {
    Ok(mail_blocks::table
        .find(id)
        .select(MailBlock::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// One of them.
pub async fn find_name(conn: &mut Conn, id: Id) -> Result<Option<NameBlock>> {
    Ok(name_blocks::table
        .find(id)
        .select(NameBlock::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The block of exactly this digest.
pub async fn find_by_digest(conn: &mut Conn, digest: &str) -> Result<Option<AddressBlock>> {
    Ok(address_blocks::table
        .filter(address_blocks::digest.eq(digest))
        .select(AddressBlock::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// One of them.
pub async fn find_address(conn: &mut Conn, id: Id) -> Result<Option<AddressBlock>> {
    Ok(address_blocks::table
        .find(id)
        .select(AddressBlock::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// How many blocks there are: of networks, mail domains, names, addresses.
pub async fn counts(conn: &mut Conn) -> Result<(i64, i64, i64, i64)> {
    use diesel::sql_types::BigInt;
    Ok(raw::<(BigInt, BigInt, BigInt, BigInt)>(
        "SELECT (SELECT count(*) FROM network_blocks), (SELECT count(*) FROM mail_blocks), \
                (SELECT count(*) FROM name_blocks), (SELECT count(*) FROM address_blocks)",
    )
    .get_result(conn)
    .await?)
}

/// Lays a block on a network, or changes the one that is there.
pub async fn set_network(
    conn: &mut Conn,
    network: IpNet,
    terms: &Terms,
    expires: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<NetworkBlock> {
    Ok(diesel::insert_into(network_blocks::table)
        .values((
            network_blocks::id.eq(next_id(now)),
            network_blocks::network.eq(network),
            network_blocks::severity.eq(terms.severity),
            network_blocks::comment.eq(&terms.comment),
            network_blocks::created_at.eq(now),
            network_blocks::expires_at.eq(expires),
        ))
        .on_conflict(network_blocks::network)
        .do_update()
        .set((
            network_blocks::severity.eq(terms.severity),
            network_blocks::comment.eq(&terms.comment),
            network_blocks::expires_at.eq(expires),
        ))
        .returning(NetworkBlock::as_returning())
        .get_result(conn)
        .await?)
}

/// Lays a block on a mail domain, or changes the one that is there.
pub async fn set_mail(
    conn: &mut Conn,
    domain: &str,
    hosts: bool,
    terms: &Terms,
    now: DateTime<Utc>,
) -> Result<MailBlock> {
    Ok(diesel::insert_into(mail_blocks::table)
        .values((
            mail_blocks::id.eq(next_id(now)),
            mail_blocks::domain.eq(domain),
            mail_blocks::hosts.eq(hosts),
            mail_blocks::severity.eq(terms.severity),
            mail_blocks::comment.eq(&terms.comment),
            mail_blocks::created_at.eq(now),
        ))
        .on_conflict(mail_blocks::domain)
        .do_update()
        .set((
            mail_blocks::hosts.eq(hosts),
            mail_blocks::severity.eq(terms.severity),
            mail_blocks::comment.eq(&terms.comment),
        ))
        .returning(MailBlock::as_returning())
        .get_result(conn)
        .await?)
}

/// Lays a block on a name, or changes the one that is there.
pub async fn set_name(
    conn: &mut Conn,
    pattern: &str,
    whole: bool,
    terms: &Terms,
    now: DateTime<Utc>,
) -> Result<NameBlock> {
    Ok(diesel::insert_into(name_blocks::table)
        .values((
            name_blocks::id.eq(next_id(now)),
            name_blocks::pattern.eq(pattern),
            name_blocks::whole.eq(whole),
            name_blocks::severity.eq(terms.severity),
            name_blocks::comment.eq(&terms.comment),
            name_blocks::created_at.eq(now),
        ))
        .on_conflict((name_blocks::pattern, name_blocks::whole))
        .do_update()
        .set((
            name_blocks::severity.eq(terms.severity),
            name_blocks::comment.eq(&terms.comment),
        ))
        .returning(NameBlock::as_returning())
        .get_result(conn)
        .await?)
}

/// Blocks an address by its digest; the row that is there where it was.
pub async fn set_address(
    conn: &mut Conn,
    digest: &str,
    now: DateTime<Utc>,
) -> Result<AddressBlock> {
    Ok(diesel::insert_into(address_blocks::table)
        .values((
            address_blocks::id.eq(next_id(now)),
            address_blocks::digest.eq(digest),
            address_blocks::created_at.eq(now),
        ))
        .on_conflict(address_blocks::digest)
        .do_update()
        .set(address_blocks::digest.eq(digest))
        .returning(AddressBlock::as_returning())
        .get_result(conn)
        .await?)
}

/// The block of exactly this network.
pub async fn find_by_network(conn: &mut Conn, network: IpNet) -> Result<Option<NetworkBlock>> {
    Ok(network_blocks::table
        .filter(network_blocks::network.eq(network))
        .select(NetworkBlock::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The block of exactly this mail domain.
pub async fn find_by_domain(conn: &mut Conn, domain: &str) -> Result<Option<MailBlock>> {
    Ok(mail_blocks::table
        .filter(mail_blocks::domain.eq(domain))
        .select(MailBlock::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Which table a block is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `network_blocks`.
    Network,
    /// `mail_blocks`.
    Mail,
    /// `name_blocks`.
    Name,
    /// `address_blocks`.
    Address,
}

/// Lifts a block; `false` where there was none.
pub async fn delete(conn: &mut Conn, kind: Kind, id: Id) -> Result<bool> {
    let gone = match kind {
        Kind::Network => {
            diesel::delete(network_blocks::table.find(id))
                .execute(conn)
                .await?
        }
        Kind::Mail => {
            diesel::delete(mail_blocks::table.find(id))
                .execute(conn)
                .await?
        }
        Kind::Name => {
            diesel::delete(name_blocks::table.find(id))
                .execute(conn)
                .await?
        }
        Kind::Address => {
            diesel::delete(address_blocks::table.find(id))
                .execute(conn)
                .await?
        }
    };
    Ok(gone > 0)
}
