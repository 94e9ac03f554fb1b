//! `record`: stands between the user's software and a target, keeps what passes, and makes a scenario of it.

use std::{
    collections::BTreeSet,
    io::Write,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use renkei_mock::{pki, server::reachable};
use serde_json::{Map, Value, json};
use tokio::{sync::watch, time::timeout};

use crate::{
    cli::{
        Done, Stopped,
        journal::Journal,
        mock::{stop_signal, today},
        run, suite,
        target::{self, usage},
    },
    event::{Event, RunStart},
    plan::{Suite, is_scenario},
    profile::{self, Bodies},
    project::Project,
    relay::{Known, Recorded, Relay, Way},
    report::Progress,
    run::{Sink, Target},
    sentinel::{self, Guard},
    text::{Lang, Text},
    transport::{Credentials, Entrance, Limits, Prepared, listen},
    verdict::Exit,
};

#[derive(Debug, Args)]
pub(super) struct RecordArguments {
    /// Pass everything on to [target.NAME] of the profile
    #[arg(long = "target", value_name = "NAME")]
    passed_to: String,
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
}

/// Records until it is told to stop.
pub(super) async fn record(out: &mut dyn Write, arguments: RecordArguments, lang: Lang) -> Done {
    let RecordArguments {
        passed_to: name,
        entrance,
        id,
        pki,
        mut names,
    } = arguments;
    let mut project = suite::project()?;
    let root = project.root.clone().ok_or_else(no_suite)?;
    let mut loaded = suite::load(&project, out, lang)?;
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
    let id = id.unwrap_or_else(|| {
        let time = folder.file_name().unwrap_or_default().to_string_lossy();
        format!("{RECORDED}/{time}")
    });
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
    let recorded = relay.take();
    journal.end()?;
    summary(out, &recorded, &id, journal.folder(), lang)
}

/// Where recorded scenarios go unless their id says otherwise.
const RECORDED: &str = "recorded";

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
        "終了します。送信中の要求の応答を待っています（待たない場合は、もう一度 Ctrl-C）",
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

/// What is told when everything is ready.
struct Ready<'a> {
    url: String,
    ca: PathBuf,
    endpoints: BTreeSet<String>,
    known: &'a [Known],
    run: &'a Path,
}

impl Ready<'_> {
    fn show(&self, out: &mut dyn Write, name: &str, lang: Lang) -> Result<(), Stopped> {
        let url = |endpoint: &str| format!("{}{}", self.url, endpoint.trim_start_matches('/'));
        let endpoints: Map<String, Value> = self
            .endpoints
            .iter()
            .map(|endpoint| (endpoint.clone(), url(endpoint).into()))
            .collect();
        let line =
            json!({ "url": self.url, "ca": self.ca, "endpoints": endpoints, "run": self.run });
        let mut lines = vec![
            Text::new(
                format!(
                    "接続先 {name} との間で記録します。ソフトウェアの設定を次のとおり変更してください。"
                ),
                format!("recording between your software and the target {name}; set in the software:"),
            )
            .get(lang)
            .to_owned(),
        ];
        let urls = Text::new("接続先のURL", "URLs in the place of the target's");
        lines.push(format!("  {}:", urls.get(lang)));
        lines.extend(self.endpoints.iter().map(|one| format!("    {}", url(one))));
        let ca = Text::new("信頼する認証局", "the authority to trust");
        lines.push(format!("  {}: {}", ca.get(lang), self.ca.display()));
        let own = Text::new(
            "クライアント証明書: 接続先に対するものと同じ（変更不要）",
            "its client certificate: the very one that it uses for the target, as it is",
        );
        lines.push(format!("  {}", own.get(lang)));
        for known in self.known {
            let identities = known.identities.join(", ");
            lines.push(format!("    {identities}: {}", known.subject));
        }
        let end = Text::new(
            "終了は Ctrl-C です。終了時にシナリオを書き出します。",
            "Ctrl-C ends it; the scenario is written then.",
        );
        lines.push(end.get(lang).to_owned());
        for line in lines {
            // Where nobody looks on, the line for programs says the most of it.
            let _ = writeln!(Guard::new(anstream::stderr()), "{line}");
        }
        writeln!(out, "{line}")?;
        out.flush()?;
        Ok(())
    }
}

/// Says something to people who look on.
fn say(text: &Text, lang: Lang) {
    // Where nobody listens, it goes on all the same.
    let _ = writeln!(Guard::new(anstream::stderr()), "{}", text.get(lang));
}

fn start(name: &str, suite: &Suite) -> RunStart {
    RunStart {
        renkei: env!("CARGO_PKG_VERSION").to_owned(),
        target: Some(name.to_owned()),
        seed: 0,
        scenarios: Vec::new(),
        natural: suite.profile.sentinel.natural(),
        real: None,
    }
}

/// The paths of the operations.
fn endpoints(suite: &Suite) -> BTreeSet<String> {
    let operations = suite.profile.operation.values();
    operations.map(|one| one.endpoint.clone()).collect()
}

/// The certificates that the software may show: those that the target's identities have, and of a folder those that are
/// there.
fn known(
    target: &Target,
    settings: &profile::Target,
    suite: &Suite,
    project: &Project,
) -> Result<Vec<Known>, Stopped> {
    let mut known: Vec<Known> = Vec::new();
    for (name, identity) in &suite.profile.identity {
        let credentials = target.credentials(name, identity);
        let named = settings.identity.contains_key(name);
        let there = match &credentials {
            Credentials::Files(files) => files.chain.is_file() && files.key.is_file(),
            Credentials::Pkcs12 { .. } | Credentials::Texts { .. } => true,
        };
        if !named && (settings.certificates.is_none() || !there) {
            continue;
        }
        let wrong = |broken| target::wrong(project, target, name, &broken);
        let read = Prepared::read(&target.ca, &credentials, target.versions).map_err(wrong)?;
        let certificate = read.der().to_vec();
        if let Some(same) = known.iter_mut().find(|one| one.certificate == certificate) {
            same.identities.push(name.clone());
            continue;
        }
        let shown = read.certificate();
        let now = jiff::Timestamp::now();
        let warning = shown
            .as_ref()
            .and_then(|shown| target::expiring(name, shown, now));
        known.push(Known {
            certificate,
            subject: shown.map_or_else(|| "?".to_owned(), |shown| shown.subject),
            identities: vec![name.clone()],
            warning,
            tls: read.config().map_err(wrong)?,
        });
    }
    if known.is_empty() {
        let name = target.name.as_deref().unwrap_or_default();
        return Err(Stopped {
            exit: Exit::Suite,
            text: Text::new(
                format!(
                    "[target.{name}] に、ソフトウェアが使用する証明書がありません。[target.{name}.identity.送信者] 又は certificates に指定してください。何も送信していません。"
                ),
                format!(
                    "[target.{name}] has no certificate of anybody; name those that the software uses in [target.{name}.identity.NAME], or their folder in 'certificates'. Nothing was sent"
                ),
            ),
        });
    }
    Ok(known)
}

/// The whole id of the scenario to be made; refused where it cannot be one, or is there already.
fn scenario_id(written: &str, project: &Project) -> Result<String, Stopped> {
    let id = if written.contains('/') {
        written.to_owned()
    } else {
        format!("{RECORDED}/{written}")
    };
    let path = format!("scenarios/{id}.toml");
    let good = |part: &str| {
        let allowed = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        !part.is_empty()
            && !part.starts_with('.')
            && !part.contains("__")
            && part.chars().all(allowed)
    };
    if !id.split('/').all(good) || !is_scenario(&path) || sentinel::found_in_name(&id) {
        let shown = sentinel::mask_names(written);
        return Err(usage(
            format!(
                "「{shown}」はシナリオの名前に使用できません（--name）。「{RECORDED}/窓口照会」のように、文字、数字、- 、_ を使用し、フォルダーは / で区切ってください。messages と steps は使用できません。"
            ),
            format!(
                "'{shown}' cannot be the id of a scenario (--name); use letters, digits, - and _, with / after a folder other than messages and steps, such as {RECORDED}/inquiry"
            ),
        ));
    }
    if project.get(&path).is_some() || project.unreadable.contains_key(&path) {
        return Err(usage(
            format!(
                "{path} は既にあります。--name に別の名前を指定してください。何も送信していません。"
            ),
            format!("{path} is there already; give another --name. Nothing was sent"),
        ));
    }
    Ok(id)
}

fn no_suite() -> Stopped {
    usage(
        "記録したシナリオを書き込むシナリオ一式がありません。任意のフォルダーに scenarios/profile.toml を作成し、extends = \"bundled\" と [target.NAME] を記載して、そのフォルダーで実行してください。何も送信していません。".to_owned(),
        "there is no suite of your own to which a recorded scenario could be written: make scenarios/profile.toml in a folder, with extends = \"bundled\" and a [target.NAME], and run this there. Nothing was sent".to_owned(),
    )
}

fn no_bodies(name: &str) -> Stopped {
    usage(
        format!(
            "[target.{name}] は本文を保存しない設定（bodies = \"none\"）です。記録は電文の本文から作成するため、実施できません。何も送信していません。"
        ),
        format!(
            "[target.{name}] keeps no bodies (bodies = \"none\"), and a recording is made of them; nothing was recorded or sent"
        ),
    )
}

/// What became of it, and what to do next.
fn summary(out: &mut dyn Write, recorded: &Recorded, id: &str, run: &Path, lang: Lang) -> Done {
    let _ = id;
    let (count, run) = (recorded.passed.len(), run.display());
    let text = Text::new(
        format!("記録したやり取り: {count}件。実施記録: {run}"),
        format!("exchanges recorded: {count}; run folder: {run}"),
    );
    writeln!(out, "{}", text.get(lang))?;
    Ok(if recorded.number {
        Exit::IndividualNumber
    } else if recorded.passed.is_empty() {
        Exit::Nothing
    } else {
        Exit::Ok
    })
}
