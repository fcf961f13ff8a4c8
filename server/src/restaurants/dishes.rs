//! Allergens and diets of a restaurant's items, compact enough for all restaurants.

use crate::queries::search::{CardRecord, DishRecord};
use app::domain::diet::{Allergen, Diet};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// A set of allergens or diets, one bit each.
type Bits = u16;

/// The distinct kinds of items of a restaurant.
#[derive(Debug, Clone, Default)]
pub struct Dishes(Box<[Kind]>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Kind {
    suits: Bits,
    holds: Bits,
    required: Box<[Required]>,
}

/// A modifier group with a minimum, and the allergens and maximum quantity of each modifier.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Required {
    min: u32,
    choices: Box<[(Bits, u32)]>,
}

impl Dishes {
    /// Decodes the items of a card.
    pub fn of(record: &CardRecord) -> Self {
        let mut choices = HashMap::<Uuid, Vec<_>>::new();
        for (group, codes, most) in &record.choices {
            choices.entry(*group).or_default().push((allergens(codes), *most));
        }
        let mut required = HashMap::<Uuid, Vec<_>>::new();
        for (item, group, min) in &record.required {
            let choices = choices.get(group).cloned().unwrap_or_default().into();
            required.entry(*item).or_default().push(Required { min: *min, choices });
        }
        let kinds = record.dishes.iter().map(|dish| Kind::of(dish, required.remove(&dish.item).unwrap_or_default()));
        Self(kinds.collect::<HashSet<_>>().into_iter().collect())
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
    fn of(record: &DishRecord, required: Vec<Required>) -> Self {
        Self {
            suits: diet_bits(record.diets.iter().filter_map(|code| Diet::from_code(code))),
            holds: allergens(&record.allergens),
            required: required.into(),
        }
    }

    fn can_do_without(&self, avoid: Bits) -> bool {
        self.holds & avoid == 0 && self.required.iter().all(|group| group.can_do_without(avoid))
    }
}

impl Required {
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

    fn kind(diets: &[&str], holds: &[&str], sides: &[&[&str]]) -> Kind {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let choices: Vec<_> = sides.iter().map(|codes| (allergens(&words(codes)), 1)).collect();
        let required = if choices.is_empty() { vec![] } else { vec![Required { min: 1, choices: choices.into() }] };
        let suits = diet_bits(diets.iter().filter_map(|code| Diet::from_code(code)));
        Kind { suits, holds: allergens(&words(holds)), required: required.into() }
    }

    fn dishes(kinds: &[Kind]) -> Dishes {
        Dishes(kinds.into())
    }

    #[test]
    fn one_dish_must_suit_all() {
        let dishes = dishes(&[kind(&["vegan"], &["gluten"], &[]), kind(&["halal"], &[], &[])]);
        assert!(dishes.any(&[Diet::Vegan], &[]));
        assert!(dishes.any(&[], &[Allergen::Gluten]));
        assert!(!dishes.any(&[Diet::Vegan], &[Allergen::Gluten]));
        assert!(!dishes.any(&[Diet::Vegan, Diet::Halal], &[]));
        assert!(!Dishes::default().any(&[], &[]));
    }

    #[test]
    fn looks_through_what_must_be_chosen() {
        let with_way_out = dishes(&[kind(&[], &[], &[&["milk"], &[]])]);
        assert!(with_way_out.any(&[], &[Allergen::Milk]));
        let without = dishes(&[kind(&[], &[], &[&["milk"], &["milk", "egg"]])]);
        assert!(!without.any(&[], &[Allergen::Milk]));
        assert!(without.any(&[], &[Allergen::Egg]));
        assert!(!without.any(&[], &[Allergen::Egg, Allergen::Milk]));
    }
}
