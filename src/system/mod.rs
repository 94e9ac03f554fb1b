//! The system under test: the only processes that are started, and the folders that they work in.

mod output;
mod process;
mod service;
mod work;

pub use output::{Beyond, Output};
pub use process::{Ended, NotStarted, Program, Ran, Signal, run};
pub use service::{NotReady, Ready, Service, Stopped};
pub use work::{begin, describe, end};
