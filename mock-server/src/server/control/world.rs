//! What control can do with one world.

use std::sync::Arc;

use hyper::{Method, StatusCode};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Answered, ClockMode, Query, Refused, bad_request, conflict, created, done, given, moment, ok,
    read, refused, unreadable,
};
use crate::{
    network::{act::Act, peers::Heard, rules, types::ReceiptNumber},
    server::{
        Misbehaviour, Shared,
        listener::{self, Fault, NotOpened},
        tls::Shown,
        worlds::{Clock, World, check_name, lock},
    },
    text::Text,
};

/// How many checkpoints a world keeps.
const CHECKPOINTS: usize = 64;

pub(super) async fn dispatch(
    shared: &Arc<Shared>,
    name: &str,
    method: &Method,
    rest: &[&str],
    query: &Query,
    body: &[u8],
) -> Answered {
    let world = shared.worlds.find(name).map_err(refused)?;
    match (method, rest) {
        (&Method::GET, []) => ok(json!({
            "name": name, "url": shared.world_url(name), "seed": world.seed, "clock": clock(world.state().clock),
        })),
        (&Method::POST, ["checkpoints"]) => checkpoint(&world, body),
        (_, ["checkpoints"]) => {
            let names: Vec<String> = world.state().checkpoints.keys().cloned().collect();
            ok(json!({ "checkpoints": names }))
        }
        (_, ["forks"]) => {
            let NewFork {
                name: fork,
                checkpoint,
                clock,
            } = read(body)?;
            shared
                .worlds
                .fork(name, checkpoint.as_deref(), &fork)
                .map_err(refused)?;
            if let Some(mode) = clock {
                let fork = shared.worlds.find(&fork).map_err(refused)?;
                let mut fork = fork.state();
                fork.clock = match (mode, fork.clock) {
                    (ClockMode::Frozen, clock) => Clock::Frozen(clock.now()),
                    (ClockMode::Flowing, _) => Clock::Flowing,
                };
            }
            created(json!({ "name": fork, "url": shared.world_url(&fork) }))
        }
        (&Method::PATCH, ["clock"]) => move_clock(&world, body),
        (_, ["clock"]) => ok(clock(world.state().clock)),
        (&Method::PUT, ["rules"]) => {
            let RulesOff { off } = read(body)?;
            let off = off
                .iter()
                .map(|code| {
                    rules::rule(code).ok_or_else(|| bad_request(&format!("no rule '{code}'")))
                })
                .collect::<Result<Vec<_>, _>>()?;
            let mut state = world.state();
            state.network.set_rules_off(&off);
            state.rules_off = off;
            done()
        }
        (_, ["rules"]) => {
            let off: Vec<&str> = world
                .state()
                .rules_off
                .iter()
                .map(|rule| rule.code)
                .collect();
            ok(json!({ "off": off }))
        }
        (&Method::PUT, ["misbehaviour"]) => {
            misbehave(&world, &read::<Misbehave>(body)?)?;
            done()
        }
        (&Method::DELETE, ["misbehaviour"]) => {
            world.state().misbehave(None);
            done()
        }
        (_, ["misbehaviour"]) => ok(misbehaviour(&world)),
        (_, ["acts"]) => act(&world, body),
        (_, ["calls"]) => {
            let page = query.page(shared, &world.calls).await;
            // The world may have been deleted while its calls were waited for.
            shared.worlds.find(name).map_err(refused)?;
            let calls: Vec<Value> = page
                .entries
                .iter()
                .map(|call| json!(call.shown(!query.bare)))
                .collect();
            // Read after the calls, so that a number in any of them is among these.
            let sightings = world.sightings.after(0).entries;
            let sightings = sightings
                .iter()
                .filter(|sighting| query.is_after(sighting.number));
            let numbers: Vec<Value> = sightings.map(|sighting| json!(**sighting)).collect();
            ok(json!({
                "calls": calls, "numbers": numbers, "dropped": page.dropped, "last": page.last, "more": page.more,
            }))
        }
        (_, ["peers"]) => ok(peers(&world, query)),
        (_, ["state"]) => ok(state(&world)),
        (_, ["invariants"]) => {
            let network = world.state().network.clone();
            ok(json!({ "violations": network.check() }))
        }
        (&Method::POST, ["listeners"]) => {
            let NewListener {
                name: listener,
                certificate,
                fault,
            } = read(body)?;
            let certificate = certificate.unwrap_or(Shown::Good);
            let fault = fault.unwrap_or(Fault::None);
            let (listener, url) =
                listener::open(shared, name, &world, listener, certificate, fault)
                    .await
                    .map_err(not_opened)?;
            // The world may have been deleted while the listener was opened.
            if let Err(error) = shared.worlds.find(name) {
                lock(&world.listeners).clear();
                return Err(refused(error));
            }
            created(
                json!({ "name": listener, "url": url, "certificate": certificate, "fault": fault }),
            )
        }
        (_, ["listeners"]) => {
            let open = lock(&world.listeners);
            let listeners: Vec<Value> = open.iter().map(|(name, open)| open.show(name)).collect();
            ok(json!({ "listeners": listeners }))
        }
        (&Method::DELETE, ["listeners", listener]) => {
            match lock(&world.listeners).remove(*listener) {
                Some(_) => done(),
                None => Err(no_listener()),
            }
        }
        (_, ["listeners", listener]) => match lock(&world.listeners).get(*listener) {
            Some(open) => ok(open.show(listener)),
            None => Err(no_listener()),
        },
        _ => Err(refused(crate::server::worlds::WorldError::NoWorld)),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewFork {
    name: String,
    #[serde(default, deserialize_with = "given")]
    checkpoint: Option<String>,
    #[serde(default, deserialize_with = "given")]
    clock: Option<ClockMode>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Move {
    #[serde(default, deserialize_with = "given")]
    advance: Option<u64>,
    #[serde(default, deserialize_with = "given")]
    to: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RulesOff {
    off: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Misbehave {
    name: String,
    #[serde(default, deserialize_with = "given")]
    times: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewListener {
    #[serde(default, deserialize_with = "given")]
    name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    certificate: Option<Shown>,
    #[serde(default, deserialize_with = "given")]
    fault: Option<Fault>,
}

/// What the server does beside the acts of the network.
#[derive(Deserialize, JsonSchema)]
#[serde(tag = "act", rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum ServerAct {
    Misbehave {
        #[schemars(schema_with = "misbehaviours")]
        name: String,
        #[schemars(range(min = 1))]
        times: Option<u32>,
    },
    Behave {},
    JointCertificates {
        allowed: bool,
    },
}

fn misbehaviours(_: &mut SchemaGenerator) -> Schema {
    let names: Vec<String> = Misbehaviour::all().map(Misbehaviour::name).collect();
    json_schema!({ "type": "string", "enum": names })
}

fn checkpoint(world: &World, body: &[u8]) -> Answered {
    let Named { name } = read(body)?;
    check_name(&name).map_err(refused)?;
    let mut state = world.state();
    if state.checkpoints.len() >= CHECKPOINTS && !state.checkpoints.contains_key(&name) {
        return Err(conflict(Text::new(
            format!("再開点は一つの模擬環境につき{CHECKPOINTS}個までです。"),
            format!("a world keeps {CHECKPOINTS} checkpoints at most"),
        )));
    }
    let kept = state.snapshot();
    state.checkpoints.insert(name.clone(), kept);
    created(json!({ "name": name }))
}

fn clock(clock: Clock) -> Value {
    let mode = match clock {
        Clock::Frozen(_) => "frozen",
        Clock::Flowing => "flowing",
    };
    json!({ "now": clock.now().to_string(), "mode": mode })
}

fn move_clock(world: &World, body: &[u8]) -> Answered {
    let Move { advance, to } = read(body)?;
    let mut state = world.state();
    let Clock::Frozen(now) = state.clock else {
        return Err(conflict(Text::fixed(
            "進行中の時計は操作できません。",
            "a flowing clock cannot be moved",
        )));
    };
    let then = match (advance, to) {
        (Some(seconds), None) => now
            .plus(seconds)
            .ok_or_else(|| bad_request("past the end of the calendar"))?,
        (None, Some(to)) => moment(&to)?,
        (Some(_), Some(_)) | (None, None) => {
            return Err(bad_request("one of 'advance' (seconds) and 'to'"));
        }
    };
    if then < now {
        return Err(conflict(Text::new(
            format!("時計は戻せません（現在 {now}）。"),
            format!("the clock stands at {now} and never goes back"),
        )));
    }
    state.network.advance_to(then);
    state.clock = Clock::Frozen(then);
    ok(clock(state.clock))
}

fn act(world: &World, body: &[u8]) -> Answered {
    let value: Value = read(body)?;
    let known = value
        .get("act")
        .and_then(Value::as_str)
        .is_some_and(|act| super::texts::ACTS.contains(&act));
    let wrong = |error: serde_json::Error| unreadable(&error);
    if known {
        match serde_json::from_value(value).map_err(wrong)? {
            ServerAct::Misbehave { name, times } => misbehave(world, &Misbehave { name, times })?,
            ServerAct::Behave {} => world.state().misbehave(None),
            ServerAct::JointCertificates { allowed } => world.state().joint_certificates = allowed,
        }
        return done();
    }
    let act: Act = serde_json::from_value(value).map_err(wrong)?;
    let mut state = world.state();
    // What was due before the act has happened when it is done.
    let now = state.clock.now();
    state.network.advance_to(now);
    state
        .network
        .operate(act)
        .map_err(|refused| conflict(refused.0))?;
    done()
}

fn misbehave(world: &World, how: &Misbehave) -> Result<(), Refused> {
    let Misbehave { name, times } = how;
    let misbehaviour = Misbehaviour::named(name)
        .ok_or_else(|| bad_request(&format!("no misbehaviour '{name}'; see /texts")))?;
    if *times == Some(0) {
        return Err(bad_request("'times' is 1 or more"));
    }
    world.state().misbehave(Some((misbehaviour, *times)));
    Ok(())
}

fn misbehaviour(world: &World) -> Value {
    match world.state().misbehaviour() {
        Some((misbehaviour, left)) => json!({ "name": misbehaviour, "left": left }),
        None => json!({ "name": null, "left": null }),
    }
}

/// What peers heard of what they asked.
fn peers(world: &World, query: &Query) -> Value {
    let network = world.state().network.clone();
    let heard = network.heard_by_peers();
    let last = heard.last().map_or(0, |heard| heard.number);
    let new = network
        .heard_by_peers()
        .filter(|heard| query.is_after(heard.number));
    let shown: Vec<Value> = new.map(show_heard).collect();
    json!({ "heard": shown, "last": last })
}

fn show_heard(heard: &Heard) -> Value {
    let Heard {
        number,
        at,
        institution,
        asked,
        receipt,
        refused,
        meant,
    } = heard;
    let (fault, text) = refused.as_ref().map(|(code, text)| (*code, text)).unzip();
    json!({
        "number": number, "at": at.to_string(), "institution": institution.as_str(), "asked": asked,
        "receipt": receipt.as_ref().map(ReceiptNumber::as_str), "fault": fault,
        "ja": text.map(|text| text.ja.as_ref()), "en": text.map(|text| text.en.as_ref()), "meant": meant.as_deref(),
    })
}

fn state(world: &World) -> Value {
    let misbehaviour = misbehaviour(world);
    let listeners = lock(&world.listeners).len();
    let calls = world.calls.after(u64::MAX).last;
    let state = world.state();
    let off: Vec<&str> = state.rules_off.iter().map(|rule| rule.code).collect();
    json!({
        "clock": clock(state.clock), "rulesOff": off, "misbehaviour": misbehaviour,
        "jointCertificates": state.joint_certificates, "checkpoints": state.checkpoints.len(),
        "listeners": listeners, "calls": calls, "network": state.network.summary(),
    })
}

impl listener::Open {
    fn show(&self, name: &str) -> Value {
        json!({ "name": name, "url": self.url, "certificate": self.certificate, "fault": self.fault })
    }
}

fn no_listener() -> Refused {
    Refused(
        StatusCode::NOT_FOUND,
        "no-such-listener",
        Text::fixed("この待受はありません。", "the world has no such listener"),
    )
}

fn not_opened(error: NotOpened) -> Refused {
    match error {
        NotOpened::TooMany => conflict(Text::fixed(
            "待受が多すぎます。不要なものを閉じてください。",
            "the world has too many listeners; close some",
        )),
        NotOpened::Taken => refused(crate::server::worlds::WorldError::Taken),
        NotOpened::BadName => refused(crate::server::worlds::WorldError::BadName),
        NotOpened::Failed(why) => conflict(Text::new(
            format!("待受を開けません（{why}）。"),
            format!("the listener cannot be opened: {why}"),
        )),
    }
}
