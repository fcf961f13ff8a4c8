//! Which delivery zone takes a location or a postcode, and which zones share a postcode.
//!
//! A location says more than a postcode, so circles and polygons are tried first, where the guest's location is known: of
//! several that take it, the one with the smallest area, the first of equal ones. Postcodes decide where none does.

use crate::domain::{
    location::Location,
    postcode::{Area, Postcode},
    shape::Shape,
    terms::Zone,
};
use serde::{Deserialize, Serialize};

/// A zone on the map, also one that is still being drawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawnZone {
    /// Its position among all zones.
    pub at: usize,
    pub name: String,
    /// With any number of corners.
    pub shape: Shape,
}

/// A postcode area that two zones take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    pub area: String,
    /// The names of both zones.
    pub zones: [String; 2],
    /// The name of the one that counts: the closer description, the first of equal ones.
    pub taker: String,
}

/// The zone of a location: the one with the smallest area, the first of equal ones.
pub fn zone_at(zones: &[Zone], at: Location, restaurant: Option<Location>) -> Option<&Zone> {
    let shapes = zones.iter().filter_map(|zone| zone.shape().map(|shape| (zone, shape)));
    let taking = shapes.filter(|(_, shape)| shape.takes(at, restaurant));
    taking.min_by(|(_, one), (_, other)| one.area().total_cmp(&other.area())).map(|(zone, _)| zone)
}

/// The zone of a postcode: the one with the most specific area, the first of equal ones.
pub fn zone_of<'a>(zones: &'a [Zone], postcode: &Postcode) -> Option<&'a Zone> {
    if postcode.is_empty() {
        return None;
    }
    let taken = zones.iter().rev().filter_map(|zone| {
        let areas = zone.areas();
        let most = areas.filter_map(|area| area.takes(postcode)).max()?;
        Some((most, zone))
    });
    taken.max_by_key(|(most, _)| *most).map(|(_, zone)| zone)
}

/// The zones that can be drawn.
pub fn drawn(zones: &[Zone]) -> Vec<DrawnZone> {
    let shapes = zones.iter().enumerate().filter_map(|(at, zone)| Some((at, zone, zone.shape()?)));
    shapes.map(|(at, zone, shape)| DrawnZone { at, name: zone.name.clone(), shape: shape.clone() }).collect()
}

/// The areas that two zones take, one for each pair of zones.
pub fn overlaps(zones: &[Zone]) -> Vec<Overlap> {
    let pairs = zones.iter().enumerate().flat_map(|(at, one)| zones.iter().skip(at + 1).map(move |other| (one, other)));
    let found = pairs.filter_map(|(one, other)| {
        let (area, code) = shared(one, other).or_else(|| shared(other, one))?;
        let taker = zone_of(zones, &code)?.name.clone();
        Some(Overlap { area: area.to_string(), zones: [one.name.clone(), other.name.clone()], taker })
    });
    found.collect()
}

/// An area of the second zone whose beginning is in the first one, with a code in it.
fn shared(one: &Zone, other: &Zone) -> Option<(Area, Postcode)> {
    other.areas().find_map(|area| {
        let code = match &area {
            Area::Part(code) | Area::Beginning(code) => code.clone(),
            Area::Range(from, _) => Postcode::parse(from),
        };
        one.areas().any(|of| of.takes(&code).is_some()).then_some((area, code))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        money::{Currency, Money},
        pricing::PriceProblem,
        terms::{Extent, Terms},
    };

    fn zone(name: &str, areas: &[&str]) -> Zone {
        let nothing = Money::zero(Currency::Eur);
        let extent = Extent::Postcodes(areas.iter().map(|area| (*area).to_owned()).collect());
        Zone { name: name.to_owned(), extent, fee: nothing, minimum: nothing, free_from: None }
    }

    fn around(name: &str, radius_m: u32) -> Zone {
        Zone { extent: Extent::Shape(Shape::Circle { centre: None, radius_m }), ..zone(name, &[]) }
    }

    fn terms(zones: Vec<Zone>) -> Terms {
        let location = Location::new(52.5403, 13.4127);
        Terms { modes: Vec::new(), location, zones, charges: Vec::new(), tip_percents: vec![0], tax: None }
    }

    fn told(zones: &[Zone]) -> Vec<String> {
        let told = overlaps(zones).into_iter();
        told.map(|overlap| format!("{}: {}, not {:?}", overlap.area, overlap.taker, overlap.zones)).collect()
    }

    #[test]
    fn the_smallest_shape_takes_a_location_and_postcodes_take_the_rest() {
        let terms = terms(vec![around("Far", 5_000), zone("Code", &["10435", "12*"]), around("Near", 1_000)]);
        let near = Location::new(52.5403, 13.4200);
        let [far, away] = [Location::new(52.5403, 13.4500), Location::new(52.4, 13.0)];
        let name = |postcode, location| {
            terms.zone_for(postcode, location).map(|zone| zone.map_or("unknown", |zone| zone.name.as_str()))
        };
        assert_eq!(name(Some("10435"), near), Ok("Near"), "a location says more than a postcode");
        assert_eq!(name(None, far), Ok("Far"));
        assert_eq!(name(Some("10435"), away), Ok("Code"));
        assert_eq!(name(Some("10435"), None), Ok("Code"));
        assert_eq!(name(None, None), Ok("unknown"));
        assert_eq!(name(Some(" 99999 "), away), Err(PriceProblem::OutsideShapes));
        assert_eq!(name(None, away), Err(PriceProblem::OutsideShapes));
        assert_eq!(name(Some(" 99999 "), None), Err(PriceProblem::LocationNeeded("99999".to_owned())));
    }

    #[test]
    fn locations_do_not_matter_without_shapes() {
        let terms = terms(vec![zone("Code", &["10435"])]);
        let away = Location::new(0.0, 0.0);
        assert_eq!(terms.zone_for(Some("99999"), away), Err(PriceProblem::OutsideZones("99999".to_owned())));
        assert_eq!(terms.zone_for(None, away), Ok(None));
        assert!(terms.zone_for(Some("10435"), away).unwrap().is_some());
    }

    #[test]
    fn of_equal_shapes_the_first_counts() {
        let zones = [around("First", 1_000), around("Second", 1_000)];
        let restaurant = Location::new(52.5403, 13.4127);
        assert_eq!(zone_at(&zones, restaurant.unwrap(), restaurant).unwrap().name, "First");
        assert_eq!(zone_at(&zones, restaurant.unwrap(), None), None);
    }

    #[test]
    fn zones_that_share_a_code_are_told_with_the_one_that_counts() {
        let near = zone("Near", &["10435"]);
        assert_eq!(told(&[near.clone(), zone("Far", &["10437", "E1"])]), Vec::<String>::new());
        assert_eq!(told(&[zone("Far", &["104*"]), near.clone()]), [r#"10435: Near, not ["Far", "Near"]"#]);
        assert_eq!(told(&[near.clone(), zone("Again", &["10435"])]), [r#"10435: Near, not ["Near", "Again"]"#]);
        assert_eq!(told(&[near, zone("Range", &["10430-10440"])]), [r#"10435: Near, not ["Near", "Range"]"#]);
        let ranges = [zone("Low", &["10115-10119"]), zone("High", &["10117-10125"])];
        assert_eq!(told(&ranges), [r#"10117–10125: Low, not ["Low", "High"]"#]);
        assert_eq!(told(&[zone("East", &["E1"]), zone("Whole", &["E*"])]), [r#"E1: East, not ["East", "Whole"]"#]);
    }
}
