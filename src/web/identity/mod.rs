//! Getting in: sign in, a forgotten password, the owner's first visit, consent for apps.

pub mod check_in;
pub mod consent;
pub mod cookie;
pub mod owner_setup;
pub mod password_reset;
pub mod second_factor;
pub mod sign_in;
