//! Server-rendered pages; each file has its template at the same path under `templates/`.
//!
//! A template struct holds plain data only (what `parts/` offers, strings, numbers, times as
//! [`parts::moment::Moment`]); handlers fill it. Content of statuses and profiles arrives
//! as sanitised HTML in fields named `…_html`; everything else is escaped by the template.

pub mod apply;
pub mod content_policy;
pub mod home;
pub mod identity;
pub mod parts;
pub mod public;
pub mod review;
pub mod sandbox;
pub mod settings;

#[cfg(test)]
mod gallery;
