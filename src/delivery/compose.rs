//! From what is to be said to the documents that say it: rows of each kind are read in one
//! statement, whatever the number.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::audience::Intent;
use crate::activitypub::write::{self, Here, activity};
use crate::domain::activity::ActivityKind;
use crate::domain::{Id, Result};
use crate::model::document_rows::{ActorRows, Addressed, BoostRows, NoteRows};
use crate::store::activities::NewActivity;
use crate::store::deeds::Written;
use crate::store::polls::Cast;
use crate::store::reports::Forwarded;
use crate::store::{self, Conn};

/// The longest document, in bytes; other servers read a megabyte.
const MAX_DOCUMENT: usize = 1_000_000;

/// Everything that the documents of a batch are made of.
struct Rows {
    notes: HashMap<Id, NoteRows>,
    boosts: HashMap<Id, BoostRows>,
    actors: HashMap<Id, ActorRows>,
    accounts: HashMap<Id, Addressed>,
    statuses: HashMap<Id, Written>,
    follows: HashMap<Id, Addressed>,
    moves: HashMap<Id, Addressed>,
    favourites: HashMap<(Id, Id), Id>,
    votes: HashMap<Id, Cast>,
    reports: HashMap<Id, Forwarded>,
}

/// The documents, in the order of what is said. Left out is what has nothing to say any more:
/// a status that is gone gets its deletion instead.
pub async fn compose(
    here: &Here,
    conn: &mut Conn,
    said: Vec<(i32, Intent, DateTime<Utc>)>,
) -> Result<Vec<NewActivity>> {
    let rows = Rows::load(conn, &said).await?;
    Ok(said
        .iter()
        .filter_map(|(n, intent, at)| {
            Some(NewActivity {
                n: *n,
                actor: intent.author,
                kind: intent.kind,
                subject: intent.subject(),
                document: rows.document(here, intent, *at).filter(|text| {
                    let fits = text.len() <= MAX_DOCUMENT;
                    if !fits {
                        let subject = intent.subject();
                        tracing::error!(kind = %intent.kind, subject, "too long to be sent");
                    }
                    fits
                })?,
            })
        })
        .collect())
}

impl Rows {
    async fn load(conn: &mut Conn, said: &[(i32, Intent, DateTime<Utc>)]) -> Result<Rows> {
        use ActivityKind::*;
        let of = |kinds: &[ActivityKind], id: fn(&Intent) -> Id| {
            let wanted = said.iter().filter(|(_, i, _)| kinds.contains(&i.kind));
            let mut ids: Vec<Id> = wanted
                .map(|(_, i, _)| id(i))
                .filter(|id| *id != 0)
                .collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        let notes = store::documents::notes(conn, of(&[Post, Edit], |i| i.status)).await?;
        let boosts = store::documents::boosts(conn, of(&[Boost], |i| i.status)).await?;
        let actors = store::documents::actors(conn, of(&[Profile], |i| i.author)).await?;
        let mut accounts = of(
            &[Follow, FollowUndone, Accept, Reject, Block, BlockUndone],
            |i| i.other,
        );
        let own_words = |i: &Intent| matches!(i.kind, Post | Edit | Boost | Profile | Flag);
        let authors = said.iter().filter(|(_, i, _)| !own_words(i));
        accounts.extend(authors.map(|(_, i, _)| i.author));
        accounts.sort_unstable();
        accounts.dedup();
        let accounts = store::deeds::accounts(conn, accounts).await?;
        let mut statuses = of(&[Favourite, FavouriteUndone, BoostUndone], |i| i.other);
        statuses.extend(of(&[Pin, Unpin], |i| i.status));
        let statuses = store::deeds::statuses(conn, statuses).await?;
        let follows = store::deeds::follows(conn, of(&[Accept, Reject], |i| i.deed)).await?;
        let moves = store::deeds::moves(conn, of(&[Move], |i| i.author)).await?;
        let pairs = said.iter().filter(|(_, i, _)| i.kind == Favourite);
        let (liked, by): (Vec<Id>, Vec<Id>) = pairs.map(|(_, i, _)| (i.other, i.author)).unzip();
        let favourites = store::deeds::favourites(conn, liked, by).await?;
        let votes = store::polls::cast(conn, of(&[Vote], |i| i.deed)).await?;
        let mut reports = HashMap::new();
        // Seldom more than one at a time.
        for id in of(&[Flag], |i| i.deed) {
            if let Some(report) = store::reports::forwarded(conn, id).await? {
                reports.insert(id, report);
            }
        }
        Ok(Rows {
            votes: votes.into_iter().map(|v| (v.id, v)).collect(),
            reports,
            notes: notes.into_iter().map(|n| (n.note.id, n)).collect(),
            boosts: boosts.into_iter().map(|b| (b.id, b)).collect(),
            actors: actors.into_iter().map(|a| (a.account.id, a)).collect(),
            accounts: accounts.into_iter().map(|a| (a.id, a)).collect(),
            statuses: statuses.into_iter().map(|s| (s.status.id, s)).collect(),
            follows: follows.into_iter().map(|f| (f.id, f)).collect(),
            moves: moves.into_iter().collect(),
            favourites: favourites
                .into_iter()
                .map(|(status, account, id)| ((status, account), id))
                .collect(),
        })
    }

    fn document(&self, here: &Here, said: &Intent, at: DateTime<Utc>) -> Option<String> {
        use ActivityKind::*;
        let author = || self.accounts.get(&said.author);
        let other = || self.accounts.get(&said.other);
        // `None` for a remote follow without an address is a follow that we name ourselves.
        let follow = || {
            let known = self.follows.get(&said.deed).cloned();
            known.unwrap_or(Addressed {
                id: said.deed,
                uri: None,
            })
        };
        Some(match said.kind {
            Post => write::text(&activity::create(here, self.notes.get(&said.status)?)),
            Edit => {
                let rows = self.notes.get(&said.status)?;
                write::text(&activity::update(here, rows, said.deed))
            }
            Deletion => {
                let note = Addressed {
                    id: said.status,
                    uri: None,
                };
                write::text(&activity::delete(here, author()?, &note))
            }
            Boost => {
                let rows = self.boosts.get(&said.status).filter(|b| !b.local_only)?;
                write::text(&activity::announce(here, rows))
            }
            BoostUndone => {
                let boosted = self.statuses.get(&said.other)?;
                let rows = BoostRows {
                    id: said.status,
                    booster: author()?.clone(),
                    // The boost's own is gone with it; it was never for more than this.
                    visibility: boosted.visibility,
                    created_at: at,
                    boosted: boosted.status.clone(),
                    author: boosted.author.clone(),
                    local_only: false,
                };
                write::text(&activity::undo(activity::announce(here, &rows)))
            }
            Favourite => {
                let id = *self.favourites.get(&(said.other, said.author))?;
                write::text(&self.like(here, said, id)?)
            }
            FavouriteUndone => write::text(&activity::undo(self.like(here, said, said.deed)?)),
            Follow => {
                let asked = activity::follow(here, said.deed, author()?, other()?);
                write::text(&asked)
            }
            FollowUndone => {
                let asked = activity::follow(here, said.deed, author()?, other()?);
                write::text(&activity::undo(asked))
            }
            Accept => write::text(&activity::accept(here, &follow(), other()?, author()?)),
            Reject => write::text(&activity::reject(here, &follow(), other()?, author()?)),
            Departure => write::text(&activity::delete_actor(here, author()?)),
            Block => write::text(&activity::block(here, said.deed, author()?, other()?)),
            BlockUndone => {
                let block = activity::block(here, said.deed, author()?, other()?);
                write::text(&activity::undo(block))
            }
            Profile => {
                let rows = self.actors.get(&said.author)?;
                let actor = write::actor::actor(here, rows);
                write::text(&activity::update_actor(actor, rows.account.version))
            }
            Move => {
                let target = self.moves.get(&said.author)?;
                write::text(&activity::move_to(here, author()?, target))
            }
            Pin | Unpin => {
                let note = &self.statuses.get(&said.status)?.status;
                let make = match said.kind {
                    Pin => activity::add,
                    _ => activity::remove,
                };
                write::text(&make(here, author()?, note, said.deed))
            }
            Vote => {
                let cast = self.votes.get(&said.deed)?;
                let vote = activity::vote(
                    here,
                    author()?,
                    cast.id,
                    &cast.question,
                    &cast.asker,
                    &cast.title,
                );
                write::text(&vote)
            }
            Flag => {
                let report = self.reports.get(&said.deed)?;
                let (words, about) = (&report.comment, report.about.clone());
                write::text(&activity::flag(here, said.deed, words, about))
            }
        })
    }

    fn like(&self, here: &Here, said: &Intent, id: Id) -> Option<activity::Activity> {
        let status = &self.statuses.get(&said.other)?.status;
        let author = self.accounts.get(&said.author)?;
        Some(activity::like(here, id, author, here.note(status)))
    }
}
