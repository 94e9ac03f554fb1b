//! The test certificate authority and its certificates, good and bad.
