//! Tests of circles and polygons: borders, order of corners, translation, bad input.

use super::*;
use crate::domain::location::EARTH_RADIUS_M;
use proptest::prelude::*;

fn at(north: f64, east: f64) -> Location {
    Location::new(north, east).unwrap()
}

fn corners(degrees: &[(f64, f64)]) -> Vec<Location> {
    degrees.iter().map(|(north, east)| at(*north, *east)).collect()
}

fn takes(shape: &Shape, north: f64, east: f64) -> bool {
    shape.takes(at(north, east), None)
}

/// The letter L, open to the north-east.
fn bent() -> Vec<Location> {
    corners(&[(52.50, 13.40), (52.50, 13.44), (52.51, 13.44), (52.51, 13.41), (52.53, 13.41), (52.53, 13.40)])
}

#[test]
fn the_border_is_part_of_a_polygon() {
    let shape = polygon(bent()).unwrap();
    for (north, east) in
        [(52.505, 13.43), (52.52, 13.405), (52.50, 13.40), (52.51, 13.42), (52.53, 13.405), (52.515, 13.41)]
    {
        assert!(takes(&shape, north, east), "{north} {east}");
    }
    for (north, east) in
        [(52.52, 13.42), (52.49999, 13.42), (52.505, 13.44001), (52.51001, 13.42), (52.54, 13.405), (-52.505, 13.43)]
    {
        assert!(!takes(&shape, north, east), "{north} {east}");
    }
}

#[test]
fn the_border_is_part_of_a_circle() {
    let (middle, edge) = (at(52.5403, 13.4127), at(52.5403, 13.42746));
    let metres = middle.metres_to(edge);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "about a kilometre")]
    let whole = metres.ceil() as u32;
    for (radius_m, taken) in [(whole, true), (whole - 1, false)] {
        let circle = Shape::Circle { centre: None, radius_m };
        assert_eq!(circle.takes(edge, Some(middle)), taken);
        assert!(!circle.takes(middle, None), "the restaurant's location is not known");
        let around = Shape::Circle { centre: Some(middle), radius_m };
        assert_eq!(around.takes(edge, Some(at(0.0, 0.0))), taken, "its own middle counts");
    }
    let pacific = Shape::Circle { centre: Some(at(-16.8, 179.99)), radius_m: 5_000 };
    assert!(takes(&pacific, -16.8, -179.98) && !takes(&pacific, -16.8, 179.9));
}

#[test]
fn what_is_no_polygon_is_said() {
    let told = |degrees: &[(f64, f64)]| polygon(corners(degrees)).unwrap_err().to_string();
    let square = [(52.5, 13.4), (52.5, 13.5), (52.6, 13.5), (52.6, 13.4)];
    assert!(told(&square[..2]).contains("at least 3 corners"));
    assert!(told(&[square[0]; 51]).contains("at most 50"));
    assert!(told(&[square[0], square[1], square[2], square[1]]).contains("52.50000, 13.50000 is there twice"));
    let hourglass = [square[0], square[2], square[1], square[3]];
    assert!(told(&hourglass).contains("cross or touch at the one from 52.50000, 13.40000 to 52.60000, 13.50000"));
    for flat in [
        [(52.5, 13.4), (52.5, 13.5), (52.5, 13.45), (52.5, 13.42)],
        [(52.5, 13.4), (52.5, 13.5), (52.6, 13.5), (52.55, 13.5)],
        [(52.5, 13.4), (52.5, 13.6), (52.6, 13.5), (52.5, 13.5)],
    ] {
        assert!(told(&flat).contains("cross or touch"), "{flat:?}");
    }
    assert!(told(&[(-16.8, 179.9), (-16.8, -179.9), (-16.9, -179.9)]).contains("180th meridian"));
    assert!(told(&[(80.1, 13.4), (80.0, 13.5), (80.0, 13.4)]).contains("80 degrees north"));
    assert!(
        told(&[(52.5, 13.4), (5.25, 13.4), (52.5, 13.5)])
            .contains("52.50000, 13.40000 and 5.25000, 13.40000 are more than 200 km")
    );
    assert!(polygon(corners(&square)).is_ok() && polygon(bent()).is_ok());
}

#[test]
fn areas_are_compared_in_square_metres() {
    let degree = 0.01 * EARTH_RADIUS_M * 1f64.to_radians();
    let square = polygon(corners(&[(0.0, 10.0), (0.0, 10.01), (0.01, 10.01), (0.01, 10.0)])).unwrap();
    assert!((square.area() - degree * degree).abs() < 1.0);
    let north = polygon(corners(&[(60.0, 10.0), (60.0, 10.01), (60.01, 10.01), (60.01, 10.0)])).unwrap();
    assert!((north.area() / square.area() - 0.5).abs() < 0.01, "degrees of longitude are half as long at 60°");
    assert!((Shape::Circle { centre: None, radius_m: 1_000 }.area() - 1e6 * PI).abs() < 1.0);
}

/// Corners of a star-shaped polygon around a middle, which never crosses itself.
fn stars() -> impl Strategy<Value = Vec<Location>> {
    let ways = prop::collection::vec((0.0..1.0f64, 200.0..5_000.0f64), 3..20);
    (ways, -60.0..60.0, -179.0..179.0).prop_filter_map("a polygon", |(ways, north, east)| {
        let count = ways.len();
        let middle = at(north, east);
        let corners = ways.iter().enumerate().map(|(way, (within, far))| {
            #[expect(clippy::cast_precision_loss, reason = "at most 20")]
            let turn = (way as f64 + within * 0.8) / count as f64 * 2.0 * PI;
            middle.at_plane((turn.cos() * far, turn.sin() * far)).unwrap()
        });
        let corners: Vec<_> = corners.collect();
        polygon(corners.clone()).ok().map(|_| corners)
    })
}

proptest! {
    #[test]
    fn the_order_of_corners_does_not_matter(
        corners in stars(), start in 0usize..20, x in -6_000.0..6_000.0, y in -6_000.0..6_000.0,
    ) {
        let location = corners[0].at_plane((x, y)).unwrap();
        let shape = polygon(corners.clone()).unwrap();
        let mut other = corners.clone();
        other.rotate_left(start % corners.len());
        let turned = polygon(other.clone()).unwrap();
        other.reverse();
        let reversed = polygon(other).unwrap();
        prop_assert_eq!(shape.takes(location, None), turned.takes(location, None));
        prop_assert_eq!(shape.takes(location, None), reversed.takes(location, None));
        prop_assert!((shape.area() - reversed.area()).abs() <= shape.area() * 0.01);
    }

    #[test]
    fn translation_changes_nothing(corners in stars(), x in -0.05..0.05, y in -0.05..0.05, north in -10i32..10, east in -10i32..10) {
        let moved = |of: Location| at(of.latitude() + f64::from(north) / 1_000.0, of.longitude() + f64::from(east) / 1_000.0);
        let location = at(corners[0].latitude() + y, corners[0].longitude() + x);
        let shape = Shape::Polygon { corners: corners.clone() };
        let there = Shape::Polygon { corners: corners.into_iter().map(moved).collect() };
        prop_assert_eq!(shape.takes(location, None), there.takes(moved(location), None));
    }

    #[test]
    fn corners_and_middles_of_sides_are_inside(corners in stars(), side in 0usize..20) {
        let shape = polygon(corners.clone()).unwrap();
        for corner in &corners {
            prop_assert!(shape.takes(*corner, None));
        }
        // Twice as fine, so that the middle of a side is a whole part.
        let doubled: Vec<_> = corners.iter().map(|of| at(of.latitude() / 2.0, of.longitude() / 2.0)).collect();
        let even: Vec<_> = doubled.iter().map(|of| at(of.latitude() * 2.0, of.longitude() * 2.0)).collect();
        let (one, next) = (side % even.len(), (side + 1) % even.len());
        let latitude = f64::midpoint(even[one].latitude(), even[next].latitude());
        let middle = at(latitude, f64::midpoint(even[one].longitude(), even[next].longitude()));
        let (x, y) = (even[one].parts().0 + even[next].parts().0, even[one].parts().1 + even[next].parts().1);
        prop_assume!(x % 2 == 0 && y % 2 == 0);
        let shape = Shape::Polygon { corners: even };
        prop_assert!(shape.takes(middle, None));
    }

    #[test]
    fn what_is_far_away_is_outside(corners in stars(), way in 0.0..std::f64::consts::TAU) {
        let far = corners[0].at_plane((way.cos() * 20_000.0, way.sin() * 20_000.0)).unwrap();
        prop_assert!(!polygon(corners).unwrap().takes(far, None));
    }

    #[test]
    fn a_circle_grows_with_its_radius(north in -89.0..89.0, east in -180.0..=180.0, x in -9_000.0..9_000.0, y in -9_000.0..9_000.0, radius in 50u32..10_000, more in 0u32..10_000) {
        let middle = at(north, east);
        let Some(location) = middle.at_plane((x, y)) else { return Ok(()) };
        let circle = |radius_m| Shape::Circle { centre: Some(middle), radius_m };
        prop_assert!(!circle(radius).takes(location, None) || circle(radius + more).takes(location, None));
        prop_assert!(circle(radius).takes(middle, None));
    }

    #[test]
    fn no_corners_break_the_check(degrees in prop::collection::vec((-90.0..=90.0, -180.0..=180.0), 0..55)) {
        let corners = corners(&degrees);
        let location = at(0.0, 0.0);
        let _ = Shape::Polygon { corners: corners.clone() }.takes(location, None);
        let _ = polygon(corners);
    }
}
