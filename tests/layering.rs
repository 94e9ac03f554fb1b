//! The lines between the parts of the runner, held against its sources.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its files has failed"
)]

use std::{fs, path::Path};

fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.to_string_lossy().replace('\\', "/");
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The files that use a word, other than those in the places where it belongs.
fn strays(folder: &str, word: &str, places: &[&str]) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = Vec::new();
    sources(&root, &mut found);
    assert!(!found.is_empty());
    let belongs = |name: &str| places.iter().any(|place| name.contains(place));
    found.retain(|(name, text)| text.contains(word) && !belongs(name));
    found.into_iter().map(|(name, _)| name).collect()
}

#[test]
fn only_cli_knows_the_mock() {
    assert_eq!(strays("src", "renkei_mock", &["/src/cli/"]), [""; 0]);
}

#[test]
fn findings_of_a_diagnosis_are_a_function_of_what_was_seen() {
    for word in ["tokio", "Timestamp::now", "std::fs", "Probe"] {
        for file in ["findings.rs", "entry.rs", "cause.rs", "words.rs"] {
            let place = format!("src/doctor/{file}");
            let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&place));
            assert!(!text.unwrap().contains(word), "{place}: {word}");
        }
    }
}

#[test]
fn what_passes_requests_on_has_no_socket_file_or_clock_of_its_own() {
    for word in ["tokio::net", "std::fs", "Timestamp::now", "println!"] {
        assert_eq!(strays("src/relay", word, &[]), [""; 0], "{word}");
    }
}

#[test]
fn what_is_made_of_a_recording_is_a_function_of_what_went_through() {
    for word in ["std::fs", "std::env", "tokio", "Timestamp::now", "tempfile"] {
        assert_eq!(strays("src/record", word, &[]), [""; 0], "{word}");
    }
}

#[test]
fn only_cli_reads_the_environment() {
    assert_eq!(strays("src", "env::var", &["/src/cli/mod.rs"]), [""; 0]);
}

#[test]
fn only_transport_and_control_open_sockets() {
    assert_eq!(
        strays("src", "TcpStream", &["/src/transport/", "/src/control.rs"]),
        [""; 0]
    );
}

#[test]
fn only_system_starts_processes() {
    assert_eq!(
        strays("src", "process::Command", &["/src/system/"]),
        [""; 0]
    );
    assert_eq!(strays("src", "Stdio", &["/src/system/"]), [""; 0]);
}

#[test]
fn the_xml_library_stays_behind_its_module() {
    assert_eq!(strays("src", "uppsala", &["/src/xml/"]), [""; 0]);
}

#[test]
fn the_network_is_pure() {
    for word in [
        "tokio",
        "std::fs",
        "std::net",
        "std::time",
        "rand::",
        "crate::server",
        "crate::wire",
    ] {
        assert_eq!(
            // What measures time in its tests is not the network.
            strays("mock-server/src/network", word, &["/network/properties/"]),
            [""; 0],
            "{word}"
        );
    }
}

#[test]
fn reports_are_functions_of_events() {
    for word in [
        "crate::run",
        "crate::scenario",
        "crate::transport",
        "std::fs",
    ] {
        assert_eq!(strays("src/report", word, &[]), [""; 0], "{word}");
    }
}

#[test]
fn the_run_itself_touches_no_file_but_snapshots() {
    for word in ["std::fs", "std::env", "println!", "io::stdout"] {
        assert_eq!(strays("src/run", word, &[]), [""; 0], "{word}");
    }
}
