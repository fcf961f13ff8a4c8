//! Cities, names and words of made-up restaurants.

/// A city with its clock and money.
pub struct Place {
    pub city: &'static str,
    pub zone: &'static str,
    pub currency: &'static str,
    /// Minor units of the currency for one European cent's worth of food.
    pub price_factor: i64,
    pub region: &'static str,
    pub phone: &'static str,
    pub latitude: f64,
    pub longitude: f64,
    pub postcodes: &'static [&'static str],
    pub streets: &'static [&'static str],
}

pub const PLACES: &[Place] = &[
    Place {
        city: "Berlin",
        zone: "Europe/Berlin",
        currency: "EUR",
        price_factor: 1,
        region: "eu",
        phone: "+49 30",
        latitude: 52.52,
        longitude: 13.405,
        postcodes: &["104", "109", "120"],
        streets: &["Oderberger Straße", "Kastanienallee", "Sonnenallee", "Bergmannstraße", "Torstraße", "Weserstraße"],
    },
    Place {
        city: "London",
        zone: "Europe/London",
        currency: "GBP",
        price_factor: 1,
        region: "eu",
        phone: "+44 20 7946",
        latitude: 51.507,
        longitude: -0.128,
        postcodes: &["E1", "N1", "SE1"],
        streets: &["Brick Lane", "Exmouth Market", "Bermondsey Street", "Broadway Market", "Upper Street"],
    },
    Place {
        city: "New York",
        zone: "America/New_York",
        currency: "USD",
        price_factor: 1,
        region: "us",
        phone: "+1 212",
        latitude: 40.73,
        longitude: -73.99,
        postcodes: &["100", "112", "111"],
        streets: &["Bleecker Street", "Mott Street", "Bedford Avenue", "Court Street", "Amsterdam Avenue"],
    },
    Place {
        city: "Tokyo",
        zone: "Asia/Tokyo",
        currency: "JPY",
        price_factor: 2,
        region: "ap",
        phone: "+81 3",
        latitude: 35.68,
        longitude: 139.76,
        postcodes: &["150", "160", "110"],
        streets: &["Omotesando", "Kappabashi", "Nakamise", "Takeshita", "Yanaka Ginza"],
    },
    Place {
        city: "Warszawa",
        zone: "Europe/Warsaw",
        currency: "PLN",
        price_factor: 4,
        region: "eu",
        phone: "+48 22",
        latitude: 52.23,
        longitude: 21.01,
        postcodes: &["00", "02", "03"],
        streets: &["Nowy Świat", "Poznańska", "Mokotowska", "Francuska", "Ząbkowska"],
    },
    Place {
        city: "Kuwait City",
        zone: "Asia/Kuwait",
        currency: "KWD",
        price_factor: 3,
        region: "me",
        phone: "+965",
        latitude: 29.375,
        longitude: 47.978,
        postcodes: &["13", "15", "35"],
        streets: &["Salem Al Mubarak", "Gulf Road", "Fahad Al Salem", "Abdullah Al Ahmad"],
    },
];

pub const OWNERS: &[&str] = &[
    "Nina's", "Otto's", "Old Harbour", "Golden Spoon", "Little Fox", "Three Geese", "Blue Door", "Aunt Mila's",
    "Corner", "Sunday", "Midnight", "North Wind", "Copper", "Wild Thyme", "Marlow's", "Paper Crane", "Red Kettle",
    "Stone Bridge", "Hidden", "Grandfather's", "Seven Steps", "Lucky Tram", "Green Lantern", "Salt & Ember", "Amina's",
    "Kaito's", "Papa Jonas'", "Quiet Hour", "Silver Birch", "Velvet Radish",
];

pub const TAGLINES: &[&str] = &[
    "Cooked to order, since the nineties.",
    "Small menu, big plates.",
    "What the market had this morning.",
    "Family recipes and a hot stove.",
    "Fast, fresh and a little too much garlic.",
    "For hungry people with little time.",
    "The neighbourhood's second kitchen.",
    "Slow food at a good pace.",
];
