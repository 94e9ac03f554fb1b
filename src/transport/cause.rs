//! The kinds of trouble on the way to a target that want different things done about them.

use std::{error::Error, io};

use rustls::{AlertDescription, CertificateError};

use crate::transport::certificate;

/// A kind of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Nobody listens at that port.
    NobodyListens,
    /// There is no way to that machine.
    Unreachable,
    /// The proxy wants to know who asks.
    ProxyAsks,
    /// The proxy does not take what it was told of who asks.
    ProxyDenies,
    /// What came is no TLS.
    NoTls,
    /// Both sides have no version or cipher in common.
    NothingInCommon,
    /// The target's certificate is of no authority that is trusted.
    ServerOtherCa,
    /// The target's certificate has expired.
    ServerExpired,
    /// The target's certificate is not valid yet.
    ServerNotYet,
    /// The target's certificate is for another name.
    ServerOtherName,
    /// The target shows the certificate of an authority as its own.
    ServerIsCa,
    /// The target's certificate is not taken for another reason.
    ServerRefused,
    /// The target wants a client certificate and has got none.
    OwnMissing,
    /// The target does not trust the authority of the client's certificate.
    OwnOtherCa,
    /// The client's certificate has expired, or is not valid yet.
    OwnExpired,
    /// The client's certificate is revoked.
    OwnRevoked,
    /// The client's certificate is not taken for another reason.
    OwnRefused,
}

/// The kind of an error, however deep it lies.
pub(super) fn of(error: &(dyn Error + 'static)) -> Option<Cause> {
    if let Some(error) = error.downcast_ref::<rustls::Error>() {
        return tls(error);
    }
    if let Some(error) = error.downcast_ref::<io::Error>() {
        if let Some(inside) = error.get_ref() {
            return of(inside);
        }
        return connection(error.kind());
    }
    error.source().and_then(of)
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library's list is long, and open; these want something done about them"
)]
fn connection(kind: io::ErrorKind) -> Option<Cause> {
    match kind {
        io::ErrorKind::ConnectionRefused => Some(Cause::NobodyListens),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            Some(Cause::Unreachable)
        }
        _ => None,
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library's list is long, and open; these want something done about them"
)]
fn tls(error: &rustls::Error) -> Option<Cause> {
    use rustls::Error as E;
    match error {
        E::InvalidMessage(_) => Some(Cause::NoTls),
        E::PeerIncompatible(_) => Some(Cause::NothingInCommon),
        E::InvalidCertificate(why) => Some(of_certificate(why)),
        E::AlertReceived(alert) => of_alert(*alert),
        _ => None,
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library's list is long, and open; these want something done about them"
)]
fn of_certificate(error: &CertificateError) -> Cause {
    use CertificateError as E;
    match error {
        // An authority that was made again has the name of the one that is trusted, and another key.
        E::UnknownIssuer | E::BadSignature => Cause::ServerOtherCa,
        E::Expired | E::ExpiredContext { .. } => Cause::ServerExpired,
        E::NotValidYet | E::NotValidYetContext { .. } => Cause::ServerNotYet,
        E::NotValidForName | E::NotValidForNameContext { .. } => Cause::ServerOtherName,
        E::Other(other) if certificate::is_ca(other) => Cause::ServerIsCa,
        _ => Cause::ServerRefused,
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the library's list is long, and open; these want something done about them"
)]
fn of_alert(alert: AlertDescription) -> Option<Cause> {
    use AlertDescription as A;
    match alert {
        A::CertificateRequired | A::NoCertificate => Some(Cause::OwnMissing),
        // The signature of an authority that has the same name and another key cannot be verified.
        A::UnknownCA | A::DecryptError => Some(Cause::OwnOtherCa),
        A::CertificateExpired => Some(Cause::OwnExpired),
        A::CertificateRevoked => Some(Cause::OwnRevoked),
        A::BadCertificate | A::UnsupportedCertificate | A::CertificateUnknown | A::AccessDenied => {
            Some(Cause::OwnRefused)
        }
        A::HandshakeFailure | A::ProtocolVersion | A::InsufficientSecurity => {
            Some(Cause::NothingInCommon)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_found_however_deep_it_lies() {
        let alert = |alert| io::Error::other(rustls::Error::AlertReceived(alert));
        let table: [(io::Error, Option<Cause>); 7] = [
            (
                io::ErrorKind::ConnectionRefused.into(),
                Some(Cause::NobodyListens),
            ),
            (
                io::ErrorKind::NetworkUnreachable.into(),
                Some(Cause::Unreachable),
            ),
            (io::ErrorKind::ConnectionReset.into(), None),
            (
                alert(AlertDescription::CertificateRevoked),
                Some(Cause::OwnRevoked),
            ),
            (alert(AlertDescription::UnknownCA), Some(Cause::OwnOtherCa)),
            (
                io::Error::other(rustls::Error::InvalidCertificate(
                    CertificateError::UnknownIssuer,
                )),
                Some(Cause::ServerOtherCa),
            ),
            (alert(AlertDescription::InternalError), None),
        ];
        for (error, cause) in table {
            assert_eq!(of(&error), cause, "{error}");
        }
    }
}
