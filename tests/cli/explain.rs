//! `explain`, and the page that it makes.

use std::fs;

use crate::support::{out, renkei, repository};

#[test]
fn both_languages_are_complete_sentences_of_their_own() {
    let english = out(&renkei(
        repository(),
        &["--lang", "en", "explain", "R-CON-01"],
    ));
    let japanese = out(&renkei(
        repository(),
        &["--lang", "ja", "explain", "R-CON-01"],
    ));
    assert!(english.contains("may apply and ask for its status"));
    assert!(japanese.contains("接続申請及び申請状況の確認以外を行うことができない"));
    let output = renkei(repository(), &["--lang", "en", "explain", "R-CON-001"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(out(&output).contains("did you mean 'R-CON-01'?"));
}

#[test]
fn the_rules_page_is_what_the_catalogue_says() {
    let page = fs::read_to_string(repository().join("docs/rules.md")).unwrap();
    assert_eq!(out(&renkei(repository(), &["explain"])), page);
}

#[test]
fn explain_says_what_to_do_and_takes_any_way_of_writing() {
    let explained = |what: &str, lang: &str| {
        let output = renkei(repository(), &["--lang", lang, "explain", what]);
        (output.status.code(), out(&output))
    };
    for exit in renkei::verdict::Exit::ALL {
        let (code, text) = explained(&exit.code().to_string(), "en");
        assert_eq!(code, Some(0), "{text}");
        assert!(text.contains(&exit.next().en), "{text}");
        let (_, text) = explained(&exit.code().to_string(), "ja");
        assert!(text.contains("次の対応: ") && text.contains(&exit.next().ja));
    }
    for (written, begins) in [
        ("r-inq-01", "R-INQ-01 "),
        ("Ｒ－ＣＯＮ－０１", "R-CON-01 "),
        ("f-con-01", "F-CON-01 "),
        ("７", "7 "),
        ("Close-Before-Answer", "close-before-answer "),
        ("wrong-digest", "wrong-digest "),
        ("close-in-handshake", "close-in-handshake "),
    ] {
        let (code, text) = explained(written, "ja");
        assert_eq!(code, Some(0), "{written}: {text}");
        assert!(text.starts_with(begins), "{written}: {text}");
    }
    let (code, text) = explained("99", "en");
    assert_eq!(code, Some(2), "{text}");
    assert!(text.contains("exit codes: 0, 1, ") && !text.contains("R-CON-01"));
}
