//! `cargo bench`: how fast renkei is, as ratios to bare loops over the same libraries, measured in one run.
//!
//! The machines are noisy, so nothing here decides a test: it prints. Each pair is measured in turn, several times, and
//! the medians are divided. Servers run as processes of their own, so that their CPU and memory can be read (Linux).

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark prints, reads the clock, and stops where it cannot measure"
)]

mod bare;
mod client;
mod process;
mod rows;

use std::path::Path;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    if let Some(at) = arguments.iter().position(|argument| argument == bare::ROLE) {
        let pki = arguments.get(at + 1).unwrap();
        let answer = arguments.get(at + 2).unwrap();
        return runtime.block_on(bare::serve(Path::new(pki), Path::new(answer)));
    }
    let only = arguments
        .iter()
        .skip(1)
        .find(|argument| !argument.starts_with('-'));
    println!(
        "{:<78} {:>9} {:>8} {:>8}",
        "what", "measured", "hold", "aim"
    );
    let wanted = |name: &str| only.is_none_or(|only| name.contains(only.as_str()));
    let set = rows::Set::new();
    for (name, measure) in rows::ROWS {
        if wanted(name) {
            measure(&runtime, &set);
        }
    }
}
