//! Registering, updating and deleting copies. Each copy is judged by itself: one that is wrong does not stop
//! the others.

use std::collections::BTreeSet;

use crate::{
    network::{
        Context, Fault, Network,
        code::Entries,
        master::{FieldKind, MasterKind},
        moment::Moment,
        population::PersonId,
        provision::{Content, CopyKey, Row, Written, is_yearly},
        rules::{self, provision as rule},
        types::{Digest, Key, MasterVersion},
    },
    text::Text,
};

impl Network {
    pub(super) fn register_copies(
        &mut self,
        context: &Context,
        copies: Vec<Written>,
        new: bool,
    ) -> Result<Entries<CopyKey, Digest>, Fault> {
        self.within_limit(&rule::SUBMISSION_WITHIN_LIMIT, copies.len())?;
        let twice = repeated(copies.iter().map(|written| &written.key));
        Ok(copies
            .into_iter()
            .map(|written| {
                let done = self.register_copy(context, &written, new, &twice);
                (written.key, done)
            })
            .collect())
    }

    fn register_copy(
        &mut self,
        context: &Context,
        written: &Written,
        new: bool,
        twice: &BTreeSet<CopyKey>,
    ) -> Result<Digest, Fault> {
        let Written { key, copy } = written;
        let (at, institution) = (context.at, &context.institution);
        self.stands_once(key, twice)?;
        let person = self.person_of_copy(context, key)?;
        self.fits_layout(at, &key.item, &copy.layout, &copy.rows)?;
        self.time_fits(key)?;
        self.enforce(&rule::ORIGINAL_NOT_AHEAD, copy.original_at > at, || {
            rules::about("正本更新日時", "original changed at", copy.original_at)
        })?;
        if let Some(person) = person {
            let there = self.copy(institution, person, &key.item, key.year, at);
            if new {
                self.enforce(&rule::NOT_REGISTERED_YET, there.is_some(), || about(key))?;
            } else {
                self.enforce(&rule::COPY_THERE, there.is_none(), || about(key))?;
            }
            let older = there.is_some_and(|(there, _)| copy.original_at < there.original_at);
            self.enforce(&rule::COPY_NOT_OLDER, older, || {
                rules::about("正本更新日時", "original changed at", copy.original_at)
            })?;
            let mut kept = copy.clone();
            kept.rows.sort_by_key(|row| row.as_of);
            self.copies
                .put(institution, person, &key.item, key.year, Some(kept));
        }
        Ok(copy.digest())
    }

    pub(super) fn delete_copies(
        &mut self,
        context: &Context,
        keys: Vec<CopyKey>,
    ) -> Result<Entries<CopyKey, ()>, Fault> {
        self.within_limit(&rule::SUBMISSION_WITHIN_LIMIT, keys.len())?;
        let twice = repeated(keys.iter());
        Ok(keys
            .into_iter()
            .map(|key| {
                let done = self.delete_copy(context, &key, &twice);
                (key, done)
            })
            .collect())
    }

    fn delete_copy(
        &mut self,
        context: &Context,
        key: &CopyKey,
        twice: &BTreeSet<CopyKey>,
    ) -> Result<(), Fault> {
        self.stands_once(key, twice)?;
        let institution = &context.institution;
        let Some(person) = self.person_of_copy(context, key)? else {
            return Ok(());
        };
        let there = self.copy(institution, person, &key.item, key.year, context.at);
        self.enforce(&rule::COPY_THERE, there.is_none(), || about(key))?;
        if there.is_some() {
            self.copies
                .put(institution, person, &key.item, key.year, None);
        }
        Ok(())
    }

    pub(super) fn stands_once(
        &self,
        key: &CopyKey,
        twice: &BTreeSet<CopyKey>,
    ) -> Result<(), Fault> {
        self.enforce(&rule::COPY_STANDS_ONCE, twice.contains(key), || about(key))
    }

    fn person_of_copy(&self, context: &Context, key: &CopyKey) -> Result<Option<PersonId>, Fault> {
        let person = self.codes.person(&context.institution, &key.atena);
        self.enforce(&rule::COPY_PERSON_LINKED, person.is_none(), || {
            rules::about("団体内統合宛名番号", "atena number", &key.atena)
        })?;
        Ok(person)
    }

    fn time_fits(&self, key: &CopyKey) -> Result<(), Fault> {
        let fits = key.year.is_some() == is_yearly(&key.item);
        self.enforce(&rule::COPY_TIME_FITS_ITEM, !fits, || about(key))
    }

    /// Whether rows agree with the layout of an item that is in force at a time.
    pub(super) fn fits_layout(
        &self,
        at: Moment,
        item: &Key,
        layout: &MasterVersion,
        rows: &[Row],
    ) -> Result<(), Fault> {
        let fields: Vec<_> = self.masters.layout(at, item).collect();
        self.enforce(&rule::COPY_ITEM_KNOWN, fields.is_empty(), || {
            rules::about("特定個人情報", "item", item)
        })?;
        let in_force = self.masters.in_force(MasterKind::Layouts, at);
        let other = in_force.is_none_or(|version| version.version != *layout);
        self.enforce(&rule::LAYOUT_IN_FORCE, other, || {
            rules::about("レイアウトの版", "layout version", layout)
        })?;
        let about = |name: &str| rules::about("項目", "field", format_args!("{item}/{name}"));
        for row in rows {
            let mut seen = BTreeSet::new();
            for filled in &row.fields {
                let name = filled.name.as_str();
                let field = fields.iter().find(|field| field.name == name);
                let known = field.is_some() || fields.is_empty();
                self.enforce(&rule::FIELD_KNOWN, !known, || about(name))?;
                let again = !seen.insert(name);
                self.enforce(&rule::FIELD_STANDS_ONCE, again, || about(name))?;
                let Content::Value(value) = &filled.content else {
                    continue;
                };
                let number = field.is_some_and(|field| field.rule.kind == FieldKind::Number);
                let blank = value.is_empty() || (number && is_zero(value));
                self.enforce(&rule::ZERO_TOLD_APART, blank, || about(name))?;
                if let Some(field) = field.filter(|_| !blank) {
                    let admitted = field.rule.kind.admits(value);
                    self.enforce(&rule::FIELD_OF_KIND, !admitted, || about(name))?;
                    let longer = value.chars().count() > field.rule.max_length;
                    self.enforce(&rule::FIELD_NOT_TOO_LONG, longer, || {
                        let most = field.rule.max_length;
                        Text::new(
                            format!("項目: {item}/{name}、上限: {most}文字"),
                            format!("field: {item}/{name}, at most {most} characters"),
                        )
                    })?;
                }
            }
            let missing = fields
                .iter()
                .find(|field| field.rule.required && !seen.contains(field.name));
            self.enforce(&rule::REQUIRED_FIELDS, missing.is_some(), || {
                about(missing.map_or("", |field| field.name))
            })?;
        }
        Ok(())
    }
}

fn is_zero(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    !digits.is_empty() && digits.chars().all(|c| c == '0')
}

fn about(key: &CopyKey) -> Text {
    let CopyKey { atena, item, year } = key;
    let year = year.map_or(String::new(), |year| format!("/{year}"));
    rules::about("副本", "copy", format_args!("{atena}/{item}{year}"))
}

/// The keys that stand more than once.
pub(super) fn repeated<'a>(keys: impl Iterator<Item = &'a CopyKey>) -> BTreeSet<CopyKey> {
    let mut seen = BTreeSet::new();
    keys.filter(|key| !seen.insert(*key)).cloned().collect()
}
