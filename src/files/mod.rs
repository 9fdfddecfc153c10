//! Storage and images.
