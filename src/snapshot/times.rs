//! Times in a snapshot where the clock cannot be stopped: an answer that comes some seconds later than that which was
//! accepted is the same answer. Zone, form and date must be right all the same.

use std::{sync::LazyLock, time::Duration};

use regex::Regex;

/// A time as it stands in a snapshot: sign, hours, minutes, seconds, and its form.
static TIME: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\{t([+-])(\d+):(\d\d):(\d\d) ([^}]*)\}").ok());

/// What was found, with the accepted times in the place of those that are no further from them than the slack. Where
/// the lines are not the same ones, nothing is changed.
pub fn within(accepted: &str, found: &str, slack: Duration) -> String {
    let Some(time) = TIME.as_ref() else {
        return found.to_owned();
    };
    super::as_accepted(accepted, found, |old, new| line(time, old, new, slack))
}

/// Whether two lines differ in their times alone, and in these by no more than the slack.
fn line(time: &Regex, old: &str, new: &str, slack: Duration) -> bool {
    let times = |line: &str| -> Vec<(i64, String)> {
        let found = time.captures_iter(line);
        found
            .filter_map(|found| {
                let (_, [sign, hours, minutes, seconds, form]) = found.extract();
                let number = |text: &str| text.parse::<i64>().ok();
                let seconds = number(hours)? * 3600 + number(minutes)? * 60 + number(seconds)?;
                let seconds = if sign == "-" { -seconds } else { seconds };
                Some((seconds, form.to_owned()))
            })
            .collect()
    };
    let (before, after) = (times(old), times(new));
    !before.is_empty()
        && before.len() == after.len()
        && time.replace_all(old, "") == time.replace_all(new, "")
        && before.iter().zip(&after).all(|(before, after)| {
            before.1 == after.1 && before.0.abs_diff(after.0) <= slack.as_secs()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_may_be_later_but_not_of_another_form_or_day() {
        let slack = Duration::from_secs(90);
        let old = "<a>\n  <At>{t+00:00:10 +09:00}</At>\n  <b>1</b>\n</a>\n";
        let same = |new: &str| within(old, new, slack) == old;
        assert!(same(&old.replace("00:00:10", "00:01:40")));
        assert!(same(&old.replace("+00:00:10", "-00:00:10")));
        assert!(!same(&old.replace("00:00:10", "00:01:41")));
        assert!(!same(&old.replace("+00:00:10", "+24:00:10")));
        assert!(!same(&old.replace(" +09:00", " Z")));
        assert!(!same(&old.replace("<b>1", "<b>2")));
        assert!(!same(&old.replace("  <b>1</b>\n", "")));
        let two = "{t+00:00:00 Z} {t+00:00:00 Z}\n";
        assert!(within(two, &two.replacen("00:00:00", "00:00:07", 1), slack) == two);
    }
}
