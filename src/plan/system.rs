//! Steps about the system under test: the names in them, and what their texts can use.

use std::path::{Component, Path};

use toml::Spanned;

use crate::{
    diagnostic::{Diagnostic, meant},
    message,
    plan::{
        Context, act,
        steps::{self, STAND_IN, Seen},
        templates,
    },
    profile::{ALWAYS, OF_IDENTITY, stand_ins},
    project::OnDisk,
    scenario::{Kind, Step},
    text::Text,
};

/// Checks a step that makes the system do something, or looks for what it has sent.
pub(super) fn check(cx: &Context<'_>, step: &Step, seen: &Seen<'_>, found: &mut Vec<Diagnostic>) {
    steps::identity(cx, step, step.identity.as_ref(), found);
    steps::identity(cx, step, step.from.as_ref(), found);
    let mut values = seen.values.clone();
    let system = cx.suite.profile.system.as_ref();
    let identity =
        step.identity.is_some() || system.is_some_and(|system| system.identity.is_some());
    values.insert("renkei".to_owned(), stand_ins(identity, STAND_IN));
    let seen = &seen.with(values);
    match step.kind() {
        Some(Kind::Exec(command)) => {
            let texts = command.iter().chain(step.env.values()).chain(&step.folder);
            texts_and_captures(cx, step, texts, seen, found);
            if let Some(folder) = &step.folder {
                below_root(cx, step, folder, OnDisk::Folder, found);
            }
        }
        Some(Kind::Http(http)) => {
            let texts = [Some(&http.url), http.body.as_ref(), http.ca.as_ref()];
            let texts = texts.into_iter().flatten().chain(http.headers.values());
            texts_and_captures(cx, step, texts, seen, found);
            if let Some(ca) = &http.ca {
                below_root(cx, step, ca, OnDisk::File, found);
            }
        }
        Some(kind @ (Kind::ExpectCall(operation) | Kind::ExpectNoCall(operation))) => {
            if matches!(kind, Kind::ExpectNoCall(_)) && system.is_none() {
                too_early(step, operation, seen, found);
            }
            steps::operation(cx, step, operation, found);
            steps::answer(cx, step, seen, found);
        }
        Some(
            Kind::Send(_)
            | Kind::Advance(_)
            | Kind::At(_)
            | Kind::Network(_)
            | Kind::Listen(_)
            | Kind::Use(_)
            | Kind::Check(_),
        )
        | None => {}
        Some(Kind::Peer(peer)) => {
            let reason = peer.refuses.as_ref().map(|refuses| &refuses.reason);
            let hours = peer.hours.iter();
            let hours = hours.flat_map(|hours| [&hours.opens, &hours.closes]);
            for text in [&peer.institution].into_iter().chain(reason).chain(hours) {
                templates::text(cx, step, text.get_ref(), &text.span(), seen, found);
            }
            for data in peer.asks.iter().flat_map(|asks| asks.get_ref().values()) {
                templates::data(cx, step, data, seen, found);
            }
            act::peer(cx, step, peer, found);
            steps::answer(cx, step, seen, found);
        }
    }
}

/// That nothing was sent is no wonder where nothing before could have made the system act.
fn too_early(
    step: &Step,
    operation: &Spanned<String>,
    seen: &Seen<'_>,
    found: &mut Vec<Diagnostic>,
) {
    if seen.scenario.partial || seen.any_earlier(Step::makes_it_act) {
        return;
    }
    let text = Text::new(
        "これより前に exec・http の手順がないため、何も確認できません",
        "no step with exec or http comes before it, so this checks nothing",
    );
    let hint = Text::new(
        "expect_no_call は、その時までの呼出しを確認します。試験対象のシステムを動作させる手順の後に記載してください",
        "expect_no_call looks at what has come until then; put it after the step that makes the system act",
    );
    found.push(Diagnostic::new(&step.file, operation.span(), text).hint(hint));
}

fn texts_and_captures<'a>(
    cx: &Context<'_>,
    step: &'a Step,
    texts: impl Iterator<Item = &'a Spanned<String>>,
    seen: &Seen<'_>,
    found: &mut Vec<Diagnostic>,
) {
    for text in texts.chain(step.capture.values()) {
        templates::text(cx, step, text.get_ref(), &text.span(), seen, found);
    }
    if let Some(expect) = step.expected() {
        let whole = [&expect.stdout, &expect.stderr, &expect.body];
        let selected = whole.into_iter().flatten().chain(expect.header.values());
        for selected in selected {
            steps::selection(cx, step, selected, seen, found);
        }
    }
}

/// A folder or file that a step names: below the suite's root, and there before anything is sent. One that a template gives
/// is known only in the run.
fn below_root(
    cx: &Context<'_>,
    step: &Step,
    written: &Spanned<String>,
    kind: OnDisk,
    found: &mut Vec<Diagnostic>,
) {
    let path = written.get_ref();
    if message::is_template(path) {
        return;
    }
    let text = if !stays_below(path) {
        Text::new(
            format!("「{path}」は、scenarios のあるフォルダーの外を指しています"),
            format!("'{path}' leads out of the folder that holds scenarios/"),
        )
    } else if !cx.project.has(path, kind) {
        match kind {
            OnDisk::Folder => Text::new(
                format!("フォルダー「{path}」がありません"),
                format!("there is no folder '{path}'"),
            ),
            OnDisk::File => Text::new(
                format!("ファイル「{path}」がありません"),
                format!("there is no file '{path}'"),
            ),
        }
    } else {
        return;
    };
    let hint = Text::new(
        "scenarios のあるフォルダーから見たパスを記載してください。実施中に作成されるものは {{ renkei.work }} の下に置いてください",
        "write its path as seen from the folder that holds scenarios/; what a run makes belongs below {{ renkei.work }}",
    );
    found.push(Diagnostic::new(&step.file, written.span(), text).hint(hint));
}

/// Whether a path does not lead out of the folder that it begins in.
fn stays_below(path: &str) -> bool {
    let mut depth = 0_usize;
    Path::new(path).components().all(|part| match part {
        Component::Normal(_) => {
            depth += 1;
            true
        }
        Component::CurDir => true,
        Component::ParentDir => match depth.checked_sub(1) {
            Some(above) => {
                depth = above;
                true
            }
            None => false,
        },
        Component::RootDir | Component::Prefix(_) => false,
    })
}

/// What to write in the place of `renkei.…` that has no value.
pub(super) fn hint(key: &str) -> Option<Text> {
    if OF_IDENTITY.contains(&key) {
        return Some(Text::new(
            "exec 又は http の手順で、as（証明書を渡す送信者）を記載してください",
            "it is there in steps with exec or http that say whose it is, by 'as'",
        ));
    }
    meant(key, ALWAYS.iter().chain(&OF_IDENTITY).copied())
}
