//! The form of steps about the system under test.

use hyper::Uri;
use regex::Regex;
use toml::Spanned;

use crate::{
    diagnostic::meant,
    encoding, message,
    scenario::{
        Kind, Step,
        awaited::no_regex,
        form::{self, Mistakes},
        peer::Peer,
        step::MOST_CALLS,
    },
    text::Text,
};

/// The mistakes of form that only such steps can make.
pub(super) fn check(step: &Step, mistakes: &mut Mistakes<'_>) {
    match step.kind() {
        Some(Kind::Exec(command)) => {
            if command
                .first()
                .is_none_or(|program| program.get_ref().is_empty())
            {
                let text = Text::new(
                    "exec に実行するプログラムがありません",
                    "exec names no program",
                );
                let span = step.exec.as_ref().map_or(step.id.span(), Spanned::span);
                mistakes.add(span, text);
            }
            encoded(step, mistakes);
            captures(step, mistakes);
        }
        Some(Kind::Http(http)) => {
            let url = http.url.get_ref();
            address(&http.url, mistakes);
            if let Some(method) = &http.method {
                form::method(method, mistakes);
            }
            form::headers(&http.headers, mistakes);
            if url.starts_with("https://") && http.ca.is_none() {
                mistakes.add(http.url.span(), no_ca());
            }
            encoded(step, mistakes);
            captures(step, mistakes);
        }
        Some(Kind::ExpectCall(_)) => {
            let possible = 1..=MOST_CALLS;
            let times = step.times.as_ref();
            if let Some(times) = times.filter(|times| !possible.contains(times.get_ref())) {
                let text = Text::new(
                    format!("times は1〜{MOST_CALLS}です"),
                    format!("times is 1 to {MOST_CALLS}"),
                );
                let hint = Text::new(
                    "呼出しがないことの確認には expect_no_call を使用してください",
                    "that there is no call is said by expect_no_call",
                );
                mistakes.add_with(times.span(), text, hint);
            }
        }
        Some(
            Kind::Send(_)
            | Kind::Advance(_)
            | Kind::At(_)
            | Kind::Network(_)
            | Kind::Listen(_)
            | Kind::Use(_)
            | Kind::Check(_)
            | Kind::ExpectNoCall(_),
        )
        | None => {}
        Some(Kind::Peer(peer)) => acts(peer, step, mistakes),
    }
}

/// The encoding must be one that is known.
fn encoded(step: &Step, mistakes: &mut Mistakes<'_>) {
    let Some(name) = &step.encoding else { return };
    if encoding::named(name.get_ref()).is_none() {
        let text = Text::new(
            format!("文字コード「{}」はありません", name.get_ref()),
            format!("there is no encoding '{}'", name.get_ref()),
        );
        match meant(name.get_ref(), encoding::USUAL) {
            Some(hint) => mistakes.add_with(name.span(), text, hint),
            None => mistakes.add(name.span(), text),
        }
    }
}

/// A URL that can be asked.
fn address(written: &Spanned<String>, mistakes: &mut Mistakes<'_>) {
    let url = written.get_ref();
    if message::is_template(url) {
        return;
    }
    let known = ["http://", "https://"];
    let text = if !known.iter().any(|scheme| url.starts_with(scheme)) {
        Text::new(
            format!("「{url}」は http:// 又は https:// で始まっていません"),
            format!("'{url}' begins neither with http:// nor with https://"),
        )
    } else if url.parse::<Uri>().is_err() {
        Text::new(
            format!("「{url}」はURLとして使用できません"),
            format!("'{url}' is no URL"),
        )
    } else {
        return;
    };
    let hint = Text::new(
        "例: http://127.0.0.1:8080/search?q=a（空白や日本語は %20 のように記載します）",
        "such as http://127.0.0.1:8080/search?q=a; spaces and the like are written as %20",
    );
    mistakes.add_with(written.span(), text, hint);
}

/// What is said of HTTPS where nobody is trusted.
pub(crate) fn no_ca() -> Text {
    Text::new(
        "https の場合は ca（認証局の証明書のファイル）が必要です",
        "https needs 'ca', the file of the authority that is trusted",
    )
}

/// A peer does one thing in a step.
fn acts(peer: &Peer, step: &Step, mistakes: &mut Mistakes<'_>) {
    let whole = step.peer.as_ref().map_or(step.id.span(), Spanned::span);
    let verbs = peer.verbs();
    if verbs.len() > 1 || verbs.is_empty() && !step.partial {
        let text = Text::new(
            "asks・answers・refuses・applies_masters・silent・hours のいずれか一つが必要です",
            "a peer does exactly one of asks, answers, refuses, applies_masters, silent and hours",
        );
        mistakes.add(whole, text);
        return;
    }
    if peer.asks.is_none() {
        let every = peer.every.as_ref().map(|every| ("every", every.span()));
        let times = peer.times.as_ref().map(|times| ("times", times.span()));
        let expect = step.expect.as_ref().map(|expect| ("expect", expect.span()));
        for (key, span) in every.into_iter().chain(times).chain(expect) {
            let text = Text::new(
                format!("「{key}」は asks とともに記載するものです"),
                format!("'{key}' goes with 'asks'"),
            );
            mistakes.add(span, text);
        }
    }
}

/// What is captured from a text: by a regular expression with one group.
fn captures(step: &Step, mistakes: &mut Mistakes<'_>) {
    for expression in step.capture.values() {
        if message::is_template(expression.get_ref()) {
            continue;
        }
        match Regex::new(expression.get_ref()) {
            Ok(right) if right.captures_len() == 2 => {}
            Ok(_) => {
                let text = Text::new(
                    "取得する部分を一組の括弧で囲んでください",
                    "put the part that is captured, and nothing else, into parentheses",
                );
                let hint = Text::new(
                    "例: receipt=(\\S+)。取得しない括弧は (?:…) と記載します",
                    "such as receipt=(\\S+); parentheses that capture nothing are written (?:…)",
                );
                mistakes.add_with(expression.span(), text, hint);
            }
            Err(error) => mistakes.add(expression.span(), no_regex(&error)),
        }
    }
}
