//! READ FIRST: which event is heard by whom. The one place that says so.
//!
//! The match is exhaustive on purpose: a new kind of event does not compile until somebody
//! decided who hears of it.

use crate::domain::event::EventKind;

/// What can be done about an event. The relay has a function for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listener {
    /// Count the actor's statuses and what the status answers.
    CountPosts,
    /// Count what a deleted status answered, its author's statuses and those of who had
    /// boosted it.
    CountDeleted,
    /// Count the actor's statuses and the boosts of the other id.
    CountBoosts,
    /// Count the favourites of the subject.
    CountFavourites,
    /// Count the votes of the subject.
    CountVotes,
    /// Count follows of both.
    CountFollows,
    /// Count what happened at the door, by day.
    CountDoor,
    /// Put the subject into the feeds of those who follow the actor.
    FillFeeds,
    /// Take the subject out of the feeds of those who follow the actor.
    ClearFeeds,
    /// Drop the actor's own feed: whom they follow has changed.
    DropFeed,
    /// Drop both feeds.
    DropBothFeeds,
    /// Let the actor's words for strangers wait where they are too many (`gate/outreach.rs`):
    /// before anybody is told.
    Judge,
    /// Let out what waits of whom the subject is about.
    LetOut,
    /// Tell those named in the subject, and those who asked to hear of the actor.
    NotifyOfPost,
    /// Tell the author of the other id.
    NotifyOfBoost,
    /// Tell the author of the subject.
    NotifyOfFavourite,
    /// Tell the subject that they are followed; a question to them is answered.
    NotifyOfFollow,
    /// Tell the subject that they are asked.
    NotifyOfRequest,
    /// Tell the author of the subject and those who voted in it.
    NotifyOfEnd,
    /// Tell staff that somebody was let in.
    NotifyOfSignUp,
    /// Take the notification back.
    TakeBackFavourite,
    /// Take the notification back.
    TakeBackBoost,
    /// Take the notification back.
    TakeBackFollow,
    /// Leave nothing between the two.
    TakeBackAllBetween,
    /// Lead the actor's followers here to where it moved.
    LeadFollowers,
    /// Take what the actor left.
    Erase,
    /// Mail the link to whom it is for.
    MailLink,
    /// Mail staff that somebody waits, or was let in unread.
    MailStaff,
    /// Mail the applicant a yes or a no.
    MailDecision,
    /// Mail the applicant that nobody decided yet, and when it ends.
    MailOverdue,
    /// Mail the applicant that the application has come, and what happens next.
    MailReceived,
    /// Mail the applicant that the application ends soon.
    MailEndNear,
    /// Mail the applicant that time has ended it.
    MailEnded,
    /// Mail who withdrew that everything is erased.
    MailWithdrawn,
    /// Mail the applicant that somebody looks again.
    MailAppeal,
    /// Mail both the old and the new address.
    MailAddressChanged,
    /// Tell who greets newcomers that one is here.
    NotifyGreeter,
    /// Mail the applicant a question of staff.
    MailQuestion,
    /// Mail the applicant that it takes longer.
    MailPutOff,
    /// Mail the applicant that what they were told was taken back.
    MailUndone,
    /// Tell webhooks that somebody waits.
    HookReceived,
    /// Tell webhooks of a decision.
    HookDecided,
    /// Tell webhooks how the door stands.
    HookDoor,
    /// Tell webhooks that there is a report.
    HookReport,
    /// Mail the user that the password is another one.
    MailPasswordChanged,
    /// Mail staff that somebody destroys much, and what waits.
    MailHeld,
    /// Tell those who keep the light on how the switch moves, by every channel.
    TellKeepers,
    /// Mail the actor that the subject waits before it goes out.
    MailPostHeld,
    /// Mail moderators that the actor woke.
    MailWoke,
    /// Mail the user that the second factor is another one.
    MailFactorChanged,
    /// Let time stand still at the door, or go on.
    Freeze,
    /// Tell those who wait, or members, that nobody is home; in slices.
    TellOfAbsence,
    /// Tell of an heir: everybody as a notice begins, staff and the heir as it ends.
    TellOfHeir,
    /// Say it on the live bus: posted.
    SayPosted,
    /// Say it on the live bus: edited.
    SayEdited,
    /// Say it on the live bus: gone.
    SayDeleted,
    /// Tell other servers, where somebody there is concerned (`delivery/audience.rs`). Only
    /// what people here did is told; who is here is asked of the rows.
    Deliver,
}

/// Who hears of it.
pub fn listeners(kind: EventKind) -> &'static [Listener] {
    use Listener::*;
    match kind {
        EventKind::StatusPosted => &[
            CountPosts,
            Judge,
            FillFeeds,
            NotifyOfPost,
            SayPosted,
            Deliver,
        ],
        EventKind::StatusFetched => &[CountPosts],
        EventKind::BoostFetched => &[CountBoosts],
        EventKind::ReplyJoined => &[CountPosts, FillFeeds],
        // Its notification goes with the row; other servers hear of the post, not of its boosts.
        EventKind::BoostVanished => &[CountBoosts, ClearFeeds, SayDeleted],
        EventKind::StatusDeleted => &[CountDeleted, ClearFeeds, SayDeleted, Deliver],
        EventKind::StatusEdited => &[Judge, SayEdited, Deliver],
        EventKind::StatusReblogged => &[CountBoosts, FillFeeds, NotifyOfBoost, SayPosted, Deliver],
        EventKind::ReblogUndone => &[CountBoosts, ClearFeeds, TakeBackBoost, SayDeleted, Deliver],
        EventKind::StatusFavourited => &[CountFavourites, NotifyOfFavourite, Deliver],
        EventKind::FavouriteUndone => &[CountFavourites, TakeBackFavourite, Deliver],
        EventKind::FollowRequested => &[CountFollows, NotifyOfRequest, Deliver],
        EventKind::FollowAccepted => &[CountFollows, DropFeed, NotifyOfFollow, Deliver],
        EventKind::FollowEnded => &[CountFollows, DropFeed, TakeBackFollow, Deliver],
        EventKind::FollowRestored => &[CountFollows, DropFeed],
        EventKind::AccountBlocked => &[CountFollows, DropBothFeeds, TakeBackAllBetween, Deliver],
        EventKind::LinkRequested => &[MailLink],
        EventKind::ApplicationConfirmed => &[CountDoor, MailStaff, HookReceived],
        // Without mail there is no confirmation: an application may wait from the start.
        EventKind::Applied => &[CountDoor, MailStaff, HookReceived],
        EventKind::ApplicationApproved => {
            // Staff hear of those whom nobody decided: they are read afterwards (C0).
            &[
                CountDoor,
                LetOut,
                NotifyOfSignUp,
                MailDecision,
                MailStaff,
                HookDecided,
            ]
        }
        EventKind::ApplicationRejected => &[CountDoor, MailDecision, HookDecided],
        EventKind::DoorChanged => &[HookDoor],
        EventKind::SwitchMoved => &[Freeze, TellOfAbsence, TellKeepers],
        EventKind::SwitchWarned => &[TellKeepers],
        EventKind::HeirNoticeBegun | EventKind::HeirNoticeEnded => &[TellOfHeir],
        EventKind::ReportMade => &[HookReport],
        EventKind::ApplicationAsked => &[MailQuestion],
        EventKind::ApplicationPutOff => &[MailPutOff],
        EventKind::DecisionUndone => &[CountDoor, MailUndone],
        EventKind::ApplicationAnswered => &[CountDoor, MailStaff],
        EventKind::ApplicationAppealed => &[MailStaff, MailAppeal],
        EventKind::ApplicationOverdue => &[MailOverdue],
        EventKind::AddressConfirmed => &[MailReceived],
        EventKind::ApplicationEndNeared => &[MailEndNear],
        EventKind::ApplicationExpired => &[CountDoor, MailEnded],
        EventKind::ApplicationWithdrawn => &[CountDoor, MailWithdrawn],
        EventKind::AddressChanged => &[MailAddressChanged],
        EventKind::MemberArrived => &[NotifyGreeter],
        EventKind::PasswordChanged => &[MailPasswordChanged],
        EventKind::ActHeld => &[MailHeld],
        EventKind::SecondFactorChanged => &[MailFactorChanged],
        EventKind::PollVoted => &[CountVotes, Deliver],
        EventKind::AccountMoved => &[LeadFollowers, Deliver],
        EventKind::AccountDeleted => &[Erase, DropFeed, Deliver],
        EventKind::PollEnded => &[NotifyOfEnd, SayEdited, Deliver],
        // Strangers here were not told of it while it waited; who was is not told twice.
        EventKind::HoldReleased => &[NotifyOfPost, SayEdited, Deliver],
        EventKind::PostHeld => &[MailPostHeld, SayEdited],
        EventKind::AuthorWoke => &[MailWoke],
        // What shows here is asked for at each read; a version in the row tells of a changed
        // profile or poll.
        EventKind::BlockUndone
        | EventKind::ProfileChanged
        | EventKind::StatusPinned
        | EventKind::StatusUnpinned
        | EventKind::FollowRefused
        | EventKind::BoostReleased
        | EventKind::PollChanged
        | EventKind::ReportForwarded => &[Deliver],
        // Mutes are asked for at each read; sessions and tokens are looked up with each
        // request.
        EventKind::AccountMuted | EventKind::AccessRevoked => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_hears_twice() {
        for kind in EventKind::ALL {
            let heard = listeners(*kind);
            for (index, one) in heard.iter().enumerate() {
                assert!(!heard[..index].contains(one), "{kind}: {one:?}");
            }
        }
    }
}
