//! The `renkei` command.

fn main() {}
