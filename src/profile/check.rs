//! What the reader of the form cannot see in `[target.NAME]`: keys that do not go together, names that nobody knows, and
//! URLs that cannot be used.

use std::path::{Component, Path};

use hyper::{
    Uri,
    header::{HeaderName, HeaderValue},
};
use toml::{Spanned, de::DeValue};

use crate::{
    diagnostic::{Diagnostic, unknown},
    profile::{PATH, Profile, Target},
    scenario::{keys, read},
    text::Text,
    transport::Place,
};

/// Checks the names in `[doctor]`.
pub(super) fn doctor(profile: &Profile, root: &Spanned<DeValue<'_>>, found: &mut Vec<Diagnostic>) {
    for (table, name) in profile.doctor.operations() {
        if !profile.operation.contains_key(name) {
            let span = read::places(root, &["doctor", table, "operation"]).1;
            let kind = Text::new("操作", "operation");
            let known = profile.operation.keys().map(String::as_str);
            found.push(unknown(PATH, span, &kind, name, known));
        }
    }
    for name in &profile.doctor.identities {
        if !profile.identity.contains_key(name) {
            let span = read::places(root, &["doctor", "as"]).1;
            let kind = Text::new("送信者", "identity");
            let known = profile.identity.keys().map(String::as_str);
            found.push(unknown(PATH, span, &kind, name, known));
        }
    }
}

/// Checks all targets.
pub(super) fn targets(profile: &Profile, root: &Spanned<DeValue<'_>>, found: &mut Vec<Diagnostic>) {
    for (name, target) in &profile.target {
        Check {
            profile,
            name,
            root,
            found,
        }
        .target(target);
    }
}

/// What a URL leads to, which says what may stand in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leads {
    /// Paths of endpoints are added.
    Before,
    /// It is sent to as it stands.
    Whole,
    /// The control API: paths are added, without TLS.
    Control,
    /// A proxy: host and port alone.
    Proxy,
}

struct Check<'a, 'b> {
    profile: &'a Profile,
    name: &'a str,
    root: &'a Spanned<DeValue<'b>>,
    found: &'a mut Vec<Diagnostic>,
}

impl Check<'_, '_> {
    fn target(&mut self, target: &Target) {
        self.url(&["url"], &target.url, Leads::Before);
        for (endpoint, url) in &target.endpoint {
            self.url(&["endpoint", endpoint], url, Leads::Whole);
        }
        if let Some(control) = &target.control {
            self.url(&["control"], control, Leads::Control);
        }
        if let Some(proxy) = &target.proxy {
            self.url(&["proxy"], proxy, Leads::Proxy);
        } else if target.proxy_auth_env.is_some() {
            self.mistake(
                &["proxy_auth_env"],
                Text::new("「proxy」の指定が必要です", "'proxy' is needed too"),
                None,
            );
        }
        if target.ca.is_none() && target.certificates.is_none() {
            let text = Text::new(
                format!(
                    "[target.{}] に certificates 又は ca の指定が必要です",
                    self.name
                ),
                format!("[target.{}] needs 'certificates' or 'ca'", self.name),
            );
            self.mistake(&[], text, None);
        }
        if let (Some(min), Some(max)) = (target.tls.min, target.tls.max)
            && min > max
        {
            let text = Text::new(
                "TLSの版の下限が上限より新しくなっています",
                "the lowest TLS version is above the highest",
            );
            self.mistake(&["tls", "min"], text, None);
        }
        for (identity, credentials) in &target.identity {
            if let Err((key, text)) = credentials.kind() {
                self.mistake(&["identity", identity, key], text, None);
            }
        }
        if target.control.is_some() {
            self.only_without_control(target);
        }
        if let Some(folder) = &target.snapshots {
            self.folder(folder);
        }
        self.names(target);
        self.headers(target);
    }

    /// What is said of a real environment means nothing for a mock that makes a world for each scenario.
    fn only_without_control(&mut self, target: &Target) {
        let keys = [
            ("longest_wait", target.longest_wait.is_some()),
            ("exports", !target.exports.is_empty()),
            ("endpoint", !target.endpoint.is_empty()),
        ];
        for (key, given) in keys {
            if given {
                let text = Text::new(
                    format!("「{key}」は「control」と同時に指定できません"),
                    format!("'{key}' does not go together with 'control'"),
                );
                self.mistake(&[key], text, None);
            }
        }
    }

    /// Snapshots lie below the suite's root, beside scenarios and not among them.
    fn folder(&mut self, folder: &str) {
        let mut parts = Path::new(folder).components();
        let below = parts.all(|part| matches!(part, Component::Normal(_)));
        if below && !folder.is_empty() && !folder.starts_with("scenarios") {
            return;
        }
        let text = Text::new(
            format!("「{folder}」はスナップショットのフォルダーとして使用できません"),
            format!("'{folder}' cannot be a folder of snapshots"),
        );
        let hint = Text::new(
            "scenarios と並べて置くフォルダーの名前を記載してください（例: snapshots-test）",
            "write the name of a folder beside scenarios, such as snapshots-test",
        );
        self.mistake(&["snapshots"], text, Some(hint));
    }

    fn names(&mut self, target: &Target) {
        let profile = self.profile;
        for identity in target.identity.keys() {
            let known = profile.identity.keys().map(String::as_str);
            let kind = Text::new("送信者", "identity");
            self.known(&["identity", identity], &kind, identity, known);
        }
        for endpoint in target.endpoint.keys() {
            let known = profile.operation.values().map(|one| one.endpoint.as_str());
            let kind = Text::new("接続先", "endpoint");
            self.known(&["endpoint", endpoint], &kind, endpoint, known);
        }
        for what in target.cannot.keys() {
            let operations = profile.operation.keys().map(String::as_str);
            let kind = Text::new("操作又は手順の種類", "operation or kind of step");
            self.known(
                &["cannot", what],
                &kind,
                what,
                operations.chain(keys::done()),
            );
        }
    }

    fn known<'c>(
        &mut self,
        path: &[&str],
        kind: &Text,
        written: &str,
        candidates: impl Iterator<Item = &'c str> + Clone,
    ) {
        if !candidates.clone().any(|candidate| candidate == written) {
            let place = self.places(path).0;
            self.found
                .push(unknown(PATH, place, kind, written, candidates));
        }
    }

    fn headers(&mut self, target: &Target) {
        let (given, secret) = (&target.headers, &target.headers_env);
        for (key, name) in given
            .keys()
            .map(|name| ("headers", name))
            .chain(secret.keys().map(|name| ("headers_env", name)))
        {
            if name.parse::<HeaderName>().is_err() {
                let text = Text::new(
                    format!("「{name}」はヘッダー名として使用できません"),
                    format!("'{name}' cannot name a header"),
                );
                self.mistake(&[key, name], text, None);
            }
        }
        for name in secret.keys() {
            if given.keys().any(|other| other.eq_ignore_ascii_case(name)) {
                let text = Text::new(
                    format!("「{name}」は headers にもあります"),
                    format!("'{name}' stands in headers, too"),
                );
                self.mistake(&["headers_env", name], text, None);
            }
        }
        for (name, value) in given {
            if HeaderValue::from_bytes(value.as_bytes()).is_err() {
                let text = Text::new(
                    "ヘッダーの値に使用できない文字があります",
                    "a header cannot hold this value",
                );
                self.mistake(&["headers", name], text, None);
            }
        }
    }

    fn url(&mut self, path: &[&str], url: &str, leads: Leads) {
        let wanted = match leads {
            Leads::Before | Leads::Whole => "https",
            Leads::Control | Leads::Proxy => "http",
        };
        let uri = url.parse::<Uri>().ok();
        let uri = uri.filter(|uri| {
            uri.scheme_str() == Some(wanted) && uri.host().is_some_and(|host| !host.is_empty())
        });
        let Some(uri) = uri else {
            let text = Text::new(
                format!("「{url}」は使用できるURLではありません"),
                format!("'{url}' is no URL that can be used here"),
            );
            let hint = Text::new(
                format!(
                    "{wanted}:// で始まるURLを記載してください（例: {wanted}://test.example.jp:8443/）"
                ),
                format!(
                    "write a URL that begins with {wanted}://, such as {wanted}://test.example.jp:8443/"
                ),
            );
            return self.mistake(path, text, Some(hint));
        };
        // What would be left out silently, or lead elsewhere.
        if uri
            .authority()
            .is_some_and(|authority| authority.as_str().contains('@'))
        {
            let text = Text::new(
                "URLに利用者名とパスワードは記載できません",
                "user and password cannot stand in this URL",
            );
            let hint = if leads == Leads::Proxy {
                Text::new(
                    "「利用者名:パスワード」を持つ環境変数を proxy_auth_env に指定してください",
                    "name the environment variable that holds user:password in proxy_auth_env",
                )
            } else {
                Text::new(
                    "接続先が求める場合は、Authorization ヘッダーの値を持つ環境変数を headers_env に指定してください",
                    "where the target asks for them, name the environment variable that holds the Authorization header in headers_env",
                )
            };
            self.mistake(path, text, Some(hint));
        } else if Place::of(url).is_err() {
            let text = Text::new(
                format!("「{url}」のポート番号は使用できません（1から65535まで）"),
                format!("the port of '{url}' cannot be used; ports go from 1 to 65535"),
            );
            self.mistake(path, text, None);
        }
        let behind = match leads {
            Leads::Whole => url.contains('#'),
            Leads::Before | Leads::Control => url.contains(['?', '#']),
            Leads::Proxy => url.contains(['?', '#']) || uri.path() != "/",
        };
        if behind {
            let text = match leads {
                Leads::Whole => {
                    Text::new("このURLに # は使用できません", "no # can stand in this URL")
                }
                Leads::Before | Leads::Control => Text::new(
                    "パスが続くURLのため、? と # は使用できません",
                    "paths are added to this URL, so neither ? nor # can stand in it",
                ),
                Leads::Proxy => Text::new(
                    "プロキシのURLには、ホスト名とポート番号だけを記載してください",
                    "the URL of a proxy is its host and port alone",
                ),
            };
            self.mistake(path, text, None);
        }
    }

    fn places(&self, path: &[&str]) -> (std::ops::Range<usize>, std::ops::Range<usize>) {
        let path: Vec<&str> = ["target", self.name]
            .into_iter()
            .chain(path.iter().copied())
            .collect();
        read::places(self.root, &path)
    }

    fn mistake(&mut self, path: &[&str], text: Text, hint: Option<Text>) {
        let (key, value) = self.places(path);
        // A table that is wrong as a whole is shown by its name.
        let place = if path.is_empty() { key } else { value };
        self.found
            .push(Diagnostic::new(PATH, place, text).hint(hint));
    }
}
