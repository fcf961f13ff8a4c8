//! Reports: a table on the terminal and in docs/BENCHMARKS.md, and JSON.

use crate::{
    failure::Failure,
    measurement::{Measurement, Range, Target},
    settings::root,
};
use serde_json::{Value, json};
use std::{fs, io::Write};

const BEGIN: &str = "<!-- figures: written by make bench, do not edit -->";
const END: &str = "<!-- end of figures -->";
const HEAD: [&str; 6] = ["measure", "Toast", "baseline", "ratio (lowest to highest)", "target", "reached"];

pub fn print(measurements: &[Measurement], out: &mut impl Write) {
    let rows: Vec<_> = std::iter::once(HEAD.map(str::to_owned)).chain(measurements.iter().map(cells)).collect();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<_> = (0..HEAD.len()).map(|column| width(column).unwrap_or_default()).collect();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        // The reader may have closed the pipe.
        drop(writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end()));
    }
}

pub fn write_json(measurements: &[Measurement]) -> Result<(), Failure> {
    let file = root().join("target/bench.json");
    let list: Vec<_> = measurements.iter().map(for_machines).collect();
    let text = serde_json::to_string_pretty(&list)?;
    fs::write(&file, format!("{text}\n")).map_err(Failure::system(file.display()))
}

/// Replaces the table in docs/BENCHMARKS.md and keeps the text around it.
pub fn update_document(measurements: &[Measurement], about: &str) -> Result<(), Failure> {
    let file = root().join("docs/BENCHMARKS.md");
    let old = fs::read_to_string(&file).map_err(Failure::system(file.display()))?;
    let parts = old.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = parts.ok_or_else(|| Failure::untrue(format!("docs/BENCHMARKS.md has no {BEGIN} … {END}")))?;
    let line = |cells: [String; 6]| format!("| {} |", cells.join(" | "));
    let mut lines =
        vec![about.to_owned(), String::new(), line(HEAD.map(str::to_owned)), "|---|--:|--:|--:|---|---|".to_owned()];
    lines.extend(measurements.iter().map(cells).map(line));
    let new = format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", lines.join("\n"));
    fs::write(&file, new).map_err(Failure::system(file.display()))
}

fn cells(measurement: &Measurement) -> [String; 6] {
    let unit = measurement.unit;
    let baseline = measurement.baseline();
    let ratio = measurement.ratio().map_or_else(String::new, |ratio| match measurement.rounds() {
        1 => format!("{:.2}", ratio.median),
        _ => format!("{:.2} ({:.2} to {:.2})", ratio.median, ratio.min, ratio.max),
    });
    let target = measurement.target.map_or_else(String::new, |target| match target {
        Target::RatioAtLeast(least) => format!("ratio at least {least}"),
        Target::RatioAtMost(most) => format!("ratio at most {most}"),
        Target::ValueAtMost(most) => format!("at most {} {unit}", number(most, unit)),
    });
    let reached = measurement.is_met().map_or("", |met| if met { "yes" } else { "MISSED" });
    [
        measurement.name.to_owned(),
        format!("{} {unit}", number(measurement.value().median, unit)),
        baseline.map_or_else(String::new, |(name, value)| format!("{} {unit}, {name}", number(value.median, unit))),
        ratio,
        target,
        reached.to_owned(),
    ]
}

fn number(value: f64, unit: &str) -> String {
    if unit == "ms" && value < 10.0 {
        return format!("{value:.2}");
    }
    if unit == "MB" || (unit == "ms" && value < 100.0) {
        return format!("{value:.1}");
    }
    let digits = format!("{value:.0}");
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(' ');
        }
        grouped.push(digit);
    }
    grouped
}

fn for_machines(measurement: &Measurement) -> Value {
    let Range { median, min, max } = measurement.value();
    let baseline = measurement.baseline();
    let ratio = measurement.ratio();
    let target = measurement.target.map(|target| match target {
        Target::RatioAtLeast(least) => format!("ratio >= {least}"),
        Target::RatioAtMost(most) => format!("ratio <= {most}"),
        Target::ValueAtMost(most) => format!("value <= {most}"),
    });
    json!({
        "name": measurement.name,
        "value": median,
        "unit": measurement.unit,
        "baseline": baseline.map(|(_, value)| value.median),
        "ratio": ratio.map(|ratio| ratio.median),
        "target": target,
        "met": measurement.is_met(),
        "baseline_is": baseline.map(|(name, _)| name),
        "rounds": measurement.rounds(),
        "value_spread": [min, max],
        "ratio_spread": ratio.map(|ratio| [ratio.min, ratio.max]),
    })
}
