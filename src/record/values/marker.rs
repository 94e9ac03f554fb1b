//! Markers: objects that stand for values in a template. One is defined and true, renders as its path, has markers for
//! attributes, and can be walked as a list.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use minijinja::{
    Value,
    value::{Enumerator, Object, ObjectRepr},
};

// Characters that no contract uses, and that XML takes.
const BEGIN: char = '\u{e000}';
const END: char = '\u{e001}';
const JOINT: char = '\u{e002}';
/// Before the number of an item.
const ITEM: char = '\u{e003}';

/// How long a list is while its length is not known: of two items it shows what an item is, and what is around it.
const UNKNOWN: usize = 2;

/// Where a value is among those of a template: names, and numbers of items.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Path(Vec<String>);

impl Path {
    pub(super) fn root(name: &str) -> Self {
        Self(vec![name.to_owned()])
    }

    fn with(&self, part: String) -> Self {
        let mut parts = self.0.clone();
        parts.push(part);
        Self(parts)
    }

    pub(super) fn item(&self, index: usize) -> Self {
        self.with(format!("{ITEM}{index}"))
    }

    pub(super) fn parts(&self) -> &[String] {
        &self.0
    }

    /// The number of an item, where a part is one.
    pub(super) fn index(part: &str) -> Option<usize> {
        part.strip_prefix(ITEM)?.parse().ok()
    }

    /// What it is an attribute of; none for a name, and for an item.
    pub(super) fn above(&self) -> Option<Self> {
        let (_, above) = self.0.split_last()?;
        let last = above.last()?;
        Self::index(last).is_none().then(|| Self(above.to_vec()))
    }

    pub(super) fn root_is(&self, other: &Self) -> bool {
        self.0.first() == other.0.first()
    }

    pub(super) fn is_at_or_below(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    pub(super) fn is_below(&self, other: &Self) -> bool {
        self.is_at_or_below(other) && self.0.len() > other.0.len()
    }
}

/// What is undefined, and how long lists are.
#[derive(Clone, Debug, Default)]
pub(super) struct Shape {
    pub(super) undefined: BTreeSet<Path>,
    pub(super) lengths: BTreeMap<Path, usize>,
    /// The paths that were walked as lists.
    asked: Arc<Mutex<BTreeSet<Path>>>,
}

impl Shape {
    /// The marker of a name; none where it is undefined.
    pub(super) fn marker(self: &Arc<Self>, name: &str) -> Option<Value> {
        let path = Path::root(name);
        (!self.undefined.contains(&path)).then(|| Marker::value(path, self))
    }

    /// The paths that were walked as lists.
    pub(super) fn asked(&self) -> BTreeSet<Path> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.clone()
    }

    /// Whether all items that a path leads through are there.
    pub(super) fn is_there(&self, path: &Path) -> bool {
        let lists = self.lengths.iter();
        lists
            .filter(|(list, _)| path.is_below(list))
            .all(|(list, length)| {
                let part = path.0.get(list.0.len());
                let index = part.and_then(|part| Path::index(part));
                index.is_none_or(|index| index < *length)
            })
    }
}

struct Marker {
    path: Path,
    shape: Arc<Shape>,
}

impl Marker {
    fn value(path: Path, shape: &Arc<Shape>) -> Value {
        let shape = Arc::clone(shape);
        Value::from_object(Self { path, shape })
    }

    fn of(&self, path: Path) -> Option<Value> {
        (!self.shape.undefined.contains(&path)).then(|| Self::value(path, &self.shape))
    }
}

impl fmt::Debug for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path.0.join("."))
    }
}

impl Object for Marker {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        match (key.as_str(), key.as_usize()) {
            (Some(name), _) => self.of(self.path.with(name.to_owned())),
            (None, Some(index)) => self.of(self.path.item(index)),
            (None, None) => None,
        }
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let mut asked = self
            .shape
            .asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        asked.insert(self.path.clone());
        let length = self
            .shape
            .lengths
            .get(&self.path)
            .copied()
            .unwrap_or(UNKNOWN);
        let items = (0..length).filter_map(|index| self.of(self.path.item(index)));
        Enumerator::Values(items.collect())
    }

    fn is_true(self: &Arc<Self>) -> bool {
        true
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{BEGIN}{}{END}", self.path.0.join(&JOINT.to_string()))
    }
}

/// The markers in a rendered text, in order.
pub(super) fn paths(text: &str) -> Vec<Path> {
    let parts = text.split(BEGIN).skip(1);
    parts
        .filter_map(|part| Some(path(part.split_once(END)?.0)))
        .collect()
}

fn path(written: &str) -> Path {
    Path(written.split(JOINT).map(str::to_owned).collect())
}

/// What stands in the place of each marker of a rendered text; none where the text around them is another.
pub(super) fn parse(rendered: &str, value: &str) -> Option<Vec<(Path, String)>> {
    let (before, mut rest) = rendered.split_once(BEGIN).unwrap_or((rendered, ""));
    let mut value = value.strip_prefix(before)?;
    let mut found = Vec::new();
    if rest.is_empty() {
        return value.is_empty().then_some(found);
    }
    loop {
        let (written, after) = rest.split_once(END)?;
        let Some((between, next)) = after.split_once(BEGIN) else {
            found.push((path(written), value.strip_suffix(after)?.to_owned()));
            return Some(found);
        };
        // Where nothing stands between two, nobody knows where the one ends.
        let (here, left) = (!between.is_empty()).then(|| value.split_once(between))??;
        found.push((path(written), here.to_owned()));
        (value, rest) = (left, next);
    }
}
