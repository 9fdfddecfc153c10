//! Getting in: sign in, a forgotten password, the owner's first visit, consent for apps.

pub mod sign_in;
