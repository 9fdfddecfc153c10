//! What an event says to other servers, and whom it concerns. Pure.

use crate::domain::Id;
use crate::domain::activity::ActivityKind;
use crate::domain::event::{EventKind, Lane};
use crate::store::audience::{
    AUDIENCE, AUTHOR_OF_OTHER, FOLLOWERS, FOLLOWERS_OF_STATUS, HAD_IT, INTERACTED, OTHER, REACHED,
    VOTED,
};
use crate::store::event_log::Taken;

/// Something that may be said. It is not, unless `author` is local and somebody elsewhere is
/// found by `whom`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Intent {
    /// What.
    pub kind: ActivityKind,
    /// The account that says it; 0 is the server itself.
    pub author: Id,
    /// The status that it is about, a boost by its own id; 0 without.
    pub status: Id,
    /// The other status or account that it is about; 0 without.
    pub other: Id,
    /// The id of the deed, from which the activity's address is made; 0 where it is not
    /// known, or needs none.
    pub deed: Id,
    /// See `store/audience.rs`.
    pub whom: i32,
}

impl Intent {
    /// What staff look it up by: the status, else the account.
    pub fn subject(&self) -> Id {
        match self.kind {
            ActivityKind::Favourite
            | ActivityKind::FavouriteUndone
            | ActivityKind::BoostUndone
            | ActivityKind::Vote => self.other,
            _ if self.status != 0 => self.status,
            _ if self.other != 0 => self.other,
            _ => self.author,
        }
    }
}

/// What an event may say. One that ends a follow can be said by either end; only one of them
/// is here and the other elsewhere.
pub fn intents(event: &Taken) -> Vec<Intent> {
    let say = |kind, author, whom| Intent {
        kind,
        author,
        status: 0,
        other: 0,
        deed: 0,
        whom,
    };
    // Of somebody who left: one word says it all.
    if event.lane == Lane::Bulk && is_part_of_a_departure(event.kind) {
        return Vec::new();
    }
    let extra = event.extra.unwrap_or_default();
    let (subject, actor) = (event.subject, event.actor);
    let of_status = |kind, whom| Intent {
        status: subject,
        ..say(kind, actor, whom)
    };
    let to_author = |kind| Intent {
        other: subject,
        deed: extra,
        ..say(kind, actor, AUTHOR_OF_OTHER)
    };
    let between = |kind, author, other| Intent {
        other,
        deed: extra,
        ..say(kind, author, OTHER)
    };
    match event.kind {
        EventKind::StatusPosted | EventKind::HoldReleased => {
            vec![of_status(
                ActivityKind::Post,
                FOLLOWERS_OF_STATUS | AUDIENCE,
            )]
        }
        EventKind::StatusEdited => {
            let whom = FOLLOWERS_OF_STATUS | AUDIENCE | INTERACTED | VOTED;
            vec![of_status(ActivityKind::Edit, whom)]
        }
        // The same version with other numbers: an activity of its own each time.
        EventKind::PollChanged | EventKind::PollEnded => vec![Intent {
            deed: event.id,
            ..of_status(
                ActivityKind::Edit,
                FOLLOWERS_OF_STATUS | AUDIENCE | INTERACTED | VOTED,
            )
        }],
        EventKind::StatusDeleted => vec![of_status(ActivityKind::Deletion, HAD_IT)],
        EventKind::StatusReblogged | EventKind::BoostReleased => vec![of_status(
            ActivityKind::Boost,
            FOLLOWERS_OF_STATUS | AUDIENCE,
        )],
        EventKind::ReblogUndone => vec![Intent {
            other: extra,
            ..of_status(ActivityKind::BoostUndone, FOLLOWERS | AUTHOR_OF_OTHER)
        }],
        EventKind::StatusFavourited => vec![to_author(ActivityKind::Favourite)],
        EventKind::FavouriteUndone => vec![to_author(ActivityKind::FavouriteUndone)],
        EventKind::FollowRequested => vec![between(ActivityKind::Follow, actor, subject)],
        EventKind::FollowAccepted => vec![between(ActivityKind::Accept, subject, actor)],
        EventKind::FollowRefused => vec![between(ActivityKind::Reject, subject, actor)],
        // The other server ended it: it knows.
        EventKind::FollowEnded if event.lane == Lane::Inbound => Vec::new(),
        EventKind::FollowEnded => vec![
            between(ActivityKind::FollowUndone, actor, subject),
            between(ActivityKind::Reject, subject, actor),
        ],
        EventKind::AccountBlocked => vec![between(ActivityKind::Block, actor, subject)],
        EventKind::BlockUndone => vec![between(ActivityKind::BlockUndone, actor, subject)],
        // Whose move was taken back has no followers left who could tell their servers; whoever
        // keeps something of somebody has to hear of a suspension, and of its end.
        EventKind::ProfileChanged if event.extra.is_some() => {
            vec![say(ActivityKind::Profile, actor, FOLLOWERS | REACHED)]
        }
        EventKind::ProfileChanged => vec![say(ActivityKind::Profile, actor, FOLLOWERS)],
        EventKind::AccountMoved => vec![say(ActivityKind::Move, actor, FOLLOWERS)],
        EventKind::AccountDeleted => {
            vec![say(ActivityKind::Departure, actor, FOLLOWERS | REACHED)]
        }
        EventKind::StatusPinned | EventKind::StatusUnpinned => {
            let kind = match event.kind {
                EventKind::StatusPinned => ActivityKind::Pin,
                _ => ActivityKind::Unpin,
            };
            vec![Intent {
                deed: event.id,
                ..of_status(kind, FOLLOWERS_OF_STATUS)
            }]
        }
        EventKind::PollVoted => vec![to_author(ActivityKind::Vote)],
        EventKind::ReportForwarded => vec![Intent {
            deed: subject,
            ..between(ActivityKind::Flag, 0, extra)
        }],
        EventKind::Applied
        | EventKind::ApplicationConfirmed
        | EventKind::ApplicationApproved
        | EventKind::ApplicationRejected
        | EventKind::ApplicationWithdrawn
        | EventKind::ApplicationAsked
        | EventKind::ApplicationPutOff
        | EventKind::DecisionUndone
        | EventKind::DoorChanged
        | EventKind::ReportMade
        | EventKind::ApplicationAnswered
        | EventKind::ApplicationAppealed
        | EventKind::ApplicationOverdue
        | EventKind::MemberArrived
        | EventKind::LinkRequested
        | EventKind::AccessRevoked
        | EventKind::PasswordChanged
        | EventKind::SecondFactorChanged
        | EventKind::ActHeld
        | EventKind::AccountMuted
        | EventKind::FollowRestored
        | EventKind::StatusFetched
        | EventKind::BoostFetched
        | EventKind::ReplyJoined
        | EventKind::BoostVanished
        | EventKind::AddressConfirmed
        | EventKind::ApplicationEndNeared
        | EventKind::ApplicationExpired
        | EventKind::AddressChanged
        | EventKind::HeirNoticeBegun
        | EventKind::HeirNoticeEnded
        | EventKind::SwitchMoved
        | EventKind::SwitchWarned
        | EventKind::PostHeld
        | EventKind::AuthorWoke => Vec::new(),
    }
}

/// What is taken piece by piece when an account is deleted.
fn is_part_of_a_departure(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::StatusDeleted
            | EventKind::ReblogUndone
            | EventKind::FavouriteUndone
            | EventKind::FollowEnded
            | EventKind::PollVoted
    )
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn event(kind: EventKind, lane: Lane) -> Taken {
        Taken {
            id: 5,
            lane,
            kind,
            subject: 2,
            actor: 1,
            extra: Some(9),
            at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn an_end_of_a_follow_is_said_by_either_end_unless_it_came_from_elsewhere() {
        let said = intents(&event(EventKind::FollowEnded, Lane::People));
        assert_eq!(said.len(), 2);
        assert_eq!(
            (said[0].kind, said[0].author, said[0].other),
            (ActivityKind::FollowUndone, 1, 2)
        );
        assert_eq!(
            (said[1].kind, said[1].author, said[1].other),
            (ActivityKind::Reject, 2, 1)
        );
        assert!(intents(&event(EventKind::FollowEnded, Lane::Inbound)).is_empty());
        // A yes is an answer to something from elsewhere.
        assert_eq!(
            intents(&event(EventKind::FollowAccepted, Lane::Inbound)).len(),
            1
        );
    }

    #[test]
    fn a_move_taken_back_is_said_to_all_who_ever_heard() {
        let back = event(EventKind::ProfileChanged, Lane::People);
        assert_ne!(intents(&back)[0].whom & REACHED, 0);
        let usual = Taken {
            extra: None,
            ..back
        };
        assert_eq!(intents(&usual)[0].whom, FOLLOWERS);
    }

    #[test]
    fn what_is_routed_here_is_said_and_nothing_else() {
        use crate::domain::event::EventKind;
        for kind in EventKind::ALL {
            let said = intents(&event(*kind, Lane::People));
            for one in &said {
                assert!(one.whom != 0 && one.subject() != 0, "{kind}");
            }
        }
        assert!(intents(&event(EventKind::AccountMuted, Lane::People)).is_empty());
        assert!(intents(&event(EventKind::Applied, Lane::People)).is_empty());
    }
}
