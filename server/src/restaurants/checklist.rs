//! The parts of a restaurant that must be complete before guests may see it.

use crate::{menus::Snapshot, queries::menus::Record};
use app::{
    domain::{terms::ServiceMode, time::Timestamp},
    services::{SetupStep, SetupTopic},
};

/// The checklist, in the order in which people fill it in. Zones and tables are on it for the modes that need them.
pub(super) fn steps(record: &Record, snapshot: &Snapshot, now: Timestamp) -> Vec<SetupStep> {
    let offers = |mode: ServiceMode| record.modes.iter().any(|row| row.offered && row.mode == mode.code());
    let mut steps = vec![
        step(SetupTopic::Contact, contact(record)),
        step(SetupTopic::Hours, hours(record)),
        step(SetupTopic::Modes, modes(record)),
    ];
    if offers(ServiceMode::Delivery) {
        let words = "Say where you deliver, and for which fee: you offer delivery.";
        steps.push(step(SetupTopic::Zones, record.zones.is_empty().then_some(words)));
    }
    if offers(ServiceMode::DineIn) {
        let has_tables = record.modes.iter().any(|row| !row.tables.is_empty());
        let words = "Name your tables: you offer to dine in.";
        steps.push(step(SetupTopic::Tables, (!has_tables).then_some(words)));
    }
    steps.push(step(SetupTopic::Menu, menu(snapshot, now)));
    steps
}

fn step(topic: SetupTopic, missing: Option<&str>) -> SetupStep {
    SetupStep { topic, missing: missing.map(ToOwned::to_owned) }
}

fn contact(record: &Record) -> Option<&'static str> {
    let row = &record.restaurant;
    if row.address.is_empty() {
        return Some("Enter the address, so that guests find you.");
    }
    let reachable = !row.phone.is_empty() || !row.contact_email.is_empty();
    (!reachable).then_some("Enter a phone number or an e-mail address, so that guests can reach you.")
}

fn hours(record: &Record) -> Option<&'static str> {
    let is_open = !record.hours.is_empty() || record.exceptions.iter().any(|row| row.opens_minute.is_some());
    (!is_open).then_some("Enter when you are open: without opening hours no order can be placed.")
}

fn modes(record: &Record) -> Option<&'static str> {
    let offers_none = !record.modes.iter().any(|row| row.offered);
    offers_none.then_some("Offer at least one of pickup, delivery and dine-in.")
}

fn menu(snapshot: &Snapshot, now: Timestamp) -> Option<&'static str> {
    let menu = snapshot.menu_at(now);
    let mut items = menu.sections.iter().flat_map(|section| &section.items).peekable();
    if items.peek().is_none() {
        return Some("Add at least one dish with its price.");
    }
    items.all(|item| item.sold_out.is_some()).then_some("All dishes are sold out. Make one available again.")
}
