//! A map of delivery zones that is drawn from their numbers alone: the restaurant in the middle, north up, rings of distance,
//! and the circles and polygons with their names. It needs no service that provides maps.

use crate::domain::{
    location::{Location, distance_words},
    shape::Shape,
    zones::DrawnZone,
};
use leptos::prelude::*;

/// Units from the middle to each edge.
const HALF: f64 = 500.0;
/// The view box of a map.
pub const VIEW_BOX: &str = "-500 -500 1000 1000";
/// Metres from the middle to an edge, where there is nothing to show further away, and at most.
const USUAL_M: f64 = 3_000.0;
const MOST_M: f64 = 150_000.0;
const LEAST_M: f64 = 200.0;
/// Metres of rings.
const RINGS: [u32; 10] = [100, 250, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000];
/// Units between the smallest ring and the middle, and between the largest one and the middle.
const RING_UNITS: std::ops::Range<f64> = 80.0..480.0;
/// Zones differ by colour, by the dashes of their border, and by their name.
const LOOKS: [(&str, &str); 5] = [
    ("text-sky", ""),
    ("text-basil", "24 10"),
    ("text-beet", "6 10"),
    ("text-saffron", "30 10 6 10"),
    ("text-muted", "14 6"),
];

/// Which part of the earth a map shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapView {
    pub middle: Location,
    /// Metres of a unit.
    pub scale: f64,
}

impl MapView {
    /// Everything of these zones around a restaurant.
    pub fn around(middle: Location, zones: &[DrawnZone]) -> Self {
        let far = zones.iter().map(|zone| furthest(middle, &zone.shape)).fold(0.0, f64::max);
        let metres = if far > 0.0 { far * 1.15 } else { USUAL_M };
        Self { middle, scale: metres.clamp(LEAST_M, MOST_M) / HALF }
    }

    /// Units to the right of the middle and below it.
    fn point(self, at: Location) -> (f64, f64) {
        let (east, north) = self.middle.plane(at);
        (east / self.scale, -north / self.scale)
    }

    fn rings(self) -> impl Iterator<Item = (u32, f64)> {
        let ring = move |metres: u32| (metres, f64::from(metres) / self.scale);
        RINGS.into_iter().map(ring).filter(|(_, units)| RING_UNITS.contains(units))
    }
}

/// Metres from a location to the furthest point of a shape.
fn furthest(from: Location, shape: &Shape) -> f64 {
    match shape {
        Shape::Circle { centre, radius_m } => {
            centre.map_or(0.0, |centre| from.metres_to(centre)) + f64::from(*radius_m)
        }
        Shape::Polygon { corners } => corners.iter().map(|corner| from.metres_to(*corner)).fold(0.0, f64::max),
    }
}

/// Rings of distance, the restaurant, and which way north is.
#[component]
pub fn Rings(view: MapView) -> impl IntoView {
    let rings = view.rings().map(|(metres, units)| {
        view! {
            <circle r=number(units) fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="3 9"></circle>
            <MapText x=0.0 y={-units - 8.0} words=distance_words(metres.into())/>
        }
    });
    view! {
        <g class="text-muted">
            {rings.collect_view()}
            <path d="M455 -400V-470M440 -448L455 -472L470 -448" fill="none" stroke="currentColor" stroke-width="5"></path>
            <MapText x=455.0 y=-366.0 words="N".to_owned()/>
        </g>
        <g class="text-brand">
            <path d="M0 -22L20 0V20H-20V0Z" fill="currentColor"></path>
        </g>
    }
}

/// Circles and polygons with their names.
#[component]
pub fn Shapes<'a>(view: MapView, zones: &'a [DrawnZone]) -> impl IntoView + use<> {
    let shapes = zones.iter().enumerate().map(|(at, zone)| {
        let (colour, dashes) = LOOKS.get(at % LOOKS.len()).copied().unwrap_or_default();
        let (path, label) = outline(view, &zone.shape);
        let name = label.map(|(x, y)| view! { <MapText x=x y=y words=zone.name.clone()/> });
        view! {
            <g class=colour>
                <path
                    d=path
                    fill="currentColor"
                    fill-opacity="0.12"
                    stroke="currentColor"
                    stroke-width="5"
                    stroke-dasharray=dashes
                    stroke-linejoin="round"
                ></path>
                {name}
            </g>
        }
    });
    shapes.collect_view()
}

/// The border of a shape as a path, and where its name is.
fn outline(view: MapView, shape: &Shape) -> (String, Option<(f64, f64)>) {
    match shape {
        Shape::Circle { centre, radius_m } => {
            let (x, y) = centre.map_or((0.0, 0.0), |centre| view.point(centre));
            let radius = f64::from(*radius_m) / view.scale;
            let [left, diameter, radius_units] = [x - radius, radius * 2.0, radius].map(number);
            let path = format!(
                "M{left} {}a{radius_units} {radius_units} 0 1 0 {diameter} 0a{radius_units} {radius_units} 0 1 0 -{diameter} 0Z",
                number(y)
            );
            (path, Some((x, y + radius - 14.0)))
        }
        Shape::Polygon { corners } => {
            let points: Vec<_> = corners.iter().map(|corner| view.point(*corner)).collect();
            let path: Vec<_> = points.iter().map(|(x, y)| format!("{} {}", number(*x), number(*y))).collect();
            let path = if path.is_empty() { String::new() } else { format!("M{}Z", path.join("L")) };
            #[expect(clippy::cast_precision_loss, reason = "at most 50")]
            let count = points.len() as f64;
            let sum = points.iter().fold((0.0, 0.0), |(x, y), (more_x, more_y)| (x + more_x, y + more_y));
            (path, (!points.is_empty()).then(|| (sum.0 / count, sum.1 / count)))
        }
    }
}

/// A text on a map, with a margin in the colour of what is below.
#[component]
fn MapText(x: f64, y: f64, words: String) -> impl IntoView {
    view! {
        <text
            x=number(x)
            y=number(y)
            text-anchor="middle"
            font-size="34"
            fill="currentColor"
            stroke="var(--color-card)"
            stroke-width="8"
            paint-order="stroke"
        >
            {words}
        </text>
    }
}

/// A number of units, exact enough for a screen.
fn number(units: f64) -> String {
    format!("{units:.1}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(shape: Shape) -> DrawnZone {
        DrawnZone { at: 0, name: "Near".to_owned(), shape }
    }

    #[test]
    fn a_map_shows_all_of_its_zones() {
        let middle = Location::new(52.5403, 13.4127).unwrap();
        assert!((MapView::around(middle, &[]).scale * HALF - USUAL_M).abs() < 1.0);
        let circle = zone(Shape::Circle { centre: None, radius_m: 8_000 });
        let view = MapView::around(middle, std::slice::from_ref(&circle));
        assert!((view.scale * HALF - 9_200.0).abs() < 1.0);
        let rings: Vec<_> = view.rings().map(|(metres, _)| metres).collect();
        assert_eq!(rings, [2_000, 5_000]);
        let corner = Location::new(52.6, 13.5).unwrap();
        let view = MapView::around(middle, &[circle, zone(Shape::Polygon { corners: vec![corner] })]);
        let (x, y) = view.point(corner);
        assert!(x > 0.0 && x < HALF && y < 0.0 && y > -HALF, "{x} {y}");
    }

    #[test]
    fn borders_are_closed_paths() {
        let view = MapView { middle: Location::new(0.0, 0.0).unwrap(), scale: 10.0 };
        let (path, label) = outline(view, &Shape::Circle { centre: None, radius_m: 1_000 });
        assert_eq!(path, "M-100.0 0.0a100.0 100.0 0 1 0 200.0 0a100.0 100.0 0 1 0 -200.0 0Z");
        assert_eq!(label, Some((0.0, 86.0)));
        assert_eq!(outline(view, &Shape::Polygon { corners: Vec::new() }), (String::new(), None));
    }
}
