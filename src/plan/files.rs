//! The names of the files: each is one that is read, and none holds an individual number.

use crate::{
    diagnostic::Diagnostic,
    plan::{individual_number, is_scenario},
    project::Project,
    scenario::Scenario,
    sentinel,
    text::Text,
};

/// Reports files that nobody reads, since whoever wrote them believes that they are, and numbers in names.
pub(super) fn check(project: &Project, found: &mut Vec<Diagnostic>) {
    let read = project.files.keys().chain(project.unreadable.keys());
    for path in read.chain(&project.unread) {
        let Some(name) = path.strip_prefix("scenarios/") else {
            continue;
        };
        if sentinel::found_in_name(path) {
            let masked = sentinel::mask_names(path);
            found.push(Diagnostic::new(masked, 0..0, individual_number()).hint(rename()));
        } else if !is_read(path, name) && !is_left_alone(name) {
            let text = Text::new("このファイルは読み込まれません", "this file is not read");
            found.push(Diagnostic::new(path, 0..0, text).hint(instead(name)));
        }
    }
}

/// Reports numbers in the names of steps, which become names of files.
pub(super) fn check_steps(scenarios: &[Scenario], found: &mut Vec<Diagnostic>) {
    let steps = scenarios.iter().flat_map(|scenario| &scenario.file.steps);
    for step in steps.filter(|step| sentinel::found_in_name(step.id.get_ref())) {
        let mistake = Diagnostic::new(&step.file, step.id.span(), individual_number());
        found.push(mistake.hint(rename()));
    }
}

fn rename() -> Text {
    Text::new(
        "名前は送信され、実施記録にも残ります。個人番号を含まない名前にしてください",
        "names are sent and kept in the records of runs; choose one without the number",
    )
}

fn is_read(path: &str, name: &str) -> bool {
    let ends = |ending: &str| name.as_bytes().ends_with(ending.as_bytes());
    match name.split_once('/') {
        // Another profile is read where it is asked for.
        None => {
            matches!(name, "people.toml" | "items.toml")
                || name.starts_with("profile") && ends(".toml")
        }
        Some(("messages", _)) => ends(".xml"),
        Some(("steps", _)) => ends(".toml"),
        Some(_) => is_scenario(path),
    }
}

/// Notes for people, and what editors and file managers leave.
fn is_left_alone(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let lower = file.to_ascii_lowercase();
    let bytes = lower.as_bytes();
    bytes.ends_with(b".md")
        || bytes.ends_with(b"~")
        || matches!(lower.as_str(), "thumbs.db" | "desktop.ini")
        || name.split('/').any(|part| part.starts_with('.'))
}

/// Where the file belongs, or how it is to be called.
fn instead(name: &str) -> Text {
    let lower = name.to_ascii_lowercase();
    if [".toml.", ".xml."].iter().any(|part| lower.contains(part)) {
        return Text::new(
            "ファイル名の末尾を .toml 又は .xml にしてください（エクスプローラーは末尾を表示しないことがあります）",
            "let its name end in .toml or .xml; file managers may hide the end of a name",
        );
    }
    if lower.as_bytes().ends_with(b".toml") {
        return Text::new(
            "シナリオは scenarios/1-master/ などのフォルダーに、共通手順は scenarios/steps/ に置き、末尾は小文字の .toml としてください。別のプロファイルは profile-….toml としてください",
            "scenarios go to a folder such as scenarios/1-master/, shared steps to scenarios/steps/, with .toml in small letters; other profiles are called profile-….toml",
        );
    }
    if lower.as_bytes().ends_with(b".xml") {
        return Text::new(
            "電文のひな形は scenarios/messages/ に置き、末尾は小文字の .xml としてください",
            "templates of messages go to scenarios/messages/, with .xml in small letters",
        );
    }
    Text::new(
        "読み込まれるのは .toml と、messages の中の .xml です。覚え書きは .md とするか、別のフォルダーに置いてください",
        "what is read is .toml, and .xml in messages; notes are called .md, or lie in another folder",
    )
}
