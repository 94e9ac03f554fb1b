//! What was seen as one identity, layer by layer.

use jiff::Timestamp;

use crate::{
    doctor::{
        Answered, AsIdentity, Body, Layer, Observed, Row, State, Told, Trouble,
        findings::{both, certificate, good, is_of_server, unseen, wrong},
        words::apart,
    },
    text::{Text, counted},
    transport::{Broken, Stage},
};

/// From how many seconds on two clocks are apart.
const SKEW: u64 = 300;
/// Up to how many seconds the way of an answer, and times in whole seconds, may seem a difference.
const NOISE: u64 = 3;

pub(super) fn of_identity(
    place: &Observed,
    seen: &AsIdentity,
    silent: bool,
    now: Timestamp,
) -> Vec<Row> {
    let own = match &seen.own {
        Ok(own) => certificate(Layer::Own, own.as_ref(), now),
        Err(broken) => wrong(
            Layer::Own,
            both(""),
            Trouble::OwnUnusable(broken.why.clone()),
        ),
    };
    let mut rows = vec![own, taken(place, seen)];
    if silent {
        return rows;
    }
    rows.push(http(place, seen));
    rows.push(soap(seen));
    rows.push(clock(seen));
    rows.push(service(seen));
    rows.push(masters(seen));
    rows
}

/// Whether the target asked for the identity's certificate, and took it: under TLS 1.3 that shows when the first answer
/// is read.
fn taken(place: &Observed, seen: &AsIdentity) -> Row {
    let Some((shown, done)) = &seen.tls else {
        return unseen(Layer::Taken);
    };
    let answers = || seen.answers.iter().filter_map(|it| it.answer.as_ref());
    let late = answers().find_map(|answer| answer.as_ref().err());
    let late = late.or(seen
        .refusal
        .as_ref()
        .and_then(|refusal| refusal.as_ref().err()));
    let trouble = |broken: &Broken| Trouble::of(broken, &place.place);
    let asked = Text::new("接続先が証明書を要求", "the target asks for a certificate");
    if let Err(broken) = done {
        let trouble = trouble(broken);
        return if trouble.is_of_identity() {
            wrong(Layer::Taken, asked, trouble)
        } else if !is_of_server(&trouble) && place.seen.iter().any(AsIdentity::through) {
            // Others got through, so it is about this one.
            wrong(Layer::Taken, both(""), trouble)
        } else {
            unseen(Layer::Taken)
        };
    }
    if let Some(broken) = late {
        let trouble = trouble(broken);
        if trouble.is_of_identity() || broken.stage == Stage::Tls {
            return wrong(Layer::Taken, asked, trouble);
        }
    }
    if !shown.asked {
        return wrong(Layer::Taken, both(""), Trouble::NotAsked);
    }
    let told =
        seen.refusal.is_some() || answers().any(Result::is_ok) || shown.version == Some("1.2");
    if told {
        good(
            Layer::Taken,
            Text::new("要求され、受け付けられました", "asked for and taken"),
        )
    } else {
        Row {
            state: State::NotObserved,
            ..good(Layer::Taken, asked)
        }
    }
}

impl AsIdentity {
    fn through(&self) -> bool {
        self.tls.as_ref().is_some_and(|(_, done)| done.is_ok())
    }

    fn told(&self) -> impl Iterator<Item = (&Answered, &Told)> {
        let answers = self.answers.iter();
        answers.filter_map(|it| Some((it, it.answer.as_ref()?.as_ref().ok()?)))
    }
}

fn http(place: &Observed, seen: &AsIdentity) -> Row {
    let refused = |broken: &Broken| broken.stage == Stage::Tls;
    let mut well = Vec::new();
    let mut worst: Option<(&str, Trouble)> = None;
    for one in &seen.answers {
        let trouble = match &one.answer {
            None => None,
            Some(Err(broken)) if refused(broken) => return unseen(Layer::Http),
            Some(Err(broken)) => Some(Trouble::of(broken, &place.place)),
            Some(Ok(told)) => status(one, told),
        };
        match trouble {
            Some(trouble) => {
                let worse = worst
                    .as_ref()
                    .is_none_or(|(_, known)| known.state() == State::Warned);
                if worse {
                    worst = Some((&one.endpoint, trouble));
                }
            }
            None if one.answer.is_some() => well.push(one.endpoint.as_str()),
            None => {}
        }
    }
    well.dedup();
    let count = well.len();
    let of = seen.answers.len();
    match worst {
        Some((endpoint, trouble)) => {
            let shown = Text::new(
                format!("{endpoint}（{of}件中{count}件が正常）"),
                format!("{endpoint} ({count} of {of} are well)"),
            );
            wrong(Layer::Http, shown, trouble)
        }
        None if count == 0 => unseen(Layer::Http),
        None => good(
            Layer::Http,
            Text::new(
                format!("{count}件の接続先が応答"),
                format!("answers from {}", counted(count, "endpoint")),
            ),
        ),
    }
}

/// What a status says by itself. Where a message was asked for, a fault comes with a status of its own.
fn status(one: &Answered, told: &Told) -> Option<Trouble> {
    let message = !matches!(told.body, Body::NoMessage);
    match told.status {
        _ if message => None,
        300..=399 => Some(Trouble::Redirect(
            told.status,
            told.location.clone().unwrap_or_default(),
        )),
        401 | 403 | 407 => Some(Trouble::Denied(told.status)),
        404 if one.operation.is_none() => Some(Trouble::NotThere(one.endpoint.clone())),
        502..=504 => Some(Trouble::Gateway(told.status)),
        _ => None,
    }
}

fn soap(seen: &AsIdentity) -> Row {
    let mut well = Vec::new();
    for (one, told) in seen.told() {
        let Some(operation) = &one.operation else {
            continue;
        };
        let trouble = match &told.body {
            // HTTP has said what is wrong.
            Body::NoMessage if status(one, told).is_some() => continue,
            Body::NoMessage => Trouble::NoMessage(told.status),
            Body::Fault { code, text } => Trouble::Fault(code.clone(), text.clone()),
            Body::Service { .. } | Body::Masters { .. } => {
                well.push(operation.as_str());
                continue;
            }
        };
        return wrong(Layer::Soap, both(operation.clone()), trouble);
    }
    if well.is_empty() {
        return unseen(Layer::Soap);
    }
    good(Layer::Soap, both(well.join(", ")))
}

fn clock(seen: &AsIdentity) -> Row {
    let mut all = Vec::new();
    for (_, told) in seen.told() {
        all.extend(told.ahead);
        if let Body::Service { ahead, .. } = told.body {
            all.extend(ahead);
        }
    }
    let Some(ahead) = all.into_iter().max_by_key(|ahead| ahead.unsigned_abs()) else {
        return unseen(Layer::Clock);
    };
    let (text, ja, en) = apart(ahead);
    let shown = if ahead.unsigned_abs() <= NOISE {
        Text::new(
            format!("差は{NOISE}秒以内"),
            format!("no more than {NOISE} s apart"),
        )
    } else {
        Text::new(
            format!("接続先が{}{ja}います", text.ja),
            format!("the target is {} {en} this machine", text.en),
        )
    };
    if ahead.unsigned_abs() >= SKEW {
        wrong(Layer::Clock, shown, Trouble::Clock(ahead))
    } else {
        good(Layer::Clock, shown)
    }
}

fn service(seen: &AsIdentity) -> Row {
    for (_, told) in seen.told() {
        if let Body::Service { state, open, .. } = &told.body {
            return if *open {
                let shown = Text::new(format!("利用可（{state}）"), state.clone());
                good(Layer::Service, shown)
            } else {
                wrong(
                    Layer::Service,
                    Text::new(format!("利用不可（{state}）"), state.clone()),
                    Trouble::Closed(state.clone()),
                )
            };
        }
    }
    unseen(Layer::Service)
}

fn masters(seen: &AsIdentity) -> Row {
    for (_, told) in seen.told() {
        if let Body::Masters { versions, behind } = &told.body {
            let list: Vec<String> = versions
                .iter()
                .map(|(kind, version)| format!("{kind} {version}"))
                .collect();
            let shown = both(list.join(", "));
            return if behind.is_empty() {
                good(Layer::Masters, shown)
            } else {
                wrong(Layer::Masters, shown, Trouble::Behind(behind.clone()))
            };
        }
    }
    unseen(Layer::Masters)
}
