//! Areas of delivery zones on the map: circles and polygons.
//!
//! The sides of a polygon are straight between their degrees. All decisions about them are made in whole parts of a degree and
//! are therefore exact: a library for floating-point geometry would add its error and some twenty crates to these few lines.

use crate::domain::location::Location;
use serde::{Deserialize, Serialize};
use std::{f64::consts::PI, fmt};
use utoipa::ToSchema;

/// Corners of a polygon.
pub const CORNERS: std::ops::RangeInclusive<usize> = 3..=50;
/// Metres around the middle of a circle.
pub const RADIUS_M: std::ops::RangeInclusive<u32> = 50..=100_000;
/// Most metres between two corners: more is a typing error.
const WIDEST_M: f64 = 200_000.0;
/// Degrees north or south beyond which a degree of longitude is too short for straight sides.
const FURTHEST_NORTH: f64 = 80.0;

/// An area on the map. Its border is part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// All within a radius.
    Circle {
        /// None for the restaurant.
        centre: Option<Location>,
        radius_m: u32,
    },
    /// All between these corners, in either direction around.
    Polygon {
        /// Without repeating the first one at the end.
        corners: Vec<Location>,
    },
}

/// Why corners are no polygon. Its text is a sentence for the one who draws.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolygonProblem {
    #[error("Set at least {} corners.", CORNERS.start())]
    TooFew,
    #[error("Set at most {} corners.", CORNERS.end())]
    TooMany,
    #[error("{0} is there twice. Remove one of them.")]
    Twice(Location),
    #[error(
        "The sides cross or touch at the one from {0} to {1}. Put the corners in the order in which they follow around the area."
    )]
    Crossing(Location, Location),
    #[error("The area cannot cross the 180th meridian. Draw one zone on each side of it.")]
    Meridian,
    #[error("Corners must be between 80 degrees south and 80 degrees north.")]
    Pole,
    #[error("{0} and {1} are more than 200 km apart. Check their numbers.")]
    TooWide(Location, Location),
}

impl Shape {
    /// Whether a location is in it. A circle around the restaurant has nothing in it while that one's location is not known.
    pub fn takes(&self, at: Location, restaurant: Option<Location>) -> bool {
        match self {
            Self::Circle { centre, radius_m } => {
                centre.or(restaurant).is_some_and(|centre| centre.metres_to(at) <= f64::from(*radius_m))
            }
            Self::Polygon { corners } => is_inside(corners, at),
        }
    }

    /// Square metres.
    pub fn area(&self) -> f64 {
        match self {
            Self::Circle { radius_m, .. } => PI * f64::from(*radius_m).powi(2),
            Self::Polygon { corners } => {
                let Some(first) = corners.first() else { return 0.0 };
                let twice: f64 = sides(corners)
                    .map(|(from, to)| (first.plane(from), first.plane(to)))
                    .map(|((x, y), (next_x, next_y))| x * next_y - next_x * y)
                    .sum();
                (twice / 2.0).abs()
            }
        }
    }
}

impl fmt::Display for Shape {
    /// All of it in words: `within 2.5 km of the restaurant`, `between 3 corners: …`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Circle { centre, radius_m } => {
                let centre = centre.map_or_else(|| "the restaurant".to_owned(), |centre| centre.to_string());
                write!(f, "within {} of {centre}", radius_words(*radius_m))
            }
            Self::Polygon { corners } => {
                let texts: Vec<_> = corners.iter().map(ToString::to_string).collect();
                write!(f, "between {} corners: {}", corners.len(), texts.join("; "))
            }
        }
    }
}

/// A radius without rounding: `900 m`, `2.5 km`.
pub fn radius_words(metres: u32) -> String {
    if metres < 1_000 { format!("{metres} m") } else { format!("{} km", f64::from(metres) / 1_000.0) }
}

/// The corners, when they are those of a polygon that a zone can have.
pub fn polygon(corners: Vec<Location>) -> Result<Shape, PolygonProblem> {
    if corners.len() < *CORNERS.start() {
        return Err(PolygonProblem::TooFew);
    }
    if corners.len() > *CORNERS.end() {
        return Err(PolygonProblem::TooMany);
    }
    let all = corners.as_slice();
    let rest = move |at: usize, one: Location| all.iter().skip(at + 1).map(move |other| (one, *other));
    let pairs = move || all.iter().enumerate().flat_map(move |(at, one)| rest(at, *one));
    if corners.iter().any(|corner| corner.latitude().abs() > FURTHEST_NORTH) {
        return Err(PolygonProblem::Pole);
    }
    if pairs().any(|(one, other)| (one.longitude() - other.longitude()).abs() > 180.0) {
        return Err(PolygonProblem::Meridian);
    }
    if let Some((one, other)) = pairs().find(|(one, other)| one.metres_to(*other) > WIDEST_M) {
        return Err(PolygonProblem::TooWide(one, other));
    }
    if let Some((twice, _)) = pairs().find(|(one, other)| one == other) {
        return Err(PolygonProblem::Twice(twice));
    }
    if let Some((from, to)) = crossing(&corners) {
        return Err(PolygonProblem::Crossing(from, to));
    }
    Ok(Shape::Polygon { corners })
}

/// Each corner with the next one.
fn sides(corners: &[Location]) -> impl Iterator<Item = (Location, Location)> + Clone + '_ {
    corners.iter().copied().zip(corners.iter().copied().cycle().skip(1))
}

/// By the number of sides that a line to the east crosses (W. R. Franklin, PNPOLY); what is on a side is inside.
fn is_inside(corners: &[Location], at: Location) -> bool {
    let (_, north) = at.parts();
    let mut inside = false;
    for (from, to) in sides(corners) {
        if is_on(from, to, at) {
            return true;
        }
        let ((_, from_north), (_, to_north)) = (from.parts(), to.parts());
        if (from_north > north) != (to_north > north) && (turn(from, to, at) > 0) == (to_north > from_north) {
            inside = !inside;
        }
    }
    inside
}

/// Positive when the third location is left of the line from the first to the second, zero when it is on it. The products are
/// below 10¹⁶.
fn turn(from: Location, to: Location, at: Location) -> i64 {
    let ((x, y), (to_x, to_y), (at_x, at_y)) = (from.parts(), to.parts(), at.parts());
    (to_x - x) * (at_y - y) - (to_y - y) * (at_x - x)
}

fn is_on(from: Location, to: Location, at: Location) -> bool {
    let ((x, y), (to_x, to_y), (at_x, at_y)) = (from.parts(), to.parts(), at.parts());
    let between = |one: i64, other: i64, at: i64| one.min(other) <= at && at <= one.max(other);
    turn(from, to, at) == 0 && between(x, to_x, at_x) && between(y, to_y, at_y)
}

/// The first side that another one crosses or touches, except at the corner that both share.
fn crossing(corners: &[Location]) -> Option<(Location, Location)> {
    let all = sides(corners);
    let crossed = all.clone().enumerate().find(|(at, (from, to))| {
        all.clone().skip(at + 1).any(|(other_from, other_to)| {
            if other_from == *to {
                is_back(*from, *to, other_to)
            } else if other_to == *from {
                is_back(other_from, *from, *to)
            } else {
                do_meet((*from, *to), (other_from, other_to))
            }
        })
    });
    crossed.map(|(_, side)| side)
}

/// Whether a side goes back on the one before it.
fn is_back(from: Location, corner: Location, to: Location) -> bool {
    is_on(from, corner, to) || is_on(corner, to, from)
}

fn do_meet((from, to): (Location, Location), (other_from, other_to): (Location, Location)) -> bool {
    let [one, two] = [other_from, other_to].map(|at| turn(from, to, at).signum());
    let [three, four] = [from, to].map(|at| turn(other_from, other_to, at).signum());
    (one * two < 0 && three * four < 0)
        || is_on(from, to, other_from)
        || is_on(from, to, other_to)
        || is_on(other_from, other_to, from)
        || is_on(other_from, other_to, to)
}

#[cfg(test)]
mod tests;
