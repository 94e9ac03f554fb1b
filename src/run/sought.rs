//! What a step looks for among the calls of the system under test, and where a call differs from that.

use crate::{
    event::Outcome,
    expect::{self, Seen, differs, plain},
    profile::Profile,
    run::calls::Call,
    scenario::Expect,
    text::Text,
};

/// What a step looks for.
#[derive(Debug)]
pub(super) struct Sought {
    pub(super) operation: String,
    pub(super) institution: Option<String>,
    pub(super) expected: Expect,
    pub(super) times: usize,
    pub(super) any_order: bool,
}

/// The operation of a call: the one whose path and action it has.
pub(super) fn operation_of<'p>(call: &Call, profile: &'p Profile) -> Option<&'p str> {
    profile.operation_at(&call.path, &call.action())
}

/// Where a call differs from what is sought; empty where it is that.
pub(super) fn differences(call: &Call, sought: &Sought, profile: &Profile) -> Vec<Text> {
    let mut found = Vec::new();
    match operation_of(call, profile) {
        Some(operation) if operation == sought.operation => {}
        Some(operation) => {
            return vec![differs("operation", &sought.operation, plain(operation))];
        }
        None => return misspelt(call, sought, profile),
    }
    if let Some(institution) = &sought.institution
        && !call.caller.split(' ').any(|caller| caller == institution)
    {
        let Text { ja, en } = differs("from", institution, plain(&call.caller));
        found.push(Text::new(
            format!("{ja}（試験対象のシステムに渡した証明書の持ち主です。exec の手順又は [system] の as を確認してください）"),
            format!("{en} (whom its certificate names: see 'as' of the step with exec, or of [system])"),
        ));
    }
    let Expect {
        status,
        fault,
        header,
        xpath,
        ..
    } = &sought.expected;
    if let Some(status) = status.filter(|status| call.status != Some(*status)) {
        let answered = call
            .status
            .map_or("-".to_owned(), |status| status.to_string());
        found.push(differs("status", &status.to_string(), plain(&answered)));
    }
    if let Some(fault) = fault
        && call.fault.as_deref() != Some(fault.get_ref())
    {
        let answered = call.fault.as_deref().unwrap_or("-");
        found.push(differs("fault", fault.get_ref(), plain(answered)));
    }
    let document = call.document();
    let seen = Seen {
        status: 0,
        headers: &call.headers,
        document: document.as_ref(),
        fault_code: "",
        namespaces: &profile.namespaces,
    };
    let of_request = Expect {
        header: header.clone(),
        xpath: xpath.clone(),
        ..Expect::default()
    };
    found.extend(expect::check(&of_request, &seen));
    found
}

/// Where a call of no operation differs from that which is sought.
fn misspelt(call: &Call, sought: &Sought, profile: &Profile) -> Vec<Text> {
    let Some(operation) = profile.operation.get(&sought.operation) else {
        return vec![differs("operation", &sought.operation, plain("?"))];
    };
    let (path, action) = (call.path.trim_matches('/'), call.action());
    let parts = [
        ("path", operation.endpoint.trim_matches('/'), path),
        ("SOAPAction", operation.action.as_str(), action.as_str()),
    ];
    let parts = parts.into_iter().filter(|(_, right, found)| right != found);
    parts
        .map(|(what, right, found)| differs(what, right, plain(found)))
        .collect()
}

/// What the outcomes of several calls amount to.
pub(super) fn together(outcomes: Vec<Outcome>) -> Outcome {
    let mut all = Outcome::Passed;
    for outcome in outcomes {
        all = match (all, outcome) {
            (
                Outcome::Failed {
                    mut mismatches,
                    difference,
                },
                Outcome::Failed {
                    mismatches: more,
                    difference: other,
                },
            ) => {
                mismatches.extend(more);
                let differences: Vec<String> = difference.into_iter().chain(other).collect();
                Outcome::Failed {
                    mismatches,
                    difference: (!differences.is_empty()).then(|| differences.join("\n")),
                }
            }
            (Outcome::Passed, other) | (Outcome::NewSnapshot, other @ Outcome::Failed { .. }) => {
                other
            }
            (worse, _) => worse,
        };
    }
    all
}
