//! Counts everything anew from the rows, by other statements than the relay's, and compares.

use std::collections::BTreeMap;

use super::api::ids;
use super::people::Person;
use super::place::Place;

/// Fails unless counters, home feeds and notifications are exactly what the rows say.
/// Everything must have settled.
pub async fn assert_exact(place: &Place, people: &[Person]) {
    counters(place).await;
    notifications(place).await;
    for person in people {
        home(place, person).await;
    }
}

async fn counters(place: &Place) {
    let wrong = place
        .sql(
            "SELECT 'status ' || s.id || ': ' || \
               coalesce(t.replies_count, 0) || ' replies, ' || coalesce(t.reblogs_count, 0) || ' boosts, ' || coalesce(t.favourites_count, 0) || ' favourites' \
               || ' but ' || r.n || ', ' || b.n || ', ' || f.n \
             FROM statuses s LEFT JOIN status_stats t ON t.status_id = s.id \
             CROSS JOIN LATERAL (SELECT count(*) n FROM statuses x WHERE x.in_reply_to_id = s.id AND x.visibility <= 1) r \
             CROSS JOIN LATERAL (SELECT count(*) n FROM statuses x WHERE x.reblog_of_id = s.id) b \
             CROSS JOIN LATERAL (SELECT count(*) n FROM reactions x WHERE x.status_id = s.id AND x.emoji = '') f \
             WHERE (coalesce(t.replies_count, 0), coalesce(t.reblogs_count, 0), coalesce(t.favourites_count, 0)) <> (r.n, b.n, f.n)",
            &[],
        )
        .await;
    let wrong: Vec<String> = wrong.iter().map(|row| row.get(0)).collect();
    assert!(wrong.is_empty(), "counters of statuses are off: {wrong:#?}");
    let wrong = place
        .sql(
            "SELECT 'account ' || a.username || ': ' || t.statuses_count || ' posts, ' || t.following_count || ' following, ' || t.followers_count || ' followers' \
               || ' but ' || s.n || ', ' || g.n || ', ' || f.n \
             FROM accounts a JOIN account_stats t ON t.account_id = a.id \
             CROSS JOIN LATERAL (SELECT count(*) n FROM statuses x WHERE x.account_id = a.id AND x.visibility <> 3) s \
             CROSS JOIN LATERAL (SELECT count(*) n FROM follows x WHERE x.account_id = a.id AND x.state = 1) g \
             CROSS JOIN LATERAL (SELECT count(*) n FROM follows x WHERE x.target_id = a.id AND x.state = 1) f \
             WHERE (t.statuses_count, t.following_count, t.followers_count) <> (s.n, g.n, f.n)",
            &[],
        )
        .await;
    let wrong: Vec<String> = wrong.iter().map(|row| row.get(0)).collect();
    assert!(wrong.is_empty(), "counters of accounts are off: {wrong:#?}");
}

/// What somebody must have been told of, by the rows: mentions and replies, favourites,
/// boosts, follows. Notices of what is gone must be gone; a block or an undone deed takes
/// them back too. Of a post that waits before it goes out, some hear later.
async fn notifications(place: &Place) {
    let due = "SELECT 'mention' kind, au.account_id account, s.account_id source, s.id status \
                 FROM status_audience au JOIN statuses s ON s.id = au.status_id WHERE au.mentioned \
                 AND (NOT EXISTS (SELECT 1 FROM outbound_holds h WHERE h.status_id = s.id) \
                   OR EXISTS (SELECT 1 FROM notifications n WHERE n.account_id = au.account_id AND n.status_id = s.id AND n.kind = 0)) \
               UNION SELECT 'favourite', s.account_id, r.account_id, s.id \
                 FROM reactions r JOIN statuses s ON s.id = r.status_id WHERE r.emoji = '' \
               UNION SELECT 'reblog', o.account_id, b.account_id, o.id \
                 FROM statuses b JOIN statuses o ON o.id = b.reblog_of_id \
               UNION SELECT 'follow', f.target_id, f.account_id, NULL FROM follows f WHERE f.state = 1";
    let told = place
        .sql("SELECT account_id, from_account_id, coalesce(status_id, 0), count(*) FROM notifications GROUP BY 1, 2, 3, kind HAVING count(*) > 1", &[])
        .await;
    assert!(told.is_empty(), "somebody was told twice");
    let rows = place
        .sql(
            &format!(
                "SELECT d.account::bigint, d.source::bigint, coalesce(d.status, 0)::bigint, d.kind::text FROM ({due}) d \
                 WHERE d.account <> d.source \
                   AND EXISTS (SELECT 1 FROM users u WHERE u.account_id = d.account) \
                   AND NOT EXISTS (SELECT 1 FROM blocks b WHERE (b.account_id, b.target_id) IN ((d.account, d.source), (d.source, d.account)))"
            ),
            &[],
        )
        .await;
    let mut due: BTreeMap<(i64, i64, i64), Vec<String>> = BTreeMap::new();
    for row in rows {
        due.entry((row.get(0), row.get(1), row.get(2)))
            .or_default()
            .push(row.get(3));
    }
    let rows = place
        .sql("SELECT account_id, from_account_id, coalesce(status_id, 0), kind::int FROM notifications n WHERE NOT filtered \
              AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.account_id = n.from_account_id AND b.target_id = n.account_id)", &[])
        .await;
    let mut there: BTreeMap<(i64, i64, i64), Vec<i32>> = BTreeMap::new();
    for row in rows {
        there
            .entry((row.get(0), row.get(1), row.get(2)))
            .or_default()
            .push(row.get(3));
    }
    let missing: Vec<_> = due
        .iter()
        .filter(|(key, kinds)| there.get(key).is_none_or(|t| t.len() < kinds.len()))
        .collect();
    assert!(
        missing.is_empty(),
        "not told of (account, from, status): {missing:?}"
    );
    let ghosts: Vec<_> = there
        .iter()
        .filter(|(key, kinds)| due.get(key).is_none_or(|d| d.len() < kinds.len()))
        .collect();
    assert!(
        ghosts.is_empty(),
        "told of what is not (account, from, status, kinds): {ghosts:?}"
    );
}

/// Home as the API gives it, against a statement that knows nothing of feeds.
async fn home(place: &Place, person: &Person) {
    let me: i64 = person.id.parse().expect("an id");
    let rows = place
        .sql(
            "SELECT s.id FROM statuses s JOIN accounts a ON a.id = s.account_id LEFT JOIN statuses i ON i.id = s.reblog_of_id \
             WHERE (s.account_id = $1 OR EXISTS (SELECT 1 FROM follows f WHERE f.account_id = $1 AND f.target_id = s.account_id AND f.state = 1 \
                    AND (s.visibility <= 2 OR EXISTS (SELECT 1 FROM status_audience x WHERE x.status_id = s.id AND x.account_id = $1)) \
                    AND s.flags & 16 = 0 AND s.in_reply_to_uri_hash IS NULL \
                    AND (s.in_reply_to_account_id IS NULL OR s.in_reply_to_account_id IN (s.account_id, $1) OR EXISTS ( \
                         SELECT 1 FROM follows g WHERE g.account_id = $1 AND g.target_id = s.in_reply_to_account_id AND g.state = 1)))) \
               AND NOT EXISTS (SELECT 1 FROM blocks b WHERE (b.account_id, b.target_id) IN (($1, s.account_id), (s.account_id, $1))) \
               AND (i.id IS NULL OR (NOT EXISTS (SELECT 1 FROM blocks b WHERE (b.account_id, b.target_id) IN (($1, i.account_id), (i.account_id, $1))))) \
               AND (i.id IS NULL OR i.visibility <= 1 OR i.account_id = $1 \
                    OR EXISTS (SELECT 1 FROM status_audience x WHERE x.status_id = i.id AND x.account_id = $1) \
                    OR (i.visibility = 2 AND EXISTS (SELECT 1 FROM follows f WHERE f.account_id = $1 AND f.target_id = i.account_id AND f.state = 1))) \
             ORDER BY s.id DESC LIMIT 40",
            &[&me],
        )
        .await;
    let due: Vec<String> = rows
        .iter()
        .map(|row| row.get::<_, i64>(0).to_string())
        .collect();
    let mut there = Vec::new();
    // A page may be shorter than its limit; the links lead on.
    let mut next = Some("/api/v1/timelines/home?limit=40".to_owned());
    while let Some(path) = next.filter(|_| there.len() < due.len()) {
        let answer = person.api.get(&path).await.expect(200);
        let page = ids(&answer.json());
        next = answer.link("next").filter(|_| !page.is_empty());
        there.extend(page);
    }
    there.truncate(due.len().max(40));
    assert_eq!(
        there, due,
        "home of {}: the API is on the left",
        person.name
    );
}
