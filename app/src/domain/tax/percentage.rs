//! Exact percentages of tax.

use crate::domain::typed;
use serde::{Deserialize, Serialize};
use std::fmt;
use utoipa::ToSchema;

/// A percentage in millionths, from 0 to 1,000,000: 88,750 is 8.875 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Percentage(u32);

impl Percentage {
    /// 100 %.
    pub const WHOLE: u32 = 1_000_000;
    /// Decimals of a percentage.
    pub const PLACES: usize = 4;

    pub const fn from_millionths(millionths: u32) -> Self {
        Self(millionths)
    }

    pub const fn millionths(self) -> u32 {
        self.0
    }

    /// Reads a percentage as people type it: `19`, `8.875`, `9,975 %`; none when it is not one, has more than four decimals
    /// or does not fit into 32 bits.
    pub fn parse(text: &str) -> Option<Self> {
        let text = typed::plain(text);
        let text = text.trim().trim_end_matches('%').trim_end();
        let (whole, fraction) = text.split_once(['.', ',']).unwrap_or((text, ""));
        let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !is_number(whole) || !is_number(fraction) || fraction.len() > Self::PLACES {
            return None;
        }
        format!("{whole}{fraction:0<places$}", places = Self::PLACES).parse().ok().map(Self)
    }
}

impl fmt::Display for Percentage {
    /// Without the sign: `8.875`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.0 / 10_000, self.0 % 10_000);
        if fraction == 0 {
            return write!(f, "{whole}");
        }
        let fraction = format!("{fraction:04}");
        write!(f, "{whole}.{}", fraction.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_and_writes_exactly() {
        let read = |text| Percentage::parse(text).map(Percentage::millionths);
        assert_eq!(read("8.875"), Some(88_750));
        assert_eq!(read(" 9,975 % "), Some(99_750));
        assert_eq!(read("0"), Some(0));
        assert_eq!(read("١٠"), Some(100_000));
        for bad in ["", "%", "-1", "1.23456", "7 8", "1e2", "99999999"] {
            assert_eq!(read(bad), None, "{bad}");
        }
        assert_eq!(Percentage(88_750).to_string(), "8.875");
        assert_eq!(Percentage(1_000_000).to_string(), "100");
        assert_eq!(Percentage(1).to_string(), "0.0001");
    }

    proptest! {
        #[test]
        fn text_reads_back(millionths in 0..=Percentage::WHOLE) {
            let percentage = Percentage(millionths);
            prop_assert_eq!(Percentage::parse(&percentage.to_string()), Some(percentage));
        }
    }
}
