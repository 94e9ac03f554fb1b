//! The client of the mock's control API.
