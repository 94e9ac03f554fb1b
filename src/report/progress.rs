//! Progress while a run is under way: a bar on a terminal, a line for each scenario elsewhere.

use std::{io::Write, time::Duration};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::{
    event::{Event, ScenarioEnd},
    report::{
        relayed,
        words::{bracketed, label, prerequisite, warning_head},
    },
    text::{Lang, Text},
};

/// Shows each event as it comes.
#[derive(Debug)]
pub struct Progress {
    bar: Option<ProgressBar>,
    lang: Lang,
    total: usize,
    done: usize,
    bad: usize,
}

impl Progress {
    /// On a terminal a bar is drawn on standard error; else lines are written to whatever is given with each event.
    pub fn new(terminal: bool, lang: Lang) -> Self {
        let bar = terminal.then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed} {wide_msg}");
            bar.enable_steady_tick(Duration::from_millis(200));
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        Self {
            bar,
            lang,
            total: 0,
            done: 0,
            bad: 0,
        }
    }

    /// The language of what is shown.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// Shows one event. Where it cannot be shown, the run goes on.
    pub fn event(&mut self, event: &Event, out: &mut dyn Write) {
        match event {
            Event::Run(start) => {
                self.total = start.scenarios.len();
                if let Some(bar) = &self.bar {
                    bar.set_length(self.total as u64);
                }
            }
            Event::Step(_) | Event::Begun(_) => {}
            Event::Relayed(one) => {
                let _ = writeln!(out, "{}", relayed::line(one).get(self.lang));
            }
            Event::System(system) => {
                if let (Some(why), None) = (&system.why, &self.bar) {
                    // What it wrote last stands in the report.
                    let why = why.get(self.lang).lines().next().unwrap_or_default();
                    let _ = writeln!(out, "{why}");
                }
            }
            Event::Warning(warning) => {
                let head = warning_head();
                let line = format!("{}: {}", head.get(self.lang), warning.text.get(self.lang));
                match &self.bar {
                    Some(bar) => bar.println(line),
                    None => {
                        let _ = writeln!(out, "{line}");
                    }
                }
            }
            Event::Scenario(result) => {
                self.done += 1;
                let label = label(&result.end).get(self.lang).to_owned();
                let good = matches!(
                    result.end,
                    ScenarioEnd::Passed | ScenarioEnd::New | ScenarioEnd::Assumed
                );
                if !good && !result.end.is_hindered() {
                    self.bad += 1;
                }
                if let Some(bar) = &self.bar {
                    let bad = if self.bad > 0 {
                        format!("✗{} ", self.bad)
                    } else {
                        String::new()
                    };
                    bar.set_position(self.done as u64);
                    bar.set_message(format!("{bad}{}", result.scenario));
                } else {
                    let width = self.total.to_string().len();
                    let why = if result.prerequisite {
                        bracketed(prerequisite().get(self.lang), self.lang)
                    } else {
                        String::new()
                    };
                    let _ = writeln!(
                        out,
                        "[{:>width$}/{}] {label}  {}{why}",
                        self.done, self.total, result.scenario
                    );
                }
            }
        }
    }

    /// Shows that a step waits, and for how long at most. That stands first, since a narrow terminal cuts the end.
    pub fn waits(&mut self, scenario: &str, step: &str, longest: Duration, out: &mut dyn Write) {
        let seconds = longest.as_secs();
        let text = Text::new(
            format!("待機中（最長{seconds}秒） {scenario} [{step}]"),
            format!("waiting, {seconds} s at most: {scenario} [{step}]"),
        );
        let text = text.get(self.lang).to_owned();
        match &self.bar {
            Some(bar) => bar.set_message(text),
            None => {
                let _ = writeln!(out, "{text}");
            }
        }
    }

    /// Takes the bar away.
    pub fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
