//! Usual taxes of restaurants by country: what a restaurant begins with, to be checked and changed by its owner.

use crate::domain::tax::TaxRules;
use serde::Deserialize;
use std::sync::LazyLock;

/// The taxes of a country, or of a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// By ISO 3166, such as `DE` or `CA-QC`.
    pub code: String,
    pub name: String,
    /// The IANA time zones in which nothing else is usual.
    pub zones: Vec<String>,
    /// The laws and authorities that the rates are from.
    pub sources: Vec<String>,
    /// A note for the owner; may be empty.
    pub note: String,
    pub rules: TaxRules,
}

static PRESETS: LazyLock<Vec<Preset>> =
    LazyLock::new(|| serde_json::from_str(include_str!("presets.json")).unwrap_or_default());

/// All presets, by country.
pub fn all() -> &'static [Preset] {
    &PRESETS
}

/// The preset with this code.
pub fn of_code(code: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.code == code)
}

/// The preset of a restaurant in an IANA time zone, where that tells it.
pub fn of_zone(zone: &str) -> Option<&'static Preset> {
    PRESETS.iter().find(|preset| preset.zones.iter().any(|known| known == zone))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{tax::check, terms::ServiceMode};
    use std::collections::BTreeSet;

    #[test]
    fn every_preset_can_be_saved_as_it_is() {
        assert!(all().len() >= 12, "{}", all().len());
        let (mut codes, mut zones) = (BTreeSet::new(), BTreeSet::new());
        for preset in all() {
            assert_eq!(check(&preset.rules, "2026-12-01".parse().unwrap()), [], "{}", preset.code);
            assert_eq!(preset.sources.is_empty(), preset.rules.rates.is_empty(), "{}", preset.code);
            assert!(codes.insert(&preset.code), "{}", preset.code);
            assert!(preset.zones.iter().all(|zone| zones.insert(zone)), "{}", preset.code);
        }
    }

    #[test]
    fn rates_are_those_of_the_law() {
        let rate = |code: &str, class: &str, mode, date: &str| {
            let components =
                of_code(code).unwrap().rules.components(class, mode, date.parse().unwrap()).unwrap().to_vec();
            components.iter().map(|of| of.percentage.to_string()).collect::<Vec<_>>().join("+")
        };
        let (pickup, dine_in) = (ServiceMode::Pickup, ServiceMode::DineIn);
        assert_eq!(rate("DE", "food", dine_in, "2026-01-01"), "7");
        assert_eq!(rate("CH", "food", pickup, "2026-01-01"), "2.6");
        assert_eq!(rate("CH", "food", dine_in, "2026-01-01"), "8.1");
        assert_eq!(rate("JP", "food", pickup, "2026-01-01"), "8");
        assert_eq!(rate("IE", "food", dine_in, "2026-06-30"), "13.5");
        assert_eq!(rate("IE", "food", dine_in, "2026-07-01"), "9");
        assert_eq!(rate("US-NYC", "food", pickup, "2026-01-01"), "4+4.5+0.375");
        assert_eq!(rate("CA-QC", "food", pickup, "2026-01-01"), "5+9.975");
        assert_eq!(of_zone("Europe/Berlin").map(|preset| preset.code.as_str()), Some("DE"));
        assert_eq!(of_zone("America/Toronto"), None);
    }
}
