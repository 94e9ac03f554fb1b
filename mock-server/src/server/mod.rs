//! Listeners, TLS, worlds, clocks and the control API.
