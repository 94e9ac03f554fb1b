//! What is refused before anything is listened on, and with which certificates the software may come.

use crate::{
    cli::{
        Stopped,
        target::{self, usage},
    },
    plan::{Suite, ids, is_id, is_scenario},
    profile,
    project::Project,
    relay::Known,
    run::Target,
    sentinel,
    text::Text,
    transport::{Credentials, Prepared},
    verdict::Exit,
};

/// Where recorded scenarios go unless their id says otherwise.
pub(super) const RECORDED: &str = "recorded";

/// The certificates that the software may show: those that the target's identities have, and of a folder those that are
/// there.
pub(super) fn known(
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
pub(super) fn scenario_id(written: &str, project: &Project) -> Result<String, Stopped> {
    let id = if written.contains('/') {
        written.to_owned()
    } else {
        format!("{RECORDED}/{written}")
    };
    let path = format!("scenarios/{id}.toml");
    let named = id.split('/').all(|part| !part.is_empty());
    if !named || !is_id(&id) || !is_scenario(&path) || sentinel::found_in_name(&id) {
        let shown = sentinel::mask_names(written);
        let Text { ja, en } = ids();
        return Err(usage(
            format!(
                "「{shown}」はシナリオの名前に使用できません（--name）。{ja}（例: {RECORDED}/tax-inquiry）。messages と steps は使用できません。"
            ),
            format!(
                "'{shown}' cannot be the id of a scenario (--name); {en}, such as {RECORDED}/tax-inquiry, and not 'messages' or 'steps'"
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

pub(super) fn no_suite() -> Stopped {
    usage(
        "記録したシナリオを書き込むシナリオ一式がありません。任意のフォルダーに scenarios/profile.toml を作成し、extends = \"bundled\" と [target.NAME] を記載して、そのフォルダーで実行してください。何も送信していません。".to_owned(),
        "there is no suite of your own to which a recorded scenario could be written: make scenarios/profile.toml in a folder, with extends = \"bundled\" and a [target.NAME], and run this there. Nothing was sent".to_owned(),
    )
}

pub(super) fn no_bodies(name: &str) -> Stopped {
    usage(
        format!(
            "[target.{name}] は本文を保存しない設定（bodies = \"none\"）です。記録は電文の本文から作成するため、実施できません。何も送信していません。"
        ),
        format!(
            "[target.{name}] keeps no bodies (bodies = \"none\"), and a recording is made of them; nothing was recorded or sent"
        ),
    )
}
