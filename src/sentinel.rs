//! Finds individual numbers where bytes leave memory.
