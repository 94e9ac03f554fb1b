//! What an exchange amounts to: expectations, captures, and the snapshot.

use crate::{
    event::{Fault, Outcome, Rule, StepResult},
    expect::{self, Seen},
    message::{self, TemplateError},
    run::{refusal::Refusal, send::Happened, step::Runner, step::unusable},
    scenario::{Expect, Step, step::nth},
    sentinel,
    text::{Text, counted},
    transport::{Answer, Broken},
    xml::{Document, XPath, canonical},
};

/// What was found before the snapshot was looked at.
#[derive(Debug, Default)]
pub(super) struct Judged {
    /// What does not hold.
    pub(super) mismatches: Vec<Text>,
    /// A refusal that is right only where the accepted snapshot has it.
    pub(super) refusal: Option<Refusal>,
}

impl Runner<'_> {
    pub(super) fn judge(&mut self, step: &Step, happened: &Happened, result: &mut StepResult) {
        if let Some(request) = &happened.request {
            // Requests are numbered too, so that an answer to another one shows.
            let normal = self.numbering.normalise(request, &self.shared.normal);
            self.keep_normal(result, "request", &normal);
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
            Err(_) if happened.number && step.plants.is_none() => {
                result.outcome = Outcome::IndividualNumber {
                    place: "response".to_owned(),
                };
            }
            Err(broken) => result.outcome = self.judge_broken(step, &expected, broken),
        }
        if !self.shared.setting.target.bodies
            && let Outcome::Failed { mismatches, .. } = &mut result.outcome
        {
            for Text { ja, en } in mismatches {
                *ja = self.numbering.conceal(ja);
                *en = self.numbering.conceal(en);
            }
        }
    }

    /// Keeps the normalised text where it is all that is kept.
    fn keep_normal(&self, result: &StepResult, what: &str, normal: &str) {
        if !self.shared.setting.target.bodies {
            let (scenario, sequence, step) = (&self.scenario.id, result.sequence, &result.step);
            let file = format!("{scenario}/{sequence:02}-{step}.{what}.normal.txt");
            let normal = sentinel::mask(normal);
            self.shared.sink.keep(&file, normal.as_bytes());
        }
    }

    /// The step's expectations, the texts in them rendered.
    pub(super) fn expected(&self, step: &Step) -> Result<Expect, TemplateError> {
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
                self.compare(step, step.id.get_ref(), &content, Judged::default())
            }
            Some(awaited) => {
                let (ja, en, why) = (awaited.in_japanese(), awaited.as_str(), broken.text());
                Outcome::Failed {
                    mismatches: vec![Text::new(
                        format!("通信の結果: 期待値「{ja}」、実際「{}」", why.ja),
                        format!("transport: expected '{en}', found '{}'", why.en),
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
            let (ja, en) = (awaited.in_japanese(), awaited.as_str());
            mismatches.push(Text::new(
                format!("通信の結果: 期待値「{ja}」、実際は応答がありました"),
                format!("transport: expected '{en}', but an answer came"),
            ));
        }
        if (300..400).contains(&answer.status) && expected.status != Some(answer.status) {
            mismatches.push(redirected(answer));
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
        let until = self.until(step);
        if let Some(until) = &until {
            mismatches.extend(expect::awaited(until, &seen).into_iter().map(|missing| {
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
        mismatches.extend(self.capture(step, document, 1));
        let bodies = shared.setting.target.bodies;
        let normal = if let Some(document) = document {
            self.numbering.normalise(document, &shared.normal)
        } else if bodies {
            let body = String::from_utf8_lossy(&happened.shown);
            body.escape_debug().to_string() + "\n"
        } else {
            format!("({}, no XML)\n", counted(happened.shown.len(), "byte"))
        };
        self.keep_normal(result, "response", &normal);
        let content = sentinel::mask(&format!(
            "{} {}\n\n{normal}",
            answer.status,
            answer.content_type()
        ));
        let code = fault.as_ref().map(|fault| fault.code.as_str());
        let judged = Judged {
            mismatches,
            refusal: Refusal::of_step(answer.status, code, expected, until.as_ref()),
        };
        result.outcome = self.compare(step, step.id.get_ref(), &content, judged);
        result.fault = fault.filter(|_| !result.outcome.is_good());
        if !matches!(result.outcome, Outcome::Passed)
            && let Some(response) = result
                .exchange
                .as_mut()
                .and_then(|exchange| exchange.response.as_mut())
            && !response.masked
            && bodies
            && let Some(document) = document
        {
            // One element a line is easier to read than the bytes, which are kept beside.
            response.shown = canonical(document, &profile.namespaces, &mut |_| None);
        }
    }

    /// Takes the values that the step names from an answer, or from the call of this number; gives what could not be
    /// taken.
    pub(super) fn capture(
        &mut self,
        step: &Step,
        document: Option<&Document>,
        number: usize,
    ) -> Vec<Text> {
        let namespaces = &self.shared.suite.profile.namespaces;
        let mut missing = Vec::new();
        for (name, expression) in &step.capture {
            let name = nth(name.get_ref(), "_", number);
            let expression = message::plain(expression.get_ref(), &self.seen());
            let expression = expression.unwrap_or_default();
            let value = document.and_then(|document| {
                let xpath = XPath::compile(&expression, namespaces).ok()?;
                xpath.select(document).into_iter().next()
            });
            match value {
                Some(value) => {
                    self.values.insert(name, value.into());
                }
                None => missing.push(Text::new(
                    format!("「{name}」を取得できません（{expression}）"),
                    format!("nothing to capture as '{name}' by {expression}"),
                )),
            }
        }
        missing
    }
}

/// An answer that leads elsewhere. Nothing is ever sent there unasked.
fn redirected(answer: &Answer) -> Text {
    let status = answer.status;
    let location = sentinel::mask(&answer.header("location").join(", "));
    Text::new(
        format!(
            "接続先が転送（{status}、Location: {location}）を応答しました。転送先には送信していません。接続先の url・endpoint を確認してください"
        ),
        format!(
            "the target redirects ({status}, Location: {location}), and nothing was sent there; look at 'url' and 'endpoint' of the target"
        ),
    )
}

/// The operation that a step sends.
pub(super) fn operation_of(step: &Step) -> &str {
    step.send
        .as_ref()
        .map_or("", |operation| operation.get_ref().as_str())
}
