//! Orders: each acknowledged one exists exactly once at its exact total, and no others exist.

use super::{CheckReport, Kind};
use crate::{
    final_state::{FinalState, OrderRow},
    history::{History, Outcome, Record},
    menu::{Basket, Menu, Terms},
    oracle,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// An operation that places an order, with all its requests.
struct OrderOperation<'a> {
    number: u64,
    slug: &'a str,
    terms: Option<&'a Terms>,
    basket: Option<&'a Basket>,
    requests: Vec<&'a Record>,
}

/// The final state by what is looked up.
struct Index<'a> {
    keys: HashMap<(Uuid, &'a str), Vec<Uuid>>,
    orders: HashMap<Uuid, Vec<&'a OrderRow>>,
    /// By number of the operation, taken from the note.
    operations: BTreeMap<u64, Vec<&'a OrderRow>>,
    lines: HashMap<(Uuid, Uuid), i64>,
    menus: BTreeMap<(&'a str, i64), &'a Menu>,
}

pub(super) fn check(history: &History, state: &FinalState, report: &mut CheckReport) {
    let index = Index::of(history, state);
    let operations = operations(history, state);
    let counts = &mut report.counts;
    counts.dropped = number(history.records.iter().filter(|record| record.result == Outcome::Dropped).count());
    counts.requests = number(history.records.len()).saturating_sub(counts.dropped);
    counts.orders = number(state.orders.len());
    for operation in operations.values() {
        operation.check(&index, report);
    }
    for (number, rows) in &index.operations {
        if !operations.contains_key(number) {
            let order = rows.first().map(|row| row.order_id).unwrap_or_default();
            report.add(Kind::Unrequested, format!("Order {order} is of operation {number}, which sent no order."));
        }
    }
    check_keys(state, report);
    check_rows(state, &index, report);
}

impl<'a> Index<'a> {
    fn of(history: &'a History, state: &'a FinalState) -> Self {
        let mut index = Self {
            keys: HashMap::new(),
            orders: HashMap::new(),
            operations: BTreeMap::new(),
            lines: HashMap::new(),
            menus: BTreeMap::new(),
        };
        for key in state.keys.iter().filter(|key| key.scope == "place") {
            index.keys.entry((key.restaurant_id, &key.key)).or_default().push(key.order_id);
        }
        let prefixes: Vec<_> = history.runs.iter().map(|run| format!("chaos {} ", run.marker)).collect();
        for order in &state.orders {
            index.orders.entry(order.order_id).or_default().push(order);
            let operation = prefixes.iter().find_map(|prefix| order.note.strip_prefix(prefix)?.parse().ok());
            if let Some(operation) = operation {
                index.operations.entry(operation).or_default().push(order);
            }
        }
        for lines in &state.lines {
            *index.lines.entry((lines.restaurant_id, lines.order_id)).or_default() += lines.total_minor;
        }
        index.menus = history.menus.iter().map(|seen| ((seen.slug.as_str(), seen.menu.version), &seen.menu)).collect();
        index
    }

    /// The menu of a version. When the run did not see it: the versions before and after it, which must agree on the total.
    fn menus_around(&self, slug: &str, version: i64) -> Vec<&'a Menu> {
        if let Some(menu) = self.menus.get(&(slug, version)) {
            return vec![menu];
        }
        let own = self.menus.iter().filter(|((name, _), _)| *name == slug);
        let before = own.clone().filter(|((_, seen), _)| *seen < version).max_by_key(|((_, seen), _)| *seen);
        let after = own.filter(|((_, seen), _)| *seen > version).min_by_key(|((_, seen), _)| *seen);
        before.into_iter().chain(after).map(|(_, menu)| *menu).collect()
    }
}

fn operations<'a>(history: &'a History, state: &'a FinalState) -> BTreeMap<u64, OrderOperation<'a>> {
    let mut operations = BTreeMap::new();
    let sent = history.records.iter().filter(|record| record.kind.places() && record.result != Outcome::Dropped);
    for record in sent {
        let operation = operations.entry(record.operation).or_insert_with(|| OrderOperation {
            number: record.operation,
            slug: &record.restaurant,
            terms: state.terms.iter().find(|terms| terms.slug == record.restaurant),
            basket: record.basket.as_ref(),
            requests: Vec::new(),
        });
        operation.requests.push(record);
    }
    operations
}

impl OrderOperation<'_> {
    fn check(&self, index: &Index<'_>, report: &mut CheckReport) {
        report.counts.attempted += 1;
        let none = Vec::new();
        let placed = index.operations.get(&self.number).unwrap_or(&none);
        let Some(terms) = self.terms else {
            report.add(Kind::WrongOrder, format!("{} takes orders and is not in the database.", self.slug));
            return;
        };
        if placed.len() > 1 {
            report.add(Kind::Doubled, format!("{self} became {} orders: {}.", placed.len(), ids(placed)));
        }
        self.count(placed.len(), report);
        self.check_acknowledged(placed, index, report);
        let may_exist = self.is_unknown() || self.acknowledged(None).next().is_some();
        if !may_exist && !placed.is_empty() {
            report.add(Kind::Unrequested, format!("{self} was rejected and became {}.", ids(placed)));
        }
        for key in self.keys() {
            let orders = index.keys.get(&(terms.restaurant, key)).map_or(&[][..], Vec::as_slice);
            if orders.len() > 1 {
                report.add(Kind::Doubled, format!("{self}: its key {key} exists {} times.", orders.len()));
            }
            for acknowledged in self.acknowledged(Some(key)).filter(|order| !orders.contains(order)) {
                let text =
                    format!("{self}: order {acknowledged} was acknowledged for key {key}, which refers to another.");
                report.add(Kind::WrongOrder, text);
            }
        }
        for order in placed {
            self.check_order(order, terms, index, report);
        }
    }

    fn count(&self, placed: usize, report: &mut CheckReport) {
        let counts = &mut report.counts;
        let acknowledged = self.requests.iter().position(|record| matches!(record.result, Outcome::Ok(_)));
        if let Some(at) = acknowledged {
            counts.acknowledged += 1;
            counts.retried += u64::from(at > 0);
        } else if self.is_unknown() {
            counts.unknown += 1;
            counts.unknown_placed += u64::from(placed > 0);
        } else {
            counts.rejected += 1;
        }
    }

    /// Whether some request had no response that tells its result.
    fn is_unknown(&self) -> bool {
        self.requests.iter().any(|record| matches!(record.result, Outcome::Unknown { .. }))
    }

    fn check_acknowledged(&self, placed: &[&OrderRow], index: &Index<'_>, report: &mut CheckReport) {
        let acknowledged: BTreeSet<_> = self.acknowledged(None).collect();
        if acknowledged.len() > 1 {
            let text = format!("{self} was acknowledged as {} orders.", acknowledged.len());
            report.add(Kind::Doubled, text);
        }
        for order in acknowledged {
            match index.orders.get(&order).map_or(&[][..], Vec::as_slice) {
                [] => {
                    let text = format!("{self} was acknowledged as order {order}, which does not exist.");
                    report.add(Kind::Lost, text);
                }
                [row] if placed.iter().any(|placed| placed.order_id == row.order_id) => {}
                [_] => report
                    .add(Kind::WrongOrder, format!("{self} was acknowledged as order {order}, which is another's.")),
                rows => {
                    report.add(Kind::Doubled, format!("{self}: order {order} exists {} times.", rows.len()));
                }
            }
        }
    }

    fn check_order(&self, order: &OrderRow, terms: &Terms, index: &Index<'_>, report: &mut CheckReport) {
        let id = order.order_id;
        if order.restaurant_id != terms.restaurant {
            report.add(Kind::WrongOrder, format!("{self} is at another restaurant: {}.", order.restaurant_id));
            return;
        }
        for total in self.totals(id).filter(|total| *total != order.total_minor) {
            let text = format!("{self}: order {id} was acknowledged at {total} and costs {}.", order.total_minor);
            report.add(Kind::WrongTotal, text);
        }
        let menus = index.menus_around(self.slug, order.menu_version);
        let Some(basket) = self.basket.filter(|_| !menus.is_empty()) else {
            report.add(Kind::WrongTotal, format!("{self}: the menu or basket of order {id} is not in the history."));
            return;
        };
        for priced in menus.into_iter().map(|menu| oracle::total(menu, terms, basket)) {
            match priced {
                Ok(total) if total == order.total_minor => {}
                Ok(total) => {
                    let text = format!("{self}: order {id} costs {} and must cost {total}.", order.total_minor);
                    report.add(Kind::WrongTotal, text);
                }
                Err(why) => report.add(Kind::WrongTotal, format!("{self}: order {id} cannot be priced: {why}.")),
            }
        }
    }

    fn keys(&self) -> BTreeSet<&str> {
        self.requests.iter().filter_map(|record| record.key.as_deref()).collect()
    }

    /// Acknowledged orders, of one key or of all.
    fn acknowledged<'b>(&'b self, key: Option<&'b str>) -> impl Iterator<Item = Uuid> + 'b {
        let requests = self.requests.iter().filter(move |record| key.is_none() || record.key.as_deref() == key);
        requests.filter_map(|record| match &record.result {
            Outcome::Ok(acknowledgement) => acknowledgement.order,
            _ => None,
        })
    }

    /// Acknowledged totals of an order.
    fn totals(&self, order: Uuid) -> impl Iterator<Item = i64> + '_ {
        self.requests.iter().filter_map(move |record| match &record.result {
            Outcome::Ok(acknowledgement) if acknowledgement.order == Some(order) => acknowledgement.total,
            _ => None,
        })
    }
}

impl std::fmt::Display for OrderOperation<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Operation {} at {}", self.number, self.slug)
    }
}

/// No two keys refer to one order.
fn check_keys(state: &FinalState, report: &mut CheckReport) {
    let mut by_order: HashMap<Uuid, Vec<&str>> = HashMap::new();
    for key in state.keys.iter().filter(|key| key.scope == "place") {
        by_order.entry(key.order_id).or_default().push(&key.key);
    }
    for (order, keys) in by_order.into_iter().filter(|(_, keys)| keys.iter().collect::<BTreeSet<_>>().len() > 1) {
        report.add(Kind::SharedOrder, format!("Order {order} has {} keys: {}.", keys.len(), keys.join(", ")));
    }
}

/// Sums and numbers of all orders, including those of earlier runs.
fn check_rows(state: &FinalState, index: &Index<'_>, report: &mut CheckReport) {
    for order in &state.orders {
        let lines = index.lines.get(&(order.restaurant_id, order.order_id)).copied().unwrap_or_default();
        if lines != order.subtotal_minor {
            let text = format!("Order {}: lines add up to {lines}, subtotal {}.", order.order_id, order.subtotal_minor);
            report.add(Kind::WrongTotal, text);
        }
    }
    let mut numbers: HashMap<Uuid, Vec<i64>> = HashMap::new();
    for order in &state.orders {
        numbers.entry(order.restaurant_id).or_default().push(order.number);
    }
    for (restaurant, mut numbers) in numbers {
        numbers.sort_unstable();
        let last = state.counters.iter().find(|counter| counter.restaurant_id == restaurant);
        let last = last.map_or(0, |counter| counter.last_number);
        if let Some(text) = super::events::gap(&numbers, last) {
            report.add(Kind::Events, format!("Restaurant {restaurant}: order {text}."));
        }
    }
}

fn ids(rows: &[&OrderRow]) -> String {
    rows.iter().map(|row| row.order_id.to_string()).collect::<Vec<_>>().join(", ")
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
