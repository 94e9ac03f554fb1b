//! Volatile values to placeholders that keep identity.
