//! What a page reads for somebody who is named in thousands of posts, or blocks thousands: as
//! much as for anybody. Postgres plans for the average account, and must not read all of theirs.

use porchlight::store::status_page::PAGE;

use crate::support::place::Setup;

/// Rows that no step of a page of 20 needs more of.
const MOST: u64 = 100;

/// The most rows that a step of this plan read at once.
fn most_rows(plan: &[String]) -> u64 {
    let rows = |line: &String| {
        let actual = line.split("(actual time=").nth(1)?;
        let rows = actual.split("rows=").nth(1)?.split(' ').next()?;
        rows.parse().ok()
    };
    let found: Vec<u64> = plan.iter().filter_map(rows).collect();
    *found.iter().max().expect("a plan with figures")
}

#[test]
fn a_page_reads_no_more_for_who_is_named_and_blocks_and_mutes_a_lot() {
    Setup::default().without_jobs().run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        ben.follow(&ann).await;
        let mut ids = Vec::new();
        for n in 0..20 {
            ids.push(ann.api.toot_to("private", &format!("number {n}")).await);
        }
        let viewer = place
            .number("SELECT id FROM accounts WHERE username = 'ben'")
            .await;
        // Others have two each, this one 3,000: of posts and people that are long gone, since
        // none of them is on the page.
        let fill = format!(
            "SET session_replication_role = replica; \
             INSERT INTO status_audience (status_id, account_id, mentioned) \
                 SELECT n, n / 2, true FROM generate_series(2, 6000) n \
                 UNION ALL SELECT n, {viewer}, true FROM generate_series(10001, 13000) n; \
             INSERT INTO blocks (account_id, target_id, id) \
                 SELECT n / 2, n + 100000, n FROM generate_series(2, 6000) n \
                 UNION ALL SELECT {viewer}, n, n FROM generate_series(10001, 13000) n; \
             INSERT INTO mutes (account_id, target_id, id) SELECT account_id, target_id, id FROM blocks; \
             SET session_replication_role = DEFAULT; \
             ANALYZE status_audience; ANALYZE blocks; ANALYZE mutes; \
             SET plan_cache_mode = force_generic_plan"
        );
        place.try_sql(&fill).await.expect("filled");
        let mut statement = String::new();
        for (n, part) in PAGE.split('?').enumerate() {
            if n > 0 {
                statement.push_str(&format!("${n}"));
            }
            statement.push_str(part);
        }
        let prepared = format!("PREPARE page AS {statement}");
        place.try_sql(&prepared).await.expect("prepared");
        let ask = format!(
            "EXPLAIN (ANALYZE) EXECUTE page ('{{{}}}', {viewer}, true, now())",
            ids.join(",")
        );
        let plan: Vec<String> = place.sql(&ask, &[]).await.iter().map(|row| row.get(0)).collect();
        let whole = plan.join("\n");
        assert!(whole.contains("status_audience"), "{whole}");
        assert!(most_rows(&plan) >= 20, "{whole}");
        assert!(most_rows(&plan) <= MOST, "{whole}");
    });
}
