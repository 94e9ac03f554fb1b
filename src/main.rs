//! The `renkei` command.

use std::process::ExitCode;

use renkei::cli;

fn main() -> ExitCode {
    let arguments = match cli::arguments() {
        Ok(arguments) => arguments,
        Err(exit) => return ExitCode::from(exit.code()),
    };
    let Ok(runtime) = tokio::runtime::Runtime::new() else {
        return ExitCode::from(70);
    };
    ExitCode::from(runtime.block_on(cli::run(arguments)).code())
}
