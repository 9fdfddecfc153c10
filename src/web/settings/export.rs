//! `/settings/export`: what is one's own, to take along.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use futures::TryStreamExt;

use crate::app::App;
use crate::domain::Error;
use crate::door::{Access, Caching, Caller, Pending, Rate, Route};
use crate::social::export::{self, File};
use crate::web::error::WebError;
use crate::web::frame;
use crate::web::parts::layout::{Here, Page};

/// Links to `/settings/export/FILE`.
#[derive(Template)]
#[template(path = "settings/export.html")]
pub struct ExportPage {
    /// The frame.
    pub page: Page,
    /// Each file: its name, what is in it, what it is good for.
    pub files: Vec<(&'static str, &'static str, &'static str)>,
}

/// What differs is named by the second row.
const ROW: Route = Route {
    method: "GET",
    path: "/settings/export",
    access: Access::Session,
    pending: Pending::Refused,
    rate: Rate::Usual,
    caching: Caching::Private,
    handler: || web::to(show),
};

/// The routes of this file.
pub const ROUTES: &[Route] = &[
    ROW,
    Route {
        path: "/settings/export/{file}",
        rate: Rate::Upload,
        handler: || web::to(download),
        ..ROW
    },
];

/// GET `/settings/export`.
async fn show(req: HttpRequest, caller: Caller) -> Result<HttpResponse, WebError> {
    caller.member()?;
    let mut page = frame::page(&req, Some(&caller), "Take along").await?;
    page.here = Here::Settings;
    let shown = ExportPage {
        page,
        files: files(),
    };
    frame::render(&req, &shown)
}

/// The files as the page offers them.
pub fn files() -> Vec<(&'static str, &'static str, &'static str)> {
    File::ALL
        .into_iter()
        .map(|file| {
            let (what, good_for) = match file {
                File::Following => ("Whom you follow", "Other servers take it in their settings."),
                File::Followers => ("Who follows you", "For you to keep. When you move, they come along by themselves."),
                File::Blocks => ("Whom you block", "Other servers take it in their settings."),
                File::Mutes => ("Whom you mute", "Other servers take it in their settings."),
                File::Domains => ("Servers that you block", "Other servers take it in their settings."),
                File::Bookmarks => ("Your bookmarks", "Other servers take it in their settings."),
                File::Posts => ("Your posts", "Each with its text, its time, and the addresses of its files. For you to keep: no server takes old posts."),
            };
            (file.name(), what, good_for)
        })
        .collect()
}

/// GET `/settings/export/FILE`.
async fn download(
    app: web::Data<App>,
    caller: Caller,
    path: web::Path<String>,
) -> Result<HttpResponse, WebError> {
    let who = caller.member()?;
    let file = File::from_name(&path).ok_or(Error::NotFound)?;
    let kind = match file {
        File::Posts => "application/json; charset=utf-8",
        _ => "text/csv; charset=utf-8",
    };
    let name = format!("attachment; filename=\"{}\"", file.name());
    let pieces = export::file(app.into_inner(), &who, file);
    let pieces = pieces.map_err(|error| std::io::Error::other(error.sentence()));
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::CONTENT_DISPOSITION, name))
        .streaming(Box::pin(pieces)))
}
