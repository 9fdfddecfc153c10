//! The order of the queue: vouched for first, page by page, each once.

use porchlight::domain::Id;
use porchlight::store::desk_queue::{self, Part, Wanted};

use crate::support::place::{Place, run};

/// Applications by numbers: lane and group (0: alone), the oldest first.
async fn line_up(place: &Place, of: &[(i16, i64)]) {
    let lanes: Vec<i16> = of.iter().map(|(lane, _)| *lane).collect();
    let groups: Vec<i64> = of.iter().map(|(_, group)| *group).collect();
    let now = place.app.clock.now().timestamp();
    place
        .sql(
            "WITH x AS (SELECT n, lane, nullif(grp, 0) AS grp FROM unnest($1::smallint[], $2::bigint[]) \
                 WITH ORDINALITY AS x (lane, grp, n)), \
             u AS (INSERT INTO users (id, account_id, username, locale, role, role_since, settings, created_at) \
                 SELECT 1000 + n, 100000 + n, 'copy' || n, 'en', 0, to_timestamp($3::bigint), '{}', to_timestamp($3::bigint) \
                 FROM x RETURNING id) \
             INSERT INTO applications (id, user_id, state, mode, lane, submitted_at, confirmed_at, cluster_id) \
             SELECT 1000 + n, 1000 + n, 1, 1, lane, to_timestamp($3::bigint), to_timestamp($3::bigint), 1000 + grp FROM x",
            &[&lanes, &groups, &now],
        )
        .await;
}

/// All pages of the queue, as numbers of [`line_up`] and how many are alike.
async fn pages(place: &Place, newest_first: bool) -> Vec<(Id, i64)> {
    let mut conn = place.app.desk.get().await.expect("a connection");
    let mut wanted = Wanted {
        part: Part::Waiting,
        newest_first,
        after: None,
    };
    let mut seen = Vec::new();
    for _ in 0..10 {
        let now = place.app.clock.now();
        let mut page = desk_queue::page(&mut conn, &wanted, now)
            .await
            .expect("a page");
        let more = page.len() == desk_queue::READ;
        page.truncate(desk_queue::READ - 1);
        seen.extend(page.iter().map(|row| (row.application - 1000, row.alike)));
        wanted.after = page.last().map(|row| row.key);
        if !more {
            return seen;
        }
    }
    panic!("the queue does not end: {seen:?}");
}

#[test]
fn who_is_vouched_for_stands_before_all_others_on_whatever_page() {
    run(async |place| {
        let owner = place.owner().await;
        // Of the group at 4 somebody is vouched for, of that at 2 nobody.
        let mut all = vec![(1, 0), (1, 2), (1, 2), (1, 4), (0, 4)];
        all.extend((0..50).map(|n| (n % 2, 0)));
        line_up(place, &all).await;
        let vouched: Vec<_> = (6..56).step_by(2).map(|n| (n, 1)).collect();
        let others: Vec<_> = (7..56).step_by(2).map(|n| (n, 1)).collect();
        let expected = [
            vec![(4, 2)],
            vouched.clone(),
            vec![(1, 1), (2, 2)],
            others.clone(),
        ]
        .concat();
        assert_eq!(pages(place, false).await, expected);
        // Newest first is by age alone.
        let mut by_age: Vec<_> = [vec![(1, 1), (2, 2), (4, 2)], vouched, others].concat();
        by_age.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!(pages(place, true).await, by_age);
        // So does a search, and the page.
        let desk = place.signed_in(&owner).await;
        for path in ["/desk", "/desk?q=copy"] {
            let page = desk.open(path).await.text();
            let at = |name: &str| page.find(name);
            assert!(
                at("@copy8").is_some() && at("@copy9").is_none(),
                "{path}: {page}"
            );
        }
    });
}

#[test]
fn the_next_one_is_the_next_of_the_queue() {
    run(async |place| {
        place.owner().await;
        line_up(place, &[(1, 0), (0, 0), (1, 0), (0, 0), (2, 0)]).await;
        let mut conn = place.app.desk.get().await.expect("a connection");
        let now = place.app.clock.now();
        let mut chain = Vec::new();
        let mut at = Some(1002);
        while let Some(id) = at {
            chain.push(id - 1000);
            at = desk_queue::next(&mut conn, id, now).await.expect("asked");
        }
        assert_eq!(chain, [2, 4, 1, 3]);
    });
}
