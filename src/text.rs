//! What people read, in Japanese and English.
