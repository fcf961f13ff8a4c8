//! Divides an amount over parts, so that they sum up to it exactly.

use crate::domain::money::{Money, MoneyError};

impl Money {
    /// Parts of the amount in proportion to weights, by the method of the largest remainder: each part is its exact share
    /// rounded down, and the minor units that are left go to the parts that lost most, of equal ones to the first.
    ///
    /// A part with weight zero gets nothing. A negative amount is divided like the positive one. An error for negative
    /// weights, and when all are zero and the amount is not.
    pub fn apportion(self, weights: &[i64]) -> Result<Vec<Self>, MoneyError> {
        if weights.iter().any(|weight| *weight < 0) {
            return Err(MoneyError::Weights);
        }
        let all: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
        if self.is_zero() {
            return Ok(vec![self; weights.len()]);
        }
        if all == 0 {
            return Err(MoneyError::Weights);
        }
        let amount = i128::from(self.minor());
        let (sign, amount) = (amount.signum(), amount.abs());
        // Below 2^126: an amount and a weight have 63 bits each.
        let shares = weights.iter().map(|weight| amount * i128::from(*weight));
        let mut parts: Vec<_> = shares.map(|share| (share / all, share % all)).collect();
        let mut left = amount - parts.iter().map(|(part, _)| part).sum::<i128>();
        let mut by_loss: Vec<_> = parts.iter_mut().collect();
        by_loss.sort_by(|(_, one), (_, other)| other.cmp(one));
        for (part, _) in by_loss {
            if left == 0 {
                break;
            }
            *part += 1;
            left -= 1;
        }
        let minor = |part: i128| i64::try_from(sign * part).map_err(|_| MoneyError::Overflow);
        parts.into_iter().map(|(part, _)| Ok(Self::new(minor(part)?, self.currency()))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::money::Currency;
    use proptest::prelude::*;

    fn parts(minor: i64, weights: &[i64]) -> Result<Vec<i64>, MoneyError> {
        Ok(Money::new(minor, Currency::Eur).apportion(weights)?.into_iter().map(Money::minor).collect())
    }

    #[test]
    fn the_largest_remainder_gets_the_cent() {
        // 100/3 = 33.33 each: equal remainders, so the first part gets the cent that is left.
        assert_eq!(parts(100, &[1, 1, 1]), Ok(vec![34, 33, 33]));
        // 100 × 2/7 = 28.57, 100 × 5/7 = 71.43.
        assert_eq!(parts(100, &[2, 5]), Ok(vec![29, 71]));
        assert_eq!(parts(-100, &[2, 5]), Ok(vec![-29, -71]));
        assert_eq!(parts(5, &[0, 3, 0]), Ok(vec![0, 5, 0]));
        assert_eq!(parts(0, &[0, 0]), Ok(vec![0, 0]));
        assert_eq!(parts(1, &[0, 0]), Err(MoneyError::Weights));
        assert_eq!(parts(1, &[]), Err(MoneyError::Weights));
        assert_eq!(parts(1, &[-1, 2]), Err(MoneyError::Weights));
        assert_eq!(parts(i64::MAX, &[i64::MAX, i64::MAX]).map(|parts| parts.iter().sum()), Ok(i64::MAX));
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_whole_and_are_near_their_share(
            minor in -1_000_000_000i64..1_000_000_000,
            weights in proptest::collection::vec(0i64..1_000_000, 1..12),
        ) {
            let all: i64 = weights.iter().sum();
            prop_assume!(all > 0);
            let parts = parts(minor, &weights).unwrap();
            prop_assert_eq!(parts.iter().sum::<i64>(), minor);
            for (part, weight) in parts.iter().zip(&weights) {
                let error = i128::from(*part) * i128::from(all) - i128::from(minor) * i128::from(*weight);
                prop_assert!(error.abs() < i128::from(all));
            }
        }
    }
}
