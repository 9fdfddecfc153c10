//! Who may invite, and how many: for each role, and for single people where an admin says so.

use diesel_async::AsyncConnection;
use serde_json::{Value, json};

use crate::app::App;
use crate::domain::error::Invalid;
use crate::domain::role::Role;
use crate::domain::{Error, Id, Result};
use crate::gate::signs;
use crate::gate::who::Admin;
use crate::model::user::User;
use crate::store::audit::NewLine;
use crate::store::{self, Conn};

/// Its name among the settings: `{"member": [2, 3], …, "days": 30}`.
const SETTING: &str = "invites";
/// Invites that one person may have alive.
pub const MOST_LIVE: i32 = 100;
/// Uses of one invite.
pub const MOST_USES: i32 = 500;
/// Days that one invite is good for, as far as an admin may say.
pub const MOST_DAYS: i64 = 90;

/// What somebody may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Invites alive at a time; 0: none.
    pub live: i32,
    /// The most uses of one.
    pub uses: i32,
}

/// What each role may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// By role, from the member on.
    pub roles: Vec<(Role, Allowance)>,
    /// Days that an invite is good for at the most.
    pub days: i64,
}

impl Policy {
    /// As it is kept; what is missing or nonsense is the usual.
    pub fn read(value: Option<&Value>) -> Policy {
        let roles = Role::ALL.iter().map(|role| {
            let kept = value.and_then(|v| {
                let pair = v[role.as_str()].as_array()?;
                let number = |n: usize| i32::try_from(pair.get(n)?.as_i64()?).ok();
                Some(Allowance {
                    live: number(0)?.clamp(0, MOST_LIVE),
                    uses: number(1)?.clamp(1, MOST_USES),
                })
            });
            (*role, kept.unwrap_or(usual(*role)))
        });
        let days = value.and_then(|v| v["days"].as_i64());
        Policy {
            roles: roles.collect(),
            days: days.unwrap_or(30).clamp(1, MOST_DAYS),
        }
    }

    fn value(&self) -> Value {
        let mut kept = json!({ "days": self.days });
        for (role, allowance) in &self.roles {
            kept[role.as_str()] = json!([allowance.live, allowance.uses]);
        }
        kept
    }

    fn of(&self, role: Role) -> Allowance {
        let found = self.roles.iter().find(|(other, _)| *other == role);
        found.map_or(usual(role), |(_, allowance)| *allowance)
    }
}

/// Where no admin said otherwise.
fn usual(role: Role) -> Allowance {
    let (live, uses) = match role {
        Role::Member => (2, 3),
        Role::Reviewer => (5, 10),
        Role::Moderator => (10, 25),
        Role::Admin | Role::Owner => (20, 100),
    };
    Allowance { live, uses }
}

/// What this user may now, and for how many days.
pub(super) async fn of(conn: &mut Conn, user: &User) -> Result<(Allowance, i64)> {
    let policy = policy(conn).await?;
    let own = store::invites::allowance(conn, user.id).await?;
    let own = own.map(|(live, uses)| Allowance { live, uses });
    Ok((own.unwrap_or(policy.of(user.role)), policy.days))
}

async fn policy(conn: &mut Conn) -> Result<Policy> {
    let kept = store::settings::find(conn, SETTING).await?;
    Ok(Policy::read(kept.as_ref()))
}

/// What each role may.
pub async fn read(app: &App, _who: &Admin) -> Result<Policy> {
    let mut conn = app.desk.get().await?;
    policy(&mut conn).await
}

/// Says what each role may. Invites that are there stay as they are.
///
/// # Errors
/// `Invalid` with the fields `live_ROLE`, `uses_ROLE`, `days`.
pub async fn set(app: &App, who: &Admin, wanted: &Policy) -> Result<()> {
    let mut invalid = Invalid::new();
    for (role, allowance) in &wanted.roles {
        check(*allowance, &mut invalid, &format!("_{role}"));
    }
    if !(1..=MOST_DAYS).contains(&wanted.days) {
        let words = format!("must be a number from 1 to {MOST_DAYS}");
        invalid.add("days", "ERR_INVALID", words);
    }
    invalid.into_result()?;
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let before = policy(conn).await?;
        let value = wanted.value();
        store::settings::set(conn, SETTING, &value, now).await?;
        let line = NewLine {
            actor: Some(who.user().id),
            act: "invites.configure",
            subject_kind: "invites",
            subject: None,
            detail: value,
            inverse: Some(json!({ "act": "invites.configure", "value": before.value() })),
        };
        note(conn, who, line, now).await
    })
    .await
}

fn check(allowance: Allowance, invalid: &mut Invalid, of: &str) {
    let parts = [
        ("live", allowance.live, 0, MOST_LIVE),
        ("uses", allowance.uses, 1, MOST_USES),
    ];
    for (field, number, least, most) in parts {
        if !(least..=most).contains(&number) {
            invalid.fields.push(crate::domain::error::FieldError {
                field: format!("{field}{of}").into(),
                code: "ERR_INVALID",
                description: format!("must be a number from {least} to {most}"),
            });
        }
    }
}

/// Says what one person may; `None`: what their role may.
///
/// # Errors
/// `NotFound` for who is no member; `Invalid` with the fields `live` and `uses`.
pub async fn set_own(app: &App, who: &Admin, user: Id, wanted: Option<Allowance>) -> Result<()> {
    let mut invalid = Invalid::new();
    if let Some(allowance) = wanted {
        check(allowance, &mut invalid, "");
    }
    invalid.into_result()?;
    let mut conn = app.desk.get().await?;
    conn.transaction(async |conn| {
        let now = app.clock.decide(conn).await?;
        let found = store::users::find(conn, user).await?;
        if found.is_none_or(|user| user.approved_at.is_none()) {
            return Err(Error::NotFound);
        }
        let before = store::invites::allowance(conn, user).await?;
        match wanted {
            Some(Allowance { live, uses }) => {
                store::invites::set_allowance(conn, user, (live, uses), now).await?;
            }
            None => store::invites::forget_allowance(conn, user).await?,
        }
        let after = wanted.map(|a| (a.live, a.uses));
        let line = NewLine {
            actor: Some(who.user().id),
            act: "invites.allow",
            subject_kind: "user",
            subject: Some(user),
            detail: json!({ "allowance": after }),
            inverse: Some(
                json!({ "act": "invites.allow", "user": user.to_string(), "allowance": before }),
            ),
        };
        note(conn, who, line, now).await
    })
    .await
}

async fn note(
    conn: &mut Conn,
    who: &Admin,
    line: NewLine,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<()> {
    store::audit::append(conn, line, now).await?;
    signs::act(conn, who, now).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_is_read_back_and_nonsense_is_the_usual() {
        let mut policy = Policy::read(None);
        assert_eq!(policy.of(Role::Member), Allowance { live: 2, uses: 3 });
        policy.roles[0].1 = Allowance { live: 0, uses: 7 };
        policy.days = 12;
        assert_eq!(Policy::read(Some(&policy.value())), policy);
        let odd = json!({ "member": "many", "owner": [9_999_999_999i64, 1], "days": 5_000 });
        let read = Policy::read(Some(&odd));
        assert_eq!(read.of(Role::Member), usual(Role::Member));
        assert_eq!(read.of(Role::Owner), usual(Role::Owner));
        assert_eq!(read.days, MOST_DAYS);
        let wide = Policy::read(Some(&json!({ "member": [-5, 100_000] })));
        assert_eq!(
            wide.of(Role::Member),
            Allowance {
                live: 0,
                uses: MOST_USES
            }
        );
    }
}
