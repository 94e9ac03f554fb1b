//! Why a program did not even start, and what to do.

use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use crate::{encoding, text::Text};

/// Why a program did not even start.
#[derive(Debug)]
pub struct NotStarted {
    pub(super) program: String,
    pub(super) folder: PathBuf,
    pub(super) error: io::Error,
}

impl NotStarted {
    /// For people.
    pub fn text(&self) -> Text {
        let Self {
            program,
            folder,
            error,
        } = self;
        let shown = folder.display();
        if !folder.is_dir() {
            return Text::new(
                format!("作業フォルダー {shown} がありません。folder を確認してください"),
                format!("there is no folder {shown} to run '{program}' in; see 'folder'"),
            );
        }
        if let Some(text) = self.of_file() {
            return text;
        }
        let why = Text::of_io(error);
        if error.kind() == io::ErrorKind::NotFound && program.contains(' ') {
            let parts: Vec<String> = program
                .split_whitespace()
                .map(|part| format!("\"{part}\""))
                .collect();
            let parts = parts.join(", ");
            return Text::new(
                format!(
                    "プログラム「{program}」が見つかりません（作業フォルダー: {shown}）。引数は一つずつ分けて記載してください（例: [{parts}]）"
                ),
                format!(
                    "there is no program '{program}' (folder: {shown}); each argument is a text of its own, as in [{parts}]"
                ),
            );
        }
        if error.kind() == io::ErrorKind::PermissionDenied {
            return Text::new(
                format!(
                    "プログラム「{program}」を実行する権限がありません（作業フォルダー: {shown}）。実行権限を付与するか、それを実行するプログラムを先に記載してください（例: \"python3\", \"{program}\"）"
                ),
                format!(
                    "'{program}' may not be executed (folder: {shown}); make it executable, or name first what runs it, as in \"python3\", \"{program}\""
                ),
            );
        }
        if error.kind() == io::ErrorKind::NotFound {
            return Text::new(
                format!(
                    "プログラム「{program}」が見つかりません（作業フォルダー: {shown}）。インストールされていること、PATH に含まれること、相対パスの場合は作業フォルダーからの位置を確認してください"
                ),
                format!(
                    "there is no program '{program}' (folder: {shown}); see that it is installed and in PATH, or that its path is right from that folder"
                ),
            );
        }
        Text::new(
            format!(
                "プログラム「{program}」を起動できません（{}、作業フォルダー: {shown}）",
                why.ja
            ),
            format!(
                "'{program}' cannot be started: {} (folder: {shown})",
                why.en
            ),
        )
    }

    /// What is wrong with the file that the program's path names, where it is there.
    fn of_file(&self) -> Option<Text> {
        let Self {
            program,
            folder,
            error,
        } = self;
        // What has no folder in its name is sought in PATH.
        let named = Path::new(program);
        let file = folder.join(named);
        if named.components().count() < 2 || !file.exists() {
            return None;
        }
        if file.is_dir() {
            return Some(Text::new(
                format!("「{program}」はフォルダーです。その中のプログラムを記載してください"),
                format!("'{program}' is a folder; name the program in it"),
            ));
        }
        let mut start = vec![0; FIRST];
        let count = File::open(&file)
            .and_then(|mut file| file.read(&mut start))
            .ok()?;
        start.truncate(count);
        let script = start.strip_prefix(b"#!");
        if error.raw_os_error() == Some(NO_PROGRAM) {
            let (ja, en) = if script.is_none() && !start.contains(&0) {
                (
                    "先頭に #! の行がありません。先頭の行に #!/bin/sh などと記載するか、それを実行するプログラムを先に記載してください（例: \"sh\"）",
                    "it does not begin with a line of #!; put one there, such as #!/bin/sh, or name first what runs it, as in \"sh\"",
                )
            } else {
                (
                    "この機器で実行できる形式ではありません。この機器のOSとCPU用のものを使用してください",
                    "it is not in a form that this machine can run; take one for its system and processor",
                )
            };
            return Some(Text::new(
                format!("プログラム「{program}」を起動できません。{ja}"),
                format!("'{program}' cannot be started: {en}"),
            ));
        }
        if error.kind() != io::ErrorKind::NotFound {
            return None;
        }
        // It is there, so what is not there is what it names.
        let line = script?.split(|byte| *byte == b'\n').next()?;
        let line = String::from_utf8_lossy(line).into_owned();
        let interpreter = line.split([' ', '\t']).find(|word| !word.is_empty())?;
        Some(if line.ends_with('\r') {
            let shown = encoding::shown(line.trim_start());
            Text::new(
                format!(
                    "プログラム「{program}」の先頭の行は「{shown}」を指しています。改行コードをLFにして保存してください（現在はCRLFです）"
                ),
                format!(
                    "the first line of '{program}' names `{shown}`: save it with line ends of LF, not CRLF"
                ),
            )
        } else {
            let shown = encoding::shown(interpreter);
            Text::new(
                format!(
                    "プログラム「{program}」の先頭の行（#!）が指す「{shown}」がありません。インストールするか、先頭の行を修正してください"
                ),
                format!(
                    "the first line of '{program}' names `{shown}`, which is not there: install it, or correct that line"
                ),
            )
        })
    }
}

/// What the system says of a file that it cannot run.
const NO_PROGRAM: i32 = if cfg!(windows) { 193 } else { 8 };
/// How much of a file is looked at.
const FIRST: usize = 256;
