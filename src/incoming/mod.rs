//! What other servers tell us: one file per activity, each calling one use case.
