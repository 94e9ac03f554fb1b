//! The system under test in the loop: what it is given, what it does, and what it sends, seen from outside.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::allow_attributes,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot find what it looks at has failed; each test file uses a part of the support"
)]

#[path = "support/program.rs"]
mod program;
mod support;

use std::{io::Read as _, net::TcpListener, thread};

use program::{MAYOR, call, exec, no_call, one};
use support::{Suite, ask, signal};

#[test]
fn what_a_program_says_and_sends_is_evidence_with_snapshots() {
    let steps = exec(
        "run",
        "ask=town-0001 say=receipt=r-7",
        &format!("{MAYOR}\ncapture = {{ receipt = \"receipt=(\\\\S+)\" }}"),
    ) + &call(
        "call",
        "from = \"iida-mayor\"\nexpect = { status = 200, header = { Content-Type = { contains = \"utf-8\" } }, xpath = { \"//n:Institution\" = \"202053-M\" } }\ncapture = { id = \"//n:RequestId\" }",
    ) + &ask("own", "with = { note = \"{{ receipt }} {{ id }}\" }")
        + &no_call("none", "");
    let suite = one(&steps);
    suite.accept(&[]);
    let said = suite.read("snapshots/0-a/one/run.snap");
    assert!(
        said.contains(
            "exit: 0\n\n\nrunning 1 test\nstatus=200 id={request-1}\nreceipt={receipt}\n"
        ),
        "{said}"
    );
    let sent = suite.read("snapshots/0-a/one/call.snap");
    for line in [
        "POST /connection\n",
        "SOAPAction: \"urn:renkei:mock:unofficial:v1:GetConnectionStatus\"\n",
        "Answer: 200\n",
        "Content-Type: text/xml; charset=utf-8\n",
        "<n:RequestId>{request-1}</n:RequestId>",
    ] {
        assert!(sent.contains(line), "{line}: {sent}");
    }
    let own = suite.run_folder().join("0-a/one/03-own.request.xml");
    let own = std::fs::read_to_string(own).unwrap();
    assert!(own.contains("<!-- r-7 town-0001 -->"), "{own}");
    let step = suite.step("0-a/one", "run");
    assert_eq!(step["process"]["ended"], "exit 0");
    assert_eq!(
        step["process"]["stdout"]["kept"]["file"],
        "0-a/one/01-run.stdout.txt"
    );
    let call = suite.step("0-a/one", "call")["calls"][0].clone();
    assert_eq!((&call["number"], &call["status"]), (&1.into(), &200.into()));
    assert_eq!(call["request"]["file"], "0-a/one/02-call.call.xml");
    assert_eq!(suite.renkei(&["run", "--snapshots", "check"]).0, 0);
}

#[test]
fn a_program_is_given_all_that_it_needs_to_reach_the_network() {
    let suite = one(&exec("run", "vars", MAYOR));
    suite.accept(&[]);
    let said = suite.read("snapshots/0-a/one/run.snap");
    for line in [
        "RENKEI_URL={url}\n",
        "RENKEI_CA={certificates}/ca.pem\n",
        "RENKEI_CERTIFICATE={certificates}/clients/iida-mayor.pem\n",
        "RENKEI_KEY={certificates}/clients/iida-mayor.key\n",
        "RENKEI_INSTITUTION=202053-M\n",
        "RENKEI_WORK={work}\n",
        "RENKEI_NOW={t+00:00:00 +09:00}\n",
        "\"011002-M\"\n",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
}

#[test]
fn the_systems_own_folder_goes_along_with_the_checkpoint() {
    let count = |number: u32| {
        exec(
            "run",
            "count",
            &format!("expect = {{ stdout = {{ contains = \"count={number}\" }} }}"),
        )
    };
    let suite = Suite::new()
        .with("0-a/one", "establishes = \"one\"", &count(1))
        .with(
            "0-b/two",
            "starts_from = \"one\"\nestablishes = \"two\"",
            &count(2),
        )
        .with("0-c/three", "starts_from = \"two\"", &count(3))
        .with("0-d/again", "starts_from = \"one\"", &count(2))
        .with("0-e/other", "", &count(1));
    suite.accept(&[]);
}

#[test]
fn how_a_program_fails_is_told_with_an_exit_code_of_its_own() {
    let cases = [
        ("exit=3", "", 1, "exit: expected '0', found '3'"),
        ("exit=3", "expect = { exit = 3 }", 0, ""),
        (
            "say=a",
            "expect = { stdout = { contains = \"b\" } }",
            1,
            "stdout: expected 'contains b'",
        ),
        (
            "complain=a",
            "expect = { stderr = \"\" }",
            1,
            "stderr: expected '', found 'a'",
        ),
        (
            "say=a",
            "capture = { n = \"n=(.)\" }",
            1,
            "nothing to capture as 'n' from stdout",
        ),
        (
            "hang",
            "timeout = \"300ms\"",
            1,
            "did not end within 300ms and was made to",
        ),
        ("number", "", 7, "in what the program wrote"),
        (
            "flood=3 say=end",
            "expect = { stdout = { contains = \"end\" } }",
            1,
            "at its end could not be looked at",
        ),
        ("ask-number=r-1", MAYOR, 7, "has sent an individual number"),
        ("ask=r-1", "", 1, "exit: expected '0', found '101'"),
    ];
    for (does, keys, code, says) in cases {
        let suite = one(&exec("run", does, keys));
        let (exit, shown) = suite.renkei(&["run", "--snapshots", "accept"]);
        assert_eq!(exit, code, "{does}: {shown}");
        assert!(shown.contains(says), "{says}: {shown}");
        assert!(!renkei::sentinel::found(&suite.all_text()), "{does}");
    }
    for (command, keys, says) in [
        (
            "no-such-program",
            "",
            "there is no program 'no-such-program'",
        ),
        ("cargo", "folder = \"nowhere\"", "there is no folder"),
        (
            "no-such-program --all",
            "",
            "each argument is a text of its own, as in [\"no-such-program\", \"--all\"]",
        ),
        #[cfg(unix)]
        (
            "./scenarios/profile.toml",
            "",
            "make it executable, or name first what runs it",
        ),
    ] {
        let suite = one(&format!(
            "[[step]]\nid = \"run\"\nexec = [\"{command}\"]\n{keys}\n"
        ));
        let (exit, shown) = suite.renkei(&["run"]);
        assert_eq!(exit, 3, "{shown}");
        assert!(shown.contains(says), "{says}: {shown}");
    }
}

#[cfg(unix)]
#[test]
fn a_script_that_cannot_be_started_is_told_what_is_wrong_with_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let cases = [
        (
            "#!/bin/sh\r\necho ok\r\n",
            "the first line of './linkage' names `/bin/sh\\u{d}`: save it with line ends of LF",
        ),
        (
            "#!/no/such/shell -e\n",
            "names `/no/such/shell`, which is not there",
        ),
        ("echo ok\n", "it does not begin with a line of #!"),
        ("\u{7f}ELF\0", "not in a form that this machine can run"),
    ];
    for (script, says) in cases {
        let suite = one("[[step]]\nid = \"run\"\nexec = [\"./linkage\"]\n");
        suite.write("linkage", script);
        let file = suite.root().join("linkage");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        let (exit, shown) = suite.renkei(&["run"]);
        assert_eq!(exit, 3, "{shown}");
        assert!(shown.contains(says), "{says}: {shown}");
    }
    let suite = one("[[step]]\nid = \"run\"\nexec = [\"./scenarios\"]\n");
    let (_, shown) = suite.renkei(&["run"]);
    assert!(shown.contains("'./scenarios' is a folder"), "{shown}");
}

#[test]
fn a_program_that_fails_is_shown_with_the_calls_that_came_until_then() {
    let quiet = "no_snapshot = \"no\"";
    let first = exec("first", "ask=town-0001", &format!("{MAYOR}\n{quiet}"));
    let cases = [
        (
            "ask=town-0002 ask-as-other=town-0003 exit=3",
            "calls during this step (2): #2 GetConnectionStatus (202053-M) → 200, #3 GetConnectionStatus (202053-M) → 500 F-CAL-02",
        ),
        ("exit=3", "no call came to the network during this step"),
        (
            "ask-often=20 exit=3",
            "calls during this step (20): …, #14 ",
        ),
    ];
    for (does, says) in cases {
        let suite = one(&(first.clone() + &exec("run", does, &format!("{MAYOR}\n{quiet}"))));
        let (exit, shown) = suite.renkei(&["run"]);
        assert_eq!(exit, 1, "{shown}");
        assert!(shown.contains(says), "{says}: {shown}");
        // Why the network refused, and what to do.
        let refused = does.contains("as-other");
        assert_eq!(shown.contains("fault: F-CAL-02 "), refused, "{shown}");
        assert_eq!(shown.contains("what to do: "), refused, "{shown}");
        let (_, again) = suite.renkei(&["report", suite.run_folder().to_str().unwrap()]);
        assert!(again.contains(says), "{says}: {again}");
    }
}

#[test]
fn the_first_and_the_last_lines_of_a_flood_are_shown_with_how_much_is_between() {
    let suite = one(&exec("run", "say=begin flood=3 say=end exit=3", ""));
    let (exit, shown) = suite.renkei(&["run"]);
    assert_eq!(exit, 1);
    let stdout = suite.step("0-a/one", "run")["process"]["stdout"].clone();
    let (between, left_out) = (&stdout["between"], &stdout["left_out"]);
    let says = format!("      … ({between} lines not shown, {left_out} bytes not kept)\n");
    let (first, last) = shown
        .split_once(&says)
        .unwrap_or_else(|| panic!("{says}: {shown}"));
    assert!(first.contains("      begin\n"), "{first}");
    assert!(last.contains("      end\n"), "{last}");
}

#[test]
fn a_flood_is_counted_and_not_kept() {
    let suite = one(&exec("run", "flood=3", ""));
    suite.accept(&[]);
    let stdout = suite.step("0-a/one", "run")["process"]["stdout"].clone();
    assert!(stdout["left_out"].as_u64().unwrap() > 1 << 20, "{stdout}");
    assert!(
        stdout["kept"]["bytes"].as_u64().unwrap() < (1 << 20) + 100_000,
        "{stdout}"
    );
}

/// A listener that tells when everybody who connected so far is gone.
struct Held(TcpListener);

impl Held {
    fn new() -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        (Self(listener), address)
    }

    fn accept(&self) -> std::net::TcpStream {
        self.0.accept().unwrap().0
    }
}

fn is_gone(mut stream: std::net::TcpStream) -> bool {
    // An end, or a reset: nobody holds the other side any more.
    !matches!(stream.read(&mut [0]), Ok(1..))
}

#[cfg(unix)]
#[test]
fn what_a_program_has_started_ends_with_it() {
    let (held, address) = Held::new();
    let mut kinds = vec!["child"];
    // Elsewhere what has left the group is not known any more.
    if cfg!(target_os = "linux") {
        kinds.push("stray");
    }
    let cases = kinds.into_iter().flat_map(|kind| {
        [
            (format!("{kind}={address} hang"), "timeout = \"2s\"", 1),
            (
                format!("{kind}={address} exit=0"),
                "no_snapshot = \"no\"",
                0,
            ),
        ]
    });
    for (does, keys, code) in cases {
        let suite = one(&exec("run", &does, keys));
        let waiting = thread::spawn(move || suite.renkei(&["run"]));
        if code == 1 {
            assert!(is_gone(held.accept()));
        }
        let (exit, shown) = waiting.join().unwrap();
        assert_eq!(exit, code, "{shown}");
        let says = "the program left 1 process behind, which was ended; what must keep running belongs in [system] of profile.toml (0-a/one [run])";
        assert_eq!(shown.contains(says), code == 0, "{shown}");
    }
}

/// Whether these tests, and so what they start, ignore a hang-up; told on Linux alone.
#[cfg(unix)]
fn ignores_hangups() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|set| u64::from_str_radix(set.trim(), 16).ok());
    ignored.is_some_and(|set| set & 1 == 1)
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_ends_what_it_has_started() {
    let (held, address) = Held::new();
    let suite = one(&exec(
        "run",
        &format!("child={address} hold={address} hang"),
        "",
    ));
    let child = suite.spawn(&["run"]);
    let streams = [held.accept(), held.accept()];
    signal(&child, "INT");
    for stream in streams {
        assert!(is_gone(stream));
    }
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    // As where the terminal is closed; whoever has asked for that to be ignored (nohup) is not disturbed.
    if ignores_hangups() {
        return;
    }
    let child = suite.spawn(&["run"]);
    let streams = [held.accept(), held.accept()];
    signal(&child, "HUP");
    for stream in streams {
        assert!(is_gone(stream));
    }
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
}

#[test]
fn the_folder_of_what_did_not_pass_is_kept_where_that_is_asked_for() {
    let suite = one(&exec("run", "count exit=3", ""));
    suite.renkei(&["run", "--keep-worlds"]);
    let ended = suite.events_of("scenario").remove(0);
    let work = ended["work"].as_str().unwrap();
    let work = std::path::Path::new(work);
    assert_eq!(std::fs::read_to_string(work.join("count")).unwrap(), "1");
    std::fs::remove_dir_all(work.parent().unwrap()).unwrap();
}
