//! A step in which an institution of the network acts by itself: an act of the network in other words.

use serde_json::{Map, Value, json};
use toml::Spanned;

use crate::{
    event::Outcome,
    message::{self, TemplateError, Values},
    run::step::{Runner, unusable},
    scenario::{Step, data::Lapse, peer::Peer},
    sentinel,
};

impl Runner<'_> {
    pub(super) async fn peer(&self, peer: &Peer, step: &Step) -> Outcome {
        let expected = match self.expected(step) {
            Ok(expected) => expected,
            Err(error) => return unusable(error.text()),
        };
        let meant = expected.fault.map(Spanned::into_inner);
        match act(peer, meant, &self.seen()) {
            Ok(act) if sentinel::found(&act.to_string()) => Outcome::IndividualNumber {
                place: "request".to_owned(),
            },
            Ok(act) => self.tell(hyper::Method::POST, "acts", act).await,
            Err(error) => unusable(error.text()),
        }
    }
}

/// The act that stands for what the peer does.
fn act(peer: &Peer, meant: Option<String>, values: &Values) -> Result<Value, TemplateError> {
    let mut act = Map::new();
    let mut put = |key: &str, value: Value| {
        act.insert(key.to_owned(), value);
    };
    let institution = message::plain(peer.institution.get_ref(), values)?;
    put("institution", institution.into());
    if let Some(asks) = &peer.asks {
        put("act", "peer-asks".into());
        for (key, data) in asks.get_ref() {
            put(key.get_ref(), message::json(data.get_ref(), values)?);
        }
        if let Some(every) = &peer.every {
            put("every", every.get_ref().seconds().into());
        }
        if let Some(times) = &peer.times {
            put("times", (*times.get_ref()).into());
        }
        if let Some(meant) = meant {
            put("meant", meant.into());
        }
    }
    let after = |after: Option<Lapse>| json!(after.map_or(0, Lapse::seconds));
    if let Some(answers) = &peer.answers {
        put("act", "peer-answers".into());
        put("after", after(answers.after));
    }
    if let Some(refuses) = &peer.refuses {
        put("act", "peer-refuses".into());
        put("after", after(refuses.after));
        let reason = message::plain(refuses.reason.get_ref(), values)?;
        put("reason", reason.into());
    }
    if let Some(applies) = peer.applies_masters {
        let name = if applies { "release-peer" } else { "hold-peer" };
        put("act", name.into());
    }
    if let Some(silent) = peer.silent {
        put("act", if silent { "break-hop" } else { "mend-hop" }.into());
        put("hop", "peer".into());
    }
    if let Some(hours) = &peer.hours {
        put("act", "set-hours".into());
        put(
            "opens",
            message::plain(hours.opens.get_ref(), values)?.into(),
        );
        put(
            "closes",
            message::plain(hours.closes.get_ref(), values)?.into(),
        );
    }
    Ok(act.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_thing_that_a_peer_does_is_an_act() {
        let values = Values::from([("a".to_owned(), "S-1".into())]);
        for (written, expected) in [
            (
                "asks = { atena = '{{ a }}', year = 2026 }, every = '10m', times = 3",
                json!({ "institution": "P", "act": "peer-asks", "atena": "S-1", "year": 2026, "every": 600, "times": 3 }),
            ),
            (
                "answers = {}",
                json!({ "institution": "P", "act": "peer-answers", "after": 0 }),
            ),
            (
                "refuses = { after = '1h', reason = '{{ a }}?' }",
                json!({ "institution": "P", "act": "peer-refuses", "after": 3600, "reason": "S-1?" }),
            ),
            (
                "applies_masters = false",
                json!({ "institution": "P", "act": "hold-peer" }),
            ),
            (
                "applies_masters = true",
                json!({ "institution": "P", "act": "release-peer" }),
            ),
            (
                "silent = true",
                json!({ "institution": "P", "act": "break-hop", "hop": "peer" }),
            ),
            (
                "silent = false",
                json!({ "institution": "P", "act": "mend-hop", "hop": "peer" }),
            ),
            (
                "hours = { opens = '08:00', closes = '20:00' }",
                json!({ "institution": "P", "act": "set-hours", "opens": "08:00", "closes": "20:00" }),
            ),
        ] {
            let text = format!("peer = {{ institution = 'P', {written} }}");
            let read: std::collections::BTreeMap<String, Peer> = toml::from_str(&text).unwrap();
            let peer = &read["peer"];
            assert_eq!(peer.verbs().len(), 1, "{written}");
            assert_eq!(act(peer, None, &values).unwrap(), expected, "{written}");
        }
        let peer = "peer = { institution = 'P', asks = {} }";
        let read: std::collections::BTreeMap<String, Peer> = toml::from_str(peer).unwrap();
        let meant = act(&read["peer"], Some("F-1".into()), &values).unwrap();
        assert_eq!(meant["meant"], "F-1");
    }
}
