//! The table at the end: each figure against its target.

use std::fmt::Display;

/// Prints a line as it becomes known.
pub fn say(line: impl Display) {
    println!("{line}");
}

#[derive(Clone, Copy)]
enum Target {
    AtLeast(f64),
    AtMost(f64),
}

/// What was measured, in the order in which it was.
#[derive(Default)]
pub struct Figures(Vec<(&'static str, Target, Vec<f64>)>);

impl Figures {
    /// Its median should not be below `target`.
    pub fn at_least(&mut self, what: &'static str, target: f64, measured: &[f64]) {
        self.0.push((what, Target::AtLeast(target), sorted(measured)));
    }

    /// Its median should not be above `target`.
    pub fn at_most(&mut self, what: &'static str, target: f64, measured: &[f64]) {
        self.0.push((what, Target::AtMost(target), sorted(measured)));
    }

    /// As a table in Markdown.
    pub fn print(&self) {
        say("\n| figure | target | least | median | most | met |\n|---|---|---|---|---|---|");
        for (what, target, measured) in &self.0 {
            let (least, most) = (measured[0], measured[measured.len() - 1]);
            let median = measured[measured.len() / 2];
            let (wanted, is_met) = match target {
                Target::AtLeast(target) => (format!("≥ {target}"), median >= *target),
                Target::AtMost(target) => (format!("≤ {target}"), median <= *target),
            };
            let met = if is_met { "yes" } else { "**no**" };
            say(format_args!("| {what} | {wanted} | {least:.2} | {median:.2} | {most:.2} | {met} |"));
        }
    }
}

fn sorted(measured: &[f64]) -> Vec<f64> {
    let mut sorted = measured.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}
