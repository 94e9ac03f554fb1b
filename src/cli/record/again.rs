//! A recording read back from its run folder: one that was cut off becomes a scenario by it, or one another scenario.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    cli::{Stopped, journal::JOURNAL, resume, target::usage},
    event::{Kept, Relayed},
    profile,
    record::Passed,
    relay::{Recorded, Way},
    text::Text,
    transport::{Answer, Broken, Stage},
    verdict::Exit,
};

/// The folder of a recording, the name of its target, and what went through.
pub(super) fn read(run: &Path, runs: &Path) -> Result<(PathBuf, String, Vec<Relayed>), Stopped> {
    let (folder, record) = resume::ended(run, runs)?;
    let is_recording = record.is_recording();
    let target = record.start.and_then(|start| start.target);
    target
        .filter(|_| is_recording)
        .map(|target| (folder.clone(), target, record.relayed))
        .ok_or_else(|| {
            let folder = folder.display();
            usage(
                format!(
                    "{folder} は renkei record の実施記録ではありません。renkei record を実行したときのフォルダー（runs/ の下）を --from に指定してください。"
                ),
                format!(
                    "{folder} is no run folder of renkei record; name one by --from, below runs/"
                ),
            )
        })
}

/// What went through, as the recorder had it.
pub(super) fn recorded(
    folder: &Path,
    relayed: Vec<Relayed>,
    settings: &profile::Target,
    way: &Way,
) -> Result<Recorded, Stopped> {
    let mut recorded = Recorded::default();
    for one in relayed {
        recorded.number |= one.number.is_some();
        let sequence = one.sequence;
        if let Some(why) = one.left_out {
            recorded.left_out.push((sequence, why));
            continue;
        }
        let passed = passed(folder, one, settings, way)?;
        recorded.passed.push((sequence, passed));
    }
    Ok(recorded)
}

fn passed(
    folder: &Path,
    relayed: Relayed,
    settings: &profile::Target,
    way: &Way,
) -> Result<Passed, Stopped> {
    let Relayed {
        sequence,
        came,
        exchange,
        http,
        ..
    } = relayed;
    let at = came.parse().map_err(|_| {
        let why = format!("{}: [{sequence}] {came}", folder.join(JOURNAL).display());
        Stopped {
            exit: Exit::Suite,
            text: Text::new(
                format!("実施記録の日時を読み取れません（{why}）。"),
                format!("a time of the run's record cannot be read: {why}"),
            ),
        }
    })?;
    let body = |kept: &Kept| {
        let file: PathBuf = folder.join(&kept.file);
        fs::read(&file).map_err(|error| Stopped::file(&file, &error))
    };
    let answer = match (http.status, &exchange.response) {
        (Some(status), response) => Ok(Answer {
            status,
            headers: http.came,
            body: response.as_ref().map_or_else(|| Ok(Vec::new()), body)?,
        }),
        (None, _) => Err(Broken {
            stage: Stage::Answer,
            outcome: None,
            why: http.broken.unwrap_or_else(no_answer),
            cause: None,
        }),
    };
    // What every request to the target carries is none of the software's.
    let of_target = |name: &str| {
        let mut names = settings.headers.keys().chain(settings.headers_env.keys());
        names.any(|known| known.eq_ignore_ascii_case(name))
    };
    let headers = http.sent.into_iter();
    Ok(Passed {
        at,
        identity: exchange.identity,
        method: http.method,
        path: way.path(&http.url),
        headers: headers.filter(|(name, _)| !of_target(name)).collect(),
        body: body(&exchange.request)?,
        answer,
    })
}

fn no_answer() -> Text {
    Text::new("応答がありません", "there was no answer")
}
