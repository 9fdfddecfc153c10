//! One binary for the tests at the door.

mod support {
    pub mod schema;
}
