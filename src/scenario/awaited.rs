//! The form of what is expected and waited for.

use std::ops::Range;

use regex::Regex;
use toml::Spanned;

use crate::{
    scenario::{Described, Expect, Selected, Step, Until, form::Mistakes},
    text::Text,
};

/// The mistakes of what is expected.
pub(super) fn expectation(expect: &Spanned<Expect>, partial: bool, mistakes: &mut Mistakes<'_>) {
    let Expect {
        status,
        fault,
        header,
        xpath,
        outcome,
        exit,
        stdout,
        stderr,
        body,
    } = expect.get_ref();
    let answer = status.is_some() || fault.is_some() || !header.is_empty() || !xpath.is_empty();
    let whole = || [stdout, stderr, body].into_iter().flatten();
    let program = exit.is_some() || whole().next().is_some();
    if !answer && !program && outcome.is_none() && !partial {
        mistakes.add(expect.span(), nothing());
    }
    if answer && outcome.is_some() {
        let text = Text::new(
            "outcome（応答がないこと）と応答の内容は同時に期待できません",
            "an outcome means that there is no answer, so nothing else can be expected of it",
        );
        mistakes.add(expect.span(), text);
    }
    status_form(*status, &expect.span(), mistakes);
    for selected in header.values().chain(xpath.values()).chain(whole()) {
        selection(selected, partial, mistakes);
    }
}

fn nothing() -> Text {
    Text::new("何も確認していません", "this checks nothing")
}

fn status_form(status: Option<u16>, span: &Range<usize>, mistakes: &mut Mistakes<'_>) {
    if let Some(status) = status.filter(|status| !(100..600).contains(status)) {
        let text = Text::new(
            format!("{status} はHTTPの状態コードではありません"),
            format!("{status} is no HTTP status"),
        );
        mistakes.add(span.clone(), text);
    }
}

fn selection(selected: &Spanned<Selected>, partial: bool, mistakes: &mut Mistakes<'_>) {
    let Selected::Described(described) = selected.get_ref() else {
        return;
    };
    let Described {
        exists,
        count,
        matches,
        one_of,
        contains,
    } = described;
    if *described == Described::default() && !partial {
        let hint = Text::new(
            "exists・count・matches・one-of・contains のいずれかを記載してください",
            "give exists, count, matches, one-of or contains",
        );
        mistakes.add_with(selected.span(), nothing(), hint);
    }
    if one_of.as_ref().is_some_and(Vec::is_empty) {
        let text = Text::new(
            "one-of に値がありません",
            "one-of lists no value, so nothing can be one of them",
        );
        mistakes.add(selected.span(), text);
    }
    let absent = *exists == Some(false) || *count == Some(0);
    let present = matches.is_some() || one_of.is_some() || contains.is_some();
    if absent && (present || *exists == Some(true))
        || *exists == Some(false) && count.is_some_and(|count| count > 0)
    {
        let text = Text::new("同時に成り立たない条件です", "these cannot hold together");
        mistakes.add(selected.span(), text);
    }
    if let Some(pattern) = matches
        && let Err(error) = Regex::new(&format!("^(?:{})$", pattern.get_ref()))
    {
        mistakes.add(pattern.span(), no_regex(&error));
    }
}

/// What is said of a regular expression that is none.
pub(crate) fn no_regex(error: &regex::Error) -> Text {
    let why = Text::of_pattern(error);
    Text::new(
        format!("正規表現の誤りです（{}）", why.ja),
        format!("not a regular expression: {}", why.en),
    )
}

/// The mistakes of what is waited for.
pub(super) fn polling(until: &Until, step: &Step, mistakes: &mut Mistakes<'_>) {
    let partial = step.partial;
    if until.status.is_none() && until.xpath.is_empty() && !partial {
        let text = Text::new(
            "until に待つ条件がありません",
            "until names nothing to wait for",
        );
        mistakes.add(until.every.span(), text);
    }
    if until.every.get_ref().duration().is_zero() {
        let text = Text::new(
            "every は0より大きくしてください",
            "every is longer than nothing",
        );
        mistakes.add(until.every.span(), text);
    }
    if until.within.get_ref() < until.every.get_ref() {
        let text = Text::new(
            "within は every 以上にしてください",
            "within is no shorter than every",
        );
        mistakes.add(until.within.span(), text);
    }
    status_form(until.status, &step.id.span(), mistakes);
    for selected in until.xpath.values() {
        selection(selected, partial, mistakes);
    }
}
