//! Chance that can be repeated: each thing of the set draws from a stream of its own, named by the seed, what it is and its
//! place, so that it does not depend on how many others there are or in which order they are made.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// What a stream belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    /// A block of elevators with its sites.
    Block = 1,
    /// One elevator.
    Elevator = 2,
    /// The doubts about one elevator's values.
    Doubts = 3,
}

/// A stream of draws. Draws are made from the cipher's words here and not with the library's distributions, whose values may
/// change from one release to the next.
#[derive(Debug)]
pub(super) struct Chance(ChaCha8Rng);

impl Chance {
    /// The stream of the thing at a place.
    pub(super) fn new(seed: u64, of: Stream, place: u64) -> Self {
        let words = [seed.to_le_bytes(), (of as u64).to_le_bytes(), *b"yuti dem", *b"o set v1"];
        let mut key = [0; 32];
        for (to, from) in key.iter_mut().zip(words.iter().flatten()) {
            *to = *from;
        }
        let mut rng = ChaCha8Rng::from_seed(key);
        rng.set_stream(place);
        Self(rng)
    }

    /// A number below `bound`; 0 where the bound is 0.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.0.next_u64()) * u128::from(bound);
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// A number from `least` to `most`, both included.
    pub(super) fn range(&mut self, least: i64, most: i64) -> i64 {
        let span = u64::try_from(most.saturating_sub(least)).unwrap_or(0);
        least + i64::try_from(self.below(span + 1)).unwrap_or(0)
    }

    /// True in `share` of a thousand cases.
    pub(super) fn permille(&mut self, share: u64) -> bool {
        self.below(1000) < share
    }

    /// One of the items; `None` where there is none.
    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let place = self.below(items.len() as u64);
        items.get(usize::try_from(place).unwrap_or(0))
    }

    /// One of the items by their weights; `None` where they weigh nothing.
    pub(super) fn weighted<'a, T>(&mut self, items: &'a [T], weight: impl Fn(&T) -> u64) -> Option<&'a T> {
        let mut left = self.below(items.iter().map(&weight).sum());
        items.iter().find(|item| {
            let own = weight(item);
            let here = left < own;
            left = left.saturating_sub(own);
            here
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn draws(seed: u64, of: Stream, place: u64) -> Vec<u64> {
        let mut chance = Chance::new(seed, of, place);
        (0..8).map(|_| chance.below(1_000_000)).collect()
    }

    #[test]
    fn a_stream_repeats_and_differs_from_every_other() {
        let one = draws(7, Stream::Elevator, 3);
        assert_eq!(one, draws(7, Stream::Elevator, 3));
        for other in
            [draws(8, Stream::Elevator, 3), draws(7, Stream::Block, 3), draws(7, Stream::Elevator, 4)]
        {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn the_draws_of_a_seed_stay_the_same_for_ever() {
        assert_eq!(
            draws(7, Stream::Elevator, 3),
            [817_325, 188_244, 721_281, 429_651, 859_954, 61_710, 245_908, 460_390]
        );
    }

    #[test]
    fn ranges_reach_both_ends_and_weights_are_kept() {
        let mut chance = Chance::new(1, Stream::Block, 0);
        let mut seen = [false; 3];
        for _ in 0..200 {
            *seen.get_mut(usize::try_from(chance.range(-1, 1) + 1).unwrap()).unwrap() = true;
        }
        assert_eq!(seen, [true; 3]);
        let items = [("never", 0), ("rarely", 1), ("mostly", 9)];
        let mut rarely = 0;
        for _ in 0..2000 {
            match chance.weighted(&items, |item| item.1).unwrap().0 {
                "rarely" => rarely += 1,
                other => assert_eq!(other, "mostly"),
            }
        }
        assert!((120..=280).contains(&rarely), "{rarely}");
        assert!(chance.weighted(&items[..1], |item| item.1).is_none());
    }
}
