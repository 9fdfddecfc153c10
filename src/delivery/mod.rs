//! What we tell other servers: who hears of an event, what is sent, and when again.
