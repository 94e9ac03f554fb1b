//! The files of a suite: `scenarios/` and `snapshots/` below a root on disk, or the suite embedded in the binary.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, fs, io,
    path::{Path, PathBuf},
};

use include_dir::{Dir, include_dir};

use crate::{diagnostic::Diagnostic, profile, text::Text};

static SCENARIOS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");
static SNAPSHOTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/snapshots");

/// The text of each file, by its path below the root with forward slashes.
#[derive(Clone, Debug, Default)]
pub struct Project {
    /// Where new snapshots go; none for the embedded suite.
    pub root: Option<PathBuf>,
    /// The files.
    pub files: BTreeMap<String, String>,
    /// What is wrong with the files that are not UTF-8.
    pub unreadable: BTreeMap<String, Diagnostic>,
    /// The texts of these, as far as they can be read, to be shown.
    pub lossy: BTreeMap<String, String>,
    /// The files that the suite takes over from the embedded one: they are in the binary and on no disk.
    pub built_in: BTreeSet<String>,
    /// The files whose names end in another way than those that are read.
    pub unread: BTreeSet<String>,
}

/// What is looked for below the root beside the files of the suite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnDisk {
    /// A folder.
    Folder,
    /// A file.
    File,
}

/// A file or folder of a suite that cannot be read.
#[derive(Debug)]
pub struct Unreadable {
    /// Which.
    pub path: PathBuf,
    /// Why.
    pub error: io::Error,
}

impl Unreadable {
    fn at(path: &Path) -> impl Fn(io::Error) -> Self {
        let path = path.to_owned();
        move |error| Self {
            path: path.clone(),
            error,
        }
    }

    /// For people.
    pub fn text(&self) -> Text {
        let (path, why) = (self.path.display(), Text::of_io(&self.error));
        Text::new(
            format!("{path} を読み取れません（{}）。", why.ja),
            format!("{path} cannot be read: {}", why.en),
        )
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text().en)
    }
}

impl std::error::Error for Unreadable {}

/// The text of a file of the suite in the binary, by its path below the root.
pub fn bundled(path: &str) -> Option<&'static str> {
    let file = SCENARIOS.get_file(path.strip_prefix("scenarios/")?)?;
    file.contents_utf8()
}

impl Project {
    /// The suite nearest to a folder, upwards; the embedded one where there is none.
    pub fn find(from: &Path) -> Result<Self, Unreadable> {
        match Self::root_above(from) {
            Some(root) => Self::on_disk(root),
            None => Ok(Self::embedded()),
        }
    }

    /// The root of the suite nearest to a folder, upwards.
    pub fn root_above(from: &Path) -> Option<&Path> {
        from.ancestors()
            .find(|folder| folder.join(profile::PATH).is_file())
    }

    /// The suite in the binary.
    pub fn embedded() -> Self {
        let mut project = Self::default();
        collect(&SCENARIOS, "scenarios", &mut project);
        collect(&SNAPSHOTS, "snapshots", &mut project);
        project
    }

    /// The suite below a folder.
    pub fn on_disk(root: &Path) -> Result<Self, Unreadable> {
        let mut project = Self {
            root: Some(root.to_owned()),
            ..Self::default()
        };
        for part in ["scenarios", "snapshots"] {
            read(root, Path::new(part), &mut project)?;
        }
        project.extend();
        Ok(project)
    }

    /// Where the profile says so, puts in messages, shared steps, people and test items of the embedded suite, but for
    /// those that stand here under the same name.
    pub fn extend(&mut self) {
        if !self
            .get(profile::PATH)
            .is_some_and(profile::extends_bundled)
        {
            return;
        }
        let mut bundled = Self::default();
        collect(&SCENARIOS, "scenarios", &mut bundled);
        for (path, text) in bundled.files {
            let name = path.strip_prefix("scenarios/").unwrap_or_default();
            let shared = matches!(name, "people.toml" | "items.toml")
                || name.starts_with("messages/")
                || name.starts_with("steps/");
            if shared && !self.unreadable.contains_key(&path) && !self.files.contains_key(&path) {
                self.built_in.insert(path.clone());
                self.files.insert(path, text);
            }
        }
    }

    /// The text of one file.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// Whether there is such a folder below the root, or such a file; of the embedded suite nothing is on a disk.
    pub fn has(&self, path: &str, kind: OnDisk) -> bool {
        let Some(root) = &self.root else { return true };
        let path = root.join(path);
        match kind {
            OnDisk::Folder => path.is_dir(),
            OnDisk::File => path.is_file(),
        }
    }

    /// Takes in the snapshots of a folder below the root besides the common ones.
    pub fn include(&mut self, folder: &str) -> Result<(), Unreadable> {
        match self.root.clone() {
            Some(root) => read(&root, Path::new(folder), self),
            None => Ok(()),
        }
    }

    /// The text of one file as it is shown beside a mistake.
    pub fn shown(&self, path: &str) -> &str {
        self.get(path)
            .or_else(|| self.lossy.get(path).map(String::as_str))
            .unwrap_or_default()
    }

    /// Takes in a file; one that is not UTF-8 is a mistake, and no reason to stop.
    pub fn add(&mut self, path: String, bytes: Vec<u8>) {
        match String::from_utf8(bytes) {
            Ok(text) => {
                self.files.insert(path, text);
            }
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let text = Text::new("UTF-8のファイルではありません", "this file is not UTF-8");
                let hint = Text::new(
                    "文字コードUTF-8で保存し直してください（メモ帳では「名前を付けて保存」で選択できます）",
                    "save it again as UTF-8 (Notepad offers this in 'Save as')",
                );
                let lossy = String::from_utf8_lossy(error.as_bytes()).into_owned();
                let diagnostic = Diagnostic::new(&path, at..at + 1, text).hint(hint);
                self.lossy.insert(path.clone(), lossy);
                self.unreadable.insert(path, diagnostic);
            }
        }
    }
}

fn collect(dir: &Dir<'_>, prefix: &str, project: &mut Project) {
    for file in dir.files() {
        let path = file.path().to_string_lossy().replace('\\', "/");
        project.add(format!("{prefix}/{path}"), file.contents().to_vec());
    }
    for sub in dir.dirs() {
        collect(sub, prefix, project);
    }
}

fn read(root: &Path, folder: &Path, project: &mut Project) -> Result<(), Unreadable> {
    let absolute = root.join(folder);
    if !absolute.is_dir() {
        return Ok(());
    }
    let here = Unreadable::at(&absolute);
    for entry in fs::read_dir(&absolute).map_err(&here)? {
        let entry = entry.map_err(&here)?;
        let path = folder.join(entry.file_name());
        if entry.file_type().map_err(&here)?.is_dir() {
            read(root, &path, project)?;
        } else if path.extension().is_some_and(|extension| {
            extension == "toml" || extension == "xml" || extension == "snap"
        }) {
            let file = root.join(&path);
            let bytes = fs::read(&file).map_err(Unreadable::at(&file))?;
            project.add(path.to_string_lossy().replace('\\', "/"), bytes);
        } else {
            let path = path.to_string_lossy().replace('\\', "/");
            project.unread.insert(path);
        }
    }
    Ok(())
}
