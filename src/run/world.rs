//! A scenario's world at the mock: made, spoilt where that is asked for, left with a checkpoint, deleted.

use std::collections::BTreeMap;

use hyper::{Method, Uri};
use serde_json::{Value, json};

use crate::{
    control::{Control, ControlError},
    event::{Fault, Outcome, Rule},
    japan,
    run::{Shared, service},
    scenario::{Clock, Scenario},
    text::Text,
};

/// A world that is open.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) name: String,
    /// Where its network is reached, with a slash at the end.
    pub(super) url: String,
    /// Its time when the scenario began.
    pub(super) start: String,
    /// Whether its clock stands until it is moved.
    pub(super) frozen: bool,
}

/// The name of a scenario's world: what ids may not hold becomes a hyphen, and what is too long is cut at the front,
/// since ids differ at their ends.
pub(super) fn name(nonce: &str, scenario: &str) -> String {
    let id: Vec<char> = scenario
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    let room = 63_usize.saturating_sub(nonce.len());
    let id: String = id.iter().skip(id.len().saturating_sub(room)).collect();
    format!("{nonce}-{id}")
}

/// Makes the scenario's world, and sets what is off or spoilt in it.
pub(super) async fn open(
    shared: &Shared,
    scenario: &Scenario,
    name: &str,
    from: Option<&str>,
) -> Result<World, ControlError> {
    let setting = &shared.setting;
    let control = &setting.target.control;
    if let Some(real) = &setting.target.real {
        // A scenario that is gone on with counts its times from when it began.
        let began = shared.resumed();
        let began = began.and_then(|resumed| resumed.starts.get(&scenario.id).cloned());
        return Ok(World {
            name: String::new(),
            url: in_folder(setting.target.url.as_deref().unwrap_or_default()),
            start: began.unwrap_or_else(|| japan::seconds(real.at())),
            frozen: false,
        });
    }
    if setting.dry_run {
        return Ok(World {
            name: String::new(),
            url: in_folder(setting.target.url.as_deref().unwrap_or(NOWHERE)),
            start: String::new(),
            frozen: false,
        });
    }
    let (place, mut asked) = match (from, &scenario.file.starts_from) {
        (Some(source), Some(checkpoint)) => {
            let fork = json!({ "name": name, "checkpoint": checkpoint.get_ref() });
            (format!("/worlds/{source}/forks"), fork)
        }
        (Some(_) | None, _) => ("/worlds".to_owned(), json!({ "name": name })),
    };
    if let (Some(clock), Some(asked)) = (scenario.file.clock, asked.as_object_mut()) {
        let mode = match clock {
            Clock::Flowing => "flowing",
        };
        asked.insert("clock".to_owned(), mode.into());
    }
    // Dropped in its midst it would be made all the same, and nobody would know of it.
    let made = {
        let (control, place) = (control.clone(), place.clone());
        let made = async move { control.send(Method::POST, &place, asked).await };
        setting.under_way.spawn(made).await
    };
    let made = made.map_err(|_| ControlError {
        call: format!("POST {place}"),
        status: None,
        says: Text::new("途中で終わりました", "it ended in its midst"),
    })??;
    let mut url = rebased(&text(&made, "url"), setting.target.url.as_deref());
    if shared.served.is_some() {
        url = service::to_front(setting, name).await?;
    }
    if shared.under_test.contains(&scenario.id) {
        let spoilt = &setting.spoilt;
        if !spoilt.rules_off.is_empty() {
            let body = json!({ "off": spoilt.rules_off });
            control
                .send(Method::PUT, &format!("/worlds/{name}/rules"), body)
                .await?;
        }
        if let Some(misbehaviour) = &spoilt.misbehaviour {
            let body = json!({ "name": misbehaviour });
            control
                .send(Method::PUT, &format!("/worlds/{name}/misbehaviour"), body)
                .await?;
        }
        if let Some((certificate, fault)) = &spoilt.listener {
            let body = json!({ "certificate": certificate, "fault": fault });
            url = listen(shared, name, body).await?;
        }
    }
    let clock = control.get(&format!("/worlds/{name}/clock")).await?;
    Ok(World {
        name: name.to_owned(),
        url,
        start: text(&clock, "now"),
        frozen: text(&clock, "mode") == "frozen",
    })
}

/// Where a dry run against the bundled mock would send.
const NOWHERE: &str = "https://mock.invalid/";

/// A URL with a slash at its end.
fn in_folder(url: &str) -> String {
    format!("{}/", url.trim_end_matches('/'))
}

/// Opens a further listener of a world, and gives its URL.
pub(super) async fn listen(
    shared: &Shared,
    world: &str,
    body: Value,
) -> Result<String, ControlError> {
    let target = &shared.setting.target;
    let opened = target
        .control
        .send(Method::POST, &format!("/worlds/{world}/listeners"), body)
        .await?;
    Ok(on_host_of(&text(&opened, "url"), target.url.as_deref()))
}

/// Keeps the world's state under a name.
pub(super) async fn checkpoint(
    shared: &Shared,
    world: &str,
    name: &str,
) -> Result<(), ControlError> {
    if shared.setting.target.real.is_some() || shared.setting.dry_run {
        return Ok(());
    }
    shared
        .setting
        .target
        .control
        .send(
            Method::POST,
            &format!("/worlds/{world}/checkpoints"),
            json!({ "name": name }),
        )
        .await
        .map(|_| ())
}

/// Deletes a world. One that was never made cannot be deleted, and that is fine.
pub(super) async fn delete(control: &Control, name: &str) {
    if name.is_empty() {
        // That of a network without control.
        return;
    }
    let _ = control
        .send(Method::DELETE, &format!("/worlds/{name}"), json!(null))
        .await;
}

/// The rules and faults as the network tells them; none where it tells none, since a report can do without.
pub(super) async fn texts(control: &Control) -> (BTreeMap<String, Rule>, BTreeMap<String, Fault>) {
    let texts = control.get("/texts").await.unwrap_or_default();
    let entries = |list: &str| {
        let entries = texts.get(list).and_then(Value::as_array);
        entries.into_iter().flatten()
    };
    let both = |value: &Value| Text::new(text(value, "ja"), text(value, "en"));
    let rules = entries("rules").map(|rule| {
        let id = text(rule, "id");
        let entry = Rule {
            id: id.clone(),
            mark: text(rule, "mark"),
            text: both(rule),
        };
        (id, entry)
    });
    let faults = entries("faults").map(|fault| {
        let code = text(fault, "code");
        let entry = Fault {
            code: code.clone(),
            text: both(fault),
            next: both(fault.get("next").unwrap_or(&Value::Null)),
        };
        (code, entry)
    });
    (rules.collect(), faults.collect())
}

/// What it means for a step that control did not do as asked: a conflict is a finding about the network, a request that
/// control does not understand is the scenario's mistake, and anything else is a broken connection.
pub(super) fn outcome(error: &ControlError) -> Outcome {
    let why = error.text();
    match error.status {
        Some(409) => Outcome::Failed {
            mismatches: vec![why],
            difference: None,
        },
        Some(400 | 404 | 405 | 422) => Outcome::Unusable { why },
        Some(_) | None => Outcome::Broken { why },
    }
}

/// A text of an answer of control; empty where there is none.
pub(super) fn text(value: &Value, key: &str) -> String {
    let text = value.get(key).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

/// A world's URL below the URL by which the target is reached.
pub(super) fn rebased(url: &str, base: Option<&str>) -> String {
    match (base, url.parse::<Uri>()) {
        (Some(base), Ok(uri)) => format!("{}{}", base.trim_end_matches('/'), uri.path()),
        (Some(_), Err(_)) | (None, _) => url.to_owned(),
    }
}

/// A listener's URL on the host by which the target is reached; its port is its own.
fn on_host_of(url: &str, base: Option<&str>) -> String {
    let host = base.and_then(|base| base.parse::<Uri>().ok()?.host().map(str::to_owned));
    let port = url.parse::<Uri>().ok().and_then(|uri| uri.port_u16());
    match (host, port) {
        (Some(host), Some(port)) => format!("https://{host}:{port}/"),
        (Some(_) | None, _) => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_worlds_are_short_and_differ() {
        assert_eq!(name("run", "1-master/list"), "run-1-master-list");
        let long = "4-query-provide/".to_owned() + &"a".repeat(80);
        let names = [
            name("run", &format!("{long}1")),
            name("run", &format!("{long}2")),
        ];
        assert!(names.iter().all(|name| name.len() <= 64));
        assert_ne!(names[0], names[1]);
    }

    #[test]
    fn a_target_is_reached_by_its_own_url() {
        let world = "https://127.0.0.1:4000/w/a/";
        assert_eq!(rebased(world, None), world);
        assert_eq!(
            rebased(world, Some("https://proxy.example:8443/net/")),
            "https://proxy.example:8443/net/w/a/"
        );
        assert_eq!(
            on_host_of(
                "https://127.0.0.1:4001/",
                Some("https://proxy.example:8443/net/")
            ),
            "https://proxy.example:4001/"
        );
    }
}
