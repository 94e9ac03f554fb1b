//! The information-provision network as a pure state machine: no clock, no I/O, no randomness.
//!
//! [`Network::apply`] is total: a refusal is a reply. Each domain is a file with its commands, its answers and its part
//! of the state. Deliberately absent: names of messages on the wire, sockets, time.

pub mod act;
pub mod caller;
pub mod code;
pub mod connection;
pub mod connectivity;
pub mod form;
pub mod inquiry;
pub mod invariants;
pub mod lies;
pub mod limits;
pub mod master;
pub mod moment;
pub mod peers;
pub mod population;
pub mod portal;
#[cfg(test)]
mod properties;
pub mod provision;
pub mod record;
mod request;
pub mod rules;
mod schedule;
mod summary;
pub mod types;
mod written;

use std::collections::BTreeSet;

use crate::network::{
    caller::Caller,
    code::Codes,
    connection::{ConnectionState, Connections},
    connectivity::Connectivity,
    form::Found,
    inquiry::Inquiries,
    lies::Lie,
    limits::Limits,
    master::Masters,
    moment::Moment,
    peers::Peers,
    population::Population,
    provision::Copies,
    record::Records,
    request::{Content, RequestKey, Requests},
    rules::{FaultCode, Retry, Rule},
    schedule::{Due, Schedule},
    types::{InstitutionCode, RequestId},
};
use crate::text::Text;

/// What the network looks like at its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    /// The time at which the network begins.
    pub epoch: Moment,
    /// From which linkage codes, and what is known of people nobody named, are derived.
    pub seed: u64,
}

/// One message, as it arrived: when, from whom by the certificate, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The world's time.
    pub at: Moment,
    /// Who calls, by the client certificate; never taken from the message.
    pub caller: Caller,
    /// What the message says of its sender.
    pub sender: Sender,
    /// What is asked.
    pub command: Command,
    /// What the message holds that none may.
    pub found: Found,
}

/// The sender as the message names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// Ties the message to its retries.
    pub request_id: RequestId,
    /// The institution code that the message claims.
    pub institution: InstitutionCode,
}

/// What can be asked of the network, by domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The connection application.
    Connection(connection::Command),
    /// Masters.
    Master(master::Command),
    /// Atena numbers and codes.
    Code(code::Command),
    /// The connectivity check.
    Connectivity(connectivity::Command),
    /// Inquiries.
    Inquiry(inquiry::Command),
    /// Provision.
    Provision(provision::Command),
    /// Exchange records.
    Record(record::Command),
    /// MynaPortal.
    Portal(portal::Command),
}

impl Command {
    /// Whether it may change anything. What changes something has one effect, however often it is sent.
    fn changes(&self) -> bool {
        match self {
            Self::Connection(command) => command.changes(),
            Self::Master(command) => command.changes(),
            Self::Code(command) => command.changes(),
            Self::Connectivity(_) => false,
            Self::Inquiry(command) => command.changes(),
            Self::Provision(command) => command.changes(),
            Self::Record(command) => command.changes(),
            Self::Portal(command) => command.changes(),
        }
    }

    /// Who may ask it.
    fn audience(&self) -> Audience {
        match self {
            Self::Code(command) if command.is_registry() => Audience::Registry,
            Self::Connection(_)
            | Self::Master(_)
            | Self::Code(_)
            | Self::Connectivity(_)
            | Self::Inquiry(_)
            | Self::Provision(_)
            | Self::Record(_) => Audience::Institutions,
            Self::Portal(_) => Audience::Portal,
        }
    }
}

/// For whom an endpoint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Institutions.
    Institutions,
    /// The resident-registry leg alone.
    Registry,
    /// MynaPortal alone.
    Portal,
}

/// What the network answers when it does not refuse, by domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The connection application.
    Connection(connection::Answer),
    /// Masters.
    Master(master::Answer),
    /// Atena numbers and codes.
    Code(code::Answer),
    /// The connectivity check.
    Connectivity(connectivity::Answer),
    /// Inquiries.
    Inquiry(inquiry::Answer),
    /// Provision.
    Provision(provision::Answer),
    /// Exchange records.
    Record(record::Answer),
    /// MynaPortal.
    Portal(portal::Answer),
}

/// A refusal: which rule or form fault, in both languages, and whether a retry can help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The fault code of the contract.
    pub code: &'static FaultCode,
    /// The rule that was broken; none where the form was.
    pub rule: Option<&'static Rule>,
    /// What happened, with the value that it is about.
    pub text: Text,
    /// Whether sending again can help.
    pub retry: Retry,
}

/// The network's reply to one input.
pub type Reply = Result<Answer, Fault>;

/// Who asks, and when: what every domain needs of an input.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    /// The world's time.
    pub(crate) at: Moment,
    /// Who calls.
    pub(crate) caller: Caller,
    /// The institution that calls; for the registry leg and MynaPortal their own names.
    pub(crate) institution: InstitutionCode,
    /// The request by caller and id.
    pub(crate) request: RequestKey,
}

/// The whole state of one network. Cloning it is cheap: its maps share what did not change.
#[derive(Clone, Debug)]
pub struct Network {
    population: Population,
    connections: Connections,
    masters: Masters,
    codes: Codes,
    connectivity: Connectivity,
    inquiries: Inquiries,
    copies: Copies,
    records: Records,
    requests: Requests,
    peers: Peers,
    schedule: Schedule,
    limits: Limits,
    rules_off: BTreeSet<&'static str>,
    lie: Option<Lie>,
}

impl Network {
    /// A network with its institutions and masters as they stand at the epoch.
    pub fn new(setup: Setup) -> Self {
        Self {
            population: Population::new(setup.seed),
            connections: Connections::genesis(),
            masters: Masters::genesis(),
            codes: Codes::genesis(),
            connectivity: Connectivity::default(),
            inquiries: Inquiries::default(),
            copies: Copies::default(),
            records: Records::default(),
            requests: Requests::default(),
            peers: Peers::default(),
            schedule: Schedule::new(setup.epoch),
            limits: Limits::genesis(),
            rules_off: BTreeSet::new(),
            lie: None,
        }
    }

    /// Switches exactly these rules off.
    pub fn set_rules_off(&mut self, off: &[&'static Rule]) {
        self.rules_off = off.iter().map(|rule| rule.code).collect();
    }

    /// Lets the network lie in one way from now on, or be honest again.
    pub fn set_lie(&mut self, lie: Option<Lie>) {
        self.lie = lie;
    }

    /// Answers one message, after what was due before it. Time never goes back: an earlier `at` counts as the latest.
    pub fn apply(&mut self, input: Input) -> Reply {
        let Input {
            at,
            caller,
            sender,
            command,
            found,
        } = input;
        let at = self.advance_to(at);
        let institution = self.admit(&caller, &sender, &command)?;
        self.well_formed(&found, &command)?;
        let request = RequestKey::new(&caller, &sender.request_id);
        let content = command.changes().then(|| Content::of(&command));
        if let Some(content) = content
            && let Some(reply) = self.answered_before(request, content)?
        {
            return reply;
        }
        let context = Context {
            at,
            caller,
            institution,
            request,
        };
        let reply = self
            .connected(&context, &command)
            .and_then(|()| self.at_the_gate(at, &command))
            .and_then(|()| self.answer(&context, command));
        if let Some(content) = content {
            self.remember(at, request, content, &reply);
        }
        reply
    }

    /// What the domain answers.
    fn answer(&mut self, context: &Context, command: Command) -> Reply {
        match command {
            Command::Connection(command) => {
                self.connection(context, command).map(Answer::Connection)
            }
            Command::Master(command) => self.master(context, command).map(Answer::Master),
            Command::Code(command) => self.code(context, command).map(Answer::Code),
            Command::Connectivity(command) => self
                .connectivity(context, command)
                .map(Answer::Connectivity),
            Command::Inquiry(command) => self.inquiry(context, command).map(Answer::Inquiry),
            Command::Provision(command) => self.provision(context, command).map(Answer::Provision),
            Command::Record(command) => self.record(context, command).map(Answer::Record),
            Command::Portal(command) => self.portal(context, command).map(Answer::Portal),
        }
    }

    /// Runs what is due at or before a time, in order, and gives the time that it is then.
    pub fn advance_to(&mut self, at: Moment) -> Moment {
        while let Some((moment, due)) = self.schedule.next_due(at) {
            match due {
                Due::Notify(number) => self.notify_institution(moment, &number),
                Due::Inquiry(step, receipt) => self.inquiry_step(moment, step, &receipt),
                Due::PeerAsks(number) => self.peer_asks(moment, number),
                Due::PeerDecides(receipt) => self.peer_decides(moment, &receipt),
            }
        }
        let at = self.schedule.reach(at);
        self.requests.age(at);
        self.records.age(at);
        at
    }

    /// The rules of the caller.
    fn admit(
        &self,
        caller: &Caller,
        sender: &Sender,
        command: &Command,
    ) -> Result<InstitutionCode, Fault> {
        let institution = match caller {
            Caller::Institution(code) => code.clone(),
            Caller::Registry | Caller::Portal => sender.institution.clone(),
        };
        let is_institution = matches!(caller, Caller::Institution(_));
        self.enforce(
            &rules::caller::CALLER_KNOWN,
            is_institution && !self.connections.knows(&institution),
            || rules::about("機関コード", "institution code", caller),
        )?;
        self.enforce(
            &rules::caller::SENDER_IS_CALLER,
            sender.institution.as_str() != caller.name(),
            || rules::about("機関コード", "institution code", &sender.institution),
        )?;
        self.enforce(
            &rules::caller::NO_TEST_CERTIFICATE,
            self.limits.production,
            || rules::about("証明書の機関", "certificate of", caller),
        )?;
        self.enforce(
            &rules::caller::NOT_ABOLISHED,
            is_institution && self.connections.is_abolished(&institution),
            || self.about_successor(&institution),
        )?;
        let expected = match caller {
            Caller::Institution(_) => Audience::Institutions,
            Caller::Registry => Audience::Registry,
            Caller::Portal => Audience::Portal,
        };
        self.enforce(
            &rules::caller::ENDPOINT_FOR_CALLER,
            command.audience() != expected,
            || rules::about("送信者", "caller", caller),
        )?;
        Ok(institution)
    }

    /// The institution's connection is approved, where that is needed.
    fn connected(&self, context: &Context, command: &Command) -> Result<(), Fault> {
        let is_institution = matches!(context.caller, Caller::Institution(_));
        let always = matches!(command, Command::Connection(_));
        let institution = &context.institution;
        let state = self.connections.state(institution);
        let needs = is_institution && !always;
        self.enforce(
            &rules::connection::NOT_SUSPENDED,
            needs && self.connections.is_suspended(institution),
            || rules::about("機関コード", "institution code", institution),
        )?;
        let passed = self.connections.is_approved(institution)
            || matches!(
                state,
                ConnectionState::Suspended | ConnectionState::Abolished
            );
        self.enforce(
            &rules::connection::CONNECTION_APPROVED,
            needs && !passed,
            || {
                Text::new(
                    format!("機関コード: {institution}、状況: {}", state.ja()),
                    format!("institution code: {institution}, state: {}", state.as_str()),
                )
            },
        )?;
        Ok(())
    }

    /// The network is open, where that is needed.
    fn at_the_gate(&self, at: Moment, command: &Command) -> Result<(), Fault> {
        match command {
            // A refused inquiry leaves a record, so its domain looks itself.
            Command::Connection(_)
            | Command::Connectivity(_)
            | Command::Inquiry(inquiry::Command::Submit(_) | inquiry::Command::SubmitBatch(_)) => {
                Ok(())
            }
            Command::Master(_)
            | Command::Code(_)
            | Command::Inquiry(_)
            | Command::Provision(_)
            | Command::Record(_)
            | Command::Portal(_) => self.open(at),
        }
    }

    /// Refuses where a rule that is on is broken.
    pub(crate) fn enforce(
        &self,
        rule: &'static Rule,
        broken: bool,
        about: impl FnOnce() -> Text,
    ) -> Result<(), Fault> {
        if broken && !self.rules_off.contains(rule.code) {
            return Err(rule.fault(&about()));
        }
        Ok(())
    }

    /// That a message holds no more entries than the limit, by the rule of its domain.
    fn within_limit(&self, rule: &'static Rule, sent: usize) -> Result<(), Fault> {
        let limit = self.limits.batch;
        self.enforce(rule, sent > limit, || {
            Text::new(
                format!("上限: {limit}件、送信: {sent}件"),
                format!("limit: {limit}, sent: {sent}"),
            )
        })
    }

    /// Whether the network tells this lie.
    pub(crate) fn lies(&self, lie: Lie) -> bool {
        self.lie == Some(lie)
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! What the tests of every domain need.

    use super::*;

    /// When the networks of tests begin.
    pub(crate) fn epoch() -> Moment {
        "2026-11-02T09:00:00+09:00".parse().unwrap()
    }

    /// A new network.
    pub(crate) fn network() -> Network {
        Network::new(Setup {
            epoch: epoch(),
            seed: 1,
        })
    }

    /// Asks as the caller of this name, honestly, some seconds after the epoch.
    pub(crate) fn ask(
        network: &mut Network,
        caller: &str,
        request: &str,
        seconds: u64,
        command: Command,
    ) -> Reply {
        ask_as(network, caller, caller, request, seconds, command)
    }

    /// Asks with the certificate of one and in the name of another.
    pub(crate) fn ask_as(
        network: &mut Network,
        caller: &str,
        claimed: &str,
        request: &str,
        seconds: u64,
        command: Command,
    ) -> Reply {
        network.apply(Input {
            at: epoch().plus(seconds).unwrap(),
            caller: Caller::named(caller).unwrap(),
            sender: Sender {
                request_id: RequestId::new(request).unwrap(),
                institution: InstitutionCode::new(claimed).unwrap(),
            },
            command,
            found: Found::default(),
        })
    }

    /// The code of the rule that refused.
    pub(crate) fn refused_by(reply: &Reply) -> Option<&'static str> {
        reply
            .as_ref()
            .err()
            .and_then(|fault| fault.rule)
            .map(|rule| rule.code)
    }
}

#[cfg(test)]
mod tests {
    use super::{testing::*, *};

    #[test]
    fn a_number_that_is_claimed_as_an_institution_is_not_repeated() {
        // As long as a resident code; an individual number does not fit into an institution code.
        let claimed = "30000-000015";
        let list = Command::Master(master::Command::List);
        let fault = ask_as(&mut network(), "202053-M", claimed, "r-1", 0, list).unwrap_err();
        assert_eq!(fault.rule, Some(&rules::caller::SENDER_IS_CALLER));
        assert!(fault.text.ja.contains("***") && fault.text.en.contains("***"));
        assert!(!format!("{fault:?}").contains(claimed));
    }

    #[test]
    fn each_rule_of_the_caller_refuses_and_its_switch_lets_through() {
        let cases = [
            ("999999-M", "999999-M", &rules::caller::CALLER_KNOWN),
            ("011002-M", "202053-M", &rules::caller::SENDER_IS_CALLER),
            ("JUKI-NET", "JUKI-NET", &rules::caller::ENDPOINT_FOR_CALLER),
            (
                "202053-M",
                "202053-M",
                &rules::connection::CONNECTION_APPROVED,
            ),
        ];
        for (caller, claimed, rule) in cases {
            let command = || Command::Master(master::Command::List);
            let mut network = network();
            let reply = ask_as(&mut network, caller, claimed, "r-1", 0, command());
            assert_eq!(refused_by(&reply), Some(rule.code));
            network.set_rules_off(&[rule]);
            let reply = ask_as(&mut network, caller, claimed, "r-2", 0, command());
            assert_ne!(refused_by(&reply), Some(rule.code));
        }
    }
}
