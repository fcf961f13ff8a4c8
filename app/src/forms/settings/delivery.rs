//! The form of the delivery zones.

mod shapes;

pub use shapes::drawn;

use crate::{
    domain::{
        money::Money,
        postcode::Area,
        problem::Problem,
        shape::Shape,
        terms::{Extent, Zone},
        text as texts, typed,
    },
    forms::settings::{
        Fields, Problems, Typing, entries, entry_field,
        limits::{LONGEST_NAME, MOST_AREAS, MOST_ZONES, too_long, too_many},
        put, text,
    },
};

/// The list of zones in names of fields.
pub const LIST: &str = "zone";
pub const NAME: &str = "name";
/// How the zone is described: [`BY_POSTCODES`], [`BY_CIRCLE`] or [`BY_POLYGON`]; postcodes when it is missing.
pub const BY: &str = "by";
pub const BY_POSTCODES: &str = "postcodes";
pub const BY_CIRCLE: &str = "circle";
pub const BY_POLYGON: &str = "polygon";
/// Kilometres around the middle of a circle.
pub const RADIUS: &str = "radius";
/// The middle of a circle as a location; empty for the restaurant.
pub const CENTRE: &str = "centre";
/// The corners of a polygon, a location in each line.
pub const CORNERS: &str = "corners";
/// Areas with commas or line breaks between them.
pub const AREAS: &str = "areas";
pub const FEE: &str = "fee";
pub const MINIMUM: &str = "minimum";
pub const FREE_FROM: &str = "free_from";
/// The fields of a zone.
pub const NAMES: &[&str] = &[NAME, BY, AREAS, RADIUS, CENTRE, CORNERS, FEE, MINIMUM, FREE_FROM];

pub fn read(fields: &Fields, typing: Typing<'_>) -> Result<Vec<Zone>, Vec<Problem>> {
    let mut problems = Problems::default();
    let count = entries(fields, LIST, NAMES, MOST_ZONES);
    if count > MOST_ZONES {
        problems.0.push(too_many("", MOST_ZONES, "zones"));
    }
    let zones = (0..count).filter_map(|at| zone(fields, at, typing, &mut problems)).collect();
    problems.result(zones)
}

/// None for an entry that is left empty.
fn zone(fields: &Fields, at: usize, typing: Typing<'_>, problems: &mut Problems) -> Option<Zone> {
    let field = |name: &str| entry_field(LIST, at, name);
    // The way of describing is always chosen.
    if NAMES.iter().all(|name| *name == BY || !typed::is_seen(text(fields, &field(name)))) {
        return None;
    }
    let name = texts::single_line(text(fields, &field(NAME)));
    if name.is_empty() {
        problems.add(field(NAME), "required", "Enter a name that guests know the area by.");
    } else if texts::length(&name) > LONGEST_NAME {
        problems.0.push(too_long(&field(NAME), LONGEST_NAME));
    }
    let extent = match text(fields, &field(BY)) {
        BY_CIRCLE => Extent::Shape(shapes::circle(fields, at, typing, problems)),
        BY_POLYGON => Extent::Shape(shapes::polygon(fields, at, problems)),
        _ => Extent::Postcodes(areas(fields, &field(AREAS), problems)),
    };
    let fee = problems.optional_amount(fields, &field(FEE), typing).unwrap_or(Money::zero(typing.currency));
    let minimum = problems.optional_amount(fields, &field(MINIMUM), typing).unwrap_or(Money::zero(typing.currency));
    let free_from = problems.optional_amount(fields, &field(FREE_FROM), typing);
    Some(Zone { name, extent, fee, minimum, free_from })
}

fn areas(fields: &Fields, field: &str, problems: &mut Problems) -> Vec<String> {
    let typed = typed::plain(text(fields, field));
    let parts = typed.split([',', ';', '\n', '\r']).map(str::trim).filter(|part| !part.is_empty());
    let mut areas: Vec<String> = Vec::new();
    for part in parts {
        if Area::parse(part).is_none() {
            let words = format!("“{part}” is no postcode. Enter codes such as 10435, 104*, 10115-10119 or E1.");
            problems.add(field, "area", words);
            return areas;
        }
        let area = part.split_whitespace().collect::<Vec<_>>().join(" ").to_uppercase().replace('…', "*");
        if !areas.contains(&area) {
            areas.push(area);
        }
    }
    match areas.len() {
        0 => problems.add(field, "required", "Enter the postcodes that it takes, with commas between them."),
        1..=MOST_AREAS => {}
        _ => problems.0.push(too_many(field, MOST_AREAS, "areas of a zone")),
    }
    areas
}

pub fn write(zones: &[Zone], typing: Typing<'_>) -> Fields {
    let mut fields = Fields::new();
    for (at, zone) in zones.iter().enumerate() {
        let field = |name: &str| entry_field(LIST, at, name);
        let amount = |amount: Money| amount.typed(typing.locale);
        put(&mut fields, field(NAME), &zone.name);
        match &zone.extent {
            Extent::Postcodes(postcodes) => {
                put(&mut fields, field(BY), BY_POSTCODES);
                put(&mut fields, field(AREAS), postcodes.join(", "));
            }
            Extent::Shape(Shape::Circle { centre, radius_m }) => {
                put(&mut fields, field(BY), BY_CIRCLE);
                put(&mut fields, field(RADIUS), shapes::kilometres(*radius_m, typing));
                put(&mut fields, field(CENTRE), centre.map(|centre| centre.to_string()).unwrap_or_default());
            }
            Extent::Shape(Shape::Polygon { corners }) => {
                put(&mut fields, field(BY), BY_POLYGON);
                put(&mut fields, field(CORNERS), shapes::lines(corners));
            }
        }
        put(&mut fields, field(FEE), amount(zone.fee));
        put(&mut fields, field(MINIMUM), amount(zone.minimum));
        put(&mut fields, field(FREE_FROM), zone.free_from.map(amount).unwrap_or_default());
    }
    fields
}
