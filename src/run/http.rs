//! A step that sends a request to the system under test, as its users would.

use std::time::Duration;

use hyper::Method;
use toml::Spanned;

use crate::{
    encoding::{self, of_content_type},
    event::{Exchange, Outcome, StepResult},
    expect::{self, Seen},
    message,
    run::{
        given::renamed,
        judge::Judged,
        kept::glimpse,
        refusal::Refusal,
        step::{Runner, unusable},
        written::{self, readable},
    },
    scenario::{Expect, Http, Step, of_system::no_ca},
    sentinel,
    text::Text,
    transport::{self, Answer, Broken, Connection, Limits, Outgoing, Prepared, Versions},
    xml::Document,
};

impl Runner<'_> {
    pub(super) async fn http(&mut self, http: &Http, step: &Step, result: &mut StepResult) {
        if let Err(outcome) = self.asked(http, step, result).await {
            result.outcome = outcome;
        } else if let (Outcome::Passed, Some(exchange)) = (&result.outcome, &mut result.exchange) {
            exchange.request.shown.clear();
            if let Some(response) = &mut exchange.response {
                response.shown.clear();
            }
        }
    }

    async fn asked(
        &mut self,
        http: &Http,
        step: &Step,
        result: &mut StepResult,
    ) -> Result<(), Outcome> {
        let outgoing = self.outgoing(http, step)?;
        let name = format!("{:02}-{}", result.sequence, result.step);
        let looked = sentinel::look(&outgoing.body, None, &[]);
        let values = outgoing.headers.iter().map(|(_, value)| value);
        let found = looked.found
            || std::iter::once(&outgoing.url)
                .chain(values)
                .any(|text| sentinel::found(text));
        let exchange = result.exchange.insert(Exchange {
            operation: outgoing.method.to_string(),
            identity: renamed(&outgoing.url, &self.fixed()),
            sent: 1,
            request: self.keep(&format!("{name}.request.txt"), &looked),
            response: None,
            status: None,
            broken: None,
        });
        if found {
            exchange.sent = 0;
            return Err(number_in("request"));
        }
        let mut limits = self.shared.setting.limits;
        if let Some(timeout) = &step.timeout {
            limits.patience = timeout.get_ref().duration();
        }
        let answer = match self.answer(http, step, outgoing, limits).await {
            Ok(answer) => answer,
            Err(broken) => {
                exchange.broken = broken.outcome.map(|outcome| outcome.as_str().to_owned());
                let why = broken.text();
                return Err(match broken.outcome {
                    Some(_) => Outcome::Broken { why },
                    None => Outcome::Unusable { why },
                });
            }
        };
        let content_type = answer.content_type();
        let encoding = step.said_in().or_else(|| of_content_type(&content_type));
        let body = encoding::read(&answer.body, encoding);
        let looked = sentinel::look_read(&answer.body, &body.text);
        let headers = answer.headers.iter();
        let number = looked.found || headers.into_iter().any(|(_, value)| sentinel::found(value));
        exchange.status = Some(answer.status);
        let mut kept = self.keep(&format!("{name}.response.txt"), &looked);
        if !kept.shown.is_empty() {
            kept.shown = glimpse(&readable(&looked, &body.text));
        }
        exchange.response = Some(kept);
        if self.drain(Duration::ZERO).await? {
            return Err(number_in("call"));
        }
        if number {
            return Err(number_in("response"));
        }
        let expected = self
            .expected(step)
            .map_err(|error| unusable(error.text()))?;
        let mut mismatches = self.not_as_expected(&expected, &answer, &body.text);
        let (taken, missing) = self.take(step, "body", &body.text);
        mismatches.extend(missing);
        let document =
            Document::parse(&answer.body).or_else(|_| Document::parse(body.text.as_bytes()));
        let normal = match document {
            Ok(document) => {
                let normal = self.numbering.normalise(&document, &self.shared.normal);
                self.named_in_tree(normal, &taken)
            }
            Err(_) => body.shown(&self.normal_text(&body.text, &taken)),
        };
        let head = written::head(&format!("{} {content_type}", answer.status), &body, None);
        let content = sentinel::mask(&format!("{head}\n{normal}"));
        let judged = Judged {
            mismatches,
            refusal: Refusal::of_step(answer.status, None, &expected, None),
        };
        result.outcome = self.compare(step, step.id.get_ref(), &content, judged);
        if !matches!(result.outcome, Outcome::Passed) {
            let foreign = body.foreign.map(|foreign| foreign.text("body"));
            result.notes.extend(foreign);
        }
        Ok(())
    }

    /// Sends the request; over TLS with the certificate of the identity that the step names, where it names one.
    async fn answer(
        &self,
        http: &Http,
        step: &Step,
        outgoing: Outgoing,
        limits: Limits,
    ) -> Result<Answer, Broken> {
        if !outgoing.url.starts_with("https://") {
            return transport::plain(outgoing, limits).await;
        }
        let ca = http.ca.as_ref();
        // Reading has told so already, where the URL is no template.
        let ca = ca.ok_or_else(|| Broken::unprepared(no_ca()))?;
        let values = self.seen_as(self.identity_of_system(step));
        let ca = message::plain(ca.get_ref(), &values)
            .map_err(|error| Broken::unprepared(error.text()))?;
        let root = self.shared.project.root.clone().unwrap_or_default();
        let ca = root.join(ca);
        let tls = if step.identity.is_some() {
            let (name, identity) = self.identity(step).map_err(Broken::unprepared)?;
            let credentials = self.shared.setting.target.credentials(&name, identity);
            Prepared::read(&ca, &credentials, Versions::ALL)?.config()?
        } else {
            transport::trusting(&ca)?
        };
        Connection::new(tls, None)
            .exchange(outgoing, limits, &mut |_| {})
            .await
    }

    /// The request with everything rendered.
    fn outgoing(&self, http: &Http, step: &Step) -> Result<Outgoing, Outcome> {
        let Http {
            method,
            url,
            headers,
            body,
            ca: _,
        } = http;
        let values = self.seen_as(self.identity_of_system(step));
        let render = |text: &Spanned<String>| {
            message::plain(text.get_ref(), &values).map_err(|error| unusable(error.text()))
        };
        let method = match method {
            Some(method) => Method::from_bytes(method.get_ref().as_bytes()).map_err(|error| {
                unusable(Text::new(
                    format!("{}: {error}", method.get_ref()),
                    format!("{}: {error}", method.get_ref()),
                ))
            })?,
            None => Method::GET,
        };
        let headers = headers.iter().map(|(name, value)| {
            let value = render(value)?;
            Ok((name.get_ref().clone(), value))
        });
        Ok(Outgoing {
            method,
            url: render(url)?,
            headers: headers.collect::<Result<_, Outcome>>()?,
            body: body
                .as_ref()
                .map(render)
                .transpose()?
                .unwrap_or_default()
                .into_bytes(),
        })
    }

    fn not_as_expected(&self, expected: &Expect, answer: &Answer, body: &str) -> Vec<Text> {
        let seen = Seen {
            status: answer.status,
            headers: &answer.headers,
            document: None,
            fault_code: "",
            namespaces: &self.shared.suite.profile.namespaces,
        };
        let mut mismatches = expect::check(expected, &seen);
        if let Some(selected) = &expected.body {
            mismatches.extend(expect::text("body", selected.get_ref(), body));
        }
        mismatches
    }
}

fn number_in(place: &str) -> Outcome {
    Outcome::IndividualNumber {
        place: place.to_owned(),
    }
}
