//! The rows of the table, one function each.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
    time::{Duration, Instant},
};

use rustls::ClientConfig;
use tokio::{runtime::Runtime, task::JoinSet};

use crate::{
    client::{self, Message, envelope},
    process::Server,
};

/// How often each pair is measured; the medians count.
const ROUNDS: usize = 5;
const EXCHANGES: usize = 200;
const CONNECTIONS: usize = 32;

/// A row: its name, and what measures and prints it.
type Row = (&'static str, fn(&Runtime, &Set));

pub(crate) const ROWS: &[Row] = &[
    ("exchanges", exchanges),
    ("inquiries", inquiries),
    ("records", records),
    ("handshakes", handshakes),
    ("start", start),
    ("memory", memory),
];

/// Certificates and a folder to work in.
pub(crate) struct Set {
    folder: tempfile::TempDir,
    pki: PathBuf,
}

impl Set {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pki = folder.path().join("pki");
        let made = Command::new(env!("CARGO_BIN_EXE_renkei"))
            .arg("pki")
            .arg(&pki)
            .output()
            .unwrap();
        assert!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );
        Self { folder, pki }
    }

    fn tls(&self, identity: &str) -> Arc<ClientConfig> {
        client::tls(&self.pki, identity)
    }

    /// The bare server, with this as its fixed answer.
    fn bare(&self, answer: &[u8]) -> Server {
        let file = self.folder.path().join("answer.xml");
        fs::write(&file, answer).unwrap();
        Server::bare(&self.pki, &file)
    }
}

fn print(what: &str, measured: &str, hold: &str, aim: &str) {
    println!("{what:<78} {measured:>9} {hold:>8} {aim:>8}");
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn timed(work: impl FnOnce()) -> f64 {
    let before = Instant::now();
    work();
    before.elapsed().as_secs_f64()
}

fn status_request(number: usize) -> Message {
    Message {
        path: "connection",
        action: "GetConnectionStatus",
        body: envelope(
            "GetConnectionStatus",
            &format!("bench-{number}"),
            "202053-M",
            "",
        ),
    }
}

/// The bare loop: exchanges one after another on one connection.
async fn in_turn(url: &str, tls: &Arc<ClientConfig>, count: usize) {
    let mut sender = client::connect(url, tls).await;
    for number in 0..count {
        client::send(&mut sender, status_request(number)).await;
    }
}

/// `renkei run` of a scenario of so many steps, with its embedded mock, checks and snapshots.
fn run_suite(folder: &Path, mode: &str) -> f64 {
    timed(|| {
        let done = Command::new(env!("CARGO_BIN_EXE_renkei"))
            .current_dir(folder)
            .args(["run", "--jobs", "1", "--snapshots", mode])
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stdout)
        );
    })
}

fn suite(set: &Set, steps: usize) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let folder = set.folder.path().join(format!("suite-{steps}"));
    let scenarios = folder.join("scenarios");
    fs::create_dir_all(scenarios.join("messages")).unwrap();
    fs::create_dir_all(scenarios.join("0-connection")).unwrap();
    for file in [
        "profile.toml",
        "people.toml",
        "messages/GetConnectionStatus.xml",
    ] {
        if root.join(file).is_file() {
            fs::copy(root.join(file), scenarios.join(file)).unwrap();
        }
    }
    let head = "title = { ja = \"測定\", en = \"measure\" }\nphase = \"connection\"\n".to_owned();
    let text = (1..=steps).fold(head, |text, number| {
        text + &format!(
            "\n[[step]]\nid = \"ask-{number}\"\nsend = \"GetConnectionStatus\"\nas = \"iida-mayor\"\nexpect = {{ status = 200, xpath = {{ \"count(//n:State)\" = \"1\" }} }}\n"
        )
    });
    fs::write(scenarios.join("0-connection/measure.toml"), text).unwrap();
    run_suite(&folder, "accept");
    folder
}

fn exchanges(runtime: &Runtime, set: &Set) {
    let mock = Server::mock(&set.pki);
    let tls = set.tls("iida-mayor");
    let (_, answer) = runtime.block_on(async {
        let mut sender = client::connect(&mock.url, &tls).await;
        client::send(&mut sender, status_request(0)).await
    });
    let bare = set.bare(&answer);
    let (one, many) = (suite(set, 1), suite(set, EXCHANGES + 1));
    let mut ratios = Vec::new();
    let mut to_hurl = Vec::new();
    let hurl = hurl_file(set, &bare.url);
    for _ in 0..ROUNDS {
        let ours = run_suite(&many, "check") - run_suite(&one, "check");
        let loops = timed(|| runtime.block_on(in_turn(&bare.url, &tls, EXCHANGES)));
        ratios.push(ours / loops);
        if let Some(theirs) = run_hurl(set, &hurl) {
            to_hurl.push(ours / theirs);
        }
    }
    print(
        "200 mTLS exchanges with checks and snapshots, embedded mock ÷ bare loop",
        &format!("{:.2}", median(ratios)),
        "≤ 2.5",
        "≤ 1.6",
    );
    let shown = if to_hurl.is_empty() {
        "no hurl".to_owned()
    } else {
        format!("{:.2}", median(to_hurl))
    };
    print(
        "the same ÷ Hurl against the bare server",
        &shown,
        "≤ 0.6",
        "≤ 0.4",
    );
}

fn hurl_file(set: &Set, url: &str) -> PathBuf {
    let text = (0..EXCHANGES).fold(String::new(), |text, number| {
        let message = status_request(number);
        text + &format!(
            "POST {url}connection\nContent-Type: text/xml; charset=utf-8\nSOAPAction: \"urn:renkei:mock:unofficial:v1:GetConnectionStatus\"\n```xml\n{}\n```\nHTTP 200\n[Asserts]\nxpath \"count(//*[local-name()='State'])\" == 1\n\n",
            message.body
        )
    });
    let file = set.folder.path().join("measure.hurl");
    fs::write(&file, text).unwrap();
    file
}

/// Hurl over the same requests, where it is installed.
fn run_hurl(set: &Set, file: &Path) -> Option<f64> {
    let pki = &set.pki;
    let before = Instant::now();
    let done = Command::new("hurl")
        .args(["--no-output", "--cacert"])
        .arg(pki.join("ca.pem"))
        .arg("--cert")
        .arg(pki.join("clients/iida-mayor.pem"))
        .arg("--key")
        .arg(pki.join("clients/iida-mayor.key"))
        .arg(file)
        .output()
        .ok()?;
    done.status
        .success()
        .then(|| before.elapsed().as_secs_f64())
}

/// An inquiry of Sapporo about what an insurer holds; peers are linked with everyone from the beginning.
fn submit(number: usize) -> Message {
    let person = number % 900_000 + 1_000;
    let rest = format!(
        "<n:AtenaNumber>SAPPORO-{person:07}</n:AtenaNumber><n:Task>T-004</n:Task><n:Procedure>P-004-01</n:Procedure><n:Provider>INS-0001</n:Provider><n:Item>INSURANCE</n:Item>"
    );
    Message {
        path: "inquiry",
        action: "SubmitInquiry",
        body: envelope("SubmitInquiry", &format!("ask-{number}"), "011002-M", &rest),
    }
}

fn result(number: usize, receipt: &str) -> Message {
    Message {
        path: "inquiry",
        action: "GetInquiryResult",
        body: envelope(
            "GetInquiryResult",
            &format!("fetch-{number}"),
            "011002-M",
            &format!("<n:ReceiptNumber>{receipt}</n:ReceiptNumber>"),
        ),
    }
}

/// The receipt number in an answer.
fn receipt(answer: &[u8]) -> String {
    let text = String::from_utf8_lossy(answer);
    let at = text.find("RC-").unwrap();
    text.get(at..at + 11).unwrap().to_owned()
}

/// Requests a second of 32 kept-alive connections, and the server's CPU a request where it can be read. Each pair has a
/// number of its own, from `first`.
fn load(
    runtime: &Runtime,
    server: &Server,
    tls: &Arc<ClientConfig>,
    first: usize,
    pairs: usize,
) -> (f64, Option<f64>) {
    let before_ticks = server.ticks();
    let seconds = timed(|| {
        runtime.block_on(async {
            let mut tasks = JoinSet::new();
            for connection in 0..CONNECTIONS {
                let (url, tls) = (server.url.clone(), Arc::clone(tls));
                let first = first + connection * pairs;
                tasks.spawn(async move {
                    let mut sender = client::connect(&url, &tls).await;
                    for number in first..first + pairs {
                        let (status, answer) = client::send(&mut sender, submit(number)).await;
                        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answer));
                        let fetch = result(number, &receipt(&answer));
                        let (status, answer) = client::send(&mut sender, fetch).await;
                        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answer));
                    }
                });
            }
            while let Some(done) = tasks.join_next().await {
                done.unwrap();
            }
        });
    });
    #[expect(clippy::cast_precision_loss, reason = "a few thousand requests")]
    let requests = (CONNECTIONS * pairs * 2) as f64;
    let cpu = before_ticks
        .zip(server.ticks())
        .map(|(before, after)| (after - before) / requests);
    (requests / seconds, cpu)
}

fn inquiries(runtime: &Runtime, set: &Set) {
    const PAIRS: usize = 100;
    let mock = Server::mock(&set.pki);
    let tls = set.tls("sapporo-mayor");
    let (_, answer) = runtime.block_on(async {
        let mut sender = client::connect(&mock.url, &tls).await;
        let (_, answer) = client::send(&mut sender, submit(0)).await;
        client::send(&mut sender, result(0, &receipt(&answer))).await
    });
    let bare = set.bare(&answer);
    let (mut speeds, mut cpus) = (Vec::new(), Vec::new());
    let mut next = 1;
    for _ in 0..ROUNDS {
        let (theirs, their_cpu) = load(runtime, &bare, &tls, next, PAIRS);
        let (ours, our_cpu) = load(runtime, &mock, &tls, next, PAIRS);
        next += CONNECTIONS * PAIRS;
        speeds.push(ours / theirs);
        cpus.extend(our_cpu.zip(their_cpu).map(|(ours, theirs)| ours / theirs));
    }
    print(
        "SubmitInquiry and GetInquiryResult, 32 connections, requests a second ÷ bare",
        &format!("{:.2}", median(speeds)),
        "≥ 0.45",
        "≥ 0.6",
    );
    let shown = if cpus.is_empty() {
        "not here".to_owned()
    } else {
        format!("{:.2}", median(cpus))
    };
    print("their CPU a request ÷ bare", &shown, "≤ 3.0", "≤ 2.2");
}

/// What an inquiry with its three records leaves for good, once the 24 hours of a retry are over: the growth of a world
/// over rounds of inquiries, each followed by a day and an hour.
fn records(runtime: &Runtime, set: &Set) {
    const PAIRS: usize = 625;
    let mut mock = Server::mock(&set.pki);
    mock.control("POST", "/worlds", r#"{"name":"rounds"}"#);
    mock.url += "w/rounds/";
    let tls = set.tls("sapporo-mayor");
    let mut sizes = Vec::new();
    for round in 0..6 {
        load(runtime, &mock, &tls, round * CONNECTIONS * PAIRS, PAIRS);
        mock.control("PATCH", "/worlds/rounds/clock", r#"{"advance":90000}"#);
        sizes.extend(mock.resident());
    }
    #[expect(clippy::cast_precision_loss, reason = "some thousands")]
    let each = |growth: f64| growth * 1024.0 / (CONNECTIONS * PAIRS) as f64;
    // The first rounds fill journals and what the allocator keeps.
    let growth = sizes.windows(2).skip(1).filter_map(|pair| match pair {
        [before, after] => Some(each(after - before)),
        _ => None,
    });
    let shown = if sizes.is_empty() {
        "not here".to_owned()
    } else {
        format!("{:.0} B", median(growth.collect()))
    };
    print(
        "memory that one inquiry adds for good",
        &shown,
        "≤ 512 B",
        "≤ 256 B",
    );
}

fn handshakes(runtime: &Runtime, set: &Set) {
    let mock = Server::mock(&set.pki);
    let bare = set.bare(b"<a/>");
    let tls = set.tls("iida-mayor");
    let many = |server: &Server| {
        timed(|| {
            runtime.block_on(async {
                for _ in 0..200 {
                    drop(client::connect(&server.url, &tls).await);
                }
            });
        })
    };
    let ratios = (0..ROUNDS).map(|_| many(&bare) / many(&mock)).collect();
    print(
        "full handshakes a second ÷ bare",
        &format!("{:.2}", median(ratios)),
        "≥ 0.85",
        "≥ 0.95",
    );
}

fn start(runtime: &Runtime, set: &Set) {
    let tls = set.tls("iida-mayor");
    let times = (0..11)
        .map(|_| {
            timed(|| {
                let mock = Server::mock(&set.pki);
                runtime.block_on(in_turn(&mock.url, &tls, 1));
            })
        })
        .collect();
    let measured = Duration::from_secs_f64(median(times)).as_millis();
    print(
        "start to first answer (certificates there)",
        &format!("{measured} ms"),
        "≤ 50 ms",
        "≤ 20 ms",
    );
}

/// What a million exchanges that leave no record leave behind in memory.
fn memory(runtime: &Runtime, set: &Set) {
    let mock = Server::mock(&set.pki);
    let tls = set.tls("iida-mayor");
    let many = |each: usize| {
        runtime.block_on(async {
            let mut tasks = JoinSet::new();
            for _ in 0..CONNECTIONS {
                let (url, tls) = (mock.url.clone(), Arc::clone(&tls));
                tasks.spawn(async move { in_turn(&url, &tls, each).await });
            }
            while let Some(done) = tasks.join_next().await {
                done.unwrap();
            }
        });
    };
    many(1_000_000 / CONNECTIONS);
    let shown = mock.resident().map_or_else(
        || "not here".to_owned(),
        |kib| format!("{:.0} MiB", kib / 1024.0),
    );
    print(
        "memory after a million exchanges that leave no record",
        &shown,
        "≤ 64 MiB",
        "≤ 32 MiB",
    );
}
