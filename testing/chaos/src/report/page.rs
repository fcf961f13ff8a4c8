//! The figures as Markdown, put between two marks of a page that people write the rest of.

use super::{FaultReport, Report};
use crate::walls;
use std::fmt::Write as _;

const BEGIN: &str = "<!-- figures: made by toast-chaos report -->";
const END: &str = "<!-- end of figures -->";

/// Replaces the figures of a page, or appends them to one that has none.
pub fn into_page(page: &str, figures: &str) -> String {
    let block = format!("{BEGIN}\n\n{figures}\n{END}");
    match (page.split_once(BEGIN), page.split_once(END)) {
        (Some((before, _)), Some((_, after))) => format!("{before}{block}{after}"),
        _ => format!("{}\n\n{block}\n", page.trim_end()),
    }
}

/// The figures of a run.
pub fn markdown(report: &Report) -> String {
    let mut text = String::new();
    let acknowledged: u64 = report.done().map(|fault| fault.acknowledged).sum();
    let kind = if report.sharded { "sharded with Citus" } else { "plain PostgreSQL" };
    let _ = writeln!(text, "World `{}`, {kind}, seed {}. {}\n", report.profile, report.seed, sum(report, acknowledged));
    faults(report, &mut text);
    skipped(report, &mut text);
    controls(report, &mut text);
    cuts(report, &mut text);
    all_walls(report, &mut text);
    text
}

fn sum(report: &Report, acknowledged: u64) -> String {
    let mut text = format!("`{}`.", report.line());
    if report.violations() == 0 && acknowledged > 0 {
        // The rule of three: what was never seen in n cases is rarer than 3/n with 95 % confidence.
        let _ = write!(
            text,
            " None of {acknowledged} acknowledged orders was lost, doubled or wrong: with 95 % confidence fewer than 1 in {}.",
            acknowledged / 3
        );
    }
    text
}

fn faults(report: &Report, text: &mut String) {
    if report.done().next().is_none() {
        return;
    }
    text.push_str(
        "| fault | requests | failed | orders | unknown | p99 ms | seconds | what must hold | violations |\n",
    );
    text.push_str("|---|--:|--:|--:|--:|--:|---|---|--:|\n");
    for fault in report.done() {
        let _ = writeln!(
            text,
            "| {} **{}**<br>{} | {} | {} | {} | {} | {:.0} | {} | {} | {} |",
            mark(fault.held),
            fault.fault,
            fault.what,
            fault.requests,
            fault.errors,
            fault.acknowledged,
            fault.unknown,
            fault.p99_ms,
            seconds(fault),
            promises(fault),
            fault.violations.len()
        );
    }
    text.push('\n');
}

fn seconds(fault: &FaultReport) -> String {
    fault.seconds.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join("<br>")
}

fn promises(fault: &FaultReport) -> String {
    let promises = fault.promises.iter();
    let mut lines: Vec<_> =
        promises.map(|one| format!("{} {}: {}", mark(one.held), one.wanted, one.measured)).collect();
    lines.extend(fault.note.clone());
    lines.join("<br>")
}

fn skipped(report: &Report, text: &mut String) {
    let mut skipped = report.faults.iter().filter_map(|fault| Some((&fault.fault, fault.skipped.as_ref()?))).peekable();
    if skipped.peek().is_none() {
        return;
    }
    text.push_str("Not done here:\n\n");
    for (fault, why) in skipped {
        let _ = writeln!(text, "- {fault}: {why}");
    }
    text.push('\n');
}

fn controls(report: &Report, text: &mut String) {
    if report.controls.is_empty() {
        return;
    }
    text.push_str("Controls, each against a Toast of its own:\n\n| what was done | must be | orders | found |\n|---|---|--:|---|\n");
    for control in &report.controls {
        let found: Vec<_> = control.violations.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        let found = if found.is_empty() { "nothing".to_owned() } else { found.join(", ") };
        let wanted = if control.must_be_red { "red" } else { "green" };
        let mark = mark(control.held);
        let _ = writeln!(text, "| {mark} {} | {wanted} | {} | {found} |", control.name, control.acknowledged);
    }
    text.push('\n');
}

fn cuts(report: &Report, text: &mut String) {
    if report.cuts.is_empty() {
        return;
    }
    text.push_str("Lines cut at one exact message:\n\n");
    text.push_str(
        "| line | cut | times | orders | after a retry | unknown | violations |\n|---|---|--:|--:|--:|--:|--:|\n",
    );
    for cut in &report.cuts {
        let _ = writeln!(
            text,
            "| {} {} | {} `{}` | {} | {} | {} | {} | {} |",
            mark(cut.held),
            cut.line,
            cut.side,
            cut.point,
            cut.cuts,
            cut.acknowledged,
            cut.retried,
            cut.unknown,
            cut.violations.len()
        );
    }
}

fn all_walls(report: &Report, text: &mut String) {
    if report.walls.is_empty() {
        return;
    }
    let _ = writeln!(text, "\nWalls of the world (`{}`):\n", walls::line(&report.walls));
    text.push_str("| check | what must hold | found |\n|---|---|---|\n");
    for wall in &report.walls {
        let _ = match &wall.skipped {
            Some(why) => writeln!(text, "| – {} | skipped | {why} |", wall.check),
            None => writeln!(text, "| {} {} | {} | {} |", mark(wall.held), wall.check, wall.wanted, wall.found),
        };
    }
}

const fn mark(held: bool) -> char {
    if held { '✓' } else { '✗' }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{check::Kind, check::Violation, controls::Control, faults::Promise};

    fn report() -> Report {
        let promise = |held| Promise { wanted: "0 failed".to_owned(), measured: "1 of 9".to_owned(), held };
        let lost = Violation { kind: Kind::Lost, text: "Wish 1.".to_owned() };
        let late = Violation { kind: Kind::Standbys, text: "1 standby.".to_owned() };
        let fault = |name: &str, held, violations: &[&Violation]| FaultReport {
            fault: name.to_owned(),
            requests: 9,
            errors: 1,
            unknown: 2,
            promises: vec![promise(held)],
            violations: violations.iter().map(|one| (*one).clone()).collect(),
            held,
            ..FaultReport::default()
        };
        Report {
            seed: 7,
            profile: "multi".to_owned(),
            sharded: true,
            faults: vec![
                fault("backend-kill", true, &[]),
                fault("worker-lost", false, &[&lost, &late]),
                FaultReport::skipped("clock-skew", 7, "libfaketime is not installed"),
            ],
            controls: vec![Control {
                name: "unique key dropped".to_owned(),
                must_be_red: true,
                acknowledged: 5,
                violations: [("doubled".to_owned(), 3)].into(),
                held: false,
            }],
            cuts: Vec::new(),
            walls: vec![wall("closed", true, None), wall("open", false, None), wall("", false, Some("no tcpdump"))],
        }
    }

    fn wall(found: &str, held: bool, skipped: Option<&str>) -> walls::Wall {
        let (check, wanted) = ("scan".to_owned(), "closed".to_owned());
        walls::Wall { check, wanted, found: found.to_owned(), held, skipped: skipped.map(str::to_owned) }
    }

    #[test]
    fn the_last_line_counts_hard_violations_controls_and_walls() {
        assert_eq!(report().line(), "chaos: 18 operations, 2 faults, 4 unknown, 3 violations");
    }

    #[test]
    fn a_fault_that_was_not_checked_to_its_end_is_not_taken_for_green() {
        let why = crate::failure::Failure::wrong("guests", "do not leave");
        let mut report = report();
        report.faults.push(FaultReport::unfinished("disk-full", 7, "the disk is full", &why));
        assert_eq!(report.line(), "chaos: 18 operations, 3 faults, 4 unknown, 4 violations");
        assert!(markdown(&report).contains("✗ done and checked to its end: guests: do not leave"));
    }

    #[test]
    fn the_page_keeps_what_people_wrote() {
        let figures = markdown(&report());
        assert!(figures.contains("**worker-lost**") && figures.contains("clock-skew: libfaketime"));
        assert!(figures.contains("✗ unique key dropped | red | 5 | 3 doubled"), "{figures}");
        assert!(figures.contains("walls: 1 of 2") && figures.contains("| ✗ scan | closed | open |"), "{figures}");
        assert!(figures.contains("| – scan | skipped | no tcpdump |"), "{figures}");
        let page = into_page("# Reliability\n\nWords.\n", &figures);
        assert!(page.starts_with("# Reliability\n\nWords.\n\n<!--"));
        let mended = page + "More words.\n";
        let again = into_page(&mended, "new\n");
        assert!(again.contains("Words.") && again.contains("More words.") && !again.contains("worker-lost"));
        assert_eq!(into_page(&again, "new\n"), again);
    }

    #[test]
    fn reports_survive_being_written() {
        let text = serde_json::to_string(&report()).unwrap();
        assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report());
    }
}
