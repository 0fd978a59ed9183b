//! The figures as Markdown.

use std::fmt::Write as _;

use super::super::{CallClass, Temperature};
use super::{CLASSES, Evaluation, Figures, Hits, TEMPERATURES};

/// The line before the figures in `docs/scoring.md`.
pub const BEGIN: &str = "<!-- figures: begin -->";
/// The line after them.
pub const END: &str = "<!-- figures: end -->";

const fn name(class: CallClass) -> &'static str {
    match class {
        CallClass::ClinicalUrgency => "clinical urgency",
        CallClass::WrongNumber => "wrong number",
        CallClass::Vendor => "vendor",
        CallClass::JobSeeker => "job seeker",
        CallClass::Complaint => "complaint",
        CallClass::ExistingPatient => "existing patient",
        CallClass::NewLead => "new lead",
    }
}

const fn degree(temperature: Temperature) -> &'static str {
    match temperature {
        Temperature::Hot => "hot",
        Temperature::Warm => "warm",
        Temperature::Cold => "cold",
    }
}

/// The figures of the parts, by their names.
pub fn markdown(parts: &[(String, Evaluation)]) -> String {
    let mut page = String::new();
    for (part, evaluation) in parts {
        let _ = writeln!(page, "### `corpus/{part}`: {} calls\n", evaluation.all.calls);
        answers(&mut page, &evaluation.all);
        languages(&mut page, evaluation);
        confusion(&mut page, &evaluation.all);
        reliability(&mut page, &evaluation.all);
    }
    page
}

fn row(page: &mut String, what: &str, hits: &Hits) {
    let (precision, recall, f1) = (hits.precision(), hits.recall(), hits.f1());
    let calls = hits.right + hits.missed;
    let _ = writeln!(page, "| {what} | {calls} | {precision:.3} | {recall:.3} | {f1:.3} |");
}

fn answers(page: &mut String, figures: &Figures) {
    page.push_str("| | calls | precision | recall | F1 |\n|---|---|---|---|---|\n");
    row(page, "**hot**", &figures.hot);
    for (class, hits) in CLASSES.into_iter().zip(&figures.classes) {
        row(page, name(class), hits);
        if class == CallClass::ClinicalUrgency {
            row(page, "the same while the call runs", &figures.in_call);
        }
    }
    let (meant, idle) = (figures.spans_meant, figures.spans_idle);
    let _ = writeln!(
        page,
        "\nClinical urgencies called hot: {}. Labelled words that count and were found: {} of {}; that do not count and were \
         left: {} of {}. Mood as labelled: {} of {}; interest named as labelled: {}.\n",
        figures.clinical_hot,
        meant.1,
        meant.0,
        idle.1,
        idle.0,
        figures.moods_right,
        figures.calls,
        figures.interests_right,
    );
}

fn languages(page: &mut String, evaluation: &Evaluation) {
    page.push_str("| language | calls | hot: precision | hot: recall | clinical: recall | class right |\n|---|---|---|---|---|---|\n");
    for (language, figures) in &evaluation.by_language {
        let right: usize = (0..CLASSES.len()).map(|at| figures.confusion[at][at]).sum();
        let _ = writeln!(
            page,
            "| {language} | {} | {:.3} | {:.3} | {:.3} | {right} |",
            figures.calls,
            figures.hot.precision(),
            figures.hot.recall(),
            figures.of(CallClass::ClinicalUrgency).recall(),
        );
    }
    page.push('\n');
}

fn confusion(page: &mut String, figures: &Figures) {
    let columns: Vec<&str> = CLASSES.into_iter().map(name).collect();
    let _ = writeln!(page, "| label ↓, said → | {} |", columns.join(" | "));
    let _ = writeln!(page, "|---|{}", "---|".repeat(columns.len()));
    for (class, said) in CLASSES.into_iter().zip(&figures.confusion) {
        let counts: Vec<String> = said.iter().map(usize::to_string).collect();
        let _ = writeln!(page, "| {} | {} |", name(class), counts.join(" | "));
    }
    page.push_str("\n| label ↓, said → | hot | warm | cold |\n|---|---|---|---|\n");
    for (temperature, said) in TEMPERATURES.into_iter().zip(&figures.temperatures) {
        let _ = writeln!(page, "| {} | {} | {} | {} |", degree(temperature), said[0], said[1], said[2]);
    }
    page.push('\n');
}

fn reliability(page: &mut String, figures: &Figures) {
    page.push_str("| score | calls that can buy | labelled hot | share |\n|---|---|---|---|\n");
    for band in figures.bands.iter().filter(|band| band.calls > 0) {
        let share = Hits { right: band.hot, false_alarms: band.calls - band.hot, missed: 0 }.precision();
        let bar = "█".repeat((0..10).filter(|step| share * 10.0 > f64::from(*step) + 0.5).count());
        let _ = writeln!(page, "| {} | {} | {} | {share:.2} {bar} |", band.from, band.calls, band.hot);
    }
    page.push('\n');
}
