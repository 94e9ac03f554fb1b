//! What peers heard of what they asked by themselves: a refusal must be meant, since a scenario in which nobody asked
//! anything shows nothing.

use serde::Deserialize;
use toml::Spanned;

use crate::{
    event::Outcome,
    message,
    plan::{Suite, before_it},
    run::{step::Runner, world},
    scenario::{Scenario, Step, data::Data},
    text::Text,
};

/// What one peer heard, as the network tells it.
#[derive(Clone, Debug, Deserialize)]
struct Heard {
    at: String,
    institution: String,
    asked: String,
    receipt: Option<String>,
    fault: Option<String>,
    ja: Option<String>,
    en: Option<String>,
    meant: Option<String>,
}

#[derive(Deserialize)]
struct Page {
    heard: Vec<Heard>,
    last: u64,
}

/// What is known of the peers.
#[derive(Debug)]
pub(super) struct Peers {
    /// Whether one may ask by itself at all, here or in what was done before: else the network has nothing to tell.
    asking: bool,
    /// The newest number that the network has told.
    after: u64,
    /// What was taken, though it is meant to be refused: the core may still do that.
    taken: Vec<Heard>,
}

impl Peers {
    /// Nothing is known yet.
    pub(super) fn of(suite: &Suite, scenario: &Scenario) -> Self {
        let mut all = std::iter::once(scenario).chain(before_it(suite, scenario));
        Self {
            asking: all.any(|scenario| scenario.file.steps.iter().any(asks)),
            after: 0,
            taken: Vec::new(),
        }
    }
}

/// Whether a step makes a peer ask, as far as it can be read.
fn asks(step: &Step) -> bool {
    let act = step
        .network
        .as_ref()
        .and_then(|act| act.get_ref().get("act"));
    let by_act = act.is_some_and(|act| match act.get_ref() {
        Data::Text(name) => name == "peer-asks" || message::is_template(name),
        Data::Integer(_) | Data::Float(_) | Data::Boolean(_) | Data::List(_) | Data::Table(_) => {
            false
        }
    });
    let peer = step.peer.as_ref().map(Spanned::get_ref);
    by_act || peer.is_some_and(|peer| peer.asks.is_some())
}

impl Runner<'_> {
    /// Leaves out what peers heard before the scenario began.
    pub(super) async fn skip_heard(&mut self) -> Result<(), Outcome> {
        let page = self.page_of_peers().await?;
        self.peers.after = page.map_or(0, |page| page.last);
        Ok(())
    }

    /// Looks at what peers have heard; what is refused and not meant to be is a failure.
    pub(super) async fn peers_heard(&mut self) -> Result<(), Outcome> {
        let Some(page) = self.page_of_peers().await? else {
            return Ok(());
        };
        self.peers.after = self.peers.after.max(page.last);
        let mut mismatches = Vec::new();
        for heard in page.heard {
            let Some(fault) = &heard.fault else {
                if heard.meant.is_some() {
                    self.peers.taken.push(heard);
                }
                continue;
            };
            let same = |taken: &Heard| heard.receipt.is_some() && taken.receipt == heard.receipt;
            self.peers.taken.retain(|taken| !same(taken));
            if heard.meant.as_ref() != Some(fault) {
                mismatches.push(refused(&heard, fault));
            }
        }
        failed(mismatches)
    }

    /// What was meant to be refused and never was.
    pub(super) fn never_refused(&self) -> Option<Outcome> {
        let taken = self.peers.taken.iter();
        failed(taken.map(not_refused).collect()).err()
    }

    async fn page_of_peers(&self) -> Result<Option<Page>, Outcome> {
        let setting = &self.shared.setting;
        if !self.peers.asking || setting.target.real.is_some() || setting.dry_run {
            return Ok(None);
        }
        let (world, after) = (&self.world.name, self.peers.after);
        let path = format!("/worlds/{world}/peers?after={after}");
        let page = setting.target.control.get(&path).await;
        let page = page.map_err(|error| world::outcome(&error))?;
        Ok(serde_json::from_value(page).ok())
    }
}

fn failed(mismatches: Vec<Text>) -> Result<(), Outcome> {
    if mismatches.is_empty() {
        return Ok(());
    }
    Err(Outcome::Failed {
        mismatches,
        difference: None,
    })
}

fn refused(heard: &Heard, fault: &str) -> Text {
    let Heard {
        at,
        institution,
        asked,
        receipt: _,
        fault: _,
        ja,
        en,
        meant,
    } = heard;
    let (ja, en) = (ja.as_deref().unwrap_or(""), en.as_deref().unwrap_or(""));
    let ja = ja.trim_end_matches('。');
    match meant {
        None => Text::new(
            format!(
                "{institution} の照会（{asked}）が拒否されました [{at}]: {fault} {ja}。想定した拒否の場合は、peer の手順に expect = {{ fault = \"{fault}\" }} と記載してください"
            ),
            format!(
                "what {institution} asks ({asked}) is refused [{at}]: {fault} {en}; where it is meant, say expect = {{ fault = \"{fault}\" }} in the step with peer"
            ),
        ),
        Some(meant) => Text::new(
            format!(
                "{institution} の照会（{asked}）の拒否コード: 期待値「{meant}」、実際「{fault}」 [{at}]: {ja}"
            ),
            format!(
                "what {institution} asks ({asked}) is refused otherwise [{at}]: expected '{meant}', found '{fault}': {en}"
            ),
        ),
    }
}

fn not_refused(taken: &Heard) -> Text {
    let Heard {
        at,
        institution,
        asked,
        meant,
        ..
    } = taken;
    let meant = meant.as_deref().unwrap_or_default();
    Text::new(
        format!(
            "{institution} の照会（{asked}）は受け付けられ [{at}]、期待した {meant} では拒否されませんでした。コアシステムが判定するまで、advance で時計を進めてください"
        ),
        format!(
            "what {institution} asks ({asked}) is taken [{at}], and not refused with {meant} as expected; where the core refuses it later, let time pass (advance)"
        ),
    )
}
