//! The reference of the files that people write: an introduction, and tables made from the types.

use serde_json::Value;

use crate::{
    plan::{ItemsFile, PHASES, PeopleFile},
    profile::Profile,
    scenario::{ScenarioFile, SharedFile, keys},
    schema::{
        page::{
            DESCRIBED, EXEC, EXPECT, EXPECT_CALL, INTRODUCTION, PEER, PEOPLE, PROFILE, SCENARIO,
            SCHEMAS, SHARED, SNAPSHOTS, STEPS, TEMPLATES, UNTIL,
        },
        schema, words,
    },
    transport,
};

/// The whole page, in Markdown.
pub fn reference() -> String {
    let scenario = schema::<ScenarioFile>();
    let profile = schema::<Profile>();
    let mut page = INTRODUCTION.to_owned();
    for (name, ja, en) in PHASES {
        line(&mut page, &format!("| `{name}` | {ja} | {en} |"));
    }
    section(
        &mut page,
        "シナリオ / Scenario",
        SCENARIO,
        &scenario,
        "",
        &[],
    );
    page += STEPS;
    section(
        &mut page,
        "すべての手順 / Every step",
        "",
        &scenario,
        "Step",
        &keys::EVERY,
    );
    let kinds = keys::KINDS.map(|keys| keys.kind);
    section(
        &mut page,
        "手順の種類（いずれか一つ） / Kinds, exactly one of them",
        "",
        &scenario,
        "Step",
        &kinds,
    );
    for keys in &keys::KINDS {
        if keys.beside.is_empty() {
            continue;
        }
        let kind = keys.kind;
        let heading = format!("{kind} とともに記載するもの / With {kind}");
        let text = match kind {
            "exec" => EXEC,
            "expect_call" => EXPECT_CALL,
            "peer" => PEER,
            _ => "",
        };
        section(&mut page, &heading, text, &scenario, "Step", keys.beside);
        if !keys.expect.is_empty() && kind != "send" {
            let list: Vec<String> = keys.expect.iter().map(|key| format!("`{key}`")).collect();
            let list = list.join(", ");
            line(
                &mut page,
                &format!("\n`expect` で使用できるもの / In `expect`: {list}"),
            );
        }
    }
    section(
        &mut page,
        "expect: 期待する応答 / What must come back",
        EXPECT,
        &scenario,
        "Expect",
        &[],
    );
    page += "\n| outcome | 意味 | meaning |\n| --- | --- | --- |\n";
    for (name, english) in variants(&schema::<transport::Outcome>()) {
        let outcome = transport::Outcome::ALL.into_iter();
        let mut outcome = outcome.filter(|outcome| outcome.as_str() == name);
        let japanese = outcome.next().map_or("", transport::Outcome::in_japanese);
        line(&mut page, &format!("| `{name}` | {japanese} | {english} |"));
    }
    section(
        &mut page,
        "条件 / Descriptions",
        DESCRIBED,
        &scenario,
        "Described",
        &[],
    );
    section(
        &mut page,
        "until: 繰り返し / Polling",
        UNTIL,
        &scenario,
        "Until",
        &[],
    );
    let peer = [
        ("peer: 他の機関 / An institution", "Peer"),
        ("peer の answers / `answers` of peer", "Answers"),
        ("peer の refuses / `refuses` of peer", "Refuses"),
        ("peer の hours / `hours` of peer", "Hours"),
    ];
    for (heading, of) in peer {
        section(&mut page, heading, "", &scenario, of, &[]);
    }
    section(
        &mut page,
        "http: 試験対象のシステムへの要求 / A request to the system under test",
        "",
        &scenario,
        "Http",
        &[],
    );
    section(
        &mut page,
        "listen: 接続口 / A listener",
        "",
        &scenario,
        "Listen",
        &[],
    );
    page += SNAPSHOTS;
    section(
        &mut page,
        "共通手順 / Shared steps: `scenarios/steps/*.toml`",
        SHARED,
        &schema::<SharedFile>(),
        "",
        &[],
    );
    section(
        &mut page,
        "人物 / People: `scenarios/people.toml`",
        PEOPLE,
        &schema::<PeopleFile>(),
        "",
        &[],
    );
    page += TEMPLATES;
    let items = schema::<ItemsFile>();
    section(
        &mut page,
        "試験項目 / Test items: `scenarios/items.toml`",
        "",
        &items,
        "Item",
        &[],
    );
    section(
        &mut page,
        "プロファイル / The profile: `scenarios/profile.toml`",
        PROFILE,
        &profile,
        "",
        &[],
    );
    let tables = [
        ("`[operation.NAME]`", "Operation"),
        ("`[identity.NAME]`", "Identity"),
        ("`[sentinel]`", "Sentinel"),
        ("`[doctor]`", "Doctor"),
        ("`[doctor.service]`", "Service"),
        ("`[doctor.masters]`", "Masters"),
        ("`[target.NAME]`", "Target"),
        ("`[target.NAME.identity.IDENTITY]`", "Credentials"),
        ("`[target.NAME.timeouts]`", "Timeouts"),
        ("`[target.NAME.tls]`", "Tls"),
        (
            "`[system]`: 試験対象のシステム / The system under test",
            "System",
        ),
        ("`[system]` の ready / When it is ready", "Ready"),
    ];
    for (heading, of) in tables {
        section(&mut page, heading, "", &profile, of, &[]);
    }
    page + SCHEMAS
}

/// The keys of one table; `of` is empty for the file itself, `keys` for all in their order.
fn section(page: &mut String, heading: &str, text: &str, root: &Value, of: &str, keys: &[&str]) {
    line(page, &format!("\n## {heading}\n"));
    page.push_str(text);
    if !text.is_empty() {
        page.push('\n');
    }
    *page += "| key | 意味 | meaning | example |\n| --- | --- | --- | --- |\n";
    let (name, table) = if of.is_empty() {
        let title = root.get("title").and_then(Value::as_str);
        (title.unwrap_or_default(), root)
    } else {
        let definition = root.pointer(&format!("/definitions/{of}"));
        (of, definition.unwrap_or(root))
    };
    let required: Vec<&str> = table
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let properties = table.get("properties").and_then(Value::as_object);
    let all: Vec<&str> = properties
        .into_iter()
        .flat_map(|properties| properties.keys().map(String::as_str))
        .collect();
    let keys = if keys.is_empty() { &all } else { keys };
    for key in keys {
        let english = properties
            .and_then(|properties| properties.get(*key)?.get("description")?.as_str())
            .unwrap_or_default()
            .replace('\n', " ");
        let Some(word) = words::of(name, key) else {
            continue;
        };
        let must = if required.contains(key) { " ＊" } else { "" };
        let example: Vec<String> = word.example.lines().map(code).collect();
        let example = example.join("<br>");
        let (ja, english) = (cell(word.ja), cell(&english));
        line(
            page,
            &format!("| `{key}`{must} | {ja} | {english} | {example} |"),
        );
    }
}

fn line(page: &mut String, text: &str) {
    page.push_str(text);
    page.push('\n');
}

/// The values of an enumeration, with what each means.
fn variants(schema: &Value) -> Vec<(String, String)> {
    let all = schema.get("oneOf").and_then(Value::as_array);
    all.into_iter()
        .flatten()
        .filter_map(|variant| {
            let name = variant.get("const")?.as_str()?;
            let text = variant.get("description")?.as_str()?;
            Some((name.to_owned(), text.replace('\n', " ")))
        })
        .collect()
}

fn code(line: &str) -> String {
    format!("`{}`", cell(line))
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
