//! Home feeds in Redis (hot-path 10): sorted sets with score 0, whose members are ids as 8
//! bytes, big end first. (As scores, ids beyond 2^53 would collapse with their neighbours.)
//!
//! A feed's first member tells its state: eight zero bytes and a letter. `C`: holds all of
//! the person's home. `T`: holds the newest of it, older ones were trimmed. `B` and a nonce:
//! is being built; what is posted meanwhile is added already. No set: nobody reads it.
//!
//! A feed must never be wrong, only absent. So its key carries a generation, kept in
//! Postgres: the relay raises it when it could not reach Redis, or when Redis came back from
//! a restart, and all feeds of before are never read again.

use std::sync::LazyLock;

use redis::{Pipeline, Script};

use super::Cache;
use crate::domain::{Id, Page};

/// Most ids that a feed keeps.
pub const MOST: usize = 800;
/// Grows so far beyond before it is trimmed.
const SLACK: usize = 50;
/// Feeds that one script writes.
pub const AT_ONCE: usize = 500;
/// A feed that nobody reads for so long goes, in seconds.
const LIFE: i64 = 7 * 24 * 3600;

/// What a feed answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The page, as Postgres would give it; newest first.
    Page(Vec<Id>),
    /// The page reaches below what is kept.
    Beyond,
    /// There is no feed, or not yet.
    Absent,
    /// Redis did not answer.
    Away,
}

fn member(id: Id) -> [u8; 8] {
    id.max(0).to_be_bytes()
}

fn id_of(member: &[u8]) -> Option<Id> {
    member
        .try_into()
        .ok()
        .map(Id::from_be_bytes)
        .filter(|id| *id > 0)
}

fn state(letter: u8, nonce: &[u8]) -> Vec<u8> {
    [&[0; 8], &[letter][..], nonce].concat()
}

/// An open end of a range. The byte after a zero id keeps the state member out.
fn bound(id: Id) -> Vec<u8> {
    let mut bound = vec![b'('];
    bound.extend_from_slice(&member(id));
    if id <= 0 {
        bound.push(0xff);
    }
    bound
}

fn key(cache: &Cache, generation: i64, account: Id) -> String {
    cache.key(&format!("feed:{generation}:{account}"))
}

/// Reads a page: one call.
pub async fn read(cache: &Cache, generation: i64, account: Id, page: &Page) -> Answer {
    let key = key(cache, generation, account);
    let above = page.above().unwrap_or(0).max(0);
    let high = page.max_id.map_or_else(|| b"+".to_vec(), bound);
    let mut pipeline = Pipeline::new();
    pipeline.cmd("ZRANGE").arg(&key).arg(0).arg(1);
    let range = pipeline.cmd("ZRANGE").arg(&key);
    if page.ascends() {
        range.arg(bound(above)).arg(high).arg("BYLEX");
    } else {
        range.arg(high).arg(bound(above)).arg("BYLEX").arg("REV");
    }
    range.arg("LIMIT").arg(0).arg(page.limit);
    pipeline.cmd("EXPIRE").arg(&key).arg(LIFE).ignore();
    match cache.run::<(Vec<Vec<u8>>, Vec<Vec<u8>>)>(&pipeline).await {
        None => Answer::Away,
        Some((head, members)) => judge(&head, &members, page),
    }
}

/// Whether what was read is the whole answer.
fn judge(head: &[Vec<u8>], members: &[Vec<u8>], page: &Page) -> Answer {
    let mut ids: Vec<Id> = members.iter().filter_map(|m| id_of(m)).collect();
    if page.ascends() {
        ids.reverse();
    }
    match head.first().and_then(|state| state.get(8)) {
        Some(b'C') => Answer::Page(ids),
        Some(b'T') => {
            let lowest = head.get(1).and_then(|m| id_of(m)).unwrap_or(Id::MAX);
            let above_floor = page.above().is_some_and(|above| above >= lowest);
            let full = !page.ascends() && ids.len() as i64 >= page.limit;
            if above_floor || full {
                Answer::Page(ids)
            } else {
                Answer::Beyond
            }
        }
        _ => Answer::Absent,
    }
}

// KEYS: feeds; ARGV: limit, slack, then one member a feed.
static ADD: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local most, slack = tonumber(ARGV[1]), tonumber(ARGV[2])
         for i, key in ipairs(KEYS) do
           local head = redis.call('ZRANGE', key, 0, 0)[1]
           if head then
             local letter = string.sub(head, 9, 9)
             local id = ARGV[i + 2]
             local added = redis.call('ZADD', key, 0, id)
             if added == 1 and letter == 'T' and redis.call('ZRANK', key, id) == 1 then
               redis.call('ZREM', key, id)
             elseif letter ~= 'B' then
               local size = redis.call('ZCARD', key) - 1
               if size > most + slack then
                 redis.call('ZREMRANGEBYRANK', key, 1, size - most)
                 if letter == 'C' then
                   redis.call('ZREM', key, head)
                   redis.call('ZADD', key, 0, string.sub(head, 1, 8) .. 'T')
                 end
               end
             end
           end
         end
         return 1",
    )
});

// KEYS: feeds; ARGV: one member a feed.
static REMOVE: LazyLock<Script> = LazyLock::new(|| {
    Script::new("for i, key in ipairs(KEYS) do redis.call('ZREM', key, ARGV[i]) end return 1")
});

// KEYS: the feed; ARGV: the new state member, life. 1 = go on, 0 = it is there already.
static BEGIN: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local head = redis.call('ZRANGE', KEYS[1], 0, 0)[1]
         if head then
           if string.sub(head, 9, 9) ~= 'B' then return 0 end
           redis.call('ZREM', KEYS[1], head)
         end
         redis.call('ZADD', KEYS[1], 0, ARGV[1])
         redis.call('EXPIRE', KEYS[1], ARGV[2])
         return 1",
    )
});

// KEYS: the feed; ARGV: the state it must have, the state it gets, limit, members.
static FILL: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "local key = KEYS[1]
         if redis.call('ZRANGE', key, 0, 0)[1] ~= ARGV[1] then return 0 end
         for i = 4, #ARGV do redis.call('ZADD', key, 0, ARGV[i]) end
         redis.call('ZREM', key, ARGV[1])
         local size = redis.call('ZCARD', key)
         local most = tonumber(ARGV[3])
         local final = ARGV[2]
         if size > most then
           redis.call('ZREMRANGEBYRANK', key, 0, size - most - 1)
           final = string.sub(final, 1, 8) .. 'T'
         end
         redis.call('ZADD', key, 0, final)
         return 1",
    )
});

/// Adds each id to the feed beside it, where there is one. Idempotent. `None`: Redis is away
/// and the feeds are wrong from now on.
pub async fn add(cache: &Cache, generation: i64, pairs: &[(Id, Id)]) -> Option<()> {
    for some in pairs.chunks(AT_ONCE) {
        let mut call = ADD.prepare_invoke();
        call.arg(MOST).arg(SLACK);
        for (account, id) in some {
            call.key(key(cache, generation, *account));
            call.arg(member(*id).as_slice());
        }
        cache.invoke::<i64>(&call).await?;
    }
    Some(())
}

/// Takes each id out of the feed beside it. `None` as in [`add`].
pub async fn remove(cache: &Cache, generation: i64, pairs: &[(Id, Id)]) -> Option<()> {
    for some in pairs.chunks(AT_ONCE) {
        let mut call = REMOVE.prepare_invoke();
        for (account, id) in some {
            call.key(key(cache, generation, *account));
            call.arg(member(*id).as_slice());
        }
        cache.invoke::<i64>(&call).await?;
    }
    Some(())
}

/// Drops whole feeds: whom these people follow has changed. `None` as in [`add`].
pub async fn forget(cache: &Cache, generation: i64, accounts: &[Id]) -> Option<()> {
    for some in accounts.chunks(AT_ONCE) {
        let mut pipeline = Pipeline::new();
        let drop = pipeline.cmd("UNLINK");
        for account in some {
            drop.arg(key(cache, generation, *account));
        }
        cache.run::<(i64,)>(&pipeline).await?;
    }
    Some(())
}

/// Announces that `account`'s feed will be built from what Postgres says *after* this call;
/// `nonce` is any fresh bytes. `Some(false)`: another one was faster.
pub async fn begin(cache: &Cache, generation: i64, account: Id, nonce: &[u8]) -> Option<bool> {
    let mut call = BEGIN.prepare_invoke();
    call.key(key(cache, generation, account))
        .arg(state(b'B', nonce))
        .arg(LIFE);
    cache.invoke::<i64>(&call).await.map(|n| n == 1)
}

/// Fills what [`begin`] announced; does nothing when it was dropped or taken over meanwhile.
/// `whole`: there is nothing older than `ids`.
pub async fn fill(
    cache: &Cache,
    generation: i64,
    account: Id,
    nonce: &[u8],
    ids: &[Id],
    whole: bool,
) -> Option<bool> {
    let mut call = FILL.prepare_invoke();
    call.key(key(cache, generation, account))
        .arg(state(b'B', nonce))
        .arg(state(if whole { b'C' } else { b'T' }, &[]))
        .arg(MOST);
    for id in ids {
        call.arg(member(*id).as_slice());
    }
    cache.invoke::<i64>(&call).await.map(|n| n == 1)
}

/// Which run of Redis answers: changes with a restart, after which feeds may be old ones
/// from its disk.
pub async fn run_of_redis(cache: &Cache) -> Option<String> {
    let mut pipeline = Pipeline::new();
    pipeline.cmd("INFO").arg("server");
    let (info,): (String,) = cache.run(&pipeline).await?;
    info.lines()
        .find_map(|line| line.strip_prefix("run_id:"))
        .map(|id| id.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(letter: u8, lowest: Id) -> Vec<Vec<u8>> {
        vec![state(letter, &[]), member(lowest).to_vec()]
    }

    fn members(ids: &[Id]) -> Vec<Vec<u8>> {
        ids.iter().map(|id| member(*id).to_vec()).collect()
    }

    #[test]
    fn members_sort_as_ids_do() {
        let mut ids = [3, 1 << 60, (1 << 60) + 1, 255, 256];
        let mut sorted: Vec<[u8; 8]> = ids.iter().map(|id| member(*id)).collect();
        sorted.sort();
        ids.sort();
        assert_eq!(
            sorted.iter().filter_map(|m| id_of(m)).collect::<Vec<_>>(),
            ids
        );
        assert!(state(b'C', &[]).as_slice() < member(1).as_slice());
        assert!(bound(0)[1..] > state(b'T', b"nonce")[..]);
    }

    #[test]
    fn a_whole_feed_answers_everything() {
        assert_eq!(
            judge(&head(b'C', 5), &members(&[9, 5]), &Page::newest(20)),
            Answer::Page(vec![9, 5])
        );
        let up = Page {
            min_id: Some(1),
            ..Page::newest(2)
        };
        assert_eq!(
            judge(&head(b'C', 5), &members(&[5, 9]), &up),
            Answer::Page(vec![9, 5])
        );
    }

    #[test]
    fn a_trimmed_feed_answers_only_what_it_holds() {
        let two = Page::newest(2);
        assert_eq!(
            judge(&head(b'T', 5), &members(&[9, 7]), &two),
            Answer::Page(vec![9, 7])
        );
        assert_eq!(
            judge(
                &head(b'T', 5),
                &members(&[5]),
                &Page {
                    max_id: Some(7),
                    ..two
                }
            ),
            Answer::Beyond
        );
        let low = Page {
            min_id: Some(4),
            ..two
        };
        assert_eq!(
            judge(&head(b'T', 5), &members(&[5, 7]), &low),
            Answer::Beyond
        );
        let high = Page {
            min_id: Some(5),
            ..two
        };
        assert_eq!(
            judge(&head(b'T', 5), &members(&[7, 9]), &high),
            Answer::Page(vec![9, 7])
        );
        let since = Page {
            since_id: Some(7),
            ..two
        };
        assert_eq!(
            judge(&head(b'T', 5), &members(&[9]), &since),
            Answer::Page(vec![9])
        );
    }

    #[test]
    fn no_feed_or_one_being_built_is_absent() {
        assert_eq!(judge(&[], &[], &Page::newest(2)), Answer::Absent);
        assert_eq!(
            judge(
                &[state(b'B', b"12345678")],
                &members(&[9]),
                &Page::newest(2)
            ),
            Answer::Absent
        );
    }
}
