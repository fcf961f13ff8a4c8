//! Orders: each acknowledged one exactly once at its exact total, and none that nobody was promised.

use super::{Kind, Verdict};
use crate::{
    census::{Census, OrderRow},
    history::{History, Outcome, Record},
    menu::{Basket, Menu, Terms},
    oracle,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// A wish for an order, with all requests that served it.
struct Wish<'a> {
    number: u64,
    slug: &'a str,
    terms: Option<&'a Terms>,
    basket: Option<&'a Basket>,
    requests: Vec<&'a Record>,
}

/// The census, by what the check looks things up by.
struct Index<'a> {
    keys: HashMap<(Uuid, &'a str), Vec<Uuid>>,
    orders: HashMap<Uuid, Vec<&'a OrderRow>>,
    marked: BTreeMap<u64, Vec<&'a OrderRow>>,
    lines: HashMap<(Uuid, Uuid), i64>,
    menus: BTreeMap<(&'a str, i64), &'a Menu>,
}

pub(super) fn check(history: &History, census: &Census, verdict: &mut Verdict) {
    let index = Index::of(history, census);
    let wishes = wishes(history, census);
    let counts = &mut verdict.counts;
    counts.shed = number(history.records.iter().filter(|record| record.result == Outcome::Shed).count());
    counts.requests = number(history.records.len()).saturating_sub(counts.shed);
    counts.orders = number(census.orders.len());
    for wish in wishes.values() {
        wish.check(&index, verdict);
    }
    for (mark, rows) in &index.marked {
        if !wishes.contains_key(mark) {
            let order = rows.first().map(|row| row.order_id).unwrap_or_default();
            verdict.add(Kind::Unasked, format!("Order {order} says it is wish {mark}, for which no order was sent."));
        }
    }
    check_keys(census, verdict);
    check_rows(census, &index, verdict);
}

impl<'a> Index<'a> {
    fn of(history: &'a History, census: &'a Census) -> Self {
        let mut index = Self {
            keys: HashMap::new(),
            orders: HashMap::new(),
            marked: BTreeMap::new(),
            lines: HashMap::new(),
            menus: BTreeMap::new(),
        };
        for key in census.keys.iter().filter(|key| key.scope == "place") {
            index.keys.entry((key.restaurant_id, &key.key)).or_default().push(key.order_id);
        }
        let marks: Vec<_> = history.runs.iter().map(|run| format!("chaos {} ", run.mark)).collect();
        for order in &census.orders {
            index.orders.entry(order.order_id).or_default().push(order);
            let wish = marks.iter().find_map(|mark| order.note.strip_prefix(mark)?.parse().ok());
            if let Some(wish) = wish {
                index.marked.entry(wish).or_default().push(order);
            }
        }
        for lines in &census.lines {
            *index.lines.entry((lines.restaurant_id, lines.order_id)).or_default() += lines.total_minor;
        }
        index.menus = history.menus.iter().map(|seen| ((seen.slug.as_str(), seen.menu.version), &seen.menu)).collect();
        index
    }

    /// The menu of a version, else the ones before and after it: a version that nobody happened to look at may still be
    /// told by its neighbours, when both come to the same total.
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

fn wishes<'a>(history: &'a History, census: &'a Census) -> BTreeMap<u64, Wish<'a>> {
    let mut wishes = BTreeMap::new();
    for record in history.records.iter().filter(|record| record.op.places() && record.result != Outcome::Shed) {
        let wish = wishes.entry(record.wish).or_insert_with(|| Wish {
            number: record.wish,
            slug: &record.restaurant,
            terms: census.terms.iter().find(|terms| terms.slug == record.restaurant),
            basket: record.basket.as_ref(),
            requests: Vec::new(),
        });
        wish.requests.push(record);
    }
    wishes
}

impl Wish<'_> {
    fn check(&self, index: &Index<'_>, verdict: &mut Verdict) {
        verdict.counts.wishes += 1;
        let none = Vec::new();
        let placed = index.marked.get(&self.number).unwrap_or(&none);
        let Some(terms) = self.terms else {
            verdict.add(Kind::WrongOrder, format!("{} takes orders and is not in the database.", self.slug));
            return;
        };
        if placed.len() > 1 {
            verdict.add(Kind::Doubled, format!("{self} became {} orders: {}.", placed.len(), ids(placed)));
        }
        self.count(placed.len(), verdict);
        self.check_acknowledged(placed, index, verdict);
        self.check_promises(placed, verdict);
        for key in self.keys() {
            let orders = index.keys.get(&(terms.restaurant, key)).map_or(&[][..], Vec::as_slice);
            if orders.len() > 1 {
                verdict.add(Kind::Doubled, format!("{self}: its key {key} stands {} times.", orders.len()));
            }
            for acknowledged in self.acknowledged(Some(key)).filter(|order| !orders.contains(order)) {
                let text =
                    format!("{self}: its key {key} was answered with order {acknowledged} and does not name it.");
                verdict.add(Kind::WrongOrder, text);
            }
        }
        for order in placed {
            self.check_order(order, terms, index, verdict);
        }
    }

    fn count(&self, placed: usize, verdict: &mut Verdict) {
        let counts = &mut verdict.counts;
        let acknowledged = self.requests.iter().position(|record| matches!(record.result, Outcome::Ok(_)));
        if let Some(at) = acknowledged {
            counts.acknowledged += 1;
            counts.retried += u64::from(at > 0);
        } else if self.is_open() {
            counts.unknown += 1;
            counts.unknown_placed += u64::from(placed > 0);
        } else {
            counts.refused += 1;
        }
    }

    /// Whether some request got no answer that says what became of it.
    fn is_open(&self) -> bool {
        self.requests.iter().any(|record| matches!(record.result, Outcome::Unknown { .. }))
    }

    fn check_acknowledged(&self, placed: &[&OrderRow], index: &Index<'_>, verdict: &mut Verdict) {
        let acknowledged: BTreeSet<_> = self.acknowledged(None).collect();
        if acknowledged.len() > 1 {
            let text = format!("{self} was acknowledged as {} orders.", acknowledged.len());
            verdict.add(Kind::Doubled, text);
        }
        for order in acknowledged {
            match index.orders.get(&order).map_or(&[][..], Vec::as_slice) {
                [] => verdict.add(Kind::Lost, format!("{self} was acknowledged as order {order}, which is nowhere.")),
                [row] if placed.iter().any(|placed| placed.order_id == row.order_id) => {}
                [_] => verdict
                    .add(Kind::WrongOrder, format!("{self} was acknowledged as order {order}, which is another's.")),
                rows => {
                    verdict.add(Kind::Doubled, format!("{self}: order {order} stands {} times.", rows.len()));
                }
            }
        }
    }

    /// An order needs a request that was acknowledged or is still open.
    fn check_promises(&self, placed: &[&OrderRow], verdict: &mut Verdict) {
        let may_be = self.is_open() || self.acknowledged(None).next().is_some();
        if !may_be && !placed.is_empty() {
            verdict.add(Kind::Unasked, format!("{self} was refused and became {}.", ids(placed)));
        }
    }

    fn check_order(&self, order: &OrderRow, terms: &Terms, index: &Index<'_>, verdict: &mut Verdict) {
        let id = order.order_id;
        if order.restaurant_id != terms.restaurant {
            verdict.add(Kind::WrongOrder, format!("{self} stands at another restaurant: {}.", order.restaurant_id));
            return;
        }
        for told in self.totals(id).filter(|told| *told != order.total_minor) {
            let text = format!("{self}: order {id} was acknowledged at {told} and stands at {}.", order.total_minor);
            verdict.add(Kind::WrongTotal, text);
        }
        let menus = index.menus_around(self.slug, order.menu_version);
        let Some(basket) = self.basket.filter(|_| !menus.is_empty()) else {
            verdict.add(Kind::WrongTotal, format!("{self}: order {id} names no menu and no basket that were seen."));
            return;
        };
        for priced in menus.into_iter().map(|menu| oracle::total(menu, terms, basket)) {
            match priced {
                Ok(total) if total == order.total_minor => {}
                Ok(total) => {
                    let text = format!("{self}: order {id} costs {} and must cost {total}.", order.total_minor);
                    verdict.add(Kind::WrongTotal, text);
                }
                Err(why) => verdict.add(Kind::WrongTotal, format!("{self}: order {id} cannot be priced: {why}.")),
            }
        }
    }

    fn keys(&self) -> BTreeSet<&str> {
        self.requests.iter().filter_map(|record| record.key.as_deref()).collect()
    }

    /// Orders that were acknowledged, to any key or to one.
    fn acknowledged<'b>(&'b self, key: Option<&'b str>) -> impl Iterator<Item = Uuid> + 'b {
        let requests = self.requests.iter().filter(move |record| key.is_none() || record.key.as_deref() == key);
        requests.filter_map(|record| match &record.result {
            Outcome::Ok(done) => done.order,
            _ => None,
        })
    }

    /// Totals that were told for an order.
    fn totals(&self, order: Uuid) -> impl Iterator<Item = i64> + '_ {
        self.requests.iter().filter_map(move |record| match &record.result {
            Outcome::Ok(done) if done.order == Some(order) => done.total,
            _ => None,
        })
    }
}

impl std::fmt::Display for Wish<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Wish {} at {}", self.number, self.slug)
    }
}

/// No two keys name one order.
fn check_keys(census: &Census, verdict: &mut Verdict) {
    let mut names: HashMap<Uuid, Vec<&str>> = HashMap::new();
    for key in census.keys.iter().filter(|key| key.scope == "place") {
        names.entry(key.order_id).or_default().push(&key.key);
    }
    for (order, keys) in names.into_iter().filter(|(_, keys)| keys.iter().collect::<BTreeSet<_>>().len() > 1) {
        verdict.add(Kind::Shared, format!("Order {order} is named by {} keys: {}.", keys.len(), keys.join(", ")));
    }
}

/// What must be so of every order, whoever placed it.
fn check_rows(census: &Census, index: &Index<'_>, verdict: &mut Verdict) {
    for order in &census.orders {
        let lines = index.lines.get(&(order.restaurant_id, order.order_id)).copied().unwrap_or_default();
        if lines != order.subtotal_minor {
            let text = format!("Order {}: its lines cost {lines}, its items {}.", order.order_id, order.subtotal_minor);
            verdict.add(Kind::WrongTotal, text);
        }
    }
    let mut numbers: HashMap<Uuid, Vec<i64>> = HashMap::new();
    for order in &census.orders {
        numbers.entry(order.restaurant_id).or_default().push(order.number);
    }
    for (restaurant, mut numbers) in numbers {
        numbers.sort_unstable();
        let last = census.counters.iter().find(|counter| counter.restaurant_id == restaurant);
        let last = last.map_or(0, |counter| counter.last_number);
        if let Some(text) = super::events::gap(&numbers, last) {
            verdict.add(Kind::Events, format!("Restaurant {restaurant}: of its order numbers {text}."));
        }
    }
}

fn ids(rows: &[&OrderRow]) -> String {
    rows.iter().map(|row| row.order_id.to_string()).collect::<Vec<_>>().join(", ")
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
