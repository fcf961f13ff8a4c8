//! The currencies that restaurants charge in.

use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

macro_rules! currencies {
    ($($name:ident $code:tt $exponent:literal),+ $(,)?) => {
        /// A currency by its ISO 4217 code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        pub enum Currency {
            $(#[doc = concat!("ISO 4217 ", $code, ".")] #[serde(rename = $code)] $name,)+
        }

        impl Currency {
            /// Every currency that a restaurant can charge in.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The ISO 4217 code, as stored and sent.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// Digits after the decimal sign in which accounts are kept (ISO 4217: 0 for yen, 3 for Kuwaiti dinar).
            pub const fn exponent(self) -> u32 {
                match self { $(Self::$name => $exponent,)+ }
            }

            /// The currency of an ISO 4217 code.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|currency| currency.code() == code)
            }
        }
    };
}

currencies! {
    Aed "AED" 2, Aud "AUD" 2, Bhd "BHD" 3, Brl "BRL" 2, Cad "CAD" 2, Chf "CHF" 2, Cny "CNY" 2, Cop "COP" 2, Czk "CZK" 2,
    Dkk "DKK" 2, Egp "EGP" 2, Eur "EUR" 2, Gbp "GBP" 2, Hkd "HKD" 2, Huf "HUF" 2, Inr "INR" 2, Iqd "IQD" 3, Jod "JOD" 3,
    Jpy "JPY" 0, Krw "KRW" 0, Kwd "KWD" 3, Mxn "MXN" 2, Nok "NOK" 2, Nzd "NZD" 2, Omr "OMR" 3, Pln "PLN" 2, Sar "SAR" 2,
    Sek "SEK" 2, Sgd "SGD" 2, Thb "THB" 2, Tnd "TND" 3, Try "TRY" 2, Usd "USD" 2, Vnd "VND" 0, Zar "ZAR" 2,
}

impl Currency {
    /// Digits after the decimal sign of a whole amount: CLDR 48 writes none of forint, Colombian peso and Iraqi dinar.
    pub const fn shown_places(self) -> u32 {
        match self {
            Self::Cop | Self::Huf | Self::Iqd => 0,
            other => other.exponent(),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
