//! The pages, as a browser without script sees them.

mod csrf;
mod pages;
