//! Code fetch and apply (符号取得・適用): atena numbers, acquisition numbers, the resident-registry leg, notifications
//! and links.
//!
//! One acquisition goes Requested → Sent → Notified → Applied → Confirmed \[A\]. Where many entries are sent at once, each
//! is judged by itself: one that is refused does not stop the others.

mod acquire;
mod atena;
mod link;
mod state;

use crate::network::{
    Context, Fault, Network,
    moment::Moment,
    population::PersonId,
    rules::{self, code::atena::BATCH_LIMIT},
    types::{
        AcquisitionNumber, AtenaNumber, InstitutionCode, LinkageCode, NotificationNumber,
        ResidentCode,
    },
};
pub(crate) use state::Codes;
pub use state::{AtenaKind, Failure, Totals};

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Register atena numbers.
    Register(Vec<(AtenaNumber, AtenaKind)>),
    /// Delete atena numbers.
    Delete(Vec<AtenaNumber>),
    /// Merge atena numbers of one person.
    Merge(Vec<Merge>),
    /// Issue acquisition numbers for atena numbers.
    Request(Vec<AtenaNumber>),
    /// The resident-registry leg: acquisition numbers with their persons' resident codes.
    Send(Vec<(AcquisitionNumber, Sent)>),
    /// The notifications behind one.
    Notifications {
        /// The last one that the institution has; none asks from the first.
        after: Option<NotificationNumber>,
    },
    /// Codes were applied.
    Report(Vec<Application>),
    /// Links as the institution has them, and how many in all.
    Confirm {
        /// The links.
        links: Vec<(AtenaNumber, LinkageCode)>,
        /// How many links the institution has in all, if it says.
        count: Option<u32>,
    },
    /// Links are wrong.
    GiveUp(Vec<(AtenaNumber, LinkageCode)>),
}

/// Two numbers of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// The number that stays.
    pub keep: AtenaNumber,
    /// The number that goes.
    pub merge: AtenaNumber,
}

/// What the resident-registry leg sends of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The resident code.
    Code(ResidentCode),
    /// The person has none.
    NoCode,
}

/// One code that was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// The acquisition number under which it was notified.
    pub acquisition: AcquisitionNumber,
    /// The atena number with which it was linked.
    pub atena: AtenaNumber,
    /// The code.
    pub code: LinkageCode,
}

/// What is answered. Each entry is done, or refused by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Registered.
    Register(Entries<AtenaNumber, ()>),
    /// Deleted.
    Delete(Entries<AtenaNumber, ()>),
    /// Merged; the entry names the number that goes.
    Merge(Entries<AtenaNumber, ()>),
    /// Issued.
    Request(Entries<AtenaNumber, Issued>),
    /// Taken from the resident-registry leg.
    Send(Entries<AcquisitionNumber, ()>),
    /// Notifications, oldest first.
    Notifications {
        /// One page of them.
        page: Vec<Notified>,
        /// How many more there are behind the page.
        more: usize,
    },
    /// Applied.
    Report {
        /// Each number.
        entries: Entries<AtenaNumber, ()>,
        /// Where the links stand now.
        state: LinkState,
    },
    /// Confirmed.
    Confirm {
        /// Each number.
        entries: Entries<AtenaNumber, ()>,
        /// What the network counts of the institution.
        totals: Totals,
    },
    /// Given up.
    GiveUp(Entries<AtenaNumber, ()>),
}

/// What became of each entry.
pub type Entries<K, T> = Vec<(K, Result<T, Fault>)>;

/// An acquisition number that was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issued {
    /// The number.
    pub number: AcquisitionNumber,
    /// Until when it can be used.
    pub expires_at: Moment,
}

/// One notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notified {
    /// Its place.
    pub number: NotificationNumber,
    /// The acquisition number that it answers.
    pub acquisition: AcquisitionNumber,
    /// When the core sent it.
    pub at: Moment,
    /// The code, or why there is none.
    pub outcome: Result<LinkageCode, Failure>,
}

/// Where a link stands. \[A\]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// The application was reported.
    Applied,
    /// The network agreed with it.
    Confirmed,
}

impl LinkState {
    /// The value in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Confirmed => "confirmed",
        }
    }
}

/// How the operator disturbs the notifications that come next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Disturbance {
    /// In which way.
    pub(crate) how: Disturb,
    /// How many are still to be disturbed.
    pub(crate) times: u32,
}

/// A way in which notifications go wrong.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Disturb {
    /// They come an hour later.
    Late,
    /// They come twice.
    Doubled,
    /// The last is told first.
    OutOfOrder,
    /// The core system fails to make the code.
    Failed,
}

impl Command {
    /// Whether it changes anything: a retry of it then has one effect.
    pub(super) fn changes(&self) -> bool {
        match self {
            Self::Register(_)
            | Self::Delete(_)
            | Self::Merge(_)
            | Self::Request(_)
            | Self::Send(_)
            | Self::Report(_)
            | Self::Confirm { .. }
            | Self::GiveUp(_) => true,
            Self::Notifications { .. } => false,
        }
    }

    /// Whether it comes on the resident-registry leg.
    pub(super) fn is_registry(&self) -> bool {
        matches!(self, Self::Send(_))
    }

    /// How many entries it holds.
    fn len(&self) -> usize {
        match self {
            Self::Register(entries) => entries.len(),
            Self::Delete(entries) | Self::Request(entries) => entries.len(),
            Self::Merge(entries) => entries.len(),
            Self::Send(entries) => entries.len(),
            Self::Notifications { .. } => 0,
            Self::Report(entries) => entries.len(),
            Self::Confirm { links, count: _ } => links.len(),
            Self::GiveUp(entries) => entries.len(),
        }
    }
}

impl Network {
    pub(super) fn code(&mut self, context: &Context, command: Command) -> Result<Answer, Fault> {
        self.within_limit(&BATCH_LIMIT, command.len())?;
        let of = &context.institution;
        Ok(match command {
            Command::Register(entries) => Answer::Register(each(entries, |(number, kind)| {
                (number.clone(), self.register_atena(of, &number, kind))
            })),
            Command::Delete(entries) => Answer::Delete(each(entries, |number| {
                let done = self.delete_atena(context, &number);
                (number, done)
            })),
            Command::Merge(entries) => Answer::Merge(each(entries, |entry| {
                let done = self.merge_atena(of, &entry);
                (entry.merge, done)
            })),
            Command::Request(entries) => Answer::Request(each(entries, |number| {
                let issued = self.request_acquisition(context, &number);
                (number, issued)
            })),
            Command::Send(entries) => Answer::Send(each(entries, |(number, sent)| {
                let taken = self.send_resident_code(context, &number, &sent);
                (number, taken)
            })),
            Command::Notifications { after } => self.code_notifications(of, after.as_ref()),
            Command::Report(entries) => self.report_applications(context, entries),
            Command::Confirm { links, count } => self.confirm_links(of, links, count)?,
            Command::GiveUp(entries) => Answer::GiveUp(each(entries, |(number, code)| {
                let done = self.give_up_link(of, &number, &code);
                (number, done)
            })),
        })
    }

    /// A person's code at an institution, in its present issue.
    pub(crate) fn linkage_code(
        &self,
        institution: &InstitutionCode,
        person: PersonId,
    ) -> LinkageCode {
        let issue = self.codes.issue(institution, person);
        self.population.linkage_code(person, institution, issue)
    }

    /// Whose resident code this is now.
    pub(crate) fn resident(&self, code: &ResidentCode) -> Option<PersonId> {
        let (person, issue) = self.population.person_and_issue(code)?;
        (self.codes.resident_issue(person) == issue).then_some(person)
    }

    /// Does what became due: tells an institution what became of an acquisition.
    pub(super) fn notify_institution(&mut self, at: Moment, number: &AcquisitionNumber) {
        self.codes.deliver(at, number);
    }

    /// What does not hold of codes: those of one person differ between institutions, and one institution has one code a
    /// person.
    pub(super) fn code_violations(&self) -> Vec<String> {
        let mut wrong = self.codes.violations();
        let mut seen = std::collections::BTreeMap::new();
        for (institution, person) in self.codes.links() {
            let code = self.linkage_code(institution, person);
            if let Some(other) = seen.insert(code, (institution, person)) {
                wrong.push(format!(
                    "{institution} has the code of a person that stands for another at {}",
                    other.0
                ));
            }
        }
        wrong
    }
}

/// Does each entry by itself.
fn each<E, K, T>(entries: Vec<E>, act: impl FnMut(E) -> (K, Result<T, Fault>)) -> Entries<K, T> {
    entries.into_iter().map(act).collect()
}

/// A refusal about an atena number.
fn about_atena(number: &AtenaNumber) -> crate::text::Text {
    rules::about("団体内統合宛名番号", "atena number", number)
}

/// A refusal about an acquisition number.
fn about_acquisition(number: &AcquisitionNumber) -> crate::text::Text {
    rules::about("処理通番", "acquisition number", number)
}

#[cfg(test)]
mod tests;
