//! Circles and polygons in the form of the delivery zones.

use crate::{
    domain::{
        location::Location,
        money::{Currency, Money},
        shape::{self, RADIUS_M, Shape},
        typed,
        zones::DrawnZone,
    },
    forms::{
        location,
        settings::{
            Fields, Problems, Typing,
            delivery::{BY, BY_CIRCLE, BY_POLYGON, CENTRE, CORNERS, LIST, NAME, NAMES, RADIUS},
            entries, entry_field,
            limits::MOST_ZONES,
            text,
        },
    },
};

/// The circles and polygons of a form, also while it cannot be saved.
pub fn drawn(fields: &Fields) -> Vec<DrawnZone> {
    let shape = |at: usize| {
        let value = |name: &str| text(fields, &entry_field(LIST, at, name));
        match value(BY) {
            BY_CIRCLE => {
                let centre = location::optional(CENTRE, value(CENTRE), None).ok()?;
                Some(Shape::Circle { centre, radius_m: metres(value(RADIUS))? })
            }
            BY_POLYGON => Some(Shape::Polygon { corners: corners(value(CORNERS)).ok()? }),
            _ => None,
        }
    };
    let name = |at: usize| match text(fields, &entry_field(LIST, at, NAME)).trim() {
        "" => format!("Zone {}", at + 1),
        name => name.to_owned(),
    };
    let count = entries(fields, LIST, NAMES, MOST_ZONES);
    (0..count).filter_map(|at| Some(DrawnZone { at, name: name(at), shape: shape(at)? })).collect()
}

pub(super) fn circle(fields: &Fields, at: usize, typing: Typing<'_>, problems: &mut Problems) -> Shape {
    let (radius, centre) = (entry_field(LIST, at, RADIUS), entry_field(LIST, at, CENTRE));
    let radius_m = metres(text(fields, &radius)).filter(|metres| RADIUS_M.contains(metres)).unwrap_or_else(|| {
        let [least, most] = [*RADIUS_M.start(), *RADIUS_M.end()].map(|metres| kilometres(metres, typing));
        let words = format!("Enter kilometres from {least} to {most}, such as {}.", kilometres(2_500, typing));
        problems.add(radius, "radius", words);
        *RADIUS_M.start()
    });
    let centre = problems.or_default(location::optional(&centre, text(fields, &centre), None));
    Shape::Circle { centre, radius_m }
}

pub(super) fn polygon(fields: &Fields, at: usize, problems: &mut Problems) -> Shape {
    let field = entry_field(LIST, at, CORNERS);
    let nothing = || Shape::Polygon { corners: Vec::new() };
    let corners = match corners(text(fields, &field)) {
        Ok(corners) => corners,
        Err(line) => {
            let words = format!(
                "“{line}” is no location. Enter latitude and longitude, such as 52.5403, 13.4127, one corner a line."
            );
            problems.add(field, "location", words);
            return nothing();
        }
    };
    shape::polygon(corners).unwrap_or_else(|problem| {
        problems.add(field, "polygon", problem.to_string());
        nothing()
    })
}

/// The locations of lines, or the first line that is none. The first corner may be repeated at the end.
fn corners(lines: &str) -> Result<Vec<Location>, String> {
    let lines = lines.lines().filter(|line| typed::is_seen(line));
    let read = |line: &str| location::read(line, None).ok_or_else(|| line.trim().to_owned());
    let mut corners = lines.map(read).collect::<Result<Vec<_>, _>>()?;
    if corners.len() > 1 && corners.first() == corners.last() {
        corners.pop();
    }
    Ok(corners)
}

/// Corners as lines.
pub(super) fn lines(corners: &[Location]) -> String {
    corners.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// Metres of a number of kilometres with up to three decimals: `3`, `2.5`, `2,5`.
fn metres(kilometres: &str) -> Option<u32> {
    let text: String = typed::plain(kilometres).chars().filter(|letter| !letter.is_whitespace()).collect();
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((&text, ""));
    let is_number = |part: &str| part.chars().all(|letter| letter.is_ascii_digit());
    let is_read = !whole.is_empty() && is_number(whole) && is_number(part) && part.len() <= 3;
    is_read.then(|| format!("{whole}{part:0<3}").parse().ok())?
}

/// Kilometres as they are typed, with the decimal sign of the language and without zeros at the end.
pub(super) fn kilometres(metres: u32, typing: Typing<'_>) -> String {
    let text = format!("{}.{:03}", metres / 1_000, metres % 1_000);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let comma = Money::new(1, Currency::Eur).typed(typing.locale).contains(',');
    if comma { text.replace('.', ",") } else { text.to_owned() }
}
