//! What became of what peers asked. They have no reader of their own, so it is kept for whoever operates the network: an
//! inquiry that nobody meant to be refused shows, and one that was meant to be and was not.

use std::sync::Arc;

use crate::{
    network::{
        Answer, Network, Reply,
        inquiry::{self, Question},
        moment::Moment,
        rules::Rule,
        types::{InstitutionCode, ReceiptNumber},
    },
    text::Text,
};

/// How much is kept: the newest.
const KEPT: usize = 10_000;

/// What a peer heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Counts from 1.
    pub number: u64,
    /// When.
    pub at: Moment,
    /// Who asked.
    pub institution: InstitutionCode,
    /// Task, procedure, provider and item.
    pub asked: String,
    /// The receipt, where the inquiry was taken.
    pub receipt: Option<ReceiptNumber>,
    /// The fault code, and why, where it was refused: at once, or by the core later.
    pub refused: Option<(&'static str, Text)>,
    /// The fault code with which the operator meant it to be refused.
    pub meant: Option<Arc<str>>,
}

impl Network {
    /// What peers heard, the oldest first.
    pub fn heard_by_peers(&self) -> impl Iterator<Item = &Heard> {
        self.peers.heard.iter()
    }

    /// A peer was answered.
    pub(super) fn peer_heard(
        &mut self,
        at: Moment,
        institution: InstitutionCode,
        question: &Question,
        meant: Option<Arc<str>>,
        reply: &Reply,
    ) {
        let Question {
            task,
            procedure,
            provider,
            item,
            ..
        } = question;
        let receipt = match reply {
            Ok(Answer::Inquiry(inquiry::Answer::Submitted(receipt))) => Some(receipt.clone()),
            Ok(_) | Err(_) => None,
        };
        let refused = reply.as_ref().err();
        let heard = Heard {
            number: 0,
            at,
            institution,
            asked: format!("{task} {procedure} {provider} {item}"),
            receipt,
            refused: refused.map(|fault| (fault.code.code, fault.text.clone())),
            meant,
        };
        self.keep_heard(heard);
    }

    /// The core does not permit an inquiry: where a peer asked it, that is what it hears.
    pub(in crate::network) fn denied_to_peer(
        &mut self,
        at: Moment,
        receipt: &ReceiptNumber,
        rule: &'static Rule,
    ) {
        let mut heard = self.peers.heard.iter().rev();
        let taken = heard.find(|heard| heard.receipt.as_ref() == Some(receipt));
        if let Some(taken) = taken.cloned() {
            let refused = Some((rule.fault.code, rule.text.clone()));
            self.keep_heard(Heard {
                at,
                refused,
                ..taken
            });
        }
    }

    fn keep_heard(&mut self, heard: Heard) {
        let last = self.peers.heard.last().map_or(0, |last| last.number);
        let number = last + 1;
        self.peers.heard.push_back(Heard { number, ..heard });
        if self.peers.heard.len() > KEPT {
            self.peers.heard.pop_front();
        }
    }
}
