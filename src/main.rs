//! The `renkei` command.

use std::process::ExitCode;

use mimalloc::MiMalloc;
use renkei::cli;

/// A message is many small allocations, and the allocator of musl, which the offices' builds use, is slow at those.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

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
