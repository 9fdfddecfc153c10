//! `porchlight demo`: fills an empty development place with a small made-up community, for
//! looking, for pictures, for benches.
//!
//! It does what people would have done, by the same use cases, with the clock of this process
//! put back two weeks and moved on from deed to deed. So ids, counters and notifications are
//! as if it had all happened, and nothing here writes a row that the house would not.

mod canvas;
mod people;
mod pictures;
mod posts;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::app::App;
use crate::config::Place;
use crate::domain::link_purpose::LinkPurpose;
use crate::domain::visibility::Visibility;
use crate::domain::{Id, Page, ids};
use crate::gate::applications::apply::{self, Apply};
use crate::gate::applications::{confirm_email, form};
use crate::gate::proof;
use crate::gate::questions::Given;
use crate::gate::sandbox::{self, EditProfile};
use crate::gate::who::{ApplicationFacts, SignedIn, Via, admit, admit_to_sandbox};
use crate::gate::{Member, drafts};
use crate::identity::accounts::{self, NewMember};
use crate::jobs::relay::Relay;
use crate::model::audit::SignOfLife;
use crate::secrets::{Secret, link};
use crate::social::accounts::profile::{self, Picture as NewPicture, UpdateProfile};
use crate::social::accounts::{follow, follow_requests};
use crate::social::media;
use crate::social::shown;
use crate::social::statuses::compose::Post as NewPost;
use crate::social::statuses::{boost, favourite, pin, post};
use crate::store;

use self::people::{AT_THE_DOOR, Knock, PEOPLE, Person, STRANGERS};
use self::pictures::Picture;
use self::posts::POSTS;

use super::{connect::with_app, sentence::tell, settle::Settled, terminal};

/// The password of everybody in it.
const PASSWORD: &str = "light on the porch";
/// When the first of them came: minutes ago.
const BEGAN: i64 = 14 * 24 * 60;
/// The post that its author keeps on top.
const PINNED: &str = "hello";
/// The relay of a server that runs beside us may take so long to tell of all this.
const TELLING: Duration = Duration::from_secs(2);
/// How far the owner has read: minutes ago.
const READ_UP_TO: i64 = 150;

/// Fills the place, and says how to sign in.
pub fn demo(settled: Settled) -> Result<()> {
    with_app(settled, fill)
}

async fn fill(app: Arc<App>) -> Result<()> {
    // As it runs, whether or not this command was told the domain.
    if app.config.server.place == Place::Production {
        bail!(
            "The made-up community is for development: start a place without --domain, on a data \
             folder of its own."
        );
    }
    refuse_unless_empty(&app).await?;
    let mut story = Story::begin(app);
    story.move_in().await.context("Moving in")?;
    story.follow_each_other().await.context("Following")?;
    story.talk().await.context("Talking")?;
    story.knock().await.context("Knocking at the door")?;
    story.end().await?;
    terminal::say(format!(
        "{} people live here now, and {} wait at the door.\nSign in as ann (owner), joao (reviewer) or \
         anybody else; the password is: {PASSWORD}",
        PEOPLE.len(),
        AT_THE_DOOR.len()
    ));
    Ok(())
}

async fn refuse_unless_empty(app: &App) -> Result<()> {
    let mut conn = app.pool.get().await.map_err(tell)?;
    if store::users::any_member(&mut conn).await.map_err(tell)? {
        bail!(
            "This place has people already. The made-up community moves into empty places only: use \
             --data with a new folder."
        );
    }
    Ok(())
}

/// One thing that somebody did; posts by their place in [`POSTS`].
enum Deed {
    Post(usize),
    Favourite(&'static str, usize),
    Boost(&'static str, usize),
}

/// The place while it is being filled.
struct Story {
    app: Arc<App>,
    relay: Relay,
    /// When it is, outside.
    now: DateTime<Utc>,
    members: HashMap<&'static str, Member>,
    /// By the place in [`POSTS`].
    posted: HashMap<usize, Id>,
}

impl Story {
    fn begin(app: Arc<App>) -> Story {
        Story {
            relay: Relay::new(app.clone()),
            now: app.clock.now(),
            app,
            members: HashMap::new(),
            posted: HashMap::new(),
        }
    }

    /// Puts this process's clock to so many minutes ago.
    fn go_to(&self, minutes_ago: f64) {
        let then = self.now - TimeDelta::milliseconds((minutes_ago * 60_000.0) as i64);
        self.app.clock.advance(then - self.app.clock.now());
    }

    /// Lets the relay hear of what was done. Where a server runs beside us, its own does.
    async fn tell_everybody(&mut self) -> Result<()> {
        while self.relay.pass().await.map_err(tell)? > 0 {}
        Ok(())
    }

    fn member(&self, name: &str) -> Result<&Member> {
        self.members
            .get(name)
            .with_context(|| format!("{name} does not live here"))
    }

    async fn move_in(&mut self) -> Result<()> {
        for (n, person) in PEOPLE.iter().enumerate() {
            self.go_to((BEGAN - n as i64 * 17) as f64);
            let made = accounts::create_member(
                &self.app,
                NewMember {
                    username: person.name.to_owned(),
                    email: Some(format!("{}@lane.example", person.name)),
                    role: person.role,
                    password: Some(Secret::new(PASSWORD)),
                },
            )
            .await
            .map_err(tell)?;
            let member = admit(&SignedIn {
                user: made.user,
                application: None,
                via: Via::CommandLine,
                at: self.app.clock.now(),
            })
            .map_err(tell)?;
            profile::update(&self.app, &member, dressed(person)?)
                .await
                .map_err(tell)?;
            let mut conn = self.app.pool.get().await.map_err(tell)?;
            let now = self.app.clock.now();
            store::applicants::set_welcomed(&mut conn, member.user().id, now)
                .await
                .map_err(tell)?;
            if member.user().role.reviews_applications() {
                let user = member.user().id;
                store::second_factor::pretend(&mut conn, user, now)
                    .await
                    .map_err(tell)?;
                // Two weeks of nobody would have guarded the door: they looked in just now.
                store::signs_of_life::insert(&mut conn, user, SignOfLife::CheckIn, self.now)
                    .await
                    .map_err(tell)?;
            }
            self.members.insert(person.name, member);
        }
        self.name_the_place().await
    }

    async fn name_the_place(&self) -> Result<()> {
        let mut conn = self.app.pool.get().await.map_err(tell)?;
        let now = self.app.clock.now();
        let words = "Neighbours of the lane: gardens, bread, bicycles, and who lost which cat.";
        for (key, value) in [
            ("instance.title", "Lantern Lane"),
            ("instance.description", words),
            ("instance.contact_email", "ann@lane.example"),
        ] {
            store::settings::set(&mut conn, key, &json!(value), now)
                .await
                .map_err(tell)?;
        }
        Ok(())
    }

    async fn follow_each_other(&mut self) -> Result<()> {
        for (n, follower) in PEOPLE.iter().enumerate() {
            for (m, followed) in PEOPLE.iter().enumerate() {
                if n == m || STRANGERS.contains(&(follower.name, followed.name)) {
                    continue;
                }
                self.go_to((BEGAN - 240) as f64 - (n * PEOPLE.len() + m) as f64 * 0.2);
                let (who, target) = (self.member(follower.name)?, self.member(followed.name)?);
                let id = target.account_id();
                follow::follow(&self.app, who, id, Default::default())
                    .await
                    .map_err(tell)?;
                // Lena answers everybody but Otis, who still waits.
                if followed.locked && follower.name != "otis" {
                    follow_requests::authorize(&self.app, target, who.account_id())
                        .await
                        .map_err(tell)?;
                }
            }
            self.tell_everybody().await?;
        }
        Ok(())
    }

    async fn talk(&mut self) -> Result<()> {
        for (minutes_ago, deed) in deeds() {
            self.go_to(minutes_ago);
            match deed {
                Deed::Post(at) => self.say(at).await?,
                Deed::Favourite(name, at) => {
                    let (who, id) = (self.member(name)?, self.posted_id(at)?);
                    favourite::favourite(&self.app, who, id)
                        .await
                        .map_err(tell)?;
                }
                Deed::Boost(name, at) => {
                    let (who, id) = (self.member(name)?, self.posted_id(at)?);
                    boost::boost(&self.app, who, id, None).await.map_err(tell)?;
                }
            }
            self.tell_everybody().await?;
        }
        Ok(())
    }

    fn posted_id(&self, at: usize) -> Result<Id> {
        self.posted.get(&at).copied().context("It was not posted")
    }

    async fn say(&mut self, at: usize) -> Result<()> {
        let words = &POSTS[at];
        let who = self.member(words.by)?;
        let mut media_ids = Vec::new();
        if let Some((picture, description)) = words.picture {
            let upload = media::Upload {
                file: drawn(picture)?,
                description: Some(description.to_owned()),
                focus: None,
            };
            let stored = media::upload(&self.app, who, upload).await.map_err(tell)?;
            media_ids.push(stored.id);
        }
        let in_reply_to = match words.answers {
            "" => None,
            key => Some(self.posted_id(place_of(key)?)?),
        };
        let new = NewPost {
            text: words.text.to_owned(),
            spoiler_text: words.spoiler.to_owned(),
            visibility: Visibility::from_name(words.visibility),
            language: Some(words.language.to_owned()),
            in_reply_to,
            media: media_ids,
            ..NewPost::default()
        };
        let deed = post::post(&self.app, who, new).await.map_err(tell)?;
        if words.key == PINNED {
            pin::pin(&self.app, who, deed.status).await.map_err(tell)?;
        }
        self.posted.insert(at, deed.status);
        Ok(())
    }

    async fn knock(&mut self) -> Result<()> {
        for knock in AT_THE_DOOR {
            self.apply(knock).await?;
        }
        self.tell_everybody().await
    }

    async fn apply(&self, knock: &Knock) -> Result<()> {
        self.go_to((knock.ago + 4) as f64);
        let form = form::fetch(&self.app, None).await.map_err(tell)?;
        self.go_to(knock.ago as f64);
        let answers = form.questions.iter().map(|question| Given {
            version: question.id,
            values: vec![knock.answer.to_owned()],
        });
        let applied = apply::apply(
            &self.app,
            Apply {
                username: knock.name.to_owned(),
                email: Some(knock.email.to_owned()),
                password: PASSWORD.to_owned(),
                agreement: true,
                locale: "en".to_owned(),
                answers: answers.collect(),
                form_token: Some(form.token),
                ..Apply::default()
            },
        )
        .await
        .map_err(tell)?;
        let user = applied.user.context("The form was received before")?;
        self.confirm(user).await?;
        let mut conn = self.app.pool.get().await.map_err(tell)?;
        let holder = store::access::by_user(&mut conn, user)
            .await
            .map_err(tell)?
            .context("The applicant is not there")?;
        drop(conn);
        let who = SignedIn {
            application: holder.application.map(|a| ApplicationFacts {
                over: false,
                id: a.id,
                state: a.state,
                submitted_at: a.submitted_at,
                told: a.told,
            }),
            user: holder.user,
            via: Via::CommandLine,
            at: self.app.clock.now(),
        };
        let applicant = admit_to_sandbox(&who).map_err(tell)?;
        let edit = EditProfile {
            display_name: Some(knock.shown.to_owned()),
            note: Some(knock.note.to_owned()),
            ..EditProfile::default()
        };
        sandbox::edit_profile(&self.app, &applicant, edit)
            .await
            .map_err(tell)?;
        for (n, text) in knock.drafts.iter().enumerate() {
            self.go_to((knock.ago - 20 - n as i64 * 9) as f64);
            let save = drafts::SaveDraft {
                text: (*text).to_owned(),
                ..drafts::SaveDraft::default()
            };
            drafts::create(&self.app, &applicant, save, None)
                .await
                .map_err(tell)?;
        }
        Ok(())
    }

    /// As if they had followed the link in their mail; nothing where none was sent.
    async fn confirm(&self, user: Id) -> Result<()> {
        let mut conn = self.app.pool.get().await.map_err(tell)?;
        let now = self.app.clock.now();
        let sent = store::links::find_open(&mut conn, LinkPurpose::ConfirmAddress, user, now)
            .await
            .map_err(tell)?;
        drop(conn);
        if let Some(sent) = sent {
            let token = link::token_of(&self.app.keys, &sent);
            let work = proof::work(token.reveal(), self.app.config.registration.proof_bits);
            confirm_email::confirm(&self.app, token.reveal(), Some(&work))
                .await
                .map_err(tell)?;
        }
        Ok(())
    }

    async fn end(mut self) -> Result<()> {
        self.go_to(0.0);
        self.tell_everybody().await?;
        self.relay.let_go().await;
        tokio::time::sleep(TELLING).await;
        let ann = self.member("ann")?;
        let read_at = self.now - TimeDelta::minutes(READ_UP_TO);
        shown::note_home_seen(&self.app, ann, ids::first_at(read_at))
            .await
            .map_err(tell)?;
        let told = shown::notices(&self.app, ann, &Page::newest(40))
            .await
            .map_err(tell)?;
        let read = told.items.iter().find(|n| n.row.created_at < read_at);
        if let Some(read) = read {
            shown::note_notices_seen(&self.app, ann, read.row.id)
                .await
                .map_err(tell)?;
        }
        Ok(())
    }
}

/// Everything that was done, with the minutes ago at which it was, in order.
fn deeds() -> Vec<(f64, Deed)> {
    let mut all = Vec::new();
    for (at, post) in POSTS.iter().enumerate() {
        let ago = post.ago as f64;
        all.push((ago, Deed::Post(at)));
        // Within the first hours, and never in the future.
        let later = |minutes: f64| (ago - minutes).max(ago * 0.15);
        for (n, name) in post.favourites.iter().enumerate() {
            all.push((later(6.0 + 23.0 * n as f64), Deed::Favourite(name, at)));
        }
        for (n, name) in post.boosts.iter().enumerate() {
            all.push((later(31.0 + 47.0 * n as f64), Deed::Boost(name, at)));
        }
    }
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    all
}

fn place_of(key: &str) -> Result<usize> {
    POSTS
        .iter()
        .position(|post| post.key == key)
        .with_context(|| format!("nobody wrote {key}"))
}

fn drawn(picture: Picture) -> Result<Bytes> {
    pictures::draw(picture).png()
}

fn dressed(person: &Person) -> Result<UpdateProfile> {
    let header = match person.header {
        Some(picture) => Some(NewPicture::Upload(drawn(picture)?)),
        None => None,
    };
    let facts = person
        .facts
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Ok(UpdateProfile {
        display_name: Some(person.shown.to_owned()),
        note: Some(person.note.to_owned()),
        fields: Some(facts.collect()),
        locked: Some(person.locked),
        bot: Some(person.bot),
        discoverable: Some(true),
        avatar: Some(NewPicture::Upload(drawn(person.avatar)?)),
        header,
        ..UpdateProfile::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_done_before_it_can_be_or_in_the_future() {
        let mut posted = Vec::new();
        for (ago, deed) in deeds() {
            assert!(ago > 0.0);
            match deed {
                Deed::Post(at) => {
                    let post = &POSTS[at];
                    assert!(post.answers.is_empty() || posted.contains(&post.answers));
                    posted.push(post.key);
                }
                Deed::Favourite(_, at) | Deed::Boost(_, at) => {
                    assert!(ago < POSTS[at].ago as f64);
                }
            }
        }
    }

    #[test]
    fn every_picture_can_be_drawn() {
        for person in PEOPLE {
            assert!(!drawn(person.avatar).unwrap().is_empty());
        }
    }
}
