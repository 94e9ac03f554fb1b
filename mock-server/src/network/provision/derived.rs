//! The copies of the peers: derived from the population on demand, so that nothing is stored of those whom nobody
//! touched.
//!
//! Tax copies lie with the municipality of residence on January 1 of the year \[S\]; the resident record and what follows
//! it with the municipality of residence now; insurance with the insurer. Iida's two institutions have none: their
//! copies are registered. [A on all that is derived]

use jiff::{Span, civil::Date};

use crate::network::{
    moment::Moment,
    population::{PersonId, Population},
    provision::copy::{Content, Copy, Filled, Marks, Row},
    types::{InstitutionCode, Key, MasterVersion},
};

/// Whose copies are derived.
const PEERS: [&str; 5] = ["011002-E", "011002-M", "202029-M", "INS-0001", "MIN-0001"];

/// The people with a story, by their places in the population.
mod cast {
    pub(super) const SATO: u32 = 1;
    pub(super) const TAKAHASHI: u32 = 3;
    pub(super) const ITO: u32 = 5;
    pub(super) const WATANABE: u32 = 6;
    pub(super) const YAMAMOTO: u32 = 7;
    pub(super) const NAKAMURA: u32 = 8;
    pub(super) const KATO: u32 = 10;
    pub(super) const INOUE: u32 = 16;
}

/// Of which copy is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) provider: &'a InstitutionCode,
    pub(crate) person: PersonId,
    pub(crate) item: &'a Key,
    /// The fiscal year; none for what is not kept by year.
    pub(crate) year: Option<i16>,
    pub(crate) at: Moment,
}

/// Whether an item is kept by fiscal year. \[A\]
pub(crate) fn is_yearly(item: &Key) -> bool {
    item.as_str().starts_with("TAX-")
}

/// Whether what an institution has is derived.
pub(crate) fn is_peer(institution: &InstitutionCode) -> bool {
    PEERS.contains(&institution.as_str())
}

/// Whether a peer knows a person without being told: a municipality everyone who ever lived there, all others everyone.
pub(crate) fn knows(
    population: Population,
    provider: &InstitutionCode,
    person: PersonId,
    on: Date,
) -> bool {
    let municipality = provider.as_str().get(..6).unwrap_or("");
    if municipality.chars().all(|c| c.is_ascii_digit()) {
        population.ever_lived(person, municipality, on)
    } else {
        true
    }
}

/// The copy that a peer has, in the fields of a layout.
pub(crate) fn copy(
    population: Population,
    wanted: Wanted<'_>,
    layout: &MasterVersion,
    fields: &[&str],
) -> Option<Copy> {
    let Wanted {
        provider,
        person,
        item,
        year,
        at,
    } = wanted;
    if !is_peer(provider) || year.is_some() != is_yearly(item) {
        return None;
    }
    let today = at.date();
    let rows = match (item.as_str(), year) {
        ("TAX-INCOME" | "TAX-INCOME-SIMILAR", Some(year)) => {
            tax(population, provider, person, year)?
        }
        ("RESIDENT-RECORD", None) => vec![resident(population, provider, person, today)?],
        ("INSURANCE", None) => vec![insurance(population, provider, person)?],
        ("STUDY-SUPPORT", None) => vec![study_support(population, provider, person, today)?],
        ("CHILD-ALLOWANCE" | "CHILDCARE" | "WELFARE" | "DISABILITY", None) => {
            vec![benefit(population, provider, person, item.as_str(), today)?]
        }
        _ => return None,
    };
    let rows: Vec<Row> = rows
        .into_iter()
        .filter(|row| row.as_of <= today)
        .map(|mut row| {
            row.fields
                .retain(|field| fields.contains(&field.name.as_str()));
            row
        })
        .collect();
    let last = rows.last()?.as_of;
    let protected = person.place() == cast::TAKAHASHI && provider.as_str() == "011002-M";
    Some(Copy {
        layout: layout.clone(),
        original_at: Moment::midnight(last)?,
        marks: Marks {
            no_automatic_answer: protected,
            non_disclosure: protected,
            no_own_view: protected,
        },
        rows,
    })
}

fn row(as_of: Date, fields: Vec<(&str, Content)>) -> Row {
    Row {
        as_of,
        fields: fields
            .into_iter()
            .filter_map(|(name, content)| {
                let name = Key::new(name)?;
                Some(Filled { name, content })
            })
            .collect(),
    }
}

fn tax(
    population: Population,
    provider: &InstitutionCode,
    person: PersonId,
    year: i16,
) -> Option<Vec<Row>> {
    let first = Date::new(year, 1, 1).ok()?;
    if population.residence(person, first).as_ref() != Some(provider) {
        return None;
    }
    let decided = Date::new(year, 6, 1).ok()?;
    let income = 1_000 * (1_200 + population.number(person, &format!("income {year}")) % 6_800);
    let amounts = |income: u64| {
        vec![
            ("DEDUCTION", Content::value((income / 4).to_string())),
            ("DEPENDANTS", Content::Empty),
            ("INCOME", Content::value(income.to_string())),
            ("NOTE", Content::Empty),
            ("SPOUSE", Content::value("0")),
            ("TAX", Content::value((income / 20).to_string())),
        ]
    };
    let all = |content: &Content| {
        ["DEDUCTION", "DEPENDANTS", "INCOME", "SPOUSE", "TAX"]
            .into_iter()
            .map(|name| (name, content.clone()))
            .collect::<Vec<_>>()
    };
    let fields = match person.place() {
        cast::ITO => all(&Content::Zero)
            .into_iter()
            .map(|(name, content)| match name {
                "SPOUSE" => (name, Content::value("0")),
                _ => (name, content),
            })
            .collect(),
        cast::WATANABE => all(&Content::Undeclared),
        cast::YAMAMOTO => all(&Content::NoRecord),
        cast::NAKAMURA => amounts(income)
            .into_iter()
            .map(|(name, content)| match name {
                "SPOUSE" => (name, Content::Empty),
                _ => (name, content),
            })
            .collect(),
        cast::SATO => amounts(income)
            .into_iter()
            .map(|(name, content)| match name {
                "NOTE" => (name, Content::value("𠮷野支店の給与を含む〜一部、髙﨑分")),
                _ => (name, content),
            })
            .collect(),
        _ => amounts(income),
    };
    let mut rows = vec![row(decided, fields)];
    if person.place() == cast::KATO {
        // Corrected in autumn: a second row.
        let corrected = Date::new(year, 10, 15).ok()?;
        rows.push(row(corrected, amounts(income + 120_000)));
    }
    Some(rows)
}

fn resident(
    population: Population,
    provider: &InstitutionCode,
    person: PersonId,
    today: Date,
) -> Option<Row> {
    if population.residence(person, today).as_ref() != Some(provider) {
        return None;
    }
    let since = population.residence_since(person, today)?;
    let household = population.number(person, "household") % 1_000_000;
    let adult = population.birth(person) <= today.checked_sub(Span::new().years(18)).ok()?;
    let relation = if adult { "世帯主" } else { "子" };
    Some(row(
        since,
        vec![
            ("HOUSEHOLD", Content::value(format!("S-{household:06}"))),
            ("MOVED-IN-ON", Content::value(since.to_string())),
            ("NOTE", Content::Empty),
            ("RELATION", Content::value(relation)),
        ],
    ))
}

fn insurance(population: Population, provider: &InstitutionCode, person: PersonId) -> Option<Row> {
    let insured =
        person.place() == cast::INOUE || population.number(person, "insured").is_multiple_of(3);
    if provider.as_str() != "INS-0001" || !insured {
        return None;
    }
    let since = Date::new(2021, 4, 1).ok()?;
    Some(row(
        since,
        vec![
            ("ENDED-ON", Content::Empty),
            ("INSURER", Content::value("模擬健康保険組合")),
            ("QUALIFIED-ON", Content::value(since.to_string())),
        ],
    ))
}

fn study_support(
    population: Population,
    provider: &InstitutionCode,
    person: PersonId,
    today: Date,
) -> Option<Row> {
    let municipality = provider.as_str().strip_suffix("-E")?;
    let here = population.residence(person, today)?;
    if here.as_str().strip_suffix("-M") != Some(municipality) {
        return None;
    }
    let age = population
        .birth(person)
        .until((jiff::Unit::Year, today))
        .ok()?
        .get_years();
    if !(6..=15).contains(&age) {
        return None;
    }
    let amount = 10_000 + 100 * (population.number(person, "support") % 500);
    Some(row(
        Date::new(2026, 4, 1).ok()?,
        vec![
            ("AMOUNT", Content::value(amount.to_string())),
            ("SCHOOL", Content::value("模擬小学校")),
        ],
    ))
}

fn benefit(
    population: Population,
    provider: &InstitutionCode,
    person: PersonId,
    item: &str,
    today: Date,
) -> Option<Row> {
    let here = population.residence(person, today).as_ref() == Some(provider);
    let by_ministry = provider.as_str() == "MIN-0001" && item == "DISABILITY";
    let (one_in, since) = match item {
        "WELFARE" => (20, Date::new(2024, 7, 1)),
        "DISABILITY" => (10, Date::new(2019, 5, 1)),
        _ => (3, Date::new(2020, 4, 1)),
    };
    if !(here || by_ministry) || !population.number(person, item).is_multiple_of(one_in) {
        return None;
    }
    let since = since.ok()?;
    let since_text = Content::value(since.to_string());
    let fields = match item {
        "WELFARE" => vec![
            ("DECIDED-ON", Content::value("令和6年7月1日")),
            ("KIND", Content::value("生活扶助")),
            ("NOTE", Content::Empty),
            ("SINCE", since_text),
        ],
        "DISABILITY" => vec![
            ("GRADE", Content::value("2級")),
            ("ISSUED-ON", since_text),
            ("NOTE", Content::Empty),
        ],
        "CHILDCARE" => vec![
            ("FACILITY", Content::value("模擬保育園")),
            ("SINCE", since_text),
        ],
        _ => vec![
            ("AMOUNT", Content::value("10000")),
            ("CHILDREN", Content::value("1")),
            ("SINCE", since_text),
        ],
    };
    Some(row(since, fields))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: &[&str] = &[
        "AMOUNT",
        "INCOME",
        "INSURER",
        "MOVED-IN-ON",
        "NOTE",
        "SCHOOL",
        "SPOUSE",
        "TAX",
    ];

    fn derived(provider: &str, place: u32, item: &str, year: Option<i16>) -> Option<Copy> {
        let wanted = Wanted {
            provider: &InstitutionCode::new(provider).unwrap(),
            person: PersonId::new(place).unwrap(),
            item: &Key::new(item).unwrap(),
            year,
            at: crate::network::testing::epoch(),
        };
        let layout = MasterVersion::new("2026.04").unwrap();
        copy(Population::new(1), wanted, &layout, ALL)
    }

    #[test]
    fn a_copy_lies_with_the_peer_that_must_have_it_and_with_no_other() {
        for (provider, place, item, year, there) in [
            // sato was in Sapporo on January 1, 2026, and is in Iida now.
            ("011002-M", 1, "TAX-INCOME", Some(2026), true),
            ("202029-M", 1, "TAX-INCOME", Some(2026), false),
            ("202053-M", 1, "TAX-INCOME", Some(2026), false),
            ("011002-M", 1, "RESIDENT-RECORD", None, false),
            // tanaka is in Sapporo now, and was not on January 1.
            ("011002-M", 4, "TAX-INCOME", Some(2026), false),
            ("011002-M", 4, "RESIDENT-RECORD", None, true),
            ("INS-0001", 16, "INSURANCE", None, true),
            ("MIN-0001", 16, "INSURANCE", None, false),
            ("011002-M", 1, "TAX-INCOME", None, false),
            ("011002-M", 4, "RESIDENT-RECORD", Some(2026), false),
        ] {
            let found = derived(provider, place, item, year);
            assert_eq!(found.is_some(), there, "{provider} {place} {item}");
        }
    }

    #[test]
    fn the_people_of_the_stories_have_what_their_stories_say() {
        for (place, field, kind) in [
            (1, "INCOME", "value"),
            (5, "INCOME", "zero"),
            (6, "INCOME", "undeclared"),
            (7, "INCOME", "no-record"),
            (8, "SPOUSE", "empty"),
        ] {
            let copy = derived("011002-M", place, "TAX-INCOME", Some(2026)).unwrap();
            let found = copy.rows[0]
                .fields
                .iter()
                .find(|filled| filled.name.as_str() == field)
                .unwrap();
            assert_eq!(found.content.kind(), kind, "{place}");
        }
        let kato = derived("011002-M", 10, "TAX-INCOME", Some(2026)).unwrap();
        assert_eq!(kato.rows.len(), 2);
        let takahashi = derived("011002-M", 3, "TAX-INCOME", Some(2026)).unwrap();
        assert!(takahashi.marks.no_automatic_answer);
    }

    #[test]
    fn a_layout_decides_which_fields_there_are() {
        let copy = derived("011002-M", 1, "TAX-INCOME", Some(2026)).unwrap();
        let names: Vec<&str> = copy.rows[0]
            .fields
            .iter()
            .map(|filled| filled.name.as_str())
            .collect();
        assert_eq!(names, ["INCOME", "NOTE", "SPOUSE", "TAX"]);
    }
}
