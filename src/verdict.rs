//! What the events amount to; the exit code is a pure function of it.
