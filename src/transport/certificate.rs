//! What is wrong with the certificate of the other side, in words.

use rustls::{CertificateError, OtherError};

use crate::text::Text;

/// Where no more is known.
const NOT_USABLE: (&str, &str) = (
    "相手の証明書に、対応していない形式又は内容があります",
    "the certificate of the other side is of a form that is not supported",
);

/// Where an old way of signing is in use.
const SIGNATURE: (&str, &str) = (
    "相手の証明書の署名方式（SHA-1 など）又は鍵に対応していません",
    "the signature (SHA-1, for one) or the key of the other side's certificate is of a kind that is not supported",
);

/// Whether it is that of an authority, which none may show as its own.
pub(super) fn is_ca(error: &OtherError) -> bool {
    let error = error.0.downcast_ref();
    matches!(error, Some(webpki::Error::CaUsedAsEndEntity))
}

#[expect(clippy::wildcard_enum_match_arm, reason = "the library's list is open")]
pub(super) fn refused(error: &CertificateError) -> Text {
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
            if presented.is_empty() {
                return Text::new(
                    format!(
                        "相手の証明書にホスト名（subjectAltName）がありません。「{expected}」を含む証明書を使用してください"
                    ),
                    format!(
                        "the certificate of the other side names no host (subjectAltName); let it show one for '{expected}'"
                    ),
                );
            }
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
        E::UnsupportedSignatureAlgorithmContext { .. }
        | E::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => SIGNATURE,
        E::InvalidOcspResponse => (
            "証明書の失効の確認（OCSP）の応答が誤っています",
            "what is said of the certificate's revocation (OCSP) is wrong",
        ),
        E::Other(other) => match other.0.downcast_ref::<webpki::Error>() {
            Some(error) => return unfit(error),
            None => NOT_USABLE,
        },
        // One of them is an older name of another.
        _ => NOT_USABLE,
    };
    Text::new(ja, en)
}

/// What the library beneath says, where the upper one has no word of its own for it.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library's list is open, and the rest is of revocation lists"
)]
pub(super) fn unfit(error: &webpki::Error) -> Text {
    use webpki::Error as E;
    let (ja, en) = match error {
        E::CaUsedAsEndEntity => (
            "相手が、認証局（CA）の証明書をサーバー証明書として提示しています。サーバー用の証明書（CA:FALSE。openssl req -x509 では -addext basicConstraints=critical,CA:FALSE）を設定してください",
            "the server shows a CA certificate as its own; let it show one for servers (CA:FALSE; with openssl req -x509: -addext basicConstraints=critical,CA:FALSE)",
        ),
        E::EndEntityUsedAsCa => (
            "相手の証明書の発行者が認証局（CA）ではありません。ca には、CA:TRUE の証明書を指定してください",
            "the issuer of the other side's certificate is no CA (CA:TRUE)",
        ),
        E::CertDistrusted | E::CertRevoked => (
            "相手の証明書は失効しています",
            "the certificate of the other side is revoked",
        ),
        E::UnsupportedCertVersion => (
            "相手の証明書がX.509の版3ではありません。拡張（subjectAltName など）を付けて作成し直してください",
            "the certificate of the other side is not of X.509 version 3; make it again with extensions such as subjectAltName",
        ),
        E::NameConstraintViolation | E::PathLenConstraintViolated => (
            "相手の証明書が、発行した認証局（CA）の制限に反しています",
            "the certificate of the other side breaks a constraint of the CA that issued it",
        ),
        E::MaximumPathBuildCallsExceeded
        | E::MaximumPathDepthExceeded
        | E::MaximumSignatureChecksExceeded
        | E::MaximumNameConstraintComparisonsExceeded => (
            "相手の証明書の連鎖が長すぎるか、複雑すぎます",
            "the chain of the other side's certificate is too long, or too involved",
        ),
        E::SignatureAlgorithmMismatch => SIGNATURE,
        E::UnknownIssuer => (
            "相手の証明書は、信頼する認証局（CA）が発行したものではありません",
            "the certificate of the other side was issued by no CA that is trusted",
        ),
        _ => NOT_USABLE,
    };
    Text::new(ja, en)
}
