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
    /// An inquiry is answered with what another person has.
    AnotherPersonsAnswer,
    /// An answer is of a similar item.
    SimilarItemsAnswer,
    /// The core permits everything.
    PermitIgnored,
    /// What is answered is answered twice.
    CopyGivenTwice,
    /// A result names another receipt number.
    AnswerForAnotherReceipt,
    /// What is to be held is answered without a person.
    HeldAnsweredAutomatically,
    /// Undeclared is told as zero.
    ZeroForUndeclared,
    /// The copy before the last change is answered.
    StaleCopyAnswered,
    /// What was denied is answered.
    DeniedYetAnswered,
    /// The provider is not shown the records of what it was asked.
    RecordMissingOnOneSide,
    /// The person is shown records that are not to be disclosed.
    RecordShownThoughMarked,
    /// The person is shown the records of others too.
    RecordOfAnother,
    /// The person is shown copies that are marked against their own view.
    OwnViewIgnored,
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
        Self::AnotherPersonsAnswer,
        Self::SimilarItemsAnswer,
        Self::PermitIgnored,
        Self::CopyGivenTwice,
        Self::AnswerForAnotherReceipt,
        Self::HeldAnsweredAutomatically,
        Self::ZeroForUndeclared,
        Self::StaleCopyAnswered,
        Self::DeniedYetAnswered,
        Self::RecordMissingOnOneSide,
        Self::RecordShownThoughMarked,
        Self::RecordOfAnother,
        Self::OwnViewIgnored,
        Self::RecordOutcomeWrong,
    ];

    /// What it does.
    pub fn text(self) -> Text {
        match self {
            Self::RetryHasSecondEffect => Text::fixed(
                "再送された要求をもう一度処理する",
                "a request that is sent again is done again",
            ),
            Self::SwappedCodes => Text::fixed(
                "二件の通知の符号を入れ替える",
                "the codes of two notifications change places",
            ),
            Self::AnotherPersonsCode => {
                Text::fixed("別人の符号を通知する", "another person's code is notified")
            }
            Self::NotificationDoubled => Text::fixed(
                "すべての通知を二回ずつ応答する",
                "each notification is told twice",
            ),
            Self::AcquisitionNumberReused => Text::fixed(
                "同じ処理通番を何度も払い出す",
                "one acquisition number is issued again and again",
            ),
            Self::LinkConfirmedTooEarly => Text::fixed(
                "適用の報告に対し、確認済みと応答する",
                "an application is answered as confirmed",
            ),
            Self::HopReportedUp => Text::fixed(
                "到達できない区間を、到達したと応答する",
                "a hop that is down is reported as reached",
            ),
            Self::StaleMasterVersion => Text::fixed(
                "マスターの一つ前の版を有効な版と示す",
                "the version before is told as the one in force",
            ),
            Self::WrongDigest => Text::fixed(
                "マスターのハッシュ値が異なる",
                "the digest of a master is another's",
            ),
            Self::CountOffByOne => Text::fixed(
                "マスターの件数を1件多く示す",
                "a master has one entry less than is told",
            ),
            Self::EntryMissing => Text::fixed(
                "取得したマスターの各ページの最後の1件が欠けている",
                "each page of a master lacks its last line",
            ),
            Self::WithdrawnStillListed => Text::fixed(
                "取り下げられた版を一覧に示す",
                "a withdrawn version of a master is still listed",
            ),
            Self::AnotherPersonsAnswer => Text::fixed(
                "照会に対し、別人の情報を応答する",
                "an inquiry is answered with another person's information",
            ),
            Self::SimilarItemsAnswer => Text::fixed(
                "照会された特定個人情報に似た、別の項目を応答する",
                "an answer is of a similar item",
            ),
            Self::PermitIgnored => Text::fixed(
                "許可されていない照会も許可する",
                "inquiries are permitted that are not allowed",
            ),
            Self::CopyGivenTwice => Text::fixed(
                "回答の内容を二重に応答する",
                "what is answered stands twice in the result",
            ),
            Self::AnswerForAnotherReceipt => Text::fixed(
                "別の受付番号の結果として応答する",
                "a result names another receipt number",
            ),
            Self::HeldAnsweredAutomatically => Text::fixed(
                "自動応答不可の副本も自動で応答する",
                "a copy that a person must decide on is answered automatically",
            ),
            Self::ZeroForUndeclared => Text::fixed(
                "未申告を0円と応答する",
                "what was not declared is told as zero",
            ),
            Self::StaleCopyAnswered => Text::fixed(
                "更新前の古い副本を応答する",
                "the copy before its last change is answered",
            ),
            Self::DeniedYetAnswered => Text::fixed(
                "許可されなかった照会にも情報を応答する",
                "an inquiry that was denied is answered",
            ),
            Self::RecordMissingOnOneSide => Text::fixed(
                "提供側の機関に、提供した記録を示さない",
                "the provider is not shown the records of what it was asked",
            ),
            Self::RecordShownThoughMarked => Text::fixed(
                "不開示とされた記録を本人に示す",
                "the person is shown records that are not to be disclosed",
            ),
            Self::RecordOfAnother => Text::fixed(
                "本人に他人の記録も示す",
                "the person is shown the records of others too",
            ),
            Self::OwnViewIgnored => Text::fixed(
                "自己情報として示さないものとされた副本を本人に示す",
                "the person is shown copies that are marked against their own view",
            ),
            Self::RecordOutcomeWrong => Text::fixed(
                "提供された記録を拒否、それ以外の記録を提供と示す",
                "a record of an answer says refused, and every other says answered",
            ),
        }
    }
}
