//! `mock`: how it begins and ends.

use crate::support::{out, renkei};

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

#[cfg(unix)]
#[test]
fn below_a_suite_the_usual_folder_of_certificates_lies_beside_scenarios() {
    use std::io::{BufRead as _, BufReader};
    let root = tempfile::tempdir().unwrap();
    let root = root.path().canonicalize().unwrap();
    let inside = root.join("scenarios/0-a");
    std::fs::create_dir_all(&inside).unwrap();
    std::fs::write(root.join("scenarios/profile.toml"), "").unwrap();
    for (folder, told) in [(&inside, root.join("pki")), (&root, "pki".into())] {
        let mut child = std::process::Command::new(assert_cmd::cargo::cargo_bin("renkei"))
            .current_dir(folder)
            .arg("mock")
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        out.read_line(&mut line).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(ready["pki"], told.to_str().unwrap());
    }
    assert!(root.join("pki/ca.pem").is_file());
    assert!(!inside.join("pki").exists());
}

#[test]
fn a_control_port_beyond_loopback_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let output = renkei(folder.path(), &["mock", "--control", "0.0.0.0:0"]);
    assert_eq!(output.status.code(), Some(4));
    assert!(out(&output).contains("loopback only"));
    assert!(!folder.path().join("pki").exists());
}
