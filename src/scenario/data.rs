//! Values as a scenario writes them: any TOML value with its place, and lengths of time.

use std::{borrow::Cow, collections::BTreeMap, fmt, time::Duration};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use toml::Spanned;

use crate::text::Text;

/// Any TOML value. Texts in it may be templates.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// A text; a date or time is one too.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction.
    Float(f64),
    /// `true` or `false`.
    Boolean(bool),
    /// A list.
    List(Vec<Spanned<Self>>),
    /// A table.
    Table(BTreeMap<String, Spanned<Self>>),
}

/// How the TOML reader hands over a date or time.
const DATETIME: &str = "$__toml_private_datetime";

impl<'de> Deserialize<'de> for Data {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Data;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Data, E> {
                Ok(Data::Text(text.to_owned()))
            }

            fn visit_bool<E: Error>(self, value: bool) -> Result<Data, E> {
                Ok(Data::Boolean(value))
            }

            fn visit_i64<E: Error>(self, value: i64) -> Result<Data, E> {
                Ok(Data::Integer(value))
            }

            fn visit_f64<E: Error>(self, value: f64) -> Result<Data, E> {
                Ok(Data::Float(value))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Data, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Data::List(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Data, A::Error> {
                let mut table = BTreeMap::new();
                while let Some(key) = entries.next_key::<String>()? {
                    if key == DATETIME {
                        return Ok(Data::Text(entries.next_value()?));
                    }
                    table.insert(key, entries.next_value()?);
                }
                Ok(Data::Table(table))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

/// A length of time: `"300ms"`, `"90s"`, `"10m"`, `"26h"`, `"400d"`, or a whole number of seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lapse(Duration);

impl Lapse {
    /// Reads a length of time as it is written.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len());
        let (number, unit) = text.split_at_checked(digits)?;
        let number: u64 = number.parse().ok()?;
        let seconds = match unit {
            "ms" => return Some(Self(Duration::from_millis(number))),
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86_400,
            _ => return None,
        };
        number
            .checked_mul(seconds)
            .map(|all| Self(Duration::from_secs(all)))
    }

    /// The length as a duration.
    pub fn duration(self) -> Duration {
        self.0
    }

    /// Whole seconds.
    pub fn seconds(self) -> u64 {
        self.0.as_secs()
    }
}

impl<'de> Deserialize<'de> for Lapse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl Visitor<'_> for Written {
            type Value = Lapse;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a length of time such as \"90s\" or \"10m\"")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Lapse, E> {
                Lapse::parse(text).ok_or_else(|| {
                    E::custom(
                        Text::new(
                            format!("「{text}」は時間の長さではありません（例: 300ms、90s、10m、26h、400d）"),
                            format!("'{text}' is no length of time; write 300ms, 90s, 10m, 26h or 400d"),
                        )
                        .joined(),
                    )
                })
            }

            fn visit_i64<E: Error>(self, seconds: i64) -> Result<Lapse, E> {
                u64::try_from(seconds)
                    .map(|seconds| Lapse(Duration::from_secs(seconds)))
                    .map_err(|_| {
                        E::custom(
                            Text::new(
                                "時間の長さに負の値は使用できません",
                                "a length of time is not negative",
                            )
                            .joined(),
                        )
                    })
            }
        }
        deserializer.deserialize_any(Written)
    }
}

/// A point in time, RFC 3339 with its zone, written as a text or as a TOML time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment(String);

impl Moment {
    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = match Data::deserialize(deserializer)? {
            Data::Text(text) => text,
            Data::Integer(_)
            | Data::Float(_)
            | Data::Boolean(_)
            | Data::List(_)
            | Data::Table(_) => String::new(),
        };
        if text.parse::<jiff::Timestamp>().is_ok() {
            return Ok(Self(text));
        }
        Err(D::Error::custom(
            Text::new(
                "日時は時差を付けて記載してください（例: 2026-12-01T00:00:00+09:00）",
                "not a time with its zone; write 2026-12-01T00:00:00+09:00",
            )
            .joined(),
        ))
    }
}

impl JsonSchema for Data {
    fn schema_name() -> Cow<'static, str> {
        "Data".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        Schema::default()
    }
}

impl JsonSchema for Lapse {
    fn schema_name() -> Cow<'static, str> {
        "Lapse".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [
            { "type": "string", "pattern": "^[0-9]+(ms|s|m|h|d)$" },
            { "type": "integer", "minimum": 0 },
        ] })
    }
}

impl JsonSchema for Moment {
    fn schema_name() -> Cow<'static, str> {
        "Moment".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date-time" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_time_are_read_and_others_refused() {
        let seconds = |text: &str| Lapse::parse(text).map(Lapse::seconds);
        assert_eq!(seconds("90s"), Some(90));
        assert_eq!(seconds("26h"), Some(93_600));
        assert_eq!(seconds("400d"), Some(34_560_000));
        assert_eq!(
            Lapse::parse("300ms").map(Lapse::duration),
            Some(Duration::from_millis(300))
        );
        for wrong in [
            "",
            "s",
            "10",
            "1.5h",
            "-3s",
            "3w",
            "10 m",
            "99999999999999999999s",
            "９s",
        ] {
            assert_eq!(Lapse::parse(wrong), None, "{wrong}");
        }
    }
}
