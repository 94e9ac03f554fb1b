//! Rules of code fetch and apply (phase 2): of atena numbers, of acquisition numbers, of links.

pub mod acquisition;
pub mod atena;
pub mod link;
