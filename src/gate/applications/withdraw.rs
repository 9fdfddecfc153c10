//! The applicant takes it back: everything is erased at once.

use diesel_async::AsyncConnection;

use super::erase;
use super::reject::may_be_rejected;
use crate::app::App;
use crate::domain::event::{Event, EventKind};
use crate::domain::{Error, Result};
use crate::gate::who::{SignedIn, Standing};
use crate::store;

/// Withdraws an application that was not approved, with everything that came with it:
/// answers, profile, drafts, pictures, sessions, tokens. The name rests for a while. A confirmed
/// address gets a receipt, and is let go of with it.
///
/// # Errors
/// `Denied` for members, who leave in another way.
pub async fn withdraw(app: &App, who: &SignedIn) -> Result<()> {
    if who.standing() == Standing::Member {
        return Err(Error::denied("There is no application to withdraw"));
    }
    let mut conn = app.desk.get().await?;
    let files = conn
        .transaction(async |conn| {
            let now = app.clock.decide(conn).await?;
            let application = store::applications::lock_latest(conn, who.user.id)
                .await?
                .filter(|a| a.state != crate::domain::application::ApplicationState::Approved)
                .ok_or_else(|| Error::denied("There is no application to withdraw"))?;
            let kept = store::parting_addresses::keep(conn, who.user.id, now).await?;
            // The use of an invite goes back to who gave it; after a silent no as well, because
            // for the applicant that is none, and then the tree goes on to know of them.
            let silenced = application.is_silenced();
            if may_be_rejected(application.clone().for_applicant().state) {
                store::invite_tree::give_back(conn, &[who.user.id], !silenced).await?;
            }
            let files = erase::rows(conn, &[who.user.id], now).await?;
            let kind = EventKind::ApplicationWithdrawn;
            let mut event = Event::by_people(kind, application.id, who.user.id);
            event.extra = kept;
            store::events::insert(conn, &event, now).await?;
            Ok::<_, Error>(files)
        })
        .await?;
    drop(conn);
    app.wake_relay();
    erase::files(app, &files).await;
    Ok(())
}
