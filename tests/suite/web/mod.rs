//! The pages, as a browser without script sees them.

mod compose;
mod csrf;
mod home;
mod keys;
mod pages;
mod place;
mod reading;
