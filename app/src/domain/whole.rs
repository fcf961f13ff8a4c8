//! Reading whole numbers as JSON Schema means them: `37.0` and `3.7e1` are the integer 37.

use serde::{
    Deserialize, Deserializer,
    de::{Error, Unexpected, Visitor},
};
use std::{fmt, marker::PhantomData};

/// The largest whole number that all JSON parsers represent exactly, 2⁵³ − 1.
pub const LARGEST: i64 = 9_007_199_254_740_991;

/// Reads a whole number.
pub fn deserialize<'de, D: Deserializer<'de>, T: TryFrom<i64>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_i64(Whole(PhantomData))
}

/// Reads an optional whole number.
pub fn option<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    #[derive(Deserialize)]
    struct Read(#[serde(deserialize_with = "deserialize")] i64);
    Ok(Option::<Read>::deserialize(deserializer)?.map(|Read(number)| number))
}

struct Whole<T>(PhantomData<T>);

impl<T: TryFrom<i64>> Visitor<'_> for Whole<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number in its range")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        T::try_from(number).map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        let refuse = || E::invalid_value(Unexpected::Unsigned(number), &self);
        i64::try_from(number).ok().and_then(|number| T::try_from(number).ok()).ok_or_else(refuse)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        #[expect(clippy::cast_precision_loss, reason = "this number is exact")]
        let exact = number.fract() == 0.0 && number.abs() <= LARGEST as f64;
        #[expect(clippy::cast_possible_truncation, reason = "whole, and within the range just looked at")]
        let whole = exact.then_some(number as i64);
        whole
            .and_then(|number| T::try_from(number).ok())
            .ok_or_else(|| E::invalid_value(Unexpected::Float(number), &self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<u32> {
        deserialize(&mut serde_json::Deserializer::from_str(text)).ok()
    }

    #[test]
    fn whole_numbers_may_be_written_with_a_point() {
        assert_eq!(
            (read("37"), read("37.0"), read("3.7e1"), read("0"), read("-0.0")),
            (Some(37), Some(37), Some(37), Some(0), Some(0))
        );
        for refused in ["37.5", "-1", "-1.0", "4294967296", "4294967296.0", "1e300", "\"37\"", "null", "true"] {
            assert_eq!(read(refused), None, "{refused}");
        }
        let optional = |text| option(&mut serde_json::Deserializer::from_str(text)).ok();
        assert_eq!((optional("null"), optional("2.0"), optional("2.5")), (Some(None), Some(Some(2)), None));
    }
}
