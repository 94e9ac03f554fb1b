//! A small suite of its own, so that a test does not depend on what the bundled one holds.

use std::{
    fs,
    io::{self, BufRead as _},
    path::{Path, PathBuf},
    process::{self, Child, Output, Stdio},
};

use assert_cmd::Command;
use serde_json::Value;

const PROFILE: &str = r#"
fault_code = "//n:Fault/n:Code"
fault_rule = "//n:Fault/n:RuleId"
times = ["AnsweredAt"]
[namespaces]
s = "http://schemas.xmlsoap.org/soap/envelope/"
n = "urn:renkei:mock:unofficial:v1"
[volatile]
RequestId = "request"
[operation.GetConnectionStatus]
endpoint = "connection"
action = "urn:renkei:mock:unofficial:v1:GetConnectionStatus"
[identity.iida-mayor]
certificate = "clients/iida-mayor"
institution = "202053-M"
[identity.sapporo-mayor]
certificate = "clients/sapporo-mayor"
institution = "011002-M"
[identity.expired]
certificate = "bad/expired"
institution = "202053-M"
"#;

const MESSAGE: &str = r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:n="urn:renkei:mock:unofficial:v1">
  <s:Body>
    {% if note is defined %}<!-- {{ note }} -->{% endif %}
    <n:GetConnectionStatus>
      <n:Sender>
        <n:RequestId>{{ request_id }}</n:RequestId>
        <n:Institution>{{ institution }}</n:Institution>
      </n:Sender>
    </n:GetConnectionStatus>
  </s:Body>
</s:Envelope>
"#;

pub struct Suite {
    folder: tempfile::TempDir,
}

impl Suite {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let suite = Self { folder };
        suite.write("scenarios/profile.toml", PROFILE);
        suite.write("scenarios/messages/GetConnectionStatus.xml", MESSAGE);
        suite
    }

    /// A profile of this text, and nothing else.
    pub fn bare(profile: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let suite = Self { folder };
        suite.write("scenarios/profile.toml", profile);
        suite
    }

    /// Adds a scenario; `head` are its keys besides title and phase.
    pub fn with(self, id: &str, head: &str, steps: &str) -> Self {
        let text = format!(
            "title = {{ ja = \"{id}\", en = \"{id}\" }}\nphase = \"connection\"\n{head}\n{steps}"
        );
        self.write(&format!("scenarios/{id}.toml"), &text);
        self
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn append(&self, path: &str, text: &str) {
        self.write(path, &(self.read(path) + text));
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// Runs the program in the suite's folder; gives its exit code and what it showed.
    pub fn renkei(&self, arguments: &[&str]) -> (i32, String) {
        let mut command = Command::cargo_bin("renkei").unwrap();
        command
            .current_dir(self.root())
            .env_remove("CI")
            .args(["--lang", "en"])
            .args(arguments);
        let output: Output = command.output().unwrap();
        let shown = String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr);
        (output.status.code().unwrap(), shown)
    }

    /// Starts the program in the suite's folder, with pipes for what it shows.
    pub fn spawn(&self, arguments: &[&str]) -> Child {
        process::Command::new(assert_cmd::cargo::cargo_bin("renkei"))
            .current_dir(self.root())
            .args(["--lang", "en"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Runs and accepts all new snapshots; everything must pass.
    pub fn accept(&self, arguments: &[&str]) -> String {
        let (code, shown) = self.renkei(&[&["run", "--snapshots", "accept"], arguments].concat());
        assert_eq!(code, 0, "{shown}");
        shown
    }

    /// The newest run folder.
    pub fn run_folder(&self) -> PathBuf {
        let mut runs: Vec<PathBuf> = fs::read_dir(self.root().join("runs"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        runs.sort_by_key(|path| fs::metadata(path).unwrap().modified().unwrap());
        runs.pop().unwrap()
    }

    /// The events of the newest run.
    pub fn events(&self) -> Vec<Value> {
        let journal = fs::read_to_string(self.run_folder().join("events.jsonl")).unwrap();
        journal
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// How the newest run began.
    pub fn start(&self) -> Value {
        self.events().into_iter().next().unwrap()
    }

    /// Those of one kind.
    pub fn events_of(&self, kind: &str) -> Vec<Value> {
        let mut events = self.events();
        events.retain(|event| event["event"] == kind);
        events
    }

    /// The event of a step in the newest run.
    pub fn step(&self, scenario: &str, step: &str) -> Value {
        let mut steps = self.events_of("step").into_iter();
        let found = steps.find(|event| event["scenario"] == scenario && event["step"] == step);
        found.unwrap_or_else(|| panic!("{scenario} {step}"))
    }

    /// Each scenario of the newest run with its end, in the order in which they ended.
    pub fn ends(&self) -> Vec<String> {
        let ended = self.events_of("scenario").into_iter();
        ended
            .map(|event| {
                let text = |value: &Value| value.as_str().unwrap().to_owned();
                format!(
                    "{} {}",
                    text(&event["scenario"]),
                    text(&event["end"]["end"])
                )
            })
            .collect()
    }

    /// Every text below the suite's folder.
    pub fn all_text(&self) -> String {
        fn walk(folder: &Path, text: &mut String) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, text);
                } else {
                    text.push_str(&String::from_utf8_lossy(&fs::read(&path).unwrap()));
                }
            }
        }
        let mut text = String::new();
        walk(self.root(), &mut text);
        text
    }
}

/// A mock of its own, ended with the test.
pub struct Elsewhere {
    child: Child,
    pub url: String,
    pub control: String,
}

impl Elsewhere {
    pub fn start(suite: &Suite) -> Self {
        let mut child = suite.spawn(&["mock", "--pki", "pki"]);
        let mut line = String::new();
        io::BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let text = |key: &str| ready[key].as_str().unwrap().to_owned();
        Self {
            child,
            url: text("url"),
            control: text("control"),
        }
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Ends a program as Ctrl-C does.
pub fn interrupt(child: &Child) {
    signal(child, "INT");
}

/// Tells a program something by a signal.
pub fn signal(child: &Child, signal: &str) {
    let id = child.id().to_string();
    let told = process::Command::new("kill")
        .args([&format!("-{signal}"), &id])
        .status();
    assert!(told.unwrap().success());
}

/// A step that asks for the status, with further keys.
pub fn ask(id: &str, keys: &str) -> String {
    format!(
        "[[step]]\nid = \"{id}\"\nsend = \"GetConnectionStatus\"\nas = \"iida-mayor\"\n{keys}\n"
    )
}
