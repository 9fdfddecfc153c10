//! Who is of the staff (registration.md C6).

use chrono::{DateTime, Utc};
use diesel_async::AsyncConnection;
use serde_json::json;

use super::sessions;
use crate::app::App;
use crate::domain::link_purpose::LinkPurpose;
use crate::domain::role::Role;
use crate::domain::{Error, Id, Result};
use crate::gate::who::{Admin, Rights, rights_of};
use crate::gate::{mode, signs};
use crate::model::audit::SignOfLife;
use crate::model::user::User;
use crate::store::audit::NewLine;
use crate::store::{self, Conn};

/// Who names somebody.
#[derive(Debug, Clone, Copy)]
pub enum By<'a> {
    /// Somebody with a shell on the server: may all but leave the place without an owner.
    Host,
    /// An admin or owner.
    Admin(&'a Admin),
}

impl By<'_> {
    fn actor(self) -> Option<(Id, Role)> {
        match self {
            By::Host => None,
            By::Admin(admin) => Some((admin.user().id, admin.user().role)),
        }
    }
}

/// Gives a member another role; gives the one they had. Written into the audit log. Who loses
/// powers is signed out everywhere, and what they had claimed is free again (E30).
///
/// # Errors
/// `NotFound` for nobody or for somebody who is not a member, `Denied` or `Conflict` with
/// a sentence where C6 says no.
pub async fn set_role(app: &App, by: By<'_>, target: Id, role: Role) -> Result<Role> {
    let mut conn = app.desk.get().await?;
    let now = app.clock.decide(&mut conn).await?;
    let done = conn
        .transaction(async |conn| {
            // The lock comes first: of two owners who remove each other, the second waits here.
            let owners = store::users::lock_owners(conn).await?;
            let user = store::users::find(conn, target)
                .await?
                .filter(|u| u.approved_at.is_some())
                .ok_or(Error::NotFound)?;
            let last_owner = owners.iter().all(|owner| *owner == target);
            allowed(by.actor(), target, user.role, role, last_owner)?;
            if user.role == role {
                return Ok(user.role);
            }
            store::users::set_role(conn, target, role, now).await?;
            if role < user.role {
                demoted(conn, target, role, now).await?;
            }
            let line = NewLine {
                actor: by.actor().map(|(id, _)| id),
                act: "role.set",
                subject_kind: "user",
                subject: Some(target),
                detail: json!({ "from": user.role.as_str(), "to": role.as_str() }),
                inverse: Some(json!({ "act": "role.set", "role": user.role.as_str() })),
            };
            store::audit::append(conn, line, now).await?;
            if let By::Admin(admin) = by {
                // Their own act, which counts although the other one is gone (E6).
                signs::act(conn, admin, now).await?;
            } else if role == Role::Owner {
                // Whoever makes an owner stands at the machine (E7).
                store::signs_of_life::insert(conn, target, SignOfLife::CheckIn, now).await?;
            }
            Ok(user.role)
        })
        .await;
    // Who keeps the light on is another question now (E6).
    mode::forget(app).await;
    done
}

/// One of the staff, as admins see them.
#[derive(Debug, Clone, PartialEq)]
pub struct OfStaff {
    /// The login, without the address.
    pub user: User,
    /// Until when an owner's rights work without a second factor.
    pub grace_until: Option<DateTime<Utc>>,
    /// When they did something that is in the audit log, last.
    pub last_act: Option<DateTime<Utc>>,
}

/// The staff, highest role first; 1,000 at the most.
pub async fn list(app: &App, _who: &Admin) -> Result<Vec<OfStaff>> {
    let mut conn = app.desk.get().await?;
    let now = app.clock.now();
    let staff = store::users::staff(&mut conn).await?;
    let ids: Vec<Id> = staff.iter().map(|user| user.id).collect();
    let acts = store::audit::last_acts(&mut conn, &ids).await?;
    Ok(staff
        .into_iter()
        .map(|user| OfStaff {
            grace_until: match rights_of(&user, now) {
                Rights::Grace(until) => Some(until),
                _ => None,
            },
            last_act: acts
                .iter()
                .find(|(id, _)| *id == user.id)
                .map(|(_, at)| *at),
            user: User {
                email: None,
                email_canonical: None,
                ..user
            },
        })
        .collect())
}

/// The member of that name, to be named.
///
/// # Errors
/// `Invalid` on `name` for nobody, and for who is no member.
pub async fn member_named(app: &App, _who: &Admin, name: &str) -> Result<User> {
    let mut conn = app.desk.get().await?;
    let name = name.trim().trim_start_matches('@');
    store::users::find_by_name(&mut conn, name)
        .await?
        .filter(User::is_member)
        .ok_or_else(|| Error::field("name", "ERR_INVALID", "is no member of this place"))
}

/// Sessions and open links end, tokens that hold powers of staff too; the apps of a member
/// go on. Claims are released by those who may read no more.
async fn demoted(conn: &mut Conn, user: Id, role: Role, now: DateTime<Utc>) -> Result<()> {
    store::sessions::delete_all(conn, user, None).await?;
    store::tokens::revoke_staff(conn, user, now).await?;
    for purpose in [LinkPurpose::ResetPassword, LinkPurpose::ChangeAddress] {
        store::links::void(conn, purpose, Some(user), now).await?;
    }
    if !role.reviews_applications() {
        store::check_in_links::void(conn, user).await?;
        store::applications::release_claims(conn, user).await?;
    }
    let ended = "Their role ended.";
    store::destructive_acts::end_all(conn, user, ended, now).await?;
    sessions::tell(conn, user, now).await
}

/// The rules. `actor` is `None` for the host. `last_owner`: nobody but the target could act
/// as owner.
fn allowed(
    actor: Option<(Id, Role)>,
    target: Id,
    from: Role,
    to: Role,
    last_owner: bool,
) -> Result<()> {
    if from == Role::Owner && to != Role::Owner && last_owner {
        return Err(Error::Conflict(
            "This is the last owner. Name another one first.".into(),
        ));
    }
    let Some((id, own)) = actor else {
        return Ok(());
    };
    if own == Role::Owner {
        return Ok(());
    }
    if !own.manages_settings() {
        return Err(Error::denied("Only admins and owners name roles."));
    }
    if id == target {
        return Err(Error::denied(
            "Nobody changes their own role; ask an owner.",
        ));
    }
    if from >= Role::Admin || to >= Role::Admin {
        return Err(Error::denied(
            "Only an owner makes or removes admins and owners.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use Role::{Admin, Member, Moderator, Owner, Reviewer};

    #[test]
    fn the_last_owner_stays() {
        for actor in [None, Some((1, Owner))] {
            assert!(matches!(
                allowed(actor, 1, Owner, Admin, true),
                Err(Error::Conflict(_))
            ));
            assert!(allowed(actor, 1, Owner, Member, false).is_ok());
            assert!(allowed(actor, 1, Owner, Owner, true).is_ok());
        }
    }

    #[test]
    fn admins_name_up_to_moderator() {
        let admin = Some((1, Admin));
        for to in [Member, Reviewer, Moderator] {
            assert!(allowed(admin, 2, Member, to, false).is_ok());
            assert!(allowed(admin, 2, Admin, to, false).is_err());
            assert!(allowed(admin, 2, Owner, to, false).is_err());
        }
        for to in [Admin, Owner] {
            assert!(allowed(admin, 2, Moderator, to, false).is_err());
        }
        assert!(allowed(admin, 1, Admin, Member, false).is_err());
    }

    #[test]
    fn everybody_below_names_nobody() {
        for role in [Member, Reviewer, Moderator] {
            for to in Role::ALL {
                assert!(allowed(Some((1, role)), 2, Member, *to, false).is_err());
                assert!(allowed(Some((1, role)), 1, role, *to, false).is_err());
            }
        }
    }

    #[test]
    fn owners_name_anybody() {
        for from in Role::ALL {
            for to in Role::ALL {
                assert!(allowed(Some((1, Owner)), 2, *from, *to, false).is_ok());
            }
        }
    }
}
