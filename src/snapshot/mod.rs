//! Snapshot files: read, compare, pend, accept.
