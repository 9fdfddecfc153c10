//! `App`: handles only (pools, config, clock, mail, files).
