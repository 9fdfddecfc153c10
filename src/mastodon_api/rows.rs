//! The rows that this door mostly has, so that its tables read as tables.

use crate::door::{Access, Caching, Pending, Rate, Route};

/// For how long anonymous answers may be kept, in seconds (quirk 32).
pub const BRIEFLY: u32 = 15;

/// A deed of a member, by `POST`.
pub const fn deed(
    path: &'static str,
    scope: &'static str,
    handler: fn() -> actix_web::Route,
) -> Route {
    Route {
        method: "POST",
        path,
        access: Access::User(scope),
        pending: Pending::Refused,
        rate: Rate::Write,
        caching: Caching::Private,
        handler,
    }
}

/// Something of a member's own, by `GET`.
pub const fn own(
    path: &'static str,
    scope: &'static str,
    pending: Pending,
    handler: fn() -> actix_web::Route,
) -> Route {
    Route {
        method: "GET",
        path,
        access: Access::User(scope),
        pending,
        rate: Rate::Usual,
        caching: Caching::Private,
        handler,
    }
}

/// Something that anybody may read, by `GET`; a pending user as a visitor.
pub const fn public(
    path: &'static str,
    scope: &'static str,
    handler: fn() -> actix_web::Route,
) -> Route {
    Route {
        method: "GET",
        path,
        access: Access::Anyone(scope),
        pending: Pending::AsVisitor,
        rate: Rate::Usual,
        caching: Caching::Public(BRIEFLY),
        handler,
    }
}

impl Route {
    /// The same by another verb.
    pub const fn by(mut self, method: &'static str) -> Route {
        self.method = method;
        self
    }

    /// The same for pending users too, whom the handler knows what to give.
    pub const fn sandboxed(mut self) -> Route {
        self.pending = Pending::Allowed;
        self
    }

    /// The same on another budget.
    pub const fn at_rate(mut self, rate: Rate) -> Route {
        self.rate = rate;
        self
    }
}
