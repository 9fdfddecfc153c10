//! The order of the queue: vouched for first, page by page, each once, there and back; and sifted.

use porchlight::domain::Id;
use porchlight::store::desk_queue::{self, Part, Wanted};

use crate::support::browser::Page;
use crate::support::place::{Place, Setup, run};

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
        ..Wanted::default()
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
    // The door's own work would draw the last one from the line.
    Setup::default().without_jobs().run(async |place| {
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

/// The names on a page, as it has them.
fn named(page: &Page) -> Vec<String> {
    let ticks = page.all("label").into_iter();
    ticks
        .filter_map(|label| label.text.strip_prefix("Tick @"))
        .map(str::to_owned)
        .collect()
}

/// Where a page's link of this relation leads, if there is one.
fn turn(page: &Page, relation: &str) -> Option<String> {
    let links = page.all("a");
    let link = links.into_iter().find(|a| a.get("rel") == relation)?;
    Some(link.get("href").to_owned())
}

#[test]
fn the_way_back_leads_over_the_same_pages() {
    run(async |place| {
        let owner = place.owner().await;
        // Those that are alike are one row; the last page is a short one.
        let mut all = vec![(1, 0), (1, 2), (1, 2), (1, 4), (0, 4)];
        all.extend((0..50).map(|n| (n % 2, 0)));
        line_up(place, &all).await;
        let desk = place.signed_in(&owner).await;
        for path in [
            "/desk",
            "/desk?order=newest",
            "/desk?q=copy",
            "/desk?q=copy&order=newest",
            "/desk?lang=en",
            "/desk?lang=en&order=newest",
        ] {
            let mut pages = Vec::new();
            let mut next = Some(path.to_owned());
            let mut last = None;
            while let Some(path) = next {
                let page = desk.open(&path).await;
                next = turn(&page, "next");
                assert_eq!(turn(&page, "prev").is_some(), !pages.is_empty(), "{path}");
                pages.push(named(&page));
                last = Some(page);
            }
            assert_eq!(pages.len(), 3, "{path}");
            let mut page = last.expect("a page");
            for before in pages[..2].iter().rev() {
                let back = turn(&page, "prev").unwrap_or_else(|| panic!("no way back: {path}"));
                page = desk.open(&back).await;
                assert_eq!(&named(&page), before, "{back}");
                assert!(turn(&page, "next").is_some(), "{back}");
            }
            assert_eq!(turn(&page, "prev"), None, "{path}");
        }
        // Which way is which is said by age.
        let page = desk.open("/desk").await;
        assert!(page.link("Newer →").contains("after="));
        let page = desk.open("/desk?order=newest").await;
        let page = desk.open(&page.link("Older →")).await;
        assert!(page.link("← Newer").contains("before="));
        // Whoever stood on the way back is gone meanwhile: it begins anew, with a whole page.
        let page = desk.open("/desk?before=1000").await;
        assert_eq!(named(&page), named(&desk.open("/desk").await));
        assert_eq!(turn(&page, "prev"), None);
        let page = desk.open("/desk?after=9000000000000000000").await;
        page.says("Nobody is waiting");
        assert_eq!(turn(&page, "prev").as_deref(), Some("/desk?"));
    });
}

#[test]
fn the_queue_is_sifted_by_language_drafts_invites_and_appeals() {
    run(async |place| {
        let owner = place.owner().await;
        line_up(place, &[(1, 0); 6]).await;
        for sql in [
            "UPDATE applications SET locale = 'DE-at' WHERE id IN (1001, 1002)",
            "INSERT INTO drafts (id, user_id, text, created_at, updated_at) \
             SELECT 7000 + n, 1000 + n, 'One', to_timestamp(0), to_timestamp(0) FROM generate_series(2, 3) n",
            "WITH top AS (INSERT INTO invite_nodes (key_id, keyed, created_at) VALUES (0, '', to_timestamp(0)) RETURNING id) \
             INSERT INTO invite_nodes (user_id, parent_id, key_id, keyed, created_at) \
             SELECT 1000 + n, top.id, 0, '', to_timestamp(0) FROM top, generate_series(3, 4) n",
            "UPDATE applications SET appealed_at = to_timestamp(0) WHERE id IN (1004, 1005)",
            "UPDATE applications SET state = 2 WHERE id = 1005",
        ] {
            place.sql(sql, &[]).await;
        }
        let desk = place.signed_in(&owner).await;
        for (asked, found) in [
            ("", vec![1, 2, 3, 4, 6]),
            ("lang=de", vec![1, 2]),
            ("lang=en", vec![3, 4, 6]),
            ("lang=fr", vec![]),
            ("drafts=1", vec![2, 3]),
            ("invited=1", vec![3, 4]),
            ("appealed=1", vec![4]),
            ("appealed=1&state=asked", vec![5]),
            ("lang=de&drafts=1", vec![2]),
            ("drafts=1&invited=1", vec![3]),
            ("drafts=1&appealed=1", vec![]),
            ("drafts=1&q=copy", vec![2, 3]),
            ("drafts=1&q=copy3", vec![3]),
            ("drafts=1&order=newest", vec![3, 2]),
        ] {
            let page = desk.open(&format!("/desk?{asked}")).await;
            let names: Vec<String> = found.iter().map(|n| format!("copy{n}")).collect();
            assert_eq!(named(&page), names, "{asked}");
            if found.is_empty() {
                page.says("Nothing found");
            }
        }
        // A plain form: what was chosen stays chosen, and languages that nobody came with are none.
        let page = desk.open("/desk").await;
        let form = page.form("/desk").set("lang", "de").set("drafts", "1");
        let page = desk.submit(form).await;
        assert_eq!(named(&page), ["copy2"]);
        assert_eq!(page.form("/desk").value("lang"), "de");
        page.says("Deutsch (de)");
        assert!(page.all("option").iter().all(|o| o.get("value") != "fr"));
        let page = desk.submit(page.form("/desk").untick("drafts")).await;
        assert_eq!(named(&page), ["copy1", "copy2"]);
    });
}

#[test]
fn who_waits_is_found_behind_a_thousand_who_were_decided_about() {
    run(async |place| {
        let owner = place.owner().await;
        line_up(place, &[(1, 0); 1100]).await;
        // The last one of them by name.
        place
            .sql(
                "UPDATE applications SET state = 4, decided_at = submitted_at, told = true WHERE id <> 1999",
                &[],
            )
            .await;
        let browser = place.signed_in(&owner).await;
        browser.open("/desk?q=copy").await.says("@copy999");
        browser
            .open("/desk?q=copy&state=decided")
            .await
            .hides("@copy999");
    });
}
