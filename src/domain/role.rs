//! What a user of the staff may do (registration.md C6).

use super::smallint::smallint_enum;

smallint_enum! {
    /// Least to most; each holds the rights of those before it, but for what is named here.
    pub enum Role {
        /// None of the staff's rights.
        Member = 0 => "member",
        /// Applications; sees the mail domain and a cluster number only.
        Reviewer = 1 => "reviewer",
        /// Applications, reports, limit and suspend; sees addresses and networks.
        Moderator = 2 => "moderator",
        /// Settings, questions, rules, domains, invites, roles up to moderator.
        Admin = 3 => "admin",
        /// All of it; the last one cannot be removed.
        Owner = 4 => "owner",
    }
}

impl Role {
    /// May decide applications, and so keeps the light on.
    pub fn reviews_applications(self) -> bool {
        self >= Role::Reviewer
    }

    /// May work on reports, limit and suspend, and see addresses and networks.
    pub fn manages_reports(self) -> bool {
        self >= Role::Moderator
    }

    /// May change settings, and name roles up to moderator.
    pub fn manages_settings(self) -> bool {
        self >= Role::Admin
    }
}
