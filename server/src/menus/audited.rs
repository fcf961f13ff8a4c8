//! A menu change in the audit log: the changed thing and its value, as the menu prints them.

use crate::{
    audit::{self, Change},
    context::AppContext,
    db::Tx,
    error::ServerError,
    menus::Snapshot,
    queries::menus::{self, ModifierRow, Record, Until},
};
use app::{
    domain::{
        board::MenuChange,
        id::{ItemId, RestaurantId},
        money::Money,
        time::Timestamp,
    },
    services::Staff,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use uuid::Uuid;

/// The changed thing before the change.
pub(super) struct Audited<'a> {
    snapshot: &'a Snapshot,
    now: Timestamp,
    change: &'a MenuChange,
    before: Option<Shown>,
    /// The items before one is added.
    known: BTreeSet<Uuid>,
}

/// A thing and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shown {
    subject: String,
    value: Value,
}

impl<'a> Audited<'a> {
    /// Reads the value as the transaction sees it, before the change.
    pub(super) async fn read(
        tx: &mut Tx,
        restaurant: RestaurantId,
        (snapshot, now): (&'a Snapshot, Timestamp),
        change: &'a MenuChange,
    ) -> Result<Self, ServerError> {
        let mut audited = Self { snapshot, now, change, before: None, known: BTreeSet::new() };
        let Some(record) = menus::read_in(tx, restaurant).await? else { return Ok(audited) };
        audited.known = record.items.iter().map(|row| row.item_id).collect();
        audited.before = audited.shown(&record);
        Ok(audited)
    }

    /// Writes the entry, after the change. A change to the same value is none.
    pub(super) async fn record(
        self,
        context: &AppContext,
        tx: &mut Tx,
        restaurant: RestaurantId,
        staff: &Staff,
    ) -> Result<(), ServerError> {
        let after = menus::read_in(tx, restaurant).await?.and_then(|record| self.shown(&record));
        let (Some(before), Some(after)) = (self.before, after) else { return Ok(()) };
        if before.value == after.value {
            return Ok(());
        }
        let change =
            Change { action: action(self.change), subject: &before.subject, before: before.value, after: after.value };
        audit::record(context, tx, restaurant, staff, change).await
    }

    fn shown(&self, record: &Record) -> Option<Shown> {
        let shown = |subject: &str, value: Value| Some(Shown { subject: subject.to_owned(), value });
        match self.change {
            MenuChange::RenameItem(item, _) => {
                let row = record.items.iter().find(|row| row.item_id == item.uuid())?;
                shown(&row.name, json!({ "name": row.name }))
            }
            MenuChange::DescribeItem(item, _) => {
                let row = record.items.iter().find(|row| row.item_id == item.uuid())?;
                shown(&row.name, json!({ "description": row.description }))
            }
            MenuChange::RenameSection(section, _) => {
                let row = record.sections.iter().find(|row| row.section_id == section.uuid())?;
                shown(&row.name, json!({ "name": row.name }))
            }
            MenuChange::Price(variant, _) => {
                let row = record.variants.iter().find(|row| row.variant_id == variant.uuid())?;
                let item = record.items.iter().find(|item| item.item_id == row.item_id)?;
                let subject =
                    if row.name.is_empty() { item.name.clone() } else { format!("{}, {}", item.name, row.name) };
                shown(&subject, self.price(row.price_minor))
            }
            MenuChange::ModifierPrice(modifier, _) => {
                let row = modifier_row(record, modifier.uuid())?;
                shown(&row.name, self.price(row.price_minor))
            }
            MenuChange::ModifierSizePrice(modifier, size, _) => {
                let row = modifier_row(record, modifier.uuid())?;
                let minor = row.size_prices.get(size).copied().unwrap_or(row.price_minor);
                shown(&format!("{}, {size}", row.name), self.price(minor))
            }
            MenuChange::ItemSoldOut(item, _) => {
                let row = record.items.iter().find(|row| row.item_id == item.uuid())?;
                shown(&row.name, self.availability(row.sold_out_until))
            }
            MenuChange::ModifierSoldOut(modifier, _) => {
                let row = modifier_row(record, modifier.uuid())?;
                shown(&row.name, self.availability(row.sold_out_until))
            }
            MenuChange::MoveItem(item, _) => place_of_item(record, *item),
            MenuChange::MoveSection(section, _) => {
                let at = record.sections.iter().position(|row| row.section_id == section.uuid())?;
                shown(&record.sections.get(at)?.name, json!({ "place": at + 1 }))
            }
            MenuChange::AddItem(..) | MenuChange::AddSection(..) => {
                let row = record.items.iter().find(|row| !self.known.contains(&row.item_id))?;
                shown(&row.name, self.price_of(record, row.item_id)?)
            }
            MenuChange::DeleteItem(item) => {
                let row = record.items.iter().find(|row| row.item_id == item.uuid())?;
                shown(&row.name, self.price_of(record, row.item_id)?)
            }
            MenuChange::ItemTaxClass(item, _) => {
                let row = record.items.iter().find(|row| row.item_id == item.uuid())?;
                shown(&row.name, tax_class(record, row.tax_class.as_deref(), "that of its section"))
            }
            MenuChange::SectionTaxClass(section, _) => {
                let row = record.sections.iter().find(|row| row.section_id == section.uuid())?;
                shown(&row.name, tax_class(record, row.tax_class.as_deref(), "the usual one"))
            }
            MenuChange::ModifierTaxClass(modifier, _) => {
                let row = modifier_row(record, modifier.uuid())?;
                shown(&row.name, tax_class(record, row.tax_class.as_deref(), "that of the dish"))
            }
            MenuChange::Pause(_) => shown("", json!({ "orders": self.pause(record.restaurant.paused_until) })),
        }
    }

    /// As guests read it: the currency of an entry stays that of its time.
    fn price(&self, minor: i64) -> Value {
        let restaurant = &self.snapshot.restaurant;
        json!({ "price": Money::new(minor, restaurant.currency).text(&restaurant.locale) })
    }

    /// The price of an item's first variant.
    fn price_of(&self, record: &Record, item: Uuid) -> Option<Value> {
        record.variants.iter().find(|row| row.item_id == item).map(|row| self.price(row.price_minor))
    }

    fn availability(&self, until: Option<Until>) -> Value {
        let words = match until.filter(|until| until.is_after(self.now)) {
            None => "can be ordered".to_owned(),
            Some(Until::Forever) => "sold out".to_owned(),
            Some(Until::At(at)) => format!("sold out until {}", self.snapshot.local(at, self.now).text),
        };
        json!({ "state": words })
    }

    fn pause(&self, until: Option<Until>) -> String {
        match until.filter(|until| until.is_after(self.now)) {
            None => "taken".to_owned(),
            Some(Until::Forever) => "paused".to_owned(),
            Some(Until::At(at)) => format!("paused until {}", self.snapshot.local(at, self.now).text),
        }
    }
}

/// The name of a class; `inherited` for none.
fn tax_class(record: &Record, class: Option<&str>, inherited: &str) -> Value {
    let rules = record.restaurant.tax.as_ref();
    let name = class.map(|code| rules.and_then(|rules| rules.class(code)).map_or(code, |class| class.name.as_str()));
    json!({ "tax_class": name.unwrap_or(inherited) })
}

fn modifier_row(record: &Record, modifier: Uuid) -> Option<&ModifierRow> {
    record.modifiers.iter().find(|row| row.modifier_id == modifier)
}

/// The place of an item in its section, from 1.
fn place_of_item(record: &Record, item: ItemId) -> Option<Shown> {
    let row = record.items.iter().find(|row| row.item_id == item.uuid())?;
    let mut section = record.items.iter().filter(|other| other.section_id == row.section_id);
    let at = section.position(|other| other.item_id == row.item_id)?;
    Some(Shown { subject: row.name.clone(), value: json!({ "place": at + 1 }) })
}

const fn action(change: &MenuChange) -> &'static str {
    match change {
        MenuChange::RenameItem(..) => "menu.item_name",
        MenuChange::DescribeItem(..) => "menu.item_description",
        MenuChange::RenameSection(..) => "menu.section_name",
        MenuChange::Price(..) => "menu.price",
        MenuChange::ModifierPrice(..) | MenuChange::ModifierSizePrice(..) => "menu.choice_price",
        MenuChange::ItemSoldOut(..) => "menu.sold_out",
        MenuChange::ModifierSoldOut(..) => "menu.choice_sold_out",
        MenuChange::MoveItem(..) => "menu.item_order",
        MenuChange::MoveSection(..) => "menu.section_order",
        MenuChange::AddItem(..) | MenuChange::AddSection(..) => "menu.item_added",
        MenuChange::DeleteItem(_) => "menu.item_deleted",
        MenuChange::ItemTaxClass(..) | MenuChange::SectionTaxClass(..) | MenuChange::ModifierTaxClass(..) => {
            "menu.tax_class"
        }
        MenuChange::Pause(_) => "pause",
    }
}
