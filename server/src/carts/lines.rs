//! The lines of a cart: added, counted up, replaced, and put into words.

use crate::{
    carts::problems::{at_field, too_many_lines},
    queries::carts::{Kept, Unread},
};
use app::domain::{
    bill::PricedLine,
    cart::{CartLine, CartLineView, LineRequest, MAX_LINES, MAX_NOTE, MAX_QUANTITY},
    error::AppError,
    id::{CartLineId, ItemId},
    menu::Menu,
    pricing::{PriceProblem, price_line},
    text,
};
use uuid::Uuid;

/// Told at a line that was stored by another version.
pub const UNREADABLE: &str = "This dish cannot be read any more. Remove it, then add it again from the menu.";

/// A kept line with its price, or why it has none.
pub struct Priced {
    line: CartLine,
    name: String,
    /// The price in its parts.
    pub outcome: Result<PricedLine, PriceProblem>,
    details: Vec<String>,
    is_read: bool,
}

impl Priced {
    /// Prices a kept line by a menu.
    pub fn of(menu: &Menu, line: &CartLine) -> Self {
        let outcome = price_line(menu, &line.request);
        let (name, details) = match &outcome {
            Ok(priced) => (priced.name.clone(), priced.details()),
            Err(_) => words(menu, &line.request),
        };
        Self { line: line.clone(), name, outcome, details, is_read: true }
    }

    /// Stands for a line that cannot be read. It names no item, so that it is never ordered as something else.
    pub fn unread(menu: &Menu, unread: &Unread) -> Self {
        let request = LineRequest {
            item: ItemId::from_uuid(Uuid::nil()),
            variant: None,
            modifiers: Vec::new(),
            quantity: 1,
            note: String::new(),
        };
        let item = unread.item.and_then(|id| menu.item(id));
        Self {
            name: item.map_or_else(|| "An unknown dish".to_owned(), |(_, item)| item.name.clone()),
            outcome: price_line(menu, &request),
            line: CartLine { id: unread.id, request },
            details: Vec::new(),
            is_read: false,
        }
    }

    /// Prices all that a cart holds.
    pub fn all(menu: &Menu, kept: &Kept) -> Vec<Self> {
        let read = kept.lines.iter().map(|line| Self::of(menu, line));
        read.chain(kept.unread.iter().map(|unread| Self::unread(menu, unread))).collect()
    }

    /// How many pieces.
    pub const fn quantity(&self) -> u32 {
        self.line.request.quantity
    }

    /// Whether it cannot be read.
    pub const fn is_unread(&self) -> bool {
        !self.is_read
    }

    /// The line as the guest sees it.
    pub fn view(self) -> CartLineView {
        let (total, problem) = match self.outcome {
            _ if !self.is_read => (None, Some(UNREADABLE.to_owned())),
            Ok(priced) => (Some(priced.total), None),
            Err(problem) => (None, Some(problem.to_string())),
        };
        CartLineView { line: self.line, name: self.name, details: self.details, total, problem }
    }
}

/// Adds a wish, or counts up an equal one.
pub fn add(lines: &mut Vec<CartLine>, menu: &Menu, request: &LineRequest) -> Result<(), AppError> {
    let request = checked(menu, request)?;
    if let Some(line) = lines.iter_mut().find(|line| same_wish(&line.request, &request)) {
        line.request.quantity = counted_up(line.request.quantity, request.quantity)?;
        return Ok(());
    }
    if lines.len() >= MAX_LINES {
        return Err(too_many_lines());
    }
    lines.push(CartLine { id: CartLineId::from_uuid(Uuid::now_v7()), request });
    Ok(())
}

/// Replaces what a line wishes; when another line wishes the same, the two become one.
pub fn replace(lines: &mut Vec<CartLine>, menu: &Menu, id: CartLineId, request: &LineRequest) -> Result<(), AppError> {
    let mut request = checked(menu, request)?;
    ensure_there(lines, id)?;
    let equal = lines.iter().find(|line| line.id != id && same_wish(&line.request, &request)).cloned();
    if let Some(equal) = equal {
        request.quantity = counted_up(equal.request.quantity, request.quantity)?;
        lines.retain(|line| line.id != equal.id);
    }
    for line in lines.iter_mut().filter(|line| line.id == id) {
        line.request = request.clone();
    }
    Ok(())
}

/// Sets how many; none takes the line out, also one that is not there any more.
pub fn set_quantity(lines: &mut Vec<CartLine>, id: CartLineId, quantity: u32) -> Result<(), AppError> {
    if quantity == 0 {
        lines.retain(|line| line.id != id);
        return Ok(());
    }
    if quantity > MAX_QUANTITY {
        return Err(at_field(&PriceProblem::Quantity));
    }
    ensure_there(lines, id)?;
    for line in lines.iter_mut().filter(|line| line.id == id) {
        line.request.quantity = quantity;
    }
    Ok(())
}

/// The wish in the one form in which equal wishes are equal: size named, choices in order, note without noise.
fn checked(menu: &Menu, request: &LineRequest) -> Result<LineRequest, AppError> {
    let priced = price_line(menu, request).map_err(|problem| at_field(&problem))?;
    let mut modifiers = request.modifiers.clone();
    modifiers.sort_unstable_by_key(|choice| choice.modifier);
    let note = text::note("note", &request.note, MAX_NOTE);
    let note = note.map_err(|problem| AppError::Invalid { problems: vec![problem] })?;
    Ok(LineRequest { item: priced.item, variant: Some(priced.variant), modifiers, quantity: request.quantity, note })
}

fn same_wish(left: &LineRequest, right: &LineRequest) -> bool {
    left.item == right.item
        && left.variant == right.variant
        && left.modifiers == right.modifiers
        && left.note == right.note
}

fn counted_up(before: u32, more: u32) -> Result<u32, AppError> {
    let quantity = before.saturating_add(more);
    if quantity > MAX_QUANTITY { Err(at_field(&PriceProblem::Quantity)) } else { Ok(quantity) }
}

fn ensure_there(lines: &[CartLine], id: CartLineId) -> Result<(), AppError> {
    let there = lines.iter().any(|line| line.id == id);
    if there { Ok(()) } else { Err(AppError::not_found("line of the cart")) }
}

/// What can still be said about a line without a price.
fn words(menu: &Menu, request: &LineRequest) -> (String, Vec<String>) {
    let Some((_, item)) = menu.item(request.item) else {
        return ("A dish that left the menu".to_owned(), Vec::new());
    };
    let size = request.variant.and_then(|id| item.variant(id)).map(|variant| variant.name.clone());
    let size = size.filter(|name| !name.is_empty());
    let modifiers = menu.groups_of(item).flat_map(|(_, group)| &group.modifiers);
    let chosen = modifiers.filter_map(|modifier| {
        let choice = request.modifiers.iter().find(|choice| choice.modifier == modifier.id)?;
        let name = modifier.name.clone();
        Some(if choice.quantity == 1 { name } else { format!("{} × {name}", choice.quantity) })
    });
    (item.name.clone(), size.into_iter().chain(chosen).collect())
}
