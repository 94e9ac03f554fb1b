//! A mistake in a file: where it is, what is wrong, and what to write instead.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::text::{Lang, Text};

/// One mistake in a file of the suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file, relative to the suite.
    pub path: String,
    /// The bytes of the file that it is about.
    pub span: Range<usize>,
    /// What is wrong.
    pub text: Text,
    /// What to write instead.
    pub hint: Option<Text>,
}

impl Diagnostic {
    /// Shows the mistake with its line, given the file's text.
    pub fn render(&self, source: &str, lang: Lang, color: bool) -> String {
        let end = self.span.end.min(source.len());
        let start = self.span.start.min(end);
        let snippet = Snippet::source(source)
            .path(self.path.as_str())
            .annotation(AnnotationKind::Primary.span(start..end));
        let mut group = Level::ERROR
            .primary_title(self.text.get(lang))
            .element(snippet);
        if let Some(hint) = &self.hint {
            group = group.element(Level::HELP.message(hint.get(lang)));
        }
        let renderer = if color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        renderer.render(&[group])
    }
}

/// The candidate nearest to what was written, if one is near enough to be what was meant.
pub fn nearest<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| {
            (
                similar::TextDiff::from_chars(written, candidate).ratio(),
                candidate,
            )
        })
        .filter(|(ratio, _)| *ratio >= 0.6)
        .max_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

/// A name that is not known, with the nearest that is.
pub fn unknown<'a>(
    path: &str,
    span: Range<usize>,
    kind: &Text,
    written: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Diagnostic {
    Diagnostic {
        path: path.to_owned(),
        span,
        text: Text::new(
            format!("{}「{written}」はありません", kind.ja),
            format!("there is no {} '{written}'", kind.en),
        ),
        hint: nearest(written, candidates).map(|near| {
            Text::new(
                format!("「{near}」ではありませんか"),
                format!("did you mean '{near}'?"),
            )
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_shown_with_its_line_and_the_nearest_name() {
        let source = "title = 1\nsend = \"ListMaster\"\n";
        let kind = Text::new("操作", "operation");
        let diagnostic = unknown(
            "a.toml",
            17..29,
            &kind,
            "ListMaster",
            ["ListMasters", "Echo"],
        );
        let shown = diagnostic.render(source, Lang::En, false);
        assert!(shown.contains("a.toml:2:8"), "{shown}");
        assert!(shown.contains("did you mean 'ListMasters'?"), "{shown}");
    }
}
