//! Sides, extras, sweets and drinks of most kitchens.

use super::{Base, Choices, Course};

/// A base in one line.
pub const fn base(
    name: &'static str,
    with: &'static str,
    allergens: &'static [&'static str],
    diets: &'static [&'static str],
) -> Base {
    Base { name, with, allergens, diets }
}

pub const VEGETARIAN: &[&str] = &["vegetarian"];
pub const VEGAN: &[&str] = &["vegetarian", "vegan"];
pub const HALAL: &[&str] = &["halal"];
pub const NONE: &[&str] = &[];

pub const SIDES: Choices = Choices {
    name: "Choose a side",
    min: 1,
    max: 1,
    picks: &[
        ("Fries", 0, NONE),
        ("Green salad", 0, &["mustard"]),
        ("Rice", 0, NONE),
        ("Garlic bread", 120, &["gluten", "milk"]),
    ],
};
pub const EXTRAS: Choices = Choices {
    name: "Extras",
    min: 0,
    max: 4,
    picks: &[
        ("Extra cheese", 150, &["milk"]),
        ("Olives", 100, NONE),
        ("Chilli", 50, NONE),
        ("Fried egg", 130, &["egg"]),
        ("Avocado", 200, NONE),
    ],
};
pub const LEAVE_OUT: Choices = Choices {
    name: "Leave out",
    min: 0,
    max: 3,
    picks: &[("No onions", 0, NONE), ("No coriander", 0, NONE), ("No garlic", 0, NONE)],
};

pub const DRINKS: Course = Course {
    name: "Drinks",
    bases: &[
        base("Still water", "Half a litre", NONE, VEGAN),
        base("Lemonade", "Made here, not too sweet", NONE, VEGAN),
        base("Iced tea", "Black tea, lemon, mint", NONE, VEGAN),
        base("Ginger beer", "Hot and cold at once", NONE, VEGAN),
        base("Mango lassi", "Mango and yoghurt", &["milk"], VEGETARIAN),
        base("Espresso", "Short and dark", NONE, VEGAN),
    ],
    ways: &["", "extra cold"],
    groups: &[],
    price: 180..480,
    sized: false,
};
pub const SWEETS: Course = Course {
    name: "Sweets",
    bases: &[
        base("Cheesecake", "Baked, with a crust", &["gluten", "milk", "egg"], VEGETARIAN),
        base("Chocolate mousse", "Dark chocolate, cream", &["milk", "egg", "soy"], VEGETARIAN),
        base("Fruit salad", "What is ripe", NONE, VEGAN),
        base("Rice pudding", "Cinnamon and sugar", &["milk"], VEGETARIAN),
        base("Almond cake", "Ground almonds, orange", &["nuts", "egg"], VEGETARIAN),
    ],
    ways: &["", "with ice cream", "with berries"],
    groups: &[],
    price: 350..790,
    sized: false,
};
