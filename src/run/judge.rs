//! What an exchange amounts to: expectations, captures, and the snapshot.

use crate::{
    event::{Fault, Outcome, Rule, StepResult},
    expect::{self, Seen},
    message::{self, TemplateError},
    run::{Snapshots, send::Happened, step::Runner, step::unusable},
    scenario::{Expect, Step},
    sentinel, snapshot,
    text::Text,
    transport::{Answer, Broken},
    xml::{Document, XPath, canonical},
};

impl Runner<'_> {
    pub(super) fn judge(&mut self, step: &Step, happened: &Happened, result: &mut StepResult) {
        if let Some(request) = &happened.request {
            // Requests are numbered too, so that an answer to another one shows.
            self.numbering.normalise(request, &self.shared.normal);
        }
        let expected = match self.expected(step) {
            Ok(expected) => expected,
            Err(error) => {
                result.outcome = unusable(error.text());
                return;
            }
        };
        match &happened.answer {
            Ok(answer) => self.judge_answer(step, &expected, answer, happened, result),
            Err(broken) => result.outcome = self.judge_broken(step, &expected, broken),
        }
    }

    /// The step's expectations, the texts in them rendered.
    fn expected(&self, step: &Step) -> Result<Expect, TemplateError> {
        step.expected()
            .cloned()
            .unwrap_or_default()
            .rendered(&self.seen())
    }

    fn judge_broken(&self, step: &Step, expected: &Expect, broken: &Broken) -> Outcome {
        let Some(outcome) = broken.outcome else {
            return Outcome::Unusable { why: broken.text() };
        };
        match expected.outcome {
            None => Outcome::Broken { why: broken.text() },
            Some(awaited) if awaited == outcome => {
                let content = format!("outcome: {}\n", outcome.as_str());
                self.compare(step, &content, Vec::new())
            }
            Some(awaited) => {
                let (awaited, why) = (awaited.as_str(), broken.text());
                Outcome::Failed {
                    mismatches: vec![Text::new(
                        format!("通信の結果: 期待値「{awaited}」、実際「{}」", why.ja),
                        format!("transport: expected '{awaited}', found '{}'", why.en),
                    )],
                    difference: None,
                }
            }
        }
    }

    fn judge_answer(
        &mut self,
        step: &Step,
        expected: &Expect,
        answer: &Answer,
        happened: &Happened,
        result: &mut StepResult,
    ) {
        let shared = self.shared;
        let profile = &shared.suite.profile;
        let document = happened.document.as_ref();
        let mut mismatches = Vec::new();
        if happened.number {
            if step.plants.is_none() {
                result.outcome = Outcome::IndividualNumber {
                    place: "response".to_owned(),
                };
                return;
            }
            mismatches.push(Text::new(
                "応答に個人番号が含まれています",
                "the answer repeats the individual number",
            ));
        }
        if let Some(awaited) = expected.outcome {
            let awaited = awaited.as_str();
            mismatches.push(Text::new(
                format!("通信の結果: 期待値「{awaited}」、実際は応答がありました"),
                format!("transport: expected '{awaited}', but an answer came"),
            ));
        }
        if document.is_none()
            && let Err(error) = Document::parse(&happened.shown)
        {
            mismatches.push(Text::new(
                format!("応答が整形式のXMLではありません（{}）", error.text().ja),
                format!("the answer is not well-formed XML: {error}"),
            ));
        }
        let seen = Seen {
            status: answer.status,
            headers: &answer.headers,
            document,
            fault_code: profile.fault_code_of(operation_of(step)),
            namespaces: &profile.namespaces,
        };
        if let Some(until) = self.until(step) {
            mismatches.extend(expect::awaited(&until, &seen).into_iter().map(|missing| {
                Text::new(
                    format!("待機の条件を満たしませんでした（{}）", missing.ja),
                    format!("waited in vain: {}", missing.en),
                )
            }));
        }
        mismatches.extend(expect::check(expected, &seen));
        let select = |expression: &str| -> Option<String> {
            let xpath = XPath::compile(expression, &profile.namespaces).ok()?;
            xpath.select(document?).into_iter().next()
        };
        result.rule = profile.fault_rule.as_deref().and_then(select).map(|id| {
            let known = shared.rules.get(&id).cloned();
            known.unwrap_or_else(|| Rule {
                id,
                mark: String::new(),
                text: Text::new("", ""),
            })
        });
        let fault = select(seen.fault_code).map(|code| {
            let known = shared.faults.get(&code).cloned();
            known.unwrap_or_else(|| Fault {
                code,
                text: Text::new("", ""),
                next: Text::new("", ""),
            })
        });
        for (name, expression) in &step.capture {
            let (name, expression) = (name.get_ref(), expression.get_ref());
            let expression = &message::plain(expression, &self.seen()).unwrap_or_default();
            match select(expression) {
                Some(value) => {
                    self.values.insert(name.clone(), value.into());
                }
                None => mismatches.push(Text::new(
                    format!("「{name}」を取得できません（{expression}）"),
                    format!("nothing to capture as '{name}' by {expression}"),
                )),
            }
        }
        let normal = if let Some(document) = document {
            self.numbering.normalise(document, &shared.normal)
        } else {
            let body = String::from_utf8_lossy(&happened.shown);
            body.escape_debug().to_string() + "\n"
        };
        let content = sentinel::mask(&format!(
            "{} {}\n\n{normal}",
            answer.status,
            answer.content_type()
        ));
        result.outcome = self.compare(step, &content, mismatches);
        result.fault = fault.filter(|_| !result.outcome.is_good());
        if !matches!(result.outcome, Outcome::Passed)
            && let Some(response) = result
                .exchange
                .as_mut()
                .and_then(|exchange| exchange.response.as_mut())
            && !response.masked
            && let Some(document) = document
        {
            // One element a line is easier to read than the bytes, which are kept beside.
            response.shown = canonical(document, &profile.namespaces, &mut |_| None);
        }
    }

    fn compare(&self, step: &Step, content: &str, mismatches: Vec<Text>) -> Outcome {
        if step.no_snapshot.is_some() {
            return if mismatches.is_empty() {
                Outcome::Passed
            } else {
                Outcome::Failed {
                    mismatches,
                    difference: None,
                }
            };
        }
        let path = snapshot::path(&self.scenario.id, step.id.get_ref());
        let accepted = match self.shared.project.get(&path).map(snapshot::read) {
            None => None,
            Some(Some(accepted)) => Some(accepted),
            // Never taken for a missing one: it would be overwritten.
            Some(None) => {
                return Outcome::Unusable {
                    why: Text::new(
                        format!(
                            "採用済みのスナップショット {path} を読み取れません（先頭の --- の部分がありません）。修正するか削除してください"
                        ),
                        format!(
                            "the accepted snapshot {path} cannot be read: it has no front matter; mend or delete it"
                        ),
                    ),
                };
            }
        };
        let difference = accepted
            .as_deref()
            .and_then(|accepted| snapshot::difference(accepted, content, snapshot::Cap::GLANCE));
        if !mismatches.is_empty() {
            return Outcome::Failed {
                mismatches,
                difference,
            };
        }
        if accepted.is_some() && difference.is_none() {
            self.settle(&path);
            return Outcome::Passed;
        }
        if let Err(error) = self.keep_snapshot(&path, step, content) {
            let why = Text::of_io(&error);
            return Outcome::NotKept {
                why: Text::new(
                    format!(
                        "スナップショット {path} を書き込めません（{}）。解消してから再度実施してください",
                        why.ja
                    ),
                    format!(
                        "the snapshot {path} cannot be written: {}; mend that and run again",
                        why.en
                    ),
                ),
            };
        }
        match (self.shared.setting.snapshots, difference) {
            (Snapshots::Accept, _) => Outcome::Passed,
            (Snapshots::Check | Snapshots::New, None) => Outcome::NewSnapshot,
            (Snapshots::Check | Snapshots::New, difference) => Outcome::Failed {
                mismatches,
                difference,
            },
        }
    }

    /// Keeps a new or different snapshot, as the setting says; the embedded suite keeps none.
    fn keep_snapshot(&self, path: &str, step: &Step, content: &str) -> std::io::Result<()> {
        let Some(root) = &self.shared.project.root else {
            return Ok(());
        };
        let text = snapshot::write(&self.scenario.path, step.id.get_ref(), content);
        match self.shared.setting.snapshots {
            Snapshots::Check => Ok(()),
            Snapshots::New => snapshot::store(&root.join(format!("{path}.new")), &text),
            Snapshots::Accept => {
                snapshot::store(&root.join(path), &text)?;
                self.settle(path);
                Ok(())
            }
        }
    }

    /// Takes a waiting snapshot away that is settled since: the answer is as accepted.
    fn settle(&self, path: &str) {
        if let Some(root) = &self.shared.project.root
            && self.shared.setting.snapshots != Snapshots::Check
        {
            // Mostly there is none.
            let _ = snapshot::reject(root, path);
        }
    }
}

/// The operation that a step sends.
pub(super) fn operation_of(step: &Step) -> &str {
    step.send
        .as_ref()
        .map_or("", |operation| operation.get_ref().as_str())
}
