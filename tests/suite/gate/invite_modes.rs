//! How far an invite opens the door, for each mode and bypass; decided twice.

use chrono::TimeDelta;
use porchlight::domain::Error;

use super::invites::{
    BEFORE_OTHERS, LIKE_ALL, apply, confirm, invite, join, person, set_mode, standing,
};
use crate::support::place::{Place, run};

#[test]
fn each_mode_with_and_without_bypass_takes_the_invited_as_far_as_it_says() {
    run(async |place| {
        place.owner().await;
        let mo = place
            .staff("mo", porchlight::domain::role::Role::Moderator)
            .await;
        let code = invite(place, &mo, "20").await;
        for (mode, bypass, invited, strangers) in [
            ("open", false, "in", "in"),
            ("open", true, "in", "in"),
            ("approval", false, "before", "waits"),
            ("approval", true, "in", "waits"),
            ("invite", false, "before", "refused"),
            ("invite", true, "in", "refused"),
            ("closed", false, "refused", "refused"),
            ("closed", true, "refused", "refused"),
        ] {
            set_mode(place, mode, bypass).await;
            for (code, expected) in [(Some(code.as_str()), invited), (None, strangers)] {
                let name = format!("{mode}{bypass}{}", code.is_some());
                let came = match apply(place, &name, code).await {
                    Err(Error::Closed(_)) => "refused",
                    Err(error) => panic!("{name}: {error:?}"),
                    Ok(_) if confirm(place, &name).await => "in",
                    Ok(_) if standing(place, &name).await == BEFORE_OTHERS => "before",
                    Ok(_) if standing(place, &name).await == LIKE_ALL => "waits",
                    Ok(_) => panic!("{name}: {:?}", standing(place, &name).await),
                };
                assert_eq!(came, expected, "{name}");
            }
        }
        // None was spent on a closed door.
        assert_eq!(place.number("SELECT used::bigint FROM invites").await, 6);
    });
}

#[test]
fn an_invite_approves_only_where_it_did_at_the_sign_up_and_does_at_the_confirmation() {
    run(async |place| {
        place.owner().await;
        let mo = place
            .staff("mo", porchlight::domain::role::Role::Moderator)
            .await;
        let sign_up = async |name: &str, mode: &str, bypass: bool| {
            set_mode(place, mode, bypass).await;
            let code = invite(place, &mo, "1").await;
            apply(place, name, Some(&code))
                .await
                .expect("it is received");
            code
        };
        sign_up("ann", "approval", true).await;
        set_mode(place, "approval", false).await;
        assert!(!confirm(place, "ann").await, "not any more");
        assert_eq!(standing(place, "ann").await, BEFORE_OTHERS);

        sign_up("ben", "approval", false).await;
        set_mode(place, "approval", true).await;
        assert!(!confirm(place, "ben").await, "not yet then");
        assert_eq!(standing(place, "ben").await, BEFORE_OTHERS);

        sign_up("cleo", "invite", true).await;
        set_mode(place, "closed", true).await;
        assert!(!confirm(place, "cleo").await, "the door closed meanwhile");
        assert_eq!(
            standing(place, "cleo").await,
            BEFORE_OTHERS,
            "and loses nobody"
        );

        let revoked = "UPDATE invites SET revoked_at = created_at WHERE code = $1";
        let over = "UPDATE invites SET created_at = created_at - interval '30 days', expires_at = expires_at - interval '30 days' WHERE code = $1";
        let frozen = "UPDATE accounts SET flags = flags | 8 FROM users u JOIN invites i ON i.user_id = u.id WHERE accounts.id = u.account_id AND i.code = $1";
        for (name, meanwhile) in [("dan", revoked), ("eve", over), ("fay", frozen)] {
            let code = sign_up(name, "approval", true).await;
            place.sql(meanwhile, &[&code]).await;
            assert!(!confirm(place, name).await, "{name}");
            assert_eq!(standing(place, name).await, LIKE_ALL, "{name}");
        }
    });
}

#[test]
fn where_a_person_has_to_decide_no_invite_does() {
    // E11: a ceiling without bypass, whatever was chosen.
    run(async |place| {
        place.owner().await;
        set_mode(place, "open", true).await;
        let due = porchlight::domain::release::RELEASED + chrono::Months::new(18);
        let due = due.and_hms_opt(0, 0, 0).expect("midnight").and_utc();
        place.advance(due - place.app.clock.now() + TimeDelta::minutes(1));
        porchlight::gate::mode::forget(&place.app).await;
        let ann = place.member("ann").await;
        let code = invite(place, &ann, "1").await;
        apply(place, "hana", Some(&code))
            .await
            .expect("it is received");
        assert!(!confirm(place, "hana").await);
        assert_eq!(standing(place, "hana").await, BEFORE_OTHERS);
    });
}

#[test]
fn no_invite_opens_a_closed_door_and_none_is_spent_on_it() {
    // E11, C7: invites alive while closed.
    run(async |place| {
        place.owner().await;
        let ann = place.member("ann").await;
        let code = invite(place, &ann, "1").await;
        set_mode(place, "closed", true).await;
        let refused = apply(place, "hana", Some(&code)).await;
        let Err(Error::Closed(closed)) = refused else {
            panic!("{refused:?}");
        };
        assert!(closed.message.contains("The door is closed"));
        let page = place.browser().open(&format!("/invite/{code}")).await;
        page.says("The door is closed").hides("@ann");
        let page = place
            .browser()
            .visit(&format!("/apply?invite={code}"))
            .await;
        assert_eq!(page.status(), 403);
        place
            .signed_in(&ann)
            .await
            .open("/invites")
            .await
            .says("no invite works while it is");
        assert_eq!(place.number("SELECT used::bigint FROM invites").await, 0);
        // It was not lost by that.
        set_mode(place, "invite", true).await;
        join(place, "hana", &code).await;
    });
}

/// Confirmed applications of people who are no more than rows.
async fn crowd(place: &Place, many: i64) {
    place
        .sql(
            "WITH new AS (
                INSERT INTO users (id, account_id, username, role_since, created_at)
                SELECT n, n, 'crowd' || n, now(), now()
                FROM (SELECT greatest((SELECT max(greatest(id, account_id)) FROM users), coalesce((SELECT max(id) FROM applications), 0)) + g AS n FROM generate_series(1, $1::bigint) g) x
                RETURNING id)
             INSERT INTO applications (id, user_id, state, lane, submitted_at, confirmed_at)
             SELECT id, id, 1, 1, now(), now() FROM new",
            &[&many],
        )
        .await;
}

#[test]
fn the_last_fifth_of_the_room_is_for_the_invited() {
    // H7
    let setup = crate::support::place::Setup::default();
    let setup = setup.with("PORCHLIGHT_REGISTRATION__MAX_WAITING", "100");
    setup.run(async |place| {
        place.owner().await;
        let ann = place.member("ann").await;
        let code = invite(place, &ann, "3").await;
        crowd(place, 80).await;
        let refused = apply(place, "stranger", None).await;
        assert!(matches!(refused, Err(Error::Closed(_))), "{refused:?}");
        apply(place, "hana", Some(&code))
            .await
            .expect("there is room for them");
        assert!(!confirm(place, "hana").await);
        // In the queue itself, not behind it.
        assert_eq!(standing(place, "hana").await, BEFORE_OTHERS);
        crowd(place, 19).await;
        let refused = apply(place, "ivan", Some(&code)).await;
        assert!(
            matches!(refused, Err(Error::Closed(_))),
            "full is full: {refused:?}"
        );
    });
}

#[test]
fn nobody_decides_about_whom_they_invited_unless_nobody_else_can() {
    run(async |place| {
        let owner = place.owner().await;
        let code = invite(place, &owner, "3").await;
        for name in ["hana", "ivan"] {
            apply(place, name, Some(&code))
                .await
                .expect("it is received");
            confirm(place, name).await;
        }
        let desk = place.signed_in(&owner).await;
        let (hana, ivan) = (person(place, "hana").await, person(place, "ivan").await);
        let path = async |who| format!("/desk/applications/{}", place.application_of(who).await);
        let (hana, ivan) = (path(&hana).await, path(&ivan).await);
        // Alone in the place: somebody has to.
        let page = desk.open(&hana).await;
        desk.submit(page.form(&format!("{hana}/approve"))).await;
        assert_eq!(standing(place, "hana").await.0, 3);
        let stale = desk.open(&ivan).await;
        let mo = place
            .staff("mo", porchlight::domain::role::Role::Reviewer)
            .await;
        let page = desk.open(&ivan).await;
        page.says("You invited them.")
            .says("Somebody else of the staff decides");
        for act in ["approve", "reject"] {
            assert!(!page.has_form(&format!("{ivan}/{act}")));
            let refused = desk.submit(stale.form(&format!("{ivan}/{act}"))).await;
            assert_eq!(refused.status(), 403, "{act}");
        }
        assert_eq!(standing(place, "ivan").await, BEFORE_OTHERS);
        let other = place.signed_in(&mo).await;
        let page = other.open(&ivan).await;
        other.submit(page.form(&format!("{ivan}/approve"))).await;
        assert_eq!(standing(place, "ivan").await.0, 3);
    });
}
