//! `/desk/blocks`: networks, mail domains and names that are kept away from the form.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::block_severity::BlockSeverity;
use crate::domain::{Error, Id, ids};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::blocks::{self, Before, Kind, Rule};
use crate::web::error::WebError;
use crate::web::form::{Form as Sent, Nothing};
use crate::web::frame;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;
use crate::web::parts::pager::Pager;

/// The blocks, a page of each kind (GET: `network`, `mail`, `name`: older than these). Goes to `/desk/blocks/new` (GET: `kind`, `value`) and posts to
/// `/desk/blocks/(network|mail|name)/ID/lift`.
#[derive(Template)]
#[template(path = "review/blocks.html")]
pub struct BlocksPage {
    /// The frame.
    pub page: Page,
    /// May change them.
    pub admin: bool,
    /// Of each kind: its name in addresses, its heading, its blocks.
    pub lists: Vec<BlockList>,
    /// Single addresses that are blocked: nobody can read which.
    pub addresses: i64,
}

/// The blocks of one kind.
#[derive(Debug, Clone)]
pub struct BlockList {
    /// `network`, `mail`, `name`.
    pub kind: &'static str,
    /// Its heading.
    pub heading: &'static str,
    /// What such a block is good for, in a sentence.
    pub help: &'static str,
    /// What is typed, in words.
    pub label: &'static str,
    /// The blocks, newest first.
    pub rows: Vec<BlockRow>,
    /// The newest and the older ones.
    pub pager: Pager,
}

/// One block.
#[derive(Debug, Clone)]
pub struct BlockRow {
    /// Its id.
    pub id: Id,
    /// What is blocked.
    pub what: String,
    /// What it does, and to what else, in words.
    pub marks: Vec<String>,
    /// For staff; may be empty.
    pub comment: String,
    /// Since when.
    pub since: Moment,
    /// When it ends, or ended.
    pub until: Option<Moment>,
}

const GET: Route = Route {
    method: "GET",
    path: "/desk/blocks",
    access: Access::Moderation,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: || web::to(show),
};

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    GET,
    Route {
        method: "POST",
        path: "/desk/blocks/{kind}/{id}/lift",
        access: Access::Admin,
        rate: Rate::Write,
        handler: || web::to(lift),
        ..GET
    },
];

/// What stands in the address; nonsense is the newest.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    network: String,
    mail: String,
    name: String,
}

impl Wanted {
    fn before(&self) -> Before {
        Before {
            network: ids::parse(&self.network),
            mail: ids::parse(&self.mail),
            name: ids::parse(&self.name),
        }
    }
}

/// GET `/desk/blocks`.
async fn show(
    req: HttpRequest,
    app: web::Data<App>,
    caller: Caller,
    wanted: web::Query<Wanted>,
) -> Result<HttpResponse, WebError> {
    let before = wanted.before();
    let found = blocks::list(&app, &caller.moderator()?, before).await?;
    let mut page = frame::page(&req, Some(&caller), "Blocks at the door").await?;
    page.here = Here::Desk;
    let now = app.clock.now();
    let row = |id, what: String, severity, comment: &str, at| BlockRow {
        id,
        what,
        marks: vec![severity_words(severity).to_owned()],
        comment: comment.to_owned(),
        since: Moment::new(at, now),
        until: None,
    };
    let networks = found.networks.blocks.iter().map(|b| {
        let what = b.network.to_string();
        let mut row = row(b.id, what, b.severity, &b.comment, b.created_at);
        row.until = b.expires_at.map(|at| Moment::new(at, now));
        if b.expires_at.is_some_and(|at| at <= now) {
            row.marks = vec!["Over".to_owned()];
        }
        row
    });
    let mail = found.mail.blocks.iter().map(|b| {
        let mut row = row(b.id, b.domain.clone(), b.severity, &b.comment, b.created_at);
        if b.hosts {
            row.marks.push("Mail servers there, too".to_owned());
        }
        row
    });
    let names = found.names.blocks.iter().map(|b| {
        let mut row = row(
            b.id,
            b.pattern.clone(),
            b.severity,
            &b.comment,
            b.created_at,
        );
        let where_ = if b.whole {
            "The whole name"
        } else {
            "Anywhere in a name"
        };
        row.marks.push(where_.to_owned());
        row
    });
    let shown = BlocksPage {
        page,
        admin: caller.admin().is_ok(),
        lists: vec![
            list("network", networks.collect()).paged(before.network, found.networks.older),
            list("mail", mail.collect()).paged(before.mail, found.mail.older),
            list("name", names.collect()).paged(before.name, found.names.older),
        ],
        addresses: found.addresses,
    };
    frame::render(&req, &shown)
}

/// A list with its words.
pub fn list(kind: &'static str, rows: Vec<BlockRow>) -> BlockList {
    let (heading, label, help) = match kind {
        "network" => (
            "Networks",
            "An address or a network, such as 192.0.2.0/24",
            "Many people may share one. Most troubles are over within days: let a block end.",
        ),
        "mail" => (
            "Mail domains",
            "A mail domain, such as example.org",
            "What is below a domain is meant, too.",
        ),
        _ => (
            "Names",
            "A name, or a part of one",
            "What only looks like it is meant, too: 0 for o, rn for m, letters said twice.",
        ),
    };
    BlockList {
        kind,
        heading,
        help,
        label,
        rows,
        pager: Pager::default(),
    }
}

impl BlockList {
    /// With the links under it: to the newest where it begins with older ones, and to those
    /// before the last. The other lists begin with their newest again.
    fn paged(mut self, before: Option<Id>, older: Option<Id>) -> BlockList {
        let kind = self.kind;
        self.pager = Pager {
            newer: before.map(|_| "/desk/blocks".to_owned()),
            older: older.map(|id| format!("/desk/blocks?{kind}={id}#{kind}-head")),
        };
        self
    }
}

/// What a block does, in words.
pub fn severity_words(severity: BlockSeverity) -> &'static str {
    match severity {
        BlockSeverity::Refuse => "Refused",
        BlockSeverity::Aside => "Put among the likely automated",
    }
}

/// A kind by its name in addresses.
pub fn kind_of(name: &str) -> Result<Kind, Error> {
    match name {
        "network" => Ok(Kind::Network),
        "mail" => Ok(Kind::Mail),
        "name" => Ok(Kind::Name),
        _ => Err(Error::NotFound),
    }
}

/// POST `/desk/blocks/KIND/ID/lift`.
async fn lift(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<(String, String)>,
    _sent: Sent<Nothing>,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    let (kind, id) = path.into_inner();
    let id = ids::parse(&id).ok_or(Error::NotFound)?;
    blocks::lift(&app, &admin, kind_of(&kind)?, id).await?;
    let said = "Lifted. Who was refused because of it may apply again.";
    Ok(frame::see_other_with("/desk/blocks", &Flash::done(said)))
}

/// A block as it is typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Typed {
    /// `network`, `mail`, `name`.
    #[serde(deserialize_with = "lenient::string")]
    pub kind: String,
    /// What is blocked.
    #[serde(deserialize_with = "lenient::string")]
    pub value: String,
    /// `refuse`, `aside`.
    #[serde(deserialize_with = "lenient::string")]
    pub severity: String,
    /// When it ends: days from now; empty for never.
    #[serde(deserialize_with = "lenient::string")]
    pub days: String,
    /// "1": mail servers too.
    #[serde(deserialize_with = "lenient::string")]
    pub hosts: String,
    /// "1": the whole name.
    #[serde(deserialize_with = "lenient::string")]
    pub whole: String,
    /// For staff.
    #[serde(deserialize_with = "lenient::string")]
    pub comment: String,
    /// "1": the boxes are as they were left.
    #[serde(deserialize_with = "lenient::string")]
    pub looked: String,
    /// "1": those who wait, too.
    #[serde(deserialize_with = "lenient::string")]
    pub apply: String,
}

impl Typed {
    /// What is blocked.
    ///
    /// # Errors
    /// `NotFound` for an unknown kind, `Invalid` for what makes no sense.
    pub fn rule(&self) -> Result<Rule, Error> {
        match kind_of(&self.kind)? {
            Kind::Network => Rule::network(&self.value),
            Kind::Mail => Rule::mail(&self.value, self.hosts == "1"),
            _ => Rule::name(&self.value, self.whole == "1"),
        }
    }
}
