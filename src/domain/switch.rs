//! The dead-man switch (registration.md C1): how far it has gone, and what moved it.

use super::smallint::smallint_enum;

smallint_enum! {
    /// How far the switch has gone; the later, the tighter.
    pub enum Stage {
        /// Somebody is home.
        Calm = 0 => "calm",
        /// Those who keep the light on were told that nobody was seen.
        Warned = 1 => "warned",
        /// A person decides about everybody who comes, and newer accounts are on probation.
        Guarded = 2 => "guarded",
        /// Nobody comes in.
        Sealed = 3 => "sealed",
        /// Members are told how to leave.
        Distress = 4 => "distress",
    }
}

smallint_enum! {
    /// What began an episode.
    pub enum Cause {
        /// No sign of life for too long.
        Absent = 0 => "absent",
        /// An application or a report waits for too long.
        Unanswered = 1 => "unanswered",
        /// Nobody has a role that keeps the light on.
        Nobody = 2 => "nobody",
    }
}

smallint_enum! {
    /// Which of the two warnings was given.
    pub enum Warning {
        /// There is time.
        First = 1 => "first",
        /// There is little time.
        Second = 2 => "second",
    }
}
