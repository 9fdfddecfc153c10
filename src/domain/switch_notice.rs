//! What is told of the dead-man switch, and how (registration.md C1).

use super::smallint::smallint_enum;
use super::switch::Stage;

smallint_enum! {
    /// What is told. Each once in an episode, to each recipient and by each channel.
    pub enum SwitchNotice {
        /// Nobody was seen; there is time.
        FirstWarning = 1 => "first_warning",
        /// Nobody was seen; there is little time.
        SecondWarning = 2 => "second_warning",
        /// The door is guarded.
        Guarded = 3 => "guarded",
        /// The door is sealed.
        Sealed = 4 => "sealed",
        /// All of it is over: somebody is back.
        Over = 5 => "over",
    }
}

impl SwitchNotice {
    /// What is told where the switch moved to a stage; `None` where that is told by others, or
    /// by the warnings.
    pub fn of_stage(stage: Stage) -> Option<SwitchNotice> {
        match stage {
            Stage::Calm => Some(SwitchNotice::Over),
            Stage::Guarded => Some(SwitchNotice::Guarded),
            Stage::Sealed => Some(SwitchNotice::Sealed),
            Stage::Warned | Stage::Distress => None,
        }
    }

    /// The subject of a mail, and the first line of a post: a key of the catalogue.
    pub fn subject(self) -> &'static str {
        match self {
            SwitchNotice::FirstWarning => "switch-first-subject",
            SwitchNotice::SecondWarning => "switch-second-subject",
            SwitchNotice::Guarded => "switch-guarded-subject",
            SwitchNotice::Sealed => "switch-sealed-subject",
            SwitchNotice::Over => "switch-over-subject",
        }
    }

    /// The stage that it tells of.
    pub fn stage(self) -> Stage {
        match self {
            SwitchNotice::FirstWarning | SwitchNotice::SecondWarning => Stage::Warned,
            SwitchNotice::Guarded => Stage::Guarded,
            SwitchNotice::Sealed => Stage::Sealed,
            SwitchNotice::Over => Stage::Calm,
        }
    }
}

smallint_enum! {
    /// How it is told.
    pub enum NoticeChannel {
        /// A mail to somebody who keeps the light on.
        Mail = 0 => "mail",
        /// A mail to the contact address of the place.
        Contact = 1 => "contact",
        /// A direct post by the server to somebody who keeps the light on.
        Post = 2 => "post",
        /// A webhook.
        Webhook = 3 => "webhook",
    }
}
