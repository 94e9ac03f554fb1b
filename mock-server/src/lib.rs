//! The mock of the information-provision network: the intermediate server of an institution and all that lies behind it.
//!
//! [`network`] is pure and total; [`wire`] turns bytes into commands and replies into bytes; [`server`] owns sockets,
//! TLS, worlds and clocks; [`pki`] makes the test certificates. Its contract is its own and unofficial.

mod base64;
pub mod network;
pub mod pki;
pub mod server;
pub mod text;
pub mod wire;
