//! What the libraries of TLS and HTTP say, as people need to hear it. Their own words stand only where they have no
//! kind for what happened.

use std::{error::Error, io};

use hyper::http::uri::InvalidUri;
use rustls::{AlertDescription, CertificateError, pki_types::pem};

use crate::text::Text;

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

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library's list is long, and open; the commonest are told"
)]
fn tls(error: &rustls::Error) -> Text {
    use rustls::Error as E;
    let (ja, en) = match error {
        E::InvalidCertificate(why) => return certificate(why),
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
        _ => return Text::new(format!("TLSの異常: {error}"), error.to_string()),
    };
    Text::new(ja, en)
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library's list is long, and open; the commonest are told"
)]
fn certificate(error: &CertificateError) -> Text {
    use CertificateError as E;
    let (ja, en) = match error {
        E::BadEncoding => ("証明書の内容が壊れています", "the certificate is broken"),
        E::Expired | E::ExpiredContext { .. } => (
            "相手の証明書の有効期限が切れています",
            "the certificate of the other side has expired",
        ),
        E::NotValidYet | E::NotValidYetContext { .. } => (
            "相手の証明書の有効期間が始まっていません（この機器の時計も確認してください）",
            "the certificate of the other side is not valid yet (look at this machine's clock, too)",
        ),
        E::Revoked => (
            "相手の証明書は失効しています",
            "the certificate of the other side is revoked",
        ),
        E::UnknownIssuer => (
            "相手の証明書は、信頼する認証局（CA）が発行したものではありません",
            "the certificate of the other side was issued by no CA that is trusted",
        ),
        E::NotValidForName => (
            "相手の証明書は別のホスト名のものです",
            "the certificate of the other side is for another host name",
        ),
        E::NotValidForNameContext {
            expected,
            presented,
        } => {
            let expected = expected.to_str();
            // As the library has them: `DnsName("a.example")`.
            let plain = |name: &String| name.split('"').nth(1).unwrap_or(name).to_owned();
            let presented: Vec<String> = presented.iter().map(plain).collect();
            let presented = presented.join(", ");
            return Text::new(
                format!(
                    "相手の証明書は別のホスト名のものです（接続先「{expected}」、証明書「{presented}」）"
                ),
                format!(
                    "the certificate of the other side is for another host name ('{expected}' was called, it holds for {presented})"
                ),
            );
        }
        E::BadSignature => (
            "証明書の署名を確認できません",
            "the signature of the certificate does not hold",
        ),
        E::InvalidPurpose | E::InvalidPurposeContext { .. } => (
            "証明書の用途（サーバー用・クライアント用）が違います",
            "the certificate is for another purpose (server or client)",
        ),
        E::UnknownRevocationStatus
        | E::ExpiredRevocationList
        | E::ExpiredRevocationListContext { .. } => (
            "失効リスト（CRL）で確認できません",
            "the revocation list does not tell, or is too old",
        ),
        _ => return Text::new(format!("証明書の異常: {error}"), error.to_string()),
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
    Text::new(
        format!("相手がTLSで拒否しました: {ja}［{alert:?}］"),
        format!("the other side refused in TLS: {en} [{alert:?}]"),
    )
}

#[cfg(test)]
mod tests {
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
}
