//! `invite_nodes`: who came by whom. A row a person, under the one who invited them.

use chrono::{DateTime, Utc};
use diesel::OptionalExtension;
use diesel::sql_types::{
    Array, BigInt, Binary, Bool, Integer, Nullable, SmallInt, Text, Timestamptz,
};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::raw::raw;
use crate::domain::application::ApplicationState;
use crate::domain::role::Role;
use crate::domain::{Id, Result};

/// Somebody in the tree, with the keyed hash that is left of them when they are erased.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// The user.
    pub user: Id,
    /// The key of the hash.
    pub key_id: i16,
    /// The hash.
    pub keyed: Vec<u8>,
}

/// Writes down that one came by the invite of the other. `bypass`: invites approved then.
pub async fn plant(
    conn: &mut Conn,
    (inviter, invited): (&Person, &Person),
    invite: i64,
    bypass: bool,
    at: DateTime<Utc>,
) -> Result<()> {
    raw::<()>(
        "INSERT INTO invite_nodes (user_id, key_id, keyed, created_at) VALUES (?, ?, ?, ?) \
         ON CONFLICT (user_id) WHERE user_id IS NOT NULL DO NOTHING",
    )
    .bind::<BigInt, _>(inviter.user)
    .bind::<SmallInt, _>(inviter.key_id)
    .bind::<Binary, _>(inviter.keyed.clone())
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    raw::<()>(
        "WITH p AS (SELECT ?::bigint AS inviter, ?::bigint AS invited, ?::smallint AS key_id, ?::bytea AS keyed, \
                           ?::bigint AS invite, ?::boolean AS bypass, ?::timestamptz AS at) \
         INSERT INTO invite_nodes (user_id, parent_id, invite_id, bypass, key_id, keyed, created_at) \
         SELECT p.invited, n.id, p.invite, p.bypass, p.key_id, p.keyed, p.at \
         FROM p JOIN invite_nodes n ON n.user_id = p.inviter",
    )
    .bind::<BigInt, _>(inviter.user)
    .bind::<BigInt, _>(invited.user)
    .bind::<SmallInt, _>(invited.key_id)
    .bind::<Binary, _>(invited.keyed.clone())
    .bind::<BigInt, _>(invite)
    .bind::<Bool, _>(bypass)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// By whose invite somebody came, and how that stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    /// The inviter's name; `None` when they are gone.
    pub by: Option<String>,
    /// How often the invite was used and may be; `None` when it is gone.
    pub uses: Option<(i32, i32)>,
    /// Invites approved when they applied.
    pub bypass: bool,
    /// The invite was not revoked, and its maker is in good standing: it speaks for them.
    pub stands: bool,
    /// The same, and it is not over: it would let them in now.
    pub holds: bool,
}

type BroughtRow = (Option<String>, Option<i32>, Option<i32>, bool, bool, bool);

/// By whose invite this user came; `None` for those whom nobody invited.
pub async fn brought(conn: &mut Conn, user: Id, now: DateTime<Utc>) -> Result<Option<Brought>> {
    let row: Option<BroughtRow> =
        raw::<(Nullable<Text>, Nullable<Integer>, Nullable<Integer>, Bool, Bool, Bool)>(
            "WITH p AS (SELECT ?::bigint AS invited, ?::timestamptz AS now) \
             SELECT u.username, i.used, i.uses, n.bypass, \
                    coalesce(good.is_so, false), coalesce(good.is_so AND i.expires_at > p.now, false) \
             FROM p JOIN invite_nodes n ON n.user_id = p.invited JOIN invite_nodes m ON m.id = n.parent_id \
             LEFT JOIN invites i ON i.id = n.invite_id LEFT JOIN users u ON u.id = m.user_id \
             LEFT JOIN accounts a ON a.id = u.account_id \
             CROSS JOIN LATERAL (SELECT i.revoked_at IS NULL AND u.approved_at IS NOT NULL AND u.disabled_at IS NULL \
                 AND u.moved_at IS NULL AND a.flags & 10 = 0 AS is_so) good",
        )
        .bind::<BigInt, _>(user)
        .bind::<Timestamptz, _>(now)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(|(by, used, uses, bypass, stands, holds)| Brought {
        by,
        uses: used.zip(uses),
        bypass,
        stands,
        holds,
    }))
}

/// Whose accounts invited these users: user and account.
pub async fn inviters(conn: &mut Conn, users: &[Id]) -> Result<Vec<(Id, Id)>> {
    Ok(raw::<(BigInt, BigInt)>(
        "SELECT n.user_id, u.account_id FROM invite_nodes n JOIN invite_nodes m ON m.id = n.parent_id \
         JOIN users u ON u.id = m.user_id WHERE n.user_id = ANY (?)",
    )
    .bind::<Array<BigInt>, _>(users.to_vec())
    .load(conn)
    .await?)
}

/// Gives back the uses by which these came. Where `forget` is said, nothing is left of them in
/// the tree either, unless somebody came by them.
pub async fn give_back(conn: &mut Conn, users: &[Id], forget: bool) -> Result<()> {
    raw::<()>(
        "WITH p AS (SELECT ?::bigint[] AS users, ?::boolean AS forget), \
         back AS (SELECT n.invite_id, count(*)::integer AS uses FROM p JOIN invite_nodes n ON n.user_id = ANY (p.users) \
             WHERE n.invite_id IS NOT NULL GROUP BY n.invite_id), \
         held AS (SELECT i.id FROM invites i JOIN back b ON b.invite_id = i.id ORDER BY i.id FOR UPDATE OF i), \
         given AS (UPDATE invites i SET used = greatest(i.used - b.uses, 0) FROM back b JOIN held h ON h.id = b.invite_id \
             WHERE i.id = b.invite_id), \
         loose AS (UPDATE invite_nodes n SET invite_id = NULL FROM p WHERE n.user_id = ANY (p.users) AND NOT p.forget) \
         DELETE FROM invite_nodes n USING p WHERE n.user_id = ANY (p.users) AND p.forget \
           AND NOT EXISTS (SELECT 1 FROM invite_nodes c WHERE c.parent_id = n.id)",
    )
    .bind::<Array<BigInt>, _>(users.to_vec())
    .bind::<Bool, _>(forget)
    .execute(conn)
    .await?;
    Ok(())
}

/// Who became a member by which of these invites: invite and name, newest first, so many at the
/// most.
pub async fn came_by(conn: &mut Conn, invites: &[i64], most: i64) -> Result<Vec<(i64, String)>> {
    Ok(raw::<(BigInt, Text)>(
        "SELECT n.invite_id, u.username FROM invite_nodes n JOIN users u ON u.id = n.user_id \
         JOIN accounts a ON a.id = u.account_id \
         WHERE n.invite_id = ANY (?) AND u.approved_at IS NOT NULL AND u.disabled_at IS NULL AND a.flags & 2 = 0 \
         ORDER BY n.id DESC LIMIT ?",
    )
    .bind::<Array<BigInt>, _>(invites.to_vec())
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?)
}

/// Somebody in the tree, as it is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The row.
    pub id: i64,
    /// The row of who invited them.
    pub parent: Option<i64>,
    /// Steps from where the walk began.
    pub depth: i32,
    /// Who; `None` once they are erased.
    pub user: Option<NodeUser>,
    /// When they came into the tree.
    pub at: DateTime<Utc>,
    /// How many they invited themselves.
    pub children: i64,
}

/// The person of a node.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeUser {
    /// `users.id`.
    pub id: Id,
    /// The account, or the id that is reserved for it.
    pub account: Id,
    /// The local name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Somebody let them in.
    pub approved: bool,
    /// The login is switched off.
    pub disabled: bool,
    /// `accounts.flags`; 0 without an account.
    pub flags: i32,
    /// The latest application: id and state.
    pub application: Option<(Id, ApplicationState)>,
}

type NodeRow = (
    i64,
    Option<i64>,
    i32,
    Option<Id>,
    Option<Id>,
    Option<String>,
    Option<Role>,
    bool,
    bool,
    i32,
    Option<Id>,
    Option<ApplicationState>,
    DateTime<Utc>,
    i64,
);

// Breadth first, because that is how a recursive query walks; it stops walking at the limit.
const WALK: &str = "\
    WITH RECURSIVE p AS (SELECT ?::bigint[] AS starts, ?::integer AS deep, ?::bigint AS most), \
    walk AS ( \
      SELECT n.id, 0 AS depth FROM invite_nodes n CROSS JOIN p WHERE n.id = ANY (p.starts) \
      UNION ALL \
      SELECT c.id, w.depth + 1 FROM walk w JOIN invite_nodes c ON c.parent_id = w.id CROSS JOIN p WHERE w.depth < p.deep), \
    seen AS (SELECT id, depth FROM walk LIMIT (SELECT most FROM p)) \
    SELECT n.id, n.parent_id, s.depth, u.id, u.account_id, u.username, u.role, u.approved_at IS NOT NULL, \
           u.disabled_at IS NOT NULL, coalesce(a.flags, 0), x.id, x.state, n.created_at, \
           (SELECT count(*) FROM invite_nodes c WHERE c.parent_id = n.id) \
    FROM seen s JOIN invite_nodes n ON n.id = s.id LEFT JOIN users u ON u.id = n.user_id \
    LEFT JOIN accounts a ON a.id = u.account_id \
    LEFT JOIN LATERAL (SELECT y.id, y.state FROM applications y WHERE y.user_id = u.id ORDER BY y.id DESC LIMIT 1) x ON true \
    ORDER BY s.depth, n.id";

/// The branches that begin at these nodes, themselves first, level by level: `deep` levels below
/// them and `most` people at the most.
pub async fn walk(conn: &mut Conn, starts: &[i64], deep: i32, most: i64) -> Result<Vec<Node>> {
    let rows: Vec<NodeRow> = raw::<(
        BigInt,
        Nullable<BigInt>,
        Integer,
        Nullable<BigInt>,
        Nullable<BigInt>,
        Nullable<Text>,
        Nullable<SmallInt>,
        Bool,
        Bool,
        Integer,
        Nullable<BigInt>,
        Nullable<SmallInt>,
        Timestamptz,
        BigInt,
    )>(WALK)
    .bind::<Array<BigInt>, _>(starts.to_vec())
    .bind::<Integer, _>(deep)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(node).collect())
}

fn node(row: NodeRow) -> Node {
    let (
        id,
        parent,
        depth,
        user,
        account,
        name,
        role,
        approved,
        disabled,
        flags,
        app,
        state,
        at,
        children,
    ) = row;
    let user = match (user, account, name, role) {
        (Some(id), Some(account), Some(name), Some(role)) => Some(NodeUser {
            id,
            account,
            name,
            role,
            approved,
            disabled,
            flags,
            application: app.zip(state),
        }),
        _ => None,
    };
    Node {
        id,
        parent,
        depth,
        user,
        at,
        children,
    }
}

/// Nodes that nobody invited and that invited somebody, newest first, below `before`.
pub async fn roots(conn: &mut Conn, before: Option<i64>, most: i64) -> Result<Vec<i64>> {
    let rows: Vec<(i64,)> = raw::<(BigInt,)>(
        "SELECT n.id FROM invite_nodes n WHERE n.parent_id IS NULL AND n.id < ? \
         AND EXISTS (SELECT 1 FROM invite_nodes c WHERE c.parent_id = n.id) ORDER BY n.id DESC LIMIT ?",
    )
    .bind::<BigInt, _>(before.unwrap_or(i64::MAX))
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The node of a user.
pub async fn of_user(conn: &mut Conn, user: Id) -> Result<Option<i64>> {
    let row: Option<(i64,)> = raw::<(BigInt,)>("SELECT id FROM invite_nodes WHERE user_id = ?")
        .bind::<BigInt, _>(user)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(|(id,)| id))
}

/// Who stands above a node, the nearest first, so many at the most: node, and name where they
/// are not erased.
pub async fn above(conn: &mut Conn, node: i64, most: i64) -> Result<Vec<(i64, Option<String>)>> {
    Ok(raw::<(BigInt, Nullable<Text>)>(
        "WITH RECURSIVE p AS (SELECT ?::bigint AS start, ?::bigint AS most), \
         up AS (SELECT n.parent_id AS id, 1 AS step FROM invite_nodes n CROSS JOIN p WHERE n.id = p.start AND n.parent_id IS NOT NULL \
                UNION ALL SELECT n.parent_id, u.step + 1 FROM up u JOIN invite_nodes n ON n.id = u.id CROSS JOIN p \
                WHERE n.parent_id IS NOT NULL AND u.step < p.most) \
         SELECT up.id, l.username FROM up JOIN invite_nodes n ON n.id = up.id LEFT JOIN users l ON l.id = n.user_id ORDER BY up.step",
    )
    .bind::<BigInt, _>(node)
    .bind::<BigInt, _>(most)
    .load(conn)
    .await?)
}
