//! Mentions, hashtags, links, HTML, length: pure.
//!
//! Everything here takes text and gives text, spans or numbers: no database, no network, no
//! clock. All scanners are hand-written and take time linear in the input, whatever it is.
//!
//! Start at [`tokens`]: the one pass that finds links, mentions and hashtags without overlap;
//! [`html`] and [`length`] stand on it.

/// What is said to people in their language: one catalogue, with plural rules.
pub mod catalogue;
/// What members type, made fit to be stored and shown: control and invisible characters.
pub mod clean;
pub mod csv;
/// What changed from one text to another.
pub mod diff;
/// Email addresses: strict grammar, canonical form, mask.
pub mod email;
/// Custom emoji in words of other servers.
pub mod emoji;
/// Entities of HTML, read.
pub mod entities;
/// Figures for machines that watch.
pub mod exposition;
/// Hashtags: grammar and the name by which they are looked up.
pub mod hashtags;
/// Plain text to HTML and back.
pub mod html;
/// Language codes and their native names.
pub mod language;
/// How long a status is, as apps count.
pub mod length;
/// How alike two texts are.
pub mod likeness;
/// Links in plain text.
pub mod links;
/// Names that look like a name that is blocked.
pub mod look_alike;
/// Alternative texts and focus points of pictures.
pub mod media_words;
/// Mentions in plain text.
pub mod mentions;
/// User names, display names, profile fields.
pub mod names;
/// What a poll may ask.
pub mod poll;
/// What people write about themselves.
pub mod profile;
/// Sentences that refuse something to an app, in several languages.
pub mod refusals;
/// HTML of other servers, made safe.
pub mod sanitise;
/// Sizes in words.
pub mod size_words;
/// Times in words.
pub mod time_words;
/// The single pass over a text that finds links, mentions and hashtags.
pub mod tokens;
