//! `/desk/invites`: who came by whom, drawn, and what each role may.

use std::collections::{BTreeMap, HashMap, HashSet};

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use serde_json::Value;

use crate::app::App;
use crate::domain::role::Role;
use crate::domain::{Error, ids};
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::invites::allowance::{self, Allowance, MOST_DAYS, Policy};
use crate::gate::invites::cut::{self, BranchCut};
use crate::gate::invites::tree::{self, Node, Stand};
use crate::web::apply::form::text_of;
use crate::web::error::WebError;
use crate::web::form::Form as Sent;
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;

/// The trees, and for admins what each role may. Sends `q` to `/desk/invites` by GET; posts to
/// `/desk/invites/settings` (`live_ROLE`, `uses_ROLE`, `days`).
#[derive(Template)]
#[template(path = "review/invites.html")]
pub struct InvitesPage {
    /// The frame.
    pub page: Page,
    /// The people of this page, each with what it opens and closes of the list.
    pub lines: Vec<Line>,
    /// The next trees.
    pub next: Option<String>,
    /// What was searched for.
    pub query: String,
    /// May set what roles may, and cut.
    pub admin: bool,
    /// What was typed, and what is to be mended.
    pub form: Form,
    /// Roles, by the word of their fields and for people.
    pub roles: Vec<(&'static str, &'static str)>,
    /// The latest cuts: path and words, and when.
    pub cuts: Vec<(String, String, Moment)>,
}

/// A branch. Links to `/desk/invites/branches/ID/cut`.
#[derive(Template)]
#[template(path = "review/invites_branch.html")]
pub struct BranchPage {
    /// The frame.
    pub page: Page,
    /// Its node.
    pub id: i64,
    /// Who it begins with.
    pub top: String,
    /// The people.
    pub lines: Vec<Line>,
    /// Above it, from the root on: path and name.
    pub above: Vec<(String, String)>,
    /// May cut it.
    pub admin: bool,
    /// Somebody is in it.
    pub has_people: bool,
}

/// Somebody in the drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The name; empty for those who are gone.
    pub name: String,
    /// Where to read more of them, where there is more.
    pub path: Option<String>,
    /// How they stand, in a word.
    pub state: &'static str,
    /// Its class.
    pub badge: &'static str,
    /// When they came.
    pub at: Moment,
    /// It is the first of a list below somebody.
    pub opens: bool,
    /// A list of its own follows.
    pub has_list: bool,
    /// Lists that end behind it.
    pub closes: usize,
    /// People below it who are not drawn here: how many, and where they are.
    pub more: Option<(i64, String)>,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    GET,
    Route {
        method: "POST",
        path: "/desk/invites/settings",
        access: Access::Admin,
        rate: Rate::Write,
        handler: || web::to(set),
        ..GET
    },
    Route {
        path: "/desk/invites/branches/{id}",
        handler: || web::to(branch),
        ..GET
    },
];

const GET: Route = Route {
    method: "GET",
    path: "/desk/invites",
    access: Access::Moderation,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: || web::to(show),
};

/// What stands in the address.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    q: String,
    before: Option<String>,
}

/// GET `/desk/invites`. A name that is searched for leads to its page.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    wanted: web::Query<Wanted>,
) -> Result<HttpResponse, WebError> {
    let query = wanted.q.trim();
    if !query.is_empty() {
        match tree::person(&app, &caller.moderator()?, query).await {
            Ok(person) => {
                let path = format!("/desk/invites/people/{}", person.user.username);
                return Ok(frame::see_other(&path));
            }
            Err(Error::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
    }
    page(&req, &app, &caller, &wanted, None).await
}

async fn page(
    req: &HttpRequest,
    app: &App,
    caller: &Caller,
    wanted: &Wanted,
    typed: Option<Form>,
) -> Result<HttpResponse, WebError> {
    let now = app.clock.now();
    let before = wanted.before.as_deref().and_then(ids::parse);
    let part = tree::roots(app, &caller.moderator()?, before).await?;
    let mut page = frame::page(req, Some(caller), "Invites").await?;
    page.here = Here::Desk;
    let (mut form, mut cuts) = (Form::new(), Vec::new());
    if let Ok(admin) = caller.admin() {
        form = filled(&allowance::read(app, &admin).await?);
        let found = cut::list(app, &admin).await?;
        cuts = found
            .iter()
            .map(|cut| {
                let path = format!("/desk/invites/cuts/{}", cut.id);
                (path, cut_words(cut), Moment::new(cut.created_at, now))
            })
            .collect();
    }
    let form = typed.unwrap_or(form);
    page.has_errors = form.has_errors();
    let failed = page.has_errors;
    let shown = InvitesPage {
        page,
        lines: lines(&part.nodes, now),
        next: part.next.map(|id| format!("/desk/invites?before={id}")),
        query: wanted.q.chars().take(100).collect(),
        admin: caller.admin().is_ok(),
        form,
        roles: ROLES.to_vec(),
        cuts,
    };
    let answer = frame::render(req, &shown)?;
    Ok(match failed {
        true => frame::refused(answer),
        false => answer,
    })
}

const ROLES: [(&str, &str); 5] = [
    ("member", "Members"),
    ("reviewer", "Reviewers"),
    ("moderator", "Moderators"),
    ("admin", "Admins"),
    ("owner", "Owners"),
];

fn filled(policy: &Policy) -> Form {
    let form = Form::new().with("days", policy.days.to_string());
    policy.roles.iter().fold(form, |form, (role, allowance)| {
        form.with(format!("live_{role}"), allowance.live.to_string())
            .with(format!("uses_{role}"), allowance.uses.to_string())
    })
}

/// What a cut did, in a line.
pub fn cut_words(cut: &BranchCut) -> String {
    let met = match cut.kind {
        1 => format!("{} limited", cut.restrained.len()),
        2 => format!("{} suspended", cut.restrained.len()),
        _ => "nobody limited or suspended".to_owned(),
    };
    let back = match cut.mended_at {
        Some(_) => "; taken back",
        None => "",
    };
    format!(
        "{met}, {} turned down, {} whose invites rest{back}",
        cut.turned_down,
        cut.frozen.len()
    )
}

/// The people in the order of the drawing: each followed by those who came by them, as far as
/// they are among `nodes`, which come level by level.
pub fn lines(nodes: &[Node], now: chrono::DateTime<chrono::Utc>) -> Vec<Line> {
    let here: HashSet<i64> = nodes.iter().map(|node| node.id).collect();
    let mut below: HashMap<i64, Vec<&Node>> = HashMap::new();
    let mut tops = Vec::new();
    for node in nodes {
        match node.parent.filter(|parent| here.contains(parent)) {
            Some(parent) if node.depth > 0 => below.entry(parent).or_default().push(node),
            _ => tops.push(node),
        }
    }
    // By hand, because a tree may be deeper than a stack.
    let mut lines: Vec<Line> = Vec::new();
    let mut stack: Vec<(&Node, bool)> = tops.into_iter().rev().map(|node| (node, false)).collect();
    let mut open: Vec<usize> = Vec::new();
    while let Some((node, opens)) = stack.pop() {
        let children = below.get(&node.id).map(Vec::as_slice).unwrap_or_default();
        let mut line = line_of(node, children.len() as i64, now);
        line.opens = opens;
        line.has_list = !children.is_empty();
        for (index, child) in children.iter().enumerate().rev() {
            stack.push((child, index == 0));
        }
        match children.len() {
            0 => {
                // One less in the list that it stands in; lists that are through end here.
                while let Some(left) = open.last_mut() {
                    *left -= 1;
                    if *left > 0 {
                        break;
                    }
                    open.pop();
                    line.closes += 1;
                }
            }
            many => open.push(many),
        }
        lines.push(line);
    }
    lines
}

fn line_of(node: &Node, drawn: i64, now: chrono::DateTime<chrono::Utc>) -> Line {
    let stand = tree::stand(node);
    let (state, badge) = match stand {
        Stand::Staff(Role::Owner) => ("owner", "badge badge-lamp"),
        Stand::Staff(Role::Admin) => ("admin", "badge badge-lamp"),
        Stand::Staff(Role::Moderator) => ("moderator", "badge badge-lamp"),
        Stand::Staff(_) => ("reviewer", "badge badge-lamp"),
        Stand::Member => ("member", "badge"),
        Stand::Limited => ("limited", "badge badge-bad"),
        Stand::Suspended => ("suspended", "badge badge-bad"),
        Stand::Off => ("switched off", "badge badge-bad"),
        Stand::Waiting => ("waiting", "badge badge-lamp"),
        Stand::Unconfirmed => ("address not confirmed", "badge"),
        Stand::TurnedDown => ("not let in", "badge"),
        Stand::Erased => ("erased", "badge"),
    };
    let path = node.user.as_ref().and_then(|user| match user.approved {
        true => Some(format!("/desk/invites/people/{}", user.name)),
        false => user
            .application
            .map(|(id, _)| format!("/desk/applications/{id}")),
    });
    Line {
        name: node
            .user
            .as_ref()
            .map(|user| user.name.clone())
            .unwrap_or_default(),
        path,
        state,
        badge,
        at: Moment::new(node.at, now),
        opens: false,
        has_list: false,
        closes: 0,
        more: (node.children > drawn).then(|| {
            let path = format!("/desk/invites/branches/{}", node.id);
            (node.children - drawn, path)
        }),
    }
}

/// GET `/desk/invites/branches/ID`.
async fn branch(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let id = ids::parse(&path).ok_or(Error::NotFound)?;
    let part = tree::branch(&app, &caller.moderator()?, id).await?;
    let top = part.nodes.first().map(name_of).unwrap_or_default();
    let mut page = frame::page(&req, Some(&caller), format!("The branch of {top}")).await?;
    page.here = Here::Desk;
    let shown = BranchPage {
        page,
        id,
        top,
        has_people: part.nodes.len() > 1,
        lines: lines(&part.nodes, app.clock.now()),
        above: part
            .above
            .into_iter()
            .rev()
            .map(|(node, name)| {
                let path = format!("/desk/invites/branches/{node}");
                (
                    path,
                    name.map_or("somebody who is gone".into(), |n| format!("@{n}")),
                )
            })
            .collect(),
        admin: caller.admin().is_ok(),
    };
    frame::render(&req, &shown)
}

/// `@ann`, or who cannot be named any more.
pub fn name_of(node: &Node) -> String {
    match &node.user {
        Some(user) => format!("@{}", user.name),
        None => "somebody who is gone".to_owned(),
    }
}

/// POST `/desk/invites/settings`.
async fn set(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    sent: Sent<BTreeMap<String, Value>>,
) -> Result<HttpResponse, WebError> {
    let text = |name: &str| text_of(sent.fields.get(name));
    let number = |name: &str| text(name).trim().parse().unwrap_or(-1);
    let policy = Policy {
        roles: Role::ALL
            .iter()
            .map(|role| {
                let allowance = Allowance {
                    live: number(&format!("live_{role}")),
                    uses: number(&format!("uses_{role}")),
                };
                (*role, allowance)
            })
            .collect(),
        days: text("days").trim().parse().unwrap_or(-1),
    };
    match allowance::set(&app, &caller.admin()?, &policy).await {
        Ok(()) => {
            let said = "That holds from now on. Invites that are there stay as they are.";
            Ok(frame::see_other_with("/desk/invites", &Flash::done(said)))
        }
        Err(Error::Invalid(invalid)) => {
            let mut form = Form::new();
            for (name, value) in &sent.fields {
                if name != "csrf" {
                    form = form.with(name.clone(), text_of(Some(value)));
                }
            }
            for trouble in &invalid.fields {
                let sentence = match trouble.field.split_once('_') {
                    Some((what, role)) => {
                        let whose = ROLES.iter().find(|(word, _)| *word == role);
                        let whose = whose.map_or(role, |(_, name)| name);
                        let what = match what {
                            "live" => "invites at a time",
                            _ => "people for each",
                        };
                        format!("{whose}, {what}: it {}.", trouble.description)
                    }
                    None => format!("The number of days {}.", trouble.description),
                };
                form = form.error(trouble.field.to_string(), sentence);
            }
            let wanted = Wanted::default();
            page(&req, &app, &caller, &wanted, Some(form)).await
        }
        Err(error) => Err(error.into()),
    }
}

impl InvitesPage {
    /// The longest that an invite may be good for, in days.
    pub fn most_days(&self) -> i64 {
        MOST_DAYS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(id: i64, parent: Option<i64>, depth: i32, children: i64) -> Node {
        Node {
            id,
            parent,
            depth,
            user: None,
            at: chrono::DateTime::UNIX_EPOCH,
            children,
        }
    }

    /// The drawing as nested brackets.
    fn drawn(nodes: &[Node]) -> String {
        let mut out = String::new();
        for line in lines(nodes, chrono::DateTime::UNIX_EPOCH) {
            if line.opens {
                out.push('(');
            }
            out.push('x');
            if let Some((more, _)) = line.more {
                out.push_str(&format!("+{more}"));
            }
            out.push_str(&")".repeat(line.closes));
        }
        out
    }

    #[test]
    fn everybody_stands_below_whom_they_came_by_and_every_list_ends() {
        let nodes = [
            node(1, None, 0, 2),
            node(9, None, 0, 1),
            node(2, Some(1), 1, 1),
            node(3, Some(1), 1, 5),
            node(8, Some(9), 1, 0),
            node(4, Some(2), 2, 0),
        ];
        assert_eq!(drawn(&nodes), "x(x(x)x+5)x(x)");
        assert_eq!(drawn(&[node(5, Some(4), 0, 0)]), "x");
        assert_eq!(drawn(&[]), "");
        let deep: Vec<Node> = (0..5_000)
            .map(|n| node(n, n.checked_sub(1).filter(|p| *p >= 0), n as i32, 1))
            .collect();
        assert_eq!(drawn(&deep).matches(')').count(), 4_999);
    }
}
