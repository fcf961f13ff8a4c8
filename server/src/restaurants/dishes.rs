//! Allergens and diets of a restaurant's items, compact enough for all restaurants.

use crate::queries::search::{DishRecord, RequiredRecord};
use app::domain::diet::{Allergen, Diet};

/// A set of allergens or diets, one bit each.
type Bits = u16;

/// The distinct kinds of items of a restaurant.
#[derive(Debug, Clone, Default)]
pub struct Dishes(Vec<Kind>);

#[derive(Debug, Clone)]
struct Kind {
    suits: Bits,
    holds: Bits,
    required: Vec<Required>,
}

/// A modifier group with a minimum.
#[derive(Debug, Clone)]
struct Required {
    min: u32,
    choices: Vec<(Bits, u32)>,
}

impl Dishes {
    /// Decodes the items of a card.
    pub fn of(records: &[DishRecord]) -> Self {
        Self(records.iter().map(Kind::of).collect())
    }

    /// Whether one item suits all these diets and can be ordered free of all these allergens.
    ///
    /// That is the case when neither the item nor its traces contain one, and each group with a minimum has enough
    /// modifiers that contain none: a guest who cannot have milk may order chicken when there is a side without milk,
    /// and may not when all sides have some. Optional modifiers do not count.
    pub fn any(&self, diets: &[Diet], free_of: &[Allergen]) -> bool {
        let (suits, avoid) = (diet_bits(diets.iter().copied()), allergen_bits(free_of.iter().copied()));
        self.0.iter().any(|kind| kind.suits & suits == suits && kind.can_do_without(avoid))
    }
}

impl Kind {
    fn of(record: &DishRecord) -> Self {
        Self {
            suits: diet_bits(record.diets.iter().filter_map(|code| Diet::from_code(code))),
            holds: allergens(&record.allergens),
            required: record.required.iter().map(Required::of).collect(),
        }
    }

    fn can_do_without(&self, avoid: Bits) -> bool {
        self.holds & avoid == 0 && self.required.iter().all(|group| group.can_do_without(avoid))
    }
}

impl Required {
    fn of(record: &RequiredRecord) -> Self {
        let choices = record.choices.iter().map(|(codes, most)| (allergens(codes), *most));
        Self { min: record.min, choices: choices.collect() }
    }

    fn can_do_without(&self, avoid: Bits) -> bool {
        let safe = self.choices.iter().filter(|(holds, _)| holds & avoid == 0);
        safe.map(|(_, most)| u64::from(*most)).sum::<u64>() >= u64::from(self.min)
    }
}

fn allergens(codes: &[String]) -> Bits {
    allergen_bits(codes.iter().filter_map(|code| Allergen::from_code(code)))
}

fn allergen_bits(members: impl Iterator<Item = Allergen>) -> Bits {
    members.fold(0, |bits, member| bits | 1 << member as Bits)
}

fn diet_bits(members: impl Iterator<Item = Diet>) -> Bits {
    members.fold(0, |bits, member| bits | 1 << member as Bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dish(diets: &[&str], allergens: &[&str], required: Vec<RequiredRecord>) -> DishRecord {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        DishRecord { diets: words(diets), allergens: words(allergens), required }
    }

    fn side(choices: &[&[&str]]) -> RequiredRecord {
        let choices = choices.iter().map(|codes| (codes.iter().map(|code| (*code).to_owned()).collect(), 1));
        RequiredRecord { min: 1, choices: choices.collect() }
    }

    #[test]
    fn one_dish_must_suit_all() {
        let dishes = Dishes::of(&[dish(&["vegan"], &["gluten"], vec![]), dish(&["halal"], &[], vec![])]);
        assert!(dishes.any(&[Diet::Vegan], &[]));
        assert!(dishes.any(&[], &[Allergen::Gluten]));
        assert!(!dishes.any(&[Diet::Vegan], &[Allergen::Gluten]));
        assert!(!dishes.any(&[Diet::Vegan, Diet::Halal], &[]));
        assert!(!Dishes::default().any(&[], &[]));
    }

    #[test]
    fn looks_through_what_must_be_chosen() {
        let with_way_out = Dishes::of(&[dish(&[], &[], vec![side(&[&["milk"], &[]])])]);
        assert!(with_way_out.any(&[], &[Allergen::Milk]));
        let without = Dishes::of(&[dish(&[], &[], vec![side(&[&["milk"], &["milk", "egg"]])])]);
        assert!(!without.any(&[], &[Allergen::Milk]));
        assert!(without.any(&[], &[Allergen::Egg]));
        assert!(!without.any(&[], &[Allergen::Egg, Allergen::Milk]));
    }
}
