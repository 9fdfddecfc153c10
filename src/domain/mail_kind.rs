//! What a mail is about.

use super::smallint::smallint_enum;

smallint_enum! {
    /// What a mail is about: for logs, file names, counts and the order in which they go.
    pub enum MailKind {
        /// Asks to confirm an address.
        ConfirmAddress = 0 => "confirm-address",
        /// Tells the owner of an address that somebody tried to join with it.
        AddressTaken = 1 => "address-taken",
        /// Tells staff of applications.
        ApplicationReceived = 2 => "application-received",
        /// The decision is yes.
        Approved = 3 => "approved",
        /// The decision is no.
        Rejected = 4 => "rejected",
        /// Nobody decided for a long time.
        StillWaiting = 5 => "still-waiting",
        /// Staff ask an applicant something.
        Question = 6 => "question",
        /// An application rests for a while.
        PutOff = 7 => "put-off",
        /// A decision was taken back.
        TakenBack = 8 => "taken-back",
        /// A link to choose a new password.
        PasswordReset = 9 => "password-reset",
        /// The password was changed.
        PasswordChanged = 10 => "password-changed",
        /// The link with which the owner sets the place up.
        OwnerLink = 11 => "owner-link",
        /// Asks whoever is in to confirm another address.
        NewAddress = 12 => "new-address",
        /// Tells whoever took another address, at the new one.
        AddressChanged = 13 => "address-changed",
        /// Tells them at the old one.
        AddressLeft = 14 => "address-left",
        /// Tells an applicant that the application has come, and what happens next.
        Received = 15 => "received",
        /// Tells an applicant that time will end the application soon.
        EndNear = 16 => "end-near",
        /// Tells an applicant that time has ended it.
        Ended = 17 => "ended",
        /// Tells whoever withdrew that everything is erased.
        Withdrawn = 18 => "withdrawn",
        /// Tells whoever appealed that somebody looks again.
        AppealReceived = 19 => "appeal-received",
        /// Shows an admin that mail arrives.
        Test = 20 => "test",
        /// The second factor was changed.
        FactorChanged = 21 => "factor-changed",
        /// Tells staff that an act of one of them waits.
        ActHeld = 22 => "act-held",
        /// Tells staff what was decided in a week.
        Week = 23 => "week",
        /// Asks those who keep the light on whether they are there.
        StillThere = 24 => "still-there",
        /// Tells them that the door is guarded.
        DoorGuarded = 25 => "door-guarded",
        /// Tells them that the door is sealed.
        DoorSealed = 26 => "door-sealed",
        /// Tells them that somebody is back.
        SwitchOver = 27 => "switch-over",
        /// Tells one of the staff what was seen of them in a week.
        Seen = 28 => "seen",
        /// Tells an author that a post waits before it goes out.
        PostHeld = 30 => "post-held",
        /// Tells moderators that an account that slept for long writes to strangers.
        AuthorWoke = 31 => "author-woke",
        /// Tells an applicant that nobody looks after the door, and that their time stands still.
        Sealed = 35 => "sealed",
        /// Tells a member that nobody looks after the place, and how to leave.
        Distress = 36 => "distress",
        /// Tells an applicant that somebody is back.
        Back = 37 => "back",
        /// Tells staff that a planned absence is over soon.
        AbsenceEnds = 38 => "absence-ends",
        /// Tells a member that they are a deputy.
        DeputyNamed = 39 => "deputy-named",
        /// Calls a deputy.
        DeputyCalled = 40 => "deputy-called",
        /// Asks a member to be the heir.
        HeirOffered = 41 => "heir-offered",
        /// Tells everybody who becomes owner, and when.
        HeirNotice = 42 => "heir-notice",
        /// Tells staff and the heir that it does not come to that.
        HeirStopped = 43 => "heir-stopped",
        /// Tells them that it did.
        HeirSucceeded = 44 => "heir-succeeded",
    }
}
