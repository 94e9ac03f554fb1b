//! Which keys go with which kind of step.

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{diagnostic::Diagnostic, scenario::Step, text::Text};

/// A kind of step, by its key, with the keys that go with it.
pub(crate) struct Keys {
    /// The key that says that the step is of this kind.
    pub(crate) kind: &'static str,
    /// The keys beside it and those of every step.
    pub(crate) beside: &'static [&'static str],
    /// The keys of its `expect`.
    pub(crate) expect: &'static [&'static str],
}

/// The keys of every step.
pub(crate) const EVERY: [&str; 3] = ["id", "title", "always"];

/// All kinds.
pub(crate) const KINDS: [Keys; 12] = [
    Keys {
        kind: "send",
        beside: &[
            "as",
            "with",
            "expect",
            "capture",
            "until",
            "raw",
            "content_type",
            "action",
            "headers",
            "method",
            "path",
            "same_request_as",
            "via",
            "timeout",
            "plants",
            "no_snapshot",
        ],
        expect: &["status", "fault", "header", "xpath", "outcome"],
    },
    bare("advance"),
    bare("at"),
    bare("network"),
    bare("listen"),
    Keys {
        kind: "use",
        beside: &["with"],
        expect: &[],
    },
    bare("check"),
    Keys {
        kind: "exec",
        beside: &[
            "as",
            "env",
            "folder",
            "timeout",
            "encoding",
            "expect",
            "capture",
            "no_snapshot",
        ],
        expect: &["exit", "stdout", "stderr"],
    },
    Keys {
        kind: "http",
        beside: &[
            "as",
            "timeout",
            "encoding",
            "expect",
            "capture",
            "no_snapshot",
        ],
        expect: &["status", "header", "body"],
    },
    Keys {
        kind: "expect_call",
        beside: &[
            "from",
            "within",
            "order",
            "times",
            "expect",
            "capture",
            "no_snapshot",
        ],
        expect: &["xpath", "header", "status", "fault"],
    },
    Keys {
        kind: "expect_no_call",
        beside: &["from", "within", "expect"],
        expect: &["xpath", "header"],
    },
    Keys {
        kind: "peer",
        beside: &["expect"],
        expect: &["fault"],
    },
];

const fn bare(kind: &'static str) -> Keys {
    Keys {
        kind,
        beside: &[],
        expect: &[],
    }
}

/// The kinds of steps that a target can do: those of shared steps stand in their place.
pub(crate) fn done<'a>() -> impl Iterator<Item = &'a str> + Clone {
    let kinds = KINDS.iter().map(|keys| keys.kind);
    kinds.filter(|kind| *kind != "use")
}

/// Reports the keys of a step, as it is written, that do not go with its kind.
pub(super) fn check(step: &Step, written: &DeTable<'_>, found: &mut Vec<Diagnostic>) {
    let kinds = step.kinds();
    let [kind] = kinds.as_slice() else { return };
    let Some(right) = KINDS.iter().find(|keys| keys.kind == kind.key()) else {
        return;
    };
    let mut stray = |table: &DeTable<'_>, right: &[&str], of: fn(&Keys) -> &[&'static str]| {
        for name in table.keys() {
            let key = name.get_ref().as_ref();
            let kinds: Vec<&str> = KINDS
                .iter()
                .filter(|keys| of(keys).contains(&key))
                .map(|keys| keys.kind)
                .collect();
            // What goes with no kind is another mistake, and has been reported.
            if !kinds.is_empty() && !right.contains(&key) {
                found.push(Diagnostic::new(
                    &step.file,
                    name.span(),
                    belongs(key, &kinds),
                ));
            }
        }
    };
    stray(written, right.beside, |keys| keys.beside);
    if right.beside.contains(&"expect")
        && let Some(DeValue::Table(expect)) = written.get("expect").map(Spanned::get_ref)
    {
        stray(expect, right.expect, |keys| keys.expect);
    }
}

fn belongs(key: &str, kinds: &[&str]) -> Text {
    let english = match kinds.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        Some(_) | None => kinds.concat(),
    };
    Text::new(
        format!("「{key}」は {} の手順でのみ使用できます", kinds.join("・")),
        format!("'{key}' belongs to a step with {english}"),
    )
}

/// The keys that say of what kind a step is, as people list them.
pub(super) fn listed() -> Text {
    let kinds = KINDS.map(|keys| keys.kind);
    let (last, others) = kinds.split_last().unwrap_or((&"", &[]));
    Text::new(
        kinds.join("・"),
        format!("{} and {last}", others.join(", ")),
    )
}
