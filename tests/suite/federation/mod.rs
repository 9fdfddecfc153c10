//! Other servers: what we ask of them, what they tell us, what we tell them.

mod abuse;
mod delivery;
mod discovery;
mod documents;
mod elsewhere;
mod empty_room;
mod fetching;
mod forwarded;
mod home_feed;
mod inbox;
mod incoming;
mod kills;
mod leaving;
mod media;
mod named;
mod network;
mod nodeinfo;
mod policies;
mod policy_desk;
mod polls;
mod receiving;
mod requests;
mod same_names;
mod samples;
mod signed_fetch;
mod webfinger;
