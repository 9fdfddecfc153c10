//! The queue of the desk sifted: by language, drafts, invites, appeals. Each application stands by
//! itself. A lane is read in its order until a page is full, or from those who have what is
//! wanted, whichever the planner thinks shorter.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use super::Conn;
use super::desk_queue::{Part, Place, Wanted, behind, let_in, not_put_off, now_in, unread};
use super::raw::{Raw, raw};
use crate::domain::{Id, Result};

/// Languages that are offered, at the most: browsers may say anything.
const LANGUAGES: i64 = 50;

/// What a search's `p` asks of `a`; one more `AND`.
macro_rules! sift {
    () => {
        " AND (p.language IS NULL OR split_part(lower(a.locale), '-', 1) = p.language) \
          AND (NOT p.drafts OR a.user_id IN (SELECT sd.user_id FROM drafts sd)) \
          AND (NOT p.invited OR a.user_id IN (SELECT sn.user_id FROM invite_nodes sn WHERE sn.parent_id IS NOT NULL)) \
          AND (NOT p.appealed OR a.appealed_at IS NOT NULL)"
    };
}
pub(super) use sift;

/// A sift in so many words, for each choice a statement of its own: by that the planner knows how
/// rare what is wanted is, and begins with it.
macro_rules! with_sift {
    ($sift:expr, $statement:ident ! ($($rest:tt)*)) => {
        match $sift.language {
            None => with_marks!($sift, "", $statement!($($rest)*)),
            Some(_) => with_marks!($sift, language!(), $statement!($($rest)*)),
        }
    };
}

macro_rules! with_marks {
    ($sift:expr, $spoken:expr, $statement:ident ! ($($rest:tt)*)) => {
        match ($sift.drafts, $sift.invited, $sift.appealed) {
            (false, false, false) => $statement!($spoken, $($rest)*),
            (true, false, false) => $statement!(concat!($spoken, drafts!()), $($rest)*),
            (false, true, false) => $statement!(concat!($spoken, invited!()), $($rest)*),
            (true, true, false) => {
                $statement!(concat!($spoken, drafts!(), invited!()), $($rest)*)
            }
            (false, false, true) => $statement!(concat!($spoken, appealed!()), $($rest)*),
            (true, false, true) => {
                $statement!(concat!($spoken, drafts!(), appealed!()), $($rest)*)
            }
            (false, true, true) => {
                $statement!(concat!($spoken, invited!(), appealed!()), $($rest)*)
            }
            (true, true, true) => {
                $statement!(concat!($spoken, drafts!(), invited!(), appealed!()), $($rest)*)
            }
        }
    };
}

macro_rules! drafts {
    () => {
        " AND EXISTS (SELECT 1 FROM drafts sd WHERE sd.user_id = a.user_id)"
    };
}

macro_rules! invited {
    () => {
        " AND EXISTS (SELECT 1 FROM invite_nodes sn WHERE sn.user_id = a.user_id AND sn.parent_id IS NOT NULL)"
    };
}

// As the index `applications_appealed` has it.
macro_rules! appealed {
    () => {
        " AND a.appealed_at IS NOT NULL"
    };
}

// As the index `applications_spoken` has it.
macro_rules! language {
    () => {
        " AND split_part(lower(a.locale), '-', 1) = p.language"
    };
}

macro_rules! sifted {
    ($sift:expr, $key:expr, $holds:expr, $beyond:tt, $order:tt) => {
        raw(concat!(
            "WITH p AS (SELECT ?::bigint AS after, ?::timestamptz AS at, ?::text AS language) \
             SELECT ",
            $key,
            ", a.id FROM p CROSS JOIN applications a WHERE ",
            $holds,
            $sift,
            " AND ",
            $key,
            " ",
            $beyond,
            " p.after ORDER BY 1 ",
            $order,
            " LIMIT 21"
        ))
    };
}

/// One lane, as far as a page needs it.
macro_rules! lane {
    ($sift:expr, $lane:tt, $key:expr, $after:expr, $beyond:tt, $order:tt) => {
        concat!(
            "(SELECT ",
            $key,
            " AS key, a.id FROM applications a WHERE ",
            now_in!($lane),
            $sift,
            " AND a.id ",
            $beyond,
            " ",
            $after,
            " ORDER BY a.id ",
            $order,
            " LIMIT 21)"
        )
    };
}

/// Those whom somebody vouched for and those whom nobody did; `$key` and `$after` are of the
/// latter.
macro_rules! who_wait {
    ($sift:expr, $key:expr, $after:expr, $beyond:tt, $order:tt) => {
        raw(concat!(
            "WITH p AS (SELECT ?::bigint AS after, ?::timestamptz AS at, ?::text AS language) \
             SELECT x.key, x.id FROM p CROSS JOIN LATERAL (",
            lane!($sift, "0", "a.id", "p.after", $beyond, $order),
            " UNION ALL ",
            lane!($sift, "1", $key, $after, $beyond, $order),
            ") x ORDER BY 1 ",
            $order,
            " LIMIT 21"
        ))
    };
}

macro_rules! both_ways {
    ($wanted:expr, $falling:expr, $key:expr, $holds:expr) => {
        match $falling {
            true => with_sift!($wanted.sift, sifted!($key, $holds, "<", "DESC")),
            false => with_sift!($wanted.sift, sifted!($key, $holds, ">", "ASC")),
        }
    };
}

/// A page of what is left of a part, as [`super::desk_queue::page`] gives one.
pub async fn page(conn: &mut Conn, wanted: &Wanted, at: DateTime<Utc>) -> Result<Vec<Place>> {
    let (falling, from) = wanted.way();
    let statement: Raw<(BigInt, BigInt)> = match wanted.part {
        Part::Waiting if wanted.newest_first && falling => {
            with_sift!(wanted.sift, who_wait!("a.id", "p.after", "<", "DESC"))
        }
        Part::Waiting if wanted.newest_first => {
            with_sift!(wanted.sift, who_wait!("a.id", "p.after", ">", "ASC"))
        }
        // The place of those whom somebody vouched for is before all others, oldest first.
        Part::Waiting if falling => with_sift!(
            wanted.sift,
            who_wait!(
                concat!("a.id + ", behind!()),
                concat!("p.after - ", behind!()),
                "<",
                "DESC"
            )
        ),
        Part::Waiting => with_sift!(
            wanted.sift,
            who_wait!(
                concat!("a.id + ", behind!()),
                concat!("p.after - ", behind!()),
                ">",
                "ASC"
            )
        ),
        Part::Vouched => both_ways!(wanted, falling, "a.id", now_in!("0")),
        Part::InLine => both_ways!(wanted, falling, "a.id", now_in!("2")),
        Part::Automated => both_ways!(wanted, falling, "a.id", now_in!("3")),
        Part::AskedBack => both_ways!(wanted, falling, "a.id", "a.state = 2"),
        Part::PutOff => both_ways!(
            wanted,
            falling,
            "a.id",
            "a.state = 1 AND a.put_off_until IS NOT NULL AND a.put_off_until > p.at"
        ),
        Part::Unread => both_ways!(wanted, falling, "a.id", unread!()),
        Part::Decided => both_ways!(wanted, falling, "a.id", "a.state IN (3, 4, 6)"),
    };
    let rows: Vec<(Id, Id)> = statement
        .bind::<BigInt, _>(from)
        .bind::<Timestamptz, _>(at)
        .bind::<Nullable<Text>, _>(wanted.sift.language.clone())
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(key, application)| Place {
            key,
            application,
            alike: 1,
        })
        .collect())
}

// One step of the index `applications_language` each.
const SPOKEN: &str = "\
    WITH RECURSIVE p AS (SELECT ?::bigint AS most), l AS ( \
        (SELECT split_part(lower(locale), '-', 1) AS language, 1::bigint AS n FROM applications ORDER BY 1 LIMIT 1) \
        UNION ALL SELECT x.language, l.n + 1 FROM l CROSS JOIN LATERAL ( \
            SELECT split_part(lower(a.locale), '-', 1) AS language FROM applications a \
            WHERE split_part(lower(a.locale), '-', 1) > l.language ORDER BY 1 LIMIT 1) x \
        WHERE l.n < (SELECT most FROM p)) \
    SELECT language FROM l";

/// The languages in which people applied, in order: `de`, `en`; 50 at the most.
pub async fn languages(conn: &mut Conn) -> Result<Vec<String>> {
    let rows: Vec<(String,)> = raw::<(Text,)>(SPOKEN)
        .bind::<BigInt, _>(LANGUAGES)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(|(language,)| language).collect())
}
