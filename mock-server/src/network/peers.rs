//! What other institutions do by themselves, so that whoever is under test is tested as a provider too, and as one who
//! waits: they ask every so often, and decide what is held at them.
//!
//! They go the way of every message, so that each rule holds for them as for anyone. Deliberately absent: what they do
//! with an answer.

mod heard;

use std::sync::Arc;

use imbl::{OrdMap, Vector};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::network::{
    Command, Input, Network, Reply, Sender,
    act::{ActRefused, refused},
    caller::Caller,
    form::Found,
    inquiry::{self, Question, State, Time},
    moment::Moment,
    provision,
    schedule::Due,
    types::{AtenaNumber, InstitutionCode, Key, ReceiptNumber, RequestId},
    written,
};

pub use heard::Heard;

/// How often a peer may ask at most.
const MOST: u32 = 1_000;

/// What a peer asks, as the operator writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PeerAsks {
    /// Who asks.
    #[schemars(schema_with = "written::institution")]
    pub institution: String,
    /// Its own number of the person.
    pub atena: String,
    /// For which task.
    pub task: String,
    /// For which procedure.
    pub procedure: String,
    /// For which institution it acts in the task; none where it asks for itself.
    #[schemars(default, schema_with = "written::institution")]
    pub delegator: Option<String>,
    /// Whom.
    #[schemars(schema_with = "written::institution")]
    pub provider: String,
    /// Which item.
    pub item: String,
    /// Of which fiscal year.
    pub year: Option<i16>,
    /// Of a period: its first day.
    #[schemars(default, schema_with = "written::day")]
    pub from: Option<String>,
    /// Of a period: its last day.
    #[schemars(default, schema_with = "written::day")]
    pub to: Option<String>,
    /// Whether the person consents.
    pub consent: Option<bool>,
    /// How many seconds lie between two inquiries; needed where there is more than one.
    pub every: Option<u64>,
    /// How many inquiries; one where nothing is said. The first is sent at once.
    pub times: Option<u32>,
    /// The fault code with which they are meant to be refused.
    pub meant: Option<String>,
}

/// What a peer does with the requests that are held at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// It answers from its copies.
    Answers,
    /// It refuses, for this reason.
    Refuses(Arc<str>),
}

/// Inquiries that a peer is still to send.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Asking {
    institution: InstitutionCode,
    question: Question,
    every: u64,
    left: u32,
    meant: Option<Arc<str>>,
}

/// What the peers do by themselves.
#[derive(Clone, Debug, Default)]
pub(crate) struct Peers {
    asking: Vector<Asking>,
    manners: OrdMap<InstitutionCode, (u64, Manner)>,
    /// How many messages they have sent: their request ids are numbered.
    sent: u64,
    heard: Vector<Heard>,
}

impl Network {
    /// Lets a peer ask, the first time at once.
    pub(in crate::network) fn let_peer_ask(&mut self, asks: &PeerAsks) -> Result<(), ActRefused> {
        let PeerAsks {
            institution,
            atena,
            task,
            procedure,
            delegator,
            provider,
            item,
            year,
            from,
            to,
            consent,
            every,
            times,
            meant,
        } = asks;
        let wrong = |key: &str, value: &str| {
            refused(
                format!("{key}「{value}」の形式が誤っています。"),
                format!("'{value}' is no {key}"),
            )
        };
        let key = |name: &str, value: &str| Key::new(value).ok_or_else(|| wrong(name, value));
        let day = |name: &str, value: &str| value.parse().map_err(|_| wrong(name, value));
        let time = match (year, from, to) {
            (None, None, None) => Time::Now,
            (Some(year), None, None) => Time::Year(*year),
            (None, Some(from), Some(to)) => Time::Period(day("from", from)?, day("to", to)?),
            (Some(_) | None, _, _) => {
                return Err(refused(
                    "year か、from と to の両方を指定してください。".into(),
                    "give 'year', or both 'from' and 'to'".into(),
                ));
            }
        };
        let question = Question {
            atena: AtenaNumber::new(atena).ok_or_else(|| wrong("atena", atena))?,
            task: key("task", task)?,
            procedure: key("procedure", procedure)?,
            delegator: delegator
                .as_deref()
                .map(|code| self.institution(code))
                .transpose()?,
            provider: self.institution(provider)?,
            item: key("item", item)?,
            time,
            consent: consent.unwrap_or(false),
        };
        let (every, left) = (every.unwrap_or(0), times.unwrap_or(1));
        if !(1..=MOST).contains(&left) || left > 1 && every == 0 {
            return Err(refused(
                format!("times は1〜{MOST}とし、2以上の場合は every に1秒以上を指定してください。"),
                format!(
                    "'times' is 1 to {MOST}, and more than one needs 'every' of a second or more"
                ),
            ));
        }
        let asking = Asking {
            institution: self.institution(institution)?,
            question,
            every,
            left,
            meant: meant.as_deref().map(Into::into),
        };
        // There are as many as the operator wrote.
        let number = u32::try_from(self.peers.asking.len()).unwrap_or(u32::MAX);
        self.peers.asking.push_back(asking);
        let now = self.schedule.now();
        self.schedule.add(now, &Due::PeerAsks(number));
        self.advance_to(now);
        Ok(())
    }

    /// Lets a peer decide, after so many seconds, what is held at it now and later.
    pub(in crate::network) fn let_peer_decide(
        &mut self,
        institution: &str,
        after: u64,
        manner: Manner,
    ) -> Result<(), ActRefused> {
        let institution = self.institution(institution)?;
        if matches!(&manner, Manner::Refuses(reason) if reason.trim().is_empty()) {
            return Err(refused(
                "拒否の理由（reason）を指定してください。".into(),
                "a refusal needs a 'reason'".into(),
            ));
        }
        self.peers
            .manners
            .insert(institution.clone(), (after, manner));
        let held: Vec<ReceiptNumber> = self.inquiries.held_by(&institution).collect();
        let now = self.schedule.now();
        for receipt in held {
            self.peer_decides_later(now, &institution, &receipt);
        }
        self.advance_to(now);
        Ok(())
    }

    /// A request is held at an institution: where it decides by itself, it will.
    pub(in crate::network) fn peer_decides_later(
        &mut self,
        at: Moment,
        institution: &InstitutionCode,
        receipt: &ReceiptNumber,
    ) {
        let Some((after, _)) = self.peers.manners.get(institution) else {
            return;
        };
        // Past the end of the calendar nothing happens.
        if let Some(then) = at.plus(*after) {
            self.schedule.add(then, &Due::PeerDecides(receipt.clone()));
        }
    }

    /// It is time for a peer to ask.
    pub(in crate::network) fn peer_asks(&mut self, at: Moment, number: u32) {
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        let Some(asking) = self.peers.asking.get_mut(place) else {
            return;
        };
        asking.left = asking.left.saturating_sub(1);
        let Asking {
            institution,
            question,
            every,
            left,
            meant,
        } = asking.clone();
        if left > 0
            && let Some(then) = at.plus(every)
        {
            self.schedule.add(then, &Due::PeerAsks(number));
        }
        let command = Command::Inquiry(inquiry::Command::Submit(question.clone()));
        if let Some(reply) = self.sent_by_peer(at, institution.clone(), command) {
            self.peer_heard(at, institution, &question, meant, &reply);
        }
    }

    /// It is time for a peer to decide a request that may still be held at it.
    pub(in crate::network) fn peer_decides(&mut self, at: Moment, receipt: &ReceiptNumber) {
        let Some((inquiry, record)) = self.inquiry_and_record(receipt) else {
            return;
        };
        if inquiry.state != State::Held {
            return;
        }
        let institution = record.provider;
        let receipt = receipt.clone();
        let command = match self.peers.manners.get(&institution) {
            Some((_, Manner::Answers)) => provision::Command::Answer {
                receipt,
                copies: Vec::new(),
            },
            Some((_, Manner::Refuses(reason))) => provision::Command::Refuse {
                receipt,
                reason: reason.to_string(),
            },
            None => return,
        };
        // What is refused stays held, and so it shows.
        let _ = self.sent_by_peer(at, institution, Command::Provision(command));
    }

    /// A message of a peer, as if it had come through the port.
    fn sent_by_peer(
        &mut self,
        at: Moment,
        institution: InstitutionCode,
        command: Command,
    ) -> Option<Reply> {
        self.peers.sent += 1;
        let request_id = RequestId::new(&format!("peer-{}", self.peers.sent))?;
        Some(self.apply(Input {
            at,
            caller: Caller::Institution(institution.clone()),
            sender: Sender {
                request_id,
                institution,
            },
            command,
            found: Found::default(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{
        act::Act,
        inquiry::tests::{of_iida, ready, receipt, submit},
        provision::Command as Provision,
        testing::*,
    };

    const IIDA: &str = "202053-M";
    const SAPPORO: &str = "011002-M";

    fn asks(every: Option<u64>, times: Option<u32>) -> PeerAsks {
        PeerAsks {
            institution: SAPPORO.into(),
            atena: "SAPPORO-0000002".into(),
            task: "T-001".into(),
            procedure: "P-001-01".into(),
            delegator: None,
            provider: IIDA.into(),
            item: "TAX-INCOME".into(),
            year: Some(2026),
            from: None,
            to: None,
            consent: Some(true),
            every,
            times,
            meant: None,
        }
    }

    fn after(seconds: u64) -> Moment {
        epoch().plus(seconds).unwrap()
    }

    #[test]
    fn a_peer_asks_as_often_as_it_is_told_to_in_virtual_time() {
        for (every, times, at, expected) in [
            (None, None, 0, 1),
            (None, None, 86_400, 1),
            (Some(600), Some(3), 0, 1),
            (Some(600), Some(3), 599, 1),
            (Some(600), Some(3), 600, 2),
            (Some(600), Some(3), 1_200, 3),
            (Some(600), Some(3), 86_400, 3),
        ] {
            let mut network = ready();
            network.operate(Act::PeerAsks(asks(every, times))).unwrap();
            network.advance_to(after(at));
            let records = network.summary()["exchange-records"];
            assert_eq!(records, expected, "{every:?} {times:?} {at}");
            assert_eq!(network.check(), []);
        }
    }

    #[test]
    fn a_fork_goes_on_asking_on_its_own() {
        let mut network = ready();
        network
            .operate(Act::PeerAsks(asks(Some(60), Some(2))))
            .unwrap();
        let mut fork = network.clone();
        fork.advance_to(after(60));
        assert_eq!(fork.summary()["exchange-records"], 2);
        assert_eq!(network.summary()["exchange-records"], 1);
    }

    #[test]
    fn the_rules_hold_for_a_peer_too() {
        let mut network = ready();
        let suspend = Act::SuspendConnection {
            institution: SAPPORO.into(),
        };
        network
            .operate(Act::PeerAsks(asks(Some(60), Some(3))))
            .unwrap();
        network.operate(suspend).unwrap();
        network.advance_to(after(600));
        assert_eq!(network.summary()["exchange-records"], 1);
        assert_eq!(network.check(), []);
    }

    #[test]
    fn what_a_peer_heard_is_kept_be_it_taken_refused_at_once_or_denied_by_the_core() {
        let asking = |item: &str, atena: &str, meant: Option<&str>| {
            Act::PeerAsks(PeerAsks {
                item: item.into(),
                atena: atena.into(),
                meant: meant.map(str::to_owned),
                year: (item == "TAX-INCOME").then_some(2026),
                ..asks(None, None)
            })
        };
        let heard = |network: &Network| -> Vec<(u64, Option<&str>, Option<String>)> {
            let all = network.heard_by_peers();
            all.map(|heard| {
                let code = heard.refused.as_ref().map(|(code, _)| *code);
                (
                    heard.number,
                    code,
                    heard.meant.as_deref().map(str::to_owned),
                )
            })
            .collect()
        };
        let mut network = ready();
        let known = "SAPPORO-0000002";
        for act in [
            asking("TAX-INCOME", known, None),
            asking("TAX-INCOM", known, Some("F-INQ-01")),
            asking("TAX-INCOME", "SAPPORO-X", None),
        ] {
            network.operate(act).unwrap();
        }
        let meant = Some("F-INQ-01".to_owned());
        assert_eq!(
            heard(&network),
            [
                (1, None, None),
                (2, Some("F-INQ-01"), meant),
                (3, Some("F-INQ-05"), None)
            ]
        );
        let lapse = Act::LapseAssessment {
            institution: SAPPORO.into(),
            task: "T-001".into(),
        };
        network.operate(lapse).unwrap();
        network.advance_to(after(600));
        let last = network.heard_by_peers().last().unwrap();
        assert_eq!((last.number, last.receipt.is_some()), (4, true));
        let mut fork = network.clone();
        fork.operate(asking("TAX-INCOME", known, None)).unwrap();
        assert_eq!((heard(&fork).len(), heard(&network).len()), (5, 4));
    }

    /// Iida asks Sapporo for what Sapporo holds, and looks at it at a time.
    fn held(network: &mut Network, at: u64) -> ReceiptNumber {
        let question = of_iida("IIDA-0003");
        receipt(submit(network, &format!("r-{at}"), at, question))
    }

    fn state(network: &Network, receipt: &ReceiptNumber) -> State {
        network.inquiries.get(receipt).unwrap().state
    }

    #[test]
    fn a_peer_decides_what_is_held_at_it_before_and_after_it_was_told_to() {
        let answers = Act::PeerAnswers {
            institution: SAPPORO.into(),
            after: Some(3_600),
        };
        let refuses = Act::PeerRefuses {
            institution: SAPPORO.into(),
            after: None,
            reason: "照会の根拠を確認できない".into(),
        };
        for (act, wait, decided) in [
            (answers, 3_600, State::Answered),
            (refuses, 0, State::Refused),
        ] {
            let mut network = ready();
            let before = held(&mut network, 0);
            network.advance_to(after(100));
            assert_eq!(state(&network, &before), State::Held);
            network.operate(act).unwrap();
            let later = held(&mut network, 200);
            if wait > 0 {
                network.advance_to(after(100 + wait - 1));
                assert_eq!(state(&network, &before), State::Held);
            }
            network.advance_to(after(100 + wait));
            assert_eq!(state(&network, &before), decided);
            network.advance_to(after(300 + wait));
            assert_eq!(state(&network, &later), decided);
            assert_eq!(network.check(), []);
        }
    }

    #[test]
    fn what_was_decided_by_a_person_first_stays() {
        let mut network = ready();
        let receipt = held(&mut network, 0);
        network.advance_to(after(100));
        let answers = Act::PeerAnswers {
            institution: SAPPORO.into(),
            after: Some(60),
        };
        network.operate(answers).unwrap();
        let refuse = Command::Provision(Provision::Refuse {
            receipt: receipt.clone(),
            reason: "a".into(),
        });
        ask(&mut network, SAPPORO, "p-1", 110, refuse).unwrap();
        network.advance_to(after(1_000));
        assert_eq!(state(&network, &receipt), State::Refused);
        assert_eq!(network.check(), []);
    }

    #[test]
    fn what_cannot_be_done_is_refused_and_named() {
        let with = |change: &dyn Fn(&mut PeerAsks)| {
            let mut asks = asks(None, None);
            change(&mut asks);
            Act::PeerAsks(asks)
        };
        let cases = [
            (
                with(&|asks| asks.institution = "000000-M".into()),
                "000000-M",
            ),
            (with(&|asks| asks.provider = "000000-M".into()), "000000-M"),
            (with(&|asks| asks.atena = String::new()), "atena"),
            (with(&|asks| asks.times = Some(2)), "every"),
            (with(&|asks| asks.times = Some(0)), "times"),
            (with(&|asks| asks.times = Some(MOST + 1)), "times"),
            (with(&|asks| asks.from = Some("2026-01-01".into())), "year"),
            (
                with(&|asks| {
                    asks.year = None;
                    asks.from = Some("2026-01-01".into());
                    asks.to = Some("soon".into());
                }),
                "soon",
            ),
            (
                Act::PeerRefuses {
                    institution: SAPPORO.into(),
                    after: None,
                    reason: " ".into(),
                },
                "reason",
            ),
        ];
        for (act, says) in cases {
            let mut network = ready();
            let error = network.operate(act).unwrap_err().0.en;
            assert!(error.contains(says), "{says}: {error}");
            network.advance_to(after(86_400));
            assert_eq!(network.summary()["exchange-records"], 0);
        }
    }
}
