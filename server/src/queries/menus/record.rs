//! The rows of a restaurant in the JSON format of the database: read in one statement, written in one per table.

use app::domain::{shape::Shape, tax::TaxRules, time::Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The end of a sold-out mark or a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Until {
    /// An instant.
    At(Timestamp),
    /// Until further notice.
    Forever,
}

impl Until {
    /// Whether it is later than an instant.
    pub fn is_after(self, at: Timestamp) -> bool {
        match self {
            Self::At(until) => until > at,
            Self::Forever => true,
        }
    }
}

impl TryFrom<String> for Until {
    type Error = jiff::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text == "infinity" {
            return Ok(Self::Forever);
        }
        let at: jiff::Timestamp = text.parse()?;
        Ok(Self::At(Timestamp::from_millis(at.as_millisecond())))
    }
}

impl From<Until> for String {
    fn from(until: Until) -> Self {
        match until {
            Until::Forever => "infinity".to_owned(),
            Until::At(at) => jiff::Timestamp::from_millisecond(at.millis()).unwrap_or(jiff::Timestamp::MAX).to_string(),
        }
    }
}

/// All rows of one restaurant.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    pub restaurant: RestaurantRow,
    pub hours: Vec<HoursRow>,
    pub exceptions: Vec<ExceptionRow>,
    pub modes: Vec<ModeRow>,
    /// Hours of modes that have their own.
    pub mode_hours: Vec<ModeHoursRow>,
    pub zones: Vec<ZoneRow>,
    pub charges: Vec<ChargeRow>,
    pub sections: Vec<SectionRow>,
    pub section_hours: Vec<SectionHoursRow>,
    pub items: Vec<ItemRow>,
    pub variants: Vec<VariantRow>,
    pub groups: Vec<GroupRow>,
    pub modifiers: Vec<ModifierRow>,
    /// Which item uses which group.
    pub item_groups: Vec<ItemGroupRow>,
}

macro_rules! rows {
    ($($name:ident { $($field:ident: $kind:ty),+ $(,)? })+) => {
        $(
            #[derive(Debug, Clone, Serialize, Deserialize)]
            pub struct $name { $(pub $field: $kind),+ }
        )+
    };
}

rows! {
    RestaurantRow {
        restaurant_id: Uuid, slug: String, name: String, language: String, zone: String, currency: String,
        region: String, cuisines: Vec<String>, tagline: String, description: String, address: String, phone: String,
        latitude: f64, longitude: f64, picture: Option<String>, search_text: String, last_order_minutes: i32,
        tip_percents: Vec<u32>, menu_version: i64, paused_until: Option<Until>,
        listing: String, legal_name: String, tax_number: String, contact_email: String, retention_days: i32,
        tax: Option<TaxRules>,
    }
    HoursRow { restaurant_id: Uuid, weekday: i16, opens_minute: u16, closes_minute: u16 }
    ExceptionRow {
        restaurant_id: Uuid, on_date: String, position: i16, opens_minute: Option<u16>, closes_minute: Option<u16>,
        note: String,
    }
    ModeRow {
        restaurant_id: Uuid, mode: String, lead_minutes: u32, slot_minutes: u16, orders_per_slot: Option<u32>,
        tables: Vec<String>, minimum_minor: i64, offered: bool,
    }
    ModeHoursRow { restaurant_id: Uuid, mode: String, weekday: i16, opens_minute: u16, closes_minute: u16 }
    ZoneRow {
        restaurant_id: Uuid, position: i16, name: String, postcodes: Vec<String>, fee_minor: i64, minimum_minor: i64,
        free_from_minor: Option<i64>, shape: Option<Shape>,
    }
    ChargeRow {
        restaurant_id: Uuid, position: i16, name: String, modes: Vec<String>, fixed_minor: Option<i64>,
        percent: Option<u32>, tax_class: Option<String>,
    }
    SectionRow {
        restaurant_id: Uuid, section_id: Uuid, position: i32, name: String, description: String,
        tax_class: Option<String>,
    }
    SectionHoursRow { restaurant_id: Uuid, section_id: Uuid, weekday: i16, opens_minute: u16, closes_minute: u16 }
    ItemRow {
        restaurant_id: Uuid, item_id: Uuid, section_id: Uuid, position: i32, name: String, name_en: Option<String>,
        kitchen_name: String, description: String, picture: Option<String>, allergens: Vec<String>,
        may_contain: Vec<String>, diets: Vec<String>, min_age: Option<u16>, kcal: Option<u32>, search_text: String,
        sold_out_until: Option<Until>, tax_class: Option<String>,
    }
    VariantRow {
        restaurant_id: Uuid, variant_id: Uuid, item_id: Uuid, position: i32, size: String, name: String,
        price_minor: i64,
    }
    GroupRow {
        restaurant_id: Uuid, group_id: Uuid, name: String, min_picks: u32, max_picks: u32, free_picks: u32,
    }
    ModifierRow {
        restaurant_id: Uuid, modifier_id: Uuid, group_id: Uuid, position: i32, name: String, price_minor: i64,
        size_prices: BTreeMap<String, i64>, max_picks: u32, preselected: bool, allergens: Vec<String>,
        sold_out_until: Option<Until>, tax_class: Option<String>,
    }
    ItemGroupRow {
        restaurant_id: Uuid, item_id: Uuid, group_id: Uuid, position: i32, min_picks: Option<u32>,
        max_picks: Option<u32>, free_picks: Option<u32>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_ends_as_the_database_writes_them() {
        let at: Until = serde_json::from_str("\"2026-11-20T17:00:00.5+00:00\"").unwrap();
        assert_eq!(at, Until::At(Timestamp::from_millis(1_795_194_000_500)));
        assert_eq!(serde_json::to_string(&at).unwrap(), "\"2026-11-20T17:00:00.5Z\"");
        assert_eq!(serde_json::from_str::<Until>("\"infinity\"").unwrap(), Until::Forever);
        assert!(serde_json::from_str::<Until>("\"soon\"").is_err());
    }
}
