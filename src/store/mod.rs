//! Postgres: all queries, no decisions.
