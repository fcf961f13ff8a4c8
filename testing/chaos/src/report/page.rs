//! The report as Markdown, between two markers of a page that is otherwise written by hand.

use super::{FaultReport, Report};
use std::fmt::Write as _;
use support::checks;

const BEGIN: &str = "<!-- figures: made by toast-chaos report -->";
const END: &str = "<!-- end of figures -->";

/// Replaces the results of a page, or appends them.
pub fn into_page(page: &str, results: &str) -> String {
    let block = format!("{BEGIN}\n\n{results}\n{END}");
    match (page.split_once(BEGIN), page.split_once(END)) {
        (Some((before, _)), Some((_, after))) => format!("{before}{block}{after}"),
        _ => format!("{}\n\n{block}\n", page.trim_end()),
    }
}

pub fn markdown(report: &Report) -> String {
    let mut text = String::new();
    let kind = if report.sharded { "sharded with Citus" } else { "plain PostgreSQL" };
    let _ = writeln!(text, "Testbed `{}`, {kind}, seed {}. {}\n", report.profile, report.seed, conclusion(report));
    write_faults(report, &mut text);
    write_skipped(report, &mut text);
    write_controls(report, &mut text);
    write_cuts(report, &mut text);
    write_security(report, &mut text);
    text
}

fn conclusion(report: &Report) -> String {
    let mut text = format!("`{}`.", report.summary());
    let acknowledged: u64 = report.done().map(|fault| fault.acknowledged).sum();
    if report.violations() == 0 && acknowledged > 0 {
        // The rule of three: an event that did not occur in n trials has a probability below 3/n with 95 % confidence.
        let _ = write!(
            text,
            " None of {acknowledged} acknowledged orders was lost, doubled or mispriced: with 95 % confidence fewer than 1 in {}.",
            acknowledged / 3
        );
    }
    text
}

fn write_faults(report: &Report, text: &mut String) {
    if report.done().next().is_none() {
        return;
    }
    text.push_str(
        "| fault | requests | failed | orders | unknown | p99 ms | observed (s) | expectations | violations |\n",
    );
    text.push_str("|---|--:|--:|--:|--:|--:|---|---|--:|\n");
    for fault in report.done() {
        let _ = writeln!(
            text,
            "| {} **{}**<br>{} | {} | {} | {} | {} | {:.0} | {} | {} | {} |",
            mark(fault.passed),
            fault.fault,
            fault.description,
            fault.requests,
            fault.errors,
            fault.acknowledged,
            fault.unknown,
            fault.p99_ms,
            observations(fault),
            expectations(fault),
            fault.violations.len()
        );
    }
    text.push('\n');
}

fn observations(fault: &FaultReport) -> String {
    fault.observations.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join("<br>")
}

fn expectations(fault: &FaultReport) -> String {
    let expectations = fault.expectations.iter();
    let mut lines: Vec<_> =
        expectations.map(|one| format!("{} {}: {}", mark(one.passed), one.expected, one.measured)).collect();
    lines.extend(fault.note.clone());
    lines.join("<br>")
}

fn write_skipped(report: &Report, text: &mut String) {
    let mut skipped = report.faults.iter().filter_map(|fault| Some((&fault.fault, fault.skipped.as_ref()?))).peekable();
    if skipped.peek().is_none() {
        return;
    }
    text.push_str("Skipped:\n\n");
    for (fault, why) in skipped {
        let _ = writeln!(text, "- {fault}: {why}");
    }
    text.push('\n');
}

fn write_controls(report: &Report, text: &mut String) {
    if report.checker_controls.is_empty() {
        return;
    }
    text.push_str("Controls of the checker, each with a server and database of its own:\n\n");
    text.push_str("| sabotage | violations expected | orders | violations found |\n|---|---|--:|---|\n");
    for control in &report.checker_controls {
        let found: Vec<_> = control.violations.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        let found = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
        let expected = if control.must_fail { "yes" } else { "none" };
        let mark = mark(control.passed);
        let _ = writeln!(text, "| {mark} {} | {expected} | {} | {found} |", control.name, control.acknowledged);
    }
    text.push('\n');
}

fn write_cuts(report: &Report, text: &mut String) {
    if report.connection_cuts.is_empty() {
        return;
    }
    text.push_str("Connections cut at one exact message:\n\n");
    text.push_str("| connection | cut | times | orders | after a retry | unknown | violations |\n");
    text.push_str("|---|---|--:|--:|--:|--:|--:|\n");
    for cut in &report.connection_cuts {
        let _ = writeln!(
            text,
            "| {} {} | {} `{}` | {} | {} | {} | {} | {} |",
            mark(cut.passed),
            cut.connection,
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

fn write_security(report: &Report, text: &mut String) {
    if report.security.is_empty() {
        return;
    }
    let _ = writeln!(text, "\nSecurity and invariant checks (`{}`):\n", checks::summary(&report.security));
    text.push_str("| check | expected | found |\n|---|---|---|\n");
    for finding in &report.security {
        let mark = mark(finding.passed);
        let _ = match &finding.skipped {
            Some(why) => writeln!(text, "| – {} | skipped | {why} |", finding.check),
            None => writeln!(text, "| {mark} {} | {} | {} |", finding.check, finding.expected, finding.found),
        };
    }
}

const fn mark(passed: bool) -> char {
    if passed { '✓' } else { '✗' }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        check::{Kind, Violation},
        checker_controls::Control,
        expectation::Expectation,
    };
    use support::{Error, checks::Finding};

    fn report() -> Report {
        let expectation = |passed| Expectation::new("0 failed", "1 of 9", passed);
        let lost = Violation { kind: Kind::Lost, text: "Operation 1.".to_owned() };
        let late = Violation { kind: Kind::Standbys, text: "1 standby.".to_owned() };
        let fault = |name: &str, passed, violations: &[&Violation]| FaultReport {
            fault: name.to_owned(),
            requests: 9,
            errors: 1,
            unknown: 2,
            expectations: vec![expectation(passed)],
            violations: violations.iter().map(|one| (*one).clone()).collect(),
            passed,
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
            checker_controls: vec![Control {
                name: "unique key dropped".to_owned(),
                must_fail: true,
                acknowledged: 5,
                violations: [("doubled".to_owned(), 3)].into(),
                passed: false,
            }],
            connection_cuts: Vec::new(),
            security: vec![
                finding("closed", true, None),
                finding("open", false, None),
                finding("", false, Some("no tcpdump")),
            ],
        }
    }

    fn finding(found: &str, passed: bool, skipped: Option<&str>) -> Finding {
        let (check, expected) = ("scan".to_owned(), "closed".to_owned());
        Finding { check, expected, found: found.to_owned(), passed, skipped: skipped.map(str::to_owned) }
    }

    #[test]
    fn the_last_line_counts_hard_violations_controls_and_security_checks() {
        assert_eq!(report().summary(), "chaos: 18 operations, 2 faults, 4 unknown, 3 violations");
    }

    #[test]
    fn an_unfinished_fault_counts_as_a_violation() {
        let why = Error::failed("the load", "does not stop");
        let mut report = report();
        report.faults.push(FaultReport::unfinished("disk-full", 7, "the disk is full", &why));
        assert_eq!(report.summary(), "chaos: 18 operations, 3 faults, 4 unknown, 4 violations");
        assert!(markdown(&report).contains("✗ injected, healed and checked: the load: does not stop"));
    }

    #[test]
    fn text_around_the_results_of_a_page_is_kept() {
        let results = markdown(&report());
        assert!(results.contains("**worker-lost**") && results.contains("clock-skew: libfaketime"));
        assert!(results.contains("✗ unique key dropped | yes | 5 | 3 doubled"), "{results}");
        assert!(results.contains("security: 1 of 2") && results.contains("| ✗ scan | closed | open |"), "{results}");
        assert!(results.contains("| – scan | skipped | no tcpdump |"), "{results}");
        let page = into_page("# Reliability\n\nText.\n", &results);
        assert!(page.starts_with("# Reliability\n\nText.\n\n<!--"));
        let edited = page + "More text.\n";
        let again = into_page(&edited, "new\n");
        assert!(again.contains("Text.") && again.contains("More text.") && !again.contains("worker-lost"));
        assert_eq!(into_page(&again, "new\n"), again);
    }

    #[test]
    fn reports_are_read_as_written() {
        let text = serde_json::to_string(&report()).unwrap();
        assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report());
    }
}
