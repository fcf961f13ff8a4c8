//! An order before it is validated: a complete request, or a cart with the checkout form.

use crate::{carts, menus::Snapshot, orders::validate::Tip, queries::carts::StoredCart};
use app::{
    domain::{
        error::{AppError, Problem},
        id::VisitorId,
        money::Money,
        order::{Address, NewOrder},
        terms::ServiceMode,
    },
    forms::{checkout, fields, location},
    services::{CheckoutForm, OrderedCart},
};
use std::borrow::Cow;

/// An order to validate and price.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    /// Its tip is that of `tip`.
    pub(super) order: Cow<'a, NewOrder>,
    pub(super) tip: Tip<'a>,
    /// The problem of a location that cannot be read.
    pub(super) unread_location: Option<Problem>,
    /// The minutes until as soon as possible that the guest saw.
    pub(super) wait_minutes: Option<u32>,
    /// The cart that its lines leave.
    pub(super) cart: Option<Cow<'a, OrderedCart>>,
}

impl<'a> Wanted<'a> {
    pub(super) fn request(order: &'a NewOrder, cart: Option<&'a OrderedCart>) -> Self {
        let tip = Tip::Minor(order.tip_minor);
        Self {
            order: Cow::Borrowed(order),
            tip,
            unread_location: None,
            wait_minutes: None,
            cart: cart.map(Cow::Borrowed),
        }
    }

    /// A stored cart, as it is now.
    pub(super) fn cart(
        snapshot: &Snapshot,
        visitor: Option<VisitorId>,
        cart: &StoredCart,
        form: &'a CheckoutForm,
    ) -> Result<Self, AppError> {
        let lines = carts::ordered(cart);
        let mode = form.mode.unwrap_or_else(|| carts::mode_of(cart, snapshot));
        let near = snapshot.restaurant.terms.location;
        let location = match mode {
            ServiceMode::Delivery => location::optional(fields::LOCATION, &form.location, near),
            _ => Ok(None),
        };
        let (location, unread_location) = location.map_or_else(|problem| (None, Some(problem)), |at| (at, None));
        let order = NewOrder {
            lines: lines.iter().map(|line| line.request.clone()).collect(),
            mode,
            due: checkout::due(&form.due).map_err(unread)?,
            contact: form.contact.clone(),
            address: (mode == ServiceMode::Delivery).then(|| Address { location, ..form.address.clone() }),
            table: (mode == ServiceMode::DineIn).then(|| form.table.clone()),
            tip_minor: 0,
            note: form.note.clone(),
            agreed_total_minor: form.shown_total_minor,
        };
        let ordered = visitor.map(|visitor| OrderedCart { visitor, revision: cart.revision, lines });
        let tip = Tip::Chosen { choice: &form.tip, other: &form.tip_other };
        let wait_minutes = form.shown_wait_minutes;
        Ok(Self { order: Cow::Owned(order), tip, unread_location, wait_minutes, cart: ordered.map(Cow::Owned) })
    }

    /// The total that the guest agreed to, in minor units. A page shows it without the tip.
    pub(super) fn agreed(&self, tip: Money) -> Option<i64> {
        let agreed = self.order.agreed_total_minor?;
        match self.tip {
            Tip::Minor(_) => Some(agreed),
            Tip::Chosen { .. } => agreed.checked_add(tip.minor()),
        }
    }
}

fn unread(problem: Problem) -> AppError {
    AppError::Invalid { problems: vec![problem] }
}
