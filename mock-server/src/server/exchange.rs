//! A message and its world: what it asks, the network's reply, what a misbehaviour makes of it, and the journal.

use std::borrow::Cow;

use hyper::{
    Method, StatusCode,
    body::Bytes,
    header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderName},
    http::request::Parts,
};

use crate::{
    network::{Input, Sender, caller::Caller},
    server::{
        answer::{Visit, response},
        calls::{Body, Call, Headers, Line, Sighting},
        misbehave::{Outcome, Spoil},
        refusal::too_busy,
        worlds::{State, World},
    },
    wire::{RawRequest, RawResponse},
};

impl Visit {
    /// Hands a request to its world, spoils the answer if the world says so, and keeps both in the journal.
    pub(super) fn exchange(
        &self,
        world: &World,
        parts: &Parts,
        path: &str,
        body: &[u8],
    ) -> Outcome {
        let content_type = header(parts, &CONTENT_TYPE);
        let content_encoding = header(parts, &CONTENT_ENCODING);
        let action = header(parts, &HeaderName::from_static("soapaction"));
        let raw = RawRequest {
            method: parts.method.as_str(),
            path,
            content_type: content_type.as_deref(),
            content_encoding: content_encoding.as_deref(),
            soap_action: action.as_deref(),
            body,
        };
        let decoded = self.shared.contract.decode(&raw);
        // A message that can be read has been looked through; what cannot is looked at as it is.
        let number = match &decoded {
            Ok(decoded) => decoded.found.individual_number.is_some(),
            Err(_) => Sighting::in_body(body),
        } || Sighting::in_head(parts);
        let request_id = decoded
            .as_ref()
            .ok()
            .map(|decoded| decoded.sender.request_id.clone());
        // Under the lock: only what touches the world's state. Reading and writing messages go on beside each other.
        let (at, spoil, reply) = {
            let mut state = world.state();
            let at = state.clock.now();
            let spoil = state.spoiling.map(|spoiling| spoiling.spoil);
            let undone = matches!(spoil, Some(Spoil::CloseBeforeApply | Spoil::TooBusy));
            let reply = if undone {
                None
            } else {
                Some(decoded.map(|decoded| {
                    let caller = self.caller(&state, &decoded.sender);
                    let reply = state.network.apply(Input {
                        at,
                        caller,
                        sender: decoded.sender,
                        command: decoded.command,
                        found: decoded.found,
                    });
                    state.count_lie();
                    reply
                }))
            };
            (at, spoil, reply)
        };
        let (right, fault) = match &reply {
            None => (self.undone(spoil), None),
            Some(Ok(reply)) => {
                let id = request_id.as_ref().map_or("", |id| id.as_str());
                let fault = reply.as_ref().err().map(|fault| fault.code.code);
                (self.shared.contract.encode(id, at, reply), fault)
            }
            Some(Err(fault)) => (
                self.shared.contract.encode_fault(fault),
                Some(fault.code.code),
            ),
        };
        // As HTTP and the Basic Profile have it, whatever the fault says besides.
        let right = if parts.method == Method::POST {
            right
        } else {
            let status = StatusCode::METHOD_NOT_ALLOWED.as_u16();
            RawResponse { status, ..right }
        };
        let spoilt = spoil.and_then(|spoil| {
            let outcome = spoil.apply(&right)?;
            world
                .state()
                .count_spoilt(spoil)
                .then_some((spoil, outcome))
        });
        let right_body = Bytes::from(right.body);
        let answer = Body::shared(&right_body);
        let (spoilt, outcome) = spoilt.unzip();
        let outcome = outcome.unwrap_or_else(|| {
            let right = response(right.status, right.content_type, right_body);
            Outcome::Response(right)
        });
        let status = match &outcome {
            Outcome::Answer(answer) => Some(answer.status),
            Outcome::Response(response) => Some(response.status().as_u16()),
            Outcome::Script(_) | Outcome::Held => None,
        };
        let request = Body::copied(body);
        let path = Line::keep(path);
        let query = parts.uri.query().map(Line::keep);
        let action = action.as_deref().map(Line::keep);
        let headers = Headers::copied(&parts.headers);
        let weight = Call::weight(&headers, &request, &answer);
        let sighting = number.then(|| (path.clone(), request_id.clone(), body.len()));
        world.calls.add(weight, |number| {
            // Whoever reads of the call reads of the number too.
            if let Some((path, request_id, bytes)) = sighting {
                world.sightings.add(Sighting::WEIGHT, |_| Sighting {
                    number,
                    path,
                    request_id,
                    bytes,
                });
            }
            Call {
                number,
                at,
                caller: self.names.clone(),
                method: parts.method.clone(),
                path,
                query,
                action,
                headers,
                request_id,
                status,
                fault,
                spoilt,
                request,
                answer,
            }
        });
        outcome
    }

    /// What is answered to a request that is not carried out: that there is no place for it, or nothing.
    fn undone(&self, spoil: Option<Spoil>) -> RawResponse {
        if spoil != Some(Spoil::TooBusy) {
            return RawResponse {
                status: 200,
                content_type: "",
                body: Vec::new(),
            };
        }
        let fault = too_busy(self.shared.limits.connections);
        RawResponse {
            status: StatusCode::SERVICE_UNAVAILABLE.as_u16(),
            ..self.shared.contract.encode_fault(&fault)
        }
    }

    /// Who calls: the one whom the certificate names. Where it names several and the world allows that, the one in
    /// whose name the message speaks \[A\]; else the first, so that a message of another is refused by its rule.
    fn caller(&self, state: &State, sender: &Sender) -> Caller {
        let named = |caller: &&Caller| caller.name() == sender.institution.as_str();
        let spoken = self.callers.iter().find(named);
        let spoken = spoken.filter(|_| state.joint_certificates);
        spoken.unwrap_or(&self.caller).clone()
    }
}

/// What a header says, be it sent more than once or in bytes that are no text: none of it is overlooked.
fn header<'a>(parts: &'a Parts, name: &HeaderName) -> Option<Cow<'a, str>> {
    let mut values = parts.headers.get_all(name).iter();
    let first = String::from_utf8_lossy(values.next()?.as_bytes());
    Some(values.fold(first, |text, value| {
        text + ", " + String::from_utf8_lossy(value.as_bytes())
    }))
}
