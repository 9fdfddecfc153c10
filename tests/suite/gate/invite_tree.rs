//! Who came by whom, drawn; a branch that is cut in one act, and mended.

use chrono::TimeDelta;
use porchlight::domain::role::Role;
use porchlight::gate::invites::cut;

use super::invites::{apply, confirm, invite, join, set_mode, standing};
use crate::support::browser::Page;
use crate::support::people::Person;
use crate::support::place::{Place, run};

/// olive (owner); ann, whom nobody invited; by ann: ben, mo (of the staff by now); by ben: cleo,
/// and dan, who waits; by mo: eve.
struct Tree {
    owner: Person,
    ann: Person,
    ben: Person,
    eve: Person,
}

async fn tree(place: &Place) -> Tree {
    let owner = place.owner().await;
    let ann = place.member("ann").await;
    set_mode(place, "approval", true).await;
    let by_ann = invite(place, &ann, "3").await;
    let ben = join(place, "ben", &by_ann).await;
    let mo = join(place, "mo", &by_ann).await;
    let by_ben = invite(place, &ben, "3").await;
    join(place, "cleo", &by_ben).await;
    let by_mo = invite(place, &mo, "3").await;
    let eve = join(place, "eve", &by_mo).await;
    place
        .sql("UPDATE users SET role = 2 WHERE id = $1", &[&mo.user])
        .await;
    set_mode(place, "approval", false).await;
    apply(place, "dan", Some(&by_ben))
        .await
        .expect("it is received");
    confirm(place, "dan").await;
    Tree {
        owner,
        ann,
        ben,
        eve,
    }
}

pub async fn branch_of(place: &Place, person: &Person) -> String {
    let sql = "SELECT id FROM invite_nodes WHERE user_id = $1";
    let id: i64 = place.sql(sql, &[&person.user]).await[0].get(0);
    format!("/desk/invites/branches/{id}")
}

/// What the drawing says, in its order.
fn drawn(page: &Page) -> Vec<String> {
    let lines = page
        .elements
        .iter()
        .filter(|e| e.get("class") == "tree-line");
    lines
        .map(|e| {
            e.text
                .split_whitespace()
                .take(2)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect()
}

async fn flags(place: &Place, name: &str) -> i32 {
    let sql =
        "SELECT flags FROM accounts a JOIN users u ON u.account_id = a.id WHERE u.username = $1";
    place.sql(sql, &[&name]).await[0].get(0)
}

#[test]
fn everybody_stands_below_the_one_who_invited_them_even_when_they_are_gone() {
    run(async |place| {
        let Tree { owner, ben, .. } = tree(place).await;
        let desk = place.signed_in(&owner).await;
        let page = desk.open("/desk/invites").await;
        assert_eq!(
            drawn(&page),
            [
                "@ann member",
                "@ben member",
                "@cleo member",
                "@dan waiting",
                "@mo moderator",
                "@eve member"
            ]
        );
        let branch = branch_of(place, &ben).await;
        desk.open(&branch).await.says("Came by: @ann");
        place
            .sql("DELETE FROM users WHERE id = $1", &[&ben.user])
            .await;
        let page = desk.open("/desk/invites").await;
        assert_eq!(
            drawn(&page),
            [
                "@ann member",
                "somebody who",
                "@cleo member",
                "@dan waiting",
                "@mo moderator",
                "@eve member"
            ]
        );
        page.says("erased").hides("@ben");
        let mo = place.staff("second", Role::Moderator).await;
        let other = place.signed_in(&mo).await;
        assert!(
            !other
                .open("/desk/invites")
                .await
                .has_form("/desk/invites/settings")
        );
        assert_eq!(other.visit(&format!("{branch}/cut")).await.status(), 404);
    });
}

#[test]
fn hundreds_and_deep_ones_are_drawn_in_parts() {
    run(async |place| {
        let owner = place.owner().await;
        // A chain of 40, and one who invited 500.
        place
            .sql(
                "INSERT INTO invite_nodes (id, parent_id, key_id, keyed, created_at) OVERRIDING SYSTEM VALUE \
                 SELECT n, nullif(n - 1, 0), 1, decode(repeat('00', 32), 'hex'), '2026-11-01' FROM generate_series(1, 40) n",
                &[],
            )
            .await;
        place
            .sql(
                "INSERT INTO invite_nodes (id, parent_id, key_id, keyed, created_at) OVERRIDING SYSTEM VALUE \
                 SELECT n, nullif(100, n), 1, decode(repeat('00', 32), 'hex'), '2026-11-01' FROM generate_series(100, 600) n",
                &[],
            )
            .await;
        let desk = place.signed_in(&owner).await;
        let page = desk.open("/desk/invites").await;
        assert_eq!(drawn(&page).len(), 300);
        page.says("more below");
        let deep = desk.open("/desk/invites/branches/30").await;
        assert_eq!(drawn(&deep).len(), 7, "itself and six levels");
        assert_eq!(deep.link("1 below"), "/desk/invites/branches/36");
        // 25 more trees: turned by pages.
        place
            .sql(
                "INSERT INTO invite_nodes (id, parent_id, key_id, keyed, created_at) OVERRIDING SYSTEM VALUE \
                 SELECT n, CASE WHEN n % 2 = 0 THEN n - 1 END, 1, decode(repeat('00', 32), 'hex'), '2026-11-01' FROM generate_series(1001, 1050) n",
                &[],
            )
            .await;
        let page = desk.open("/desk/invites").await;
        assert_eq!(drawn(&page).len(), 40);
        let older = desk.open(&page.link("Older ones")).await;
        assert_eq!(
            drawn(&older)[..4],
            [
                "somebody who",
                "somebody who",
                "somebody who",
                "somebody who"
            ]
        );
        assert!(drawn(&older).len() > 10);
    });
}

#[test]
fn a_branch_is_cut_in_one_act_and_mended_in_one() {
    run(async |place| {
        let Tree {
            owner,
            ann,
            ben,
            eve,
        } = tree(place).await;
        let branch = branch_of(place, &ann).await;
        let desk = place.signed_in(&owner).await;
        let page = desk.open(&format!("{branch}/cut")).await;
        page.says("3 people came this way")
            .says("Members (2)")
            .says("@ben, @cleo")
            .says("to be turned down (1)")
            .says("@dan")
            .says("left alone with whom they invited")
            .says("@mo")
            .hides("@eve");
        let form = page.form(&format!("{branch}/cut"));
        let chosen = form
            .set("kind", "suspend")
            .untick("top_too")
            .set("reason", "They sold places");
        let done = desk.submit(chosen).await;
        done.says("2 suspended, 1 turned down, 3 whose invites rest")
            .says("They sold places")
            .says("@mo");
        for (name, expected) in [("ann", 8), ("ben", 10), ("cleo", 10), ("mo", 0), ("eve", 0)] {
            assert_eq!(flags(place, name).await, expected, "{name}");
        }
        assert_eq!(standing(place, "dan").await.0, 4);
        let shut = ben.api.get("/api/v1/accounts/verify_credentials").await;
        assert!([401, 403].contains(&shut.status), "{}", shut.shown());
        eve.api
            .get("/api/v1/accounts/verify_credentials")
            .await
            .expect(200);
        let line = "SELECT count(*) FROM audit_log WHERE act = 'invites.cut' AND inverse->>'act' = 'invites.mend'";
        assert_eq!(place.number(line).await, 1);
        desk.open("/desk/invites")
            .await
            .says("2 suspended, 1 turned down");

        // What lay on somebody before is not lifted with it.
        let form = done.form("/desk/invites/cuts/");
        desk.submit(form).await.says("It is taken back");
        for name in ["ann", "ben", "cleo"] {
            assert_eq!(flags(place, name).await, 0, "{name}");
        }
        assert_eq!(standing(place, "dan").await.0, 1);
        let ben = super::invites::person(place, "ben").await;
        ben.api
            .get("/api/v1/accounts/verify_credentials")
            .await
            .expect(200);
        let again = desk.submit(done.form("/desk/invites/cuts/")).await;
        assert_eq!(again.status(), 409);
    });
}

#[test]
fn a_cut_meets_whom_the_page_named_or_nobody() {
    run(async |place| {
        let Tree {
            owner, ann, ben, ..
        } = tree(place).await;
        let branch = branch_of(place, &ann).await;
        let desk = place.signed_in(&owner).await;
        let page = desk.open(&format!("{branch}/cut")).await;
        let code = invite(place, &ben, "1").await;
        apply(place, "late", Some(&code))
            .await
            .expect("it is received");
        let refused = desk.submit(page.form(&format!("{branch}/cut"))).await;
        assert_eq!(refused.status(), 422);
        refused
            .says("changed after you opened the page")
            .says("@late");
        assert_eq!(flags(place, "ben").await, 0);
        // Many: the number is typed.
        let parent: i64 = branch
            .rsplit('/')
            .next()
            .expect("an id")
            .parse()
            .expect("a number");
        place
            .sql(
                "WITH new AS (INSERT INTO users (id, account_id, username, role_since, approved_at, created_at) \
                    SELECT n, n, 'crowd' || n, now(), now(), now() FROM generate_series(1, 20) n RETURNING id) \
                 INSERT INTO invite_nodes (user_id, parent_id, key_id, keyed, created_at) \
                 SELECT id, $1, 1, decode(repeat('00', 32), 'hex'), now() FROM new",
                &[&parent],
            )
            .await;
        let page = desk.open(&format!("{branch}/cut")).await;
        page.says("24 people came this way");
        let wrong = page.form(&format!("{branch}/cut")).set("number", "23");
        assert_eq!(desk.submit(wrong).await.status(), 422);
        let right = page
            .form(&format!("{branch}/cut"))
            .set("kind", "rest")
            .set("number", "24");
        desk.submit(right).await.says("2 turned down");
        assert_eq!(flags(place, "ben").await, 8);
        // A no that is older than a day stays.
        place.settle().await;
        place.advance(TimeDelta::hours(25));
        let mut conn = place.app.desk.get().await.expect("a connection");
        let olive = porchlight::store::users::find_by_name(&mut conn, "olive").await;
        let olive = olive.expect("an answer").expect("olive");
        drop(conn);
        let who = porchlight::gate::who::SignedIn {
            user: olive,
            application: None,
            via: porchlight::gate::who::Via::CommandLine,
            at: place.app.clock.now(),
        };
        let admin = porchlight::gate::who::admin(&who).expect("an admin");
        let cut = cut::list(&place.app, &admin).await.expect("cuts").remove(0);
        let late = cut::mend(&place.app, &admin, cut.id).await.expect("mended");
        assert_eq!(late, 2);
        assert_eq!(flags(place, "ben").await, 0);
    });
}
