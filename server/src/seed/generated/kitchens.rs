//! Kitchens of made-up restaurants: what they cook, in which ways, and what can be chosen with it.

use std::ops::Range;

/// A kind of kitchen.
pub struct Kitchen {
    pub cuisines: &'static [&'static str],
    pub rooms: &'static [&'static str],
    pub groups: &'static [Choices],
    pub courses: &'static [Course],
}

/// A modifier group: name, price in cents and allergens of each choice.
pub struct Choices {
    pub name: &'static str,
    pub min: u32,
    pub max: u32,
    pub picks: &'static [(&'static str, i64, &'static [&'static str])],
}

/// A section: every base in every way makes a dish.
pub struct Course {
    pub name: &'static str,
    pub bases: &'static [Base],
    pub ways: &'static [&'static str],
    pub groups: &'static [&'static str],
    pub price: Range<i64>,
    pub sized: bool,
}

impl Course {
    /// How many dishes it can make.
    pub const fn dishes(&self) -> usize {
        self.bases.len() * self.ways.len()
    }
}

/// What a dish is made of.
#[derive(Clone, Copy, Default)]
pub struct Base {
    pub name: &'static str,
    pub with: &'static str,
    pub allergens: &'static [&'static str],
    pub diets: &'static [&'static str],
}

const fn base(
    name: &'static str,
    with: &'static str,
    allergens: &'static [&'static str],
    diets: &'static [&'static str],
) -> Base {
    Base { name, with, allergens, diets }
}

const VEGETARIAN: &[&str] = &["vegetarian"];
const VEGAN: &[&str] = &["vegetarian", "vegan"];
const HALAL: &[&str] = &["halal"];
const NONE: &[&str] = &[];

const SIDES: Choices = Choices {
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
const EXTRAS: Choices = Choices {
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
const LEAVE_OUT: Choices = Choices {
    name: "Leave out",
    min: 0,
    max: 3,
    picks: &[("No onions", 0, NONE), ("No coriander", 0, NONE), ("No garlic", 0, NONE)],
};

const DRINKS: Course = Course {
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
const SWEETS: Course = Course {
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

pub const KITCHENS: &[Kitchen] = &[
    Kitchen {
        cuisines: &["pizza", "italian"],
        rooms: &["Pizzeria", "Trattoria", "Forno", "Osteria"],
        groups: &[EXTRAS, LEAVE_OUT],
        courses: &[
            Course {
                name: "Pizza",
                bases: &[
                    base("Pizza Margherita", "Tomato, mozzarella, basil", &["gluten", "milk"], VEGETARIAN),
                    base("Pizza Marinara", "Tomato, garlic, oregano", &["gluten"], VEGAN),
                    base("Pizza Diavola", "Tomato, mozzarella, spicy salami", &["gluten", "milk"], NONE),
                    base("Pizza Funghi", "Tomato, mozzarella, mushrooms", &["gluten", "milk"], VEGETARIAN),
                    base("Pizza Tonno", "Tomato, tuna, red onion", &["gluten", "milk", "fish"], NONE),
                    base("Pizza Verdure", "Tomato, grilled vegetables", &["gluten"], VEGAN),
                ],
                ways: &["", "with buffalo mozzarella", "on rye crust"],
                groups: &["Extras", "Leave out"],
                price: 790..1390,
                sized: true,
            },
            Course {
                name: "Pasta",
                bases: &[
                    base("Spaghetti pomodoro", "Tomato and basil", &["gluten"], VEGAN),
                    base("Tagliatelle al ragù", "Beef, pork, six hours", &["gluten", "egg", "celery"], NONE),
                    base("Penne arrabbiata", "Tomato, chilli", &["gluten"], VEGAN),
                    base("Lasagne", "Layers of everything", &["gluten", "milk", "egg", "celery"], NONE),
                    base("Gnocchi al pesto", "Basil, pine nuts, parmesan", &["gluten", "milk", "nuts"], VEGETARIAN),
                ],
                ways: &["", "gratinated", "with rocket"],
                groups: &["Extras"],
                price: 890..1490,
                sized: false,
            },
            SWEETS,
            DRINKS,
        ],
    },
    Kitchen {
        cuisines: &["burger", "american"],
        rooms: &["Burgers", "Grill", "Diner", "Smokehouse"],
        groups: &[SIDES, EXTRAS, LEAVE_OUT],
        courses: &[
            Course {
                name: "Burgers",
                bases: &[
                    base("Cheeseburger", "Beef, cheddar, pickles", &["gluten", "milk", "mustard", "egg"], NONE),
                    base("Bacon burger", "Beef, bacon, onion jam", &["gluten", "mustard", "egg"], NONE),
                    base("Chicken burger", "Fried chicken, slaw", &["gluten", "egg", "mustard"], HALAL),
                    base("Bean burger", "Black beans, corn, salsa", &["gluten", "soy"], VEGAN),
                    base("Halloumi burger", "Grilled halloumi, peppers", &["gluten", "milk"], VEGETARIAN),
                ],
                ways: &["", "double", "with avocado", "extra hot"],
                groups: &["Choose a side", "Extras", "Leave out"],
                price: 890..1690,
                sized: false,
            },
            Course {
                name: "From the smoker",
                bases: &[
                    base("Pulled pork", "Twelve hours over beech", &["mustard", "celery"], NONE),
                    base("Beef brisket", "Salt, pepper, patience", NONE, HALAL),
                    base("Smoked chicken", "Half a bird", NONE, HALAL),
                    base("Smoked cauliflower", "With tahini", &["sesame"], VEGAN),
                ],
                ways: &["", "with beans", "with cornbread"],
                groups: &["Choose a side"],
                price: 1190..2290,
                sized: false,
            },
            SWEETS,
            DRINKS,
        ],
    },
    Kitchen {
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
    },
    Kitchen {
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
    },
    Kitchen {
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
    },
    Kitchen {
        cuisines: &["bowls", "healthy"],
        rooms: &["Bowls", "Salad Bar", "Garden Kitchen", "Greens"],
        groups: &[EXTRAS, LEAVE_OUT],
        courses: &[
            Course {
                name: "Bowls",
                bases: &[
                    base("Salmon poke", "Rice, edamame, cucumber", &["fish", "soy", "sesame"], NONE),
                    base("Tofu poke", "Rice, edamame, mango", &["soy", "sesame"], VEGAN),
                    base("Chicken burrito bowl", "Rice, beans, corn, salsa", NONE, HALAL),
                    base("Falafel bowl", "Bulgur, hummus, pickles", &["gluten", "sesame"], VEGAN),
                    base("Halloumi bowl", "Quinoa, roast vegetables", &["milk"], VEGETARIAN),
                ],
                ways: &["", "with extra greens", "with quinoa", "with peanut sauce"],
                groups: &["Extras", "Leave out"],
                price: 890..1490,
                sized: true,
            },
            Course {
                name: "Soups",
                bases: &[
                    base("Lentil soup", "Red lentils, cumin", NONE, VEGAN),
                    base("Tomato soup", "Roast tomatoes", &["celery"], VEGAN),
                    base("Chicken soup", "Noodles and carrots", &["gluten", "celery"], HALAL),
                ],
                ways: &["", "with bread", "large"],
                groups: &[],
                price: 450..790,
                sized: false,
            },
            SWEETS,
            DRINKS,
        ],
    },
];
