//! The report as Markdown, between two markers of a page that is otherwise written by hand.

use super::Report;
use minijinja::{Environment, context};
use support::{Error, checks};

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

/// Renders `results.md.j2`.
pub fn markdown(report: &Report) -> Result<String, Error> {
    let mut environment = Environment::new();
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.set_keep_trailing_newline(true);
    // Whole numbers without a decimal point.
    environment.add_filter("plain", |value: f64| value.to_string());
    let (skipped, done): (Vec<_>, Vec<_>) = report.faults.iter().partition(|fault| fault.skipped.is_some());
    let values = context! {
        summary => report.summary(),
        violations => report.violations(),
        acknowledged => done.iter().map(|fault| fault.acknowledged).sum::<u64>(),
        checks => checks::summary(&report.security),
        done,
        skipped,
        ..minijinja::Value::from_serialize(report)
    };
    let template = include_str!("results.md.j2");
    environment.render_str(template, values).map_err(|error| Error::failed("the report's template", error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        check::{Kind, Violation},
        checker_controls::Control,
        expectation::Expectation,
        report::FaultReport,
    };
    use support::checks::Finding;

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
        assert!(markdown(&report).unwrap().contains("✗ injected, healed and checked: the load: does not stop"));
    }

    #[test]
    fn text_around_the_results_of_a_page_is_kept() {
        let results = markdown(&report()).unwrap();
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
