//! Server-rendered pages; each file has its template at the same path under `templates/`.
//!
//! A template struct holds plain data only (what `parts/` offers, strings, numbers, times as
//! [`parts::moment::Moment`]); handlers fill it. Content of statuses and profiles arrives
//! as sanitised HTML in fields named `…_html`; everything else is escaped by the template.

pub mod apply;
pub mod button;
pub mod content_policy;
pub mod error;
pub mod files;
pub mod form;
pub mod frame;
pub mod home;
pub mod identity;
pub mod kept;
pub mod parts;
pub mod public;
pub mod remote_media;
pub mod render;
pub mod review;
pub mod sandbox;
pub mod settings;
pub mod turn;

#[cfg(test)]
mod gallery;

use crate::app::App;
use crate::door::Route;

/// What this door offers, file by file.
pub const ROUTES: &[&[Route]] = &[
    files::ROUTES,
    remote_media::ROUTES,
    identity::check_in::ROUTES,
    identity::consent::ROUTES,
    identity::owner_setup::ROUTES,
    identity::password_reset::ROUTES,
    identity::second_factor::ROUTES,
    identity::sign_in::ROUTES,
    home::compose::ROUTES,
    home::deeds::ROUTES,
    home::delete::ROUTES,
    home::deputy::ROUTES,
    home::heir::ROUTES,
    home::invites::ROUTES,
    home::notifications::ROUTES,
    home::requests::ROUTES,
    home::search::ROUTES,
    home::severed::ROUTES,
    home::timeline::ROUTES,
    home::vouches::ROUTES,
    public::about::ROUTES,
    public::audit::ROUTES,
    public::bonds::ROUTES,
    public::door::ROUTES,
    public::follows::ROUTES,
    public::landing::ROUTES,
    public::profile::ROUTES,
    public::servers::ROUTES,
    public::status::ROUTES,
    public::timeline::ROUTES,
    settings::account::ROUTES,
    settings::apps::ROUTES,
    settings::departure::ROUTES,
    settings::email_change::ROUTES,
    settings::export::ROUTES,
    settings::posting::ROUTES,
    settings::profile::ROUTES,
    settings::relocation::ROUTES,
    settings::second_factor::ROUTES,
    settings::sessions::ROUTES,
    settings::zone::ROUTES,
    apply::invite::ROUTES,
    apply::routes::ROUTES,
    sandbox::ROUTES,
    home::drafts::ROUTES,
    home::tags::ROUTES,
    home::draft::ROUTES,
    home::welcome::ROUTES,
    review::queue::ROUTES,
    review::absence::ROUTES,
    review::acts::ROUTES,
    review::audit::ROUTES,
    review::away::ROUTES,
    review::held::ROUTES,
    review::held_posts::ROUTES,
    review::application::ROUTES,
    review::block_new::ROUTES,
    review::blocks::ROUTES,
    review::bulk::ROUTES,
    review::keys::ROUTES,
    review::known::ROUTES,
    review::presets::ROUTES,
    review::charts::ROUTES,
    review::deputies::ROUTES,
    review::heir::ROUTES,
    review::door::ROUTES,
    review::events::ROUTES,
    review::questions::ROUTES,
    review::question::ROUTES,
    review::invites::ROUTES,
    review::invite_person::ROUTES,
    review::password::ROUTES,
    review::branch_cut::ROUTES,
    review::hosts::ROUTES,
    review::policy_allowed::ROUTES,
    review::policy_lists::ROUTES,
    review::policies::ROUTES,
    review::policy_new::ROUTES,
    review::reports::ROUTES,
    review::staff::ROUTES,
    review::switch::ROUTES,
    review::place::ROUTES,
    review::welcome::ROUTES,
    review::webhooks::ROUTES,
    review::mail::ROUTES,
];

/// The name of the session cookie. In production it is bound to this very host and to TLS.
pub fn session_cookie(app: &App) -> &'static str {
    if app.config.server.secure_cookies() {
        "__Host-porch_session"
    } else {
        "porch_session"
    }
}
