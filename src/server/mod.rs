//! Builds the `App`, binds, routes, stops gently; headers, limits, telemetry.
