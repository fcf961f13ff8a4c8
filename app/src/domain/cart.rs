//! The cart of a visitor at one restaurant.

use crate::domain::{
    bill::Bill,
    id::{CartLineId, ItemId, ModifierId, VariantId},
    locale::Locale,
    money::Money,
    order::Due,
    restaurant::MenuTime,
    terms::ServiceMode,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Most of one dish on one line.
pub const MAX_QUANTITY: u32 = 99;
/// Most lines of one cart.
pub const MAX_LINES: usize = 60;
/// Longest note to the kitchen, in characters.
pub const MAX_NOTE: usize = 280;

/// A selected item. Ids and counts only; prices come from the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineRequest {
    /// Which item.
    pub item: ItemId,
    /// Which size; may be left out when there is only one.
    #[serde(default)]
    pub variant: Option<VariantId>,
    /// The chosen modifiers. A modifier that is not listed is not chosen, also when it is preselected.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub modifiers: Vec<Choice>,
    /// How many, 1 to 99.
    #[schema(minimum = 1, maximum = 99)]
    #[serde(deserialize_with = "crate::domain::whole::deserialize")]
    pub quantity: u32,
    /// A note to the kitchen, up to 280 characters, counted as code points; may be empty.
    #[serde(default)]
    #[schema(max_length = 280)]
    pub note: String,
}

/// A modifier and how many of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Which modifier.
    pub modifier: ModifierId,
    /// How many for one portion; 1 when left out.
    #[serde(default = "one", deserialize_with = "crate::domain::whole::deserialize")]
    #[schema(minimum = 1, maximum = 99)]
    pub quantity: u32,
}

const fn one() -> u32 {
    1
}

/// A stored cart line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartLine {
    /// Names the line when it is edited.
    pub id: CartLineId,
    #[serde(flatten)]
    pub request: LineRequest,
}

/// A change of a cart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CartChange {
    /// Adds a line, or counts up an equal one.
    Add(LineRequest),
    /// The same from a menu for a time, which becomes the time of the cart.
    AddFor(Due, LineRequest),
    Replace(CartLineId, LineRequest),
    /// Sets the quantity; 0 removes the line.
    SetQuantity(CartLineId, u32),
    SetMode(ServiceMode),
    SetDue(Due),
    /// Sets the table, and dine-in.
    SetTable(String),
    Clear,
}

/// A cart as shown: priced for the requested time, with its problems.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartView {
    /// Increases with each change.
    pub revision: i64,
    pub mode: ServiceMode,
    /// The time for which availability is checked.
    #[serde(default)]
    pub time: MenuTime,
    /// Each stored line with its texts and price, or the reason why it cannot be ordered.
    pub lines: Vec<CartLineView>,
    /// The bill of the lines that can be ordered, without delivery fee and tip.
    pub bill: Bill,
    /// Total quantity.
    pub count: u32,
    pub locale: Locale,
    /// The table whose code the guest opened; empty when there is none, and some hours after it was opened.
    #[serde(default)]
    pub table: String,
}

/// A line of a cart, as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartLineView {
    pub line: CartLine,
    /// The item's name, or a replacement text when it is not on the menu any more.
    pub name: String,
    /// Size and choices, as texts.
    pub details: Vec<String>,
    /// Price of the line; none when it cannot be ordered.
    pub total: Option<Money>,
    /// Why it cannot be ordered, in a sentence.
    pub problem: Option<String>,
    /// Whether its selection and quantity can be changed. A line that cannot be read, or whose item is not on the menu any
    /// more, can be removed only.
    pub can_change: bool,
}
