//! A server in a process of its own, and what it used.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
};

/// A running server, ended when this is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
    control: String,
}

impl Server {
    /// Starts the mock.
    pub(crate) fn mock(pki: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_renkei"));
        command.args(["mock", "--pki"]).arg(pki);
        Self::start(command)
    }

    /// Starts the bare server with one fixed answer.
    pub(crate) fn bare(pki: &Path, answer: &Path) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg(crate::bare::ROLE).arg(pki).arg(answer);
        Self::start(command)
    }

    fn start(mut command: Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
        let text = |key: &str| {
            let value = ready.get(key).and_then(|value| value.as_str());
            value.unwrap_or_default().to_owned()
        };
        Self {
            url: text("url"),
            control: text("control"),
            child,
        }
    }

    /// One call of the mock's control API.
    pub(crate) fn control(&self, method: &str, path: &str, body: &str) {
        let address = self
            .control
            .split("://")
            .nth(1)
            .unwrap()
            .trim_end_matches('/');
        let mut stream = TcpStream::connect(address).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 2"), "{answer}");
    }

    /// The CPU that it used so far, in clock ticks, which are 1/100 s on every Linux; none elsewhere.
    pub(crate) fn ticks(&self) -> Option<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        let rest = stat.rsplit_once(") ")?.1;
        let fields: Vec<&str> = rest.split(' ').collect();
        Some(fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?)
    }

    /// The memory that it holds, in KiB; none elsewhere than on Linux.
    pub(crate) fn resident(&self) -> Option<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        line.split_whitespace().nth(1)?.parse().ok()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
