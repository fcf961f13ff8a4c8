//! Ids of rows: a UUID type per table, so that an item's id cannot be used as an order's.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID from the database or the id generator.
            pub const fn from_uuid(value: Uuid) -> Self {
                Self(value)
            }

            /// The UUID, for the database driver.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

id!(/** A restaurant: the tenant, and the value every one of its rows is placed by. */ RestaurantId);
id!(/** A section of a menu. */ SectionId);
id!(/** A dish or drink. */ ItemId);
id!(/** A size or kind of an item; an item without sizes has exactly one. */ VariantId);
id!(/** A reusable set of choices. */ ModifierGroupId);
id!(/** One choice of a group. */ ModifierId);
id!(/** A guest's order. Minted by the page that offers to place it, so that a retry is recognised. */ OrderId);
id!(/** A line of a cart. */ CartLineId);
id!(/** One change of a cart: it is made once, however often it arrives. */ ChangeId);
id!(/** A browser that fills carts; never a proof of who is asking beyond its own carts. */ VisitorId);
id!(/** A person who works for a restaurant. */ StaffId);
id!(/** An invitation to the team of a restaurant. */ InvitationId);
id!(/** A shared screen of a restaurant. */ ScreenId);

/// The full id of an order: with the restaurant's id, it is found on one shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OrderRef {
    /// The restaurant that cooks it.
    pub restaurant: RestaurantId,
    /// The order among that restaurant's orders.
    pub order: OrderId,
}
