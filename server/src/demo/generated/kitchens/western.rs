//! Pizzerias, grills and green kitchens.

use super::{
    Course, Kitchen,
    shared::{DRINKS, EXTRAS, HALAL, LEAVE_OUT, NONE, SIDES, SWEETS, VEGAN, VEGETARIAN, base},
};

pub const PIZZERIA: Kitchen = Kitchen {
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
};

pub const GRILL: Kitchen = Kitchen {
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
};

pub const GREEN_KITCHEN: Kitchen = Kitchen {
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
};
