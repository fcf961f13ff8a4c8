//! A location on earth in degrees, and the distance between two.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::fmt;
use utoipa::ToSchema;

/// Mean radius of the earth in metres: R1 of GRS 80 (H. Moritz, Geodetic Reference System 1980, Journal of Geodesy 74).
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// Parts of a degree that are stored: 0.000 01° are 1.1 m at most, less than a phone measures outdoors. Whole numbers of
/// them make it exact which side of a line a location is on.
const PER_DEGREE: f64 = 100_000.0;

/// A location on earth, rounded to five decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Location {
    /// Degrees north, negative in the south.
    #[serde(serialize_with = "write", deserialize_with = "read_north")]
    #[schema(value_type = f64, minimum = -90, maximum = 90)]
    latitude: i32,
    /// Degrees east, negative in the west.
    #[serde(serialize_with = "write", deserialize_with = "read_east")]
    #[schema(value_type = f64, minimum = -180, maximum = 180)]
    longitude: i32,
}

impl Location {
    /// Of degrees north and east; none when they are not on earth.
    pub fn new(north: f64, east: f64) -> Option<Self> {
        Some(Self { latitude: parts(north, 90.0)?, longitude: parts(east, 180.0)? })
    }

    /// Degrees north.
    pub fn latitude(self) -> f64 {
        f64::from(self.latitude) / PER_DEGREE
    }

    /// Degrees east.
    pub fn longitude(self) -> f64 {
        f64::from(self.longitude) / PER_DEGREE
    }

    /// East and north in stored parts of a degree.
    pub(crate) fn parts(self) -> (i64, i64) {
        (self.longitude.into(), self.latitude.into())
    }

    /// Metres along the great circle, by the haversine formula (R. W. Sinnott, Virtues of the Haversine, Sky and Telescope
    /// 68 (1984)). The earth is flattened by 1 in 298, so the sphere is wrong by 0.6 % at most: 6 m in a kilometre.
    pub fn metres_to(self, other: Self) -> f64 {
        let [north, other_north] = [self, other].map(|of| of.latitude().to_radians());
        let half = |radians: f64| (radians / 2.0).sin().powi(2);
        let east = (other.longitude() - self.longitude()).to_radians();
        let haversine = half(other_north - north) + north.cos() * other_north.cos() * half(east);
        // Rounding may exceed 1 at the other end of the earth.
        2.0 * EARTH_RADIUS_M * haversine.min(1.0).sqrt().asin()
    }

    /// Metres east and north of this location on a plane that touches the earth here; for what is within some 100 km.
    pub fn plane(self, other: Self) -> (f64, f64) {
        let turn = other.longitude() - self.longitude();
        let east = turn - (turn / 360.0).round() * 360.0;
        let metres = EARTH_RADIUS_M * 1f64.to_radians();
        (east * metres * self.latitude().to_radians().cos(), (other.latitude() - self.latitude()) * metres)
    }

    /// The location at metres east and north of this one on that plane; none beyond a pole.
    pub fn at_plane(self, (east, north): (f64, f64)) -> Option<Self> {
        let metres = EARTH_RADIUS_M * 1f64.to_radians();
        let longitude = self.longitude() + east / (metres * self.latitude().to_radians().cos());
        Self::new(self.latitude() + north / metres, longitude - (longitude / 360.0).round() * 360.0)
    }
}

impl fmt::Display for Location {
    /// `52.54030, 13.41270`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.5}, {:.5}", self.latitude(), self.longitude())
    }
}

/// Metres as people say them: `350 m`, `1.2 km`, `12 km`.
pub fn distance_words(metres: f64) -> String {
    match metres {
        _ if metres < 995.0 => format!("{:.0} m", (metres / 10.0).round() * 10.0),
        _ if metres < 9_950.0 => format!("{:.1} km", metres / 1_000.0).replace(".0 km", " km"),
        _ => format!("{:.0} km", metres / 1_000.0),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "at most 18 million")]
fn parts(degrees: f64, most: f64) -> Option<i32> {
    (degrees.abs() <= most).then(|| (degrees * PER_DEGREE).round() as i32)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn write<S: Serializer>(parts: &i32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(f64::from(*parts) / PER_DEGREE)
}

fn read_north<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
    let degrees = f64::deserialize(deserializer)?;
    parts(degrees, 90.0).ok_or_else(|| D::Error::custom("degrees north are from -90 to 90"))
}

fn read_east<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i32, D::Error> {
    let degrees = f64::deserialize(deserializer)?;
    parts(degrees, 180.0).ok_or_else(|| D::Error::custom("degrees east are from -180 to 180"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(north: f64, east: f64) -> Location {
        Location::new(north, east).unwrap()
    }

    fn locations() -> impl Strategy<Value = Location> {
        (-90.0..=90.0, -180.0..=180.0).prop_map(|(north, east)| at(north, east))
    }

    #[test]
    fn only_what_is_on_earth_is_a_location() {
        for (north, east) in [(90.1, 0.0), (-91.0, 0.0), (0.0, 180.1), (f64::NAN, 0.0), (0.0, f64::INFINITY)] {
            assert_eq!(Location::new(north, east), None, "{north} {east}");
        }
        assert_eq!(at(52.540_304, -13.412_706).to_string(), "52.54030, -13.41271");
        let json = serde_json::to_string(&at(52.5403, 13.4127)).unwrap();
        assert_eq!(json, r#"{"latitude":52.5403,"longitude":13.4127}"#);
        for bad in [r#"{"latitude":91,"longitude":0}"#, r#"{"latitude":0}"#, r#"{"latitude":0,"longitude":0,"x":0}"#] {
            assert!(serde_json::from_str::<Location>(bad).is_err(), "{bad}");
        }
        assert_eq!(serde_json::from_str::<Location>(r#"{"latitude":90,"longitude":-180}"#).unwrap(), at(90.0, -180.0));
    }

    #[test]
    fn distances_are_those_of_geodesists_within_their_error() {
        // On the ellipsoid, by Karney's algorithm (GeographicLib).
        let known = [
            (at(52.5403, 13.4127), at(52.5200, 13.4050), 2_318.0),
            (at(0.0, 0.0), at(0.0, 1.0), 111_319.5),
            (at(0.0, 0.0), at(1.0, 0.0), 110_574.4),
            (at(-16.8, 179.95), at(-16.8, -179.95), 10_660.0),
        ];
        for (one, other, metres) in known {
            let found = one.metres_to(other);
            assert!((found - metres).abs() <= metres * 0.006, "{one} {other}: {found}");
        }
        assert!((at(90.0, 0.0).metres_to(at(-90.0, 0.0)) - std::f64::consts::PI * EARTH_RADIUS_M).abs() < 1.0);
        assert!(at(90.0, 0.0).metres_to(at(90.0, 90.0)) < 0.001, "a pole has every longitude");
    }

    #[test]
    fn distances_are_said_in_words() {
        let words = [4.0, 346.0, 996.0, 1_234.0, 3_000.0, 12_300.0].map(distance_words);
        assert_eq!(words, ["0 m", "350 m", "1 km", "1.2 km", "3 km", "12 km"]);
    }

    proptest! {
        #[test]
        fn distance_is_a_metric(one in locations(), other in locations(), third in locations()) {
            prop_assert!(one.metres_to(one) < 1e-6);
            prop_assert!((one.metres_to(other) - other.metres_to(one)).abs() < 1e-3);
            prop_assert!(one.metres_to(third) <= one.metres_to(other) + other.metres_to(third) + 1e-3);
        }

        #[test]
        fn the_plane_is_near_the_sphere_and_leads_back(
            north in -70.0..70.0, east in -180.0..180.0, x in -20_000.0..20_000.0, y in -20_000.0..20_000.0,
        ) {
            let middle = at(north, east);
            let there = middle.at_plane((x, y)).unwrap();
            let (back_x, back_y) = middle.plane(there);
            prop_assert!((back_x - x).abs() < 1.2 && (back_y - y).abs() < 1.2, "{x} {y}: {back_x} {back_y}");
            let (sphere, plane) = (middle.metres_to(there), x.hypot(y));
            prop_assert!((sphere - plane).abs() < 5.0 + plane * 0.01, "{sphere} {plane}");
        }

        #[test]
        fn json_reads_back(location in locations()) {
            let json = serde_json::to_string(&location).unwrap();
            prop_assert_eq!(serde_json::from_str::<Location>(&json).unwrap(), location);
        }
    }
}
