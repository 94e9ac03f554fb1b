//! `list`, `schema`, and the help of all commands.

use std::fs;

use crate::support::{out, renkei, repository, suite};

#[test]
fn the_list_is_in_the_order_of_the_phases_for_people_and_for_programs() {
    let folder = suite();
    let output = renkei(folder.path(), &["--lang", "en", "list"]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    let text = out(&output);
    let place = |part: &str| text.find(part).unwrap();
    assert!(place("connection application (") < place("master fetch and apply ("));
    assert!(text.contains("0-connection/approval  ") && text.contains("→ connection-approved"));
    assert!(text.contains("test items that no scenario covers ("));
    let output = renkei(folder.path(), &["list", "--json"]);
    let list: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let scenarios = list["scenarios"].as_array().unwrap();
    assert!(scenarios.len() >= 30);
    let approval = scenarios
        .iter()
        .find(|scenario| scenario["id"] == "0-connection/approval")
        .unwrap();
    assert_eq!(approval["establishes"], "connection-approved");
    assert!(list["items_by_hand"].as_array().unwrap().len() > 3);
    let some = ["--lang", "en", "list", "--phase", "master", "1-master/list"];
    let text = out(&renkei(folder.path(), &some));
    assert!(text.contains("master fetch and apply (1)"), "{text}");
    assert!(!text.contains("no scenario"), "{text}");
    let none = renkei(folder.path(), &["list", "--tag", "none"]);
    assert_eq!(none.status.code(), Some(6), "{}", out(&none));
    let path = folder.path().join("scenarios/1-master/list.toml");
    let tagged =
        fs::read_to_string(&path)
            .unwrap()
            .replacen("phase =", "tags = [\"smoke\"]\nphase =", 1);
    fs::write(&path, tagged).unwrap();
    let near = renkei(folder.path(), &["--lang", "en", "list", "--tag", "smoek"]);
    assert_eq!(near.status.code(), Some(6), "{}", out(&near));
    let says = "no scenario has the tag 'smoek'; did you mean 'smoke'?";
    assert!(out(&near).contains(says), "{}", out(&near));
}

#[test]
fn each_snapshot_of_the_suite_and_of_the_example_belongs_to_a_step() {
    for folder in [repository(), &repository().join("examples/town-office")] {
        let output = renkei(folder, &["list", "--json"]);
        let list: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(list["orphan_snapshots"], serde_json::json!([]));
    }
}

#[test]
fn the_schemas_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let output = renkei(folder.path(), &["schema", "made"]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    let text = fs::read_to_string(folder.path().join("made/scenario.schema.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(schema["properties"]["starts_from"].is_object());
}

#[test]
fn help_and_wrong_usage_are_told_in_the_language_that_is_asked_for() {
    let help = renkei(repository(), &["--lang", "ja", "run", "--help"]);
    assert_eq!(help.status.code(), Some(0));
    assert!(out(&help).contains("使用方法: renkei run"));
    assert!(!out(&help).contains("Usage"));
    let wrong = renkei(repository(), &["--lang=ja", "run", "--jobs", "0"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(out(&wrong).contains("値「0」は --jobs <N> に使用できません。1..=65535 の範囲"));
    for (typed, told) in [
        (&["run", "--jbs", "3"][..], "「--jobs」ではありませんか。"),
        (&["run", "--filter", "(a"], "括弧 ( が閉じていません"),
        (&["acept"], "「accept」ではありませんか。"),
        (
            &["report"],
            "<FOLDER> を指定してください。\n\n使用方法: renkei report <FOLDER>",
        ),
    ] {
        let wrong = renkei(repository(), &[&["--lang", "ja"], typed].concat());
        assert_eq!(wrong.status.code(), Some(2));
        assert!(out(&wrong).contains(told), "{told}: {}", out(&wrong));
        assert!(!out(&wrong).contains("error"), "{}", out(&wrong));
    }
    let wrong = renkei(repository(), &["--lang", "en", "run", "--jobs", "0"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(!out(&wrong).contains("指定"));
}
