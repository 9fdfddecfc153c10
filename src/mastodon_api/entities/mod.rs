//! The JSON shapes that apps read, one file each.
