//! Who gets in, how far, and what shuts the door.
