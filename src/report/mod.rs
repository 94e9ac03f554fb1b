//! Events to reports, one file each.
