//! Who calls, by the certificate; never by what a message says.

use std::fmt;

use crate::network::types::InstitutionCode;

/// Who sent a message, by its client certificate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Caller {
    /// An institution: its atena and business systems.
    Institution(InstitutionCode),
    /// The resident-registry leg (住基ネット). [A: that it has a certificate of its own]
    Registry,
    /// MynaPortal, for the person. [A: that it has a certificate of its own]
    Portal,
}

impl Caller {
    /// What the resident-registry leg calls itself in a message.
    pub const REGISTRY: &'static str = "JUKI-NET";
    /// What MynaPortal calls itself in a message.
    pub const PORTAL: &'static str = "MYNA-PORTAL";

    /// The caller whom a certificate names so: an institution code, or one of the two names above.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            Self::REGISTRY => Some(Self::Registry),
            Self::PORTAL => Some(Self::Portal),
            _ => InstitutionCode::new(name).map(Self::Institution),
        }
    }

    /// The name that its messages must carry as their sender.
    pub fn name(&self) -> &str {
        match self {
            Self::Institution(code) => code.as_str(),
            Self::Registry => Self::REGISTRY,
            Self::Portal => Self::PORTAL,
        }
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
