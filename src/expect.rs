//! Explicit expectations.
