//! A menu of anything with a price and a tax class, and its terms.

use app::domain::{
    bill::Bill,
    cart::LineRequest,
    date::Date,
    id::{ItemId, RestaurantId, SectionId, VariantId},
    locale::Locale,
    menu::{Item, Menu, Section, Variant},
    money::{Currency, Money},
    pricing::{PriceProblem, Service, price_order},
    tax::{TaxRules, presets},
    terms::{Charge, ModeTerms, ServiceMode, Terms},
};
use uuid::Uuid;

/// An item: price in minor units, tax class, quantity.
pub type Sold<'a> = (i64, &'a str, u32);

/// The rules, charges and fees that items are priced with.
#[derive(Debug, Clone)]
pub struct Order {
    pub rules: TaxRules,
    pub currency: Currency,
    pub mode: ServiceMode,
    pub date: Date,
    pub charges: Vec<Charge>,
    pub tip: i64,
}

impl Order {
    /// At a restaurant with the taxes of a preset.
    pub fn of(preset: &str, currency: Currency, mode: ServiceMode, date: &str) -> Self {
        let rules = presets::of_code(preset).unwrap().rules.clone();
        Self { rules, currency, mode, date: date.parse().unwrap(), charges: Vec::new(), tip: 0 }
    }

    pub fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.currency)
    }

    pub fn price(&self, sold: &[Sold<'_>]) -> Result<Bill, PriceProblem> {
        let id = |at: usize| Uuid::from_u128(at as u128 + 1);
        let items = sold.iter().enumerate().map(|(at, (price, class, _))| Item {
            id: ItemId::from_uuid(id(at)),
            name: format!("Item {at}"),
            name_en: None,
            description: String::new(),
            picture: None,
            variants: vec![Variant {
                id: VariantId::from_uuid(id(at)),
                size: String::new(),
                name: String::new(),
                price: self.money(*price),
            }],
            groups: Vec::new(),
            allergens: Vec::new(),
            may_contain: Vec::new(),
            diets: Vec::new(),
            min_age: None,
            kcal: None,
            tax_class: (!class.is_empty()).then(|| (*class).to_owned()),
            sold_out: None,
        });
        let section = Section {
            id: SectionId::from_uuid(id(0)),
            name: "All".to_owned(),
            description: String::new(),
            hours: None,
            available: true,
            tax_class: None,
            items: items.collect(),
        };
        let menu = Menu {
            restaurant: RestaurantId::from_uuid(id(0)),
            version: 1,
            currency: self.currency,
            locale: Locale::new("en"),
            sections: vec![section],
            groups: Vec::new(),
        };
        let mode =
            ModeTerms { mode: self.mode, lead_minutes: 15, tables: Vec::new(), minimum: self.money(0), hours: None };
        let terms = Terms {
            modes: vec![mode],
            location: None,
            zones: Vec::new(),
            charges: self.charges.clone(),
            tip_percents: vec![0],
            tax: Some(self.rules.clone()),
        };
        let lines = sold.iter().enumerate().map(|(at, (_, _, quantity))| LineRequest {
            item: ItemId::from_uuid(id(at)),
            variant: None,
            modifiers: Vec::new(),
            quantity: *quantity,
            note: String::new(),
        });
        let lines: Vec<_> = lines.collect();
        let service = Service { mode: self.mode, postcode: None, location: None, date: self.date };
        price_order(&menu, &terms, &lines, service, self.money(self.tip))
    }
}

/// Rows of tax as text: `VAT 7 of 10.00: 0.70`.
pub fn taxes(bill: &Bill) -> Vec<String> {
    let rows = bill.tax.rows.iter();
    let row = |row: &app::domain::tax::TaxRow| {
        format!("{} {} of {}: {}", row.label, row.percentage, row.net.decimal(), row.tax.decimal())
    };
    rows.map(row).collect()
}
