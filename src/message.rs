//! Message templates to request bodies.
