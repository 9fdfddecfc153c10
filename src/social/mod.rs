//! Statuses, accounts, timelines, notifications: what members do.

pub mod about;
pub mod accounts;
pub mod backfill;
pub mod documents;
pub mod export;
pub mod kept_pictures;
pub mod markers;
pub mod media;
pub mod menu;
pub mod notification_requests;
pub mod notifications;
pub mod page;
pub mod reading;
pub mod received;
pub mod remote_media;
pub mod report;
pub mod report_received;
pub mod resolve;
pub mod search;
pub mod severed;
pub mod shown;
pub mod statuses;
pub mod tags;
pub mod timelines;
