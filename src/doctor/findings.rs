//! What was seen → what it amounts to, layer by layer. Pure: the time comes with the call.

use jiff::Timestamp;

use crate::{
    doctor::{Answered, AsIdentity, Body, Observed, Told, Trouble, cause::apart},
    text::Text,
    transport::{Broken, CertificateShown, TlsShown},
    verdict::Exit,
};

/// How many days before its end a certificate is warned of.
const SOON: i64 = 30;
/// From how many seconds on two clocks are apart.
const SKEW: u64 = 300;

/// A layer of the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// The address of the name.
    Name,
    /// The connection.
    Tcp,
    /// The proxy's answer.
    Proxy,
    /// The handshake.
    Tls,
    /// The target's certificate.
    Server,
    /// The identity's certificate, as it is.
    Own,
    /// Whether the target asks for it and takes it.
    Taken,
    /// An answer in HTTP.
    Http,
    /// A message in it.
    Soap,
    /// The clocks.
    Clock,
    /// Whether the network serves.
    Service,
    /// The versions of the masters.
    Masters,
}

/// How a layer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Well.
    Good,
    /// Well, with something to look after.
    Warned,
    /// Wrong.
    Failed,
    /// Not come to.
    NotObserved,
}

/// One layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Which.
    pub layer: Layer,
    /// How it is.
    pub state: State,
    /// What was seen.
    pub shown: Text,
    /// What is wrong with it.
    pub trouble: Option<Trouble>,
}

/// The layers of one place, or of one identity there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Host and port.
    pub place: String,
    /// The endpoints that lie there.
    pub endpoints: Vec<String>,
    /// The identity; none for the place itself.
    pub identity: Option<String>,
    /// The layers.
    pub rows: Vec<Row>,
}

/// What all sections amount to: the worst decides, in the order 3, 4, 1, 0.
pub fn exit(sections: &[Section]) -> Exit {
    let rows = sections.iter().flat_map(|section| &section.rows);
    let exits = rows.filter_map(|row| Some(row.trouble.as_ref()?.exit()));
    let rank = |exit: &Exit| match exit {
        Exit::Suite => 3,
        Exit::Transport => 2,
        Exit::Failed => 1,
        _ => 0,
    };
    exits.max_by_key(rank).unwrap_or(Exit::Ok)
}

/// What was seen, layer by layer. Where no message was sent, the layers from HTTP on are left out.
pub fn findings(observed: &[Observed], silent: bool, now: Timestamp) -> Vec<Section> {
    let mut sections = Vec::new();
    for place in observed {
        let section = |identity, rows| Section {
            place: place.place.clone(),
            endpoints: place.endpoints.clone(),
            identity,
            rows,
        };
        sections.push(section(None, of_place(place, now)));
        for seen in &place.seen {
            let rows = of_identity(place, seen, silent, now);
            sections.push(section(Some(seen.identity.clone()), rows));
        }
    }
    sections
}

fn of_place(place: &Observed, now: Timestamp) -> Vec<Row> {
    let first = place.proxy.as_ref().unwrap_or(&place.place);
    let mut rows = vec![
        layer(Layer::Name, place.name.as_ref(), first, |addresses| {
            both(addresses.join(", "))
        }),
        layer(Layer::Tcp, place.tcp.as_ref(), first, |address| {
            both(address.clone())
        }),
    ];
    if let Some(proxy) = &place.proxy {
        let shown = |(): &()| both(proxy.clone());
        rows.push(layer(Layer::Proxy, place.tunnel.as_ref(), proxy, shown));
    }
    let tls = place.seen.iter().filter_map(|seen| seen.tls.as_ref());
    // One of the identities that got through says more than one that did not.
    let best = tls.min_by_key(|(_, done)| done.is_err());
    rows.extend(of_tls(place, best, now));
    rows
}

fn of_tls(
    place: &Observed,
    tls: Option<&(TlsShown, Result<(), Broken>)>,
    now: Timestamp,
) -> [Row; 2] {
    let Some((shown, done)) = tls else {
        return [unseen(Layer::Tls), unseen(Layer::Server)];
    };
    let own = shown.chain.first();
    let version = || match shown.version {
        Some(version) => both(format!("TLS {version}")),
        None => Text::new("TLS", "TLS"),
    };
    let trouble = done
        .as_ref()
        .err()
        .map(|broken| server(Trouble::of(broken, &place.place), own));
    match trouble {
        None => [
            good(Layer::Tls, version()),
            certificate(Layer::Server, own, now),
        ],
        Some(trouble) if trouble.is_of_identity() => [
            good(Layer::Tls, version()),
            certificate(Layer::Server, own, now),
        ],
        Some(trouble) if own.is_some() && is_of_server(&trouble) => [
            good(Layer::Tls, version()),
            wrong(Layer::Server, described(own, now), trouble),
        ],
        Some(trouble) => [wrong(Layer::Tls, both(""), trouble), unseen(Layer::Server)],
    }
}

/// What the certificate that was shown adds to what is wrong with it.
fn server(trouble: Trouble, shown: Option<&CertificateShown>) -> Trouble {
    let Some(shown) = shown else { return trouble };
    match trouble {
        Trouble::ServerOtherCa(_) => Trouble::ServerOtherCa(shown.issuer.clone()),
        Trouble::ServerExpired(_) => Trouble::ServerExpired(day(shown.not_after)),
        Trouble::ServerNotYet(_) => Trouble::ServerNotYet(day(shown.not_before)),
        Trouble::ServerOtherName(host, _) => Trouble::ServerOtherName(host, shown.names.join(", ")),
        other => other,
    }
}

fn is_of_server(trouble: &Trouble) -> bool {
    matches!(
        trouble,
        Trouble::ServerOtherCa(_)
            | Trouble::ServerExpired(_)
            | Trouble::ServerNotYet(_)
            | Trouble::ServerOtherName(..)
            | Trouble::ServerRefused(_)
    )
}

fn of_identity(place: &Observed, seen: &AsIdentity, silent: bool, now: Timestamp) -> Vec<Row> {
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
        } else if !is_of_server(&trouble) && place.seen.iter().any(|other| other.through()) {
            // Others got through, so it is about this one.
            wrong(Layer::Taken, both(""), trouble)
        } else {
            unseen(Layer::Taken)
        };
    }
    if let Some(broken) = late {
        let trouble = trouble(broken);
        if trouble.is_of_identity() || broken.stage == crate::transport::Stage::Tls {
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
    let refused = |broken: &Broken| broken.stage == crate::transport::Stage::Tls;
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
                match count {
                    1 => "1 endpoint answers".to_owned(),
                    _ => format!("{count} endpoints answer"),
                },
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
    let shown = if ahead == 0 {
        Text::new("差は1秒未満", "less than 1 s apart")
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
                good(Layer::Service, both(state.clone()))
            } else {
                wrong(
                    Layer::Service,
                    both(state.clone()),
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

fn certificate(layer: Layer, shown: Option<&CertificateShown>, now: Timestamp) -> Row {
    let Some(own) = shown else {
        return unseen(layer);
    };
    let days = own.days_left(now);
    let text = described(shown, now);
    if days > SOON {
        return good(layer, text);
    }
    let trouble = if layer == Layer::Own {
        Trouble::OwnEnds(days)
    } else {
        Trouble::ServerEnds(days)
    };
    wrong(layer, text, trouble)
}

fn described(shown: Option<&CertificateShown>, now: Timestamp) -> Text {
    let Some(shown) = shown else { return both("") };
    let (days, day) = (shown.days_left(now), day(shown.not_after));
    let (names, issuer) = (shown.names.join(", "), &shown.issuer);
    Text::new(
        format!("{day}まで（あと{days}日）、名前 {names}、発行者 {issuer}"),
        format!("until {day} ({days} days), for {names}, by {issuer}"),
    )
}

fn day(time: Timestamp) -> String {
    let time = jiff::tz::Offset::constant(9).to_datetime(time);
    time.strftime("%Y-%m-%d").to_string()
}

fn layer<T>(
    layer: Layer,
    done: Option<&Result<T, Broken>>,
    place: &str,
    shown: impl Fn(&T) -> Text,
) -> Row {
    match done {
        None => unseen(layer),
        Some(Ok(seen)) => good(layer, shown(seen)),
        Some(Err(broken)) => wrong(layer, both(place), Trouble::of(broken, place)),
    }
}

fn both(text: impl Into<String>) -> Text {
    let text = text.into();
    Text::new(text.clone(), text)
}

fn good(layer: Layer, shown: Text) -> Row {
    Row {
        layer,
        state: State::Good,
        shown,
        trouble: None,
    }
}

fn wrong(layer: Layer, shown: Text, trouble: Trouble) -> Row {
    Row {
        layer,
        state: trouble.state(),
        shown,
        trouble: Some(trouble),
    }
}

fn unseen(layer: Layer) -> Row {
    Row {
        layer,
        state: State::NotObserved,
        shown: both(""),
        trouble: None,
    }
}
