//! Which delivery zone takes a postcode, and which zones share one.

use crate::domain::{
    postcode::{Area, Postcode},
    terms::Zone,
};

/// A postcode area that two zones take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlap {
    pub area: String,
    /// The names of both zones.
    pub zones: [String; 2],
    /// The name of the one that counts: the closer description, the first of equal ones.
    pub taker: String,
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
    use crate::domain::money::{Currency, Money};

    fn zone(name: &str, areas: &[&str]) -> Zone {
        let nothing = Money::zero(Currency::Eur);
        let postcodes = areas.iter().map(|area| (*area).to_owned()).collect();
        Zone { name: name.to_owned(), postcodes, fee: nothing, minimum: nothing, free_from: None }
    }

    fn told(zones: &[Zone]) -> Vec<String> {
        let told = overlaps(zones).into_iter();
        told.map(|overlap| format!("{}: {}, not {:?}", overlap.area, overlap.taker, overlap.zones)).collect()
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
