//! Lies of the network: answers that are well-formed and wrong. They show whether a suite notices, and are switched on
//! by the control API alone.

use serde::{Deserialize, Serialize};

use crate::text::Text;

/// A way in which the network's answers are wrong. Each is told in the code of its domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lie {
    /// A retry is done again.
    RetryHasSecondEffect,
    /// The codes of two notifications are swapped.
    SwappedCodes,
    /// Another person's code is notified.
    AnotherPersonsCode,
    /// Each notification is told twice.
    NotificationDoubled,
    /// One acquisition number is issued for all.
    AcquisitionNumberReused,
    /// A link is told as confirmed when it is only applied.
    LinkConfirmedTooEarly,
    /// A hop that is down is reported as up.
    HopReportedUp,
    /// The version before is told as the one in force.
    StaleMasterVersion,
    /// The digest of a master is another's.
    WrongDigest,
    /// A master has one entry less than is told.
    CountOffByOne,
    /// A page of a master lacks its last line.
    EntryMissing,
    /// A withdrawn version of a master is listed as if it stood.
    WithdrawnStillListed,
    /// The provider is not shown the records of what it was asked.
    RecordMissingOnOneSide,
    /// The person is shown records that are not to be disclosed.
    RecordShownThoughMarked,
    /// The person is shown the records of others too.
    RecordOfAnother,
    /// A record says that was answered which was not, and the other way round.
    RecordOutcomeWrong,
}

impl Lie {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::RetryHasSecondEffect,
        Self::SwappedCodes,
        Self::AnotherPersonsCode,
        Self::NotificationDoubled,
        Self::AcquisitionNumberReused,
        Self::LinkConfirmedTooEarly,
        Self::HopReportedUp,
        Self::StaleMasterVersion,
        Self::WrongDigest,
        Self::CountOffByOne,
        Self::EntryMissing,
        Self::WithdrawnStillListed,
        Self::RecordMissingOnOneSide,
        Self::RecordShownThoughMarked,
        Self::RecordOfAnother,
        Self::RecordOutcomeWrong,
    ];

    /// What it does.
    pub fn text(self) -> Text {
        match self {
            Self::RetryHasSecondEffect => Text::fixed(
                "再送された要求をもう一度処理する。",
                "a request that is sent again is done again",
            ),
            Self::SwappedCodes => Text::fixed(
                "二件の通知の符号を入れ替える。",
                "the codes of two notifications change places",
            ),
            Self::AnotherPersonsCode => Text::fixed(
                "別人の符号を通知する。",
                "another person's code is notified",
            ),
            Self::NotificationDoubled => Text::fixed(
                "すべての通知を二回ずつ応答する。",
                "each notification is told twice",
            ),
            Self::AcquisitionNumberReused => Text::fixed(
                "同じ処理通番を何度も払い出す。",
                "one acquisition number is issued again and again",
            ),
            Self::LinkConfirmedTooEarly => Text::fixed(
                "適用の報告に対し、確認済みと応答する。",
                "an application is answered as confirmed",
            ),
            Self::HopReportedUp => Text::fixed(
                "到達できない区間を、到達したと応答する。",
                "a hop that is down is reported as reached",
            ),
            Self::StaleMasterVersion => Text::fixed(
                "マスターの一つ前の版を適用中と示す。",
                "the version before is told as the one in force",
            ),
            Self::WrongDigest => Text::fixed(
                "マスターのハッシュ値が異なる。",
                "the digest of a master is another's",
            ),
            Self::CountOffByOne => Text::fixed(
                "マスターの件数を1件多く示す。",
                "a master has one entry less than is told",
            ),
            Self::EntryMissing => Text::fixed(
                "取得したマスターの各ページの最後の1件が欠けている。",
                "each page of a master lacks its last line",
            ),
            Self::WithdrawnStillListed => Text::fixed(
                "取り下げられた版を一覧に示す。",
                "a withdrawn version of a master is still listed",
            ),
            Self::RecordMissingOnOneSide => Text::fixed(
                "提供側の機関に、提供した記録を示さない。",
                "the provider is not shown the records of what it was asked",
            ),
            Self::RecordShownThoughMarked => Text::fixed(
                "不開示とされた記録を本人に示す。",
                "the person is shown records that are not to be disclosed",
            ),
            Self::RecordOfAnother => Text::fixed(
                "本人に他人の記録も示す。",
                "the person is shown the records of others too",
            ),
            Self::RecordOutcomeWrong => Text::fixed(
                "提供された記録を拒否、それ以外の記録を提供と示す。",
                "a record of an answer says refused, and every other says answered",
            ),
        }
    }
}
