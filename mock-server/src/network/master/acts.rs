//! What the operator does with masters.

use jiff::civil::Date;

use crate::network::{
    Network,
    act::{ActRefused, refused},
    master::{Impossible, MasterKind},
    types::MasterVersion,
};

impl Network {
    /// Publishes a version of one kind, or of all.
    pub(in crate::network) fn publish_master(
        &mut self,
        kind: Option<&str>,
        version: &str,
        effective_from: &str,
    ) -> Result<(), ActRefused> {
        let kinds = kinds(kind)?;
        let named = version_named(version)?;
        let first: Date = effective_from.parse().map_err(|_| {
            refused(
                format!("施行日「{effective_from}」の形式が誤っています。"),
                format!("'{effective_from}' is no date"),
            )
        })?;
        let now = self.schedule.now();
        let mut masters = self.masters.clone();
        for kind in kinds {
            masters
                .publish(kind, &named, first, now)
                .map_err(|why| impossible(why, kind, version))?;
        }
        self.masters = masters;
        Ok(())
    }

    /// Takes a version of one kind back, or of all.
    pub(in crate::network) fn withdraw_master(
        &mut self,
        kind: Option<&str>,
        version: &str,
    ) -> Result<(), ActRefused> {
        let kinds = kinds(kind)?;
        let named = version_named(version)?;
        let now = self.schedule.now();
        let mut masters = self.masters.clone();
        for kind in kinds {
            masters
                .withdraw(kind, &named, now)
                .map_err(|why| impossible(why, kind, version))?;
        }
        self.masters = masters;
        Ok(())
    }
}

fn kinds(kind: Option<&str>) -> Result<Vec<MasterKind>, ActRefused> {
    let Some(name) = kind else {
        return Ok(MasterKind::ALL.to_vec());
    };
    MasterKind::named(name)
        .map(|kind| vec![kind])
        .ok_or_else(|| {
            refused(
                format!("マスターの種別「{name}」はありません。"),
                format!("there is no kind of master '{name}': {}", MasterKind::FORM),
            )
        })
}

fn version_named(version: &str) -> Result<MasterVersion, ActRefused> {
    MasterVersion::new(version).ok_or_else(|| {
        refused(
            format!(
                "版「{version}」の形式が誤っています（{}）。",
                MasterVersion::FORM
            ),
            format!("'{version}' is no version ({})", MasterVersion::FORM),
        )
    })
}

fn impossible(why: Impossible, kind: MasterKind, version: &str) -> ActRefused {
    let (ja, en) = match why {
        Impossible::NotNewer => (
            "同じ版又はより新しい版が公開されています",
            "this version or a later one is published",
        ),
        Impossible::TooEarly => (
            "施行日は、翌日以降かつ直前の版の施行日より後でなければなりません",
            "its first day must be after today and after that of the version before",
        ),
        Impossible::Unknown => (
            "この版は公開されていないか、取り下げられています",
            "it is not published, or was withdrawn",
        ),
        Impossible::LastOne => (
            "これを取り下げると有効な版がなくなります",
            "without it no version would be in force",
        ),
    };
    refused(
        format!("{}マスターの版「{version}」: {ja}。", kind.ja()),
        format!("{} {version}: {en}", kind.as_str()),
    )
}
