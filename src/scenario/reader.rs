//! Steps from their tables, with the shared ones put in the places where they are used.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

use crate::{
    diagnostic::{Diagnostic, did_you_mean, nearest, unknown},
    scenario::{
        SharedFile, Step, keys,
        read::{self, Readable},
        shared::{self, Use},
    },
    text::Text,
};

/// Reads steps and puts shared ones in.
pub(super) struct Reader<'a> {
    pub(super) files: &'a BTreeMap<String, String>,
    pub(super) found: Vec<Diagnostic>,
    /// The files that are being read, each used by the one before.
    pub(super) under_way: Vec<String>,
    /// Whether any of them could be read in part only.
    pub(super) partial: bool,
    /// The uses of shared steps.
    pub(super) uses: Vec<Use>,
    /// How many steps have been read, uses left out.
    pub(super) count: usize,
}

impl Reader<'_> {
    /// The steps of a file, shared ones in their places.
    pub(super) fn steps(
        &mut self,
        path: &str,
        steps: &Spanned<DeValue<'_>>,
        partial: bool,
    ) -> Vec<Step> {
        let DeValue::Array(items) = steps.get_ref() else {
            let text = Text::new(
                "手順は [[step]] と記載してください",
                "write steps as [[step]]",
            );
            self.report(path, steps.span(), text);
            return Vec::new();
        };
        let mut read = Vec::new();
        for item in items {
            let DeValue::Table(table) = item.get_ref() else {
                let text = Text::new("手順は表です", "a step is a table");
                self.report(path, item.span(), text);
                continue;
            };
            let required = [("id", DeValue::String(DeString::Borrowed(NO_ID)))];
            let whole = Spanned::new(item.span(), table.clone());
            let before = self.found.len();
            let Some(mut step) =
                read::typed::<Step>(path, &whole, &required, partial, &mut self.found)
            else {
                continue;
            };
            path.clone_into(&mut step.file);
            step.partial = partial || self.found.len() > before;
            keys::check(&step, table, &mut self.found);
            if let Some(shared) = &step.shared {
                let none = DeTable::new();
                let with = match table.get("with").map(Spanned::get_ref) {
                    Some(DeValue::Table(with)) => with,
                    Some(_) | None => &none,
                };
                let inner = self.shared_steps(path, &step, shared, with);
                read.push(step.clone());
                read.extend(inner);
            } else {
                self.count += 1;
                read.push(step);
            }
        }
        read
    }

    /// The steps for which one stands.
    fn shared_steps(
        &mut self,
        path: &str,
        outer: &Step,
        shared: &Spanned<String>,
        with: &DeTable<'_>,
    ) -> Vec<Step> {
        let file = format!("scenarios/{}", shared.get_ref());
        let Some(text) = self.files.get(&file) else {
            let known = self
                .files
                .keys()
                .filter_map(|path| path.strip_prefix("scenarios/"))
                .filter(|path| path.starts_with("steps/"));
            self.found.push(unknown(
                path,
                shared.span(),
                &Text::new("共通手順のファイル", "file of shared steps"),
                shared.get_ref(),
                known,
            ));
            return Vec::new();
        };
        if self.under_way.contains(&file) {
            let text = Text::new(
                "共通手順が自分自身を使用しています",
                "these shared steps use themselves",
            );
            self.report(path, shared.span(), text);
            return Vec::new();
        }
        let readable = Readable::new(&file, text, &mut self.found);
        self.partial |= readable.partial;
        let mut table = readable.tables();
        let steps = table.get_mut().remove("step");
        read::typed::<SharedFile>(&file, &table, &[], readable.partial, &mut self.found);
        let Some(mut steps) = steps else {
            return Vec::new();
        };
        let mut asked = BTreeSet::new();
        shared::asked(steps.get_ref(), &mut asked);
        asked.retain(|name| !with.contains_key(name.as_str()));
        let (mut used, mut wrong) = (Vec::new(), Vec::new());
        shared::substitute(&mut steps, with, &mut used, &mut wrong);
        for misplaced in wrong {
            let mistake = Diagnostic::new(&file, misplaced.span, misplaced.text);
            self.found.push(mistake.also(path, shared.span()));
        }
        for name in with.keys() {
            if !used.iter().any(|used| used == name.get_ref()) {
                let text = Text::new(
                    format!("引数「{}」は {file} で使用されていません", name.get_ref()),
                    format!("{file} has no use for the parameter '{}'", name.get_ref()),
                );
                let near = nearest(name.get_ref(), asked.iter().map(String::as_str));
                let hint = near.map(did_you_mean);
                let mistake = Diagnostic::new(path, name.span(), text);
                self.found.push(mistake.hint(hint));
            }
        }
        let place = (path.to_owned(), shared.span());
        let (first, known) = (self.count, self.uses.len());
        self.under_way.push(file.clone());
        let before = self.found.len();
        let mut inner = self.steps(&file, &steps, readable.partial);
        self.under_way.pop();
        self.uses.push(Use {
            place: place.clone(),
            outermost: place.clone(),
            file,
            asked,
            steps: first..self.count,
        });
        for inside in self.uses.iter_mut().skip(known) {
            inside.outermost.clone_from(&place);
        }
        for mistake in self.found.iter_mut().skip(before) {
            shared::show_use(mistake, text, path, &shared.span());
        }
        let names: Vec<String> = inner.iter().map(|step| step.id.get_ref().clone()).collect();
        for step in &mut inner {
            step.always |= outer.always;
            step.used = Some(place.clone());
            let references = [
                Some(&mut step.id),
                step.via.as_mut(),
                step.same_request_as.as_mut(),
            ];
            for reference in references.into_iter().flatten() {
                if names.contains(reference.get_ref()) {
                    let long = format!("{}-{}", outer.id.get_ref(), reference.get_ref());
                    *reference.get_mut() = long;
                }
            }
        }
        inner
    }

    fn report(&mut self, path: &str, span: Range<usize>, text: Text) {
        self.found.push(Diagnostic::new(path, span, text));
    }
}

/// Stands in for a name that is missing.
pub(super) const NO_ID: &str = "";
