//! Allergens and diets.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $code:tt $label:literal $short:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        pub enum $name {
            $(#[doc = $label] #[serde(rename = $code)] $variant,)+
        }

        impl $name {
            /// All values, in the order in which they are listed.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code in addresses, forms and data.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The label.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }

            /// The letters printed next to an item.
            pub const fn short(self) -> &'static str {
                match self { $(Self::$variant => $short,)+ }
            }

            /// The member with this code.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|member| member.code() == code)
            }
        }
    };
}

words! {
    /// The fourteen allergens of Annex II of Regulation (EU) 1169/2011, with the letters that menus print.
    Allergen {
        Gluten "gluten" "Gluten" "A", Crustaceans "crustaceans" "Crustaceans" "B", Egg "egg" "Egg" "C",
        Fish "fish" "Fish" "D", Peanuts "peanuts" "Peanuts" "E", Soy "soy" "Soy" "F", Milk "milk" "Milk" "G",
        Nuts "nuts" "Nuts" "H", Celery "celery" "Celery" "L", Mustard "mustard" "Mustard" "M",
        Sesame "sesame" "Sesame" "N", Sulphites "sulphites" "Sulphites" "O", Lupin "lupin" "Lupin" "P",
        Molluscs "molluscs" "Molluscs" "R",
    }
}

words! {
    /// Diets that an item suits as served.
    Diet {
        Vegetarian "vegetarian" "Vegetarian" "V", Vegan "vegan" "Vegan" "VG", Halal "halal" "Halal" "HA",
        Kosher "kosher" "Kosher" "KO", GlutenFree "gluten_free" "Gluten free" "GF",
        LactoseFree "lactose_free" "Lactose free" "LF",
    }
}
