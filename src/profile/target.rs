//! `[target.NAME]`: a network that runs elsewhere, be it a mock with control or a real test environment.

use std::{borrow::Cow, collections::BTreeMap, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::{scenario::data::Lapse, text::Text};

/// A network that runs elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// Its URL, to which the operations' endpoints are added.
    pub url: String,
    /// The whole URLs of endpoints that are not below `url`.
    #[serde(default)]
    pub endpoint: BTreeMap<String, String>,
    /// The URL of its control API, where it has one: a mock.
    pub control: Option<String>,
    /// Whether it is the real network, where inquiries leave records for years: `run` is refused there.
    #[serde(default)]
    pub production: bool,
    /// A folder of certificates, laid out as `renkei pki` does. Paths are relative to the suite's root.
    pub certificates: Option<String>,
    /// The file of the authority that signed the target's certificate; else `ca.pem` of the folder.
    pub ca: Option<String>,
    /// The certificates of identities that are not in the folder.
    #[serde(default)]
    pub identity: BTreeMap<String, Credentials>,
    /// The proxy through which it is reached (`CONNECT`), such as `http://proxy.example.jp:8080`.
    pub proxy: Option<String>,
    /// The environment variable that holds `user:password` for the proxy.
    pub proxy_auth_env: Option<String>,
    /// How long each stage may take.
    #[serde(default)]
    pub timeouts: Timeouts,
    /// Headers that every request carries besides those of its step.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Headers whose values are secret: name → the environment variable that holds the value.
    #[serde(default)]
    pub headers_env: BTreeMap<String, String>,
    /// The TLS versions that may be spoken.
    #[serde(default)]
    pub tls: Tls,
    /// The largest answer that is read into memory; what is larger is kept on disk and told.
    pub largest_answer: Option<Size>,
    /// The least time between two sendings.
    pub every: Option<Lapse>,
    /// The longest that one step may wait; 15 minutes where nothing is said.
    pub longest_wait: Option<Lapse>,
    /// What it cannot do: operation or kind of step → why.
    #[serde(default)]
    pub cannot: BTreeMap<String, String>,
    /// What is kept of bodies.
    #[serde(default)]
    pub bodies: Bodies,
    /// A folder of snapshots that count before the common ones; new ones go there.
    pub snapshots: Option<String>,
    /// Further volatile values, or other labels: XPath or element name → label.
    #[serde(default)]
    pub volatile: BTreeMap<String, String>,
    /// Further elements that hold a time, each an XPath or a name.
    #[serde(default)]
    pub times: Vec<String>,
    /// Checkpoint → the values that go with it where `--assume` says that it was reached by other means.
    #[serde(default)]
    pub exports: BTreeMap<String, BTreeMap<String, String>>,
}

/// Where the certificate and key of one identity come from: two files, one PKCS#12 file, or two variables.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The file of the certificate with its chain, PEM.
    pub certificate: Option<String>,
    /// The file of the private key, PEM.
    pub key: Option<String>,
    /// A PKCS#12 file (`.p12`, `.pfx`) that holds both.
    pub pkcs12: Option<String>,
    /// The environment variable that holds its password; none where it has none.
    pub password_env: Option<String>,
    /// The environment variable that holds the certificate with its chain, PEM.
    pub certificate_env: Option<String>,
    /// The environment variable that holds the private key, PEM.
    pub key_env: Option<String>,
}

/// Where one identity's certificate and key come from, as it is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// Two files.
    Files {
        /// The certificate's.
        certificate: &'a str,
        /// The key's.
        key: &'a str,
    },
    /// A PKCS#12 file.
    Pkcs12 {
        /// The file.
        file: &'a str,
        /// The variable of its password.
        password: Option<&'a str>,
    },
    /// Two environment variables.
    Variables {
        /// The certificate's.
        certificate: &'a str,
        /// The key's.
        key: &'a str,
    },
}

impl Credentials {
    /// What is meant; where the keys do not go together, one of those that are wrong and what is wrong with it.
    pub fn kind(&self) -> Result<Kind<'_>, (&'static str, Text)> {
        let Self {
            certificate,
            key,
            pkcs12,
            password_env,
            certificate_env,
            key_env,
        } = self;
        let given = [
            ("certificate", certificate),
            ("key", key),
            ("pkcs12", pkcs12),
            ("password_env", password_env),
            ("certificate_env", certificate_env),
            ("key_env", key_env),
        ];
        // The first key of a way says that it is meant; where there is none, any other.
        let ways: [&[&'static str]; 3] = [
            &["certificate", "key"],
            &["pkcs12", "password_env"],
            &["certificate_env", "key_env"],
        ];
        let named = |name: &str| {
            given
                .iter()
                .any(|(key, value)| *key == name && value.is_some())
        };
        let main = ways
            .iter()
            .find(|way| way.first().is_some_and(|key| named(key)));
        let any = || ways.iter().find(|way| way.iter().any(|key| named(key)));
        let Some(way) = main.or_else(any) else {
            return Err((
                "",
                Text::new(
                    "certificate と key、pkcs12、certificate_env と key_env のいずれかが必要です",
                    "give certificate and key, or pkcs12, or certificate_env and key_env",
                ),
            ));
        };
        let first = way.iter().copied().find(|key| named(key));
        let first = first.unwrap_or_default();
        if let Some((other, _)) = given
            .iter()
            .find(|(key, value)| value.is_some() && !way.contains(key))
        {
            return Err((
                other,
                Text::new(
                    format!("「{other}」は「{first}」と同時に指定できません"),
                    format!("'{other}' does not go together with '{first}'"),
                ),
            ));
        }
        let lacking = |key: &'static str| {
            (
                first,
                Text::new(
                    format!("「{key}」の指定が必要です"),
                    format!("'{key}' is needed too"),
                ),
            )
        };
        match (certificate, key, pkcs12, certificate_env, key_env) {
            (Some(certificate), Some(key), None, None, None) => {
                Ok(Kind::Files { certificate, key })
            }
            (None, None, Some(file), None, None) => Ok(Kind::Pkcs12 {
                file,
                password: password_env.as_deref(),
            }),
            (None, None, None, Some(certificate), Some(key)) => {
                Ok(Kind::Variables { certificate, key })
            }
            _ => {
                let lack = way.iter().copied().find(|key| !named(key));
                Err(lacking(lack.unwrap_or(first)))
            }
        }
    }
}

/// How long each stage may take; 30 seconds each where nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Timeouts {
    /// Finding the name and connecting, to the proxy where there is one.
    pub connect: Option<Lapse>,
    /// The proxy's answer and the TLS handshake, each.
    pub handshake: Option<Lapse>,
    /// From sending to the end of the answer; the `timeout` of a step goes before.
    pub answer: Option<Lapse>,
}

/// The TLS versions that may be spoken; both where nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// The lowest.
    pub min: Option<TlsVersion>,
    /// The highest.
    pub max: Option<TlsVersion>,
}

/// A version of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
pub enum TlsVersion {
    /// TLS 1.2.
    #[serde(rename = "1.2")]
    V1_2,
    /// TLS 1.3.
    #[serde(rename = "1.3")]
    V1_3,
}

/// What is kept of bodies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Bodies {
    /// All, individual numbers masked.
    #[default]
    All,
    /// None: the normalised text and hashes alone.
    None,
}

/// A number of bytes: `"16MiB"`, `"200MiB"`, `"1GiB"`, or a whole number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size(usize);

impl Size {
    /// Reads a size as it is written.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        let (number, unit) = text.split_at_checked(digits)?;
        let number: usize = number.parse().ok()?;
        let unit = match unit {
            "KiB" => 1 << 10,
            "MiB" => 1 << 20,
            "GiB" => 1 << 30,
            _ => return None,
        };
        number.checked_mul(unit).map(Self)
    }

    /// The number of bytes.
    pub fn bytes(self) -> usize {
        self.0
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl de::Visitor<'_> for Written {
            type Value = Size;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a size such as \"16MiB\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Size, E> {
                Size::parse(text).ok_or_else(|| {
                    E::custom(
                        Text::new(
                            format!("「{text}」は大きさではありません（例: 512KiB、16MiB、1GiB）"),
                            format!("'{text}' is no size; write 512KiB, 16MiB or 1GiB"),
                        )
                        .joined(),
                    )
                })
            }

            fn visit_i64<E: de::Error>(self, bytes: i64) -> Result<Size, E> {
                usize::try_from(bytes).map(Size).map_err(|_| {
                    E::custom(
                        Text::new("大きさに負の値は使用できません", "a size is not negative")
                            .joined(),
                    )
                })
            }
        }
        deserializer.deserialize_any(Written)
    }
}

impl JsonSchema for Size {
    fn schema_name() -> Cow<'static, str> {
        "Size".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [
            { "type": "string", "pattern": "^[0-9]+(KiB|MiB|GiB)$" },
            { "type": "integer", "minimum": 0 },
        ] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_others_refused() {
        assert_eq!(Size::parse("16MiB").map(Size::bytes), Some(16 << 20));
        assert_eq!(Size::parse("2KiB").map(Size::bytes), Some(2048));
        for wrong in ["", "MiB", "16", "16MB", "-1MiB", "1.5GiB", "99999999999GiB"] {
            assert_eq!(Size::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn credentials_come_from_one_of_three_places() {
        let kind = |text: &str| {
            let credentials: Credentials = toml::from_str(text).unwrap();
            credentials
                .kind()
                .map(|kind| format!("{kind:?}"))
                .map_err(|(key, text)| (key, text.en))
        };
        assert!(
            kind("certificate = 'a'\nkey = 'b'")
                .unwrap()
                .starts_with("Files")
        );
        assert!(
            kind("pkcs12 = 'a'\npassword_env = 'B'")
                .unwrap()
                .starts_with("Pkcs12")
        );
        assert!(kind("pkcs12 = 'a'").unwrap().contains("None"));
        assert!(
            kind("certificate_env = 'A'\nkey_env = 'B'")
                .unwrap()
                .starts_with("Variables")
        );
        let wrong = |text: &str| kind(text).unwrap_err();
        assert_eq!(wrong("").0, "");
        assert_eq!(
            wrong("certificate = 'a'"),
            ("certificate", "'key' is needed too".to_owned())
        );
        assert_eq!(
            wrong("password_env = 'A'"),
            ("password_env", "'pkcs12' is needed too".to_owned())
        );
        assert_eq!(
            wrong("certificate = 'a'\nkey = 'b'\npkcs12 = 'c'"),
            (
                "pkcs12",
                "'pkcs12' does not go together with 'certificate'".to_owned()
            )
        );
        assert_eq!(wrong("key = 'b'\nkey_env = 'C'").0, "key_env");
    }
}
