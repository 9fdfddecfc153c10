//! Load and check the configuration, one file per section.
