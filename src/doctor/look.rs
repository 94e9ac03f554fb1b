//! Goes the way to each place, as each identity, and notes what it sees. Where one way ends, the others are gone all the
//! same.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;
use tokio::time::sleep;

use crate::{
    doctor::{Answered, AsIdentity, Observed, Question},
    transport::{Broken, Limits, Place, Prepared, Probe, Proxy, Route, Stage, TlsShown},
};

/// How long a refusal after the handshake is waited for, where no message is sent.
const REFUSAL: Duration = Duration::from_secs(2);

/// How the target is reached.
#[derive(Clone, Debug)]
pub struct Way {
    /// The URL of each endpoint.
    pub urls: BTreeMap<String, String>,
    /// The proxy, where there is one.
    pub proxy: Option<Proxy>,
    /// Why the CAs that are to be trusted cannot be used, where they cannot.
    pub ca: Option<Broken>,
    /// How long each stage may take.
    pub limits: Limits,
    /// The least time between two messages.
    pub every: Duration,
    /// Whether no message may be sent, since it may leave a record.
    pub silent: bool,
    /// This machine's clock.
    pub now: fn() -> Timestamp,
}

/// As whom the way is gone.
#[derive(Clone, Debug)]
pub struct Person {
    /// The identity's name.
    pub identity: String,
    /// Its certificate and key; why they cannot be used where they cannot.
    pub prepared: Result<Prepared, Broken>,
    /// What it sends.
    pub questions: Vec<Question>,
}

/// Looks at every place as every identity.
pub async fn look(way: &Way, people: &[Person]) -> Result<Vec<Observed>, Broken> {
    let mut places: Vec<(Place, Vec<String>, &String)> = Vec::new();
    for (endpoint, url) in &way.urls {
        let place = Place::of(url)?;
        match places.iter_mut().find(|(known, ..)| *known == place) {
            Some((_, endpoints, _)) => endpoints.push(endpoint.clone()),
            None => places.push((place, vec![endpoint.clone()], url)),
        }
    }
    let mut all = Vec::new();
    for (place, endpoints, url) in places {
        all.push(at(way, people, &place, endpoints, url).await);
    }
    Ok(all)
}

async fn at(
    way: &Way,
    people: &[Person],
    place: &Place,
    endpoints: Vec<String>,
    url: &str,
) -> Observed {
    let route = Route::new(way.proxy.clone(), &way.limits);
    let mut observed = Observed {
        host: place.host.clone(),
        place: place.authority(),
        endpoints,
        proxy: way.proxy.as_ref().map(|proxy| proxy.place.authority()),
        ca: way.ca.clone(),
        name: None,
        tcp: None,
        tunnel: None,
        seen: Vec::new(),
    };
    let there = reached(&route, place, &mut observed).await;
    for person in people {
        let mut seen = AsIdentity {
            identity: person.identity.clone(),
            own: person
                .prepared
                .as_ref()
                .map(Prepared::certificate)
                .map_err(Clone::clone),
            tls: None,
            refusal: None,
            answers: Vec::new(),
        };
        if there && let Ok(prepared) = &person.prepared {
            gone(way, person, prepared, url, &observed.endpoints, &mut seen).await;
        }
        observed.seen.push(seen);
    }
    observed
}

/// Goes as far as the target takes connections: the same for every identity.
async fn reached(route: &Route, place: &Place, observed: &mut Observed) -> bool {
    let first = route.first(place);
    let found = route.resolve(first).await;
    let shown = |found: &Vec<std::net::SocketAddr>| {
        let mut shown: Vec<String> = found.iter().map(|it| it.ip().to_string()).collect();
        shown.dedup();
        shown
    };
    observed.name = Some(found.as_ref().map(shown).map_err(Clone::clone));
    let Ok(addresses) = found else { return false };
    let stream = route.connect(first, &addresses).await;
    observed.tcp = Some(
        stream
            .as_ref()
            .map(|stream| {
                let address = stream.peer_addr();
                address
                    .map(|address| address.to_string())
                    .unwrap_or_default()
            })
            .map_err(Clone::clone),
    );
    let Ok(stream) = stream else { return false };
    if route.proxy.is_none() {
        return true;
    }
    let tunnel = route.tunnel(stream, place).await.map(|_| ());
    let there = tunnel.is_ok();
    observed.tunnel = Some(tunnel);
    there
}

/// Goes on as one identity.
async fn gone(
    way: &Way,
    person: &Person,
    prepared: &Prepared,
    url: &str,
    endpoints: &[String],
    seen: &mut AsIdentity,
) {
    let (shown, opened) = open(way, prepared, url).await;
    let done = opened.as_ref().map(|_| ()).map_err(Clone::clone);
    seen.tls = Some((shown, done));
    let Ok(mut probe) = opened else { return };
    if way.silent {
        seen.refusal = Some(probe.refusal(way.limits.handshake.min(REFUSAL)).await);
        return;
    }
    let mut first = Some(probe);
    let here = person.questions.iter();
    for question in here.filter(|question| endpoints.contains(&question.endpoint)) {
        // Each message over a connection of its own: many a target closes it after an answer.
        let probe = match first.take() {
            Some(probe) => Some(probe),
            None => open(way, prepared, url).await.1.ok(),
        };
        let answer = match probe {
            Some(mut probe) => {
                let answer = probe.exchange(question.outgoing.clone(), way.limits).await;
                Some(answer.map(|answer| question.told(&answer, (way.now)())))
            }
            None => None,
        };
        let refused = matches!(&answer, Some(Err(broken)) if broken.stage == Stage::Tls);
        seen.answers.push(Answered {
            endpoint: question.endpoint.clone(),
            operation: question.operation.clone(),
            answer,
        });
        if refused {
            // Whom the target does not take, it does not take for another message either.
            return;
        }
        sleep(way.every).await;
    }
}

/// A connection up to the end of the handshake. Where it does not come to the handshake, that is what is told of it.
async fn open(way: &Way, prepared: &Prepared, url: &str) -> (TlsShown, Result<Probe, Broken>) {
    let none = TlsShown {
        version: None,
        chain: Vec::new(),
        asked: false,
    };
    let probe = Probe::new(url, way.proxy.clone(), way.limits, prepared.clone());
    let mut probe = match probe {
        Ok(probe) => probe,
        Err(broken) => return (none, Err(broken)),
    };
    if let Err(broken) = before(&mut probe).await {
        return (none, Err(broken));
    }
    let (shown, done) = probe.secure().await;
    (shown, done.map(|()| probe))
}

async fn before(probe: &mut Probe) -> Result<(), Broken> {
    probe.resolve().await?;
    probe.connect().await?;
    probe.tunnel().await
}
