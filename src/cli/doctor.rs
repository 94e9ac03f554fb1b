//! `doctor`: looks at the way to a target, layer by layer.

use std::{collections::BTreeMap, io::Write, path::PathBuf};

use clap::Args;
use hyper::Method;
use renkei_mock::server::Mock;
use serde_json::json;

use crate::{
    cli::{Done, Stopped, hint, mock, suite, target, temporary},
    doctor::{Head, Person, Way, exit, findings, look, questions, table},
    plan::Suite,
    project::Project,
    run::{LIMITS, Target},
    text::{Lang, Text},
    transport::{Broken, Limits, Prepared, distrusted},
    verdict::Exit,
};

#[derive(Debug, Args)]
pub(super) struct DoctorArguments {
    /// The target in the profile; the only one where it has one, else the bundled mock
    #[arg(long = "target", value_name = "NAME")]
    patient: Option<String>,
    /// As whom to look; else as those of the target or of the profile
    #[arg(long = "as", value_name = "IDENTITY")]
    identities: Vec<String>,
    /// A profile to use in the place of the suite's own
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
}

/// The rule of the mock by which an institution that is not approved is refused.
const NOT_APPROVED: &str = "R-CON-01";

/// What is looked at.
struct Patient {
    target: Target,
    limits: Limits,
    url: String,
    /// Endpoints that do not lie below the URL.
    elsewhere: BTreeMap<String, String>,
    silent: bool,
    shown: Text,
    /// The identities that it has certificates for; none where a folder may hold any.
    held: Option<Vec<String>>,
    /// Its name in the profile.
    name: Option<String>,
    embedded: Option<(Mock, tempfile::TempDir)>,
}

/// Looks at every endpoint as every identity, and shows what is wrong and what to do next.
pub(super) async fn doctor(out: &mut dyn Write, arguments: DoctorArguments, lang: Lang) -> Done {
    let project = suite::project_with(arguments.profile.as_deref())?;
    let suite = suite::load(&project, out, lang)?;
    let patient = patient(arguments.patient.as_deref(), &suite, &project).await?;
    let ca = distrusted(&patient.target.ca);
    let people = people(
        &patient,
        ca.is_none(),
        &arguments.identities,
        &suite,
        &project,
    );
    let (people, urls) = match people {
        Ok(people) => people,
        Err(stopped) => {
            patient.close().await;
            return Err(stopped);
        }
    };
    let way = Way {
        urls,
        proxy: patient.target.proxy.clone(),
        ca,
        limits: patient.limits,
        every: patient.target.every,
        silent: patient.silent,
        now: jiff::Timestamp::now,
    };
    let seen = look(&way, &people).await;
    let (head, silent) = (patient.shown.clone(), patient.silent);
    patient.close().await;
    let seen = seen.map_err(|broken| Stopped {
        exit: Exit::Suite,
        text: broken.text(),
    })?;
    let sections = findings(&seen, silent, jiff::Timestamp::now());
    let head = Head {
        target: head,
        silent,
    };
    table(out, &head, &sections, lang)?;
    out.flush()?;
    Ok(exit(&sections))
}

impl Patient {
    async fn close(self) {
        if let Some((mock, _folder)) = self.embedded {
            mock.stop().await;
        }
    }
}

async fn patient(name: Option<&str>, suite: &Suite, project: &Project) -> Result<Patient, Stopped> {
    let targets = &suite.profile.target;
    let only = || {
        let mut names = targets.keys().map(String::as_str);
        names.next().filter(|_| names.next().is_none())
    };
    let Some(name) = name.or_else(only) else {
        if !targets.is_empty() {
            let names: Vec<&str> = targets.keys().map(String::as_str).collect();
            let names = names.join(", ");
            return Err(target::usage(
                format!("接続先を --target で指定してください（{names}）。"),
                format!("name one of the targets with --target: {names}"),
            ));
        }
        return bundled().await;
    };
    let settings = target::of_name(name, suite)?;
    let root = match &project.root {
        Some(root) => root.clone(),
        None => std::env::current_dir()?,
    };
    let (target, limits) = target::of_profile(name, settings, &root)?;
    let held = match settings.certificates {
        Some(_) => None,
        None => Some(settings.identity.keys().cloned().collect()),
    };
    Ok(Patient {
        target,
        limits,
        url: settings.url.clone(),
        elsewhere: settings.endpoint.clone(),
        silent: settings.production,
        shown: Text::new(
            format!("接続先 {name}（{}）", settings.url),
            format!("target {name} ({})", settings.url),
        ),
        held,
        name: Some(name.to_owned()),
        embedded: None,
    })
}

async fn bundled() -> Result<Patient, Stopped> {
    let folder = temporary()?;
    let mock = mock::embedded(&folder.path().join("pki")).await?;
    let pki: PathBuf = mock.pki().to_owned();
    let url = mock.url().to_owned();
    let target = Target::of_mock(mock.control_url(), pki);
    // Every run begins before the application, and refuses all but that; whether the way is clear is another question.
    let approved = target.control.send(
        Method::PUT,
        "/worlds/main/rules",
        json!({ "off": [NOT_APPROVED] }),
    );
    approved.await.map_err(|error| Stopped {
        exit: Exit::Internal,
        text: error.text(),
    })?;
    Ok(Patient {
        target,
        limits: LIMITS,
        elsewhere: BTreeMap::new(),
        silent: false,
        shown: Text::new(
            format!(
                "profile.toml に [target.*] がないため、同梱の模擬ネットワークを確認します（{url}、接続申請は承認済みとして扱います）"
            ),
            format!(
                "there is no [target.*] in profile.toml, so the bundled mock is looked at ({url}, connections taken for approved)"
            ),
        ),
        url,
        held: None,
        name: None,
        embedded: Some((mock, folder)),
    })
}

/// As whom to look, with what each sends; and the URL of each endpoint. The target is not trusted where the CAs cannot be
/// read.
fn people(
    patient: &Patient,
    trusted: bool,
    asked: &[String],
    suite: &Suite,
    project: &Project,
) -> Result<(Vec<Person>, BTreeMap<String, String>), Stopped> {
    let profile = &suite.profile;
    let base = patient.url.trim_end_matches('/');
    let mut urls = BTreeMap::new();
    for operation in profile.operation.values() {
        let endpoint = &operation.endpoint;
        let own = patient.elsewhere.get(endpoint).cloned();
        let url = own.unwrap_or_else(|| format!("{base}/{}", endpoint.trim_start_matches('/')));
        urls.insert(endpoint.clone(), url);
    }
    let held = patient.held.as_deref().unwrap_or_default();
    let chosen = [asked, held, &profile.doctor.identities]
        .into_iter()
        .find(|list| !list.is_empty())
        .map_or_else(
            || profile.identity.keys().cloned().collect(),
            <[String]>::to_vec,
        );
    let seed = target::nonce()?;
    let mut people = Vec::new();
    for name in chosen {
        let Some(identity) = profile.identity.get(&name) else {
            let (ja, en) = hint(&name, profile.identity.keys().map(String::as_str));
            return Err(target::usage(
                format!("送信者「{name}」は profile.toml にありません。{ja}"),
                format!("there is no identity '{name}' in profile.toml{en}"),
            ));
        };
        let target = &patient.target;
        let credentials = target.credentials(&name, identity);
        let institution = &identity.institution;
        let questions = questions(profile, project, &urls, institution, &target.headers, seed);
        people.push(Person {
            prepared: match &patient.held {
                Some(held) if !held.contains(&name) => Err(without(patient, &name)),
                _ if trusted => Prepared::read(&target.ca, &credentials, target.versions),
                _ => Prepared::trusting_nobody(&credentials, target.versions),
            },
            questions: questions.map_err(|text| Stopped {
                exit: Exit::Suite,
                text,
            })?,
            identity: name,
        });
    }
    Ok((people, urls))
}

/// Why a target cannot be looked at as an identity that it names no certificate of.
fn without(patient: &Patient, identity: &str) -> Broken {
    let name = patient.name.as_deref().unwrap_or_default();
    Broken::unprepared(Text::new(
        format!(
            "[target.{name}] に「{identity}」の証明書の指定がありません。[target.{name}.identity.{identity}] に記載してください"
        ),
        format!(
            "[target.{name}] has no certificate of '{identity}'; name it in [target.{name}.identity.{identity}]"
        ),
    ))
}
