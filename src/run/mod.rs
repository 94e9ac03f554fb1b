//! The step loop over a transport; emits events.
