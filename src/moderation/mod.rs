//! What staff does to accounts and reports; the audit log.
