//! Invites and vouches: the link, the member's pages, the desk's.

use askama::Template;

use super::sample::*;
use crate::gate::invites::bring::Invitation;
use crate::gate::invites::tree::{Node, NodeUser};
use crate::web::apply::invite;
use crate::web::home::{invites, vouches};
use crate::web::parts::form::Form;
use crate::web::review::{branch_cut, invite_person, invites as desk, password};

/// Name and page.
pub fn pages() -> Vec<Hung> {
    let mut made = Vec::new();
    let mut hang = |name, html| made.push((name, html));
    let link = |invitation: Option<Invitation>, typed: &str, closed| invite::InvitePage {
        page: stranger("An invite"),
        invitation,
        typed: typed.into(),
        closed,
        shut: false,
    };
    let ann = Invitation {
        code: "ABCDEFGHJKLM".into(),
        name: "Ann <Verbeek>".into(),
        username: "ann".into(),
    };
    hang("invite", link(Some(ann), "ABCDEFGHJKLM", None).render());
    hang("invite_dead", link(None, "ABCDEFGHJKLM", None).render());
    let only = "At the moment people come in here by invitation only.";
    hang("invite_typed", link(None, "", Some(only)).render());
    let row = |is_live: bool| invites::InviteRow {
        id: if is_live { 2 } else { 1 },
        code: "ABCD-EFGH-JKLM".into(),
        link: "https://lantern.example/invite/ABCDEFGHJKLM".into(),
        uses: (1, 3),
        note: "For the <choir>".into(),
        ends: ago(if is_live { -4_000 } else { 9_000 }),
        is_live,
        ended: "over",
        came: vec!["rosa".into(), "tom".into()],
    };
    let own = |rows: Vec<invites::InviteRow>, rests| invites::InvitesPage {
        page: member("Invites"),
        form: Form::new().with("uses", "9").error(
            "uses",
            "For how many people: it must be a number from 1 to 3.",
        ),
        live: (rows.len() as i64 / 2, 2),
        most: (3, 30, 200),
        rests,
        rows,
    };
    hang("invites", own(vec![row(true), row(false)], None).render());
    let rest = "The people who look after this place have put your invites to rest.";
    hang("invites_rest", own(Vec::new(), Some(rest)).render());
    hang(
        "vouches",
        vouches::VouchesPage {
            page: member("Do you know them?"),
            rows: vec![vouches::AskedRow {
                id: 4,
                username: "rosa".into(),
                display_name: "Rosa <3".into(),
                at: ago(40),
            }],
        }
        .render(),
    );
    let none = vouches::VouchesPage {
        page: member("Do you know them?"),
        rows: Vec::new(),
    };
    hang("vouches_none", none.render());
    let roles = vec![("member", "Members"), ("reviewer", "Reviewers")];
    let trees = |lines: Vec<desk::Line>| desk::InvitesPage {
        page: staff("Invites"),
        lines,
        next: Some("/desk/invites?before=4".into()),
        query: String::new(),
        admin: true,
        form: Form::new()
            .with("live_member", "2")
            .with("uses_member", "0")
            .error(
                "uses_member",
                "Members, people for each: it must be a number from 1 to 500.",
            ),
        roles: roles.clone(),
        cuts: vec![(
            "/desk/invites/cuts/1".into(),
            "3 limited, 2 turned down, 4 whose invites rest".into(),
            ago(90),
        )],
    };
    hang("desk_invites", trees(drawn()).render());
    hang("desk_invites_none", trees(Vec::new()).render());
    hang(
        "desk_invite_branch",
        desk::BranchPage {
            page: staff("The branch of @ann"),
            id: 2,
            top: "@ann".into(),
            lines: drawn(),
            above: vec![("/desk/invites/branches/1".into(), "@mo".into())],
            admin: true,
            has_people: true,
        }
        .render(),
    );
    hang(
        "desk_invite_person",
        invite_person::PersonPage {
            page: staff("Invites of @ann"),
            name: "ann".into(),
            branch: Some("/desk/invites/branches/2".into()),
            may: "They may have 2 invites at a time, each for up to 3.".into(),
            is_own: true,
            rests: true,
            can_rest: true,
            can_link: true,
            admin: true,
            form: Form::new().with("live", "2").with("uses", "3"),
            rows: vec![(1, 3, "works", ago(-900)), (3, 3, "used up", ago(900))],
        }
        .render(),
    );
    for (name, link) in [
        ("password", None),
        (
            "password_made",
            Some("https://lane.example/password/abcdefghijklmnop".to_owned()),
        ),
    ] {
        let page = staff("A new password for @ann");
        let name_of = "ann".into();
        hang(
            name,
            password::PasswordPage {
                page,
                name: name_of,
                link,
            }
            .render(),
        );
    }
    hang(
        "branch_cut",
        branch_cut::CutPage {
            page: staff("Cut a branch"),
            id: 2,
            top: "@ann".into(),
            top_can: true,
            members: vec!["@rosa".into(), "@tom".into()],
            waiting: vec!["@hana".into()],
            protected: vec!["@mo".into()],
            count: 12,
            typed: true,
            mail_works: true,
            form: Form::new().with("kind", "limit").error(
                "number",
                "The number must be 12: the number of people this is about.",
            ),
        }
        .render(),
    );
    hang(
        "branch_cut_done",
        branch_cut::CutDonePage {
            page: staff("A branch that was cut"),
            id: 1,
            branch: "/desk/invites/branches/2".into(),
            words: "3 limited, 2 turned down, 4 whose invites rest".into(),
            reason: "They sold <places>".into(),
            protected: vec!["@mo".into()],
            at: ago(10),
            can_mend: true,
            bulks: vec!["/desk/bulk/3".into()],
        }
        .render(),
    );
    made
}

fn drawn() -> Vec<desk::Line> {
    let node = |id: i64, parent: Option<i64>, depth, children, name: Option<&str>| Node {
        id,
        parent,
        depth,
        user: name.map(|name| NodeUser {
            id,
            account: id,
            name: name.into(),
            role: crate::domain::role::Role::Member,
            approved: id % 2 == 0,
            disabled: false,
            flags: if id == 6 { 2 } else { 0 },
            application: Some((id, crate::domain::application::ApplicationState::Pending)),
        }),
        at: now(),
        children,
    };
    let nodes = [
        node(2, None, 0, 3, Some("ann")),
        node(3, Some(2), 1, 0, Some("hana")),
        node(4, Some(2), 1, 2, None),
        node(6, Some(2), 1, 7, Some("tom")),
        node(8, Some(4), 2, 0, Some("rosa")),
    ];
    desk::lines(&nodes, now())
}
