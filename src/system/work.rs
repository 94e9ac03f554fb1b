//! The folder that a scenario gives to the system under test. It goes along with the checkpoint, so that what the system
//! remembers fits what the network remembers.

use std::{fs, io, path::Path};

/// Makes the folder, as a copy of another where there is one.
pub fn begin(folder: &Path, from: Option<&Path>) -> io::Result<()> {
    end(folder);
    fs::create_dir_all(folder)?;
    match from.filter(|from| from.is_dir()) {
        Some(from) => copy(from, folder),
        None => Ok(()),
    }
}

/// Writes the file that describes the network to the system.
pub fn describe(file: &Path, content: &serde_json::Value) -> io::Result<()> {
    fs::write(file, format!("{content:#}\n"))
}

/// Takes the folder away, and the file beside it.
pub fn end(folder: &Path) {
    // Mostly there is none.
    let _ = fs::remove_dir_all(folder);
    let _ = fs::remove_file(folder.with_extension("json"));
}

/// Files and folders; a link stays one, and what is neither (a socket) is of no use in a copy.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, to) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() {
            fs::create_dir(&to)?;
            copy(&entry.path(), &to)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), &to)?;
        } else if kind.is_symlink() {
            link(&fs::read_link(entry.path())?, &to)?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn link(target: &Path, at: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, at)
}

#[cfg(windows)]
fn link(target: &Path, at: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_file(target, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_holds_what_the_folder_held_and_changes_nothing_of_it() {
        let parent = tempfile::tempdir().unwrap();
        let (first, second) = (parent.path().join("a"), parent.path().join("b"));
        begin(&first, None).unwrap();
        fs::create_dir(first.join("sub")).unwrap();
        fs::write(first.join("sub/db"), "1").unwrap();
        begin(&second, Some(&first)).unwrap();
        fs::write(second.join("sub/db"), "2").unwrap();
        fs::write(second.with_extension("json"), "{}").unwrap();
        assert_eq!(fs::read_to_string(first.join("sub/db")).unwrap(), "1");
        begin(&second, None).unwrap();
        assert_eq!(fs::read_dir(&second).unwrap().count(), 0);
        end(&second);
        assert!(!second.exists() && first.exists());
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1);
    }
}
