//! Codes, from the request to the link: each rule refuses and its switch lets through; what a story of commands leaves.

use super::*;
use crate::network::{
    self, Command as Any, Reply,
    act::Act,
    connection::ConnectionState,
    provision,
    rules::{Rule, code as rule},
    testing::{ask, network, refused_by},
    types::{Key, MasterVersion, RequestId},
};

const IIDA: &str = "202053-M";
const EDUCATION: &str = "202053-E";
const SAPPORO: &str = "011002-M";

fn atena(text: &str) -> AtenaNumber {
    AtenaNumber::new(text).unwrap()
}

fn acquisition(number: u64) -> AcquisitionNumber {
    AcquisitionNumber::numbered(number)
}

fn person(place: u32) -> PersonId {
    PersonId::new(place).unwrap()
}

/// A network on which both offices of Iida are approved, and that counts the requests of a story.
struct Story {
    network: Network,
    seconds: u64,
    requests: u32,
}

impl Story {
    fn new() -> Self {
        let mut network = network();
        for institution in [IIDA, EDUCATION] {
            let institution = InstitutionCode::new(institution).unwrap();
            let from = [ConnectionState::NotApplied];
            network
                .connections
                .move_to(&institution, &from, ConnectionState::Approved)
                .unwrap();
        }
        Self {
            network,
            seconds: 0,
            requests: 0,
        }
    }

    fn tell(&mut self, caller: &str, command: Command) -> Result<Answer, Fault> {
        self.requests += 1;
        let id = RequestId::new(&format!("r-{}", self.requests)).unwrap();
        let reply: Reply = ask(
            &mut self.network,
            caller,
            id.as_str(),
            self.seconds,
            Any::Code(command),
        );
        let network::Answer::Code(answer) = reply? else {
            panic!("another domain answered")
        };
        Ok(answer)
    }

    /// Tells an entry alone, and gives the rule that refused it.
    fn refusal(&mut self, caller: &str, command: Command) -> Option<&'static str> {
        let answer = match self.tell(caller, command) {
            Ok(answer) => answer,
            Err(fault) => return fault.rule.map(|rule| rule.code),
        };
        let of = |fault: &Fault| fault.rule.unwrap().code;
        match answer {
            Answer::Register(entries)
            | Answer::Delete(entries)
            | Answer::Merge(entries)
            | Answer::GiveUp(entries)
            | Answer::Report { entries, state: _ }
            | Answer::Confirm { entries, totals: _ } => entries
                .iter()
                .find_map(|(_, done)| done.as_ref().err())
                .map(of),
            Answer::Request(entries) => entries
                .iter()
                .find_map(|(_, done)| done.as_ref().err())
                .map(of),
            Answer::Send(entries) => entries
                .iter()
                .find_map(|(_, done)| done.as_ref().err())
                .map(of),
            Answer::Notifications { .. } => None,
        }
    }

    fn done(&mut self, caller: &str, command: Command) {
        assert_eq!(self.refusal(caller, command), None);
    }

    fn register(&mut self, caller: &str, number: &str) {
        self.done(
            caller,
            Command::Register(vec![(atena(number), AtenaKind::Resident)]),
        );
    }

    /// Registers a number, asks for it, sends a person's resident code, and waits for the notification.
    fn notified(&mut self, caller: &str, number: &str, place: u32) -> AcquisitionNumber {
        self.register(caller, number);
        self.asked(caller, number, place)
    }

    fn asked(&mut self, caller: &str, number: &str, place: u32) -> AcquisitionNumber {
        let Ok(Answer::Request(issued)) = self.tell(caller, Command::Request(vec![atena(number)]))
        else {
            panic!()
        };
        let acquisition = issued[0].1.as_ref().unwrap().number.clone();
        self.done("JUKI-NET", self.resident(&acquisition, place));
        self.seconds += 60;
        acquisition
    }

    fn resident(&self, acquisition: &AcquisitionNumber, place: u32) -> Command {
        let population = self.network.population;
        let code = population.resident_code(person(place)).unwrap();
        Command::Send(vec![(acquisition.clone(), Sent::Code(code))])
    }

    fn code(&self, institution: &str, place: u32) -> LinkageCode {
        let institution = InstitutionCode::new(institution).unwrap();
        self.network.linkage_code(&institution, person(place))
    }

    fn report(
        &self,
        of: &str,
        acquisition: &AcquisitionNumber,
        number: &str,
        place: u32,
    ) -> Command {
        Command::Report(vec![Application {
            acquisition: acquisition.clone(),
            atena: atena(number),
            code: self.code(of, place),
        }])
    }

    fn confirm(&self, number: &str, place: u32) -> Command {
        Command::Confirm {
            links: vec![(atena(number), self.code(IIDA, place))],
            count: None,
        }
    }

    /// A number linked with a person, and confirmed.
    fn linked(&mut self, number: &str, place: u32) {
        let acquisition = self.notified(IIDA, number, place);
        self.done(IIDA, self.report(IIDA, &acquisition, number, place));
        self.done(IIDA, self.confirm(number, place));
    }

    /// Sapporo registers a copy of tanaka, whose taxes of 2026 it does not have.
    fn register_copy(&mut self) {
        let key = |text| Key::new(text).unwrap();
        let field = |name, value| provision::Filled {
            name: key(name),
            content: provision::Content::value(value),
        };
        let written = provision::Written {
            key: provision::CopyKey {
                atena: atena("SAPPORO-0000004"),
                item: key("TAX-INCOME"),
                year: Some(2026),
            },
            copy: provision::Copy {
                layout: MasterVersion::new("2026.04").unwrap(),
                original_at: "2026-10-01T09:00:00+09:00".parse().unwrap(),
                marks: provision::Marks::default(),
                rows: vec![provision::Row {
                    as_of: "2026-06-01".parse().unwrap(),
                    fields: vec![field("INCOME", "1"), field("TAX", "1")],
                }],
            },
        };
        let command = Any::Provision(provision::Command::Register(vec![written]));
        let reply = ask(&mut self.network, SAPPORO, "copy", self.seconds, command);
        assert!(reply.is_ok(), "{reply:?}");
    }

    fn off(&mut self, rule: &'static Rule) {
        self.network.set_rules_off(&[rule]);
    }

    fn has(&self, number: &str) -> Option<PersonId> {
        let institution = InstitutionCode::new(IIDA).unwrap();
        self.network.codes.person(&institution, &atena(number))
    }

    fn holds(&self) {
        assert_eq!(self.network.code_violations(), Vec::<String>::new());
    }
}

/// What leads up to a call, and the call itself.
type Case = (&'static Rule, fn(&mut Story) -> (&'static str, Command));

#[test]
fn each_rule_refuses_and_its_switch_lets_through() {
    let cases: &[Case] = &[
        (&BATCH_LIMIT, |story| {
            story.network.limits.batch = 1;
            let entry = |text| (atena(text), AtenaKind::Resident);
            (IIDA, Command::Register(vec![entry("A-1"), entry("A-2")]))
        }),
        (&rule::atena::REGISTERED_ONCE, |story| {
            story.register(IIDA, "A-1");
            let again = (atena("A-1"), AtenaKind::NonResident);
            (IIDA, Command::Register(vec![again]))
        }),
        (&rule::atena::REGISTERED, |_| {
            (IIDA, Command::Request(vec![atena("A-1")]))
        }),
        (&rule::atena::NOT_UNDER_WAY, |story| {
            story.notified(IIDA, "A-1", 1);
            (IIDA, Command::Delete(vec![atena("A-1")]))
        }),
        (&rule::atena::MERGE_OF_TWO, |story| {
            story.register(IIDA, "A-1");
            let [keep, merge] = [atena("A-1"), atena("A-1")];
            (IIDA, Command::Merge(vec![Merge { keep, merge }]))
        }),
        (&rule::atena::MERGE_OF_ONE_PERSON, |story| {
            story.linked("A-1", 1);
            story.linked("A-2", 2);
            let [keep, merge] = [atena("A-1"), atena("A-2")];
            (IIDA, Command::Merge(vec![Merge { keep, merge }]))
        }),
        (&rule::acquisition::NOT_LINKED_YET, |story| {
            story.linked("A-1", 1);
            (IIDA, Command::Request(vec![atena("A-1")]))
        }),
        (&rule::acquisition::ONE_ACQUISITION, |story| {
            story.notified(IIDA, "A-1", 1);
            (IIDA, Command::Request(vec![atena("A-1")]))
        }),
        (&rule::acquisition::ACQUISITION_KNOWN, |story| {
            ("JUKI-NET", story.resident(&acquisition(9), 1))
        }),
        (&rule::acquisition::ACQUISITION_IN_TIME, |story| {
            let acquisition = story.notified(IIDA, "A-1", 1);
            story.seconds += 8 * 24 * 60 * 60;
            (IIDA, story.report(IIDA, &acquisition, "A-1", 1))
        }),
        (&rule::acquisition::SENT_ONCE, |story| {
            let acquisition = story.notified(IIDA, "A-1", 1);
            ("JUKI-NET", story.resident(&acquisition, 2))
        }),
        (&rule::acquisition::RESIDENT_CODE_KNOWN, |story| {
            story.register(IIDA, "A-1");
            story.done(IIDA, Command::Request(vec![atena("A-1")]));
            let nobody = ResidentCode::new("00000000000").unwrap();
            let sent = vec![(acquisition(1), Sent::Code(nobody))];
            ("JUKI-NET", Command::Send(sent))
        }),
        (&rule::link::ACQUISITION_OWN, |story| {
            let acquisition = story.notified(IIDA, "A-1", 1);
            story.register(EDUCATION, "E-1");
            (EDUCATION, story.report(IIDA, &acquisition, "E-1", 1))
        }),
        (&rule::link::NOTIFIED_FIRST, |story| {
            story.register(IIDA, "A-1");
            story.done(IIDA, Command::Request(vec![atena("A-1")]));
            (IIDA, story.report(IIDA, &acquisition(1), "A-1", 1))
        }),
        (&rule::link::ATENA_OF_ACQUISITION, |story| {
            let acquisition = story.notified(IIDA, "A-1", 1);
            story.register(IIDA, "A-2");
            (IIDA, story.report(IIDA, &acquisition, "A-2", 1))
        }),
        (&rule::link::CODE_OF_INSTITUTION, |story| {
            let acquisition = story.notified(IIDA, "A-1", 1);
            (IIDA, story.report(EDUCATION, &acquisition, "A-1", 1))
        }),
        (&rule::link::CODE_AS_NOTIFIED, |story| {
            let acquisition = story.notified(IIDA, "A-1", 1);
            (IIDA, story.report(IIDA, &acquisition, "A-1", 2))
        }),
        (&rule::link::ONE_ATENA_A_PERSON, |story| {
            story.linked("A-1", 1);
            let acquisition = story.notified(IIDA, "A-2", 1);
            (IIDA, story.report(IIDA, &acquisition, "A-2", 1))
        }),
        (&rule::link::LINKED, |story| {
            story.notified(IIDA, "A-1", 1);
            (IIDA, story.confirm("A-1", 1))
        }),
        (&rule::link::LINK_AGREES, |story| {
            story.linked("A-1", 1);
            (IIDA, story.confirm("A-1", 2))
        }),
        (&rule::link::COUNT_AGREES, |story| {
            story.linked("A-1", 1);
            let links = vec![(atena("A-1"), story.code(IIDA, 1))];
            let count = Some(2);
            (IIDA, Command::Confirm { links, count })
        }),
        (&rule::link::NO_COPIES, |story| {
            story.register_copy();
            (SAPPORO, Command::Delete(vec![atena("SAPPORO-0000004")]))
        }),
    ];
    let listed = [
        rule::atena::RULES,
        rule::acquisition::RULES,
        rule::link::RULES,
    ]
    .concat();
    let tried: Vec<&Rule> = cases.iter().map(|(rule, _)| *rule).collect();
    assert_eq!(tried, listed);
    for (rule, story_of) in cases {
        let mut story = Story::new();
        let (caller, command) = story_of(&mut story);
        assert_eq!(
            story.refusal(caller, command.clone()),
            Some(rule.code),
            "{command:?}"
        );
        story.holds();
        story.off(rule);
        assert_eq!(story.refusal(caller, command), None, "{} off", rule.code);
    }
}

#[test]
fn a_link_is_there_only_once_it_is_confirmed() {
    let mut story = Story::new();
    let acquisition = story.notified(IIDA, "A-1", 1);
    story.done(IIDA, story.report(IIDA, &acquisition, "A-1", 1));
    assert_eq!(story.has("A-1"), None);
    story.done(IIDA, story.confirm("A-1", 1));
    assert_eq!(story.has("A-1"), Some(person(1)));
    let iida = InstitutionCode::new(IIDA).unwrap();
    assert_eq!(
        story.network.codes.atena(&iida, person(1)),
        Some(atena("A-1"))
    );
    story.holds();
}

#[test]
fn one_who_is_deleted_gets_the_same_code_again_and_one_who_was_given_up_another() {
    let mut story = Story::new();
    story.linked("A-1", 1);
    let first = story.code(IIDA, 1);
    story.done(IIDA, Command::Delete(vec![atena("A-1")]));
    assert_eq!(story.has("A-1"), None);
    story.linked("A-2", 1);
    assert_eq!(story.code(IIDA, 1), first);
    let link = (atena("A-2"), first.clone());
    story.done(IIDA, Command::GiveUp(vec![link]));
    let acquisition = story.asked(IIDA, "A-2", 1);
    assert_ne!(story.code(IIDA, 1), first);
    story.done(IIDA, story.report(IIDA, &acquisition, "A-2", 1));
    story.holds();
}

#[test]
fn a_merge_takes_the_link_over_and_forgets_what_was_asked() {
    let mut story = Story::new();
    story.linked("A-1", 1);
    story.notified(IIDA, "A-2", 1);
    let [keep, merge] = [atena("A-2"), atena("A-1")];
    story.done(IIDA, Command::Merge(vec![Merge { keep, merge }]));
    assert_eq!(story.has("A-2"), Some(person(1)));
    assert_eq!(story.has("A-1"), None);
    assert_eq!(story.network.codes.acquisition(&acquisition(2)), None);
    story.holds();
}

/// A disturbance of the first of two; then what is told after so many seconds: of which, and whether with a code.
type Disturbed = (Disturb, u64, &'static [(u64, bool)]);

#[test]
fn each_disturbance_is_of_the_notifications_that_come_next_and_of_no_more() {
    let outcomes =
        |story: &mut Story| match story.tell(IIDA, Command::Notifications { after: None }) {
            Ok(Answer::Notifications { page, more: 0 }) => page
                .iter()
                .map(|told| (told.acquisition.as_str().to_owned(), told.outcome.is_ok()))
                .collect::<Vec<(String, bool)>>(),
            other => panic!("{other:?}"),
        };
    let cases: &[Disturbed] = &[
        (Disturb::Late, 60, &[(2, true)]),
        (Disturb::Late, 3_660, &[(2, true), (1, true)]),
        (Disturb::Doubled, 60, &[(1, true), (1, true), (2, true)]),
        (Disturb::Failed, 60, &[(1, false), (2, true)]),
        (Disturb::OutOfOrder, 61, &[(2, true), (1, true)]),
    ];
    for (how, seconds, expected) in cases {
        let mut story = Story::new();
        story
            .network
            .operate(Act::DisturbNotifications {
                how: *how,
                times: 1,
            })
            .unwrap();
        for (number, place) in [("A-1", 1), ("A-2", 2)] {
            story.register(IIDA, number);
            story.done(IIDA, Command::Request(vec![atena(number)]));
            story.done(
                "JUKI-NET",
                story.resident(&acquisition(u64::from(place)), place),
            );
        }
        story.seconds = *seconds;
        let expected: Vec<(String, bool)> = expected
            .iter()
            .map(|(number, right)| (acquisition(*number).as_str().to_owned(), *right))
            .collect();
        assert_eq!(outcomes(&mut story), expected, "{how:?} {seconds}");
        story.holds();
    }
}

#[test]
fn a_changed_resident_code_leads_to_the_same_person_and_the_former_to_nobody() {
    let mut story = Story::new();
    let population = story.network.population;
    let former = population.resident_code(person(1)).unwrap();
    let new = population.resident_code_of_issue(person(1), 1).unwrap();
    assert_eq!(story.network.resident(&former), Some(person(1)));
    assert_eq!(story.network.resident(&new), None);
    let resident_code = former.as_str().to_owned();
    story
        .network
        .operate(Act::ChangeResidentCode { resident_code })
        .unwrap();
    assert_eq!(story.network.resident(&former), None);
    assert_eq!(story.network.resident(&new), Some(person(1)));
}

#[test]
fn an_institution_sees_its_own_notifications_behind_the_last_it_has() {
    let mut story = Story::new();
    story.network.limits.page = 2;
    for place in 1..=3 {
        story.notified(IIDA, &format!("A-{place}"), place);
        story.notified(EDUCATION, &format!("E-{place}"), place);
    }
    let mut page = |after: Option<u64>| {
        let after = after.map(NotificationNumber::numbered);
        match story.tell(IIDA, Command::Notifications { after }) {
            Ok(Answer::Notifications { page, more }) => {
                let numbers: Vec<String> =
                    page.iter().map(|told| told.number.to_string()).collect();
                (numbers.join(" "), more)
            }
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(page(None), ("NT-00000001 NT-00000003".to_owned(), 1));
    assert_eq!(page(Some(3)), ("NT-00000005".to_owned(), 0));
    assert_eq!(page(Some(5)), (String::new(), 0));
}

#[test]
fn a_refused_batch_leaves_nothing_and_a_refused_entry_leaves_the_others() {
    let mut story = Story::new();
    story.register(IIDA, "A-1");
    let numbers = ["A-1", "A-2", "A-3"].map(atena).to_vec();
    let Ok(Answer::Request(entries)) = story.tell(IIDA, Command::Request(numbers)) else {
        panic!()
    };
    let refused: Vec<bool> = entries.iter().map(|(_, done)| done.is_err()).collect();
    assert_eq!(refused, [false, true, true]);
    assert_eq!(
        refused_by(&Err(entries[1].1.clone().unwrap_err())),
        Some("R-COD-03")
    );
    story.holds();
}
