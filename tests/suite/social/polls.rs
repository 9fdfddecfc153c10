//! Polls of members: asked, voted in, edited, over.

use chrono::TimeDelta;
use porchlight::jobs::timers;
use serde_json::{Value, json};

use crate::support::api::{Api, id};
use crate::support::people::Person;
use crate::support::place::{Place, Setup, run};

/// Asks, in public unless `more` says otherwise.
async fn ask(who: &Person, more: Value) -> Value {
    let mut body = json!({
        "status": "Which lamp?",
        "poll": { "options": ["Oil", "Gas"], "expires_in": 3600 },
    });
    for (name, value) in more.as_object().expect("an object") {
        body[name] = value.clone();
    }
    who.api
        .post("/api/v1/statuses", body)
        .await
        .entity("Status")
}

async fn vote(who: &Person, poll: &str, choices: Value) -> Value {
    let path = format!("/api/v1/polls/{poll}/votes");
    who.api
        .post(&path, json!({ "choices": choices }))
        .await
        .entity("Poll")
}

async fn counts(api: &Api, poll: &str) -> Vec<Option<i64>> {
    let poll = api
        .get(&format!("/api/v1/polls/{poll}"))
        .await
        .entity("Poll");
    let options = poll["options"].as_array().expect("options");
    options.iter().map(|o| o["votes_count"].as_i64()).collect()
}

/// Notices about polls that are over: who asked, and which post.
async fn ends(place: &Place, who: &Person) -> Vec<(String, String)> {
    place.settle().await;
    let list = who
        .api
        .get("/api/v1/notifications?types[]=poll")
        .await
        .entity("[Notification]");
    list.as_array()
        .expect("a list")
        .iter()
        .map(|n| {
            let acct = n["account"]["acct"].as_str().expect("an acct");
            (acct.to_owned(), id(&n["status"]))
        })
        .collect()
}

#[test]
fn members_ask_and_each_vote_counts_once_and_at_once() {
    run(async |place| {
        let (ann, ben, cem) = (
            place.member("ann").await,
            place.member("ben").await,
            place.member("cem").await,
        );
        // As apps send it in a form.
        let form = [
            ("status", "Which lamp?"),
            ("poll[options][]", "Oil"),
            ("poll[options][]", "Gas"),
            ("poll[expires_in]", "3600"),
            ("poll[multiple]", "false"),
        ];
        let asked = ann
            .api
            .form("/api/v1/statuses", &form)
            .await
            .entity("Status");
        let poll = &asked["poll"];
        assert_eq!(
            (&poll["voted"], &poll["own_votes"]),
            (&json!(true), &json!([]))
        );
        assert_eq!(poll["expired"], false);
        assert_eq!(
            poll["options"][1],
            json!({ "title": "Gas", "votes_count": 0 })
        );
        let poll = id(&asked);
        let after = vote(&ben, &poll, json!(["1"])).await;
        assert_eq!(
            (&after["votes_count"], &after["voters_count"]),
            (&json!(1), &json!(1))
        );
        assert_eq!(after["options"][1]["votes_count"], 1, "at once");
        assert_eq!(after["own_votes"], json!([1]));
        place.settle().await;
        assert_eq!(counts(&ann.api, &poll).await, [Some(0), Some(1)]);
        for (who, choices) in [
            (&ben, json!([0])),
            (&ann, json!([0])),
            (&cem, json!([2])),
            (&cem, json!([-1])),
            (&cem, json!(["first"])),
            (&cem, json!([])),
            (&cem, json!([0, 1])),
        ] {
            let path = format!("/api/v1/polls/{poll}/votes");
            let body = json!({ "choices": choices });
            who.api.post(&path, body).await.error(422);
        }
        vote(&cem, &poll, json!([1])).await;
        place.settle().await;
        assert_eq!(counts(&place.stranger(), &poll).await, [Some(0), Some(2)]);
        let home = ben.api.get("/api/v1/timelines/public").await.ok();
        assert_eq!(home[0]["poll"]["voters_count"], 2);
    });
}

#[test]
fn more_than_one_may_be_chosen_where_that_was_asked() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let poll = json!({ "options": ["a", "b", "c"], "expires_in": 300, "multiple": true });
        let poll = id(&ask(&ann, json!({ "poll": poll })).await);
        let after = vote(&ben, &poll, json!([2, 0, 2])).await;
        assert_eq!(
            (&after["votes_count"], &after["voters_count"]),
            (&json!(2), &json!(1))
        );
        assert_eq!(after["own_votes"], json!([0, 2]));
        let path = format!("/api/v1/polls/{poll}/votes");
        ben.api
            .post(&path, json!({ "choices": [1] }))
            .await
            .error(422);
    });
}

#[test]
fn what_is_no_poll_is_refused_by_the_limits_that_the_instance_tells() {
    run(async |place| {
        let ann = place.member("ann").await;
        let told = ann.api.get("/api/v2/instance").await.ok();
        let limits = &told["configuration"]["polls"];
        assert_eq!(
            ann.api.get("/api/v1/instance").await.ok()["configuration"]["polls"],
            *limits
        );
        let number = |name: &str| limits[name].as_i64().expect("a number");
        let (most, longest) = (number("max_options"), number("max_characters_per_option"));
        let (shortest, latest) = (number("min_expiration"), number("max_expiration"));
        let options = |n: i64| (0..n).map(|n| format!("option {n}")).collect::<Vec<_>>();
        let long = "x".repeat(longest as usize);
        for (options, expires_in) in [
            (options(most), shortest),
            (options(2), latest),
            (vec![long.clone(), "y".into()], shortest),
        ] {
            let poll = json!({ "options": options, "expires_in": expires_in });
            let asked = ask(&ann, json!({ "poll": poll })).await;
            assert_eq!(
                asked["poll"]["options"].as_array().map(Vec::len),
                Some(options.len())
            );
        }
        let refused = |options: Vec<String>, expires_in: i64| json!({ "options": options, "expires_in": expires_in });
        for poll in [
            refused(options(most + 1), shortest),
            refused(options(1), shortest),
            refused(vec!["a".into(), " a ".into()], shortest),
            refused(vec![format!("{long}x"), "y".into()], shortest),
            refused(options(2), shortest - 1),
            refused(options(2), latest + 1),
            json!({ "options": ["a", "b"] }),
        ] {
            let body = json!({ "status": "?", "poll": poll });
            ann.api.post("/api/v1/statuses", body).await.error(422);
        }
        let poll = json!({ "options": ["a", "b"], "expires_in": 300 });
        let body = json!({ "status": "?", "media_ids": ["1"], "poll": poll });
        let answer = ann.api.post("/api/v1/statuses", body).await.error(422);
        assert!(
            answer["error"]
                .as_str()
                .is_some_and(|e| e.contains("not both"))
        );
    });
}

#[test]
fn hidden_numbers_are_shown_at_the_end() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let poll = json!({ "options": ["a", "b"], "expires_in": 300, "hide_totals": true });
        let poll = id(&ask(&ann, json!({ "poll": poll })).await);
        let after = vote(&ben, &poll, json!([0])).await;
        assert_eq!(after["options"][0]["votes_count"], Value::Null);
        assert_eq!(after["voters_count"], 1);
        place.settle().await;
        assert_eq!(counts(&ann.api, &poll).await, [None, None]);
        place.advance(TimeDelta::seconds(301));
        assert_eq!(counts(&ann.api, &poll).await, [Some(1), Some(0)]);
    });
}

#[test]
fn the_end_is_told_once_to_who_asked_and_who_voted_whatever_breaks() {
    Setup::default().without_jobs().run(async |place| {
        let (ann, ben, cem) = (
            place.member("ann").await,
            place.member("ben").await,
            place.member("cem").await,
        );
        let asked = ask(&ann, json!({})).await;
        let poll = id(&asked);
        vote(&ben, &poll, json!([0])).await;
        timers::tick(&place.app).await;
        assert_eq!(place.number("SELECT count(*) FROM polls WHERE closed").await, 0);
        place.advance(TimeDelta::seconds(3601));
        let path = format!("/api/v1/polls/{poll}/votes");
        let late = cem.api.post(&path, json!({ "choices": [0] })).await;
        late.error(422);
        // Killed between the end and its telling, and in the middle of the telling.
        timers::tick(&place.app).await;
        timers::tick(&place.app).await;
        let told = "SELECT count(*) FROM events WHERE kind = 40";
        assert_eq!(place.number(told).await, 1, "one end, one event");
        place
            .sql(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS \
                 $$BEGIN RAISE EXCEPTION 'killed'; END$$",
                &[],
            )
            .await;
        place
            .sql(
                "CREATE TRIGGER refuse BEFORE INSERT ON notifications FOR EACH ROW EXECUTE FUNCTION refuse()",
                &[],
            )
            .await;
        let mut relay = porchlight::jobs::relay::Relay::new(place.app.clone());
        assert!(relay.pass().await.is_err());
        relay.let_go().await;
        assert_eq!(place.number(told).await, 1, "it is not lost");
        place.sql("DROP TRIGGER refuse ON notifications", &[]).await;
        place.start_jobs();
        for who in [&ann, &ben] {
            let heard = ends(place, who).await;
            assert_eq!(heard, [("ann".to_owned(), poll.clone())], "{}", who.name);
        }
        assert!(ends(place, &cem).await.is_empty());
        place.advance(TimeDelta::minutes(5));
        timers::tick(&place.app).await;
        assert_eq!(ends(place, &ben).await.len(), 1, "still once");
        let page = place.signed_in(&ben).await.open("/notifications").await;
        page.says("the poll is over").says("Oil").says("Your choice");
    });
}

#[test]
fn other_options_make_votes_void_and_the_history_keeps_them() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let poll = id(&ask(&ann, json!({})).await);
        vote(&ben, &poll, json!([0])).await;
        place.settle().await;
        let path = format!("/api/v1/statuses/{poll}");
        let edit = async |options: Value, text: &str| {
            let body =
                json!({ "status": text, "poll": { "options": options, "expires_in": 7200 } });
            ann.api.put(&path, body).await.entity("Status")
        };
        // Other words, the same question: votes stand.
        let edited = edit(json!(["Oil", "Gas"]), "Which lamp, then?").await;
        assert_eq!(edited["poll"]["votes_count"], 1, "{edited}");
        let edited = edit(json!(["Oil", "Candle"]), "Which lamp, then?").await;
        assert_eq!(edited["poll"]["votes_count"], 0);
        assert!(edited["edited_at"].is_string());
        place.settle().await;
        vote(&ben, &poll, json!([1])).await;
        place.settle().await;
        assert_eq!(counts(&ann.api, &poll).await, [Some(0), Some(1)]);
        let history = ann
            .api
            .get(&format!("{path}/history"))
            .await
            .entity("[StatusEdit]");
        let titles: Vec<&Value> = (0..3)
            .map(|n| &history[n]["poll"]["options"][1]["title"])
            .collect();
        assert_eq!(titles, ["Gas", "Gas", "Candle"]);
        // Without a poll in it, there is none any more (quirk 92).
        let edited = ann.api.put(&path, json!({ "status": "Never mind." })).await;
        assert_eq!(edited.entity("Status")["poll"], Value::Null);
        ben.api
            .get(&format!("/api/v1/polls/{poll}"))
            .await
            .error(404);
        assert_eq!(place.number("SELECT count(*) FROM poll_votes").await, 0);
        let gone = ask(&ann, json!({})).await;
        let gone = ann
            .api
            .delete(&format!("/api/v1/statuses/{}", id(&gone)))
            .await
            .entity("Status");
        assert_eq!(
            gone["poll"]["options"][0]["title"], "Oil",
            "to be drafted anew"
        );
    });
}

#[test]
fn who_cannot_see_a_poll_cannot_vote_in_it() {
    run(async |place| {
        let (ann, ben, cem) = (
            place.member("ann").await,
            place.member("ben").await,
            place.member("cem").await,
        );
        ben.follow(&ann).await;
        let poll = id(&ask(&ann, json!({ "visibility": "private" })).await);
        let path = format!("/api/v1/polls/{poll}/votes");
        let choice = json!({ "choices": [0] });
        cem.api.post(&path, choice.clone()).await.error(404);
        cem.api
            .get(&format!("/api/v1/polls/{poll}"))
            .await
            .error(404);
        vote(&ben, &poll, json!([0])).await;
        let hana = {
            place.owner().await;
            place.applicant("hana").await
        };
        let open = id(&ask(&ann, json!({})).await);
        hana.api
            .post(&format!("/api/v1/polls/{open}/votes"), choice)
            .await
            .error(403);
    });
}

#[test]
fn a_poll_is_asked_and_answered_on_pages_without_a_script() {
    run(async |place| {
        let (ann, ben) = (place.member("ann").await, place.member("ben").await);
        let browser = place.signed_in(&ann).await;
        let page = browser.open("/compose").await;
        let form = page
            .form("/compose")
            .set("text", "Which lamp?")
            .set("poll_option_1", "Oil")
            .press("Post");
        let again = browser.submit(form).await;
        again.says("The poll needs at least two options.");
        let form = again.form("/compose");
        assert_eq!(form.value("poll_option_1"), "Oil");
        let form = form
            .set("poll_option_2", "Gas")
            .set("poll_expires_in", "300")
            .press("Post");
        let answer = browser.post(&form).await;
        assert_eq!(answer.status, 303, "{}", answer.shown());
        let poll = place.number("SELECT status_id FROM polls").await;
        let path = format!("/@ann/{poll}");
        browser
            .open(&path)
            .await
            .says("Nobody voted yet")
            .says("0 %");
        let reader = place.signed_in(&ben).await;
        let page = reader.open(&path).await;
        let form = page
            .form(&format!("/statuses/{poll}/vote"))
            .set("choices[]", "1");
        let page = reader.submit(form).await;
        page.says("Your vote counts.");
        place.settle().await;
        let page = reader.open(&path).await;
        page.says("1 person voted")
            .says("100 %")
            .says("Your choice");
        place.advance(TimeDelta::minutes(6));
        place.browser().open(&path).await.says("ended");
    });
}

#[test]
fn drafts_keep_their_polls_until_they_are_published() {
    run(async |place| {
        place.owner().await;
        let ann = place.member("ann").await;
        // On the porch a draft asks nobody anything.
        let hana = place.applicant("hana").await;
        let body =
            json!({ "status": "Which?", "poll": { "options": ["Oil", "Gas"], "expires_in": 300 } });
        let refused = hana
            .api
            .post("/api/v1/statuses", body.clone())
            .await
            .error(422);
        assert!(
            refused["error"]
                .as_str()
                .expect("a sentence")
                .contains("poll")
        );
        let draft = id(&hana
            .api
            .post("/api/v1/statuses", json!({ "status": "No poll" }))
            .await
            .entity("Status"));
        hana.api
            .put(&format!("/api/v1/statuses/{draft}"), body)
            .await
            .error(422);
        let browser = place.signed_in(&hana).await;
        let page = browser.open(&format!("/drafts/{draft}")).await;
        let form = page.form(&format!("/drafts/{draft}"));
        assert!(!form.names().iter().any(|name| name.starts_with("poll_")));

        let browser = place.signed_in(&ann).await;
        let page = browser.open("/compose").await;
        let form = page
            .form("/compose")
            .set("text", "Which lamp?")
            .set("poll_option_1", "Oil")
            .set("poll_option_3", "Moon")
            .set("poll_multiple", "1")
            .press("Save as draft");
        browser.submit(form).await.says("Oil");
        let draft = place.number("SELECT max(id) FROM drafts").await;
        let page = browser.open(&format!("/drafts/{draft}")).await;
        let form = page.form(&format!("/drafts/{draft}"));
        assert_eq!(form.value("poll_option_2"), "Moon");
        let form = form.set("poll_option_2", "Sun").press("Publish");
        let answer = browser.post(&form).await;
        assert_eq!(answer.status, 303, "{}", answer.shown());
        let home = ann.api.get("/api/v1/timelines/home").await.ok();
        assert_eq!(home[0]["poll"]["multiple"], true, "{home}");
        assert_eq!(home[0]["poll"]["options"][1]["title"], "Sun");
    });
}
