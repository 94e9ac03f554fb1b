//! The values with which a template renders to a message. The template is rendered with markers in the place of values;
//! where a marker comes to stand, the message has the value. Marked names whose place the message lacks are left
//! undefined, and lists are as long as the message has it. What is found is verified by rendering.

mod align;
mod marker;

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    message::{Template, Values},
    record::{
        given::{Given, Table, values},
        message::{Body, compared},
    },
    xml::{Document, Element, Namespaces},
};

use align::{Aligned, align};
use marker::{Path, Shape, parse};

/// How often the shape is looked at again; each time it comes nearer to the message, or it is done.
const ROUNDS: usize = 32;

/// What a template is rendered with besides a step's own values.
pub(super) struct Around<'a> {
    /// What all templates see, such as people.
    pub(super) values: &'a Values,
    pub(super) namespaces: &'a Namespaces,
}

/// The values with which a template renders to a message, `request_id` and `institution` among them; none where it
/// does not.
pub(super) fn find(template: &Template<'_>, message: &Body, around: &Around<'_>) -> Option<Table> {
    let names = template.names().into_iter();
    let names: BTreeSet<String> = names
        .filter(|name| !around.values.contains_key(name))
        .collect();
    let search = Search {
        template,
        message,
        around,
    };
    let mut shape = Shape::default();
    let mut now = search.render(&names, &shape)?;
    for _ in 0..ROUNDS {
        let tree = now.tree()?;
        let aligned = align(&tree, &message.tree);
        let lengths = lengths(&shape, &tree, &aligned);
        let next = if lengths.is_empty() {
            search.without(&names, &shape, &aligned)
        } else {
            shape.lengths.extend(lengths);
            let rendered = search.render(&names, &shape)?;
            Some((shape.clone(), rendered))
        };
        match next {
            Some((better, rendered)) => (shape, now) = (better, rendered),
            None => break,
        }
    }
    let tree = now.tree()?;
    let aligned = align(&tree, &message.tree);
    search.verified(&names, &shape, table(&aligned, &shape)?)
}

struct Search<'a> {
    template: &'a Template<'a>,
    message: &'a Body,
    around: &'a Around<'a>,
}

impl Search<'_> {
    fn render(&self, names: &BTreeSet<String>, shape: &Shape) -> Option<Document> {
        let shape = Arc::new(shape.clone());
        let mut seen = self.around.values.clone();
        let names = names.iter();
        seen.extend(names.filter_map(|name| Some((name.clone(), shape.marker(name)?))));
        let rendered = self.template.render(&seen).ok()?;
        Document::parse(rendered.as_bytes()).ok()
    }

    /// A shape that has fewer places which the message lacks, with what it renders to.
    fn without(
        &self,
        names: &BTreeSet<String>,
        shape: &Shape,
        aligned: &Aligned<'_>,
    ) -> Option<(Shape, Document)> {
        if aligned.lost.is_empty() {
            return None;
        }
        let lost: Vec<Path> = aligned.lost.iter().flatten().cloned().collect();
        // What stands there may depend on the name that it is a part of, or on one that shows nowhere.
        let above: Vec<Path> = lost.iter().filter_map(Path::above).collect();
        let mut candidates: Vec<Vec<Path>> = vec![lost.clone(), above.clone()];
        candidates.extend(aligned.lost.iter().filter(|lost| !lost.is_empty()).cloned());
        candidates.extend(above.into_iter().map(|path| vec![path]));
        let shown = aligned.shown();
        let hidden = names.iter().map(|name| Path::root(name));
        let hidden = hidden.filter(|name| !shown.iter().any(|path| path.root_is(name)));
        candidates.extend(hidden.map(|path| vec![path]));
        candidates
            .into_iter()
            .filter(|paths| paths.iter().any(|path| !shape.undefined.contains(path)))
            .find_map(|paths| {
                let mut shape = shape.clone();
                shape.undefined.extend(paths);
                let rendered = self.render(names, &shape)?;
                let tree = rendered.tree()?;
                let better = align(&tree, &self.message.tree).lost.len() < aligned.lost.len();
                better.then_some((shape, rendered))
            })
    }

    /// The values, if the template renders to the message with them; with what is only asked for where that is needed,
    /// and without empty lists where these are not.
    fn verified(&self, names: &BTreeSet<String>, shape: &Shape, found: Table) -> Option<Table> {
        let wanted = self.text(&self.message.document);
        let right = |table: &Table| self.rendered(table).is_some_and(|text| text == wanted);
        let known = |table: &Table, name: &str| table.iter().any(|(known, _)| known == name);
        let mut table = found;
        if !right(&table) {
            for name in names {
                if !known(&table, name) && !shape.undefined.contains(&Path::root(name)) {
                    table.push((name.clone(), Given::True));
                }
            }
            if !right(&table) {
                return None;
            }
        }
        let spare = |given: &Given| match given {
            Given::True => true,
            Given::List(items) => items.is_empty(),
            Given::Text(_) | Given::Captured(_) | Given::Table(_) => false,
        };
        let candidates = table.iter().filter(|(_, given)| spare(given));
        let candidates: Vec<String> = candidates.map(|(name, _)| name.clone()).collect();
        for name in candidates {
            let mut less = table.clone();
            less.retain(|(known, _)| *known != name);
            if right(&less) {
                table = less;
            }
        }
        Some(table)
    }

    fn rendered(&self, table: &Table) -> Option<String> {
        let mut seen = self.around.values.clone();
        seen.extend(values(table));
        let rendered = self.template.render(&seen).ok()?;
        let document = Document::parse(rendered.as_bytes()).ok()?;
        Some(self.text(&document))
    }

    fn text(&self, document: &Document) -> String {
        compared(document, self.around.namespaces)
    }
}

/// The lengths of the lists that have been asked for and whose lengths are not known, outer ones first.
fn lengths(shape: &Shape, tree: &Element, aligned: &Aligned<'_>) -> Vec<(Path, usize)> {
    let asked = shape.asked();
    let unknown = asked.iter().filter(|path| {
        let within = |other: &&Path| *other != *path && path.is_below(other);
        !shape.lengths.contains_key(path)
            && !asked
                .iter()
                .filter(within)
                .any(|outer| !shape.lengths.contains_key(outer))
    });
    unknown
        .filter(|path| shape.is_there(path))
        .map(|path| (path.clone(), length(path, tree, aligned).unwrap_or(1)))
        .collect()
}

/// How many items of a list the message has; none where nothing of an item shows.
fn length(list: &Path, tree: &Element, aligned: &Aligned<'_>) -> Option<usize> {
    let of = |above: &Path, element: &Element| {
        let paths = align::markers(element);
        !paths.is_empty() && paths.iter().all(|path| path.is_at_or_below(above))
    };
    let item = list.item(0);
    let of_item = |element: &Element| of(&item, element);
    let parent = tree
        .all()
        .into_iter()
        .find(|element| !of_item(element) && element.children.iter().any(of_item))?;
    let block = parent.children.iter().find(|child| of_item(child))?;
    let Some(there) = aligned.partner(parent) else {
        return Some(0);
    };
    let same = |child: &&Element| child.name.is(&block.name);
    let fixed = parent.children.iter().filter(same);
    let fixed = fixed.filter(|child| !of(list, child)).count();
    Some(
        there
            .children
            .iter()
            .filter(same)
            .count()
            .saturating_sub(fixed),
    )
}

/// The values that the markers stand for; none where one stands for two.
fn table(aligned: &Aligned<'_>, shape: &Shape) -> Option<Table> {
    let mut found: Vec<(Path, String)> = Vec::new();
    for (rendered, value) in &aligned.pairs {
        if rendered.trim().is_empty() && value.trim().is_empty() {
            continue;
        }
        for (path, value) in parse(rendered, value)? {
            match found.iter().find(|(known, _)| *known == path) {
                Some((_, known)) if *known == value => {}
                Some(_) => return None,
                None => found.push((path, value)),
            }
        }
    }
    let mut table = Table::new();
    for (path, value) in found {
        put(&mut table, path.parts(), Given::Text(value))?;
    }
    for (path, length) in &shape.lengths {
        if !shape.undefined.contains(path) && shape.is_there(path) {
            for index in 0..*length {
                put(
                    &mut table,
                    path.item(index).parts(),
                    Given::Table(Table::new()),
                )?;
            }
            if *length == 0 {
                put(&mut table, path.parts(), Given::List(Vec::new()))?;
            }
        }
    }
    Some(table)
}

/// Puts a value in its place, where nothing is yet; gives nothing where another kind of value is there.
fn put(table: &mut Table, parts: &[String], given: Given) -> Option<()> {
    let (name, rest) = parts.split_first()?;
    let at = table.iter().position(|(known, _)| known == name);
    if let Some(at) = at {
        let (_, there) = table.get_mut(at)?;
        return into(there, rest, given);
    }
    let mut new = Given::Table(Table::new());
    into(&mut new, rest, given)?;
    table.push((name.clone(), new));
    Some(())
}

fn into(there: &mut Given, parts: &[String], given: Given) -> Option<()> {
    let empty = |given: &Given| matches!(given, Given::Table(table) if table.is_empty());
    let Some((next, rest)) = parts.split_first() else {
        if empty(there) {
            *there = given;
        }
        return Some(());
    };
    let Some(index) = Path::index(next) else {
        return match there {
            Given::Table(table) => put(table, parts, given),
            Given::Text(_) | Given::Captured(_) | Given::True | Given::List(_) => None,
        };
    };
    if empty(there) {
        *there = Given::List(Vec::new());
    }
    let Given::List(items) = there else {
        return None;
    };
    while items.len() <= index {
        items.push(Given::Table(Table::new()));
    }
    into(items.get_mut(index)?, rest, given)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(template: &str, message: &str, expected: &str) {
        let message = Body::read(message.as_bytes()).unwrap();
        let around = Around {
            values: &Values::new(),
            namespaces: &Namespaces::new(),
        };
        let template = Template::read(template).unwrap();
        let found = find(&template, &message, &around);
        let found = found.map_or_else(|| "none".to_owned(), |table| shown(&Given::Table(table)));
        assert_eq!(found, expected);
    }

    fn shown(given: &Given) -> String {
        match given {
            Given::Text(text) | Given::Captured(text) => text.clone(),
            Given::True => "true".to_owned(),
            Given::List(items) => {
                let items: Vec<String> = items.iter().map(shown).collect();
                format!("[{}]", items.join(" "))
            }
            Given::Table(table) => {
                let entries = table.iter();
                let entries = entries.map(|(name, given)| format!("{name}={}", shown(given)));
                format!("({})", entries.collect::<Vec<_>>().join(" "))
            }
        }
    }

    const PUT: &str = "<p{% if mode is defined %} mode='{{ mode }}'{% endif %}>{% if receipt is defined %}<r>{{ receipt }}</r>{% else %}<f>{{ from }}</f><u>{{ from }}/{{ days }}</u>{% endif %}{% if urgent is defined %}<g/>{% endif %}</p>";

    #[test]
    fn values_stand_where_their_markers_stood() {
        check(PUT, "<p><f>1</f><u>1/5</u></p>", "(from=1 days=5)");
        check(PUT, "<p mode='&lt;a'><r/></p>", "(mode=<a receipt=)");
        check(PUT, "<p><r>1</r><g/></p>", "(receipt=1 urgent=true)");
        check("<p>{{ a }} {{ b }}</p>", "<p>1 2 3</p>", "(a=1 b=2 3)");
        check("<p>{{ a | default('x') }}</p>", "<p>y</p>", "(a=y)");
    }

    #[test]
    fn what_a_template_cannot_say_is_not_found() {
        for message in [
            "<p><f>1</f><u>2/5</u></p>",
            "<p><r>1</r><x/></p>",
            "<p><r><x/></r></p>",
            "<q><r>1</r></q>",
            "<p mode='1' other='1'><r>1</r></p>",
        ] {
            check(PUT, message, "none");
        }
        check("<p>{{ a }}{{ b }}</p>", "<p>12</p>", "none");
        check("<p>{{ a | upper }}</p>", "<p>A</p>", "none");
    }

    #[test]
    fn lists_are_as_long_as_in_the_message() {
        let nested = "<p>{% for row in rows %}<r><k>{{ row.key }}</k>{% for f in row.fields %}<f>{{ f }}</f>{% endfor %}{% if row.of is defined %}<o><n>{{ row.of.name }}</n></o>{% endif %}</r>{% endfor %}</p>";
        check(
            nested,
            "<p><r><k>a</k><f>1</f><f>2</f></r><r><k>b</k><o><n>x</n></o></r><r><k>c</k><f>3</f></r></p>",
            "(rows=[(key=a fields=[1 2]) (key=b of=(name=x) fields=[]) (key=c fields=[3])])",
        );
        check(nested, "<p/>", "(rows=[])");
        check(
            "<p> {% for r in rows %}<r>{{ r }}</r>{% endfor %} </p>",
            "<p/>",
            "(rows=[])",
        );
        let optional = "<p>{% if rows is defined %}<l>{% for row in rows %}<r>{{ row }}</r>{% endfor %}</l>{% endif %}<r>{{ r }}</r></p>";
        check(optional, "<p><r>1</r></p>", "(r=1)");
        check(optional, "<p><l><r>2</r></l><r>1</r></p>", "(rows=[2] r=1)");
        check(optional, "<p><l/><r>1</r></p>", "(r=1 rows=[])");
    }
}
