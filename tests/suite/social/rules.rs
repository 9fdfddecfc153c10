//! Each rule of who sees what exists as SQL and as a pure function: on random worlds both say
//! the same.

use std::collections::{HashMap, HashSet};

use porchlight::domain::Page;
use porchlight::domain::visibility::Visibility;
use porchlight::model::follow::Follow;
use porchlight::store::status_page::{self, Wanted};
use porchlight::store::visibility::{
    Facts, HomeFacts, belongs_in_home, belongs_in_home_by_tag, may_see,
};
use porchlight::store::{self};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::support::place::{Place, run};

const PEOPLE: usize = 5;
const STATUSES: usize = 150;
const TAGS: [&str; 3] = ["bread", "rye", "tea"];
const LANGUAGES: [Option<&str>; 3] = [None, Some("en"), Some("de")];

struct Status {
    id: i64,
    author: i64,
    visibility: Visibility,
    local_only: bool,
    language: Option<&'static str>,
    reply_to: Option<i64>,
    boost: Option<usize>,
    audience: HashSet<i64>,
    fetched: bool,
    orphan: bool,
    tags: HashSet<&'static str>,
}

struct World {
    people: Vec<i64>,
    flags: HashMap<i64, i32>,
    follows: Vec<Follow>,
    blocks: HashSet<(i64, i64)>,
    tag_follows: HashSet<(i64, &'static str)>,
    statuses: Vec<Status>,
}

/// Writes a random world behind the place's back, and remembers it.
async fn make(place: &Place, dice: &mut StdRng) -> World {
    let mut people = Vec::new();
    for n in 0..PEOPLE {
        people.push(
            place
                .member(&format!("p{n}"))
                .await
                .id
                .parse::<i64>()
                .expect("an id"),
        );
    }
    let mut world = World {
        people: people.clone(),
        flags: HashMap::new(),
        follows: Vec::new(),
        blocks: HashSet::new(),
        tag_follows: HashSet::new(),
        statuses: Vec::new(),
    };
    for tag in TAGS {
        place
            .sql(
                "INSERT INTO tags (name, display, created_at) VALUES ($1, $1, '2026-01-01')",
                &[&tag],
            )
            .await;
    }
    for &one in &people {
        for tag in TAGS {
            if dice.random_ratio(1, 3) {
                let sql = "INSERT INTO tag_follows (account_id, tag_id, id) SELECT $1, id, next_id('2026-01-01') FROM tags WHERE name = $2";
                place.sql(sql, &[&one, &tag]).await;
                world.tag_follows.insert((one, tag));
            }
        }
        let flags = [0, 0, 0, 0, 1, 2][dice.random_range(0..6)];
        place
            .sql(
                "UPDATE accounts SET flags = $1 WHERE id = $2",
                &[&flags, &one],
            )
            .await;
        world.flags.insert(one, flags);
        for &other in people.iter().filter(|&&other| other != one) {
            if dice.random_bool(0.5) {
                follow(place, dice, &mut world, one, other).await;
            }
            if dice.random_ratio(1, 6) {
                place.sql("INSERT INTO blocks (account_id, target_id, id) VALUES ($1, $2, next_id('2026-01-01'))", &[&one, &other]).await;
                world.blocks.insert((one, other));
            }
        }
    }
    for n in 0..STATUSES {
        write(place, dice, &mut world, n).await;
    }
    world
}

async fn follow(place: &Place, dice: &mut StdRng, world: &mut World, one: i64, other: i64) {
    let languages: Option<Vec<String>> = match dice.random_range(0..4) {
        0 => Some(vec!["en".into()]),
        1 => Some(vec!["de".into(), "fr".into()]),
        _ => None,
    };
    let (state, flags) = (i16::from(dice.random_bool(0.8)), dice.random_range(0..4));
    let row = place
        .sql(
            "INSERT INTO follows (id, account_id, target_id, state, flags, languages, created_at) \
             VALUES (next_id('2026-01-01'), $1, $2, $3, $4, $5, '2026-01-01') RETURNING id",
            &[&one, &other, &state, &flags, &languages],
        )
        .await;
    world.follows.push(Follow {
        id: row[0].get(0),
        account_id: one,
        target_id: other,
        state,
        flags,
        languages,
        ..Follow::default()
    });
}

async fn write(place: &Place, dice: &mut StdRng, world: &mut World, n: usize) {
    let someone = |dice: &mut StdRng| world.people[dice.random_range(0..PEOPLE)];
    let author = someone(dice);
    let visibility = Visibility::ALL[dice.random_range(0..4)];
    let local_only = dice.random_ratio(1, 5);
    let language = LANGUAGES[dice.random_range(0..3)];
    let reply_to = dice.random_bool(0.5).then(|| someone(dice));
    let originals: Vec<usize> = (0..n)
        .filter(|&i| world.statuses[i].boost.is_none())
        .collect();
    let boost = (dice.random_ratio(1, 4) && !originals.is_empty())
        .then(|| originals[dice.random_range(0..originals.len())]);
    let boost = boost.filter(|&of| {
        !world
            .statuses
            .iter()
            .any(|s| s.author == author && s.boost == Some(of))
    });
    let (fetched, orphan) = (dice.random_ratio(1, 6), dice.random_ratio(1, 6));
    let audience: HashSet<i64> = (0..dice.random_range(0..3))
        .map(|_| someone(dice))
        .collect();
    let boosted = boost.map(|of| world.statuses[of].id);
    let row = place
        .sql(
            "INSERT INTO statuses (id, account_id, reblog_of_id, in_reply_to_account_id, visibility, local_only, language, created_at, \
                 flags, in_reply_to_uri_hash) \
             VALUES (next_id('2026-01-02'), $1, $2, $3, $4, $5, $6, '2026-01-02', CASE WHEN $7 THEN 16 ELSE 0 END, \
                 CASE WHEN $8 THEN gen_random_uuid() END) RETURNING id",
            &[&author, &boosted, &reply_to, &(visibility as i16), &local_only, &language, &fetched, &orphan],
        )
        .await;
    let id: i64 = row[0].get(0);
    for one in &audience {
        place.sql("INSERT INTO status_audience (status_id, account_id, mentioned) VALUES ($1, $2, false)", &[&id, one]).await;
    }
    // A boost carries no hashtags of its own.
    let tags: HashSet<&str> = TAGS
        .into_iter()
        .filter(|_| boost.is_none() && dice.random_ratio(1, 3))
        .collect();
    for tag in &tags {
        let sql =
            "INSERT INTO status_tags (status_id, tag_id) SELECT $1, id FROM tags WHERE name = $2";
        place.sql(sql, &[&id, tag]).await;
    }
    world.statuses.push(Status {
        id,
        author,
        visibility,
        local_only,
        language,
        reply_to,
        boost,
        audience,
        fetched,
        orphan,
        tags,
    });
}

impl World {
    fn sees(&self, viewer: Option<i64>, status: &Status) -> bool {
        let follows = self.follows.iter().any(|f| {
            Some(f.account_id) == viewer && f.target_id == status.author && f.is_accepted()
        });
        may_see(&Facts {
            author_flags: self.flags[&status.author],
            author: status.author,
            viewer,
            visibility: status.visibility,
            local_only: status.local_only,
            in_audience: viewer.is_some_and(|v| status.audience.contains(&v)),
            follows,
            blocked_by_author: viewer.is_some_and(|v| self.blocks.contains(&(status.author, v))),
        })
    }

    /// A boost is seen by who may see both.
    fn is_shown(&self, viewer: Option<i64>, status: &Status) -> bool {
        let boosted = status
            .boost
            .is_none_or(|of| self.sees(viewer, &self.statuses[of]));
        self.sees(viewer, status) && boosted
    }

    fn facts(&self, reader: i64, status: &Status) -> HomeFacts {
        let follows_parent = self.follows.iter().any(|f| {
            f.account_id == reader && Some(f.target_id) == status.reply_to && f.is_accepted()
        });
        HomeFacts {
            author: status.author,
            visibility: status.visibility,
            boost: status.boost.is_some(),
            language: status.language.map(str::to_owned),
            in_reply_to_account: status.reply_to,
            in_audience: status.audience.contains(&reader),
            follows_parent,
            fetched: status.fetched,
            orphan: status.orphan,
        }
    }

    fn belongs(&self, reader: i64, status: &Status) -> bool {
        let facts = self.facts(reader, status);
        let mut follows = self.follows.iter();
        let follow = follows.find(|f| f.account_id == reader && f.target_id == status.author);
        let by_tag = status
            .tags
            .iter()
            .any(|tag| self.tag_follows.contains(&(reader, tag)))
            && belongs_in_home_by_tag(self.flags[&status.author], &facts);
        status.author == reader || follow.is_some_and(|f| belongs_in_home(f, &facts)) || by_tag
    }
}

#[test]
fn who_sees_a_status_is_the_same_in_sql_and_in_words() {
    run(async |place| {
        let seed = rand::random();
        let world = make(place, &mut StdRng::seed_from_u64(seed)).await;
        let ids: Vec<i64> = world.statuses.iter().map(|s| s.id).collect();
        let mut conn = place.app.pool.get().await.expect("a connection");
        let viewers = world.people.iter().map(|&p| Some(p)).chain([None]);
        for viewer in viewers {
            let wanted = Wanted {
                ids: ids.clone(),
                viewer,
                as_list: false,
                at: place.app.clock.now(),
            };
            let page = status_page::page(&mut *conn, wanted).await.expect("a page");
            let shown: HashSet<i64> = page.iter().map(|row| row.id).collect();
            for status in &world.statuses {
                assert_eq!(
                    shown.contains(&status.id),
                    world.is_shown(viewer, status),
                    "seed {seed}: status {} of {} for {viewer:?}; SQL is on the left",
                    status.id,
                    status.author
                );
            }
        }
    });
}

#[test]
fn what_enters_home_is_the_same_in_sql_and_in_words() {
    run(async |place| {
        let seed = rand::random();
        let world = make(place, &mut StdRng::seed_from_u64(seed)).await;
        let ids: Vec<i64> = world.statuses.iter().map(|s| s.id).collect();
        let mut conn = place.app.pool.get().await.expect("a connection");
        let pairs = store::feeds::readers(&mut conn, ids)
            .await
            .expect("readers");
        let told: HashSet<(i64, i64)> = pairs.iter().copied().collect();
        assert_eq!(told.len(), pairs.len(), "nobody is told twice");
        for reader in &world.people {
            let page = Page::newest(1000);
            let read: HashSet<i64> = store::feeds::home(&mut conn, *reader, &page)
                .await
                .expect("a page")
                .into_iter()
                .collect();
            for status in &world.statuses {
                let belongs = world.belongs(*reader, status);
                let seen = (
                    told.contains(&(*reader, status.id)),
                    read.contains(&status.id),
                );
                assert_eq!(
                    seen,
                    (belongs, belongs),
                    "seed {seed}: status {} of {} for {reader}; SQL (fan-out, read) is on the left",
                    status.id,
                    status.author
                );
            }
        }
    });
}
