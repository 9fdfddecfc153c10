//! The Mastodon client API: extractor, entities, rendering, one file per method page.
