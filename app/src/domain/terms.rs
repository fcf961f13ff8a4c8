//! Terms of a restaurant: service modes, delivery zones, charges, tips.

pub mod settings;

use crate::domain::{
    location::Location,
    money::Money,
    postcode::{Area, Postcode},
    pricing::PriceProblem,
    shape::{Shape, radius_words},
    tax::TaxRules,
    zones,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How the guest receives the food.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ServiceMode {
    /// The guest fetches it.
    Pickup,
    /// The restaurant brings it.
    Delivery,
    /// The guest eats at a table.
    DineIn,
}

impl ServiceMode {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Pickup, Self::Delivery, Self::DineIn];

    pub const fn code(self) -> &'static str {
        match self {
            Self::Pickup => "pickup",
            Self::Delivery => "delivery",
            Self::DineIn => "dine_in",
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Pickup => "Pickup",
            Self::Delivery => "Delivery",
            Self::DineIn => "Dine in",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.code() == code)
    }
}

/// All besides the menu that decides the price of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Terms {
    /// The modes on offer.
    pub modes: Vec<ModeTerms>,
    /// Where the restaurant is; none when unknown.
    pub location: Option<Location>,
    /// Where the restaurant delivers to, in its order.
    pub zones: Vec<Zone>,
    /// Charges besides the items.
    pub charges: Vec<Charge>,
    /// Offered tips in percent of the items; zero is always among them.
    pub tip_percents: Vec<u32>,
    /// Tax; none where no tax is shown.
    #[serde(default)]
    pub tax: Option<TaxRules>,
}

/// One service mode of a restaurant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ModeTerms {
    /// Which mode.
    pub mode: ServiceMode,
    /// Minutes from order to ready (pickup, dine-in) or to the door (delivery).
    pub lead_minutes: u32,
    /// Tables that can be named; only for dine-in.
    pub tables: Vec<String>,
    /// Minimum price of the items; zero when there is none.
    pub minimum: Money,
    /// Its own hours within the opening hours, as text (`Mon–Fri 18:00–21:00`); none when they are the opening hours.
    pub hours: Option<String>,
}

/// An area that the restaurant delivers to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Zone {
    /// Name, as shown to guests.
    pub name: String,
    /// Which deliveries it takes.
    pub extent: Extent,
    /// The delivery fee.
    pub fee: Money,
    /// Minimum price of the items.
    pub minimum: Money,
    /// Price of the items from which delivery is free.
    pub free_from: Option<Money>,
}

/// Which deliveries a zone takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Extent {
    /// Those to its areas, as described in [`crate::domain::postcode`]: `10435`, `104*`, `10115-10119`, `E1`.
    Postcodes(Vec<String>),
    /// Those to a location in it.
    Shape(Shape),
}

/// A charge besides the items, such as packaging or service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Charge {
    /// Label on the bill.
    pub name: String,
    /// For which modes.
    pub modes: Vec<ServiceMode>,
    /// The amount.
    pub rate: Rate,
    /// Code of its tax class; without one it is taxed like the items of the order, in proportion to their prices.
    #[serde(default)]
    pub tax_class: Option<String>,
}

/// A fixed amount, or a percentage of the items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rate {
    /// A fixed amount.
    Fixed(Money),
    /// Hundredths of the items, rounded half up to a minor unit.
    Percent(u32),
}

impl Terms {
    /// The terms of one mode, when it is offered at all.
    pub fn mode(&self, mode: ServiceMode) -> Option<&ModeTerms> {
        self.modes.iter().find(|terms| terms.mode == mode)
    }

    /// The zone that takes a delivery, by its location first and then by its postcode; none while neither is known.
    pub fn zone_for(&self, postcode: Option<&str>, location: Option<Location>) -> Result<Option<&Zone>, PriceProblem> {
        let by_location = location.and_then(|at| zones::zone_at(&self.zones, at, self.location));
        let by_postcode = || zones::zone_of(&self.zones, &Postcode::parse(postcode?));
        if let Some(zone) = by_location.or_else(by_postcode) {
            return Ok(Some(zone));
        }
        let postcode = postcode.map(|postcode| postcode.trim().to_owned());
        match (postcode, location) {
            (_, Some(_)) if self.has_shapes() => Err(PriceProblem::OutsideShapes),
            (Some(postcode), _) if self.has_shapes() => Err(PriceProblem::LocationNeeded(postcode)),
            (Some(postcode), _) => Err(PriceProblem::OutsideZones(postcode)),
            (None, _) => Ok(None),
        }
    }

    /// Whether the location of a delivery may decide its zone.
    pub fn has_shapes(&self) -> bool {
        self.zones.iter().any(|zone| zone.shape().is_some())
    }
}

impl Zone {
    /// The zone's areas; one that cannot be parsed matches nothing.
    pub fn areas(&self) -> impl Iterator<Item = Area> {
        let postcodes = match &self.extent {
            Extent::Postcodes(postcodes) => postcodes.as_slice(),
            Extent::Shape(_) => &[],
        };
        postcodes.iter().filter_map(|area| Area::parse(area))
    }

    /// Its circle or polygon; none for postcodes.
    pub const fn shape(&self) -> Option<&Shape> {
        match &self.extent {
            Extent::Postcodes(_) => None,
            Extent::Shape(shape) => Some(shape),
        }
    }

    /// Which deliveries it takes, in words for guests: `10435, 104…`, `within 3 km`.
    pub fn extent_words(&self) -> String {
        match self.shape() {
            None => self.areas().map(|area| area.to_string()).collect::<Vec<_>>().join(", "),
            Some(Shape::Circle { centre: None, radius_m }) => format!("within {}", radius_words(*radius_m)),
            Some(Shape::Circle { centre: Some(centre), radius_m }) => {
                format!("within {} of {centre}", radius_words(*radius_m))
            }
            Some(Shape::Polygon { .. }) => "by your location on the map of the checkout".to_owned(),
        }
    }
}
