//! This repository's own suite, copied where a test changes it, and the program in its folder.

use std::{fs, path::Path, process::Output};

use assert_cmd::Command;

pub(crate) fn renkei(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::cargo_bin("renkei").unwrap();
    command
        .current_dir(folder)
        .env_remove("CI")
        .env("LC_ALL", "C.UTF-8")
        .args(arguments);
    command.output().unwrap()
}

pub(crate) fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

pub(crate) fn repository() -> &'static Path {
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
pub(crate) fn suite() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for part in ["scenarios", "snapshots"] {
        copy(&repository().join(part), &folder.path().join(part));
    }
    folder
}

pub(crate) fn change(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file}: {from}");
    fs::write(path, text.replace(from, to)).unwrap();
}

/// The only run folder below a folder.
pub(crate) fn run_folder(folder: &Path, runs: &str) -> std::path::PathBuf {
    let mut found = fs::read_dir(folder.join(runs)).unwrap();
    found.next().unwrap().unwrap().path()
}
