//! What happened, told once, in the transaction that did it.
//!
//! Past tense, ids only, never content: listeners read the rows, so a deletion in between
//! is seen. `jobs/routing.rs` says who hears of which.

use super::ids::Id;
use super::smallint::smallint_enum;

smallint_enum! {
    /// Which events go first. Lane 0 always; the others get slices.
    pub enum Lane {
        /// People here.
        People = 0 => "people",
        /// What came from elsewhere.
        Inbound = 1 => "inbound",
        /// Purges, imports, backfill.
        Bulk = 2 => "bulk",
    }
}

smallint_enum! {
    /// The kinds. `subject` and `actor` of an [`Event`] are named for each.
    pub enum EventKind {
        /// subject: status, actor: its author.
        StatusPosted = 0 => "status_posted",
        /// subject: status that is gone, actor: its author; a tombstone has the audience.
        StatusDeleted = 1 => "status_deleted",
        /// subject: the boost's own id, actor: who boosted; extra: the boosted status.
        StatusReblogged = 2 => "status_reblogged",
        /// subject: the boost's own id that is gone, actor; extra: the boosted status.
        ReblogUndone = 3 => "reblog_undone",
        /// subject: status, actor: who favourited.
        StatusFavourited = 4 => "status_favourited",
        /// subject: status, actor; extra: the id of the favourite that is gone.
        FavouriteUndone = 5 => "favourite_undone",
        /// subject: the follow's target, actor: the follower; extra: the follow's id.
        FollowRequested = 6 => "follow_requested",
        /// subject: the follow's target, actor: the follower; extra: the follow's id.
        FollowAccepted = 7 => "follow_accepted",
        /// subject: target, actor: follower, for an ended or refused follow; extra: its id.
        /// In [`Lane::Inbound`] the remote one of the two ended it, or a block of its server
        /// did, which is told to nobody there; else the local one did, and the address of a
        /// remote `Follow` is in `ended_follows`.
        FollowEnded = 8 => "follow_ended",
        /// subject: who is blocked, actor: who blocks; extra: the block's id.
        AccountBlocked = 9 => "account_blocked",
        /// subject: who was blocked, actor; extra: the id of the block that is gone.
        BlockUndone = 10 => "block_undone",
        /// subject: account, actor: the same; extra: the same where more than those who follow
        /// hear of it: a move was taken back, a suspension was laid or lifted.
        ProfileChanged = 11 => "profile_changed",
        /// subject: application, actor: user.
        Applied = 12 => "applied",
        /// subject: application, actor: user.
        ApplicationConfirmed = 13 => "application_confirmed",
        /// subject: application, actor: the reviewer's user.
        ApplicationApproved = 14 => "application_approved",
        /// subject: application, actor: the reviewer's user.
        ApplicationRejected = 15 => "application_rejected",
        /// subject: application, actor: the applicant's user; extra: the address, in
        /// `parting_addresses`, where it was confirmed.
        ApplicationWithdrawn = 16 => "application_withdrawn",
        /// subject: a one-time link, actor: its user, or 0 for none.
        LinkRequested = 17 => "link_requested",
        /// subject: user, actor: user; sessions and tokens were ended.
        AccessRevoked = 18 => "access_revoked",
        /// subject: status, actor: its author.
        StatusEdited = 19 => "status_edited",
        /// subject: account muted, actor: who mutes (feeds forget what they hold of it).
        AccountMuted = 20 => "account_muted",
        /// subject: status, actor: its author.
        StatusPinned = 21 => "status_pinned",
        /// subject: status, actor: its author.
        StatusUnpinned = 22 => "status_unpinned",
        /// subject: account, actor: the same; `accounts.moved_to_id` says where to.
        AccountMoved = 23 => "account_moved",
        /// subject: who was asked (here), actor: who asked (elsewhere) and gets a no at once;
        /// extra: an id in `ended_follows`.
        FollowRefused = 24 => "follow_refused",
        /// subject: status, actor: its author; other servers may have it now.
        HoldReleased = 25 => "hold_released",
        /// subject: status with a poll, actor: who voted; extra: the id of the vote, one for
        /// each choice.
        PollVoted = 26 => "poll_voted",
        /// subject: status with a poll of ours whose counts or end others should see, actor:
        /// its author.
        PollChanged = 27 => "poll_changed",
        /// subject: report, actor: who reports (never told to others); extra: whom it is
        /// about, to whose server it is to be forwarded.
        ReportForwarded = 28 => "report_forwarded",
        /// subject: status from elsewhere that was fetched and not sent to us, actor: its
        /// author; no news to anybody.
        StatusFetched = 29 => "status_fetched",
        /// subject: user, actor: the same; the password is another one.
        PasswordChanged = 30 => "password_changed",
        /// subject: status with a poll that is over, here or elsewhere, actor: its author.
        PollEnded = 40 => "poll_ended",
        /// subject: account that its member deleted, actor: the same.
        AccountDeleted = 41 => "account_deleted",
        /// subject: the follow's target, actor: the follower; extra: the follow's id. A block
        /// had ended it and was lifted; the other server was never told of either.
        FollowRestored = 50 => "follow_restored",
        /// subject: reply whose parent came only now, actor: its author.
        ReplyJoined = 60 => "reply_joined",
        /// subject: a boost's own id that is gone with what it boosted, actor: who had boosted;
        /// extra: what it boosted.
        BoostVanished = 61 => "boost_vanished",
        /// subject: a boost from elsewhere that was fetched and not sent to us, actor: who
        /// boosted; extra: what it boosted; no news to anybody.
        BoostFetched = 62 => "boost_fetched",
        /// subject: application, actor: the reviewer's user; the applicant was asked something.
        ApplicationAsked = 70 => "application_asked",
        /// subject: application, actor: the reviewer's user.
        ApplicationPutOff = 71 => "application_put_off",
        /// subject: application, actor: the reviewer's user; extra: the number of the state it
        /// had, where the applicant was told of that.
        DecisionUndone = 72 => "decision_undone",
        /// subject: 0, actor: 0; the last row of the door's history says how it stands.
        DoorChanged = 73 => "door_changed",
        /// subject: report, actor: 0: who reports is told to nobody by it.
        ReportMade = 74 => "report_made",
        /// subject: application, actor: the applicant's user; what staff asked is answered; extra:
        /// how many questions of the form that were left open are, where any are.
        ApplicationAnswered = 80 => "application_answered",
        /// subject: application, actor: the applicant's user; pending once more.
        ApplicationAppealed = 81 => "application_appealed",
        /// subject: application that nobody decided for a long time, actor: its user.
        ApplicationOverdue = 82 => "application_overdue",
        /// subject: application, actor: the new member's user, who opened the welcome page.
        MemberArrived = 83 => "member_arrived",
        /// subject: user, actor: the same; extra: the number of a `FactorChange`.
        SecondFactorChanged = 90 => "second_factor_changed",
        /// subject: an act beyond the budget that waits, actor: whose it is.
        ActHeld = 91 => "act_held",
        /// subject: application, actor: its user; the address is confirmed, as far as the
        /// applicant sees.
        AddressConfirmed = 95 => "address_confirmed",
        /// subject: application that time will end soon, actor: 0.
        ApplicationEndNeared = 96 => "application_end_neared",
        /// subject: application that time has ended, actor: 0; extra: the number of the state it
        /// had.
        ApplicationExpired = 97 => "application_expired",
        /// subject: user, actor: the same; extra: the address before, in `parting_addresses`.
        AddressChanged = 98 => "address_changed",
        /// subject: episode of the switch, actor: 0; extra: the number of the `Stage` reached, 0
        /// when it is over.
        SwitchMoved = 100 => "switch_moved",
        /// subject: episode of the switch, actor: 0; extra: which warning, 1 or 2.
        SwitchWarned = 101 => "switch_warned",
        /// subject: status that waits before it goes out, actor: its author, who has not heard of
        /// such a thing lately.
        PostHeld = 105 => "post_held",
        /// subject: status that waits, actor: its author, who slept for long and writes to
        /// strangers now.
        AuthorWoke = 106 => "author_woke",
        /// subject: a boost's own id, actor: who boosted; extra: the boosted status, which may go
        /// out now, and so may the boost.
        BoostReleased = 107 => "boost_released",
        /// subject: a notice in `heir_notices` that began, actor: 0.
        HeirNoticeBegun = 108 => "heir_notice_begun",
        /// subject: a notice in `heir_notices` that is over, actor: 0; extra: the number of a
        /// `NoticeEnding`.
        HeirNoticeEnded = 109 => "heir_notice_ended",
    }
}

/// One row of the event log, as a use case writes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Which lane carries it.
    pub lane: Lane,
    /// What happened.
    pub kind: EventKind,
    /// What it happened to; see [`EventKind`].
    pub subject: Id,
    /// Who did it; see [`EventKind`].
    pub actor: Id,
    /// A second id, where [`EventKind`] names one.
    pub extra: Option<Id>,
}

impl Event {
    /// An event of lane 0.
    pub fn by_people(kind: EventKind, subject: Id, actor: Id) -> Event {
        Event {
            lane: Lane::People,
            kind,
            subject,
            actor,
            extra: None,
        }
    }

    /// An account of this place was suspended, or is not any more: its servers hear how it
    /// stands now.
    pub fn suspension_of(account: Id) -> Event {
        Event::by_people(EventKind::ProfileChanged, account, account).with(account)
    }

    /// The same with a second id.
    pub fn with(mut self, extra: Id) -> Event {
        self.extra = Some(extra);
        self
    }
}
