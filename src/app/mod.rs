//! `App`: handles only (pools, config, clock, mail, files).

pub mod clock;
