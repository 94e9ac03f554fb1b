//! The suite against a real environment: a world of the mock of which nothing is known but the URL, in which all
//! scenarios follow one another, with the snapshots that were taken against worlds of their own.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot prepare its environment has failed"
)]

#[path = "support/network.rs"]
mod network;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
    time::Duration,
};

use hyper::Method;
use renkei::{
    control::Control,
    event::ScenarioEnd,
    plan::{self, Known, Suite},
    project::Project,
    run::{self, Checkpoints, Nowhere, Real, Setting, Sink, Target},
    scenario::{Scenario, data::Lapse},
};
use serde_json::{Value, json};

/// What cannot pass where all share one world, and why.
const STATE: [(&str, &[&str]); 6] = [
    (
        "the connection has been approved",
        &[
            "0-connection/apply",
            "0-connection/characters-of-the-name",
            "0-connection/characters-outside",
            "0-connection/delegation",
            "0-connection/refuse-abolished-partner",
            "0-connection/refuse-assessment-to-come",
            "0-connection/refuse-itself-as-partner",
            "0-connection/refuse-other-applicant",
            "0-connection/refuse-other-name",
            "0-connection/refuse-other-sender",
            "0-connection/refuse-schedule-past",
            "0-connection/refuse-schedule-reversed",
            "0-connection/refuse-unknown-delegation",
            "0-connection/refuse-unknown-partner",
            "0-connection/refuse-unknown-task",
            "0-connection/refuse-without-assessment",
            "0-connection/refuse-without-filing",
            "0-connection/refused-before-approval",
            "0-connection/retry-one-application",
            "0-connection/schedule-of-one-day",
            "0-connection/status-before-approval",
            "3-connectivity/peer-not-connected",
        ],
    ),
    (
        "the masters have been applied",
        &[
            "1-master/applied-before-anything",
            "1-master/refuse-before-fetch",
            "1-master/refuse-changes-on-other-base",
            "1-master/refuse-wrong-count",
            "1-master/report-retried",
            "3-connectivity/masters-not-applied",
        ],
    ),
    (
        "the people have numbers and codes",
        &[
            "2-code/arrival-from-abroad",
            "2-code/asked-twice",
            "2-code/birth",
            "2-code/counts-differ",
            "2-code/deleted-while-acquiring",
            "2-code/link-needed",
            "2-code/link-with-copies",
            "2-code/merge-into-itself",
            "2-code/merge-takes-the-link",
            "2-code/moved-in",
            "2-code/no-resident-code",
            "2-code/non-resident",
            "2-code/number-erased",
            "2-code/number-of-another-institution",
            "2-code/one-resident",
            "2-code/part-of-a-batch-fails",
            "2-code/poisoned-entry",
            "2-code/registered-twice",
            "2-code/registry-leg-is-not-for-institutions",
            "2-code/reported-before-notification",
            "2-code/resident-code-as-atena-number",
            "2-code/rows-shifted-in-codes",
            "2-code/rows-shifted-in-confirmation",
            "2-code/rows-shifted-in-numbers",
            "2-code/same-name-and-birthday",
            "2-code/same-request-again",
            "2-code/sent-twice",
            "2-code/two-numbers-of-one-person",
            "2-code/two-offices-two-codes",
            "2-code/unknown-resident-code",
            "2-code/wrong-person-linked",
        ],
    ),
    (
        "the copies have been registered",
        &[
            "4-query-provide/copy-characters-alike",
            "4-query-provide/copy-characters-markup",
            "4-query-provide/copy-characters-of-names",
            "4-query-provide/former-residents-tax",
            "4-query-provide/insurer-and-ministry-ask",
            "4-query-provide/poisoned-copy",
            "4-query-provide/portal-copy-against-own-view",
            "4-query-provide/portal-own-information",
        ],
    ),
    (
        "others have left records of the same people",
        &[
            "4-query-provide/no-consent",
            "4-query-provide/portal-marked-by-both",
            "4-query-provide/portal-marked-record-hidden",
            "4-query-provide/portal-own-records",
            "4-query-provide/portal-unknown-person",
            "4-query-provide/quadruple-not-permitted",
            "4-query-provide/records-of-a-refused-batch",
            "4-query-provide/records-of-a-retry",
            "4-query-provide/records-of-no-copy",
            "4-query-provide/records-of-own-side-alone",
            "4-query-provide/records-of-refusals",
            "4-query-provide/records-page",
            "4-query-provide/records-period-in-order",
            "4-query-provide/records-period-within-a-year",
        ],
    ),
    (
        "nothing is under way here, since nothing takes time",
        &[
            "4-query-provide/household-in-a-batch",
            "4-query-provide/records-of-a-cancelled-inquiry",
            "4-query-provide/records-of-three-sides",
            "4-query-provide/tax-of-january-municipality",
        ],
    ),
];

/// When the mock's worlds begin.
fn epoch() -> jiff::Timestamp {
    "2026-11-02T09:00:00+09:00".parse().unwrap()
}

fn chosen(suite: &Suite, ids: &[&str]) -> Vec<Scenario> {
    let all = suite.scenarios.iter();
    all.filter(|scenario| ids.contains(&scenario.id.as_str()))
        .cloned()
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_suite_runs_in_one_world_with_the_snapshots_of_many() {
    let folder = tempfile::tempdir().unwrap();
    let mock = network::mock(folder.path().join("pki")).await;
    let project = Project::on_disk(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    let (mut suite, mistakes) = plan::load(&project, &Known::default());
    // What has not come at once never comes.
    for step in suite
        .scenarios
        .iter_mut()
        .flat_map(|one| &mut one.file.steps)
    {
        if let Some(until) = &mut step.until {
            until.every = toml::Spanned::new(0..0, Lapse::parse("1d").unwrap());
        }
    }
    assert!(mistakes.is_empty());
    let (suite, project) = (Arc::new(suite), Arc::new(project));

    // The operators of the environment: the connection is approved, and nothing takes longer than it must.
    let target = Target::of_mock(mock.control_url(), mock.pki().to_owned());
    let nowhere: Arc<dyn Sink> = Arc::new(Nowhere);
    let approval = chosen(&suite, &["0-connection/approval"]);
    let ran = run::run(
        &suite,
        &project,
        &approval,
        &Setting::of(target.clone()),
        &Checkpoints::new(),
        &nowhere,
    )
    .await;
    assert_eq!(ran.results[0].end, ScenarioEnd::Passed);
    let control = Control::new(mock.control_url());
    let post =
        async |path: &str, body: Value| control.send(Method::POST, path, body).await.unwrap();
    let fork = json!({ "name": "environment", "checkpoint": "connection-approved" });
    post("/worlds/run-0-connection-approval/forks", fork).await;
    let limits = json!({ "act": "set-limits", "limits": {
        "notification-delay": 0, "permit-delay": 0, "answer-delay": 0, "batch-delay": 0,
    } });
    post("/worlds/environment/acts", limits).await;
    let listener = post("/worlds/environment/listeners", json!({})).await;

    let mut target = target;
    target.name = Some("environment".to_owned());
    target.control = Control::absent();
    target.url = Some(listener["url"].as_str().unwrap().to_owned());
    target.real = Some(Real {
        cannot: [("advance".to_owned(), "nobody waits here".to_owned())].into(),
        longest_wait: Duration::from_secs(600),
        assumed: [("connection-approved".to_owned(), BTreeMap::new())].into(),
        ..Real::of(epoch)
    });
    let mut setting = Setting::of(target);
    setting.seed = 7;
    let all: Vec<Scenario> = suite.scenarios.clone();
    let ran = run::run(
        &suite,
        &project,
        &all,
        &setting,
        &Checkpoints::new(),
        &nowhere,
    )
    .await;
    let state: BTreeSet<&str> = STATE.iter().flat_map(|(_, ids)| *ids).copied().collect();
    let (mut passed, mut not_possible) = (0, 0);
    let mut wrong = Vec::new();
    for result in &ran.results {
        let id = result.scenario.as_str();
        if result.end == ScenarioEnd::Passed {
            passed += 1;
            if state.contains(id) {
                wrong.push(format!("{id} passes: take it out of the list"));
            }
        } else if matches!(
            result.end,
            ScenarioEnd::NotPossible { .. } | ScenarioEnd::Assumed
        ) {
            not_possible += 1;
        } else if !state.contains(id) {
            wrong.push(format!("{id}: {:?}", result.end));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    // All the others were tried, and those that others start from have passed.
    assert_eq!(passed + not_possible + state.len(), ran.results.len());
    assert!(passed >= 95, "{passed}");
    mock.stop().await;
}
