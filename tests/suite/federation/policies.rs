//! What staff decide about other servers, and what follows from it: limit, suspend, refuse
//! media, speak with few (I15, I16, I28).

use std::time::Duration;

use chrono::TimeDelta;
use porchlight::activitypub::{actors, notes, uri};
use porchlight::domain::Error;
use porchlight::domain::policy::{PolicyKind, PolicySource};
use porchlight::incoming::Handled;
use porchlight::jobs::relay::Relay;
use porchlight::moderation::policies::{self, Laid, Policy, Terms};
use porchlight::moderation::setting::{self, Setting, ShownTo};
use porchlight::moderation::{By, allows, sweep};
use reqwest::Method;
use serde_json::{Value, json};

use super::elsewhere::{PUBLIC, Stranger, actor, note_uri, uri_of};
use crate::support::actor::Actor;
use crate::support::api::{id, ids};
use crate::support::peer::Page;
use crate::support::people::Person;
use crate::support::place::{Place, Setup, run};

/// Lays a policy as whoever has a shell does.
pub async fn lay(place: &Place, domain: &str, terms: Terms) -> Policy {
    let laid = policies::lay(&place.app, By::Host, domain, PolicySource::Staff, terms).await;
    match laid.expect("it can be laid") {
        Laid::New(policy) => policy,
        Laid::Exists(policy) => panic!("{} has one already", policy.domain),
    }
}

/// `who`, here, follows `whom`, elsewhere, who said yes.
pub async fn follows(place: &Place, who: &Person, whom: &Stranger) {
    let path = format!("/api/v1/accounts/{}/follow", whom.id);
    who.api.act(&path).await.ok();
    let follow = json!({"type": "Follow", "actor": uri_of(place, who), "object": whom.uri});
    let heard = place.hears(whom, whom.does("Accept", follow)).await;
    assert_eq!(heard, Handled::Done);
}

/// Somebody elsewhere follows somebody here.
pub async fn is_followed_by(place: &Place, who: &Person, by: &Stranger) {
    let follow = by.does("Follow", json!(uri_of(place, who)));
    assert_eq!(place.hears(by, follow).await, Handled::Done);
}

async fn account(place: &Place, of: &Stranger) -> Value {
    let path = format!("/api/v1/accounts/{}", of.id);
    place.stranger().get(&path).await.entity("Account")
}

#[test]
fn limited_people_are_met_by_those_alone_who_follow_them() {
    run(async |place| {
        let (ann, eve) = (place.member("ann").await, place.member("eve").await);
        let bob = place.stranger_at("far.example", "bob").await;
        follows(place, &ann, &bob).await;
        let tagged = json!({"tag": [{"type": "Hashtag", "name": "#porch", "href": "https://far.example/t/porch"}]});
        place.hears(&bob, bob.says(bob.note(1, tagged))).await;
        lay(place, "far.example", Terms::of(PolicyKind::Limited)).await;
        place.settle().await;
        assert_eq!(account(place, &bob).await["limited"], true);
        for path in [
            "/api/v1/timelines/public",
            "/api/v1/timelines/public?remote=true",
            "/api/v1/timelines/tag/porch",
        ] {
            for (api, expected) in [(&place.stranger(), 0), (&eve.api, 0), (&ann.api, 1)] {
                let seen = ids(&api.get(path).await.ok()).len();
                assert_eq!(seen, expected, "{path}");
            }
        }
        let home = ann.api.get("/api/v1/timelines/home").await.ok();
        assert_eq!(ids(&home).len(), 1, "{home}");
        for (api, expected) in [(&eve.api, 0), (&ann.api, 1)] {
            let found = api.get("/api/v2/search?q=bob&type=accounts").await.ok();
            assert_eq!(ids(&found["accounts"]).len(), expected, "{found}");
        }
        // The post by its address and the profile are there, and say what holds.
        let status = id(&home[0]);
        eve.api
            .get(&format!("/api/v1/statuses/{status}"))
            .await
            .ok();
        let page = place.browser().open("/@bob@far.example").await;
        page.says("Limited here.");

        // Who does not follow hears nothing of them; who does, does.
        for (who, expected) in [(&eve, 0), (&ann, 1)] {
            let n = if expected == 0 { 2 } else { 3 };
            let named = json!([{"type": "Mention", "href": uri_of(place, who), "name": "@you"}]);
            let note = bob.note(n, json!({"to": [PUBLIC, uri_of(place, who)], "tag": named}));
            assert_eq!(place.hears(&bob, bob.says(note)).await, Handled::Done);
            let told = who.api.get("/api/v1/notifications").await.ok();
            assert_eq!(ids(&told).len(), expected, "{}: {told}", who.name);
            let unread = who.api.get("/api/v1/notifications/unread_count").await.ok();
            assert_eq!(unread["count"], expected);
        }
        assert_eq!(place.rows("notifications WHERE filtered").await, 1);

        // Their follows need a yes, of members who are not locked too.
        is_followed_by(place, &eve, &bob).await;
        assert_eq!(place.rows("follows WHERE state = 0").await, 1);
        let asking = eve.api.get("/api/v1/follow_requests").await.ok();
        assert_eq!(ids(&asking), [bob.id.to_string()]);

        // A reply of theirs is in the thread for those who follow.
        let post = ann.api.toot("hello").await;
        let reply = bob.note(
            9,
            json!({"inReplyTo": note_uri(place, &id(&post)), "to": [PUBLIC, uri_of(place, &ann)]}),
        );
        place.hears(&bob, bob.says(reply)).await;
        let path = format!("/api/v1/statuses/{}/context", id(&post));
        for (api, expected) in [(&eve.api, 0), (&ann.api, 1)] {
            let thread = api.get(&path).await.ok();
            assert_eq!(ids(&thread["descendants"]).len(), expected, "{thread}");
        }
    });
}

#[test]
fn somebody_new_on_a_server_that_is_new_does_not_slip_through() {
    run(async |place| {
        let before = place.stranger_at("old.far.example", "abe").await;
        lay(place, "FAR.example.", Terms::of(PolicyKind::Limited)).await;
        place.settle().await;
        let after = place.stranger_at("deep.new.far.example", "bea").await;
        let near = place.stranger_at("notfar.example", "cid").await;
        for (who, limited) in [(&before, true), (&after, true), (&near, false)] {
            let shown = account(place, who).await;
            assert_eq!(shown["limited"] == true, limited, "{shown}");
        }
        // Lifting reaches them all again, and what is their own stays.
        place
            .sql(
                "INSERT INTO account_restraints (account_id, kind, source, since) \
                 VALUES ($1, 0, 0, '2026-01-01')",
                &[&before.id],
            )
            .await;
        let policy = policies::of_domain(&place.app, "far.example")
            .await
            .unwrap();
        policies::lift(&place.app, By::Host, policy.id, false)
            .await
            .unwrap();
        place.settle().await;
        assert_eq!(account(place, &before).await["limited"], true);
        assert_eq!(account(place, &after).await["limited"], Value::Null);
    });
}

#[test]
fn pictures_of_a_server_whose_media_is_refused_are_neither_kept_nor_shown() {
    run(async |place| {
        let ann = place.member("ann").await;
        let mut document = actor("far.example", "bob");
        document["icon"] = json!({"type": "Image", "url": "https://far.example/face.png"});
        let bob = place.known(document.clone()).await;
        follows(place, &ann, &bob).await;
        let picture = json!({"attachment": [{"type": "Document", "mediaType": "image/png",
            "url": "https://far.example/cat.png", "name": "a cat"}]});
        place
            .hears(&bob, bob.says(bob.note(1, picture.clone())))
            .await;
        let home = async || ann.api.get("/api/v1/timelines/home").await.ok();
        assert_eq!(
            home().await[0]["media_attachments"][0]["description"],
            "a cat"
        );
        let face = account(place, &bob).await["avatar"].clone();

        let policy = lay(place, "far.example", Terms::of(PolicyKind::NoMedia)).await;
        place.settle().await;
        assert_eq!(home().await[0]["media_attachments"], json!([]));
        let avatar = account(place, &bob).await["avatar"].clone();
        assert_ne!(avatar, face);
        assert!(!avatar.to_string().contains("far.example"), "{avatar}");
        // What comes now is not even kept.
        place
            .hears(&bob, bob.says(bob.note(2, picture.clone())))
            .await;
        place.known(document).await;
        assert_eq!(place.rows("media").await, 1);
        assert_eq!(
            place
                .rows("accounts WHERE avatar_remote_url IS NOT NULL")
                .await,
            0
        );
        // What was kept before is shown again when it may be.
        policies::lift(&place.app, By::Host, policy.id, false)
            .await
            .unwrap();
        place.settle().await;
        assert_eq!(
            home().await[1]["media_attachments"][0]["description"],
            "a cat"
        );
        assert_eq!(home().await[0]["media_attachments"], json!([]));
    });
}

#[test]
fn reports_of_a_server_whose_reports_are_refused_are_not_kept() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        let terms = Terms {
            reject_reports: true,
            ..Terms::of(PolicyKind::Noted)
        };
        lay(place, "far.example", terms).await;
        let flag = bob.does("Flag", json!([uri_of(place, &ann)]));
        assert!(matches!(place.hears(&bob, flag).await, Handled::Ignored(_)));
        assert_eq!(place.rows("reports").await, 0);
    });
}

#[test]
fn a_block_cuts_follows_both_ways_tells_those_concerned_and_can_be_undone() {
    Setup::federated().run(async |place| {
        let (ann, eve) = (place.member("ann").await, place.member("eve").await);
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        let bob = alpha.actor("bob");
        let dan = beta.actor("dan");
        for (actor, peer) in [(&bob, alpha), (&dan, beta)] {
            let follow = actor.activity(peer, "Follow", json!(uri_of(place, &ann)));
            actor.send(place, &follow).await.expect(202);
            place.settle().await;
        }
        let of = async |uri: &str| -> i64 {
            let sql = "SELECT id FROM accounts WHERE uri = $1";
            place.sql(sql, &[&uri]).await[0].get(0)
        };
        let bob_here = of(&bob.id).await;
        let path = format!("/api/v1/accounts/{bob_here}/follow");
        ann.api.post(&path, json!({"reblogs": false})).await.ok();
        place.settle().await;
        let asked = alpha.wait_for("Follow").await;
        let accept = bob.activity(alpha, "Accept", asked);
        bob.send(place, &accept).await.expect(202);
        place.settle().await;
        let note = bob.note(alpha, place.app.clock.now(), "<p>hello</p>");
        bob.send(place, &bob.create(alpha, &note)).await.expect(202);
        place.settle().await;
        let home = async || ids(&ann.api.get("/api/v1/timelines/home").await.ok()).len();
        assert_eq!(home().await, 1);
        assert_eq!(place.rows("follows").await, 3);

        alpha.forget_asked();
        let policy = lay(place, "alpha.test", Terms::of(PolicyKind::Suspended)).await;
        place.settle().await;
        assert_eq!(home().await, 0);
        assert_eq!(place.rows("follows").await, 1);
        let me = "/api/v1/accounts/verify_credentials";
        let shown = ann.api.get(me).await.ok();
        assert_eq!((&shown["followers_count"], &shown["following_count"]), (&json!(1), &json!(0)));
        // Nothing goes there, not even the end of it; nothing is fetched from there.
        ann.api.toot("not for alpha").await;
        place.settle().await;
        beta.wait_for("Create").await;
        let fetched = actors::fetch_and_store(&place.federation(), &bob.id).await;
        assert!(matches!(fetched, Err(Error::Denied(_))), "{fetched:?}");
        let url = url::Url::parse(&bob.id).unwrap();
        let guarded = place.federation().document::<Value>(&url).await;
        assert!(guarded.is_err());
        assert_eq!(alpha.times_asked("/"), 0);

        // Who lost something is told what, and nobody else.
        let told = ann.api.get("/api/v1/notifications?types[]=severed_relationships").await;
        let told = told.entity("[Notification]");
        let event = &told[0]["event"];
        assert_eq!(event["type"], "domain_block", "{told}");
        assert_eq!(event["target_name"], "alpha.test");
        assert_eq!((&event["followers_count"], &event["following_count"]), (&json!(1), &json!(1)));
        assert_eq!(ids(&eve.api.get("/api/v1/notifications").await.ok()).len(), 0);
        let browser = place.signed_in(&ann).await;
        browser.open("/notifications").await.says("The moderators blocked alpha.test");
        browser.open("/severed").await.says("alpha.test");
        let act = id(event);
        browser.open(&format!("/severed/{act}")).await.says("bob@alpha.test");
        let file = browser.fetch(Method::GET, &format!("/severed/{act}/following.csv")).await;
        assert_eq!(
            file.text(),
            "Account address,Show boosts,Notify on new posts,Languages\nbob@alpha.test,false,false,\n"
        );
        let file = browser.fetch(Method::GET, &format!("/severed/{act}/followers.csv")).await;
        assert_eq!(file.text(), "Account address\nbob@alpha.test\n");
        // Not even that there is such a list is for anybody else.
        let stranger = place.signed_in(&eve).await;
        assert_eq!(stranger.visit(&format!("/severed/{act}")).await.status(), 404);

        // Undone: theirs as it was, ours by asking again, with its wishes.
        alpha.forget_asked();
        let lifted = policies::lift(&place.app, By::Host, policy.id, true).await;
        assert!(lifted.unwrap().restoring);
        place.settle().await;
        let asked = alpha.wait_for("Follow").await;
        let states = "SELECT count(*) FROM follows f JOIN accounts a ON a.id = f.account_id \
                      WHERE f.state = 1 AND a.host_id IS NOT NULL";
        assert_eq!(place.number(states).await, 2);
        let uri = "follows WHERE uri LIKE 'http://alpha.test/%'";
        assert_eq!(place.rows(uri).await, 1);
        let waiting = "follows WHERE state = 0 AND (flags & 1) = 0 AND follower_host_id IS NULL";
        assert_eq!(place.rows(waiting).await, 1);
        let accept = bob.activity(alpha, "Accept", asked);
        bob.send(place, &accept).await.expect(202);
        place.settle().await;
        // What she said herself meanwhile, and what was hidden.
        assert_eq!(home().await, 2);
        ann.api.toot("for alpha again").await;
        place.settle().await;
        alpha.wait_for("Create").await;
        let shown = ann.api.get(me).await.ok();
        assert_eq!((&shown["followers_count"], &shown["following_count"]), (&json!(2), &json!(1)));
        // Once is enough.
        let again = policies::restore(&place.app, By::Host, "alpha.test", act.parse().unwrap());
        assert!(matches!(again.await, Err(Error::Conflict(_))));
    });
}

#[test]
fn a_block_that_is_lifted_for_good_tells_the_other_server_what_is_over() {
    Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        let alpha = place.peer("alpha");
        let bob = alpha.actor("bob");
        let theirs = bob.activity(alpha, "Follow", json!(uri_of(place, &ann)));
        bob.send(place, &theirs).await.expect(202);
        place.settle().await;
        let sql = "SELECT id FROM accounts WHERE uri = $1";
        let bob_here: i64 = place.sql(sql, &[&bob.id]).await[0].get(0);
        let path = format!("/api/v1/accounts/{bob_here}/follow");
        ann.api.act(&path).await.ok();
        place.settle().await;
        let ours = alpha.wait_for("Follow").await;
        let accept = bob.activity(alpha, "Accept", ours.clone());
        bob.send(place, &accept).await.expect(202);
        place.settle().await;
        assert_eq!(place.rows("follows WHERE state = 1").await, 2);

        let policy = lay(place, "alpha.test", Terms::of(PolicyKind::Suspended)).await;
        place.settle().await;
        alpha.forget_asked();
        let lifted = policies::lift(&place.app, By::Host, policy.id, false).await;
        assert!(lifted.unwrap().parting);
        place.settle().await;
        // Each is named by the address that it had.
        let refused = alpha.wait_for("Reject").await;
        assert_eq!(refused["actor"], uri_of(place, &ann));
        assert_eq!(refused["object"]["id"], theirs["id"], "{refused}");
        let undone = alpha.wait_for("Undo").await;
        assert_eq!(undone["object"]["id"], ours["id"], "{undone}");
        assert_eq!(place.rows("follows").await, 0);
        let browser = place.signed_in(&ann).await;
        browser
            .open("/severed")
            .await
            .says("follow each other anew");

        // Theirs was told, so it does not come back behind their back; ours can be asked for.
        alpha.forget_asked();
        let sql = "SELECT id FROM severances";
        let act = place.number(sql).await;
        let back = policies::restore(&place.app, By::Host, "alpha.test", act).await;
        back.expect("it is asked for");
        place.settle().await;
        alpha.wait_for("Follow").await;
        assert_eq!(place.rows("follows").await, 1);
        assert_eq!(
            place.rows("follows WHERE follower_host_id IS NULL").await,
            1
        );
    });
}

#[test]
fn whoever_is_blocked_with_their_server_does_not_come_back_under_another_spelling() {
    run(async |place| {
        let bob = place.stranger_at("far.example", "bob").await;
        lay(place, "far.example", Terms::of(PolicyKind::Suspended)).await;
        place.settle().await;
        let flags = async || {
            place
                .number("SELECT flags::bigint FROM accounts WHERE username = 'bob'")
                .await
        };
        assert_eq!(flags().await & 2, 2);
        let rows = place.rows("accounts").await;
        // By Update, a new key, another spelling, a host under it (I15, I16).
        for host in ["far.example", "FAR.EXAMPLE.", "under.far.example"] {
            let kept = actors::store(&place.federation(), &actor(host, "bob")).await;
            assert!(kept.is_err(), "{host}: {kept:?}");
        }
        assert_eq!(place.rows("accounts").await, rows);
        assert_eq!(flags().await & 2, 2);
        let note = notes::fetch(&place.federation(), "https://Far.Example./notes/1").await;
        assert!(matches!(note, Err(Error::Denied(_))), "{note:?}");
        let gone = place.tries(&bob, bob.does("Delete", json!(bob.uri))).await;
        assert!(!matches!(gone, Ok(Handled::Done)), "{gone:?}");
        assert_eq!(place.rows("accounts WHERE username = 'bob'").await, 1);
    });
}

#[test]
fn a_block_of_five_thousand_follows_goes_in_batches_and_survives_a_kill() {
    Setup::default().without_jobs().run(async |place| {
        let ann = place.member("ann").await;
        let first = place.stranger_at("far.example", "first").await;
        place
            .sql(
                "INSERT INTO accounts (id, host_id, username, handle_domain, uri, uri_hash, created_at, updated_at) \
                 SELECT 1000 + n, (SELECT host_id FROM accounts WHERE id = $1), 'b' || n, 'far.example', \
                 'https://far.example/users/b' || n, gen_random_uuid(), '2026-01-01', '2026-01-01' \
                 FROM generate_series(1, 2500) n",
                &[&first.id],
            )
            .await;
        let me: i64 = ann.id.parse().unwrap();
        for (from, to) in [("1000 + n", "$1::bigint"), ("$1::bigint", "1000 + n")] {
            let sql = format!(
                "INSERT INTO follows (id, account_id, target_id, state, created_at) \
                 SELECT next_id('2026-01-01'), {from}, {to}, 1, '2026-01-01' FROM generate_series(1, 2500) n"
            );
            place.sql(&sql, &[&me]).await;
        }
        let before = place.counted();
        let policy = lay(place, "far.example", Terms::of(PolicyKind::Suspended)).await;
        let laid = place.counted();
        // Whatever the number of people: all of that comes afterwards.
        assert!(laid.statements - before.statements <= 16, "{laid:?}");
        // Some steps, then one that is torn in its middle, again and again.
        for _ in 0..3 {
            assert!(sweep::step(&place.app).await.unwrap());
        }
        let cut = place.rows("severed_follows").await;
        assert!((1..5_000).contains(&cut), "{cut}");
        for micros in [200, 700, 1_500, 4_000] {
            let step = sweep::step(&place.app);
            let _ = tokio::time::timeout(Duration::from_micros(micros), step).await;
        }
        let (left, kept) = (place.rows("follows").await, place.rows("severed_follows").await);
        assert_eq!(left + kept, 5_000, "each is in one of the two");
        let mut steps = 0;
        // A step that was torn holds its lock until the database has noticed.
        while place.rows("follows").await > 0 {
            let before = place.counted();
            if !sweep::step(&place.app).await.unwrap() {
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
            steps += 1;
            let after = place.counted();
            assert!(after.statements - before.statements <= 7, "{before:?} {after:?}");
        }
        assert!((5..60).contains(&steps), "{steps}");
        while sweep::step(&place.app).await.unwrap() {}
        assert_eq!(place.rows("follows").await, 0);
        assert_eq!(place.rows("severed_follows").await, 5_000);
        assert_eq!(place.rows("accounts WHERE host_id IS NOT NULL AND (flags & 2) = 0").await, 0);
        assert_eq!(place.rows("notifications").await, 1);
        assert_eq!(place.rows("severances WHERE told_at IS NULL").await, 0);

        // And back, likewise.
        policies::lift(&place.app, By::Host, policy.id, true)
            .await
            .unwrap();
        for _ in 0..20 {
            sweep::step(&place.app).await.unwrap();
        }
        let _ = tokio::time::timeout(Duration::from_micros(900), sweep::step(&place.app)).await;
        while place.rows("severed_follows WHERE restored_at IS NULL").await > 0 {
            if !sweep::step(&place.app).await.unwrap() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        while sweep::step(&place.app).await.unwrap() {}
        assert_eq!(place.rows("follows WHERE state = 1").await, 2_500);
        assert_eq!(place.rows("follows WHERE state = 0").await, 2_500);
        assert_eq!(place.rows("severed_follows WHERE restored_at IS NULL").await, 0);
        let mut relay = Relay::new(place.app.clone());
        while relay.pass().await.unwrap() > 0 {}
        assert_eq!(place.rows("events").await, 0);
    });
}

#[test]
fn where_few_are_spoken_with_nobody_else_is_fetched_served_or_heard() {
    Setup::federated().run(async |place| {
        let ann = place.member("ann").await;
        let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
        let (bob, dan) = (alpha.actor("bob"), beta.actor("dan"));
        let follow = |actor: &crate::support::actor::Actor, peer: &crate::support::peer::Peer| {
            actor.activity(peer, "Follow", json!(uri_of(place, &ann)))
        };
        for (actor, peer) in [(&bob, alpha), (&dan, beta)] {
            actor.send(place, &follow(actor, peer)).await.expect(202);
        }
        place.settle().await;
        allows::allow(&place.app, By::Host, "https://ALPHA.test/")
            .await
            .unwrap();
        let few = Setting {
            allow_list: true,
            shown_to: ShownTo::Nobody,
        };
        setting::set(&place.app, By::Host, few).await.unwrap();
        beta.forget_asked();

        let path = format!("/ap/actors/{}", ann.id);
        dan.send(place, &follow(&dan, beta)).await.expect(403);
        bob.send(place, &follow(&bob, alpha)).await.expect(202);
        assert_eq!(dan.fetch(place, &path).await.status, 404);
        assert_eq!(bob.fetch(place, &path).await.status, 200);
        let api = place.stranger();
        let plain = api
            .request(Method::GET, &path)
            .header("accept", "application/activity+json");
        assert_eq!(api.send(plain).await.status, 401);
        let asked = actors::fetch_and_store(&place.federation(), &beta.actor("new").id).await;
        assert!(matches!(asked, Err(Error::Denied(_))), "{asked:?}");
        // Nor by a redirect of somebody who is allowed.
        let target = dan.id.clone();
        alpha.answer("/leads", move |_| {
            crate::support::peer::Page::redirect(&target)
        });
        let url = url::Url::parse(&alpha.url("/leads")).unwrap();
        assert!(place.federation().document::<Value>(&url).await.is_err());
        ann.api.toot("for the few").await;
        place.settle().await;
        alpha.wait_for("Create").await;
        assert_eq!(beta.times_asked("/"), 0);

        // A block is stronger than being allowed.
        lay(place, "alpha.test", Terms::of(PolicyKind::Suspended)).await;
        bob.send(place, &follow(&bob, alpha)).await.expect(403);
        setting::set(&place.app, By::Host, Setting::default())
            .await
            .unwrap();
        dan.send(place, &follow(&dan, beta)).await.expect(202);
        place.settle().await;
    });
}

#[test]
fn a_member_who_blocks_a_server_meets_nobody_of_it() {
    run(async |place| {
        let (ann, eve) = (place.member("ann").await, place.member("eve").await);
        let bob = place.stranger_at("far.example", "bob").await;
        follows(place, &ann, &bob).await;
        is_followed_by(place, &ann, &bob).await;
        follows(place, &eve, &bob).await;
        place.hears(&bob, bob.says(bob.note(1, json!({})))).await;
        let blocks = "/api/v1/domain_blocks";
        let preview = ann
            .api
            .get("/api/v1/domain_blocks/preview?domain=far.example")
            .await;
        let preview = preview.entity("DomainBlockPreview");
        assert_eq!(preview, json!({"following_count": 1, "followers_count": 1}));
        let body = json!({"domain": "Far.Example."});
        ann.api.post(blocks, body.clone()).await.entity("Empty");
        ann.api.post(blocks, body.clone()).await.entity("Empty");
        place.settle().await;
        assert_eq!(ann.api.get(blocks).await.ok(), json!(["far.example"]));
        let path = format!("/api/v1/accounts/relationships?id[]={}", bob.id);
        let relation = &ann.api.get(&path).await.ok()[0];
        assert_eq!(relation["domain_blocking"], true);
        assert_eq!(
            (&relation["following"], &relation["followed_by"]),
            (&json!(false), &json!(false))
        );
        for (who, expected) in [(&ann, 0), (&eve, 1)] {
            let public = who.api.get("/api/v1/timelines/public").await.ok();
            assert_eq!(ids(&public).len(), expected, "{}", who.name);
            let home = who.api.get("/api/v1/timelines/home").await.ok();
            assert_eq!(ids(&home).len(), expected, "{}", who.name);
        }
        // Neither told of, nor followed by them again.
        let named = json!([{"type": "Mention", "href": uri_of(place, &ann), "name": "@ann"}]);
        let note = bob.note(
            2,
            json!({"to": [PUBLIC, uri_of(place, &ann)], "tag": named}),
        );
        place.tries(&bob, bob.says(note)).await.unwrap();
        place.advance(TimeDelta::seconds(5));
        let again = bob.does("Follow", json!(uri_of(place, &ann)));
        assert!(matches!(
            place.hears(&bob, again).await,
            Handled::Ignored(_)
        ));
        assert_eq!(
            ids(&ann.api.get("/api/v1/notifications").await.ok()).len(),
            0
        );
        let browser = place.signed_in(&ann).await;
        browser
            .open("/severed")
            .await
            .says("You blocked far.example");

        let request = ann.api.request(Method::DELETE, blocks).json(&body);
        ann.api.send(request).await.entity("Empty");
        assert_eq!(ann.api.get(blocks).await.ok(), json!([]));
        let public = ann.api.get("/api/v1/timelines/public").await.ok();
        assert!(!ids(&public).is_empty());
        ann.api
            .post(blocks, json!({"domain": "no name"}))
            .await
            .error(422);
    });
}

#[test]
fn what_a_block_cut_is_forgotten_after_a_year() {
    run(async |place| {
        let ann = place.member("ann").await;
        let bob = place.stranger_at("far.example", "bob").await;
        let dan = place.stranger_at("near.example", "dan").await;
        for stranger in [&bob, &dan] {
            follows(place, &ann, stranger).await;
        }
        lay(place, "far.example", Terms::of(PolicyKind::Suspended)).await;
        place.settle().await;
        place.advance(TimeDelta::days(300));
        lay(place, "near.example", Terms::of(PolicyKind::Suspended)).await;
        place.settle().await;
        sweep::forget(&place.app).await.expect("it works");
        assert_eq!(
            (
                place.rows("severances").await,
                place.rows("severed_follows").await
            ),
            (2, 2)
        );
        place.advance(TimeDelta::days(66));
        sweep::forget(&place.app).await.expect("it works");
        assert_eq!(
            (
                place.rows("severances").await,
                place.rows("severed_follows").await
            ),
            (1, 1)
        );
        let severed = place.signed_in(&ann).await.open("/severed").await;
        severed.says("near.example").hides("far.example");
        // What is being brought back waits for its end.
        place.stop_jobs().await;
        let policy = policies::of_domain(&place.app, "near.example")
            .await
            .expect("it holds");
        let lifted = policies::lift(&place.app, By::Host, policy.id, true).await;
        assert!(lifted.expect("it can be lifted").restoring);
        place.advance(TimeDelta::days(400));
        sweep::forget(&place.app).await.expect("it works");
        assert_eq!(place.rows("severances").await, 1);
        while sweep::step(&place.app).await.expect("it works") {}
        sweep::forget(&place.app).await.expect("it works");
        assert_eq!(place.rows("severances").await, 0);
        place.start_jobs();
    });
}

#[test]
fn a_member_keeps_the_newest_of_their_own_blocks() {
    run(async |place| {
        let ann = place.member("ann").await;
        let account: i64 = ann.id.parse().expect("an id");
        place
            .sql(
                "INSERT INTO severances (id, kind, domain, account_id, created_at, told_at) \
                 SELECT n, 1, 'h' || n || '.example', $1, now(), now() FROM generate_series(1, 250) n",
                &[&account],
            )
            .await;
        let bob = place.stranger_at("far.example", "bob").await;
        follows(place, &ann, &bob).await;
        let body = json!({"domain": "far.example"});
        ann.api.post("/api/v1/domain_blocks", body).await.ok();
        assert_eq!(place.rows("severances").await, 200);
        assert_eq!(
            place.rows("severances WHERE domain = 'far.example'").await,
            1
        );
        assert_eq!(
            place.rows("severances WHERE domain = 'h51.example'").await,
            0
        );
    });
}

/// Ann of `beta.test`, who is shown as `ann@alpha.test`, and Bob of the same server, who is not.
async fn shown_elsewhere(place: &Place) -> [Actor; 2] {
    let (alpha, beta) = (place.peer("alpha"), place.peer("beta"));
    let (ann, bob) = (beta.actor("ann"), beta.actor("bob"));
    let found = json!({
        "subject": "acct:ann@alpha.test",
        "links": [{ "rel": "self", "type": "application/activity+json", "href": ann.id }],
    });
    for (peer, host) in [(alpha, "alpha.test"), (beta, "beta.test")] {
        let path = format!("/.well-known/webfinger?resource=acct%3Aann%40{host}");
        peer.serve(
            &path,
            Page::typed("application/jrd+json", found.to_string()),
        );
    }
    [ann, bob]
}

#[test]
fn a_policy_holds_for_whoever_is_shown_under_the_domain_wherever_their_server_is() {
    Setup::federated().run(async |place| {
        let reader = place.member("reader").await;
        let [ann, bob] = shown_elsewhere(place).await;
        let beta = place.peer("beta");
        for actor in [&ann, &bob] {
            let found = format!("/api/v2/search?resolve=true&q=@{}@beta.test", actor.name);
            let found = reader.api.get(&found).await.entity("Search");
            let account = id(&found["accounts"][0]);
            let path = format!("/api/v1/accounts/{account}/follow");
            reader.api.act(&path).await.ok();
            place.settle().await;
            let asked = beta.received_of("Follow").pop().expect("it came");
            actor
                .send(place, &actor.activity(beta, "Accept", asked))
                .await
                .expect(202);
            let follow = actor.activity(beta, "Follow", json!(uri_of(place, &reader)));
            actor.send(place, &follow).await.expect(202);
            place.settle().await;
        }
        let flags = async |name: &str| -> i32 {
            let sql = "SELECT flags FROM accounts WHERE username = $1";
            place.sql(sql, &[&name]).await[0].get(0)
        };
        let handle = "SELECT count(*) FROM accounts WHERE handle_domain = 'alpha.test'";
        assert_eq!(place.number(handle).await, 1);
        // Seen before it is laid.
        let olive = place.owner().await;
        let browser = place.signed_in(&olive).await;
        let page = browser.open("/desk/policies/new?domain=alpha.test").await;
        page.says("1 follow of people there ends.")
            .says("1 follow by people there ends.");
        page.says("@ann@alpha.test");
        let policy = lay(place, "alpha.test", Terms::of(PolicyKind::Suspended)).await;
        place.settle().await;
        assert_eq!((flags("ann").await & 2, flags("bob").await & 2), (2, 0));
        assert_eq!(place.rows("follows").await, 2, "Bob's are left");
        assert_eq!(place.rows("severed_follows").await, 2);
        let note = ann.note(beta, place.app.clock.now(), "<p>Not heard</p>");
        ann.send(place, &ann.create(beta, &note)).await;
        let note = bob.note(beta, place.app.clock.now(), "<p>Heard</p>");
        bob.send(place, &bob.create(beta, &note)).await.expect(202);
        place.settle().await;
        let home = reader.api.get("/api/v1/timelines/home").await.ok();
        assert_eq!(ids(&home).len(), 1, "{home}");
        assert_eq!(home[0]["content"], "<p>Heard</p>");
        // Somebody new who says to be there.
        let eve = beta.actor("eve");
        let found = json!({
            "subject": "acct:eve@alpha.test",
            "links": [{ "rel": "self", "type": "application/activity+json", "href": eve.id }],
        });
        let path = "/.well-known/webfinger?resource=acct%3Aeve%40beta.test";
        beta.serve(path, Page::typed("application/jrd+json", found.to_string()));
        let found = "/api/v2/search?resolve=true&q=@eve@beta.test";
        reader.api.get(found).await.entity("Search");
        assert_eq!(flags("eve").await & 2, 2);
        assert_eq!(
            place
                .peer("alpha")
                .times_asked("/.well-known/webfinger?resource=acct%3Aeve"),
            0
        );
        // Lifted: all as it was.
        let lifted = policies::lift(&place.app, By::Host, policy.id, true).await;
        assert!(lifted.expect("it can be lifted").restoring);
        place.settle().await;
        assert_eq!((flags("ann").await & 2, flags("eve").await & 2), (0, 0));
        assert_eq!(place.rows("follows").await, 4);
    });
}

#[test]
fn a_domain_is_out_by_its_canonical_name_with_any_spelling_port_and_subdomain() {
    // I16
    run(async |place| {
        lay(place, "bücher.example", Terms::of(PolicyKind::Suspended)).await;
        for host in [
            "xn--bcher-kva.example",
            "BÜCHER.example",
            "bücher.example.",
            "deep.under.bücher.example",
            "xn--bcher-kva.example:8443",
        ] {
            let kept = actors::store(&place.federation(), &actor(host, "bob")).await;
            assert!(kept.is_err(), "{host}: {kept:?}");
            let name = uri::domain(host).expect(host);
            let flags = place.app.host_flags(&name).await.expect("an answer");
            assert_eq!(flags & 2, 2, "{host}");
        }
        assert_eq!(place.rows("accounts WHERE host_id IS NOT NULL").await, 0);
    });
}
