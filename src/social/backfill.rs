//! Never an empty room: what a member opens or follows elsewhere is asked for in the
//! background, so that next time there is more to see.
//!
//! Only a member's look does it: an applicant and a stranger make nobody ask anything.

use crate::app::App;
use crate::app::wishes::Wish;
use crate::domain::Id;
use crate::gate::Member;

/// A member looks at a status and its thread.
pub fn opened_thread(app: &App, _who: &Member, status: Id) {
    wish(app, Wish::Thread(status));
}

/// A member looks at an account, or follows it.
pub fn opened_profile(app: &App, _who: &Member, account: Id) {
    wish(app, Wish::Profile(account));
}

fn wish(app: &App, wish: Wish) {
    if app.config.server.federates() {
        app.wishes.make(wish);
    }
}
