//! The dead-man switch (registration.md C1), on a running place.

mod stages;
