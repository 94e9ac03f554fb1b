//! What must always hold of a network, whatever it was asked. Each domain looks at its own part of the state.
//!
//! Deliberately absent: that a sender is who its certificate says, which is of one message and not of the state; its
//! rule refuses.

use std::fmt;

use crate::{
    network::{Network, form},
    text::Text,
};

/// What must always hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Invariant {
    /// Nothing that is kept holds an individual number, and nothing but the registry leg's a resident code.
    NoNumberKept,
    /// A person's codes differ between institutions, and an institution has one code a person.
    Codes,
    /// Every side that an inquiry reached has one record of it, and all agree.
    Records,
    /// Nothing is provided without a permit that was valid then, for exactly that quadruple.
    Permits,
    /// At each time exactly one version of each master is in force.
    Masters,
    /// A request has one effect, however often it is sent.
    Requests,
}

impl Invariant {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::NoNumberKept,
        Self::Codes,
        Self::Records,
        Self::Permits,
        Self::Masters,
        Self::Requests,
    ];

    /// The name that control shows.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoNumberKept => "no-number-kept",
            Self::Codes => "codes",
            Self::Records => "records",
            Self::Permits => "permits",
            Self::Masters => "masters",
            Self::Requests => "requests",
        }
    }

    /// What must hold.
    pub fn text(self) -> Text {
        match self {
            Self::NoNumberKept => Text::fixed(
                "個人番号は保持されず、住民票コードは住基ネットの接続先以外に現れない。",
                "no individual number is kept, and no resident code appears but on the registry leg",
            ),
            Self::Codes => Text::fixed(
                "同一人の符号は機関ごとに異なり、一機関に一人一符号である。",
                "codes of one person differ between institutions, and an institution has one code a person",
            ),
            Self::Records => Text::fixed(
                "照会が届いた各機関とコアシステムに記録が1件ずつあり、内容が一致する。",
                "an inquiry leaves one record on each side that it reached and one in the core, and they agree",
            ),
            Self::Permits => Text::fixed(
                "その時点で有効な、その組合せの情報提供許可証なしに提供されたものはない。",
                "nothing was provided without a permit that was valid then, for exactly that quadruple",
            ),
            Self::Masters => Text::fixed(
                "どの時点でも、各種別のマスターは1版のみが有効である。",
                "at each time exactly one version of each master is in force",
            ),
            Self::Requests => Text::fixed(
                "同じ要求の効果は、何度送信されても1回である。",
                "a request has one effect, however often it is sent",
            ),
        }
    }
}

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// What should hold.
    pub invariant: Invariant,
    /// Where it does not, in English.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant.as_str(), self.what)
    }
}

impl serde::Serialize for Violation {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Network {
    /// The invariants that do not hold; empty when all do.
    pub fn check(&self) -> Vec<Violation> {
        [
            (
                Invariant::Masters,
                self.masters.violations(self.schedule.now()),
            ),
            (Invariant::Codes, self.code_violations()),
            (Invariant::Records, self.records.violations()),
            (Invariant::Permits, self.inquiry_violations()),
            (Invariant::Requests, self.requests.violations()),
            (Invariant::NoNumberKept, self.numbers_kept()),
        ]
        .into_iter()
        .flat_map(|(invariant, wrong)| {
            wrong
                .into_iter()
                .map(move |what| Violation { invariant, what })
        })
        .collect()
    }

    /// Whether an individual number or a resident code is kept where texts of messages are.
    fn numbers_kept(&self) -> Vec<String> {
        // What is written for people to read holds every text, however deep it lies.
        let kept = format!(
            "{:?} {:?} {:?}",
            self.connections, self.copies, self.inquiries
        );
        if form::hide(&kept) == kept {
            return Vec::new();
        }
        vec!["a text that is kept holds an individual number or a resident code".to_owned()]
    }
}
