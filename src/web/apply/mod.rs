//! What an applicant sees: the form, its receipt, the confirmation, the waiting page.

pub mod answers;
pub mod confirm;
pub mod form;
pub mod invite;
pub mod moment;
pub mod routes;
pub mod sent;
pub mod waiting;
pub mod withdraw;
