//! A restaurant with everything that is hard about menus: sizes, bounds, free picks, other scripts, hostile names.

use app::{
    domain::{
        cart::{CartLine, CartLineView, CartView, Choice, LineRequest},
        date::Date,
        diet::{Allergen, Diet},
        id::{CartLineId, ItemId, ModifierGroupId, ModifierId, OrderId, RestaurantId, SectionId, VariantId, VisitorId},
        listing::ListingStatus,
        locale::Locale,
        location::Location,
        menu::{GroupUse, Item, Menu, Modifier, ModifierGroup, Section, Variant},
        money::{Currency, Money},
        opening::{Opening, OpeningDays},
        order::{OrderStatus, OrderStep, OrderView, PaymentStatus},
        pricing::{Service, price_line, price_order},
        restaurant::{EarliestTime, HoursLine, MenuTime, Restaurant, RestaurantCard, RestaurantPage, ServiceState},
        terms::{Charge, Extent, ModeTerms, Rate, ServiceMode, Terms, Zone},
        time::{LocalTime, Timestamp},
        unreadable::Unreadable,
    },
    forms::line_item,
    services::{CheckoutOptions, CheckoutView, ModeTimes, RecentOrder},
};
use std::{collections::BTreeMap, sync::Arc};

pub const SLUG: &str = "luigis-hearth";
pub const TOKEN: &str = "4kT9vQ2mXw";
/// Fake services with other orders.
pub const REJECTED: &str = "rejected";
pub const CANCELLED: &str = "cancelled";
pub const REJECTED_BY_CLOSED: &str = "rejected-by-closed";
pub const UNREADABLE: &str = "unreadable";
pub const UNREADABLE_ENDED: &str = "unreadable-ended";
pub const UNREADABLE_STATE: &str = "unreadable-state";
/// The slug of the restaurant that takes no orders.
pub const CLOSED: &str = "closed";
pub const HOSTILE: &str = "<script>alert('1')</script>\" onmouseover=\"alert(2)";

macro_rules! ids {
    ($($name:ident: $kind:ident),+) => {
        $(fn $name(number: u128) -> $kind {
            format!("{:032x}", 0x0190_a000_0000_7000_8000_0000_0000_0000u128 + number).parse().unwrap()
        })+
    };
}

ids! {
    item_id: ItemId, section_id: SectionId, variant_id: VariantId, group_id: ModifierGroupId, modifier_id: ModifierId,
    line_id: CartLineId, order_id: OrderId, restaurant_id: RestaurantId, visitor_id: VisitorId
}

pub fn visitor() -> VisitorId {
    visitor_id(1)
}

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::Eur)
}

fn at(text: &str) -> LocalTime {
    LocalTime { at: Timestamp::from_millis(1_795_000_000_000), text: text.to_owned() }
}

fn modifier(number: u128, name: &str, price: i64) -> Modifier {
    Modifier {
        id: modifier_id(number),
        name: name.to_owned(),
        price: eur(price),
        size_prices: BTreeMap::new(),
        max: 1,
        preselected: false,
        sold_out: false,
        allergens: Vec::new(),
        tax_class: None,
    }
}

pub fn pizza() -> Item {
    let size = |number, size: &str, name: &str, price| Variant {
        id: variant_id(number),
        size: size.to_owned(),
        name: name.to_owned(),
        price: eur(price),
    };
    let uses = |group, min, max, free| GroupUse { group: group_id(group), min, max, free };
    Item {
        id: item_id(1),
        name: "Margherita".to_owned(),
        name_en: None,
        description: "San Marzano tomatoes, fior di latte from Campania, basil from the window sill, and olive oil after the oven.".to_owned(),
        picture: Some("/pictures/dish/pizza-margherita.svg".to_owned()),
        variants: vec![size(1, "small", "26 cm", 890), size(2, "large", "33 cm, for the hungry", 1190)],
        groups: vec![uses(1, 0, 4, 1), uses(2, 1, 1, 0), uses(3, 0, 2, 0), uses(4, 0, 1, 0)],
        allergens: vec![Allergen::Gluten, Allergen::Milk],
        may_contain: vec![Allergen::Nuts],
        diets: vec![Diet::Vegetarian],
        min_age: None,
        kcal: Some(820),
        tax_class: None,
        sold_out: None,
    }
}

/// The item that is sold out.
pub fn sold_out_item() -> ItemId {
    item_id(3)
}

pub fn salad() -> Item {
    Item {
        id: item_id(2),
        name: "Insalata della casa".to_owned(),
        description: "Whatever the market had this morning.".to_owned(),
        picture: Some("/pictures/dish/caprese.svg".to_owned()),
        variants: vec![Variant { id: variant_id(3), size: String::new(), name: String::new(), price: eur(650) }],
        groups: Vec::new(),
        allergens: vec![Allergen::Mustard],
        diets: vec![Diet::Vegan, Diet::GlutenFree],
        kcal: None,
        ..pizza()
    }
}

fn item(number: u128, name: &str, price: i64) -> Item {
    Item {
        id: item_id(number),
        name: name.to_owned(),
        variants: vec![Variant {
            id: variant_id(100 + number),
            size: String::new(),
            name: String::new(),
            price: eur(price),
        }],
        ..salad()
    }
}

fn groups() -> Vec<ModifierGroup> {
    let mut buffalo = modifier(2, "Buffalo mozzarella", 220);
    buffalo.size_prices.insert("large".to_owned(), eur(320));
    buffalo.allergens = vec![Allergen::Milk];
    let mut olives = modifier(1, "Olives from Gaeta", 120);
    olives.max = 3;
    let mut truffle = modifier(3, "Truffle", 450);
    truffle.sold_out = true;
    let mut basil = modifier(7, "Basil on top", 0);
    basil.preselected = true;
    let group =
        |number, name: &str, modifiers| ModifierGroup { id: group_id(number), name: name.to_owned(), modifiers };
    vec![
        group(1, "Extra toppings", vec![olives, buffalo, truffle, modifier(8, "Rocket", 100)]),
        group(2, "Crust", vec![modifier(4, "Thin", 0), modifier(5, "Filled with ricotta", 180)]),
        group(3, "As you like it", vec![basil, modifier(9, "Chilli oil", 0)]),
        group(4, "Cut it?", vec![modifier(10, "In six", 0), modifier(11, "In eight", 0)]),
    ]
}

pub fn menu() -> Menu {
    let section = |number, name: &str, items| Section {
        id: section_id(number),
        name: name.to_owned(),
        description: String::new(),
        hours: None,
        available: true,
        tax_class: None,
        items,
    };
    let mut sold_out = item(3, "Calzone del giorno", 1150);
    sold_out.sold_out = Some("Sold out until 17:00".to_owned());
    let mut wine = item(4, "Rosso della casa, 0.2 l", 480);
    wine.min_age = Some(16);
    wine.picture = None;
    let mut arabic = item(5, "فطيرة الجبن بالزعتر", 720);
    arabic.name_en = Some("Cheese and thyme pie".to_owned());
    arabic.description = "خبز طازج من الفرن مع جبن وزعتر وزيت زيتون".to_owned();
    let hostile = item(6, HOSTILE, 100);
    let long = item(7, "Donaudampfschifffahrtsgesellschaftskapitänsfrühstückspfannkuchen", 99_999);
    let mut lunch = section(3, "Mittagstisch", vec![item(8, "Pasta al forno", 890)]);
    lunch.available = false;
    lunch.hours = Some("Mon–Fri 11:30–14:30".to_owned());
    let mut pizzas = section(1, "Pizza", vec![pizza(), sold_out]);
    pizzas.description = "From the wood oven, 90 seconds at 450 degrees.".to_owned();
    Menu {
        restaurant: restaurant_id(1),
        version: 7,
        currency: Currency::Eur,
        locale: Locale::new("de"),
        sections: vec![
            pizzas,
            section(2, "Insalate e altro", vec![salad(), arabic, hostile, long]),
            lunch,
            section(4, "Drinks", vec![wine]),
        ],
        groups: groups(),
    }
}

fn today() -> Date {
    Date::new(2026, 11, 20).unwrap()
}

fn terms() -> Terms {
    let mode = |mode, lead_minutes, tables: &[&str]| ModeTerms {
        minimum: eur(0),
        hours: None,
        mode,
        lead_minutes,
        tables: tables.iter().map(ToString::to_string).collect(),
    };
    Terms {
        modes: vec![
            mode(ServiceMode::Pickup, 15, &[]),
            mode(ServiceMode::Delivery, 40, &[]),
            mode(ServiceMode::DineIn, 20, &["1", "2", "Terrace 4"]),
        ],
        location: Location::new(52.5403, 13.4127),
        zones: vec![Zone {
            name: "Prenzlauer Berg".to_owned(),
            extent: Extent::Postcodes(vec!["104*".to_owned()]),
            fee: eur(190),
            minimum: eur(1500),
            free_from: Some(eur(4000)),
        }],
        charges: vec![Charge {
            name: "Packaging".to_owned(),
            modes: vec![ServiceMode::Pickup, ServiceMode::Delivery],
            rate: Rate::Fixed(eur(50)),
            tax_class: None,
        }],
        tip_percents: vec![0, 5, 10],
        tax: None,
    }
}

fn restaurant() -> Restaurant {
    Restaurant {
        id: restaurant_id(1),
        slug: SLUG.to_owned(),
        listing: ListingStatus::Published,
        name: "Luigi's Hearth".to_owned(),
        locale: Locale::new("de"),
        zone: "Europe/Berlin".to_owned(),
        currency: Currency::Eur,
        cuisines: vec!["pizza".to_owned(), "italian".to_owned()],
        tagline: format!("Wood oven, short menu, {HOSTILE}"),
        description: "Luigi bakes what his grandmother baked, in an oven that has not gone out since 1998.".to_owned(),
        address: "Kastanienallee 12, 10435 Berlin".to_owned(),
        phone: "+44 (0)20 7946 0018".to_owned(),
        latitude: 52.5403,
        longitude: 13.4127,
        picture: Some("/pictures/luigis-hearth.svg".to_owned()),
        terms: terms(),
        hours: vec![
            HoursLine { days: "Mon–Fri".to_owned(), times: "11:00–22:30".to_owned() },
            HoursLine { days: "Sat–Sun".to_owned(), times: "18:00–03:00".to_owned() },
        ],
    }
}

fn state() -> ServiceState {
    let earliest = |mode, minutes, text| EarliestTime { mode, minutes, time: at(text) };
    ServiceState {
        open: true,
        text: "Open until 22:30".to_owned(),
        until: None,
        earliest: vec![
            earliest(ServiceMode::Pickup, 15, "18:45"),
            earliest(ServiceMode::Delivery, 40, "19:10"),
            earliest(ServiceMode::DineIn, 20, "18:50"),
        ],
    }
}

fn opening() -> Vec<Opening> {
    let span = |on, opens: &str, closes: &str| Opening { on, opens: opens.to_owned(), closes: closes.to_owned() };
    let date = |date: &str| OpeningDays::Date(date.to_owned());
    vec![
        span(OpeningDays::Weekly(vec!["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]), "11:00", "22:30"),
        span(OpeningDays::Weekly(vec!["Saturday", "Sunday"]), "18:00", "03:00"),
        span(date("2026-12-24"), "00:00", "00:00"),
        span(date("2026-12-31"), "17:00", "02:00"),
    ]
}

pub fn restaurant_page() -> RestaurantPage {
    let times = vec![at("19:00"), at("Mon 11:30")].into();
    let (opening, time) = (opening(), MenuTime::default());
    RestaurantPage { restaurant: Arc::new(restaurant()), state: state(), opening, menu: Arc::new(menu()), time, times }
}

pub fn cuisines() -> Vec<String> {
    ["pizza", "italian", "japanese", "lebanese", "vegan", "indian", "bakery"].map(str::to_owned).to_vec()
}

pub fn cards() -> Vec<RestaurantCard> {
    let card = |name: &str, slug: &str, open, state: &str, lead, fee| RestaurantCard {
        slug: slug.to_owned(),
        name: name.to_owned(),
        locale: Locale::new("de"),
        cuisines: vec!["pizza".to_owned(), "italian".to_owned()],
        tagline: "Wood oven, short menu, long evenings.".to_owned(),
        address: "Kastanienallee 12, 10435 Berlin".to_owned(),
        picture: Some(format!("/pictures/{slug}.svg")),
        open,
        state: state.to_owned(),
        lead_minutes: lead,
        modes: ServiceMode::ALL.to_vec(),
        delivery_from: fee,
        distance_km: None,
        dishes: Vec::new(),
    };
    let mut found =
        card("Kitsune Noodle Counter", "kitsune-noodle-counter", true, "Open until 23:00", Some((15, 40)), None);
    found.dishes = vec!["Miso ramen".to_owned(), "Tantanmen".to_owned()];
    found.distance_km = Some(1.234);
    vec![
        card("Luigi's Hearth", SLUG, true, "Open until 22:30", Some((15, 40)), Some(eur(190))),
        found,
        card("بيت المرجان", "bayt-al-murjan", true, "Open until 01:00", Some((20, 20)), Some(eur(0))),
        card(HOSTILE, "the-paper-boat", false, "Opens Mon 11:00", None, Some(eur(250))),
    ]
}

fn selections() -> Vec<LineRequest> {
    let menu = menu();
    let mut large = line_item::fresh(&pizza(), menu.groups.iter());
    large.variant = Some(variant_id(2));
    large.quantity = 2;
    large.note = "One of them <b>well done</b>, please".to_owned();
    large.modifiers.push(Choice { modifier: modifier_id(5), quantity: 1 });
    large.modifiers.push(Choice { modifier: modifier_id(1), quantity: 2 });
    vec![large, line_item::fresh(&salad(), [].into_iter())]
}

pub fn cart() -> CartView {
    let (menu, selections) = (menu(), selections());
    let lines = selections.iter().enumerate().map(|(position, request)| {
        let priced = price_line(&menu, request).unwrap();
        CartLineView {
            line: CartLine { id: line_id(position as u128), request: request.clone() },
            name: priced.name.clone(),
            details: priced.details(),
            total: Some(priced.total),
            problem: (position == 1).then(|| "Insalata della casa: sold out until 17:00.".to_owned()),
            can_change: true,
        }
    });
    let service = Service { mode: ServiceMode::Pickup, postcode: None, location: None, date: today() };
    let bill = price_order(&menu, &terms(), &selections, service, eur(0)).unwrap();
    CartView {
        table: String::new(),
        revision: 3,
        mode: ServiceMode::Pickup,
        time: MenuTime::default(),
        lines: lines.collect(),
        count: bill.count(),
        bill,
        locale: menu.locale.clone(),
    }
}

pub fn checkout(mut cart: CartView, selection: &CheckoutOptions) -> CheckoutView {
    cart.mode = selection.mode.unwrap_or(cart.mode);
    let service = Service { mode: cart.mode, postcode: selection.postcode.as_deref(), location: None, date: today() };
    let requests: Vec<_> = cart.lines.iter().map(|line| line.line.request.clone()).collect();
    let bill = price_order(&menu(), &terms(), &requests, service, eur(selection.tip_minor))
        .unwrap_or_else(|_| cart.bill.clone());
    let times = ServiceMode::ALL.map(|mode| ModeTimes {
        mode,
        earliest: Some(at("18:45")),
        wait_minutes: Some(15),
        slots: vec![at("19:00"), at("19:15"), at("Mon 11:30")],
    });
    CheckoutView {
        order: order_id(1),
        restaurant: Arc::new(restaurant()),
        state: state(),
        cart,
        times: times.to_vec(),
        bill,
        problems: Vec::new(),
    }
}

pub fn order() -> OrderView {
    let bill = cart().bill;
    let step = |status, text| OrderStep { status, time: at(text) };
    OrderView {
        token: TOKEN.to_owned(),
        number: 47,
        version: 2,
        seq: 12,
        status: OrderStatus::InPreparation,
        headline: "Being prepared, ready about 18:45".to_owned(),
        payment: PaymentStatus::Due,
        mode: ServiceMode::Pickup,
        placed: at("18:29"),
        promised: Some(at("18:45")),
        wanted: None,
        history: vec![step(OrderStatus::Placed, "18:29"), step(OrderStatus::InPreparation, "18:31")],
        reason: None,
        bill: Some(bill),
        unreadable: None,
        note: "No cutlery, please. </p><script>alert(1)</script>".to_owned(),
        guest: "محمد علي".to_owned(),
        removed_after_days: None,
        place: String::new(),
        can_cancel: true,
        settled: false,
        restaurant_slug: SLUG.to_owned(),
        restaurant_name: "Luigi's Hearth".to_owned(),
        restaurant_phone: "+44 (0)20 7946 0018".to_owned(),
        restaurant_address: "Kastanienallee 12, 10435 Berlin".to_owned(),
        locale: Locale::new("de"),
    }
}

/// The sample order with other results.
pub fn orders() -> Vec<OrderView> {
    let ended = |token: &str, status, words: &str| {
        let mut view = order();
        view.token = token.to_owned();
        view.status = status;
        view.headline = words.to_owned();
        view.reason = Some("Something ran out: no basil".to_owned());
        view.history.truncate(1);
        view.history.push(OrderStep { status, time: at("18:40") });
        view.can_cancel = false;
        view
    };
    let rejected = |token: &str| ended(token, OrderStatus::Rejected, "Luigi's Hearth could not take this order");
    let unreadable = |token: &str, view: OrderView| OrderView {
        token: token.to_owned(),
        bill: None,
        unreadable: Some(Unreadable::Bill),
        ..view
    };
    vec![
        order(),
        rejected(REJECTED),
        ended(CANCELLED, OrderStatus::Cancelled, "Luigi's Hearth called this order off"),
        OrderView { restaurant_slug: CLOSED.to_owned(), ..rejected(REJECTED_BY_CLOSED) },
        unreadable(UNREADABLE, order()),
        unreadable(UNREADABLE_ENDED, rejected(REJECTED)),
        OrderView { unreadable: Some(Unreadable::State), ..rejected(UNREADABLE_STATE) },
    ]
}

/// A restaurant that takes no orders, not even for later.
pub fn closed_page() -> RestaurantPage {
    let mut page = restaurant_page();
    page.state.open = false;
    page.state.text = "Paused until 21:30".to_owned();
    page.times = Vec::new().into();
    page
}

pub fn recent_order() -> RecentOrder {
    RecentOrder {
        restaurant_name: "Luigi's Hearth".to_owned(),
        token: TOKEN.to_owned(),
        number: 46,
        placed: at("Thu 19:02"),
    }
}
