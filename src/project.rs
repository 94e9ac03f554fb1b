//! The files of a suite: `scenarios/` and `snapshots/` below a root on disk, or the suite embedded in the binary.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use include_dir::{Dir, include_dir};

static SCENARIOS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");
static SNAPSHOTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/snapshots");

/// The text of each file, by its path below the root with forward slashes.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// Where new snapshots go; none for the embedded suite.
    pub root: Option<PathBuf>,
    /// The files.
    pub files: BTreeMap<String, String>,
}

impl Project {
    /// The suite nearest to a folder, upwards; the embedded one where there is none.
    pub fn find(from: &Path) -> io::Result<Self> {
        match from
            .ancestors()
            .find(|folder| folder.join("scenarios/profile.toml").is_file())
        {
            Some(root) => Self::on_disk(root),
            None => Ok(Self::embedded()),
        }
    }

    /// The suite in the binary.
    pub fn embedded() -> Self {
        let mut files = BTreeMap::new();
        collect(&SCENARIOS, "scenarios", &mut files);
        collect(&SNAPSHOTS, "snapshots", &mut files);
        Self { root: None, files }
    }

    /// The suite below a folder.
    pub fn on_disk(root: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        for part in ["scenarios", "snapshots"] {
            read(root, Path::new(part), &mut files)?;
        }
        Ok(Self {
            root: Some(root.to_owned()),
            files,
        })
    }

    /// The text of one file.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }
}

fn collect(dir: &Dir<'_>, prefix: &str, files: &mut BTreeMap<String, String>) {
    for file in dir.files() {
        if let Some(text) = file.contents_utf8() {
            let path = file.path().to_string_lossy().replace('\\', "/");
            files.insert(format!("{prefix}/{path}"), text.to_owned());
        }
    }
    for sub in dir.dirs() {
        collect(sub, prefix, files);
    }
}

fn read(root: &Path, folder: &Path, files: &mut BTreeMap<String, String>) -> io::Result<()> {
    let absolute = root.join(folder);
    if !absolute.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(absolute)? {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            read(root, &path, files)?;
        } else if path.extension().is_some_and(|extension| {
            extension == "toml" || extension == "xml" || extension == "snap"
        }) {
            let text = fs::read_to_string(root.join(&path)).map_err(|error| {
                io::Error::new(error.kind(), format!("{}: {error}", path.display()))
            })?;
            files.insert(path.to_string_lossy().replace('\\', "/"), text);
        }
    }
    Ok(())
}
