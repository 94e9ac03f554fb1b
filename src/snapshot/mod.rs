//! Snapshot files in insta's format, so that its reader takes them; with a store of our own, since users have no cargo.

mod difference;
mod loose;
mod times;
mod words;

use std::{fs, io, path::Path};

use tempfile::NamedTempFile;

pub use difference::{Cap, difference};
pub use loose::loose;
pub use times::within;
pub(crate) use words::LEFT_OUT;
pub use words::{in_japanese, shown};

/// The folder of the snapshots that hold for every target.
pub const COMMON: &str = "snapshots";

/// The path of a step's snapshot below the suite's root.
pub fn path(scenario: &str, step: &str) -> String {
    path_in(COMMON, scenario, step)
}

/// The same in a folder of a target's own.
pub fn path_in(folder: &str, scenario: &str, step: &str) -> String {
    format!("{folder}/{scenario}/{step}.snap")
}

/// A snapshot file's text.
pub fn write(scenario_path: &str, step: &str, content: &str) -> String {
    // JSON text is YAML too, so whatever a path may hold is read as it is meant.
    let quoted = |text: &str| {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '.' | '_');
        if text.chars().all(plain) && text.starts_with(|c: char| c.is_ascii_alphabetic()) {
            text.to_owned()
        } else {
            serde_json::Value::from(text).to_string()
        }
    };
    format!(
        "---\nsource: {}\nexpression: {}\n---\n{content}",
        quoted(scenario_path),
        quoted(step)
    )
}

/// The content of a snapshot file; none where it has no front matter. Line ends may have been changed by whoever
/// copied the file.
pub fn read(file: &str) -> Option<String> {
    let file = file.replace("\r\n", "\n");
    let file = file.trim_start_matches('\u{feff}');
    file.strip_prefix("---\n")?
        .split_once("\n---\n")
        .map(|(_, content)| content.to_owned())
}

/// Writes a file whole or not at all, and makes its folder.
pub fn store(path: &Path, text: &str) -> io::Result<()> {
    let file = aside(path, text)?;
    file.persist(path).map(|_| ()).map_err(|error| error.error)
}

/// Writes a text beside the place where it is to be put whole.
pub(crate) fn aside(path: &Path, text: &str) -> io::Result<NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = NamedTempFile::new_in(folder)?;
    io::Write::write_all(&mut file, text.as_bytes())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.as_file()
            .set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    Ok(file)
}

/// The accepted snapshot at a path; none where there is none. One that cannot be read is an error.
pub fn accepted(root: &Path, path: &str) -> io::Result<Option<String>> {
    match fs::read_to_string(root.join(path)) {
        Ok(text) => match read(&text) {
            Some(content) => Ok(Some(content)),
            None => Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "there is no front matter (---)",
            )),
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The pending snapshots of folders below a root, by their path without `.new`.
pub fn pending(root: &Path, folders: &[String]) -> io::Result<Vec<String>> {
    let mut found = ending(".snap.new", root, folders)?;
    for path in &mut found {
        path.truncate(path.len() - ".new".len());
    }
    Ok(found)
}

/// The accepted snapshots of folders below a root, by their path.
pub fn kept(root: &Path, folders: &[String]) -> io::Result<Vec<String>> {
    ending(".snap", root, folders)
}

/// The files of folders below a root that end in a certain way.
fn ending(end: &str, root: &Path, folders: &[String]) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for folder in folders {
        walk(root, folder, &mut found)?;
    }
    found.retain(|path| path.ends_with(end));
    found.sort();
    // One folder may lie in another.
    found.dedup();
    Ok(found)
}

fn walk(root: &Path, folder: &str, found: &mut Vec<String>) -> io::Result<()> {
    let Ok(entries) = fs::read_dir(root.join(folder)) else {
        return Ok(());
    };
    for entry in entries {
        let entry = entry?;
        let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            walk(root, &path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

/// Puts a pending snapshot in the place of the accepted one.
pub fn accept(root: &Path, path: &str) -> io::Result<()> {
    fs::rename(root.join(format!("{path}.new")), root.join(path))
}

/// Throws a pending snapshot away.
pub fn reject(root: &Path, path: &str) -> io::Result<()> {
    fs::remove_file(root.join(format!("{path}.new")))
}

/// What was found, with the accepted lines in the place of those that count as the same. Where there are more or fewer of
/// them, nothing is changed.
fn as_accepted(accepted: &str, found: &str, same: impl Fn(&str, &str) -> bool) -> String {
    let lines = |text: &'_ str| text.split_inclusive('\n').count();
    if lines(accepted) != lines(found) {
        return found.to_owned();
    }
    let pairs = accepted
        .split_inclusive('\n')
        .zip(found.split_inclusive('\n'));
    pairs
        .map(|(old, new)| if same(old, new) { old } else { new })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_by_us_and_by_insta() {
        let folder = tempfile::tempdir().unwrap();
        let odd = write("scenarios/1-master/1: #a \"b\".toml", "1", "200\n");
        store(&folder.path().join("snapshots/odd.snap"), &odd).unwrap();
        assert!(insta::Snapshot::from_file(&folder.path().join("snapshots/odd.snap")).is_ok());
        let text = write(
            "scenarios/1-master/a.toml",
            "list",
            "200 text/xml\n\n<n:a/>\n",
        );
        store(&folder.path().join("snapshots/1-master/a/list.snap"), &text).unwrap();
        let content = Some("200 text/xml\n\n<n:a/>\n".to_owned());
        assert_eq!(read(&text), content);
        assert_eq!(read(&text.replace('\n', "\r\n")), content);
        assert_eq!(read("200 text/xml\n"), None);
        let snapshot =
            insta::Snapshot::from_file(&folder.path().join("snapshots/1-master/a/list.snap"))
                .unwrap();
        assert!(format!("{:?}", snapshot.contents()).contains("<n:a/>"));
    }

    #[test]
    fn pending_snapshots_are_listed_accepted_and_rejected() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a", "b"] {
            let path = format!("snapshots/x/{name}.snap.new");
            store(&folder.path().join(path), "text").unwrap();
        }
        assert_eq!(
            pending(folder.path(), &[COMMON.to_owned()]).unwrap(),
            ["snapshots/x/a.snap", "snapshots/x/b.snap"]
        );
        accept(folder.path(), "snapshots/x/a.snap").unwrap();
        reject(folder.path(), "snapshots/x/b.snap").unwrap();
        assert!(
            pending(folder.path(), &[COMMON.to_owned()])
                .unwrap()
                .is_empty()
        );
        assert!(folder.path().join("snapshots/x/a.snap").is_file());
    }
}
