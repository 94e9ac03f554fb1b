//! What becomes of an inquiry, and what is told of it.

use super::*;

#[test]
fn an_inquiry_goes_its_way_and_its_result_stays_the_same() {
    let mut network = ready();
    let receipt = receipt(submit(&mut network, "r-1", 0, of_iida("IIDA-0001")));
    for (seconds, state) in [
        (0, State::Accepted),
        (4, State::Accepted),
        (5, State::AtProvider),
        (15, State::Answered),
        (16, State::Answered),
    ] {
        let told = told(result(&mut network, seconds, &receipt));
        assert_eq!(told.state, state, "{seconds}");
        assert_eq!(told.copies.len(), usize::from(state == State::Answered));
        holds(&network);
    }
    let first = told(result(&mut network, 20, &receipt));
    let second = told(result(&mut network, 86_400, &receipt));
    assert_eq!(first, second);
    assert_eq!(
        network.inquiries.get(&receipt).unwrap().state,
        State::Fetched
    );
}

#[test]
fn what_the_people_of_the_stories_have_is_told_apart() {
    for (place, kind) in [
        (1, "value"),
        (5, "zero"),
        (6, "undeclared"),
        (7, "no-record"),
    ] {
        let mut network = ready();
        let question = of_iida(&format!("IIDA-{place:04}"));
        let receipt = receipt(submit(&mut network, "r-1", 0, question));
        let told = told(result(&mut network, 60, &receipt));
        let field = told.copies[0].copy.rows[0]
            .fields
            .iter()
            .find(|field| field.name.as_str() == "INCOME")
            .unwrap();
        assert_eq!(field.content.kind(), kind, "{place}");
    }
}

#[test]
fn an_inquiry_ends_as_its_provider_has_it() {
    let year = |year| Time::Year(year);
    let period = |from, to| Time::Period(date(from), date(to));
    let cases = [
        // tanaka was in Iida on January 1 and is in Sapporo now.
        ("IIDA-0004", "TAX-INCOME", year(2026), State::NoCopy),
        ("IIDA-0004", "RESIDENT-RECORD", Time::Now, State::Answered),
        // suzuki never was in Sapporo.
        ("IIDA-0002", "TAX-INCOME", year(2026), State::NoPerson),
        ("IIDA-0001", "RESIDENT-RECORD", Time::Now, State::NoCopy),
        ("IIDA-0001", "TAX-INCOME", year(2025), State::Answered),
        (
            "IIDA-0001",
            "TAX-INCOME",
            period("2022-01-01", "2026-12-31"),
            State::Answered,
        ),
        (
            "IIDA-0001",
            "TAX-INCOME",
            period("2026-06-02", "2026-12-31"),
            State::NoCopy,
        ),
        // takahashi is protected.
        ("IIDA-0003", "TAX-INCOME", year(2026), State::Held),
    ];
    for (atena, item, time, state) in cases {
        let mut network = ready();
        let question = Question {
            item: key(item),
            time,
            ..of_iida(atena)
        };
        let receipt = receipt(submit(&mut network, "r-1", 0, question));
        let told = told(result(&mut network, 60, &receipt));
        assert_eq!(told.state, state, "{atena} {item}");
        holds(&network);
    }
}

#[test]
fn a_period_gives_each_year_and_the_rows_of_its_days() {
    let mut network = ready();
    let question = |from, to| Question {
        time: Time::Period(date(from), date(to)),
        ..of_iida("IIDA-0010")
    };
    for (seconds, from, to, rows) in [
        (0, "2024-01-01", "2026-11-30", vec![2, 2, 2]),
        (100, "2026-10-15", "2026-10-15", vec![1]),
        (200, "2025-10-16", "2026-06-01", vec![1]),
    ] {
        let id = format!("r-{seconds}");
        let receipt = receipt(submit(&mut network, &id, seconds, question(from, to)));
        let told = told(result(&mut network, seconds + 60, &receipt));
        let found: Vec<usize> = told
            .copies
            .iter()
            .map(|given| given.copy.rows.len())
            .collect();
        assert_eq!(found, rows, "{from}");
    }
}
