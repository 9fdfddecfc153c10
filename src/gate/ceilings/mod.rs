//! What may hold the door: one file per cause. Facts go in, at most one ceiling comes out;
//! nothing here reads or writes. [`super::mode`] brings the facts, [`super::effective_mode`]
//! takes the strictest (registration.md C0).

pub mod absence;
pub mod capacity;
pub mod configured;
pub mod deadman;
pub mod opening_hours;
pub mod outdated;
