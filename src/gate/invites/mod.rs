//! Invites: a code that a member gives away, and what it opens.
//!
//! - An invite never opens a closed door. While only the invited may apply it lets its bearer
//!   apply; anywhere else it lets them wait before the others (lane `vouched`). Only where the
//!   effective mode says so (its `bypass`, registration.md C0) does it approve, decided at the
//!   sign-up and again at the confirmation, by what is stricter.
//! - It works while it is neither over, nor used up, nor revoked, and while its maker is a member
//!   in good standing who lives here. All of that is asked in the statement that uses it: of two
//!   who come for the last use one gets it, and the other's application is an ordinary one.
//! - A use is spent when the application is made. It is given back where nobody confirms the
//!   address, and where the applicant withdraws while they wait; a no keeps it spent.
//! - It skips nothing else: blocks of networks, mail and names, proofs and paces hold.
//!
//! [`allowance`] says who may make how many, [`make`] makes them, [`bring`] is what an applicant
//! does with one, [`tree`] who came by whom, [`cut`] ends a branch of it.

pub mod allowance;
pub mod bring;
pub mod code;
pub mod cut;
pub mod make;
pub mod rest;
pub mod tree;

pub use bring::look;
pub use code::normalise;
