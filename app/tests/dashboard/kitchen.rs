//! A restaurant that exists only for these tests: tickets in every state, a small menu, one person who works there.

use crate::absent::Absent;
use app::{
    domain::{
        bill::{PricedLine, PricedModifier},
        board::{Board, MenuChange, OrderMove, Ticket},
        cart::{CartChange, CartView},
        diet::Allergen,
        error::AppError,
        id::{
            ChangeId, ItemId, ModifierGroupId, ModifierId, OrderId, RestaurantId, SectionId, StaffId, VariantId,
            VisitorId,
        },
        listing::ListingStatus,
        locale::Locale,
        location::Location,
        menu::{GroupUse, Item, Menu, Modifier, ModifierGroup, Section, Variant},
        money::{Currency, Money},
        order::{Due, NewOrder, OrderStatus, OrderView, PaymentStatus, PlacedOrder, Quote, QuoteRequest},
        restaurant::{HomePage, HomeQuery, Restaurant, RestaurantPage, ServiceState},
        role::Role,
        settings::{DateHours, DaySpan, General, NewRestaurant, OpeningHours},
        terms::{ServiceMode, Terms},
        time::{LocalTime, Timestamp},
    },
    services::{
        AccountView, Accounts, Asks, Boards, CheckoutForm, CheckoutOptions, CheckoutView, Client, EditableMenu,
        GeneralSettings, HoursSettings, LeftOut, LinkPurpose, LinkView, Menus, OpenSession, OrderKey, Ordering, Owners,
        RecentOrder, Repeated, Services, Setup, SetupStep, SetupTopic, Staff, Workplace,
    },
};
use async_trait::async_trait;
use std::{collections::BTreeMap, sync::Arc};
use uuid::Uuid;

/// 18:30, the time of all tests here.
pub const NOW: i64 = 1_795_285_800_000;

/// The pretending backend.
#[derive(Clone)]
pub struct Kitchen {
    pub board: Board,
    pub menu: Menu,
    pub restaurant: Restaurant,
}

impl Default for Kitchen {
    fn default() -> Self {
        Self { board: board(evening()), menu: menu(), restaurant: restaurant() }
    }
}

impl Kitchen {
    /// A kitchen with these tickets.
    pub fn with(tickets: Vec<Ticket>) -> Self {
        Self { board: board(tickets), ..Self::default() }
    }

    /// As pages see it.
    pub fn services(self: &Arc<Self>) -> Services {
        Services {
            menus: self.clone(),
            ordering: self.clone(),
            boards: self.clone(),
            accounts: self.clone(),
            mails: Arc::new(Absent),
            owners: self.clone(),
            records: Arc::new(Absent),
            operators: Arc::new(Absent),
            serving: Arc::new(Absent),
            teams: Arc::new(Absent),
            screens: Arc::new(Absent),
        }
    }
}

/// The owner of the restaurant `napoli`.
pub fn cook() -> Staff {
    working_as(Role::Owner)
}

/// A staff member of the restaurant `napoli`.
pub fn working_as(role: Role) -> Staff {
    let restaurant = RestaurantId::from_uuid(id(1));
    let place = Workplace { restaurant, slug: "napoli".into(), name: "Napoli".into(), role };
    Staff { id: StaffId::from_uuid(id(2)), name: "Rosa".into(), restaurants: vec![place] }
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn euros(minor: i64) -> Money {
    Money::new(minor, Currency::Eur)
}

/// A number of minutes from now.
pub fn minutes(minutes: i64) -> LocalTime {
    let of_day = (18 * 60 + 30 + minutes).rem_euclid(24 * 60);
    LocalTime {
        at: Timestamp::from_millis(NOW).plus_minutes(minutes),
        text: format!("{:02}:{:02}", of_day / 60, of_day % 60),
    }
}

/// A ticket in a state.
pub fn ticket(number: i64, status: OrderStatus, mode: ServiceMode, due: i64) -> Ticket {
    Ticket {
        id: OrderId::from_uuid(id(1000 + u128::from(number.unsigned_abs()))),
        number,
        version: 3,
        status,
        payment: PaymentStatus::Due,
        mode,
        placed: minutes(due - 20),
        moved_at: minutes(due).at,
        due: minutes(due),
        scheduled: false,
        guest: "Ada Lovelace".into(),
        contact: "+49 30 5550101".into(),
        place: match mode {
            ServiceMode::Pickup => String::new(),
            ServiceMode::Delivery => "Gartenstraße 12, 10115 Berlin, third floor".into(),
            ServiceMode::DineIn => "Table 7".into(),
        },
        location: None,
        note: String::new(),
        lines: vec![
            line(2, "Margherita", "32 cm", &["Extra mozzarella", "No basil"], ""),
            line(1, "Tiramisù", "", &[], ""),
        ],
        total: euros(3150),
        reason: None,
        undo_until: None,
        acknowledged: true,
        unreadable: None,
    }
}

/// A line of an order.
pub fn line(quantity: u32, name: &str, size: &str, extras: &[&str], note: &str) -> PricedLine {
    let modifiers = extras.iter().map(|extra| PricedModifier {
        modifier: ModifierId::from_uuid(id(30)),
        group: ModifierGroupId::from_uuid(id(20)),
        group_name: "Extras".into(),
        name: (*extra).into(),
        quantity: 1,
        free: 0,
        unit: euros(100),
        total: euros(100),
    });
    PricedLine {
        item: ItemId::from_uuid(id(40)),
        variant: VariantId::from_uuid(id(41)),
        name: name.into(),
        kitchen_name: String::new(),
        variant_name: size.into(),
        quantity,
        modifiers: modifiers.collect(),
        note: note.into(),
        allergens: vec![Allergen::Gluten, Allergen::Milk],
        base: euros(1000),
        unit: euros(1100),
        total: euros(2200),
        taxes: Vec::new(),
    }
}

/// A busy evening.
pub fn evening() -> Vec<Ticket> {
    use OrderStatus::{Accepted, Cancelled, Completed, InPreparation, OutForDelivery, Placed, Ready, Rejected};
    use ServiceMode::{Delivery, DineIn, Pickup};
    let mut new = ticket(41, Placed, Pickup, 18);
    new.acknowledged = false;
    new.note = "Severe nut allergy, please take care".into();
    let mut wanted = ticket(42, Placed, Delivery, 95);
    wanted.scheduled = true;
    wanted.acknowledged = false;
    wanted.lines.push(line(3, "Quattro formaggi", "40 cm", &["Half: funghi"], "well done please"));
    let mut cooking = ticket(38, InPreparation, DineIn, 3);
    cooking.undo_until = Some(Timestamp::from_millis(NOW + 100_000));
    let mut late = ticket(36, InPreparation, Delivery, -4);
    late.lines =
        vec![line(1, "مرغ کباب", "", &[], ""), line(12, "Extraordinarily long name of a dish that wraps", "", &[], "")];
    let later = ticket(39, Accepted, Pickup, 230);
    let ready = ticket(35, Ready, Pickup, 1);
    let waiting = ticket(34, Ready, Delivery, 6);
    let driving = ticket(33, OutForDelivery, Delivery, 9);
    let mut rejected = ticket(30, Rejected, Pickup, -60);
    rejected.reason = Some("Too busy right now".into());
    rejected.undo_until = Some(Timestamp::from_millis(NOW + 60_000));
    let done = ticket(29, Completed, DineIn, -70);
    let cancelled = ticket(28, Cancelled, Delivery, -80);
    vec![new, wanted, cooking, late, later, ready, waiting, driving, rejected, done, cancelled]
}

fn board(tickets: Vec<Ticket>) -> Board {
    Board {
        slug: "napoli".into(),
        name: "Napoli".into(),
        locale: Locale::new("de"),
        seq: 120,
        as_of: minutes(0),
        tickets,
        paused: None,
        lead_minutes: 20,
    }
}

fn menu() -> Menu {
    let extras = ModifierGroup {
        id: ModifierGroupId::from_uuid(id(20)),
        name: "Extras".into(),
        modifiers: vec![modifier(30, "Extra mozzarella", false), modifier(31, "Rucola", true)],
    };
    Menu {
        restaurant: RestaurantId::from_uuid(id(1)),
        version: 5,
        currency: Currency::Eur,
        locale: Locale::new("de"),
        sections: vec![
            section(
                10,
                "Pizza",
                vec![item(40, "Margherita", None), item(50, "Marinara", Some("Sold out until 20:00"))],
            ),
            section(11, "Dolci", vec![item(60, "Tiramisù", None)]),
        ],
        groups: vec![extras],
    }
}

fn section(number: u128, name: &str, items: Vec<Item>) -> Section {
    Section {
        id: SectionId::from_uuid(id(number)),
        name: name.into(),
        description: String::new(),
        hours: None,
        available: true,
        tax_class: None,
        items,
    }
}

fn item(number: u128, name: &str, sold_out: Option<&str>) -> Item {
    let variant = |offset: u128, name: &str, minor| Variant {
        id: VariantId::from_uuid(id(number + offset)),
        size: name.into(),
        name: name.into(),
        price: euros(minor),
    };
    Item {
        id: ItemId::from_uuid(id(number)),
        name: name.into(),
        name_en: None,
        description: "San Marzano tomatoes, fior di latte, basil".into(),
        picture: None,
        variants: vec![variant(1, "26 cm", 950), variant(2, "32 cm", 1250)],
        groups: vec![GroupUse { group: ModifierGroupId::from_uuid(id(20)), min: 0, max: 3, free: 0 }],
        allergens: vec![Allergen::Gluten, Allergen::Milk],
        may_contain: vec![],
        diets: vec![],
        min_age: None,
        kcal: None,
        tax_class: None,
        sold_out: sold_out.map(Into::into),
    }
}

fn modifier(number: u128, name: &str, sold_out: bool) -> Modifier {
    // No dish has a size called large: that price is on no bill.
    let size = if sold_out { "32 cm" } else { "large" };
    Modifier {
        id: ModifierId::from_uuid(id(number)),
        name: name.into(),
        price: euros(150),
        size_prices: BTreeMap::from([(size.to_owned(), euros(200))]),
        max: 1,
        preselected: false,
        sold_out,
        allergens: vec![],
        tax_class: None,
    }
}

fn restaurant() -> Restaurant {
    Restaurant {
        id: RestaurantId::from_uuid(id(1)),
        listing: ListingStatus::Published,
        slug: "napoli".into(),
        name: "Napoli".into(),
        locale: Locale::new("de"),
        zone: "Europe/Berlin".into(),
        currency: Currency::Eur,
        cuisines: vec![],
        tagline: String::new(),
        description: String::new(),
        address: String::new(),
        phone: String::new(),
        latitude: 0.0,
        longitude: 0.0,
        picture: None,
        terms: Terms {
            modes: vec![],
            location: None,
            zones: vec![],
            charges: vec![],
            tip_percents: vec![0],
            tax: None,
        },
        hours: vec![],
    }
}

#[async_trait]
impl Boards for Kitchen {
    async fn board(&self, staff: &Staff, slug: &str) -> Result<Board, AppError> {
        staff.workplace(slug)?;
        Ok(self.board.clone())
    }

    async fn move_order(&self, _: &Staff, _: &str, _: &OrderMove) -> Result<Ticket, AppError> {
        Err(AppError::Unknown)
    }

    async fn acknowledge(&self, _: &Staff, _: &str, _: i64) -> Result<Board, AppError> {
        Err(AppError::Unknown)
    }

    async fn editable_menu(&self, staff: &Staff, slug: &str) -> Result<EditableMenu, AppError> {
        staff.workplace(slug)?;
        let state = ServiceState { open: true, text: "Open until 22:00".into(), until: None, earliest: vec![] };
        let menu = Arc::new(self.menu.clone());
        Ok(EditableMenu { restaurant: Arc::new(self.restaurant.clone()), state, paused: false, menu })
    }

    async fn change_menu(&self, _: &Staff, _: &str, _: &MenuChange) -> Result<(), AppError> {
        Err(AppError::Unknown)
    }
}

#[async_trait]
impl Menus for Kitchen {
    async fn home(&self, _: &HomeQuery) -> Result<HomePage, AppError> {
        Err(AppError::Unknown)
    }

    async fn restaurant_in(&self, _: &str, _: ServiceMode) -> Result<RestaurantPage, AppError> {
        Err(AppError::Unknown)
    }

    async fn restaurant_for(&self, _: &str, _: Due) -> Result<RestaurantPage, AppError> {
        Err(AppError::Unknown)
    }
}

#[async_trait]
impl Ordering for Kitchen {
    async fn cart(&self, _: &str, _: Option<VisitorId>) -> Result<CartView, AppError> {
        Err(AppError::Unknown)
    }

    async fn change_cart(&self, _: &str, _: VisitorId, _: ChangeId, _: CartChange) -> Result<CartView, AppError> {
        Err(AppError::Unknown)
    }

    async fn checkout(&self, _: &str, _: Option<VisitorId>, _: &CheckoutOptions) -> Result<CheckoutView, AppError> {
        Err(AppError::Unknown)
    }

    async fn quote(&self, _: &str, _: &QuoteRequest) -> Result<Quote, AppError> {
        Err(AppError::Unknown)
    }

    async fn place(&self, _: &str, _: &OrderKey, _: &NewOrder) -> Result<PlacedOrder, AppError> {
        Err(AppError::Unknown)
    }

    async fn place_cart(
        &self,
        _: &str,
        _: Option<VisitorId>,
        _: &OrderKey,
        _: &CheckoutForm,
    ) -> Result<PlacedOrder, AppError> {
        Err(AppError::Unknown)
    }

    async fn order(&self, _: &str) -> Result<OrderView, AppError> {
        Err(AppError::Unknown)
    }

    async fn cancel(&self, _: &str) -> Result<OrderView, AppError> {
        Err(AppError::Unknown)
    }

    async fn order_again(&self, _: &str, _: VisitorId, _: ChangeId) -> Result<Repeated, AppError> {
        Err(AppError::Unknown)
    }

    async fn left_out(&self, _: &str, _: &str, _: Option<VisitorId>) -> Result<Vec<LeftOut>, AppError> {
        Err(AppError::Unknown)
    }

    async fn ordered_before(&self, _: Option<VisitorId>, _: &str, _: OrderId) -> AppError {
        AppError::Unknown
    }

    async fn recent_orders(&self, _: VisitorId) -> Result<Vec<RecentOrder>, AppError> {
        Err(AppError::Unknown)
    }
}

#[async_trait]
impl Accounts for Kitchen {
    async fn sign_in(&self, _: &str, _: &str, _: Client) -> Result<String, AppError> {
        Err(AppError::Unknown)
    }

    async fn staff(&self, _: &str) -> Result<Option<Staff>, AppError> {
        Err(AppError::Unknown)
    }

    async fn sign_out(&self, _: &str) -> Result<(), AppError> {
        Err(AppError::Unknown)
    }

    async fn account(&self, staff: &Staff, _: &str) -> Result<AccountView, AppError> {
        let session = |id: &str, device: &str, is_current| OpenSession {
            id: id.to_owned(),
            device: device.to_owned(),
            opened: "2 hours ago".to_owned(),
            is_current,
        };
        Ok(AccountView {
            name: staff.name.clone(),
            email: "rosa@napoli.example".to_owned(),
            has_password: true,
            passkeys: Vec::new(),
            sessions: vec![session("aa", "Firefox on Android", true), session("bb", "Safari on iPad", false)],
        })
    }

    async fn link(&self, _: LinkPurpose, token: &str, _: Option<&str>) -> Result<LinkView, AppError> {
        if token == "good" {
            let (email, name) = ("rosa@napoli.example".to_owned(), "Rosa".to_owned());
            Ok(LinkView { email, name, asks: Asks::Password })
        } else {
            Err(AppError::not_found("link"))
        }
    }
}

#[async_trait]
impl Owners for Kitchen {
    async fn create_restaurant(&self, _: &Staff, _: &NewRestaurant) -> Result<String, AppError> {
        Err(AppError::Unknown)
    }

    async fn listings(&self, staff: &Staff) -> Vec<Option<ListingStatus>> {
        staff.restaurants.iter().map(|_| Some(self.restaurant.listing)).collect()
    }

    async fn setup(&self, _: &Staff, slug: &str) -> Result<Setup, AppError> {
        let missing = Some(self.restaurant.tagline.clone());
        let steps =
            vec![SetupStep { topic: SetupTopic::Hours, missing }, SetupStep { topic: SetupTopic::Menu, missing: None }];
        let (name, listing) = (self.restaurant.name.clone(), ListingStatus::Draft);
        Ok(Setup { slug: slug.to_owned(), name, listing, steps })
    }

    async fn publish(&self, _: &Staff, _: &str, _: ListingStatus) -> Result<(), AppError> {
        Err(AppError::Unknown)
    }

    async fn take_offline(&self, _: &Staff, _: &str) -> Result<(), AppError> {
        Err(AppError::Unknown)
    }

    async fn general(&self, _: &Staff, slug: &str) -> Result<GeneralSettings, AppError> {
        let of = self.restaurant.clone();
        let values = General {
            name: of.name,
            slug: slug.to_owned(),
            tagline: of.tagline.clone(),
            description: of.description,
            cuisines: vec![of.tagline],
            address: of.address,
            phone: of.phone,
            contact_email: String::new(),
            language: of.locale.tag().to_owned(),
            zone: of.zone,
            currency: of.currency.code().to_owned(),
            location: Location::new(52.5, 13.25),
        };
        Ok(GeneralSettings { base: "base".to_owned(), listing: of.listing, has_orders: false, values })
    }

    async fn save_general(&self, _: &Staff, _: &str, _: &str, _: &General) -> Result<String, AppError> {
        Err(AppError::Unknown)
    }

    async fn hours(&self, _: &Staff, slug: &str) -> Result<HoursSettings, AppError> {
        let of = self.restaurant.clone();
        let date = DateHours { date: "2026-12-24".to_owned(), spans: vec![], note: of.tagline };
        let mut hours = OpeningHours { dates: vec![date], ..OpeningHours::default() };
        hours.week[4] = vec![DaySpan { opens: 1080, closes: 1620 }];
        Ok(HoursSettings {
            base: "base".to_owned(),
            slug: slug.to_owned(),
            name: of.name,
            listing: ListingStatus::Draft,
            zone: of.zone,
            hours,
            shown: of.hours,
        })
    }

    async fn save_hours(&self, _: &Staff, _: &str, _: &str, _: &OpeningHours) -> Result<(), AppError> {
        Err(AppError::Unknown)
    }
}
