//! Mentions, hashtags, links, HTML, length: pure.
