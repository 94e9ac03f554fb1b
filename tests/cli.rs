//! The commands as a user types them. The suite is this repository's own, copied where a test changes it.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot prepare its folder has failed"
)]

use std::{fs, path::Path, process::Output};

use assert_cmd::Command;

fn renkei(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::cargo_bin("renkei").unwrap();
    command
        .current_dir(folder)
        .env_remove("CI")
        .env("LC_ALL", "C.UTF-8")
        .args(arguments);
    command.output().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A copy of the suite to be changed.
fn suite() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for part in ["scenarios", "snapshots"] {
        copy(&repository().join(part), &folder.path().join(part));
    }
    folder
}

fn change(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file}: {from}");
    fs::write(path, text.replace(from, to)).unwrap();
}

#[test]
fn the_embedded_suite_passes_in_an_empty_folder() {
    let folder = tempfile::tempdir().unwrap();
    let output = renkei(folder.path(), &["--lang", "en", "run"]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    assert!(out(&output).contains("all as expected (0)"));
    let run = fs::read_dir(folder.path().join("runs"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    assert!(
        fs::read_to_string(run.join("events.jsonl"))
            .unwrap()
            .lines()
            .count()
            > 20
    );
}

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
fn a_failed_expectation_shows_scenario_request_response_and_rule() {
    let suite = suite();
    change(
        suite.path(),
        "scenarios/0-connection/wrong-office.toml",
        "F-CAL-02",
        "F-CAL-99",
    );
    let output = renkei(
        suite.path(),
        &["--lang", "en", "run", "--filter", "wrong-office"],
    );
    let shown = out(&output);
    assert_eq!(output.status.code(), Some(1), "{shown}");
    for says in [
        "wrong-office.toml:",
        "expected 'F-CAL-99', found 'F-CAL-02'\n    fault: F-CAL-02 ",
        "\n    what to do: ",
        "rule: R-CAL-02 ",
        "\n    source: ",
        "(more: renkei explain R-CAL-02)",
        "<n:Institution>202053-E",
        "response 500",
    ] {
        assert!(shown.contains(says), "{says}: {shown}");
    }
}

#[test]
fn a_new_snapshot_waits_until_it_is_accepted_and_a_changed_one_shows_its_difference() {
    let suite = suite();
    let snapshot = suite.path().join("snapshots/1-master/list/list.snap");
    fs::remove_file(&snapshot).unwrap();
    let only = ["--lang", "en", "run", "--filter", "1-master/list$"];
    assert_eq!(renkei(suite.path(), &only).status.code(), Some(5));
    assert!(out(&renkei(suite.path(), &["--lang", "en", "review"])).contains("waiting: 1"));
    assert_eq!(
        renkei(suite.path(), &["--lang", "en", "accept"])
            .status
            .code(),
        Some(0)
    );
    assert_eq!(renkei(suite.path(), &only).status.code(), Some(0));
    change(
        suite.path(),
        "snapshots/1-master/list/list.snap",
        "<n:Count>7</n:Count>",
        "<n:Count>8</n:Count>",
    );
    let output = renkei(suite.path(), &only);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        out(&output).contains("+           <n:Count>7</n:Count>")
            || out(&output).contains("<n:Count>7</n:Count>")
    );
    assert_eq!(renkei(suite.path(), &["reject"]).status.code(), Some(0));
}

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
    let run = fs::read_dir(suite.path().join("runs"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
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
    let run = fs::read_dir(suite.path().join("runs"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    assert!(
        !fs::read_to_string(run.join("events.jsonl"))
            .unwrap()
            .contains("9018")
    );
}

#[test]
fn a_scenario_whose_prerequisite_fails_is_blocked_and_says_by_what() {
    let suite = suite();
    change(
        suite.path(),
        "scenarios/0-connection/approval.toml",
        "\"approved\"",
        "\"applied\"",
    );
    let output = renkei(
        suite.path(),
        &["--lang", "en", "run", "--filter", "1-master/peer"],
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(
        out(&output).contains("blocked by 0-connection/approval"),
        "{}",
        out(&output)
    );
}

#[test]
fn two_runs_with_one_seed_write_equal_journals() {
    let folder = tempfile::tempdir().unwrap();
    let journal = |runs: &str, jobs: &str| {
        let output = renkei(folder.path(), &["run", "--runs", runs, "--jobs", jobs]);
        assert_eq!(output.status.code(), Some(0), "{}", out(&output));
        let run = fs::read_dir(folder.path().join(runs))
            .unwrap()
            .next()
            .unwrap()
            .unwrap()
            .path();
        let mut lines: Vec<String> = fs::read_to_string(run.join("events.jsonl"))
            .unwrap()
            .lines()
            .map(|line| {
                let mut event: serde_json::Value = serde_json::from_str(line).unwrap();
                for field in renkei::event::VOLATILE {
                    event.as_object_mut().unwrap().remove(field);
                }
                event.to_string()
            })
            .collect();
        lines.sort();
        lines
    };
    // Not assert_eq, which would print both.
    assert!(journal("a", "1") == journal("b", "4"));
}

#[test]
fn the_selftest_sees_a_guard_that_notices_and_one_that_sleeps() {
    let suite = suite();
    let trial = [
        "--lang",
        "en",
        "selftest",
        "--rule",
        "R-CON-01",
        "--misbehaviour",
        "fault-with-ok",
    ];
    let output = renkei(suite.path(), &trial);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    assert!(out(&output).contains("2 tried, 0 survived"));
    change(
        suite.path(),
        "scenarios/0-connection/status-before-approval.toml",
        "phase =",
        "guards = [\"R-CON-01\"]\nphase =",
    );
    let output = renkei(suite.path(), &trial);
    assert_eq!(output.status.code(), Some(1), "{}", out(&output));
    assert!(out(&output).contains("SURVIVED"));
    let output = renkei(
        suite.path(),
        &["--lang", "en", "selftest", "--rule", "R-CON-001"],
    );
    assert_eq!(output.status.code(), Some(2));
    assert!(out(&output).contains("did you mean 'R-CON-01'"));
}

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

#[cfg(unix)]
#[test]
fn the_mock_says_in_one_line_that_it_is_ready_and_stops_as_soon_as_it_is_told() {
    use std::io::{BufRead as _, BufReader, Read as _};
    let folder = tempfile::tempdir().unwrap();
    for signal in ["-TERM", "-INT"] {
        let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("renkei"))
            .current_dir(folder.path())
            .args(["mock", "--pki", "pki", "--log", "info"])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert!(
            ready["url"]
                .as_str()
                .unwrap()
                .starts_with("https://127.0.0.1:")
        );
        assert!(
            ready["control"]
                .as_str()
                .unwrap()
                .starts_with("http://127.0.0.1:")
        );
        assert_eq!(ready["pki"], "pki");
        let process = child.id().to_string();
        let told = std::process::Command::new("kill")
            .args([signal, &process])
            .status();
        assert!(told.unwrap().success());
        assert!(child.wait().unwrap().success(), "{signal}");
        let mut rest = String::new();
        out.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "", "{signal}");
        let mut log = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut log)
            .unwrap();
        assert!(
            log.contains("listening") && log.contains("stopping"),
            "{log}"
        );
    }
}

#[test]
fn a_control_port_beyond_loopback_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let output = renkei(folder.path(), &["mock", "--control", "0.0.0.0:0"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(out(&output).contains("loopback only"));
    assert!(!folder.path().join("pki").exists());
}

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
fn the_schemas_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let output = renkei(folder.path(), &["schema", "made"]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    let text = fs::read_to_string(folder.path().join("made/scenario.schema.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(schema["properties"]["starts_from"].is_object());
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
        (
            &["acept"],
            "コマンド「acept」はありません。「accept」ではありませんか。",
        ),
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

#[test]
fn whose_suite_is_used_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["check", "list"] {
        let output = renkei(folder.path(), &["--lang", "en", command]);
        assert_eq!(output.status.code(), Some(0), "{}", out(&output));
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains("the embedded suite is used"), "{told}");
    }
    let own = renkei(suite().path(), &["--lang", "en", "check"]);
    assert_eq!(own.status.code(), Some(0), "{}", out(&own));
    assert!(!out(&own).contains("embedded"), "{}", out(&own));
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
