//! One file a subcommand; the only place that reads environment, flags and profile, and knows the mock.
