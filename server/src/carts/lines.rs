//! Lines of a cart: add, merge, replace, and describe.

use crate::{
    carts::problems::{at_field, too_many_lines},
    queries::carts::{StoredCart, Unread},
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

/// Shown at a line that another version stored and this one cannot decode.
pub const UNREADABLE: &str = "This dish can no longer be read. Remove it, then add it again from the menu.";

/// A cart line with its price, or why it has none.
pub struct Priced {
    line: CartLine,
    name: String,
    /// The price in its parts.
    pub outcome: Result<PricedLine, PriceProblem>,
    details: Vec<String>,
    is_read: bool,
    can_change: bool,
}

impl Priced {
    /// Prices a line by a menu.
    pub fn of(menu: &Menu, line: &CartLine) -> Self {
        let outcome = price_line(menu, &line.request);
        let (name, details) = match &outcome {
            Ok(priced) => (priced.name.clone(), priced.details()),
            Err(_) => words(menu, &line.request),
        };
        let can_change = menu.item(line.request.item).is_some();
        Self { line: line.clone(), name, outcome, details, is_read: true, can_change }
    }

    /// Represents a line that cannot be decoded.
    pub fn unread(menu: &Menu, unread: &Unread) -> Self {
        let (line, item) = (unread_line(unread), unread.item.and_then(|id| menu.item(id)));
        Self {
            name: item.map_or_else(|| "An unknown dish".to_owned(), |(_, item)| item.name.clone()),
            outcome: price_line(menu, &line.request),
            line,
            details: Vec::new(),
            is_read: false,
            can_change: false,
        }
    }

    /// Prices all lines of a cart.
    pub fn all(menu: &Menu, kept: &StoredCart) -> Vec<Self> {
        let read = kept.lines.iter().map(|line| Self::of(menu, line));
        read.chain(kept.unread.iter().map(|unread| Self::unread(menu, unread))).collect()
    }

    /// The number of pieces.
    pub const fn quantity(&self) -> u32 {
        self.line.request.quantity
    }

    /// Whether it cannot be decoded.
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
        let Self { line, name, details, can_change, .. } = self;
        CartLineView { line, name, details, total, problem, can_change }
    }
}

/// The lines of a cart as they are ordered.
pub fn ordered(cart: &StoredCart) -> Vec<CartLine> {
    cart.lines.iter().cloned().chain(cart.unread.iter().map(unread_line)).collect()
}

/// A line that cannot be decoded. It names no item, so that it is never ordered as something else.
fn unread_line(unread: &Unread) -> CartLine {
    let request = LineRequest {
        item: ItemId::from_uuid(Uuid::nil()),
        variant: None,
        modifiers: Vec::new(),
        quantity: 1,
        note: String::new(),
    };
    CartLine { id: unread.id, request }
}

/// Adds a selection, or increases the quantity of an equal one.
pub fn add(lines: &mut Vec<CartLine>, menu: &Menu, request: &LineRequest) -> Result<(), AppError> {
    let request = normalized(menu, request)?;
    if let Some(line) = lines.iter_mut().find(|line| same_selection(&line.request, &request)) {
        line.request.quantity = add_quantity(line.request.quantity, request.quantity)?;
        return Ok(());
    }
    if lines.len() >= MAX_LINES {
        return Err(too_many_lines());
    }
    lines.push(CartLine { id: CartLineId::from_uuid(Uuid::now_v7()), request });
    Ok(())
}

/// Replaces a line's selection; merges it with another line of the same selection.
pub fn replace(lines: &mut Vec<CartLine>, menu: &Menu, id: CartLineId, request: &LineRequest) -> Result<(), AppError> {
    let mut request = normalized(menu, request)?;
    ensure_line(lines, id)?;
    let equal = lines.iter().find(|line| line.id != id && same_selection(&line.request, &request)).cloned();
    if let Some(equal) = equal {
        request.quantity = add_quantity(equal.request.quantity, request.quantity)?;
        lines.retain(|line| line.id != equal.id);
    }
    for line in lines.iter_mut().filter(|line| line.id == id) {
        line.request = request.clone();
    }
    Ok(())
}

/// Sets the quantity. 0 removes the line; a missing line is then no error.
pub fn set_quantity(lines: &mut Vec<CartLine>, id: CartLineId, quantity: u32) -> Result<(), AppError> {
    if quantity == 0 {
        lines.retain(|line| line.id != id);
        return Ok(());
    }
    if quantity > MAX_QUANTITY {
        return Err(at_field(&PriceProblem::Quantity));
    }
    ensure_line(lines, id)?;
    for line in lines.iter_mut().filter(|line| line.id == id) {
        line.request.quantity = quantity;
    }
    Ok(())
}

/// The canonical form of a selection, so that equal ones compare equal: variant named, modifiers sorted, note
/// trimmed.
fn normalized(menu: &Menu, request: &LineRequest) -> Result<LineRequest, AppError> {
    let priced = price_line(menu, request).map_err(|problem| at_field(&problem))?;
    let mut modifiers = request.modifiers.clone();
    modifiers.sort_unstable_by_key(|choice| choice.modifier);
    let note = text::note("note", &request.note, MAX_NOTE);
    let note = note.map_err(|problem| AppError::Invalid { problems: vec![problem] })?;
    Ok(LineRequest { item: priced.item, variant: Some(priced.variant), modifiers, quantity: request.quantity, note })
}

fn same_selection(left: &LineRequest, right: &LineRequest) -> bool {
    left.item == right.item
        && left.variant == right.variant
        && left.modifiers == right.modifiers
        && left.note == right.note
}

fn add_quantity(before: u32, more: u32) -> Result<u32, AppError> {
    let quantity = before.saturating_add(more);
    if quantity > MAX_QUANTITY { Err(at_field(&PriceProblem::Quantity)) } else { Ok(quantity) }
}

fn ensure_line(lines: &[CartLine], id: CartLineId) -> Result<(), AppError> {
    let exists = lines.iter().any(|line| line.id == id);
    if exists { Ok(()) } else { Err(AppError::not_found("line of the cart")) }
}

/// Name and details of a line without a price.
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
