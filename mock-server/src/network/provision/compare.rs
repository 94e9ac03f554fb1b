//! Comparing copies with their originals: what is stale, what is missing, and what has no original any more.
//!
//! An original that is not named is not there, so a comparison is of all numbers, or of those in a span: whoever has more
//! than one message may hold compares span by span. A peer's copies are derived for everyone, so it names a span.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    network::{
        Context, Fault, Network,
        code::Codes,
        population::PersonId,
        provision::{Comparison, CopyKey, register::repeated},
        rules::provision as rule,
        types::{AtenaNumber, Digest, Key},
    },
    text::Text,
};

/// Atena numbers from one to another, both included; open where an end is not named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub first: Option<AtenaNumber>,
    /// The last.
    pub last: Option<AtenaNumber>,
}

impl Span {
    fn holds(&self, number: &AtenaNumber) -> bool {
        self.first.as_ref().is_none_or(|first| first <= number)
            && self.last.as_ref().is_none_or(|last| number <= last)
    }
}

impl Network {
    pub(super) fn compare_copies(
        &self,
        context: &Context,
        item: &Key,
        year: Option<i16>,
        span: &Span,
        originals: Vec<(AtenaNumber, Digest)>,
    ) -> Result<Vec<(AtenaNumber, Comparison)>, Fault> {
        self.within_limit(&rule::SUBMISSION_WITHIN_LIMIT, originals.len())?;
        let key = |(atena, _): &(AtenaNumber, Digest)| CopyKey {
            atena: atena.clone(),
            item: item.clone(),
            year,
        };
        let keys: Vec<CopyKey> = originals.iter().map(key).collect();
        let twice = repeated(keys.iter());
        for key in &keys {
            self.stands_once(key, &twice)?;
        }
        let institution = &context.institution;
        let digest_of = |person| {
            self.copy(institution, person, item, year, context.at)
                .map(|(copy, _)| copy.digest())
        };
        let mut found = BTreeMap::new();
        for (atena, digest) in originals {
            let copy = self.codes.person(institution, &atena).and_then(digest_of);
            let comparison = match copy {
                None => Comparison::Missing,
                Some(copy) if copy == digest => Comparison::Same,
                Some(_) => Comparison::Stale,
            };
            found.insert(atena, comparison);
        }
        for person in self.may_have_copies(context, item, year, span)? {
            let Some(atena) = self.codes.atena(institution, person) else {
                continue;
            };
            let named = found.contains_key(&atena);
            if !named && span.holds(&atena) && digest_of(person).is_some() {
                found.insert(atena, Comparison::Extra);
            }
        }
        Ok(found.into_iter().collect())
    }

    /// The people of a span of whom an institution may have a copy.
    fn may_have_copies(
        &self,
        context: &Context,
        item: &Key,
        year: Option<i16>,
        span: &Span,
    ) -> Result<BTreeSet<PersonId>, Fault> {
        let institution = &context.institution;
        let Span { first, last } = span;
        let derived = Codes::derived_between(institution, first.as_ref(), last.as_ref());
        let (limit, numbers) = (self.limits.batch, derived.clone().count());
        self.enforce(&rule::SUBMISSION_WITHIN_LIMIT, numbers > limit, || {
            Text::new(
                format!("上限: {limit}件、照合する範囲の番号: {numbers}件"),
                format!("limit: {limit}, numbers in the span: {numbers}"),
            )
        })?;
        let stored = self.copies.people(institution, item, year);
        Ok(derived.filter_map(PersonId::new).chain(stored).collect())
    }
}
