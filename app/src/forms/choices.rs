//! The choices of set-up forms: time zones, languages, currencies, menus to begin with.

use crate::domain::money::Currency;

/// A region with its time zones: IANA name, and the places that people know it by.
pub type Region = (&'static str, &'static [(&'static str, &'static str)]);

/// Time zones that people recognise, by region. A restaurant may have another one.
pub const ZONES: &[Region] = &[
    (
        "Europe",
        &[
            ("Europe/Amsterdam", "Amsterdam"),
            ("Europe/Athens", "Athens"),
            ("Europe/Belgrade", "Belgrade, Ljubljana, Sarajevo, Skopje, Zagreb"),
            ("Europe/Berlin", "Berlin"),
            ("Europe/Brussels", "Brussels"),
            ("Europe/Bucharest", "Bucharest"),
            ("Europe/Budapest", "Budapest"),
            ("Europe/Chisinau", "Chișinău"),
            ("Europe/Copenhagen", "Copenhagen"),
            ("Europe/Dublin", "Dublin"),
            ("Europe/Helsinki", "Helsinki"),
            ("Europe/Istanbul", "Istanbul"),
            ("Europe/Kyiv", "Kyiv"),
            ("Europe/Lisbon", "Lisbon"),
            ("Europe/London", "London"),
            ("Europe/Luxembourg", "Luxembourg"),
            ("Europe/Madrid", "Madrid"),
            ("Europe/Malta", "Malta"),
            ("Europe/Moscow", "Moscow"),
            ("Europe/Oslo", "Oslo"),
            ("Europe/Paris", "Paris"),
            ("Europe/Prague", "Prague, Bratislava"),
            ("Atlantic/Reykjavik", "Reykjavík"),
            ("Europe/Riga", "Riga"),
            ("Europe/Rome", "Rome"),
            ("Europe/Sofia", "Sofia"),
            ("Europe/Stockholm", "Stockholm"),
            ("Europe/Tallinn", "Tallinn"),
            ("Europe/Tirane", "Tirana"),
            ("Europe/Vienna", "Vienna"),
            ("Europe/Vilnius", "Vilnius"),
            ("Europe/Warsaw", "Warsaw"),
            ("Europe/Zurich", "Zürich"),
            ("Atlantic/Canary", "Canary Islands"),
            ("Atlantic/Azores", "Azores"),
        ],
    ),
    (
        "North America",
        &[
            ("America/Anchorage", "Anchorage"),
            ("America/Chicago", "Chicago, Dallas, Houston (Central)"),
            ("America/Costa_Rica", "Costa Rica"),
            ("America/Denver", "Denver, Salt Lake City (Mountain)"),
            ("America/Edmonton", "Calgary, Edmonton"),
            ("America/Guatemala", "Guatemala"),
            ("America/Halifax", "Halifax (Atlantic)"),
            ("America/Havana", "Havana"),
            ("Pacific/Honolulu", "Honolulu"),
            ("America/Jamaica", "Jamaica"),
            ("America/Los_Angeles", "Los Angeles, San Francisco, Seattle (Pacific)"),
            ("America/Mexico_City", "Mexico City"),
            ("America/New_York", "New York, Boston, Miami (Eastern)"),
            ("America/Panama", "Panama"),
            ("America/Phoenix", "Phoenix"),
            ("America/Puerto_Rico", "Puerto Rico"),
            ("America/Santo_Domingo", "Santo Domingo"),
            ("America/St_Johns", "St. John’s (Newfoundland)"),
            ("America/Tijuana", "Tijuana"),
            ("America/Toronto", "Toronto, Montréal"),
            ("America/Vancouver", "Vancouver"),
            ("America/Winnipeg", "Winnipeg"),
        ],
    ),
    (
        "South America",
        &[
            ("America/Argentina/Buenos_Aires", "Buenos Aires"),
            ("America/Asuncion", "Asunción"),
            ("America/Bogota", "Bogotá"),
            ("America/Caracas", "Caracas"),
            ("America/Guayaquil", "Guayaquil, Quito"),
            ("America/La_Paz", "La Paz"),
            ("America/Lima", "Lima"),
            ("America/Manaus", "Manaus"),
            ("America/Montevideo", "Montevideo"),
            ("America/Santiago", "Santiago"),
            ("America/Sao_Paulo", "São Paulo, Rio de Janeiro"),
        ],
    ),
    (
        "Asia",
        &[
            ("Asia/Almaty", "Almaty"),
            ("Asia/Amman", "Amman"),
            ("Asia/Baghdad", "Baghdad"),
            ("Asia/Bahrain", "Bahrain"),
            ("Asia/Baku", "Baku"),
            ("Asia/Bangkok", "Bangkok"),
            ("Asia/Beirut", "Beirut"),
            ("Asia/Colombo", "Colombo"),
            ("Asia/Dhaka", "Dhaka"),
            ("Asia/Dubai", "Dubai, Abu Dhabi"),
            ("Asia/Ho_Chi_Minh", "Hanoi, Ho Chi Minh City"),
            ("Asia/Hong_Kong", "Hong Kong"),
            ("Asia/Jakarta", "Jakarta"),
            ("Asia/Jerusalem", "Jerusalem, Tel Aviv"),
            ("Asia/Karachi", "Karachi"),
            ("Asia/Kathmandu", "Kathmandu"),
            ("Asia/Kolkata", "Kolkata, Delhi, Mumbai"),
            ("Asia/Kuala_Lumpur", "Kuala Lumpur"),
            ("Asia/Kuwait", "Kuwait"),
            ("Asia/Manila", "Manila"),
            ("Asia/Muscat", "Muscat"),
            ("Asia/Nicosia", "Nicosia"),
            ("Asia/Qatar", "Doha"),
            ("Asia/Riyadh", "Riyadh"),
            ("Asia/Seoul", "Seoul"),
            ("Asia/Shanghai", "Shanghai, Beijing"),
            ("Asia/Singapore", "Singapore"),
            ("Asia/Taipei", "Taipei"),
            ("Asia/Tashkent", "Tashkent"),
            ("Asia/Tbilisi", "Tbilisi"),
            ("Asia/Tehran", "Tehran"),
            ("Asia/Tokyo", "Tokyo"),
            ("Asia/Yerevan", "Yerevan"),
        ],
    ),
    (
        "Africa",
        &[
            ("Africa/Accra", "Accra"),
            ("Africa/Addis_Ababa", "Addis Ababa"),
            ("Africa/Algiers", "Algiers"),
            ("Africa/Cairo", "Cairo"),
            ("Africa/Casablanca", "Casablanca"),
            ("Africa/Dakar", "Dakar"),
            ("Africa/Johannesburg", "Johannesburg, Cape Town"),
            ("Africa/Lagos", "Lagos"),
            ("Africa/Nairobi", "Nairobi"),
            ("Africa/Tunis", "Tunis"),
            ("Indian/Mauritius", "Mauritius"),
        ],
    ),
    (
        "Australia and Pacific",
        &[
            ("Australia/Adelaide", "Adelaide"),
            ("Pacific/Auckland", "Auckland, Wellington"),
            ("Australia/Brisbane", "Brisbane"),
            ("Australia/Darwin", "Darwin"),
            ("Pacific/Fiji", "Fiji"),
            ("Australia/Hobart", "Hobart"),
            ("Australia/Perth", "Perth"),
            ("Australia/Sydney", "Sydney, Melbourne, Canberra"),
        ],
    ),
];

/// Languages of menus: tag and name. A restaurant may have another one.
pub const LANGUAGES: &[(&str, &str)] = &[
    ("ar", "Arabic"),
    ("cs", "Czech"),
    ("da", "Danish"),
    ("de", "German"),
    ("de-AT", "German (Austria)"),
    ("de-CH", "German (Switzerland)"),
    ("el", "Greek"),
    ("en", "English"),
    ("en-AU", "English (Australia)"),
    ("en-CA", "English (Canada)"),
    ("en-GB", "English (United Kingdom)"),
    ("en-IN", "English (India)"),
    ("en-US", "English (United States)"),
    ("es", "Spanish"),
    ("es-MX", "Spanish (Mexico)"),
    ("fi", "Finnish"),
    ("fr", "French"),
    ("fr-CA", "French (Canada)"),
    ("fr-CH", "French (Switzerland)"),
    ("he", "Hebrew"),
    ("hi", "Hindi"),
    ("hu", "Hungarian"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("nb", "Norwegian"),
    ("nl", "Dutch"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("pt-BR", "Portuguese (Brazil)"),
    ("ro", "Romanian"),
    ("sv", "Swedish"),
    ("th", "Thai"),
    ("tr", "Turkish"),
    ("uk", "Ukrainian"),
    ("vi", "Vietnamese"),
    ("zh", "Chinese"),
];

/// A menu that a new restaurant can begin with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template {
    pub code: &'static str,
    pub name: &'static str,
    pub words: &'static str,
}

/// All of them.
pub const TEMPLATES: &[Template] = &[
    Template {
        code: "pizzeria",
        name: "Pizzeria",
        words: "Pizzas in three sizes with toppings, pasta, desserts, drinks",
    },
    Template { code: "burger", name: "Burger restaurant", words: "Burgers with extras, sides, breakfast, shakes" },
    Template { code: "cafe", name: "Café", words: "Coffee with kinds of milk, brunch, cakes" },
    Template { code: "noodles", name: "Noodle bar", words: "Ramen with toppings, small plates, drinks" },
    Template { code: "bowls", name: "Bowls", words: "Bowls put together by the guest, salads, juices" },
    Template { code: "indian", name: "Indian restaurant", words: "Curries by heat, tandoor, rice and breads" },
];

/// A currency's name in English.
pub const fn currency_name(currency: Currency) -> &'static str {
    match currency {
        Currency::Aed => "UAE dirham",
        Currency::Aud => "Australian dollar",
        Currency::Bhd => "Bahraini dinar",
        Currency::Brl => "Brazilian real",
        Currency::Cad => "Canadian dollar",
        Currency::Chf => "Swiss franc",
        Currency::Cny => "Chinese yuan",
        Currency::Cop => "Colombian peso",
        Currency::Czk => "Czech koruna",
        Currency::Dkk => "Danish krone",
        Currency::Egp => "Egyptian pound",
        Currency::Eur => "Euro",
        Currency::Gbp => "British pound",
        Currency::Hkd => "Hong Kong dollar",
        Currency::Huf => "Hungarian forint",
        Currency::Inr => "Indian rupee",
        Currency::Iqd => "Iraqi dinar",
        Currency::Jod => "Jordanian dinar",
        Currency::Jpy => "Japanese yen",
        Currency::Krw => "South Korean won",
        Currency::Kwd => "Kuwaiti dinar",
        Currency::Mxn => "Mexican peso",
        Currency::Nok => "Norwegian krone",
        Currency::Nzd => "New Zealand dollar",
        Currency::Omr => "Omani rial",
        Currency::Pln => "Polish złoty",
        Currency::Sar => "Saudi riyal",
        Currency::Sek => "Swedish krona",
        Currency::Sgd => "Singapore dollar",
        Currency::Thb => "Thai baht",
        Currency::Tnd => "Tunisian dinar",
        Currency::Try => "Turkish lira",
        Currency::Usd => "US dollar",
        Currency::Vnd => "Vietnamese đồng",
        Currency::Zar => "South African rand",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::locale::Locale;
    use std::collections::BTreeSet;

    #[test]
    fn nothing_is_offered_twice_and_languages_are_tags() {
        let zones: Vec<_> = ZONES.iter().flat_map(|(_, zones)| *zones).map(|(zone, _)| zone).collect();
        assert_eq!(zones.iter().collect::<BTreeSet<_>>().len(), zones.len());
        assert!(LANGUAGES.iter().all(|(tag, _)| Locale::new(*tag).is_well_formed()));
        assert!(LANGUAGES.is_sorted());
    }
}
