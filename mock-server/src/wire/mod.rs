//! The contract seam: bytes to commands, replies to bytes.
