//! `record`: stands between the user's software and a target, keeps what passes, and makes a scenario of it.

mod again;
mod allowed;
mod ready;
mod written;

use std::{
    io::Write,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use renkei_mock::{pki, server::reachable};
use tokio::{sync::watch, time::timeout};

use crate::{
    cli::{
        Done, Stopped,
        journal::Journal,
        mock::{stop_signal, today},
        run, suite, target,
    },
    event::{Event, RunStart},
    plan::Suite,
    profile::Bodies,
    project::Project,
    relay::{Relay, Way},
    report::Progress,
    run::Sink,
    sentinel::Guard,
    text::{Lang, Text},
    transport::{Entrance, Limits, listen},
    verdict::Exit,
};
use allowed::{RECORDED, known, no_bodies, no_suite, scenario_id};
use ready::{Ready, endpoints};
use written::Recording;

#[derive(Debug, Args)]
pub(super) struct RecordArguments {
    /// Pass everything on to [target.NAME] of the profile
    #[arg(long = "target", value_name = "NAME", required_unless_present = "from")]
    passed_to: Option<String>,
    /// Make a scenario of what was recorded before, such as by a recorder that was cut off; nothing is sent
    #[arg(
        long,
        value_name = "FOLDER",
        conflicts_with_all = ["passed_to", "entrance", "pki", "names"]
    )]
    from: Option<PathBuf>,
    /// Where the software connects in the place of the target
    #[arg(long = "listen", value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    entrance: SocketAddr,
    /// The id of the scenario; else recorded/ and the time
    #[arg(long = "name", value_name = "ID")]
    id: Option<String>,
    /// The folder of the certificates, made where it is missing; else pki beside scenarios/
    #[arg(long, value_name = "FOLDER")]
    pki: Option<PathBuf>,
    /// A further name or address for the server's certificate
    #[arg(long = "host", value_name = "HOST")]
    names: Vec<String>,
    /// A profile to use in the place of the suite's own
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
}

/// Records until it is told to stop.
pub(super) async fn record(out: &mut dyn Write, arguments: RecordArguments, lang: Lang) -> Done {
    let RecordArguments {
        passed_to,
        from,
        entrance,
        id,
        pki,
        mut names,
        profile,
    } = arguments;
    let profile = profile.map(std::path::absolute).transpose()?;
    let profile = profile.as_deref();
    let mut project = suite::project_with(profile)?;
    let root = project.root.clone().ok_or_else(no_suite)?;
    let mut loaded = suite::load(&project, out, lang)?;
    if let Some(folder) = from {
        return again(out, (&folder, profile), id, (loaded, project), lang).await;
    }
    let name = passed_to.unwrap_or_default();
    let settings = target::of_name(&name, &loaded)?.clone();
    if settings.production {
        return Err(target::production(&name));
    }
    if settings.bodies == Bodies::None {
        return Err(no_bodies(&name));
    }
    let id = id.map(|id| scenario_id(&id, &project)).transpose()?;
    let (target, limits) = target::of_profile(&name, &settings, &root)?;
    let known = known(&target, &settings, &loaded, &project)?;
    target::apply(Some(&name), &mut loaded, &mut project)?;
    let host = names.first().cloned();
    if !entrance.ip().is_loopback() && !entrance.ip().is_unspecified() {
        names.push(entrance.ip().to_string());
    }
    let pki = pki.unwrap_or_else(|| suite::beside("pki", Some(&root)));
    pki::ensure(&pki, &names, today())?;
    let (listener, address) = listen(entrance)
        .await
        .map_err(|error| Stopped::unlistened(entrance, &error))?;
    let folder = run::run_folder(&suite::beside("runs", Some(&root)))?;
    let id = id.unwrap_or_else(|| of_time(&folder));
    // Whoever reads that it is ready may stop it at once.
    let ended = stop_signal()?;
    let journal = Arc::new(Journal::begin(folder, Progress::new(false, lang))?);
    let sink: Arc<dyn Sink> = Arc::clone(&journal) as Arc<dyn Sink>;
    sink.event(Event::Run(start(&name, &loaded)));
    let place = match &host {
        Some(host) if host.contains(':') => format!("[{host}]:{}", address.port()),
        Some(host) => format!("{host}:{}", address.port()),
        None => reachable(address).to_string(),
    };
    let ready = Ready {
        url: format!("https://{place}/"),
        ca: std::path::absolute(pki.join("ca.pem"))?,
        endpoints: endpoints(&loaded),
        known: &known,
        run: journal.folder(),
    };
    let way = Way {
        here: ready.url.clone(),
        url: settings.url.clone(),
        elsewhere: settings.endpoint.clone(),
    };
    let loaded = Arc::new(loaded);
    let relay = Relay::new(
        Arc::clone(&loaded),
        (target, limits, way),
        known.clone(),
        Arc::clone(&sink),
        jiff::Timestamp::now,
    );
    let relay = Arc::new(relay);
    let files = (&*pki.join("server.pem"), &*pki.join("server.key"));
    let entrance = Entrance::new(
        listener,
        files,
        Arc::clone(&relay),
        limits.handshake,
        limits.body,
    )
    .map_err(|broken| Stopped {
        exit: Exit::Suite,
        text: broken.text(),
    })?;
    ready.show(out, &name, lang)?;
    serve(entrance, &journal, ended, &limits, lang).await?;
    let recording = Recording {
        recorded: relay.take(),
        target: &name,
        id: &id,
        profile,
        run: journal.folder(),
    };
    journal.end()?;
    recording.write(out, (&loaded, &project), lang).await
}

/// Makes a scenario of what was recorded before.
async fn again(
    out: &mut dyn Write,
    (folder, profile): (&Path, Option<&Path>),
    id: Option<String>,
    (mut loaded, mut project): (Suite, Project),
    lang: Lang,
) -> Done {
    let runs = suite::beside("runs", project.root.as_deref());
    let (folder, name, relayed) = again::read(folder, &runs)?;
    let settings = target::of_name(&name, &loaded)?.clone();
    let id = id.unwrap_or_else(|| of_time(&folder));
    let id = scenario_id(&id, &project)?;
    target::apply(Some(&name), &mut loaded, &mut project)?;
    let way = Way {
        here: String::new(),
        url: settings.url.clone(),
        elsewhere: settings.endpoint.clone(),
    };
    let recording = Recording {
        recorded: again::recorded(&folder, relayed, &settings, &way)?,
        target: &name,
        id: &id,
        profile,
        run: &folder,
    };
    recording.write(out, (&loaded, &project), lang).await
}

/// The id of a scenario that nobody has named: when it was recorded.
fn of_time(folder: &Path) -> String {
    let time = folder.file_name().unwrap_or_default().to_string_lossy();
    format!("{RECORDED}/{}", time.to_lowercase())
}

/// Takes connections until told to stop, then waits for what is under way; told once more, no longer.
async fn serve(
    entrance: Entrance<Relay>,
    journal: &Journal,
    ended: impl Future<Output = ()>,
    limits: &Limits,
    lang: Lang,
) -> Result<(), Stopped> {
    let (stop, stopped) = watch::channel(false);
    let mut serving = tokio::spawn(entrance.serve(stopped));
    tokio::select! {
        () = ended => {}
        () = journal.broken() => {
            let _ = stop.send(true);
            return Ok(());
        }
    }
    let hurry = stop_signal()?;
    let _ = stop.send(true);
    let text = Text::new(
        "終了します。送信中の要求の応答を待っています（待たない場合は、もう一度Ctrl-C）",
        "stopping; waiting for answers that are still to come (Ctrl-C once more does not wait)",
    );
    say(&text, lang);
    let longest = limits.connect + 2 * limits.handshake + limits.patience;
    tokio::select! {
        _ = timeout(longest, &mut serving) => {}
        () = hurry => {}
        () = journal.broken() => {}
    }
    Ok(())
}

/// Says something to people who look on.
fn say(text: &Text, lang: Lang) {
    // Where nobody listens, it goes on all the same.
    let _ = writeln!(Guard::new(anstream::stderr(), lang), "{}", text.get(lang));
}

fn start(name: &str, suite: &Suite) -> RunStart {
    RunStart {
        renkei: env!("CARGO_PKG_VERSION").to_owned(),
        target: Some(name.to_owned()),
        seed: 0,
        scenarios: Vec::new(),
        natural: suite.profile.sentinel.natural(),
        unkept: false,
        real: None,
    }
}
