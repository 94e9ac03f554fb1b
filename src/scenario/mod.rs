//! TOML text to scenarios, with spans; never fails.
