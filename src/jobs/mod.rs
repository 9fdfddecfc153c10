//! What happens after a deed: routing (read first), the relay, timers, mailing.
