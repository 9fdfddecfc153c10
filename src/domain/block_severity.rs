//! What a block at the door does.

use super::smallint::smallint_enum;

smallint_enum! {
    /// In the order of their weight.
    pub enum BlockSeverity {
        /// The application is refused.
        Refuse = 0 => "refuse",
        /// It is taken, and waits among the likely automated ones.
        Aside = 1 => "aside",
    }
}
