//! An individual number, wherever it stands, is neither sent nor shown.

use std::fs;

use crate::support::{change, out, renkei, run_folder, suite};

#[test]
fn an_individual_number_is_not_sent_and_not_shown() {
    let suite = suite();
    // A specimen, put together here so that no file holds it.
    let specimen = ["1234", "5678", "9018"].concat();
    change(
        suite.path(),
        "scenarios/messages/GetConnectionStatus.xml",
        "<s:Body>",
        "<!-- {{ '1234' ~ '5678' ~ '9018' }} --><s:Body>",
    );
    let output = renkei(suite.path(), &["run", "--filter", "status-before"]);
    assert_eq!(output.status.code(), Some(7), "{}", out(&output));
    assert!(!out(&output).contains(&specimen));
    let run = run_folder(suite.path(), "runs");
    assert!(
        !fs::read_to_string(run.join("events.jsonl"))
            .unwrap()
            .contains(&specimen)
    );
}

#[test]
fn an_individual_number_in_a_file_is_found_before_anything_is_sent() {
    let suite = suite();
    let specimen = ["1234", "5678", "9018"].concat();
    change(
        suite.path(),
        "scenarios/messages/GetConnectionStatus.xml",
        "<s:Body>",
        &format!("<!-- {specimen} --><s:Body>"),
    );
    let output = renkei(suite.path(), &["--lang", "en", "run"]);
    assert_eq!(output.status.code(), Some(7), "{}", out(&output));
    assert!(out(&output).contains("GetConnectionStatus.xml:3:8"));
    assert!(!out(&output).contains(&specimen));
    assert!(!suite.path().join("runs").exists());
}

#[test]
fn an_individual_number_that_is_split_over_elements_is_not_sent_either() {
    let suite = suite();
    let split = "<n:D>1234</n:D><n:D>5678</n:D><n:D>9018</n:D>";
    change(
        suite.path(),
        "scenarios/messages/GetConnectionStatus.xml",
        "<n:Sender>",
        &format!("{split}<n:Sender>"),
    );
    let output = renkei(suite.path(), &["run", "--filter", "status-before"]);
    assert_eq!(output.status.code(), Some(7), "{}", out(&output));
    let run = run_folder(suite.path(), "runs");
    assert!(
        !fs::read_to_string(run.join("events.jsonl"))
            .unwrap()
            .contains("9018")
    );
}

#[test]
fn an_individual_number_in_a_name_is_found_before_it_is_sent_and_never_shown() {
    let number = renkei::sentinel::specimen();
    let list = "scenarios/1-master/list.toml";
    let named = suite();
    let path = format!("scenarios/1-master/m{number}.toml");
    fs::rename(named.path().join(list), named.path().join(path)).unwrap();
    let stepped = suite();
    let id = format!("id = \"m{number}\"");
    change(stepped.path(), list, "id = \"list\"", &id);
    for suite in [named, stepped] {
        for command in ["check", "run"] {
            let output = renkei(suite.path(), &["--lang", "en", command]);
            assert_eq!(output.status.code(), Some(7), "{}", out(&output));
            assert!(out(&output).contains("an individual number is written here"));
            assert!(!out(&output).contains(&number));
        }
        assert!(!suite.path().join("runs").exists());
    }
}
