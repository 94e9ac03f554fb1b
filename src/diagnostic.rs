//! A mistake in a file: where it is, what is wrong, and what to write instead.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use crate::text::{Lang, Text, half_width};

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
    /// Another place that has part in it: the step that uses a template, for one.
    pub also: Option<(String, Range<usize>)>,
}

impl Diagnostic {
    /// A mistake at a place.
    pub fn new(path: impl Into<String>, span: Range<usize>, text: Text) -> Self {
        Self {
            path: path.into(),
            span,
            text,
            hint: None,
            also: None,
        }
    }

    /// The same with what to write instead.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Option<Text>>) -> Self {
        self.hint = hint.into();
        self
    }

    /// The same with another place that has part in it.
    #[must_use]
    pub fn also(mut self, path: &str, span: Range<usize>) -> Self {
        self.also = Some((path.to_owned(), span));
        self
    }

    /// Shows the mistake with its line; `source` gives the name of a file for people, and its text.
    pub fn render(
        &self,
        source: &dyn Fn(&str) -> (String, String),
        lang: Lang,
        color: bool,
    ) -> String {
        let (name, text) = source(&self.path);
        let (error, help) = match lang {
            Lang::Ja => ("誤り", "ヒント"),
            Lang::En => ("error", "help"),
        };
        let mut group = Level::ERROR
            .with_name(error)
            .primary_title(self.text.get(lang))
            .element(snippet(&name, &text, &self.span, AnnotationKind::Primary));
        let also = self.also.as_ref().map(|(path, span)| (span, source(path)));
        if let Some((span, (name, text))) = &also {
            group = group.element(snippet(name, text, span, AnnotationKind::Context));
        }
        if let Some(hint) = &self.hint {
            group = group.element(Level::HELP.with_name(help).message(hint.get(lang)));
        }
        let renderer = if color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        renderer.render(&[group])
    }
}

fn snippet<'a>(
    path: &'a str,
    text: &'a str,
    span: &Range<usize>,
    kind: AnnotationKind,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let end = boundary(text, span.end);
    let start = boundary(text, span.start.min(end));
    Snippet::source(text)
        .path(path)
        .annotation(kind.span(start..end))
}

/// The nearest place before, or at, one that does not cut a character.
fn boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
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

/// The question whether a near name was meant; else what is possible, where that is a short list.
pub fn meant<'a>(
    written: &str,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> Option<Text> {
    let half = half_width(written);
    if let Some(near) = nearest(&half, candidates.clone()) {
        if half == near && written != near {
            return Some(Text::new(
                format!("半角で「{near}」と記載してください"),
                format!("write '{near}', half-width and without spaces around"),
            ));
        }
        return Some(did_you_mean(near));
    }
    let all: Vec<&str> = candidates.into_iter().collect();
    (1..=LISTED).contains(&all.len()).then(|| {
        Text::new(
            format!("使用できるもの: {}", all.join("、")),
            format!("possible: {}", all.join(", ")),
        )
    })
}

/// The question whether a near name was meant.
pub fn did_you_mean(near: &str) -> Text {
    Text::new(
        format!("「{near}」ではありませんか"),
        format!("did you mean '{near}'?"),
    )
}

/// How many names are listed where none is near.
const LISTED: usize = 24;

/// A name that is not known, with the nearest that is.
pub fn unknown<'a>(
    path: &str,
    span: Range<usize>,
    kind: &Text,
    written: &str,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> Diagnostic {
    let text = Text::new(
        format!("{}「{written}」はありません", kind.ja),
        format!("there is no {} '{written}'", kind.en),
    );
    Diagnostic::new(path, span, text).hint(meant(written, candidates))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_shown_with_its_line_and_the_nearest_name() {
        let source = |path: &str| {
            let text = match path {
                "a.toml" => "title = 1\nsend = \"ListMaster\"\n",
                _ => "<a>\n{{ b }}",
            };
            (path.to_owned(), text.to_owned())
        };
        let kind = Text::new("操作", "operation");
        let diagnostic = unknown(
            "a.toml",
            17..29,
            &kind,
            "ListMaster",
            ["ListMasters", "Echo"],
        )
        .also("b.xml", 7..8);
        let shown = diagnostic.render(&source, Lang::En, false);
        assert!(shown.contains("a.toml:2:8"), "{shown}");
        assert!(shown.contains("b.xml:2:4"), "{shown}");
        assert!(shown.contains("did you mean 'ListMasters'?"), "{shown}");
        let shown = diagnostic.render(&source, Lang::Ja, false);
        assert!(
            shown.starts_with("誤り: 操作「ListMaster」はありません"),
            "{shown}"
        );
        assert!(shown.contains("ヒント: 「ListMasters」"), "{shown}");
    }

    #[test]
    fn a_place_that_is_not_in_the_file_is_shown_all_the_same() {
        let diagnostic = Diagnostic::new("a.toml", 90..99, Text::new("甲", "a"));
        let source = |path: &str| (path.to_owned(), "甲".to_owned());
        let shown = diagnostic.render(&source, Lang::En, false);
        assert!(shown.contains("a.toml:1"), "{shown}");
    }
}
