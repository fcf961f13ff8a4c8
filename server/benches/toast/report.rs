//! Where figures go: a table for whoever waits, the same into docs/BENCHMARKS.md, and a list for machines.

use crate::{
    failure::Failure,
    figure::{Aim, Figure, Spread},
    settings::root,
};
use serde_json::{Value, json};
use std::{fs, io::Write};

const BEGIN: &str = "<!-- figures: written by make bench, do not edit -->";
const END: &str = "<!-- end of figures -->";
const HEAD: [&str; 6] = ["measure", "Toast", "neighbour", "ratio (lowest to highest)", "aim", "reached"];

/// Prints the table.
pub fn print(figures: &[Figure], out: &mut impl Write) {
    let rows: Vec<_> = std::iter::once(HEAD.map(str::to_owned)).chain(figures.iter().map(cells)).collect();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<_> = (0..HEAD.len()).map(|column| width(column).unwrap_or_default()).collect();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        // Nobody may be reading any more.
        drop(writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end()));
    }
}

/// Writes the list for machines.
pub fn keep_for_machines(figures: &[Figure]) -> Result<(), Failure> {
    let file = root().join("target/bench.json");
    let list: Vec<_> = figures.iter().map(for_machines).collect();
    let text = serde_json::to_string_pretty(&list)?;
    fs::write(&file, format!("{text}\n")).map_err(Failure::system(file.display()))
}

/// Replaces the table in docs/BENCHMARKS.md and leaves the prose around it.
pub fn keep_for_people(figures: &[Figure], about: &str) -> Result<(), Failure> {
    let file = root().join("docs/BENCHMARKS.md");
    let old = fs::read_to_string(&file).map_err(Failure::system(file.display()))?;
    let parts = old.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    let (before, after) = parts.ok_or_else(|| Failure::untrue(format!("docs/BENCHMARKS.md has no {BEGIN} … {END}")))?;
    let line = |cells: [String; 6]| format!("| {} |", cells.join(" | "));
    let mut lines =
        vec![about.to_owned(), String::new(), line(HEAD.map(str::to_owned)), "|---|--:|--:|--:|---|---|".to_owned()];
    lines.extend(figures.iter().map(cells).map(line));
    let new = format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", lines.join("\n"));
    fs::write(&file, new).map_err(Failure::system(file.display()))
}

fn cells(figure: &Figure) -> [String; 6] {
    let unit = figure.unit;
    let neighbour = figure.neighbour();
    let ratio = figure.ratio().map_or_else(String::new, |ratio| match figure.rounds() {
        1 => format!("{:.2}", ratio.median),
        _ => format!("{:.2} ({:.2} to {:.2})", ratio.median, ratio.min, ratio.max),
    });
    let aim = figure.aim.map_or_else(String::new, |aim| match aim {
        Aim::RatioAtLeast(least) => format!("ratio at least {least}"),
        Aim::ValueAtMost(most) => format!("at most {} {unit}", number(most, unit)),
    });
    let reached = figure.is_met().map_or("", |met| if met { "yes" } else { "MISSED" });
    [
        figure.name.to_owned(),
        format!("{} {unit}", number(figure.value().median, unit)),
        neighbour.map_or_else(String::new, |(name, value)| format!("{} {unit}, {name}", number(value.median, unit))),
        ratio,
        aim,
        reached.to_owned(),
    ]
}

fn number(value: f64, unit: &str) -> String {
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

fn for_machines(figure: &Figure) -> Value {
    let Spread { median, min, max } = figure.value();
    let neighbour = figure.neighbour();
    let ratio = figure.ratio();
    let aim = figure.aim.map(|aim| match aim {
        Aim::RatioAtLeast(least) => format!("ratio >= {least}"),
        Aim::ValueAtMost(most) => format!("value <= {most}"),
    });
    json!({
        "name": figure.name,
        "value": median,
        "unit": figure.unit,
        "neighbour": neighbour.map(|(_, value)| value.median),
        "ratio": ratio.map(|ratio| ratio.median),
        "aim": aim,
        "met": figure.is_met(),
        "neighbour_is": neighbour.map(|(name, _)| name),
        "rounds": figure.rounds(),
        "value_spread": [min, max],
        "ratio_spread": ratio.map(|ratio| [ratio.min, ratio.max]),
    })
}
