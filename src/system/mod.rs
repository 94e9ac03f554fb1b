//! The system under test: the only processes that are started, and the folders that they work in.

mod group;
mod not_started;
mod output;
mod process;
mod service;
mod work;

pub use not_started::NotStarted;
pub use output::{Beyond, Output};
pub use process::{Ended, Program, Ran, Signal, run};
pub use service::{NotReady, Ready, Service, Stopped};
pub use work::{begin, describe, end};
