//! Redis: feeds, rate limits, the live bus; may be lost at any time.
