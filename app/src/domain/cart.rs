//! What a guest has put together at one restaurant, before it is an order.

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

/// Most of one dish on one line.
pub const MAX_QUANTITY: u32 = 99;
/// Most lines of one cart.
pub const MAX_LINES: usize = 60;
/// Longest note to the kitchen, in characters.
pub const MAX_NOTE: usize = 280;

/// One wish: an item as the guest wants it. Ids and counts only; the server knows the prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LineRequest {
    /// Which item.
    pub item: ItemId,
    /// Which size; may be left out when there is only one.
    #[serde(default)]
    pub variant: Option<VariantId>,
    /// What was chosen from its groups. A modifier that is not named was not chosen, preselected or not.
    #[serde(default)]
    #[cfg_attr(feature = "ssr", schema(max_items = 200))]
    pub modifiers: Vec<Choice>,
    /// How many, 1 to 99.
    #[cfg_attr(
        feature = "ssr",
        schema(minimum = 1, maximum = 99),
        serde(deserialize_with = "crate::domain::whole::deserialize")
    )]
    pub quantity: u32,
    /// A wish for the kitchen, up to 280 characters, counted as code points; may be empty.
    #[serde(default)]
    #[cfg_attr(feature = "ssr", schema(max_length = 280))]
    pub note: String,
}

/// A modifier and how many of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Which modifier.
    pub modifier: ModifierId,
    /// How many for one portion; 1 when left out.
    #[serde(default = "one")]
    #[cfg_attr(
        feature = "ssr",
        schema(minimum = 1, maximum = 99),
        serde(deserialize_with = "crate::domain::whole::deserialize")
    )]
    pub quantity: u32,
}

const fn one() -> u32 {
    1
}

/// A line as it is kept: a wish with a name of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartLine {
    /// Names the line when it is edited.
    pub id: CartLineId,
    /// The wish.
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
    /// Replaces what a line wishes.
    Replace(CartLineId, LineRequest),
    /// Sets how many; 0 takes the line out.
    SetQuantity(CartLineId, u32),
    /// Chooses how the guest gets the food.
    SetMode(ServiceMode),
    /// Chooses when.
    SetDue(Due),
    /// Takes everything out.
    Clear,
}

/// A cart as the guest sees it: priced for the time it is wanted for, with what stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartView {
    /// Grows with each change.
    pub revision: i64,
    /// How the guest gets the food.
    pub mode: ServiceMode,
    /// Which time its dishes are judged by.
    #[serde(default)]
    pub time: MenuTime,
    /// Each line as kept, with its words and price, or why it cannot be ordered.
    pub lines: Vec<CartLineView>,
    /// The bill of the lines that can be ordered, without delivery fee and tip.
    pub bill: Bill,
    /// How many pieces in all.
    pub count: u32,
    /// How amounts are written.
    pub locale: Locale,
}

/// A line of a cart in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CartLineView {
    /// The kept line.
    pub line: CartLine,
    /// The item's name, or a stand-in when it left the menu.
    pub name: String,
    /// Size and choices in words, one each.
    pub details: Vec<String>,
    /// Price of the line; none when it cannot be ordered.
    pub total: Option<Money>,
    /// Why it cannot be ordered, in a sentence.
    pub problem: Option<String>,
}
