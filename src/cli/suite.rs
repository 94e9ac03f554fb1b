//! `check`, and reading the suite for the other subcommands.

use std::{
    collections::BTreeSet,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use renkei_mock::{pki::BAD_SERVER, server};
use serde_json::Value;

use crate::{
    cli::{Done, Stopped},
    diagnostic::{Diagnostic, nearest},
    plan::{self, Known, Suite},
    profile::PATH as PROFILE,
    project::Project,
    schema, sentinel,
    text::{Lang, Text, counted},
    verdict::Exit,
};

/// The suite nearest to the working folder, else the embedded one.
pub(super) fn project() -> Result<Project, Stopped> {
    let folder = std::env::current_dir()?;
    let project = Project::find(&folder)?;
    let inside = || {
        folder
            .ancestors()
            .any(|above| above.file_name().is_some_and(|name| name == "scenarios"))
    };
    // Scenarios that stand here are meant, and no others in their place.
    if folder.join("scenarios").is_dir() && !folder.join(PROFILE).is_file()
        || project.root.is_none() && inside()
    {
        return Err(Stopped {
            exit: Exit::Suite,
            text: Text::new(
                "フォルダー scenarios がありますが、その中に profile.toml がありません。何も読み込んでいません。",
                "there is a folder scenarios, but no profile.toml in it; nothing was read",
            ),
        });
    }
    Ok(project)
}

/// Whose suite it is, for the end of what is shown: who stands in another folder than was thought has run another suite.
pub(super) fn named(project: &Project) -> Text {
    let Some(root) = &project.root else {
        let folder = std::env::current_dir().unwrap_or_default();
        let folder = folder.display();
        let near = near_name().map_or_else(Default::default, |name| {
            (
                format!("。フォルダー「{name}」がありますが、名前は scenarios ではありませんか"),
                format!("; there is a folder '{name}': did you mean 'scenarios'?"),
            )
        });
        return Text::new(
            format!(
                "対象のシナリオ: 同梱のシナリオ（{folder} にも上位のフォルダーにも scenarios/profile.toml がありません{}）",
                near.0
            ),
            format!(
                "suite: the built-in suite (no scenarios/profile.toml in {folder} nor above{})",
                near.1
            ),
        );
    };
    let folder = std::path::absolute(root.join("scenarios"));
    let folder = folder.as_deref().unwrap_or(root).display();
    Text::new(
        format!("対象のシナリオ: {folder}"),
        format!("suite: {folder}"),
    )
}

/// A folder here that holds scenarios, and is almost called as it must be.
fn near_name() -> Option<String> {
    let folder = std::env::current_dir().ok()?;
    let mut names: Vec<String> = fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| nearest(&name.to_lowercase(), ["scenarios"]).is_some())
        .filter(|name| name != "scenarios" && holds_toml(Path::new(name), 2))
        .collect();
    names.sort();
    names.into_iter().next()
}

/// Whether a folder holds a `.toml`, so many folders down.
fn holds_toml(folder: &Path, depth: usize) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).any(|path| {
        path.extension().is_some_and(|end| end == "toml")
            || depth > 0 && path.is_dir() && holds_toml(&path, depth - 1)
    })
}

/// A suite that holds no scenario: what is missing, and where it goes.
pub(super) fn no_scenario() -> Stopped {
    Stopped {
        exit: Exit::Nothing,
        text: Text::new(
            "シナリオがありません。scenarios の下のフォルダーに、末尾が .toml のファイルを置いてください（例: scenarios/0-connection/first.toml）。同梱のシナリオは、extends = \"bundled\" でも引き継がれません。",
            "there is no scenario; put files whose names end in .toml into folders below scenarios/, such as scenarios/0-connection/first.toml (extends = \"bundled\" takes no scenarios over)",
        ),
    }
}

/// The suite with the profile that was asked for in the place of its own, where one was.
pub(super) fn project_with(profile: Option<&Path>) -> Result<Project, Stopped> {
    profile.map_or_else(project, with_profile)
}

/// The suite around a profile, else the nearest one, with that profile.
fn with_profile(profile: &Path) -> Result<Project, Stopped> {
    let text = fs::read_to_string(profile).map_err(|error| Stopped::file(profile, &error))?;
    let absolute = std::env::current_dir()?.join(profile);
    let folder = absolute
        .parent()
        .filter(|folder| folder.ends_with("scenarios"));
    let mut project = match folder.and_then(Path::parent) {
        Some(root) => {
            let mut project = Project::on_disk(root)?;
            // It is read in the place of the suite's own, and under that name.
            if let Some(name) = absolute.file_name() {
                let path = format!("scenarios/{}", name.to_string_lossy());
                project.files.remove(&path);
                project.unread.remove(&path);
            }
            project
        }
        None => project()?,
    };
    project.files.insert(PROFILE.to_owned(), text);
    project.extend();
    Ok(project)
}

/// Where what nobody named goes: beside `scenarios/`, from whichever of its folders the command was given.
pub(super) fn beside(name: &str, root: Option<&Path>) -> PathBuf {
    let here = std::env::current_dir().ok();
    match root {
        Some(root) if here.as_deref() != Some(root) => root.join(name),
        Some(_) | None => PathBuf::from(name),
    }
}

/// Reads the suite; shows all mistakes and stops where there is one.
pub(super) fn load(project: &Project, out: &mut dyn Write, lang: Lang) -> Result<Suite, Stopped> {
    if project.root.is_none() {
        let text = Text::new(
            "このフォルダーにも上位のフォルダーにも scenarios/profile.toml がないため、同梱のシナリオを使用します。",
            "there is no scenarios/profile.toml here or above, so the embedded suite is used",
        );
        // Where not even this can be written, the command goes on all the same.
        let _ = writeln!(std::io::stderr(), "{}", text.get(lang));
    }
    let (suite, diagnostics) = plan::load(project, &known());
    if diagnostics.is_empty() {
        return Ok(suite);
    }
    for diagnostic in &diagnostics {
        show(diagnostic, project, out, lang)?;
    }
    let count = diagnostics.len();
    let number = plan::individual_number();
    let exit = if diagnostics.iter().any(|mistake| mistake.text == number) {
        Exit::IndividualNumber
    } else {
        Exit::Suite
    };
    let mistakes = counted(count, "mistake");
    let text = if suite.scenarios_unread {
        Text::new(
            format!(
                "誤りが{count}件あります。シナリオが前提とするファイルの誤りのため、シナリオはまだ確認していません。何も送信していません。"
            ),
            format!(
                "{mistakes} in what the scenarios rest on, so that these were not looked at; nothing was sent"
            ),
        )
    } else {
        Text::new(
            format!("誤りが{count}件あります。何も送信していません。"),
            format!("{mistakes}; nothing was sent"),
        )
    };
    Err(Stopped { exit, text })
}

/// Reads the suite where there is no mistake in it, and says nothing.
pub(super) fn whole(project: &Project) -> Option<Suite> {
    let (suite, mistakes) = plan::load(project, &known());
    mistakes.is_empty().then_some(suite)
}

/// What the bundled mock knows by name.
fn known() -> Known {
    let texts = server::texts();
    let names = |list: &str, key: &str| -> BTreeSet<String> {
        let entries = texts.get(list).and_then(Value::as_array);
        let names = entries.into_iter().flatten();
        let names = names.filter_map(|entry| entry.get(key)?.as_str());
        names.map(str::to_owned).collect()
    };
    Known {
        rules: names("rules", "id"),
        acts: server::acts().into_iter().collect(),
        certificates: ["good"]
            .into_iter()
            .chain(BAD_SERVER)
            .map(str::to_owned)
            .collect(),
        faults: names("listenerFaults", "name"),
    }
}

fn show(
    diagnostic: &Diagnostic,
    project: &Project,
    out: &mut dyn Write,
    lang: Lang,
) -> Result<(), Stopped> {
    let mark = Text::new("同梱 ", "(built in) ");
    let source = |path: &str| {
        let built_in = project.built_in.contains(path);
        let mark = if built_in { mark.get(lang) } else { "" };
        (format!("{mark}{path}"), project.shown(path).to_owned())
    };
    let shown = diagnostic.render(&source, lang, true);
    writeln!(out, "{}\n", sentinel::mask_names(&sentinel::mask(&shown)))?;
    Ok(())
}

/// Reads the whole suite; nothing is sent.
pub(super) fn check(out: &mut dyn Write, lang: Lang) -> Done {
    let project = project()?;
    let suite = load(&project, out, lang)?;
    let count = suite.scenarios.len();
    if count == 0 {
        return Err(no_scenario());
    }
    let text = Text::new(
        format!("シナリオ{count}件に誤りはありません。"),
        format!("{}, no mistake", counted(count, "scenario")),
    );
    writeln!(out, "{}", text.get(lang))?;
    writeln!(out, "{}", named(&project).get(lang))?;
    Ok(Exit::Ok)
}

/// Writes the JSON Schemas, and the reference where it is asked for.
pub(super) fn schema(out: &mut dyn Write, folder: &Path, reference: Option<&Path>) -> Done {
    fs::create_dir_all(folder).map_err(|error| Stopped::unwritten(folder, &error))?;
    for (name, text) in schema::schemas() {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| Stopped::unwritten(&path, &error))?;
        writeln!(out, "{}", path.display())?;
    }
    if let Some(path) = reference {
        fs::write(path, schema::reference()).map_err(|error| Stopped::unwritten(path, &error))?;
        writeln!(out, "{}", path.display())?;
    }
    Ok(Exit::Ok)
}
