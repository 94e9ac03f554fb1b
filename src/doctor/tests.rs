//! Findings from literal observations: what cannot be shown with servers in a test.

use jiff::Timestamp;

use super::*;
use crate::{
    text::Text,
    transport::{Outcome, Stage},
};

const NOW: &str = "2026-11-25T00:00:00Z";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn certificate(until: &str) -> CertificateShown {
    CertificateShown {
        subject: "CN=a".to_owned(),
        issuer: "CN=b".to_owned(),
        names: vec!["a.example".to_owned()],
        not_before: time("2020-01-01T00:00:00Z"),
        not_after: time(until),
    }
}

/// A place that is well, looked at as one identity; the certificates hold until these times.
fn well(server: &str, own: &str, answers: Vec<Answered>) -> Observed {
    Observed {
        host: "a.example".to_owned(),
        place: "a.example:443".to_owned(),
        endpoints: vec!["master".to_owned()],
        proxy: None,
        ca: None,
        name: Some(Ok(vec!["192.0.2.1".to_owned()])),
        tcp: Some(Ok("192.0.2.1:443".to_owned())),
        tunnel: None,
        seen: vec![AsIdentity {
            identity: "mayor".to_owned(),
            own: Ok(Some(certificate(own))),
            tls: Some((
                TlsShown {
                    version: Some("1.3"),
                    chain: vec![certificate(server)],
                    asked: true,
                },
                Ok(()),
            )),
            refusal: None,
            answers,
        }],
    }
}

fn answered(body: Body, ahead: i64) -> Answered {
    Answered {
        endpoint: "master".to_owned(),
        operation: Some("Ask".to_owned()),
        answer: Some(Ok(Told {
            status: 200,
            location: None,
            ahead: Some(ahead),
            body,
        })),
    }
}

const LATE: &str = "2028-01-01T00:00:00Z";

/// The state of a layer, its trouble, and what all amounts to.
fn of(observed: &Observed, layer: Layer) -> (State, Option<Trouble>, u8) {
    let sections = findings(std::slice::from_ref(observed), false, time(NOW));
    let mut rows = sections.iter().flat_map(|section| &section.rows);
    let row = rows.find(|row| row.layer == layer).unwrap();
    (row.state, row.trouble.clone(), exit(&sections).code())
}

#[test]
fn certificates_are_warned_of_from_30_days_on() {
    for (until, days, state, code) in [
        ("2026-12-26T00:00:00Z", None, State::Good, 0),
        ("2026-12-25T23:00:00Z", Some(30), State::Warned, 0),
        ("2026-11-25T01:00:00Z", Some(0), State::Warned, 0),
        ("2026-11-24T23:00:00Z", Some(-1), State::Failed, 4),
    ] {
        let own = of(&well(LATE, until, Vec::new()), Layer::Own);
        assert_eq!(own, (state, days.map(Trouble::OwnEnds), code), "{until}");
        let server = of(&well(until, LATE, Vec::new()), Layer::Server);
        assert_eq!(
            server,
            (state, days.map(Trouble::ServerEnds), code),
            "{until}"
        );
    }
}

#[test]
fn a_certificate_is_described_by_whom_it_is_for_and_how_long() {
    let shown = |until: &str, names: &[&str]| {
        let mut observed = well(LATE, until, Vec::new());
        if let Ok(Some(own)) = &mut observed.seen[0].own {
            own.names = names.iter().map(ToString::to_string).collect();
        }
        let sections = findings(std::slice::from_ref(&observed), false, time(NOW));
        let mut rows = sections.iter().flat_map(|section| &section.rows);
        let row = rows.find(|row| row.layer == Layer::Own).unwrap();
        row.shown.clone()
    };
    let last = shown("2026-12-05T00:00:00Z", &["a.example", "b.example"]);
    assert_eq!(
        last.en,
        "until 2026-12-05 (10 days), for a.example, b.example, by CN=b"
    );
    let nameless = shown("2026-10-31T00:00:00Z", &[]);
    assert_eq!(nameless.en, "until 2026-10-31 (expired), for CN=a, by CN=b");
    assert_eq!(
        nameless.ja,
        "2026-10-31まで（期限切れ）、名前 CN=a、発行者 CN=b"
    );
}

#[test]
fn clocks_may_be_apart_for_less_than_five_minutes() {
    for (ahead, trouble) in [
        (299, None),
        (-299, None),
        (-300, Some(Trouble::Clock(-300))),
    ] {
        let observed = well(LATE, LATE, vec![answered(Body::NoMessage, ahead)]);
        assert_eq!(of(&observed, Layer::Clock).1, trouble, "{ahead}");
    }
}

#[test]
fn a_few_seconds_between_two_clocks_are_no_difference() {
    let shown = |ahead| {
        let observed = well(LATE, LATE, vec![answered(Body::NoMessage, ahead)]);
        let sections = findings(&[observed], false, "2026-11-25T00:00:00Z".parse().unwrap());
        let rows = sections.into_iter().flat_map(|section| section.rows);
        let mut rows = rows.filter(|row| row.layer == Layer::Clock);
        rows.next().unwrap().shown.en
    };
    assert_eq!(shown(-3), "no more than 3 s apart");
    assert_eq!(shown(-4), "the target is 4 s behind this machine");
}

#[test]
fn masters_that_are_behind_are_to_look_after() {
    let body = Body::Masters {
        versions: vec![("tasks".to_owned(), "2026.04".to_owned())],
        behind: vec!["tasks".to_owned()],
    };
    let found = of(&well(LATE, LATE, vec![answered(body, 0)]), Layer::Masters);
    let behind = Trouble::Behind(vec!["tasks".to_owned()]);
    assert_eq!(found, (State::Warned, Some(behind), 0));
}

#[test]
fn what_no_answer_has_shown_is_not_observed() {
    let observed = well(LATE, LATE, Vec::new());
    assert_eq!(of(&observed, Layer::Taken), (State::NotObserved, None, 0));
    assert_eq!(of(&observed, Layer::Http).0, State::NotObserved);
}

#[test]
fn the_worst_decides() {
    let broken = |stage, outcome| Broken {
        stage,
        outcome,
        why: Text::new("x", "x"),
        cause: None,
    };
    let fault = Body::Fault {
        code: "F".to_owned(),
        text: String::new(),
    };
    let mut observed = well(LATE, LATE, vec![answered(fault, 0)]);
    assert_eq!(of(&observed, Layer::Soap).2, 1);
    observed.name = Some(Err(broken(Stage::Resolve, Some(Outcome::Refused))));
    assert_eq!(of(&observed, Layer::Soap).2, 4);
    observed.seen[0].own = Err(broken(Stage::Prepare, None));
    assert_eq!(of(&observed, Layer::Soap).2, 3);
}
