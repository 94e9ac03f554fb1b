//! `check`: what is wrong in the files of a suite, and whose suite is meant.

use std::fs;

use crate::support::{change, out, renkei, suite};

#[test]
fn a_wrong_scenario_is_named_with_its_line_and_nothing_is_sent() {
    let suite = suite();
    change(
        suite.path(),
        "scenarios/1-master/list.toml",
        "\"ListMasters\"",
        "\"ListMaster\"",
    );
    change(
        suite.path(),
        "scenarios/1-master/peer.toml",
        "\"sapporo-mayor\"",
        "\"saporo-mayor\"",
    );
    let output = renkei(suite.path(), &["--lang", "en", "run"]);
    let shown = out(&output);
    assert_eq!(output.status.code(), Some(3), "{shown}");
    for says in [
        "list.toml:",
        "did you mean 'ListMasters'?",
        "did you mean 'sapporo-mayor'?",
        "2 mistakes; nothing was sent",
    ] {
        assert!(shown.contains(says), "{says}: {shown}");
    }
    assert!(!suite.path().join("runs").exists());
}

#[test]
fn a_file_that_is_not_utf_8_is_one_mistake_among_others() {
    let folder = suite();
    let path = folder.path().join("scenarios/1-master/list.toml");
    fs::write(path, b"title = \"\x93\xfa\x96{\"\n").unwrap();
    change(
        folder.path(),
        "scenarios/1-master/list-again.toml",
        "send = \"ListMasters\"",
        "send = \"ListMaster\"",
    );
    let output = renkei(folder.path(), &["--lang", "en", "check"]);
    assert_eq!(output.status.code(), Some(3), "{}", out(&output));
    assert!(out(&output).contains("not UTF-8"), "{}", out(&output));
    assert!(out(&output).contains("did you mean 'ListMasters'?"));
}

#[test]
fn acts_misbehaviours_and_listeners_of_the_mock_are_known_by_name() {
    let suite = suite();
    let steps = "\n[[step]]\nid = \"a\"\nnetwork = { act = \"aprove-application\" }\n\
         [[step]]\nid = \"b\"\nnetwork = { act = \"misbehave\", name = \"emty-body\" }\n\
         [[step]]\nid = \"c\"\nlisten = { certificate = \"exspired\", fault = \"close-in-handshak\" }\n\
         [[step]]\nid = \"d\"\nnetwork = { act = \"misbehave\", name = \"empty-body\" }\n\
         [[step]]\nid = \"e\"\nnetwork = { act = \"behave\" }\n";
    let path = suite.path().join("scenarios/1-master/list.toml");
    let text = fs::read_to_string(&path).unwrap() + steps;
    fs::write(path, text).unwrap();
    let output = renkei(suite.path(), &["--lang", "en", "check"]);
    assert_eq!(output.status.code(), Some(3), "{}", out(&output));
    let names = [
        "approve-application",
        "empty-body",
        "expired",
        "close-in-handshake",
    ];
    for name in names {
        let hint = format!("did you mean '{name}'?");
        assert!(out(&output).contains(&hint), "{hint}\n{}", out(&output));
    }
    assert!(out(&output).contains("4 mistakes"), "{}", out(&output));
}

fn last_line(output: &std::process::Output) -> String {
    let shown = String::from_utf8_lossy(&output.stdout);
    shown.lines().last().unwrap_or_default().to_owned()
}

#[test]
fn a_suite_without_scenarios_is_no_good_one() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("scenarios")).unwrap();
    let profile = folder.path().join("scenarios/profile.toml");
    fs::write(profile, "extends = \"bundled\"\n").unwrap();
    for command in ["check", "list", "run"] {
        let output = renkei(folder.path(), &["--lang", "en", command]);
        assert_eq!(output.status.code(), Some(6), "{}", out(&output));
        let says = "put files whose names end in .toml into folders below scenarios/";
        assert!(out(&output).contains(says), "{}", out(&output));
    }
}

#[test]
fn whose_suite_is_used_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["check", "list"] {
        let output = renkei(folder.path(), &["--lang", "en", command]);
        assert_eq!(output.status.code(), Some(0), "{}", out(&output));
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains("the embedded suite is used"), "{told}");
        let last = last_line(&output);
        assert!(
            last.starts_with("suite: the built-in suite (no scenarios/profile.toml in "),
            "{last}"
        );
    }
    let own = suite();
    for command in ["check", "list"] {
        let output = renkei(own.path(), &["--lang", "en", command]);
        assert_eq!(output.status.code(), Some(0), "{}", out(&output));
        assert!(!out(&output).contains("embedded"), "{}", out(&output));
        let last = last_line(&output);
        assert!(
            last.starts_with("suite: /") && last.ends_with("/scenarios"),
            "{last}"
        );
    }
    let near = folder.path().join("Scenario/1-master");
    fs::create_dir_all(&near).unwrap();
    let listed = || {
        last_line(&renkei(
            folder.path(),
            &["--lang", "en", "list", "--phase", "master"],
        ))
    };
    assert!(!listed().contains("did you mean"), "{}", listed());
    fs::write(near.join("list.toml"), "").unwrap();
    let says = "there is a folder 'Scenario': did you mean 'scenarios'?";
    assert!(listed().contains(says), "{}", listed());
    let below = folder.path().join("scenarios/1-master");
    fs::create_dir_all(&below).unwrap();
    for folder in [folder.path(), &below] {
        for command in ["check", "list", "run", "selftest"] {
            let output = renkei(folder, &["--lang", "en", command]);
            assert_eq!(output.status.code(), Some(3), "{}", out(&output));
            assert!(out(&output).contains("no profile.toml in it"));
        }
    }
}

#[test]
fn files_that_nobody_reads_are_mistakes() {
    let suite = suite();
    let at = |path: &str| suite.path().join("scenarios").join(path);
    let alone = [
        "README.md",
        "1-master/list.toml~",
        ".gitkeep",
        "profile-b.toml",
    ];
    for path in alone {
        fs::write(at(path), "").unwrap();
    }
    let output = renkei(suite.path(), &["--lang", "en", "check"]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    let unread = [
        ("first.toml", "scenarios go to a folder"),
        ("1-master/first.toml.txt", "let its name end in .toml"),
        ("1-master/Echo.xml", "go to scenarios/messages/"),
        ("1-master/first.csv", "notes are called .md"),
    ];
    for (path, hint) in unread {
        fs::write(at(path), "").unwrap();
        let output = renkei(suite.path(), &["--lang", "en", "check"]);
        assert_eq!(output.status.code(), Some(3), "{}", out(&output));
        for says in ["this file is not read", path, hint, "1 mistake;"] {
            assert!(out(&output).contains(says), "{says}: {}", out(&output));
        }
        fs::remove_file(at(path)).unwrap();
    }
    fs::copy(at("profile.toml"), at("vendor.toml")).unwrap();
    let arguments = [
        "run",
        "--profile",
        "scenarios/vendor.toml",
        "--filter",
        "1-master/list$",
    ];
    let output = renkei(suite.path(), &arguments);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
}

#[test]
fn what_is_wrong_with_a_template_is_said_once_and_not_for_each_step() {
    let template = "scenarios/messages/ListMasters.xml";
    let cases = [
        (
            "{{ institution }}",
            "{{ institutoin }}",
            "did you mean 'institution'?",
        ),
        ("</n:Institution>", "</n:Instituton>", "well-formed"),
    ];
    for (from, to, says) in cases {
        let suite = suite();
        change(suite.path(), template, from, to);
        let output = renkei(suite.path(), &["--lang", "en", "check"]);
        assert_eq!(output.status.code(), Some(3), "{}", out(&output));
        for says in [says, "1 mistake;", " steps have this mistake; the others: "] {
            assert!(out(&output).contains(says), "{says}: {}", out(&output));
        }
    }
}
