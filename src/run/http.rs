//! A step that sends a request to the system under test, as its users would.

use std::time::Duration;

use hyper::Method;
use toml::Spanned;

use crate::{
    event::{Exchange, Outcome, StepResult},
    expect::{self, Seen},
    message,
    run::{
        given::renamed,
        judge::Judged,
        refusal::Refusal,
        step::{Runner, unusable},
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
        let looked = sentinel::look(&answer.body, None, &[]);
        let headers = answer.headers.iter();
        let number = looked.found || headers.into_iter().any(|(_, value)| sentinel::found(value));
        exchange.status = Some(answer.status);
        exchange.response = Some(self.keep(&format!("{name}.response.txt"), &looked));
        if self.drain(Duration::ZERO).await? {
            return Err(number_in("call"));
        }
        if number {
            return Err(number_in("response"));
        }
        let expected = self
            .expected(step)
            .map_err(|error| unusable(error.text()))?;
        let body = String::from_utf8_lossy(&answer.body).replace("\r\n", "\n");
        let mut mismatches = self.not_as_expected(&expected, &answer, &body);
        mismatches.extend(self.capture_from(step, "body", &body));
        let normal = match Document::parse(&answer.body) {
            Ok(document) => self.numbering.normalise(&document, &self.shared.normal),
            Err(_) => self.numbering.text(&body, &self.fixed()),
        };
        let content = format!("{} {}\n\n{normal}", answer.status, answer.content_type());
        let content = sentinel::mask(&content);
        let judged = Judged {
            mismatches,
            refusal: Refusal::of_step(answer.status, None, &expected, None),
        };
        result.outcome = self.compare(step, step.id.get_ref(), &content, judged);
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
