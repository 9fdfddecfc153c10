//! `/desk/staff`: who is of the staff, since when, whether their rights work, and what they did
//! last; naming and removing.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use serde::Deserialize;

use crate::app::App;
use crate::domain::role::Role;
use crate::domain::{Error, ids};
use crate::door::forms::lenient;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::gate::zone;
use crate::identity::roles::{self, By};
use crate::web::error::WebError;
use crate::web::form;
use crate::web::frame;
use crate::web::parts::form::Form;
use crate::web::parts::layout::{Flash, Here, Page};
use crate::web::parts::moment::Moment;

/// Two forms: `/desk/staff` (`name`, `role`) and `/desk/staff/change` (`id`, `role`).
#[derive(Template)]
#[template(path = "review/staff.html")]
pub struct StaffPage {
    /// The frame.
    pub page: Page,
    /// `name` as typed, and what was wrong.
    pub form: Form,
    /// Highest role first.
    pub rows: Vec<StaffRow>,
    /// Roles that the viewer may give: word, what it may.
    pub roles: Vec<(&'static str, &'static str)>,
}

/// One of the staff.
#[derive(Debug, Clone)]
pub struct StaffRow {
    /// `users.id`.
    pub id: String,
    /// The name.
    pub name: String,
    /// The role's word.
    pub role: &'static str,
    /// Since when.
    pub since: Moment,
    /// How their rights stand: a sentence, and whether all is well.
    pub rights: (String, bool),
    /// What they did last as staff.
    pub last: Option<Moment>,
    /// Switched off or suspended.
    pub off: bool,
    /// The viewer may change it.
    pub changeable: bool,
}

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    Route {
        method: "GET",
        path: "/desk/staff",
        access: Access::Admin,
        pending: Pending::Refused,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler: || web::to(show),
    },
    Route {
        method: "POST",
        path: "/desk/staff",
        access: Access::Admin,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(name),
    },
    Route {
        method: "POST",
        path: "/desk/staff/change",
        access: Access::Admin,
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler: || web::to(change),
    },
];

async fn show(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
) -> Result<HttpResponse, WebError> {
    render(&app, &req, &caller, Form::new()).await
}

#[derive(Deserialize)]
struct NameForm {
    #[serde(default, deserialize_with = "lenient::string")]
    name: String,
    #[serde(default, deserialize_with = "lenient::string")]
    role: String,
}

async fn name(
    app: web::Data<App>,
    req: HttpRequest,
    caller: Caller,
    form: form::Form<NameForm>,
) -> Result<HttpResponse, WebError> {
    let (admin, fields) = (caller.admin()?, form.fields);
    let named = async {
        let role = Role::from_name(&fields.role)
            .filter(|role| *role > Role::Member)
            .ok_or_else(|| Error::field("role", "ERR_INVALID", "has to be one of these"))?;
        let user = roles::member_named(&app, &admin, &fields.name).await?;
        roles::set_role(&app, By::Admin(&admin), user.id, role).await?;
        Ok(format!("{} is {} now.", user.username, with_article(role)))
    };
    match named.await {
        Ok(said) => Ok(frame::see_other_with("/desk/staff", &Flash::done(said))),
        Err(error @ (Error::Invalid(_) | Error::Denied(_) | Error::Conflict(_))) => {
            let typed: String = fields.name.chars().take(100).collect();
            let form = Form::new().with("name", typed).with("role", &fields.role);
            let form = match &error {
                Error::Invalid(invalid) => form.refused(invalid),
                other => form.error("", other.sentence()),
            };
            Ok(frame::refused(render(&app, &req, &caller, form).await?))
        }
        Err(other) => Err(other.into()),
    }
}

#[derive(Deserialize)]
struct ChangeForm {
    #[serde(default, deserialize_with = "lenient::string")]
    id: String,
    #[serde(default, deserialize_with = "lenient::string")]
    role: String,
}

async fn change(
    app: web::Data<App>,
    caller: Caller,
    form: form::Form<ChangeForm>,
) -> Result<HttpResponse, WebError> {
    let (admin, fields) = (caller.admin()?, form.fields);
    let id = ids::parse(&fields.id).ok_or(Error::NotFound)?;
    let role = Role::from_name(&fields.role).ok_or(Error::NotFound)?;
    let mut path = "/desk/staff";
    let flash = match roles::set_role(&app, By::Admin(&admin), id, role).await {
        Ok(_) => {
            // Who stepped down themselves has nothing to see there.
            if id == admin.user().id && !role.manages_settings() {
                path = "/home";
            }
            Flash::done(match role {
                Role::Member => "They are not of the staff any more.",
                _ => "The role is changed.",
            })
        }
        Err(error @ (Error::Denied(_) | Error::Conflict(_))) => Flash::trouble(error.sentence()),
        Err(other) => return Err(other.into()),
    };
    Ok(frame::see_other_with(path, &flash))
}

async fn render(
    app: &App,
    req: &HttpRequest,
    caller: &Caller,
    form: Form,
) -> Result<HttpResponse, WebError> {
    let admin = caller.admin()?;
    let (now, zone) = (app.clock.now(), zone::of(app, admin.user()).await?);
    let moment = |at| Moment::new(at, now).in_zone(zone);
    let mine = admin.user().role;
    let rows = roles::list(app, &admin)
        .await?
        .into_iter()
        .map(|one| StaffRow {
            id: one.user.id.to_string(),
            role: one.user.role.as_str(),
            since: moment(one.user.role_since),
            rights: match (one.user.second_factor_since, one.grace_until) {
                (Some(at), _) => (
                    format!("Second factor since {}", zone::words(at, zone)),
                    true,
                ),
                (None, Some(until)) => (
                    format!(
                        "No second factor; the rights work until {}",
                        zone::words(until, zone)
                    ),
                    false,
                ),
                (None, None) => ("No second factor; the rights sleep".to_owned(), false),
            },
            last: one.last_act.map(moment),
            off: one.user.disabled_at.is_some(),
            changeable: mine == Role::Owner
                || (one.user.role < Role::Admin && one.user.id != admin.user().id),
            name: one.user.username,
        })
        .collect();
    let mut page = frame::page(req, Some(caller), "The staff").await?;
    page.here = Here::Desk;
    page.has_errors = form.has_errors();
    let page = StaffPage {
        page,
        form,
        rows,
        roles: Role::ALL
            .iter()
            .copied()
            .filter(|role| *role > Role::Member)
            .filter(|role| mine == Role::Owner || *role < Role::Admin)
            .map(|role| (role.as_str(), may(role)))
            .collect(),
    };
    frame::render(req, &page)
}

fn with_article(role: Role) -> &'static str {
    match role {
        Role::Member => "a member",
        Role::Reviewer => "a reviewer",
        Role::Moderator => "a moderator",
        Role::Admin => "an admin",
        Role::Owner => "an owner",
    }
}

fn may(role: Role) -> &'static str {
    match role {
        Role::Member => "nothing of it",
        Role::Reviewer => "decides applications; sees no addresses and no networks",
        Role::Moderator => "also reports, limiting and suspending; sees addresses and networks",
        Role::Admin => "also settings, questions, servers, and roles up to moderator",
        Role::Owner => "all of it, and names admins and owners",
    }
}
