//! Rows, one noun per file; the diesel schema.
