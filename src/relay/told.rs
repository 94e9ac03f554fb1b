//! What is said of what passes, and of what does not.

use crate::{
    relay::Relay,
    sentinel,
    text::Text,
    transport::{Answer, CertificateShown, Refused},
};

impl Relay {
    pub(super) fn refusal(&self, refused: Refused) -> Text {
        match refused {
            Refused::Certificate(shown) => self.unknown(shown.as_ref()),
            Refused::Distrusted => Text::new(
                "ソフトウェアが記録用サーバーの証明書を信頼していないため、接続できませんでした。開始時に表示した ca.pem を、信頼する認証局としてソフトウェアに設定し、URLのホスト名を確認してください（別の名前で接続する場合は --host）",
                "the software does not trust the recorder's certificate, so it could not connect; have it trust the ca.pem that was shown at the start, and look at the host of its URL (--host for another name)",
            ),
            Refused::Handshake(why) => Text::new(
                format!(
                    "ソフトウェアとのTLSの接続を確立できませんでした: {}。https:// のURLとクライアント証明書の設定を確認してください",
                    why.ja
                ),
                format!(
                    "somebody connected, and the TLS handshake failed: {}; look whether the software calls https:// and shows its client certificate",
                    why.en
                ),
            ),
            Refused::TooLarge(largest) => Text::new(
                format!(
                    "上限の{largest}バイトを超える要求は、接続先に送信せず、記録もしていません"
                ),
                format!("a request larger than {largest} bytes was neither passed on nor recorded"),
            ),
        }
    }

    fn unknown(&self, shown: Option<&CertificateShown>) -> Text {
        let subject = shown.map_or("?", |shown| shown.subject.as_str());
        let name = self.target.name.as_deref().unwrap_or_default();
        let identities = self.known.iter().flat_map(|known| &known.identities);
        let identities: Vec<&str> = identities.map(String::as_str).collect();
        let identities = identities.join(", ");
        let (ja, en) = if self.known.iter().any(|known| known.subject == subject) {
            (
                "。同じ名義の別の証明書です",
                "; it has the name of one of them, and is another",
            )
        } else {
            ("", "")
        };
        Text::new(
            format!(
                "[target.{name}] にない証明書（{subject}）による接続を拒否しました{ja}。接続先に対するものと同じ証明書をソフトウェアに設定してください（使用できる送信者: {identities}）"
            ),
            format!(
                "a connection was refused: its certificate ({subject}) is none of [target.{name}]{en}; have the software show the very one that it uses for the target, that of {identities}"
            ),
        )
    }
}

pub(super) fn holds_number() -> Text {
    Text::new(
        "個人番号が含まれています",
        "an individual number stands in it",
    )
}

pub(super) fn kept_from_target() -> Text {
    Text::new(
        "要求に個人番号が含まれているため、接続先に送信していません。情報提供ネットワークシステムでは個人番号を使用しません。",
        "the request holds an individual number, which must not travel on this network; it was not passed on",
    )
}

pub(super) fn redirected(answer: &Answer) -> Text {
    let status = answer.status;
    let location = sentinel::mask(&answer.header("location").join(", "));
    Text::new(
        format!(
            "接続先が転送（{status}、Location: {location}）を応答しました。応答をそのままソフトウェアに返し、転送先には送信していません。ソフトウェアが転送先に直接接続した場合、そのやり取りは記録されません。接続先の url・endpoint を確認してください"
        ),
        format!(
            "the target redirects ({status}, Location: {location}): that went back to the software as it is, and nothing was sent there. Should the software follow it, that is not recorded; look at 'url' and 'endpoint' of the target"
        ),
    )
}
