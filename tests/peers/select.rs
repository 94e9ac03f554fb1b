//! The runner's XPath for whoever compares it with another: lines of JSON in, lines of JSON out.
//!
//! The first line holds the prefixes; each further one a document's path and expressions. What comes back for it is a
//! list with, for each expression, the values selected, or the text of the error.

use std::{
    error::Error,
    io::{BufRead as _, Write as _, stdin, stdout},
};

use renkei::xml::{Document, Namespaces, XPath};

fn main() -> Result<(), Box<dyn Error>> {
    let mut lines = stdin().lock().lines();
    let prefixes = lines.next().ok_or("no line with the prefixes")??;
    let namespaces: Namespaces = serde_json::from_str(&prefixes)?;
    let mut out = stdout().lock();
    for line in lines {
        let (path, expressions): (String, Vec<String>) = serde_json::from_str(&line?)?;
        let document = Document::parse(&std::fs::read(path)?)?;
        let selected: Vec<Result<Vec<String>, String>> = expressions
            .iter()
            .map(|expression| {
                XPath::compile(expression, &namespaces)
                    .map(|xpath| xpath.select(&document))
                    .map_err(|error| error.to_string())
            })
            .collect();
        writeln!(out, "{}", serde_json::to_string(&selected)?)?;
    }
    Ok(())
}
