//! What is told of a target once in a run, however often it shows.

use std::sync::PoisonError;

use jiff::fmt::rfc2822;

use crate::{
    event::{Event, Warning},
    japan,
    run::{Real, step::Runner},
    text::{Text, counted},
    transport::{Answer, CertificateShown, SOON},
};

/// From how many seconds on it is told that two clocks are apart.
const SKEW: u64 = 300;

/// Of what is told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Once {
    /// Its clock.
    Skew,
    /// A certificate of this holder.
    Certificate(String),
}

impl Runner<'_> {
    /// Tells once of a certificate of the target that will soon be of no use.
    pub(super) fn ends_soon(&self, real: &Real, server: &CertificateShown) {
        let days = server.days_left((real.now)());
        if days > SOON {
            return;
        }
        let (holder, last) = (server.holder(), japan::local(server.not_after).date());
        let text = Text::new(
            format!(
                "接続先の証明書（{holder}）の有効期限（{last}）まで{days}日です。接続先の担当者に更新の予定を確認してください"
            ),
            format!(
                "the target's certificate (for {holder}) expires in {} ({last}); ask whoever runs the target when it gets a new one",
                counted(days, "day")
            ),
        );
        self.warn_once(Once::Certificate(holder), || text);
    }

    fn warn_once(&self, what: Once, text: impl FnOnce() -> Text) {
        let mut told = self
            .shared
            .told
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if told.insert(what) {
            let text = text();
            self.shared.sink.event(Event::Warning(Warning { text }));
        }
    }

    /// Tells once that the target's clock is another than this machine's, as its `Date` header has it.
    pub(super) fn skew(&self, answer: &Answer) {
        let Some(real) = &self.shared.setting.target.real else {
            return;
        };
        if real.recorded.is_some() {
            return;
        }
        let date = answer.header("date");
        let date = date.first().and_then(|date| rfc2822::parse(date).ok());
        let Some(date) = date.map(|date| date.timestamp()) else {
            return;
        };
        let ahead = date.as_second() - (real.now)().as_second();
        if ahead.unsigned_abs() >= SKEW {
            self.warn_once(Once::Skew, || skew_text(ahead));
        }
    }
}

/// What is told of a clock that is another, in seconds ahead of this machine's.
fn skew_text(ahead: i64) -> Text {
    let apart = ahead.unsigned_abs();
    let (hours, minutes) = (apart / 3600, apart / 60 % 60);
    let (ja, en) = if ahead > 0 {
        ("進んで", "ahead of")
    } else {
        ("遅れて", "behind")
    };
    Text::new(
        format!(
            "接続先の時計（Dateヘッダー）が、この機器の時計より{hours}時間{minutes}分{ja}います。日時の比較が差異となり、証明書の検証に失敗することがあります。双方の時計を合わせてください"
        ),
        format!(
            "the target's clock (Date header) is {hours} h {minutes} min {en} this machine's: times will differ from snapshots, and certificates may be refused; set both clocks right"
        ),
    )
}
