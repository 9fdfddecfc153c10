//! The one table of routes: what every door offers, in one place.

use std::collections::HashMap;
use std::sync::LazyLock;

use actix_web::http::header::HeaderMap;
use actix_web::web::{self, ServiceConfig};
use actix_web::{Resource, guard};

use crate::door::{Alternative, Route};
use crate::{federation_api, mastodon_api, web as pages};

/// Every route of the house.
pub static ROUTES: LazyLock<Vec<&'static Route>> = LazyLock::new(|| {
    let mut all: Vec<&'static Route> = Vec::new();
    for door in mastodon_api::ROUTES
        .iter()
        .chain(pages::ROUTES)
        .chain(federation_api::ROUTES)
        .chain([&super::health::ROUTES, &super::metrics::ROUTES])
    {
        all.extend(door.iter());
    }
    all
});

static BY_PATTERN: LazyLock<HashMap<(&'static str, &'static str), &'static Route>> =
    LazyLock::new(|| {
        ROUTES
            .iter()
            .map(|route| ((route.method, route.path), *route))
            .collect()
    });

/// Rows that answer at the path of a page, for those who ask for something else than that.
pub const ALTERNATIVES: [&[Alternative]; 2] =
    [federation_api::ALTERNATIVES, mastodon_api::ALTERNATIVES];

/// The row for a method, a pattern as the router matched it, and what the headers ask for.
pub fn find(method: &str, pattern: &str, headers: &HeaderMap) -> Option<&'static Route> {
    alternatives(method, pattern)
        .find(|other| (other.when)(headers))
        .map(|other| &other.route)
        .or_else(|| BY_PATTERN.get(&(method, pattern)).copied())
}

/// Whether what is answered there depends on what `Accept` asks for.
pub fn has_alternative(route: &Route) -> bool {
    alternatives(route.method, route.path).next().is_some()
}

fn alternatives(method: &str, path: &str) -> impl Iterator<Item = &'static Alternative> {
    ALTERNATIVES
        .iter()
        .flat_map(|door| door.iter())
        .filter(move |other| other.route.method == method && other.route.path == path)
}

/// Builds the router from the table. A path that is known answers other methods by 405.
pub fn register(config: &mut ServiceConfig) {
    let mut by_path: Vec<(&'static str, Vec<&'static Route>)> = Vec::new();
    for route in ROUTES.iter() {
        match by_path.iter_mut().find(|(path, _)| *path == route.path) {
            Some((_, routes)) => routes.push(route),
            None => by_path.push((route.path, vec![route])),
        }
    }
    // Fixed segments before those with a parameter: the router takes the first that fits.
    by_path.sort_by_key(|(path, _)| order(path));
    add(config, 0, &by_path);
}

/// So many paths that begin alike have a scope of their own.
const WORTH_A_SCOPE: usize = 4;

/// Adds paths that are the same for the first `begun` bytes. The router tries what stands beside
/// each other one after the other; what begins alike is therefore put into scopes, which it
/// passes over in one step.
fn add(config: &mut ServiceConfig, begun: usize, paths: &[(&'static str, Vec<&'static Route>)]) {
    let first = |path: &'static str| path[begun..].trim_start_matches('/').split('/').next();
    for group in paths.chunk_by(|(one, _), (other, _)| first(one) == first(other)) {
        let segment = first(group[0].0).unwrap_or_default();
        let could_be_another = paths
            .iter()
            .filter_map(|(path, _)| first(path)?.split_once('{'))
            .any(|(before, _)| segment.starts_with(before));
        if group.len() < WORTH_A_SCOPE || could_be_another {
            for (path, routes) in group {
                config.service(resource(begun, path, routes));
            }
        } else {
            let inner = web::scope(&format!("/{segment}"));
            let begun = begun + 1 + segment.len();
            config.service(inner.configure(|config| add(config, begun, group)));
        }
    }
}

/// What is offered at `path`, of which the scopes around it know the first `begun` bytes.
fn resource(begun: usize, path: &'static str, routes: &[&'static Route]) -> Resource {
    let mut resource = web::resource(&path[begun..]);
    // What was asked for in so many words goes before what everybody gets.
    let others = ALTERNATIVES.iter().flat_map(|door| door.iter());
    for other in others.filter(|other| other.route.path == path) {
        let asked = guard::fn_guard(|context| (other.when)(context.head().headers()));
        let route = (other.route.handler)().method(method(&other.route));
        resource = resource.route(route.guard(asked));
    }
    for route in routes {
        resource = resource.route((route.handler)().method(method(route)));
    }
    resource
}

fn method(route: &Route) -> actix_web::http::Method {
    use actix_web::http::Method;
    match route.method {
        "GET" => Method::GET,
        "POST" => Method::POST,
        "PUT" => Method::PUT,
        "PATCH" => Method::PATCH,
        "DELETE" => Method::DELETE,
        other => unreachable!("{other} is no method of the table"),
    }
}

/// Sorts `/a/b` before `/a/{x}`, segment by segment.
fn order(path: &str) -> Vec<(bool, &str)> {
    path.split('/')
        .map(|segment| (segment.contains('{'), segment))
        .collect()
}
