//! What may happen to somebody's second factor.

use super::smallint::smallint_enum;

smallint_enum! {
    /// One change, as its owner is told of it and the audit log keeps it.
    pub enum FactorChange {
        /// An app that makes codes.
        AppSet = 1 => "app_set",
        /// It is gone.
        AppRemoved = 2 => "app_removed",
        /// One more passkey.
        PasskeyAdded = 3 => "passkey_added",
        /// One passkey less.
        PasskeyRemoved = 4 => "passkey_removed",
        /// Ten new recovery codes; the old ones are void.
        NewCodes = 5 => "new_codes",
        /// Somebody signed in with a recovery code.
        CodeUsed = 6 => "code_used",
        /// Whoever runs the machine took all of it away.
        AllRemoved = 7 => "all_removed",
    }
}
