//! The values that travel: each has one form, checked once, where it is made.

use std::{borrow::Borrow, fmt, sync::Arc};

/// Declares a text of one form. It is cheap to clone, and is never confused with another.
macro_rules! text_type {
    ($(#[$doc:meta])* $name:ident, $form:literal, $right:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The form, as a fault names it.
            pub const FORM: &'static str = $form;

            /// Takes a text of the right form.
            pub fn new(text: &str) -> Option<Self> {
                let right: fn(&str) -> bool = $right;
                right(text).then(|| Self(text.into()))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

text_type!(
    /// Ties a message to its retries. \[A\]
    RequestId, "A-Z a-z 0-9 . _ -, 1–64",
    |text| (1..=64).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
);
text_type!(
    /// Names an institution: the mayor's office and the board of education of one municipality are two. [A on the form]
    InstitutionCode, "A-Z 0-9 -, 3–12, 202053-M",
    |text| text.len() <= 12
        && text.split_once('-').is_some_and(|(place, office)| {
            [place, office].iter().all(|part| {
                !part.is_empty() && part.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
            })
        })
);
text_type!(
    /// An institution's own number of a person (団体内統合宛名番号). [A on the form]
    AtenaNumber, "A-Z a-z 0-9 -, 1–20",
    |text| (1..=20).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
);
text_type!(
    /// A person's code at one institution (機関別符号). [A on the form]
    LinkageCode, "C- and five groups x0000",
    |text| text.strip_prefix("C-").is_some_and(|rest| {
        rest.split('-').count() == 5
            && rest.split('-').all(|group| {
                group.len() == 5
                    && group.strip_prefix('x').is_some_and(|hex| {
                        hex.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
                    })
            })
    })
);
text_type!(
    /// Ties a code request to its answer (処理通番, 符号取得). [L: erased once its purpose is served; A on the form]
    AcquisitionNumber, "AQ-00000000",
    |text| numbered(text, "AQ-")
);
text_type!(
    /// A notification's place among all; an institution names the last one that it has. \[A\]
    NotificationNumber, "NT-00000000",
    |text| numbered(text, "NT-")
);
text_type!(
    /// Ties an inquiry to its answer (処理通番, 照会). [A on the form]
    ReceiptNumber, "RC-00000000",
    |text| numbered(text, "RC-")
);
text_type!(
    /// Ties a batch of inquiries to what became of them. [A on the form]
    BatchNumber, "BT-00000000",
    |text| numbered(text, "BT-")
);
text_type!(
    /// A person in the resident registry (住民票コード): 11 digits, of which the last checks the others.
    /// [A on the check: the registry leg alone looks at it]
    ResidentCode, "11 digits",
    |text| text.len() == 11 && text.chars().all(|c| c.is_ascii_digit())
);
text_type!(
    /// A person as MynaPortal names one: neither an individual number nor a resident code, and no institution's. \[A\]
    PortalPerson, "PP- and three groups x0000",
    |text| text.strip_prefix("PP-").is_some_and(|rest| {
        rest.split('-').count() == 3
            && rest.split('-').all(|group| {
                group.len() == 5
                    && group.strip_prefix('x').is_some_and(|hex| {
                        hex.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
                    })
            })
    })
);
text_type!(
    /// A version of a master: `YYYY.MM`, later ones greater. \[A\]
    MasterVersion, "YYYY.MM",
    |text| text.len() == 7
        && text.split_once('.').is_some_and(|(year, month)| {
            year.len() == 4 && [year, month].iter().all(|part| part.chars().all(|c| c.is_ascii_digit()))
        })
);
text_type!(
    /// SHA-256 over the entries of a master or the fields of a copy.
    Digest, "sha256: and 64 hexadecimal digits",
    |text| text.strip_prefix("sha256:").is_some_and(|hex| {
        hex.len() == 64 && hex.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
    })
);
text_type!(
    /// The key of a master's entry: of one part, or of several with strokes between them. [A on the form]
    EntryKey, "A-Z 0-9 - /, 1–80",
    |text| (1..=80).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || matches!(c, '-' | '/'))
);
text_type!(
    /// Where the next page of a master begins; only the network makes one. \[A\]
    PageToken, "A-Z a-z 0-9 . -, 1–40",
    |text| (1..=40).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
);
text_type!(
    /// A key of a master: a task, a procedure, an item, a field. [A on the form]
    Key, "A-Z 0-9 -, 1–40",
    |text| (1..=40).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-')
);

fn numbered(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|digits| digits.len() == 8 && digits.chars().all(|c| c.is_ascii_digit()))
}

/// The number after its prefix.
fn number(text: &str) -> u64 {
    text.get(3..)
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(0)
}

impl AcquisitionNumber {
    /// The one with this place in the network's count; it tells nothing of the person.
    pub fn numbered(number: u64) -> Self {
        Self(format!("AQ-{:08}", number % 100_000_000).into())
    }

    /// Its place in the network's count.
    pub fn number(&self) -> u64 {
        number(&self.0)
    }
}

impl NotificationNumber {
    /// The one with this place in the network's count.
    pub fn numbered(number: u64) -> Self {
        Self(format!("NT-{:08}", number % 100_000_000).into())
    }
}

impl ReceiptNumber {
    /// The one with this place in the network's count.
    pub fn numbered(number: u64) -> Self {
        Self(format!("RC-{:08}", number % 100_000_000).into())
    }

    /// Its place in the network's count.
    pub fn number(&self) -> u64 {
        number(&self.0)
    }
}

impl BatchNumber {
    /// The one with this place in the network's count.
    pub fn numbered(number: u64) -> Self {
        Self(format!("BT-{:08}", number % 100_000_000).into())
    }

    /// Its place in the network's count.
    pub fn number(&self) -> u64 {
        number(&self.0)
    }
}

impl LinkageCode {
    /// From the first ten bytes of a keyed hash.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let groups: Vec<String> = bytes
            .chunks_exact(2)
            .take(5)
            .map(|pair| {
                pair.iter().fold(String::from("x"), |group, byte| {
                    group + &format!("{byte:02x}")
                })
            })
            .collect();
        Self(format!("C-{}", groups.join("-")).into())
    }
}

impl PortalPerson {
    /// From three groups of 16 bits.
    pub fn from_groups(groups: [u16; 3]) -> Self {
        let [first, second, third] = groups;
        Self(format!("PP-x{first:04x}-x{second:04x}-x{third:04x}").into())
    }

    /// Its three groups.
    pub fn groups(&self) -> Option<[u16; 3]> {
        let mut groups = self
            .0
            .strip_prefix("PP-")?
            .split('-')
            .map(|group| u16::from_str_radix(group.strip_prefix('x')?, 16).ok());
        Some([groups.next()??, groups.next()??, groups.next()??])
    }
}

impl Digest {
    /// From the bytes of a hash.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let hex = bytes
            .iter()
            .fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        Self(format!("sha256:{hex}").into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_takes_what_is_right_and_nothing_else() {
        assert!(InstitutionCode::new("202053-M").is_some());
        assert!(InstitutionCode::new("202053M").is_none());
        assert!(AtenaNumber::new("").is_none());
        assert!(AtenaNumber::new("IIDA-0001").is_some());
        assert!(ResidentCode::new("1234567890").is_none());
        assert!(MasterVersion::new("2026.04").is_some());
        assert!(MasterVersion::new("2026-04").is_none());
        assert_eq!(ReceiptNumber::numbered(12).as_str(), "RC-00000012");
        assert_eq!(ReceiptNumber::numbered(12).number(), 12);
        let code = LinkageCode::from_bytes(&[0x12; 10]);
        assert_eq!(LinkageCode::new(code.as_str()), Some(code));
    }
}
