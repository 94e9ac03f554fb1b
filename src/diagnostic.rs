//! A place in a file and how to show it.
