//! The runner's own reader: tree, XPath, canonical text.
