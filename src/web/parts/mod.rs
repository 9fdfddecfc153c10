//! What several pages share: the frame, a status, an account, a form's answers.
//! Plain data for the templates under `templates/parts/` and `templates/layout/`.

pub mod account;
pub mod chart;
pub mod compose;
pub mod form;
pub mod layout;
pub mod moment;
pub mod pager;
pub mod poll;
pub mod profile_form;
pub mod status;
pub mod tag;
