//! Suites of users: over the embedded one, and with steps about their own system; what is wrong in them is shown at load.

#![allow(
    dead_code,
    unreachable_pub,
    clippy::allow_attributes,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot find what it looks at has failed; each test file uses a part of the support"
)]

mod support;

use support::{Suite, ask};

/// A suite whose profile is this and nothing else.
fn over(profile: &str) -> Suite {
    let suite = Suite::new();
    suite.write("scenarios/profile.toml", profile);
    std::fs::remove_dir_all(suite.root().join("scenarios/messages")).unwrap();
    suite
}

const LIST: &str = "[[step]]\nid = \"list\"\nsend = \"ListMasters\"\nas = \"iida-mayor\"\nexpect = { status = 500 }\nno_snapshot = \"no\"\n";

#[test]
fn a_suite_over_the_embedded_one_has_all_but_its_scenarios() {
    let steps = "[[step]]\nid = \"apply\"\nuse = \"steps/apply-and-approve.toml\"\n".to_owned()
        + &LIST.replace("status = 500", "status = 200");
    let suite = over("extends = \"bundled\"\n").with("0-a/one", "covers = [\"1-01\"]", &steps);
    let shown = suite.accept(&[]);
    assert!(
        shown.contains("[1/1]"),
        "nothing but the suite's own: {shown}"
    );
    let (code, listed) = suite.renkei(&["list"]);
    assert_eq!(code, 0);
    assert!(
        listed.contains("0-a/one") && !listed.contains("0-connection/"),
        "{listed}"
    );
}

#[test]
fn what_lies_in_the_binary_is_marked_as_such() {
    let suite = over("extends = \"bundled\"\n").with(
        "0-a/one",
        "",
        "[[step]]\nid = \"apply\"\nuse = \"steps/apply-master.toml\"\nwith = { who = \"iida-mayor\", kind = \"tasks\" }\n",
    );
    let (code, shown) = suite.renkei(&["run", "--report", "github"]);
    assert_eq!(code, 1, "{shown}");
    assert!(
        shown.contains("  scenarios/steps/apply-master.toml:4 (built in) [apply-"),
        "{shown}"
    );
    let noted = "::error file=scenarios/0-a/one.toml,line=1,title=0-a/one [apply-";
    assert!(shown.contains(noted), "{shown}");
    let wrong = suite
        .read("scenarios/0-a/one.toml")
        .replace("iida-mayor", "nobody");
    suite.write("scenarios/0-a/one.toml", &wrong);
    let (code, shown) = suite.renkei(&["check"]);
    assert_eq!(code, 3, "{shown}");
    assert!(
        shown.contains("(built in) scenarios/steps/apply-master.toml:"),
        "{shown}"
    );
    assert!(shown.contains("::: scenarios/0-a/one.toml:"), "{shown}");
}

#[test]
fn what_stands_in_the_suite_itself_wins() {
    let own = "extends = \"bundled\"\ntimes = [\"OwnTime\"]\n[operation.GetConnectionStatus]\nendpoint = \"nowhere\"\naction = \"urn:own\"\n[identity.own]\ncertificate = \"clients/sapporo-mayor\"\ninstitution = \"011002-M\"\n[volatile]\nOwn = \"own\"\n";
    let suite = over(own).with(
        "0-a/one",
        "",
        &ask("ask", "with = { note = \"a\" }").replace("iida-mayor", "own"),
    );
    suite.write(
        "scenarios/messages/GetConnectionStatus.xml",
        "<own>{{ note }}{{ institution }}{{ request_id }}</own>",
    );
    suite.renkei(&["run"]);
    let sent = suite.run_folder().join("0-a/one/01-ask.request.xml");
    let sent = std::fs::read_to_string(sent).unwrap();
    assert!(sent.starts_with("<own>a011002-M"), "{sent}");
    let http = suite.step("0-a/one", "ask")["http"][0].to_string();
    assert!(
        http.contains("/nowhere\"") && http.contains("urn:own"),
        "{http}"
    );
    suite.write("scenarios/people.toml", "[person.mine]\natena = \"A\"\n");
    let named = suite
        .read("scenarios/0-a/one.toml")
        .replace("note = \"a\"", "note = \"{{ people.sato.atena }}\"");
    suite.write("scenarios/0-a/one.toml", &named);
    let (code, shown) = suite.renkei(&["check"]);
    assert_eq!(code, 3);
    assert!(shown.contains("there is no person 'sato'"), "{shown}");
}

#[test]
fn another_base_is_a_mistake_and_without_one_nothing_is_inherited() {
    let suite = over("extends = \"bundeld\"\n").with("0-a/one", "", LIST);
    let (code, shown) = suite.renkei(&["check"]);
    assert_eq!(code, 3);
    assert!(
        shown.contains("profile.toml:1:11") && shown.contains("did you mean 'bundled'?"),
        "{shown}"
    );
    let suite = over("fault_code = \"//Code\"\nno_prefix = true\n").with("0-a/one", "", LIST);
    let (_, shown) = suite.renkei(&["check"]);
    assert!(
        shown.contains("there is no operation 'ListMasters'"),
        "{shown}"
    );
}

#[test]
fn each_mistake_of_the_new_steps_is_shown_with_what_to_write_instead() {
    let cases = [
        ("exec = []", "exec names no program"),
        (
            "exec = [\"a\"]\nwith = { a = 1 }",
            "'with' belongs to a step with send or use",
        ),
        (
            "exec = [\"a\"]\nwithin = \"1s\"",
            "'within' belongs to a step with expect_call or expect_no_call",
        ),
        (
            "exec = [\"a\"]\nexpect = { status = 200 }",
            "'status' belongs to a step with send, http or expect_call",
        ),
        (
            "exec = [\"a\"]\nexpect = { stdot = \"\" }",
            "did you mean 'stdout'?",
        ),
        (
            "exec = [\"a\"]\nas = \"iida-mayr\"",
            "did you mean 'iida-mayor'?",
        ),
        (
            "exec = [\"a\"]\ncapture = { a = \"(\" }",
            "not a regular expression",
        ),
        (
            "exec = [\"a\"]\ncapture = { a = \"b\" }",
            "put the part that is captured, and nothing else, into parentheses",
        ),
        (
            "exec = [\"a\"]\ncapture = { renkei = \"(b)\" }",
            "'renkei' is a name that every template has already",
        ),
        (
            "exec = [\"a\", \"{{ renkei.wrok }}\"]",
            "did you mean 'work'?",
        ),
        (
            "exec = [\"a\", \"{{ renkei.key }}\"]",
            "that say whose it is, by 'as'",
        ),
        (
            "exec = [\"a\"]\nenv = { A = \"{{ nothing }}\" }",
            "'nothing' has no value",
        ),
        (
            "exec = [\"a\"]\nexpect = { stdout = {} }",
            "give exists, count, matches, one-of or contains",
        ),
        (
            "expect_call = \"GetConnectionStatus\"\nexec = [\"a\"]",
            "expect_call and exec stand in one step, which does one thing",
        ),
        (
            "exec = [\"a\"]\ntimeout = 0",
            "timeout is longer than nothing",
        ),
        (
            "exec = [\"a\"]\nencoding = \"sift_jis\"",
            "did you mean 'shift_jis'?",
        ),
        (
            "http = { url = \"http://a/\" }\nencoding = \"ebcdic\"",
            "possible: shift_jis, euc-jp",
        ),
        (
            "send = \"GetConnectionStatus\"\nas = \"iida-mayor\"\nencoding = \"utf-8\"",
            "'encoding' belongs to a step with exec or http",
        ),
        (
            "http = { url = \"ftp://a/\" }",
            "begins neither with http:// nor with https://",
        ),
        ("http = { url = \"https://a/\" }", "https needs 'ca'"),
        ("http = { ulr = \"http://a/\" }", "did you mean 'url'?"),
        (
            "expect_call = \"GetConectionStatus\"",
            "did you mean 'GetConnectionStatus'?",
        ),
        (
            "expect_call = \"GetConnectionStatus\"\nfrom = \"iida-mayr\"",
            "did you mean 'iida-mayor'?",
        ),
        (
            "expect_call = \"GetConnectionStatus\"\ntimes = 0",
            "times is 1 to 1000",
        ),
        (
            "expect_call = \"GetConnectionStatus\"\norder = \"some\"",
            "the value 'some' is not possible here",
        ),
        (
            "expect_call = \"GetConnectionStatus\"\nexpect = { xpath = { \"//x:A\" = \"\" } }",
            "x",
        ),
        (
            "expect_call = \"GetConnectionStatus\"\ncapture = { a = \"//n:A[\" }",
            "//n:A[",
        ),
        (
            "expect_no_call = \"GetConnectionStatus\"\nexpect = { status = 200 }",
            "'status' belongs to a step with send, http or expect_call",
        ),
        (
            "expect_no_call = \"GetConnectionStatus\"\nno_snapshot = \"a\"",
            "'no_snapshot' belongs to a step with",
        ),
        (
            "peer = { institution = \"011002-M\" }",
            "a peer does exactly one of asks",
        ),
        (
            "peer = { institution = \"011002-M\", silent = true, every = \"1s\" }",
            "'every' goes with 'asks'",
        ),
        (
            "peer = { institution = \"011002-M\", refuses = {} }",
            "the key 'reason' is missing",
        ),
        (
            "peer = { institution = \"011002-M\", asks = { atena = \"{{ nothing }}\" } }",
            "'nothing' has no value",
        ),
        (
            "peer = { institution = \"011002-M\", asks = { atena = \"X\" } }",
            "the keys 'task', 'procedure', 'provider', 'item' are missing",
        ),
        (
            "peer = { institution = \"011002-M\", asks = { atna = \"X\" } }",
            "did you mean 'atena'?",
        ),
        (
            "peer = { institution = \"011002-M\", hours = { opens = \"8\", closes = \"25:00\" } }",
            "'25:00' is not in the form that is needed here",
        ),
        (
            "network = { act = \"approve-application\", instituton = \"202053-M\" }",
            "did you mean 'institution'?",
        ),
        (
            "network = { act = \"lapse-assessment\", institution = \"202053-M\" }",
            "the key 'task' is missing",
        ),
        (
            "http = { url = \"http://no such/x\" }",
            "'http://no such/x' is no URL",
        ),
        (
            "http = { url = \"https://a/\", ca = \"ca.pem\" }",
            "there is no file 'ca.pem'",
        ),
        (
            "exec = [\"a\"]\nfolder = \"nowhere\"",
            "there is no folder 'nowhere'",
        ),
    ];
    for (keys, says) in cases {
        let suite = Suite::new().with("0-a/one", "", &format!("[[step]]\nid = \"a\"\n{keys}\n"));
        let (code, shown) = suite.renkei(&["check"]);
        assert_eq!(code, 3, "{keys}: {shown}");
        assert!(shown.contains(says), "{says}: {shown}");
    }
    let twice = "[[step]]\nid = \"a\"\nexpect_call = \"GetConnectionStatus\"\ntimes = 2\n[[step]]\nid = \"a-2\"\nadvance = 1\n";
    let (code, shown) = Suite::new().with("0-a/one", "", twice).renkei(&["check"]);
    assert_eq!(code, 3);
    assert!(shown.contains("two steps are called 'a-2'"), "{shown}");
    for steps in ["advance = \"1h\"", "at = \"2027-01-01T00:00:00+09:00\""] {
        let suite = Suite::new().with(
            "0-a/one",
            "clock = \"flowing\"",
            &format!("[[step]]\nid = \"a\"\n{steps}\n"),
        );
        let (code, shown) = suite.renkei(&["check"]);
        assert_eq!(code, 3);
        assert!(shown.contains("cannot move its clock"), "{shown}");
    }
}

#[test]
fn a_flowing_clock_is_that_of_the_wall() {
    let suite = Suite::new()
        .with(
            "0-a/one",
            "clock = \"flowing\"",
            &ask(
                "ask",
                "no_snapshot = \"no\"\ncapture = { at = \"//n:AnsweredAt\" }",
            ),
        )
        .with("0-b/two", "", &ask("ask", "no_snapshot = \"no\""));
    suite.accept(&[]);
    let answered = |scenario: &str| {
        let file = suite
            .run_folder()
            .join(format!("{scenario}/01-ask.response.xml"));
        let text = std::fs::read_to_string(file).unwrap();
        let at = text
            .split("AnsweredAt>")
            .nth(1)
            .unwrap()
            .split('<')
            .next()
            .unwrap()
            .to_owned();
        at.parse::<jiff::Timestamp>().unwrap()
    };
    let apart = answered("0-a/one").as_second() - jiff::Timestamp::now().as_second();
    assert!(apart.abs() < 60, "{apart}");
    assert_eq!(answered("0-b/two").to_string(), "2026-11-02T00:00:00Z");
}

#[test]
fn a_peer_acts_by_itself_and_what_it_cannot_do_is_refused() {
    let peer = |what: &str| {
        format!("[[step]]\nid = \"peer\"\npeer = {{ institution = \"011002-M\", {what} }}\n")
    };
    let asks = "asks = { atena = \"SAPPORO-0000002\", task = \"T-001\", procedure = \"P-001-01\", provider = \"202053-M\", item = \"TAX-INCOME\", year = 2026, consent = true }, every = \"10m\", times = 2";
    let later = "[[step]]\nid = \"later\"\nadvance = \"1h\"\n[[step]]\nid = \"holds\"\ncheck = \"invariants\"\n";
    for (what, code) in [
        (asks, 1),
        ("answers = { after = \"1h\" }", 0),
        ("silent = true", 0),
        (&asks.replace(", every = \"10m\"", ""), 1),
        ("hours = { opens = \"25:00\", closes = \"20:00\" }", 3),
        ("asks = { atena = \"SAPPORO-0000002\" }", 3),
    ] {
        let suite = Suite::new().with("0-a/one", "", &(peer(what) + later));
        let (exit, shown) = suite.renkei(&["run"]);
        assert_eq!(exit, code, "{what}: {shown}");
    }
    let meant = "expect = { fault = \"F-INQ-10\" }\n";
    let suite = Suite::new().with("0-a/one", "", &(peer(asks) + meant + later));
    suite.accept(&[]);
}

#[test]
fn github_gets_an_annotation_at_the_place_of_each_failure() {
    let wrong = ask("ask", "expect = { status = 418 }\nno_snapshot = \"no\"");
    let suite = Suite::new()
        .with("0-a/one", "establishes = \"one\"", &wrong)
        .with(
            "0-b/two",
            "starts_from = \"one\"\nestablishes = \"two\"",
            &ask("ask", ""),
        )
        .with("0-c/three", "starts_from = \"two\"", &ask("ask", ""));
    let (code, shown) = suite.renkei(&["run", "--report", "github", "--report", "junit=a.xml"]);
    assert_eq!(code, 1);
    let line = "::error file=scenarios/0-a/one.toml,line=5,title=0-a/one [ask]::HTTP: expected";
    assert!(shown.contains(line), "{shown}");
    let waiting = "::warning::not run, since 0-a/one has not passed: 2 scenarios\n";
    assert!(shown.contains(waiting), "{shown}");
    let root = "(0-b/two, which it needs, has not passed; the cause of it all is 0-a/one (failed))";
    assert!(shown.contains(root), "{shown}");
    let junit = suite.read("a.xml");
    assert!(junit.contains("tests=\"3\""), "{junit}");
    let folder = suite.run_folder();
    suite.renkei(&[
        "report",
        folder.to_str().unwrap(),
        "--report",
        "github=notes.txt",
    ]);
    let notes = suite.read("notes.txt");
    assert_eq!(notes.lines().count(), 2, "{notes}");
    assert!(shown.contains(&notes), "{notes}");
    let (code, shown) = suite.renkei(&["run", "--report", "gitlab"]);
    assert_eq!(code, 2, "{shown}");
}
