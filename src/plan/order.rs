//! The order of a suite: establishers before those that start from them.

use crate::{diagnostic::Diagnostic, plan::establisher, scenario::Scenario, text::Text};

/// Establishers before those that start from them, else by id. Scenarios in a cycle are named, and come last.
pub(super) fn order(mut rest: Vec<Scenario>) -> (Vec<Scenario>, Vec<Diagnostic>) {
    rest.sort_by(|left, right| left.id.cmp(&right.id));
    let mut ordered: Vec<Scenario> = Vec::new();
    while !rest.is_empty() {
        let (ready, waiting): (Vec<Scenario>, Vec<Scenario>) =
            rest.iter().cloned().partition(|scenario| {
                scenario.file.starts_from.as_ref().is_none_or(|name| {
                    establisher(&ordered, name.get_ref()).is_some()
                        || establisher(&rest, name.get_ref()).is_none()
                })
            });
        if ready.is_empty() {
            let found = waiting
                .iter()
                .filter_map(|scenario| in_cycle(scenario, &waiting))
                .collect();
            ordered.extend(waiting);
            return (ordered, found);
        }
        ordered.extend(ready);
        rest = waiting;
    }
    (ordered, Vec::new())
}

/// The mistake of a scenario that starts, in the end, from itself; those that only start from such a one make none.
fn in_cycle(scenario: &Scenario, waiting: &[Scenario]) -> Option<Diagnostic> {
    let name = scenario.file.starts_from.as_ref()?;
    let mut way = vec![name.get_ref().as_str()];
    let mut at = establisher(waiting, name.get_ref())?;
    while at.id != scenario.id {
        let next = at.file.starts_from.as_ref()?.get_ref().as_str();
        if way.contains(&next) {
            return None;
        }
        way.push(next);
        at = establisher(waiting, next)?;
    }
    way.push(name.get_ref());
    let way = way.join(" → ");
    let text = Text::new(
        format!("starts_from が循環しています（{way}）"),
        format!("starts_from goes round in a circle: {way}"),
    );
    Some(Diagnostic::new(&scenario.path, name.span(), text))
}
