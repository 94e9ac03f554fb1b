//! Snapshot files in insta's format, so that its reader takes them; with a store of our own, since users have no cargo.

use std::{fs, io, path::Path};

use similar::{ChangeTag, TextDiff};

/// The most lines that a difference shows.
const SHOWN: usize = 40;

/// The path of a step's snapshot below the suite's root.
pub fn path(scenario: &str, step: &str) -> String {
    format!("snapshots/{scenario}/{step}.snap")
}

/// A snapshot file's text.
pub fn write(scenario_path: &str, step: &str, content: &str) -> String {
    format!("---\nsource: {scenario_path}\nexpression: {step}\n---\n{content}")
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

/// What differs, line by line, capped; none where nothing does.
pub fn difference(accepted: &str, found: &str) -> Option<String> {
    if accepted == found {
        return None;
    }
    let diff = TextDiff::from_lines(accepted, found);
    let mut lines: Vec<String> = Vec::new();
    for group in diff.grouped_ops(2) {
        for change in group
            .iter()
            .flat_map(|operation| diff.iter_changes(operation))
        {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            lines.push(format!("{sign} {}", change.value().trim_end_matches('\n')));
        }
    }
    let more = lines.len().saturating_sub(SHOWN);
    lines.truncate(SHOWN);
    if more > 0 {
        lines.push(format!("… (+{more})"));
    }
    Some(lines.join("\n"))
}

/// Writes a file whole or not at all, and makes its folder.
pub fn store(root: &Path, path: &str, text: &str) -> io::Result<()> {
    let path = root.join(path);
    let folder = path.parent().unwrap_or(root);
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    io::Write::write_all(&mut file, text.as_bytes())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.as_file()
            .set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    file.persist(path).map(|_| ()).map_err(|error| error.error)
}

/// The pending snapshots below a root, by their path without `.new`.
pub fn pending(root: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    walk(root, "snapshots", &mut found)?;
    found.sort();
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
        } else if let Some(accepted) = path
            .strip_suffix(".new")
            .filter(|path| path.as_bytes().ends_with(b".snap"))
        {
            found.push(accepted.to_owned());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_by_us_and_by_insta() {
        let folder = tempfile::tempdir().unwrap();
        let text = write(
            "scenarios/1-master/a.toml",
            "list",
            "200 text/xml\n\n<n:a/>\n",
        );
        store(folder.path(), "snapshots/1-master/a/list.snap", &text).unwrap();
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
    fn a_difference_is_shown_and_capped() {
        assert_eq!(difference("a\n", "a\n"), None);
        assert_eq!(difference("a\nb\n", "a\nc\n").unwrap(), "  a\n- b\n+ c");
        let long = "line\n".repeat(500);
        assert!(difference("", &long).unwrap().lines().count() <= SHOWN + 1);
    }

    #[test]
    fn pending_snapshots_are_listed_accepted_and_rejected() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a", "b"] {
            store(
                folder.path(),
                &format!("snapshots/x/{name}.snap.new"),
                "text",
            )
            .unwrap();
        }
        assert_eq!(
            pending(folder.path()).unwrap(),
            ["snapshots/x/a.snap", "snapshots/x/b.snap"]
        );
        accept(folder.path(), "snapshots/x/a.snap").unwrap();
        reject(folder.path(), "snapshots/x/b.snap").unwrap();
        assert!(pending(folder.path()).unwrap().is_empty());
        assert!(folder.path().join("snapshots/x/a.snap").is_file());
    }
}
