//! Noodle bars, curry houses and mezze bars.

use super::{
    Course, Kitchen,
    shared::{DRINKS, EXTRAS, HALAL, LEAVE_OUT, NONE, SIDES, SWEETS, VEGAN, VEGETARIAN, base},
};

pub const NOODLE_BAR: Kitchen = Kitchen {
    cuisines: &["japanese", "sushi", "ramen"],
    rooms: &["Ramen Bar", "Sushi Counter", "Izakaya", "Noodles"],
    groups: &[EXTRAS, LEAVE_OUT],
    courses: &[
        Course {
            name: "Ramen",
            bases: &[
                base("Shoyu ramen", "Soy broth, pork, egg", &["gluten", "soy", "egg", "sesame"], NONE),
                base("Miso ramen", "Miso broth, corn, butter", &["gluten", "soy", "milk", "sesame"], NONE),
                base("Tonkotsu ramen", "Pork bone broth", &["gluten", "soy", "egg"], NONE),
                base("Mushroom ramen", "Shiitake broth, tofu", &["gluten", "soy"], VEGAN),
            ],
            ways: &["", "extra spicy", "with extra noodles"],
            groups: &["Extras", "Leave out"],
            price: 1090..1690,
            sized: false,
        },
        Course {
            name: "Sushi",
            bases: &[
                base("Salmon nigiri", "Two pieces", &["fish"], NONE),
                base("Tuna maki", "Six pieces", &["fish"], NONE),
                base("Avocado maki", "Six pieces", NONE, VEGAN),
                base("Prawn tempura roll", "Eight pieces", &["crustaceans", "gluten", "egg"], NONE),
                base("Tamago nigiri", "Sweet omelette, two pieces", &["egg", "soy"], VEGETARIAN),
            ],
            ways: &["", "as a set of two", "inside out"],
            groups: &[],
            price: 390..1290,
            sized: false,
        },
        SWEETS,
        DRINKS,
    ],
};

pub const CURRY_HOUSE: Kitchen = Kitchen {
    cuisines: &["indian", "curry"],
    rooms: &["Tandoor", "Curry House", "Spice Kitchen", "Thali"],
    groups: &[SIDES, LEAVE_OUT],
    courses: &[
        Course {
            name: "Curries",
            bases: &[
                base("Chicken tikka masala", "Tomato, cream, fenugreek", &["milk", "nuts"], HALAL),
                base("Lamb rogan josh", "Kashmiri chilli, yoghurt", &["milk"], HALAL),
                base("Chana masala", "Chickpeas, tomato, ginger", NONE, VEGAN),
                base("Palak paneer", "Spinach and cheese", &["milk"], VEGETARIAN),
                base("Dal makhani", "Black lentils, butter", &["milk"], VEGETARIAN),
                base("Aloo gobi", "Potato and cauliflower", &["mustard"], VEGAN),
            ],
            ways: &["", "mild", "hot", "very hot"],
            groups: &["Choose a side", "Leave out"],
            price: 890..1590,
            sized: false,
        },
        Course {
            name: "Breads and snacks",
            bases: &[
                base("Naan", "From the tandoor", &["gluten", "milk"], VEGETARIAN),
                base("Samosa", "Potato and peas, two pieces", &["gluten"], VEGAN),
                base("Onion bhaji", "Chickpea flour", NONE, VEGAN),
                base("Pakora", "Mixed vegetables", NONE, VEGAN),
            ],
            ways: &["", "with chutney", "with raita"],
            groups: &[],
            price: 250..690,
            sized: false,
        },
        SWEETS,
        DRINKS,
    ],
};

pub const MEZZE_BAR: Kitchen = Kitchen {
    cuisines: &["levantine", "kebab"],
    rooms: &["Mezze", "Kebab House", "Shawarma", "Falafel Kitchen"],
    groups: &[SIDES, EXTRAS, LEAVE_OUT],
    courses: &[
        Course {
            name: "Plates",
            bases: &[
                base("Chicken shawarma", "Garlic sauce, pickles", &["milk", "sesame"], HALAL),
                base("Lamb kofta", "Parsley, onion, sumac", NONE, HALAL),
                base("Falafel", "Chickpeas, herbs, tahini", &["sesame"], VEGAN),
                base("Mixed grill", "Kofta, shish, wings", NONE, HALAL),
                base("Aubergine moussaka", "Tomato, chickpeas", NONE, VEGAN),
            ],
            ways: &["", "in flatbread", "with hummus", "for two"],
            groups: &["Choose a side", "Extras", "Leave out"],
            price: 690..1890,
            sized: false,
        },
        Course {
            name: "Mezze",
            bases: &[
                base("Hummus", "Chickpeas, tahini, oil", &["sesame"], VEGAN),
                base("Baba ghanoush", "Smoked aubergine", &["sesame"], VEGAN),
                base("Tabbouleh", "Parsley, bulgur, lemon", &["gluten"], VEGAN),
                base("Labneh", "Strained yoghurt, za'atar", &["milk", "sesame"], VEGETARIAN),
            ],
            ways: &["", "with bread", "large"],
            groups: &[],
            price: 350..790,
            sized: false,
        },
        SWEETS,
        DRINKS,
    ],
};
