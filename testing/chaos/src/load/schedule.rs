//! The schedule of operations, fixed before the load starts: slow responses do not delay later operations.

use crate::history::RequestKind;
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScheduledOperation {
    /// Counts from 0.
    pub number: u64,
    /// After the start.
    pub after: Duration,
    pub kind: RequestKind,
    /// Of its other random choices.
    pub seed: u64,
}

/// Percentages.
const SHARES: [(RequestKind, u32); 7] = [
    (RequestKind::Home, 15),
    (RequestKind::Page, 22),
    (RequestKind::Menu, 8),
    (RequestKind::Cart, 15),
    (RequestKind::Order, 20),
    (RequestKind::Form, 5),
    (RequestKind::Board, 15),
];

/// A Poisson process with `rate` operations per second on average.
pub fn schedule(seed: u64, rate: f64, length: Duration) -> Vec<ScheduledOperation> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut operations = Vec::new();
    let mut seconds = 0.0;
    for number in 0.. {
        seconds += -(1.0 - random.random::<f64>()).ln() / rate;
        let after = Duration::from_secs_f64(seconds.min(1e9));
        if after >= length {
            break;
        }
        operations.push(ScheduledOperation { number, after, kind: draw(&mut random), seed: random.random() });
    }
    operations
}

fn draw(random: &mut StdRng) -> RequestKind {
    let mut left = random.random_range(0..SHARES.iter().map(|(_, share)| share).sum());
    for (kind, share) in SHARES {
        if left < share {
            return kind;
        }
        left -= share;
    }
    RequestKind::Home
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_same_seed_gives_the_same_schedule(seed in any::<u64>()) {
            let length = Duration::from_secs(20);
            prop_assert_eq!(schedule(seed, 25.0, length), schedule(seed, 25.0, length));
            prop_assert_ne!(schedule(seed, 25.0, length), schedule(seed.wrapping_add(1), 25.0, length));
        }

        #[test]
        fn a_longer_schedule_begins_like_a_shorter_one(seed in any::<u64>()) {
            let short = schedule(seed, 25.0, Duration::from_secs(5));
            let long = schedule(seed, 25.0, Duration::from_secs(10));
            prop_assert_eq!(&long[..short.len()], &short[..]);
        }
    }

    #[test]
    fn rate_and_shares_are_kept() {
        let operations = schedule(1, 40.0, Duration::from_secs(100));
        assert!((3_700..4_300).contains(&operations.len()), "{}", operations.len());
        assert!(operations.windows(2).all(|two| two[0].after <= two[1].after));
        for (kind, share) in SHARES {
            let count = operations.iter().filter(|operation| operation.kind == kind).count() * 100 / operations.len();
            assert!(count.abs_diff(usize::try_from(share).unwrap()) <= 4, "{kind:?}: {count} of 100");
        }
    }
}
