//! The `renkei` command.

use std::process::ExitCode;

use clap::Parser as _;
use renkei::cli::{self, Arguments};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let Ok(runtime) = tokio::runtime::Runtime::new() else {
        return ExitCode::from(70);
    };
    ExitCode::from(runtime.block_on(cli::run(arguments)).code())
}
