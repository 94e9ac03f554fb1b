//! What the libraries of TLS and HTTP say, as people need to hear it. Their own words stand only where they have no
//! kind for what happened.

use std::{error::Error, io};

use hyper::http::uri::InvalidUri;
use rustls::{AlertDescription, pki_types::pem};

use crate::{text::Text, transport::certificate};

/// Nothing came in time.
pub(crate) fn timeout() -> Text {
    Text::new("時間内に応答がありません", "no answer in time")
}

/// Why something broke: the deepest cause that has a kind, else the library's own words.
pub(crate) fn of(error: &(dyn Error + 'static)) -> Text {
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return tls(error);
    }
    if let Some(error) = error.downcast_ref::<io::Error>() {
        return match error.get_ref() {
            Some(inside) if inside.is::<rustls::Error>() => of(inside),
            _ if error.kind() == io::ErrorKind::UnexpectedEof => Text::new(
                "相手が接続を途中で切断しました",
                "the other side closed the connection in its midst",
            ),
            Some(_) | None => Text::of_io(error),
        };
    }
    if let Some(error) = error.downcast_ref::<webpki::Error>() {
        return certificate::unfit(error);
    }
    if let Some(error) = error.downcast_ref::<pem::Error>() {
        return of_pem(error);
    }
    if error.is::<InvalidUri>() {
        return Text::new("URLの書式の誤りです", "this is no URL");
    }
    match (error.source(), error.downcast_ref::<hyper::Error>()) {
        (Some(source), _) => of(source),
        (None, Some(error)) => http(error),
        (None, None) => Text::new(format!("詳細不明: {error}"), error.to_string()),
    }
}

fn http(error: &hyper::Error) -> Text {
    let (ja, en) = if error.is_incomplete_message() || error.is_closed() || error.is_canceled() {
        (
            "応答が完了する前に接続が切断されました",
            "the connection was closed before the answer was complete",
        )
    } else if error.is_parse_too_large() {
        (
            "応答のヘッダーが大きすぎます",
            "the head of the answer is too large",
        )
    } else if error.is_parse() {
        ("応答がHTTPの書式ではありません", "the answer is no HTTP")
    } else {
        return Text::new(format!("HTTPの異常: {error}"), error.to_string());
    };
    Text::new(ja, en)
}

fn of_pem(error: &pem::Error) -> Text {
    let (ja, en) = match error {
        pem::Error::Io(error) => return Text::of_io(error),
        pem::Error::NoItemsFound => (
            "必要な証明書又は鍵（PEM形式）がありません",
            "there is no certificate or key in PEM",
        ),
        pem::Error::SectionTooLarge => {
            ("PEM形式の内容が大きすぎます", "a PEM section is too large")
        }
        pem::Error::MissingSectionEnd { .. }
        | pem::Error::IllegalSectionStart { .. }
        | pem::Error::Base64Decode(_)
        | _ => ("PEM形式の内容が壊れています", "what is in PEM is broken"),
    };
    Text::new(ja, en)
}

fn tls(error: &rustls::Error) -> Text {
    use rustls::Error as E;
    let (ja, en) = match error {
        E::InvalidCertificate(why) => return certificate::refused(why),
        E::AlertReceived(alert) => return of_alert(*alert),
        E::InvalidMessage(_)
        | E::InappropriateMessage { .. }
        | E::InappropriateHandshakeMessage { .. } => (
            "相手の応答がTLSではないか、手順に反しています",
            "what came is no TLS, or out of turn",
        ),
        E::NoCertificatesPresented => ("証明書が提示されません", "no certificate was presented"),
        E::PeerIncompatible(_) => (
            "双方が対応するTLSの版又は暗号方式がありません",
            "both sides have no TLS version or cipher in common",
        ),
        E::PeerMisbehaved(_) => (
            "相手がTLSの規約に反しました",
            "the other side broke the rules of TLS",
        ),
        E::DecryptError => (
            "受信した内容を復号できません",
            "what came cannot be decrypted",
        ),
        E::InconsistentKeys(_) => (
            "証明書と鍵が対応していません",
            "certificate and key do not belong together",
        ),
        E::UnsupportedNameType => ("ホスト名の書式の誤りです", "this is no host name"),
        E::NoApplicationProtocol => (
            "双方が対応するプロトコル（ALPN）がありません",
            "both sides have no protocol (ALPN) in common",
        ),
        E::PeerSentOversizedRecord => (
            "相手の送信した内容が大きすぎます",
            "what came is larger than TLS allows",
        ),
        E::HandshakeNotComplete => (
            "TLSの接続の確立前に通信しようとしました",
            "the handshake had not ended",
        ),
        E::InvalidCertRevocationList(_) => (
            "失効リスト（CRL）を読み取れません",
            "the revocation list cannot be read",
        ),
        E::InvalidEncryptedClientHello(_) => (
            "相手のECH（暗号化された挨拶）の設定を使用できません",
            "the other side's settings for an encrypted greeting (ECH) cannot be used",
        ),
        E::EncryptError | E::BadMaxFragmentSize => (
            "送信する内容を暗号化できません",
            "what is sent cannot be encrypted",
        ),
        E::FailedToGetCurrentTime => (
            "この機器の時計を読み取れません",
            "this machine's clock cannot be read",
        ),
        E::FailedToGetRandomBytes => (
            "この機器から乱数を取得できません",
            "this machine gives no random numbers",
        ),
        // Sentences of the library.
        E::General(why) => return Text::new(format!("TLSの異常: {why}"), why),
        E::Other(other) => return of(&*other.0),
        _ => ("TLSの異常です", "something is wrong in TLS"),
    };
    Text::new(ja, en)
}

fn of_alert(alert: AlertDescription) -> Text {
    use AlertDescription as A;
    const KNOWN: [(AlertDescription, &str, &str); 13] = [
        (
            A::CertificateRequired,
            "クライアント証明書が必要です",
            "a client certificate is required",
        ),
        (
            A::BadCertificate,
            "クライアント証明書を受け付けられません",
            "the client certificate is not accepted",
        ),
        (
            A::UnsupportedCertificate,
            "クライアント証明書の種類・用途に対応していません",
            "client certificates of this kind or purpose are not accepted",
        ),
        (
            A::CertificateRevoked,
            "クライアント証明書は失効しています",
            "the client certificate is revoked",
        ),
        (
            A::CertificateExpired,
            "クライアント証明書の有効期限が切れているか、始まっていません",
            "the client certificate has expired or is not valid yet",
        ),
        (
            A::CertificateUnknown,
            "クライアント証明書を確認できません",
            "the client certificate cannot be verified",
        ),
        (
            A::UnknownCA,
            "クライアント証明書の発行者（CA）を信頼していません",
            "the issuer of the client certificate is not trusted",
        ),
        (
            A::AccessDenied,
            "接続が許可されていません",
            "access is denied",
        ),
        (
            A::HandshakeFailure,
            "条件の合う暗号方式等がありません",
            "nothing acceptable was offered in the handshake",
        ),
        (
            A::ProtocolVersion,
            "TLSの版に対応していません",
            "this version of TLS is not supported",
        ),
        (
            A::UnrecognisedName,
            "そのホスト名のサーバーではありません",
            "there is no server of this host name",
        ),
        (
            A::DecryptError,
            "署名又は暗号を確認できません",
            "a signature or a cipher does not hold",
        ),
        (
            A::InternalError,
            "相手の内部の異常です",
            "an internal error of the other side",
        ),
    ];
    let known = KNOWN.iter().find(|(known, ..)| *known == alert);
    let (ja, en) = known.map_or(("詳細不明", "no more is known"), |(_, ja, en)| {
        (*ja, *en)
    });
    let name = if let A::Unknown(number) = alert {
        number.to_string()
    } else {
        // The name that the standard has for it, in other letters.
        format!("{alert:?}")
    };
    Text::new(
        format!("相手がTLSで拒否しました: {ja}［{name}］"),
        format!("the other side refused in TLS: {en} [{name}]"),
    )
}

#[cfg(test)]
mod tests {
    use rustls::CertificateError;

    use super::*;

    fn check(error: &(dyn Error + 'static), ja: &str) {
        assert!(of(error).ja.contains(ja), "{}", of(error).ja);
    }

    #[test]
    fn what_has_a_kind_is_told_in_both_languages_however_deep_it_lies() {
        let expired = rustls::Error::InvalidCertificate(CertificateError::Expired);
        check(&expired, "有効期限が切れています");
        check(&io::Error::other(expired), "有効期限が切れています");
        let alert = rustls::Error::AlertReceived(AlertDescription::UnknownCA);
        let alert = io::Error::new(io::ErrorKind::InvalidData, alert);
        check(&alert, "信頼していません［UnknownCA］");
        check(
            &io::Error::from(io::ErrorKind::ConnectionReset),
            "切断されました",
        );
        check(&pem::Error::NoItemsFound, "PEM形式");
        let name = rustls::Error::InvalidCertificate(CertificateError::NotValidForNameContext {
            expected: "b.example".try_into().unwrap(),
            presented: vec!["DnsName(\"a.example\")".to_owned()],
        });
        check(&name, "接続先「b.example」、証明書「a.example」");
        check(
            &io::Error::other("none of these"),
            "入出力の異常: none of these",
        );
    }

    #[test]
    fn nothing_is_told_in_the_names_of_the_library() {
        use rustls::Error as E;
        let errors = [
            E::InappropriateMessage {
                expect_types: Vec::new(),
                got_type: rustls::ContentType::Alert,
            },
            E::InvalidMessage(rustls::InvalidMessage::InvalidContentType),
            E::PeerIncompatible(rustls::PeerIncompatible::NoCipherSuitesInCommon),
            E::PeerMisbehaved(rustls::PeerMisbehaved::BadCertChainExtensions),
            E::AlertReceived(AlertDescription::Unknown(99)),
            E::InvalidCertRevocationList(rustls::CertRevocationListError::ParseError),
            E::EncryptError,
            E::FailedToGetCurrentTime,
            E::HandshakeNotComplete,
            E::PeerSentOversizedRecord,
            E::NoApplicationProtocol,
            E::InconsistentKeys(rustls::InconsistentKeys::KeyMismatch),
            E::Other(rustls::OtherError(std::sync::Arc::new(
                webpki::Error::CaUsedAsEndEntity,
            ))),
        ];
        let library = regex::Regex::new("[a-z][A-Z]").unwrap();
        for error in errors {
            let Text { ja, en } = of(&error);
            assert!(
                !library.is_match(&en.replace("basicConstraints", "")),
                "{en}"
            );
            assert!(!ja.contains(&en), "{ja}");
        }
    }
}
