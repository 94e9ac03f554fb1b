//! A system under test that is there wherever the tests are: the test's own program, told what to do by a variable.

#![allow(
    clippy::disallowed_methods,
    clippy::exit,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it is a program of its own, which is told what to do by its environment and tells what it did"
)]

use std::{
    env, fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{self, Command},
    sync::Arc,
    thread,
    time::Duration,
};

use renkei::transport::{
    Certificate, Connection, Credentials, Limits, Outgoing, Prepared, Versions,
};

use crate::support::Suite;

/// The variable that says what to do: words, done in order.
const DOES: &str = "SYSTEM_DOES";
/// The test that stands for the program.
const TEST: &str = "program::system_under_test";

/// The sender that it speaks as.
pub const MAYOR: &str = "as = \"iida-mayor\"";

/// The keys of a step, or of `[system]`, by which it does this. What it does not say itself is two lines of the test
/// runner.
pub fn command(key: &str, does: &str) -> String {
    let program = env::current_exe().unwrap();
    let program = program.to_str().unwrap();
    format!(
        "{key} = ['{program}', '--exact', '{TEST}', '--nocapture', '--quiet']\nenv = {{ {DOES} = \"{does}\" }}\n"
    )
}

/// A step that does this.
pub fn exec(id: &str, does: &str, keys: &str) -> String {
    let command = command("exec", does);
    format!("[[step]]\nid = \"{id}\"\n{command}{keys}\n")
}

/// A step that expects calls of it.
pub fn call(id: &str, keys: &str) -> String {
    format!("[[step]]\nid = \"{id}\"\nexpect_call = \"GetConnectionStatus\"\n{keys}\n")
}

/// A step that expects that no further call has come.
pub fn no_call(id: &str, keys: &str) -> String {
    format!("[[step]]\nid = \"{id}\"\nexpect_no_call = \"GetConnectionStatus\"\n{keys}\n")
}

/// A suite of one scenario, `0-a/one`.
pub fn one(steps: &str) -> Suite {
    Suite::new().with("0-a/one", "", steps)
}

/// A port that nobody uses at the moment.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Not a test: the program itself, where the variable says so.
#[test]
fn system_under_test() {
    let Ok(does) = env::var(DOES) else { return };
    for word in does.split(' ') {
        let (verb, rest) = word.split_once('=').unwrap_or((word, ""));
        act(verb, rest);
    }
    process::exit(0);
}

fn act(verb: &str, rest: &str) {
    match verb {
        "say" => println!("{rest}"),
        // Bytes as they are, in hexadecimal digits.
        "bytes" => {
            let pairs = rest.as_bytes().chunks(2);
            let bytes: Vec<u8> = pairs
                .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
                .collect();
            std::io::stdout().write_all(&bytes).unwrap();
        }
        "complain" => eprintln!("{rest}"),
        "exit" => process::exit(rest.parse().unwrap()),
        "hang" => hang(),
        "ignore" => ignore_signals(),
        "flood" => {
            let line = "x".repeat(1023) + "\n";
            for _ in 0..rest.parse::<usize>().unwrap() * 1024 {
                print!("{line}");
            }
        }
        "number" => println!("{}", renkei::sentinel::specimen()),
        "vars" => {
            for name in [
                "URL",
                "CA",
                "CERTIFICATE",
                "KEY",
                "INSTITUTION",
                "WORK",
                "NOW",
            ] {
                let name = format!("RENKEI_{name}");
                println!("{name}={}", env::var(&name).unwrap_or_default());
            }
            let file = fs::read_to_string(env::var("RENKEI_FILE").unwrap()).unwrap();
            let file: serde_json::Value = serde_json::from_str(&file).unwrap();
            println!("{}", file["identities"]["sapporo-mayor"]["institution"]);
        }
        "count" => {
            let file = PathBuf::from(env::var("RENKEI_WORK").unwrap()).join("count");
            let count = fs::read_to_string(&file).map_or(0, |count| count.parse::<u32>().unwrap());
            fs::write(&file, (count + 1).to_string()).unwrap();
            println!("count={}", count + 1);
        }
        "ask" => ask(rest, &Asked::default()),
        "ask-often" => (0..rest.parse().unwrap()).for_each(|_| ask("town-0001", &Asked::default())),
        "ask-long" | "ask-number" | "ask-number-late" | "ask-number-in-utf-16" => {
            let number = renkei::sentinel::specimen();
            let note = match verb {
                "ask-long" => "x".repeat(1 << 20),
                "ask-number-late" => "x".repeat(160 << 10) + " " + &number,
                _ => number,
            };
            let form = if verb == "ask-number-in-utf-16" {
                Form::Utf16
            } else {
                Form::Utf8
            };
            ask(
                rest,
                &Asked {
                    note,
                    form,
                    ..Asked::default()
                },
            );
        }
        "ask-in-bytes" => {
            let form = Form::Bytes;
            ask(
                rest,
                &Asked {
                    form,
                    ..Asked::default()
                },
            );
        }
        "ask-number-in-query" => {
            let path = format!("connection?n={}", renkei::sentinel::specimen());
            ask(
                rest,
                &Asked {
                    path: Some(&path),
                    ..Asked::default()
                },
            );
        }
        // Says that it is somebody else, and is refused.
        "ask-as-other" => {
            let institution = Some("011002-M");
            ask(
                rest,
                &Asked {
                    institution,
                    ..Asked::default()
                },
            );
        }
        // Takes the path, or the URL without its path, for another.
        "ask-nowhere" => {
            let path = Some("conection");
            ask(
                rest,
                &Asked {
                    path,
                    ..Asked::default()
                },
            );
        }
        "ask-at-the-root" => {
            let root = true;
            ask(
                rest,
                &Asked {
                    root,
                    ..Asked::default()
                },
            );
        }
        // What is answered to whoever asked, see `serve`.
        "answer" => {}
        // Speaks to the network without TLS, and hears that it goes away.
        "ask-in-plain" => {
            let url = env::var("RENKEI_URL").unwrap();
            let authority = url.split('/').nth(2).unwrap();
            let mut stream = TcpStream::connect(authority).unwrap();
            stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
            let _ = stream.read_to_end(&mut Vec::new());
        }
        // Holds a connection for as long as it lives.
        "hold" => {
            let stream = TcpStream::connect(rest).unwrap();
            std::mem::forget(stream);
        }
        // A child that holds one as well, and would outlive its parent.
        "child" | "stray" => {
            let mut child = Command::new(env::current_exe().unwrap());
            child
                .args(["--exact", TEST, "--nocapture", "--quiet"])
                .env(DOES, format!("hold={rest} hang"));
            #[cfg(unix)]
            if verb == "stray" {
                // It leaves the group of its parent.
                std::os::unix::process::CommandExt::process_group(&mut child, 0);
            }
            std::mem::forget(child.spawn().unwrap());
        }
        "serve" => serve(rest),
        other => panic!("{other}"),
    }
}

fn hang() {
    loop {
        thread::park();
    }
}

/// Goes on whatever it is told by signals, but for the one that nobody can ignore.
fn ignore_signals() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let runtime = Arc::new(tokio::runtime::Runtime::new().unwrap());
        let guard = runtime.enter();
        for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
            std::mem::forget(signal(kind).unwrap());
        }
        drop(guard);
        std::mem::forget(runtime);
    }
}

/// Answers any number of requests at a port, each by what its body says.
fn serve(port: &str) {
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).unwrap();
    println!("listening");
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut bytes = vec![0; 4096];
            let count = stream.read(&mut bytes).unwrap_or(0);
            let request = String::from_utf8_lossy(&bytes[..count]).into_owned();
            let body = request.split("\r\n\r\n").nth(1).unwrap_or_default();
            let mut status = "200";
            for word in body.split(' ').filter(|word| !word.is_empty()) {
                let (verb, rest) = word.split_once('=').unwrap_or((word, ""));
                act(verb, rest);
                if verb == "answer" {
                    status = rest;
                }
            }
            let answer = format!("done={body}\n");
            let length = answer.len();
            let _ = write!(
                stream,
                "HTTP/1.1 {status} X\r\nContent-Type: text/plain\r\nX-By: system\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{answer}"
            );
        }
    });
}

/// What is not as usual in what it asks.
#[derive(Default)]
struct Asked<'a> {
    note: String,
    institution: Option<&'static str>,
    path: Option<&'a str>,
    root: bool,
    form: Form,
}

/// In what bytes it asks.
#[derive(Clone, Copy, Default)]
enum Form {
    #[default]
    Utf8,
    Utf16,
    /// Nothing but every byte that there is.
    Bytes,
}

/// Every byte that there is, three times.
pub fn every_byte() -> Vec<u8> {
    (0..=255).collect::<Vec<u8>>().repeat(3)
}

/// Asks the network for the status of the connection, under a request id.
fn ask(id: &str, asked: &Asked<'_>) {
    let Asked {
        note,
        institution,
        path,
        root,
        form,
    } = asked;
    let variable = |name: &str| env::var(format!("RENKEI_{name}")).unwrap();
    let institution = institution.map_or_else(|| variable("INSTITUTION"), str::to_owned);
    let mut url = variable("URL");
    if *root {
        url = url.split("/w/").next().unwrap().to_owned() + "/";
    }
    let body = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:n=\"urn:renkei:mock:unofficial:v1\"><s:Body><!--{note}--><n:GetConnectionStatus><n:Sender><n:RequestId>{id}</n:RequestId><n:Institution>{institution}</n:Institution></n:Sender></n:GetConnectionStatus></s:Body></s:Envelope>"
    );
    let credentials = Credentials::Files(Certificate {
        chain: variable("CERTIFICATE").into(),
        key: variable("KEY").into(),
    });
    let ca = PathBuf::from(variable("CA"));
    let prepared = Prepared::read(&ca, &credentials, Versions::ALL).unwrap();
    let outgoing = Outgoing {
        method: hyper::Method::POST,
        url: url + path.unwrap_or("connection"),
        headers: vec![
            ("Content-Type".into(), "text/xml; charset=utf-8".into()),
            (
                "SOAPAction".into(),
                "\"urn:renkei:mock:unofficial:v1:GetConnectionStatus\"".into(),
            ),
        ],
        body: match form {
            Form::Utf8 => body.into_bytes(),
            Form::Utf16 => {
                let units = "\u{feff}".encode_utf16().chain(body.encode_utf16());
                units.flat_map(u16::to_le_bytes).collect()
            }
            Form::Bytes => every_byte(),
        },
    };
    let exchange = async move {
        let mut connection = Connection::new(prepared.config().unwrap(), None);
        let limits = Limits::each(Duration::from_secs(20), 1 << 20);
        connection
            .exchange(outgoing, limits, &mut |_| {})
            .await
            .unwrap()
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // A request to serve may come on a thread of its own.
    let answer = thread::spawn(move || runtime.block_on(exchange))
        .join()
        .unwrap();
    println!("status={} id={id}", answer.status);
}
