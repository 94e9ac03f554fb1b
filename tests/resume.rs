//! What is not sent to a real environment: what was reached by other means, what had ended in the run that is gone on with,
//! and what no scenario has led to.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::allow_attributes,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot find what it looks at has failed; each test file uses a part of the support"
)]

#[path = "support/network.rs"]
mod network;
#[path = "support/real.rs"]
mod real;
mod support;

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use real::{Environment, request_id};
use support::{Suite, ask};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    runtime::Runtime,
};

/// Three scenarios of which each starts from the one before it; `before` are the steps of the first.
fn in_a_row(before: &str) -> Suite {
    Suite::new()
        .with("0-connection/before", "establishes = \"before\"", before)
        .with(
            "0-connection/first",
            "starts_from = \"before\"\nestablishes = \"done\"",
            &ask("status", ""),
        )
        .with(
            "0-connection/second",
            "starts_from = \"done\"",
            &ask("status", ""),
        )
}

#[test]
fn what_was_done_by_other_means_is_assumed_with_what_goes_with_it() {
    let suite = Suite::new()
        .with(
            "0-connection/first",
            "establishes = \"done\"\nexports = [\"state\"]",
            &ask("status", "capture = { state = \"//n:State\" }"),
        )
        .with(
            "0-connection/second",
            "starts_from = \"done\"",
            &ask("status", "with = { note = \"{{ state }}\" }"),
        );
    suite.accept(&[]);
    let environment = Environment::new(&suite);
    let (code, shown) = suite.renkei(&["run", "--target", "test", "0-connection/second"]);
    assert_eq!(code, 1, "{shown}");
    assert!(
        shown.contains("choose 0-connection/first too, or say --assume done"),
        "{shown}"
    );
    assert!(
        environment.came().is_empty(),
        "prerequisites never run unasked"
    );
    let (code, shown) = suite.renkei(&["run", "--target", "test", "--assume", "dome"]);
    assert_eq!(code, 2, "{shown}");
    assert!(shown.contains("did you mean 'done'?"), "{shown}");
    let assume = [
        "run",
        "--target",
        "test",
        "--assume",
        "done",
        "0-connection/second",
    ];
    let (code, shown) = suite.renkei(&assume);
    assert_eq!(code, 3, "{shown}");
    assert!(shown.contains("not in exports.done: state"), "{shown}");
    suite.append(
        "scenarios/profile.toml",
        "exports.done = { state = \"by hand\" }\n",
    );
    let (code, shown) = suite.renkei(&assume);
    assert_eq!(code, 0, "{shown}");
    assert!(
        shown.contains("checkpoints taken for reached: done"),
        "{shown}"
    );
    assert!(suite.all_text().contains("<!-- by hand -->"));
    // Both chosen: the one hands on to the other.
    let (code, shown) = suite.renkei(&["run", "--target", "test"]);
    assert_eq!(code, 0, "{shown}");
    let (code, shown) = suite.renkei(&["run", "--assume", "done"]);
    assert_eq!(code, 2, "{shown}");
    assert!(shown.contains("targets without control"), "{shown}");
}

#[test]
fn a_run_that_was_stopped_goes_on_where_it_was_with_its_old_ids() {
    let suite = Suite::new()
        .with("0-connection/a", "", &ask("status", ""))
        .with(
            "0-connection/b",
            "",
            &format!(
                "{}{}{}",
                ask("first", "capture = { state = \"//n:State\" }"),
                ask("second", "with = { note = \"{{ state }}\" }"),
                ask("third", "")
            ),
        );
    suite.accept(&[]);
    let environment = Environment::new(&suite);
    let (code, shown) = suite.renkei(&["run", "--target", "test"]);
    assert_eq!(code, 0, "{shown}");
    let before = environment.came();
    assert_eq!(before.len(), 4);
    let old = suite.run_folder();
    killed(&old, "\"step\":\"second\"");
    fs::remove_file(old.join("0-connection/b/03-third.request.xml")).unwrap();
    let name = old.file_name().unwrap().to_str().unwrap();
    let (code, shown) = suite.renkei(&["run", "--resume", name, "0-connection/a"]);
    assert_eq!(code, 2, "{shown}");
    let (code, shown) = suite.renkei(&["run", "--resume", name]);
    assert_eq!(code, 0, "{shown}");
    let after = environment.came();
    assert_eq!(
        after[4..],
        before[2..],
        "only what had not ended, with the old ids"
    );
    assert!(suite.all_text().contains("<!-- not-applied -->"));
    let new = suite.run_folder();
    assert_ne!(new, old);
    let run = suite.start();
    assert_eq!(run["real"]["resumes"], name);
    assert!(
        shown.contains(&format!("goes on with the run: {name}")),
        "{shown}"
    );
    // The new folder tells the whole.
    assert!(new.join("0-connection/a/01-status.response.xml").is_file());
    let (code, report) = suite.renkei(&["report", new.to_str().unwrap()]);
    assert_eq!(code, 0, "{report}");
    assert_eq!(suite.events_of("step").len(), 4);
    // One that is under way is left alone.
    let journal = fs::File::open(new.join("events.jsonl")).unwrap();
    journal.try_lock().unwrap();
    let (code, shown) = suite.renkei(&["run", "--resume", new.to_str().unwrap()]);
    assert_eq!(code, 2, "{shown}");
    assert!(shown.contains("is still under way"), "{shown}");
    drop(journal);
    // What has changed since is named, and nothing is sent.
    suite.append("scenarios/0-connection/b.toml", "\n# changed\n");
    let (code, shown) = suite.renkei(&["run", "--resume", new.to_str().unwrap()]);
    assert_eq!(code, 2, "{shown}");
    assert!(shown.contains("  scenarios/0-connection/b.toml"), "{shown}");
    assert_eq!(environment.came().len(), 6);
    let (code, shown) = suite.renkei(&["run", "--resume", "no-such-run"]);
    assert_eq!(code, 2, "{shown}");
    assert!(shown.contains("is no run folder"), "{shown}");
}

/// As if a run had been killed while it wrote the first line in which this stands.
fn killed(run: &Path, at: &str) {
    let journal = fs::read_to_string(run.join("events.jsonl")).unwrap();
    let upto = journal.find(at).unwrap();
    let upto = journal[..upto].rfind('\n').unwrap() + 20;
    fs::write(run.join("events.jsonl"), &journal[..upto]).unwrap();
}

/// One scenario that hands on what it captured, and two that start from it.
fn handing_on() -> Suite {
    let second = ask("status", "with = { note = \"{{ state }}\" }");
    Suite::new()
        .with(
            "0-connection/first",
            "establishes = \"done\"\nexports = [\"state\"]",
            &ask("status", "capture = { state = \"//n:State\" }"),
        )
        .with("0-connection/second", "starts_from = \"done\"", &second)
        .with("0-connection/third", "starts_from = \"done\"", &second)
}

#[test]
fn what_was_handed_on_and_not_kept_is_missed_and_no_pass() {
    let suite = handing_on();
    suite.accept(&[]);
    let environment = Environment::new(&suite);
    suite.append("scenarios/profile.toml", "bodies = \"none\"\n");
    let (code, shown) = suite.renkei(&["run", "--target", "test"]);
    assert_eq!(code, 0, "{shown}");
    let old = suite.run_folder();
    killed(&old, "\"scenario\":\"0-connection/third\",\"attempt\"");
    let (code, shown) = suite.renkei(&["run", "--resume", old.to_str().unwrap()]);
    assert_eq!(code, 3, "{shown}");
    assert!(
        shown.contains("captures were not kept (state of 0-connection/first)"),
        "{shown}"
    );
    assert_eq!(
        suite.ends(),
        [
            "0-connection/first passed",
            "0-connection/second passed",
            "0-connection/third unusable"
        ]
    );
    assert_eq!(environment.came().len(), 3);
}

#[test]
fn what_is_taken_for_reached_is_not_sent_once_more() {
    let suite = in_a_row(&ask("status", ""));
    suite.accept(&[]);
    let environment = Environment::new(&suite);
    let assumed = ["run", "--target", "test", "--assume", "done"];
    let (code, shown) = suite.renkei(&[&assumed[..], &["--report", "junit=junit.xml"]].concat());
    assert_eq!(code, 0, "{shown}");
    assert_eq!(environment.came().len(), 1);
    let ends = [
        "0-connection/before assumed",
        "0-connection/first assumed",
        "0-connection/second passed",
    ];
    assert_eq!(suite.ends(), ends);
    let told = "of which nothing was sent: 0-connection/before, 0-connection/first";
    assert!(shown.contains(told), "{shown}");
    assert!(
        shown.contains("checkpoints taken for reached: before, done"),
        "{shown}"
    );
    let junit = suite.read("junit.xml");
    assert!(junit.contains("skipped=\"2\""), "{junit}");
    // What is named by itself is left out, too; and where that is all, nothing was tried.
    let (code, shown) = suite.renkei(&[&assumed[..], &["0-connection/first"]].concat());
    assert_eq!(code, 6, "{shown}");
    assert!(shown.contains("nothing was tried"), "{shown}");
    assert_eq!(environment.came().len(), 1);
}

#[test]
fn of_two_that_go_on_with_a_run_at_once_one_is_refused() {
    let steps = format!("{}{}", ask("first", ""), ask("second", ""));
    let suite = Suite::new().with("0-connection/a", "", &steps);
    suite.accept(&[]);
    let environment = Environment::new(&suite);
    let (code, shown) = suite.renkei(&["run", "--target", "test"]);
    assert_eq!(code, 0, "{shown}");
    let old = suite.run_folder();
    killed(&old, "\"step\":\"second\"");
    let resume = ["run", "--resume", old.to_str().unwrap()];
    let both = [suite.spawn(&resume), suite.spawn(&resume)];
    let mut codes = both.map(|run| run.wait_with_output().unwrap().status.code());
    codes.sort_unstable();
    assert_eq!(codes, [Some(0), Some(2)]);
    assert_eq!(environment.came().len(), 3);
    let runs = fs::read_dir(suite.root().join("runs")).unwrap().count();
    assert_eq!(runs, 3, "the mock's, the old one and that which goes on");
}

#[test]
fn a_run_with_a_profile_of_its_own_is_gone_on_with_by_that() {
    let steps = format!("{}{}", ask("first", ""), ask("second", ""));
    let suite = Suite::new().with("0-connection/a", "", &steps);
    suite.accept(&[]);
    let plain = suite.read("scenarios/profile.toml");
    let environment = Environment::new(&suite);
    suite.write("other.toml", &suite.read("scenarios/profile.toml"));
    suite.write("scenarios/profile.toml", &plain);
    let run = ["run", "--target", "test", "--profile", "other.toml"];
    let (code, shown) = suite.renkei(&run);
    assert_eq!(code, 0, "{shown}");
    let old = suite.run_folder();
    killed(&old, "\"step\":\"second\"");
    let resume = ["run", "--resume", old.to_str().unwrap()];
    // What has changed is named as it was given.
    suite.append("other.toml", "\n# changed\n");
    let (code, shown) = suite.renkei(&resume);
    assert_eq!(code, 2, "{shown}");
    assert!(shown.contains("/other.toml\n"), "{shown}");
    assert!(!shown.contains("scenarios/profile.toml"), "{shown}");
    let text = suite.read("other.toml").replace("\n# changed\n", "");
    fs::remove_file(suite.root().join("other.toml")).unwrap();
    let (code, shown) = suite.renkei(&resume);
    assert_eq!(code, 2, "{shown}");
    assert!(
        shown.contains("where it was moved, say --profile"),
        "{shown}"
    );
    suite.write("moved.toml", &text);
    let (code, shown) = suite.renkei(&[&resume[..], &["--profile", "moved.toml"]].concat());
    assert_eq!(code, 0, "{shown}");
    assert_eq!(environment.came().len(), 3);
    suite.write("other.toml", &text);
    let doctor = ["doctor", "--profile", "other.toml", "--as", "iida-mayor"];
    let (_, shown) = suite.renkei(&doctor);
    assert!(shown.contains("target test ("), "{shown}");
}

#[test]
fn what_stopped_says_that_it_can_be_gone_on_with() {
    let suite = Suite::new();
    for code in ["4", "130"] {
        let (_, shown) = suite.renkei(&["explain", code]);
        assert!(shown.contains("renkei run --resume RUN"), "{shown}");
    }
}

/// A line to a port that can be cut: then whoever connects is sent away.
fn line(to: &str) -> (Runtime, String, Arc<AtomicBool>) {
    let runtime = Runtime::new().unwrap();
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let open = Arc::new(AtomicBool::new(true));
    let (is_open, to) = (Arc::clone(&open), to.to_owned());
    runtime.spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            if is_open.load(Ordering::Acquire) {
                let mut server = TcpStream::connect(&to).await.unwrap();
                tokio::spawn(async move {
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                });
            }
        }
    });
    (runtime, url, open)
}

#[test]
fn a_step_that_the_line_broke_is_done_again_with_its_id() {
    let suite = Suite::new()
        .with("0-connection/a", "", &ask("status", ""))
        .with(
            "0-connection/b",
            "",
            &format!("{}{}", ask("first", ""), ask("last", "always = true")),
        );
    suite.accept(&[]);
    let environment = Environment::new(&suite);
    let url = environment.mock.url().to_owned();
    let authority = url.trim_start_matches("https://").trim_end_matches('/');
    let (_runtime, through, open) = line(authority);
    let profile = suite.read("scenarios/profile.toml");
    suite.write("scenarios/profile.toml", &profile.replace(&url, &through));
    open.store(false, Ordering::Release);
    let (code, shown) = suite.renkei(&["run", "--target", "test"]);
    assert_eq!(code, 4, "{shown}");
    assert!(
        shown.contains("the TLS handshake failed [tls-refused]"),
        "{shown}"
    );
    assert!(environment.came().is_empty());
    let old = suite.run_folder();
    let name = old.file_name().unwrap().to_str().unwrap();
    let told = format!("then renkei run --resume runs/{name} (what is done is not sent again)");
    assert!(shown.contains(&told), "{told}\n{shown}");
    let request = fs::read_to_string(old.join("0-connection/b/01-first.request.xml")).unwrap();
    open.store(true, Ordering::Release);
    let (code, shown) = suite.renkei(&["run", "--resume", old.to_str().unwrap()]);
    assert_eq!(code, 0, "{shown}");
    let came = environment.came();
    assert_eq!(came.len(), 3);
    assert_eq!(came[1], request_id(&request));
    // From here another has gone on: what that has sent does not go out once more.
    let next = suite.run_folder();
    let later = next.file_name().unwrap().to_str().unwrap();
    let (code, shown) = suite.renkei(&["run", "--resume", old.to_str().unwrap()]);
    assert_eq!(code, 2, "{shown}");
    let told = format!("/runs/{later}. Nothing was sent");
    assert!(shown.contains(&told), "{told}\n{shown}");
    assert_eq!(suite.run_folder(), next, "a refused one leaves no folder");
    assert_eq!(environment.came().len(), 3);
    // And once more: all has come to a verdict now.
    let again = suite.run_folder();
    let (code, shown) = suite.renkei(&["run", "--resume", again.to_str().unwrap()]);
    assert_eq!(code, 0, "{shown}");
    assert_eq!(environment.came().len(), 3);
}

#[test]
fn what_is_not_possible_there_is_not_advised() {
    let suite = in_a_row("[[step]]\nid = \"wait\"\nadvance = \"2d\"\n");
    let environment = Environment::new(&suite);
    let (code, shown) = suite.renkei(&["run", "--target", "test", "0-connection/second"]);
    assert_eq!(code, 6, "{shown}");
    let told = "the checkpoint 'done' has not been reached: 0-connection/before is not possible here (it would wait for 172800 s, more than longest_wait (900 s)); say --assume done where";
    assert!(shown.contains(told), "{shown}");
    assert!(!shown.contains("choose"), "{shown}");
    // With what comes before it assumed, the way is open again.
    let assumed = [
        "run",
        "--target",
        "test",
        "--assume",
        "before",
        "0-connection/second",
    ];
    let (_, shown) = suite.renkei(&assumed);
    assert!(shown.contains("choose 0-connection/first too"), "{shown}");
    assert!(environment.came().is_empty());
}
