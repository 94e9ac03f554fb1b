//! What was seen → what it amounts to, layer by layer. Pure: the time comes with the call.

use jiff::Timestamp;

use crate::{
    doctor::{Observed, Trouble, entry::of_identity},
    japan,
    text::{Text, counted},
    transport::{Broken, CertificateShown, SOON, TlsShown},
    verdict::Exit,
};

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
    let troubles = rows.filter_map(|row| row.trouble.as_ref());
    let exits: Vec<Exit> = troubles.map(Trouble::exit).collect();
    let worst = [Exit::Suite, Exit::Transport, Exit::Failed];
    let found = worst.into_iter().find(|exit| exits.contains(exit));
    found.unwrap_or(Exit::Ok)
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
        for row in &mut rows {
            row.trouble = row.trouble.take().map(Trouble::of_proxy);
        }
        let shown = |(): &()| both(proxy.clone());
        rows.push(layer(Layer::Proxy, place.tunnel.as_ref(), proxy, shown));
    }
    let tls = place.seen.iter().filter_map(|seen| seen.tls.as_ref());
    // One of the identities that got through says more than one that did not.
    let best = tls.min_by_key(|(_, done)| done.is_err());
    rows.extend(of_tls(place, best, now));
    if let (Some(broken), Some(server)) = (&place.ca, rows.last_mut()) {
        let shown = best.and_then(|(shown, _)| shown.chain.first());
        let trouble = Trouble::CaUnusable(broken.why.clone());
        *server = wrong(Layer::Server, described(shown, now), trouble);
    }
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
        None => Text::new("サーバー証明書の提示まで", "as far as its certificate"),
    };
    let trouble = done
        .as_ref()
        .err()
        .map(|broken| server(Trouble::of(broken, &place.place), own));
    match trouble.filter(|trouble| !trouble.is_of_identity()) {
        None => [
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
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "nothing else is about that certificate"
)]
fn server(trouble: Trouble, shown: Option<&CertificateShown>) -> Trouble {
    let Some(shown) = shown else { return trouble };
    match trouble {
        Trouble::ServerOtherCa(_) => Trouble::ServerOtherCa(shown.issuer.clone()),
        Trouble::ServerExpired(_) => Trouble::ServerExpired(day(shown.not_after)),
        Trouble::ServerNotYet(_) => Trouble::ServerNotYet(day(shown.not_before)),
        Trouble::ServerOtherName(host, _) => Trouble::ServerOtherName(host, shown.holder()),
        other => other,
    }
}

pub(super) fn is_of_server(trouble: &Trouble) -> bool {
    matches!(
        trouble,
        Trouble::ServerOtherCa(_)
            | Trouble::ServerExpired(_)
            | Trouble::ServerNotYet(_)
            | Trouble::ServerOtherName(..)
            | Trouble::ServerIsCa
            | Trouble::ServerRefused(_)
    )
}

pub(super) fn certificate(layer: Layer, shown: Option<&CertificateShown>, now: Timestamp) -> Row {
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
    let (holder, issuer) = (shown.holder(), &shown.issuer);
    let left = if days < 0 {
        Text::new("期限切れ", "expired")
    } else {
        Text::new(format!("あと{days}日"), counted(days, "day"))
    };
    Text::new(
        format!("{day}まで（{}）、名前 {holder}、発行者 {issuer}", left.ja),
        format!("until {day} ({}), for {holder}, by {issuer}", left.en),
    )
}

fn day(time: Timestamp) -> String {
    japan::local(time).date().to_string()
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

pub(super) fn both(text: impl Into<String>) -> Text {
    let text = text.into();
    Text::new(text.clone(), text)
}

pub(super) fn good(layer: Layer, shown: Text) -> Row {
    Row {
        layer,
        state: State::Good,
        shown,
        trouble: None,
    }
}

pub(super) fn wrong(layer: Layer, shown: Text, trouble: Trouble) -> Row {
    Row {
        layer,
        state: trouble.state(),
        shown,
        trouble: Some(trouble),
    }
}

pub(super) fn unseen(layer: Layer) -> Row {
    Row {
        layer,
        state: State::NotObserved,
        shown: both(""),
        trouble: None,
    }
}
