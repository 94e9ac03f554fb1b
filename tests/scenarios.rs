//! Scenario files that are right and that are wrong, with what is said of the wrong ones beside each.
//!
//! A case is a file or a folder below `scenarios/ok` or `scenarios/err`; it is put over the files of `scenarios/base`.
//! Where `<case>.txt` is missing, it is written, and the test fails once, so that somebody reads it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot read its files has failed"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use renkei::{
    plan::{self, Known},
    project::Project,
    scenario, sentinel,
    text::Lang,
};
use serde_json::{Value, json};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

/// Puts the files below a folder into a suite. Those of a case that belong to no other place are scenarios.
fn put(project: &mut Project, folder: &Path, below: &str) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            put(project, &path, &format!("{name}/"));
            continue;
        }
        let shared = matches!(name.as_str(), "profile.toml" | "items.toml" | "people.toml");
        let place = match below {
            "" if shared => String::new(),
            "" => "1-case/".to_owned(),
            _ => below.to_owned(),
        };
        let target = format!("scenarios/{place}{name}");
        project.files.remove(&target);
        project.add(target, fs::read(&path).unwrap());
    }
}

fn known() -> Known {
    let names = |names: &[&str]| -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    };
    Known {
        rules: names(&["R-MST-01"]),
        acts: acts(),
        certificates: names(&["good", "expired"]),
        faults: names(&["none", "reset"]),
    }
}

/// Acts that a network may have, each with its form.
fn acts() -> BTreeMap<String, Value> {
    let text = json!({ "type": "string" });
    let hour =
        json!({ "type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$", "examples": ["08:30"] });
    let institution = json!({ "type": "string", "enum": ["202053-M", "011002-M"] });
    let limits = json!({
        "type": "object", "additionalProperties": false,
        "properties": { "page": { "type": "integer", "minimum": 1, "maximum": 500 }, "production": { "type": "boolean" } },
    });
    let way = json!({ "anyOf": [{ "oneOf": [{ "const": "online" }, { "const": "batch" }] }, { "type": "null" }] });
    let forms = [
        (
            "publish",
            json!({ "version": text, "kinds": {}, "list": {}, "from": { "type": "string", "format": "date", "examples": ["2026-12-01"] } }),
            json!(["act"]),
        ),
        (
            "misbehave",
            json!({ "name": { "type": "string", "enum": ["wrong-digest", "cut"] }, "times": { "type": ["integer", "null"], "minimum": 1 } }),
            json!(["act", "name"]),
        ),
        (
            "approve",
            json!({ "institution": institution, "task": text, "mode": way }),
            json!(["act", "institution", "task"]),
        ),
        (
            "set-limits",
            json!({ "limits": limits }),
            json!(["act", "limits"]),
        ),
        (
            "set-hours",
            json!({ "opens": hour, "closes": hour }),
            json!(["act", "opens", "closes"]),
        ),
        (
            "stop",
            json!({ "from": { "type": "string", "format": "date-time" } }),
            json!(["act", "from"]),
        ),
        (
            "peer-answers",
            json!({ "institution": institution }),
            json!(["act", "institution"]),
        ),
        (
            "peer-asks",
            json!({ "institution": institution, "atena": text, "task": text, "year": { "type": ["integer", "null"] }, "every": {} }),
            json!(["act", "institution", "atena", "task"]),
        ),
        ("withdraw", json!({}), json!(["act"])),
        ("behave", json!({}), json!(["act"])),
    ];
    let forms = forms.into_iter().map(|(name, mut properties, required)| {
        properties["act"] = json!({ "type": "string", "const": name });
        let form = json!({
            "type": "object", "additionalProperties": false, "properties": properties, "required": required,
        });
        (name.to_owned(), form)
    });
    forms.collect()
}

/// What is said of a case, in English with its places, then in Japanese without.
fn said(case: &Path) -> String {
    let mut project = Project::default();
    put(&mut project, &folder().join("base"), "");
    if case.is_dir() {
        put(&mut project, case, "");
    } else {
        let name = case.file_name().unwrap().to_string_lossy();
        project.add(format!("scenarios/1-case/{name}"), fs::read(case).unwrap());
    }
    let (_, diagnostics) = plan::load(&project, &known());
    let mut said = String::new();
    for diagnostic in &diagnostics {
        let shown = diagnostic.render(
            &|path| (path.to_owned(), project.shown(path).to_owned()),
            Lang::En,
            false,
        );
        let lines: Vec<&str> = shown.lines().map(str::trim_end).collect();
        said += &lines.join("\n");
        said += "\n  ja: ";
        said += diagnostic.text.get(Lang::Ja);
        said += "\n";
        if let Some(hint) = &diagnostic.hint {
            said += "      ";
            said += hint.get(Lang::Ja);
            said += "\n";
        }
        said += "\n";
    }
    said
}

fn cases(of: &str) -> Vec<PathBuf> {
    let mut cases: Vec<PathBuf> = fs::read_dir(folder().join(of))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_none_or(|extension| extension == "toml"))
        .collect();
    cases.sort();
    assert!(!cases.is_empty());
    cases
}

fn check(case: &Path) -> Result<(), String> {
    let said = said(case);
    let file = case.with_extension("txt");
    match fs::read_to_string(&file) {
        Ok(expected) if expected.replace("\r\n", "\n") == said => Ok(()),
        Ok(expected) => Err(format!(
            "{}\n--- expected\n{expected}\n--- said\n{said}",
            file.display()
        )),
        Err(_) => {
            fs::write(&file, said).unwrap();
            Err(format!("{}: written, to be read", file.display()))
        }
    }
}

#[test]
fn of_right_files_nothing_is_said() {
    for case in cases("ok") {
        assert_eq!(said(&case), "", "{}", case.display());
    }
}

#[test]
fn of_wrong_files_every_mistake_is_shown_with_its_place_and_a_hint() {
    let wrong: Vec<String> = cases("err")
        .iter()
        .filter_map(|case| check(case).err())
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn an_individual_number_in_any_file_is_a_mistake_but_where_twelve_digits_are_natural() {
    let number = sentinel::specimen();
    let mut project = Project::default();
    put(&mut project, &folder().join("base"), "");
    let people = format!("[person.sato]\natena = \"{number}\"\n");
    project.add("scenarios/people.toml".to_owned(), people.into_bytes());
    let template = format!("<!-- {number} -->\n<n:A xmlns:n=\"urn:n\"/>\n");
    let path = "scenarios/messages/Echo.xml".to_owned();
    project.add(path, template.into_bytes());
    let said = |project: &Project| -> Vec<String> {
        let (_, diagnostics) = plan::load(project, &known());
        let texts = diagnostics.into_iter().map(|diagnostic| diagnostic.text.en);
        texts.collect()
    };
    assert_eq!(said(&project), ["an individual number is written here"; 2]);
    let profile = project.files.get_mut("scenarios/profile.toml").unwrap();
    profile.push_str(
        "\n[sentinel]\ntwelve_digits = { \"//n:Atena\" = \"an office's own numbers\" }\n",
    );
    assert_eq!(said(&project), [""; 0]);
}

#[test]
fn wherever_a_file_is_cut_or_struck_reading_ends_and_says_so() {
    let mut project = Project::default();
    put(&mut project, &folder().join("base"), "");
    let text = fs::read_to_string(folder().join("ok/every-kind.toml")).unwrap();
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    for (at, struck) in places
        .iter()
        .step_by(7)
        .zip("\"'[]{}=\n#,x".chars().cycle())
    {
        let (before, after) = text.split_at(*at);
        let rest: String = after.chars().skip(1).collect();
        for changed in [before.to_owned(), format!("{before}{struck}{rest}")] {
            let (scenario, found) =
                scenario::parse("scenarios/1-a/a.toml", &changed, &project.files);
            assert!(scenario.is_some(), "{changed}");
            for diagnostic in found {
                assert!(diagnostic.span.start <= changed.len(), "{diagnostic:?}");
                diagnostic.render(&|path| (path.to_owned(), changed.clone()), Lang::Ja, false);
            }
        }
    }
}
