//! When what happens: drawn from a number before anything starts, so that no slow answer puts off the next request.

use crate::history::Op;
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::time::Duration;

/// A wish that comes due.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrival {
    /// Names the wish; counted from 0.
    pub wish: u64,
    /// After the beginning.
    pub after: Duration,
    /// What is wished for.
    pub op: Op,
    /// Everything else about it follows from this.
    pub seed: u64,
}

/// How often each kind comes, of a hundred.
const SHARES: [(Op, u32); 7] =
    [(Op::Home, 15), (Op::Page, 22), (Op::Menu, 8), (Op::Cart, 15), (Op::Order, 20), (Op::Form, 5), (Op::Board, 15)];

/// All wishes of a run: as many a second on average as the rate says, at the irregular distances of real arrivals.
pub fn arrivals(seed: u64, rate: f64, length: Duration) -> Vec<Arrival> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut arrivals = Vec::new();
    let mut after = 0.0;
    for wish in 0.. {
        // Distances of a Poisson process; the sum of many is as long as it should be.
        after += -(1.0 - random.random::<f64>()).ln() / rate;
        let due = Duration::from_secs_f64(after.min(1e9));
        if due >= length {
            break;
        }
        arrivals.push(Arrival { wish, after: due, op: draw(&mut random), seed: random.random() });
    }
    arrivals
}

fn draw(random: &mut StdRng) -> Op {
    let mut left = random.random_range(0..SHARES.iter().map(|(_, share)| share).sum());
    for (op, share) in SHARES {
        if left < share {
            return op;
        }
        left -= share;
    }
    Op::Home
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_same_number_gives_the_same_run(seed in any::<u64>()) {
            let span = Duration::from_secs(20);
            prop_assert_eq!(arrivals(seed, 25.0, span), arrivals(seed, 25.0, span));
            prop_assert_ne!(arrivals(seed, 25.0, span), arrivals(seed.wrapping_add(1), 25.0, span));
        }

        #[test]
        fn a_longer_run_begins_like_a_shorter_one(seed in any::<u64>()) {
            let short = arrivals(seed, 25.0, Duration::from_secs(5));
            let long = arrivals(seed, 25.0, Duration::from_secs(10));
            prop_assert_eq!(&long[..short.len()], &short[..]);
        }
    }

    #[test]
    fn the_rate_is_kept_and_every_kind_comes() {
        let arrivals = arrivals(1, 40.0, Duration::from_secs(100));
        assert!((3_700..4_300).contains(&arrivals.len()), "{}", arrivals.len());
        assert!(arrivals.windows(2).all(|two| two[0].after <= two[1].after));
        for (op, share) in SHARES {
            let count = arrivals.iter().filter(|arrival| arrival.op == op).count() * 100 / arrivals.len();
            assert!(count.abs_diff(usize::try_from(share).unwrap()) <= 4, "{op:?}: {count} of 100");
        }
    }
}
