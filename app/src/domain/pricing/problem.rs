//! Why something cannot be priced.

use crate::domain::{
    cart::{MAX_LINES, MAX_NOTE, MAX_QUANTITY},
    money::MoneyError,
    tax::TaxProblem,
    terms::ServiceMode,
};

/// Why a line or an order cannot be priced. Its text is a sentence for the guest.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PriceProblem {
    #[error("This dish is not on the menu any more. Take it out and choose another.")]
    UnknownItem,
    #[error("Choose one of the sizes of {item}.")]
    UnknownVariant { item: String },
    #[error("One of the choices for {item} is not offered with it. Choose again.")]
    UnknownModifier { item: String },
    #[error("{item}: {reason}.")]
    SoldOut {
        item: String,
        /// Why, as text without a full stop.
        reason: String,
    },
    #[error("{modifier} is sold out. Choose something else for {item}.")]
    ModifierSoldOut { item: String, modifier: String },
    #[error("{item}: choose at least {min} from “{group}”.")]
    TooFew { item: String, group: String, min: u32 },
    #[error("{item}: choose at most {max} from “{group}”.")]
    TooMany { item: String, group: String, max: u32 },
    #[error("{item}: at most {max} × {modifier}.")]
    TooManyOfOne { item: String, modifier: String, max: u32 },
    #[error("Order between 1 and {MAX_QUANTITY} of each dish.")]
    Quantity,
    #[error("Keep the note to the kitchen to {MAX_NOTE} characters at most.")]
    NoteTooLong,
    #[error("Your cart is empty. Add a dish first.")]
    Empty,
    #[error("A cart holds at most {MAX_LINES} lines. Place a second order for the rest.")]
    TooManyLines,
    #[error("This restaurant does not offer {}.", .0.label().to_lowercase())]
    ModeNotOffered(ServiceMode),
    #[error("The restaurant does not deliver to {0}. Choose pickup or another address.")]
    OutsideZones(String),
    /// The restaurant has zones on the map, and the guest's location is not known.
    #[error(
        "{0} alone does not tell whether the restaurant delivers to you. Add your location below the address, or choose pickup."
    )]
    LocationNeeded(String),
    #[error("The restaurant does not deliver to this location. Choose pickup or another location.")]
    OutsideShapes,
    #[error("{zone} needs items for at least {minimum}; {missing} is missing.")]
    BelowMinimum {
        /// The delivery zone or the service mode.
        zone: String,
        minimum: String,
        missing: String,
    },
    #[error("Choose a tip between {least} and {most}.")]
    Tip { least: String, most: String },
    #[error("The order is too large to price.")]
    Money(#[from] MoneyError),
    #[error(transparent)]
    Tax(TaxProblem),
}

impl From<TaxProblem> for PriceProblem {
    fn from(problem: TaxProblem) -> Self {
        match problem {
            TaxProblem::Money(error) => Self::Money(error),
            problem => Self::Tax(problem),
        }
    }
}

impl PriceProblem {
    /// A stable code for programs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownItem => "unknown_item",
            Self::UnknownVariant { .. } => "unknown_variant",
            Self::UnknownModifier { .. } => "unknown_modifier",
            Self::SoldOut { .. } => "sold_out",
            Self::ModifierSoldOut { .. } => "modifier_sold_out",
            Self::TooFew { .. } => "too_few_modifiers",
            Self::TooMany { .. } | Self::TooManyOfOne { .. } => "too_many_modifiers",
            Self::Quantity => "quantity_out_of_range",
            Self::NoteTooLong => "note_too_long",
            Self::Empty => "empty_order",
            Self::TooManyLines => "too_many_lines",
            Self::ModeNotOffered(_) => "mode_not_offered",
            Self::OutsideZones(_) | Self::OutsideShapes => "outside_zones",
            Self::LocationNeeded(_) => "location_needed",
            Self::BelowMinimum { .. } => "below_minimum",
            Self::Tip { .. } => "tip_out_of_range",
            Self::Money(_) => "too_large",
            Self::Tax(_) => "no_tax_rate",
        }
    }
}
