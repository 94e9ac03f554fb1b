//! Tests of what is derived, what is stored over it, and what must hold of both.

use super::*;

fn institution(code: &str) -> InstitutionCode {
    InstitutionCode::new(code).unwrap()
}

fn number(text: &str) -> AtenaNumber {
    AtenaNumber::new(text).unwrap()
}

#[test]
fn a_peer_has_everyone_under_a_number_of_its_own_and_iida_nobody() {
    let codes = Codes::genesis();
    let person = PersonId::new(7).unwrap();
    let cases = [
        ("011002-M", Some("SAPPORO-0000007")),
        ("011002-E", Some("SAPPORO-E-0000007")),
        ("202029-M", Some("MATSUMOTO-0000007")),
        ("MIN-0001", Some("MIN-0000007")),
        ("INS-0001", Some("INS-0000007")),
        ("202053-M", None),
        ("202053-E", None),
    ];
    for (code, expected) in cases {
        let expected = expected.map(number);
        assert_eq!(codes.atena(&institution(code), person), expected, "{code}");
        if let Some(number) = expected {
            assert_eq!(codes.person(&institution(code), &number), Some(person));
        }
    }
    for wrong in [
        "SAPPORO-0000000",
        "SAPPORO-1000001",
        "SAPPORO-7",
        "IIDA-0001",
    ] {
        assert_eq!(codes.person(&institution("011002-M"), &number(wrong)), None);
    }
    assert_eq!(codes.violations(), Vec::<String>::new());
}

#[test]
fn what_a_peer_deletes_is_gone_and_what_it_registers_again_is_new() {
    let mut codes = Codes::genesis();
    let sapporo = institution("011002-M");
    let seven = number("SAPPORO-0000007");
    codes.put(&sapporo, &seven, None);
    assert_eq!(codes.person(&sapporo, &seven), None);
    assert_eq!(codes.atena(&sapporo, PersonId::new(7).unwrap()), None);
    assert_eq!(codes.totals(&sapporo).linked, SIZE - 1);
    assert_eq!(codes.violations(), Vec::<String>::new());
    let registered = Atena {
        kind: AtenaKind::NonResident,
        link: None,
        acquisition: None,
    };
    codes.put(&sapporo, &seven, Some(registered));
    assert_eq!(codes.person(&sapporo, &seven), None);
    assert_eq!(codes.totals(&sapporo).non_residents, 1);
    assert_eq!(codes.violations(), Vec::<String>::new());
}

#[test]
fn a_person_under_two_numbers_is_a_violation() {
    let mut codes = Codes::genesis();
    let iida = institution("202053-M");
    for text in ["IIDA-0001", "IIDA-0002"] {
        let link = Link {
            person: PersonId::new(1).unwrap(),
            confirmed: true,
        };
        let atena = Atena {
            kind: AtenaKind::Resident,
            link: Some(link),
            acquisition: None,
        };
        codes.put(&iida, &number(text), Some(atena));
    }
    let wrong = codes.violations();
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert!(wrong[0].contains("IIDA-0001"), "{wrong:?}");
}
