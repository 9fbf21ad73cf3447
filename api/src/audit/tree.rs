//! The Merkle tree of RFC 9162, 2.1. Pure: which hashes a root or a proof is made of, and what they come to.
//!
//! Only complete subtrees are kept. Whatever else a proof needs, the ragged right edge of a tree of some size, is folded
//! from at most one of them for each level, so that a proof reads a number of hashes that grows with the logarithm.

use sha2::{Digest as _, Sha256};

/// A hash of the tree.
pub type Hash = [u8; 32];

/// The root over nothing.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// The hash of a leaf.
pub fn leaf(bytes: &[u8]) -> Hash {
    let mut digest = Sha256::new();
    digest.update([0]);
    digest.update(bytes);
    digest.finalize().into()
}

/// The hash over two subtrees.
pub fn node(left: &Hash, right: &Hash) -> Hash {
    let mut digest = Sha256::new();
    digest.update([1]);
    digest.update(left);
    digest.update(right);
    digest.finalize().into()
}

/// A complete subtree: it covers `1 << level` leaves from `place << level` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// Its height; a leaf has 0.
    pub level: u32,
    /// Its place among those of its height.
    pub place: u64,
}

impl Place {
    /// The leaves that it covers: the first, and the first after it.
    pub fn leaves(self) -> (u64, u64) {
        (self.place << self.level, (self.place + 1) << self.level)
    }
}

/// The right edge of a tree that grows: its complete subtrees, from the left, each smaller than the one before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<(u32, Hash)>,
}

impl Frontier {
    /// The edge of a tree of `size` leaves whose complete subtrees, as [`cover`] names them, have these hashes.
    pub fn new(size: u64, peaks: &[Hash]) -> Option<Self> {
        let places = cover(0, size);
        let peaks: Vec<_> = places.iter().zip(peaks).map(|(place, hash)| (place.level, *hash)).collect();
        (peaks.len() == places.len()).then_some(Self { size, peaks })
    }

    /// How many leaves there are.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf. Returns the subtrees that it completes, from the lowest.
    pub fn push(&mut self, leaf: Hash) -> Vec<(Place, Hash)> {
        let index = self.size;
        self.size += 1;
        let mut completed = Vec::new();
        let (mut level, mut hash) = (0, leaf);
        while let Some((_, left)) = self.peaks.pop_if(|(height, _)| *height == level) {
            hash = node(&left, &hash);
            level += 1;
            completed.push((Place { level, place: index >> level }, hash));
        }
        self.peaks.push((level, hash));
        completed
    }

    /// The root.
    pub fn root(&self) -> Hash {
        let peaks: Vec<Hash> = self.peaks.iter().map(|(_, hash)| *hash).collect();
        fold(&peaks)
    }
}

/// The complete subtrees that a range of leaves is made of, from the left. The range begins where a subtree of its size may.
pub fn cover(start: u64, end: u64) -> Vec<Place> {
    let mut places = Vec::new();
    let mut from = start;
    while from < end {
        let level = (end - from).ilog2();
        places.push(Place { level, place: from >> level });
        from += 1 << level;
    }
    places
}

/// The hash over a range whose complete subtrees have these hashes.
pub fn fold(peaks: &[Hash]) -> Hash {
    let Some((last, rest)) = peaks.split_last() else { return empty_root() };
    rest.iter().rev().fold(*last, |right, left| node(left, &right))
}

/// What a proof is made of: for each of its hashes the complete subtrees that are folded to it.
pub type Plan = Vec<Vec<Place>>;

/// The proof that a leaf is in a tree of `size` leaves (RFC 9162, 2.1.3.1). `None` where it is not.
pub fn inclusion(index: u64, size: u64) -> Option<Plan> {
    if index >= size {
        return None;
    }
    let mut plan = Vec::new();
    let (mut start, mut end) = (0, size);
    while end - start > 1 {
        let middle = start + split(end - start);
        if index < middle {
            plan.push(cover(middle, end));
            end = middle;
        } else {
            plan.push(cover(start, middle));
            start = middle;
        }
    }
    plan.reverse();
    Some(plan)
}

/// The proof that a tree of `to` leaves begins with that of `from` leaves (RFC 9162, 2.1.4.1). Nothing needs to be shown
/// for a tree without leaves. `None` where `from` is the larger.
pub fn consistency(from: u64, to: u64) -> Option<Plan> {
    if from > to {
        return None;
    }
    let mut plan = Vec::new();
    if from == 0 || from == to {
        return Some(plan);
    }
    let (mut start, mut end) = (0, to);
    // Whether the subtree in hand is the whole smaller tree, whose root the reader has already.
    let mut known = true;
    while end != from {
        let middle = start + split(end - start);
        if from <= middle {
            plan.push(cover(middle, end));
            end = middle;
        } else {
            plan.push(cover(start, middle));
            start = middle;
            known = false;
        }
    }
    if !known {
        plan.push(cover(start, end));
    }
    plan.reverse();
    Some(plan)
}

/// The largest power of two below `size`, which is at least 2.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// The root that a leaf and its proof come to (RFC 9162, 2.1.3.2). `None` where the proof has not the length it must have.
pub fn root_of(index: u64, size: u64, leaf: &Hash, path: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    let (mut place, mut last) = (index, size - 1);
    let mut root = *leaf;
    for step in path {
        if last == 0 {
            return None;
        }
        if place & 1 == 1 || place == last {
            root = node(step, &root);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            root = node(&root, step);
        }
        place >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(root)
}

/// Whether a proof shows that the larger tree begins with the smaller one (RFC 9162, 2.1.4.2).
pub fn is_consistent(from: u64, to: u64, from_root: &Hash, to_root: &Hash, path: &[Hash]) -> bool {
    if from == 0 {
        return path.is_empty() && *from_root == empty_root();
    }
    if from == to {
        return path.is_empty() && from_root == to_root;
    }
    if from > to {
        return false;
    }
    let mut steps = path.iter();
    let first = if from.is_power_of_two() { Some(from_root) } else { steps.next() };
    let Some(first) = first else { return false };
    let (mut place, mut last) = (from - 1, to - 1);
    while place & 1 == 1 {
        place >>= 1;
        last >>= 1;
    }
    let (mut smaller, mut larger) = (*first, *first);
    for step in steps {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            smaller = node(step, &smaller);
            larger = node(step, &larger);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            larger = node(&larger, step);
        }
        place >>= 1;
        last >>= 1;
    }
    last == 0 && smaller == *from_root && larger == *to_root
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
    use std::collections::HashMap;

    use super::*;
    use crate::audit::canonical::{hex, unhex};

    /// A tree as the service keeps it: leaves and complete subtrees.
    struct Kept {
        nodes: HashMap<Place, Hash>,
        roots: Vec<Hash>,
    }

    impl Kept {
        fn of(leaves: &[Hash]) -> Self {
            let mut frontier = Frontier::default();
            let mut kept = Self { nodes: HashMap::new(), roots: vec![frontier.root()] };
            for (index, leaf) in leaves.iter().enumerate() {
                kept.nodes.insert(Place { level: 0, place: index as u64 }, *leaf);
                kept.nodes.extend(frontier.push(*leaf));
                kept.roots.push(frontier.root());
            }
            kept
        }

        fn proof(&self, plan: &Plan) -> Vec<Hash> {
            let hash =
                |places: &Vec<Place>| fold(&places.iter().map(|place| self.nodes[place]).collect::<Vec<_>>());
            plan.iter().map(hash).collect()
        }
    }

    fn leaves(number: u64) -> Vec<Hash> {
        (0..number).map(|index| leaf(&index.to_be_bytes())).collect()
    }

    /// The definition of RFC 9162, 2.1.1, word for word.
    fn by_definition(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty_root(),
            [only] => *only,
            _ => {
                let (left, right) = leaves.split_at(split(leaves.len() as u64) as usize);
                node(&by_definition(left), &by_definition(right))
            }
        }
    }

    /// The leaves and roots with which implementations of certificate transparency have always been compared.
    #[test]
    fn roots_are_those_that_the_field_knows() {
        let inputs = [
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ];
        let roots = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let hashes: Vec<Hash> = inputs.iter().map(|input| leaf(&unhex(input).unwrap())).collect();
        let kept = Kept::of(&hashes);
        assert_eq!(kept.roots.iter().map(|root| hex(root)).collect::<Vec<_>>(), roots);
    }

    /// The tree of seven leaves of RFC 9162, 2.1.5, with the proofs that stand there.
    #[test]
    fn proofs_are_those_of_the_examples_in_the_rfc() {
        let d = leaves(7);
        let (a, b, c, e, f, j) = (d[0], d[1], d[2], d[4], d[5], d[6]);
        let d_ = d[3];
        let (g, h, i) = (node(&a, &b), node(&c, &d_), node(&e, &f));
        let (k, l) = (node(&g, &h), node(&i, &j));
        let kept = Kept::of(&d);
        assert_eq!(kept.roots[7], node(&k, &l));
        let inclusion = |index| kept.proof(&inclusion(index, 7).unwrap());
        assert_eq!(inclusion(0), [b, h, l]);
        assert_eq!(inclusion(3), [c, g, l]);
        assert_eq!(inclusion(4), [f, j, k]);
        assert_eq!(inclusion(6), [i, k]);
        let consistency = |from| kept.proof(&consistency(from, 7).unwrap());
        assert_eq!(consistency(3), [c, d_, g, l]);
        assert_eq!(consistency(4), [l]);
        assert_eq!(consistency(6), [i, j, k]);
    }

    #[test]
    fn every_leaf_of_every_tree_is_proved_and_no_other() {
        const MOST: u64 = 130;
        let all = leaves(MOST);
        let kept = Kept::of(&all);
        for size in 1..=MOST {
            let root = kept.roots[size as usize];
            assert_eq!(root, by_definition(&all[..size as usize]), "{size}");
            for index in 0..size {
                let plan = inclusion(index, size).unwrap();
                assert!(plan.iter().map(Vec::len).sum::<usize>() <= 2 * 8, "{index} of {size}");
                let path = kept.proof(&plan);
                let leaf = &all[index as usize];
                assert_eq!(root_of(index, size, leaf, &path), Some(root), "{index} of {size}");
                let wrong = |index: u64, leaf: &Hash, path: &[Hash]| {
                    assert_ne!(root_of(index, size, leaf, path), Some(root), "{index} of {size}");
                };
                wrong(index, &node(leaf, leaf), &path);
                if size > 1 {
                    wrong((index + 1) % size, leaf, &path);
                    wrong(index, leaf, &path[1..]);
                }
                let mut longer = path.clone();
                longer.push(root);
                wrong(index, leaf, &longer);
                for step in 0..path.len() {
                    let mut other = path.clone();
                    other[step][31] ^= 1;
                    wrong(index, leaf, &other);
                }
            }
            assert_eq!(inclusion(size, size), None);
            assert_eq!(root_of(size, size, &all[0], &[]), None);
        }
    }

    #[test]
    fn every_tree_is_shown_to_begin_with_every_smaller_one_and_with_no_other() {
        const MOST: u64 = 130;
        let kept = Kept::of(&leaves(MOST));
        for to in 0..=MOST {
            let to_root = &kept.roots[to as usize];
            for from in 0..=to {
                let from_root = &kept.roots[from as usize];
                let path = kept.proof(&consistency(from, to).unwrap());
                assert!(is_consistent(from, to, from_root, to_root, &path), "{from} of {to}");
                if from == 0 {
                    continue;
                }
                let other = node(from_root, to_root);
                assert!(!is_consistent(from, to, &other, to_root, &path), "{from} of {to}");
                assert!(!is_consistent(from, to, from_root, &other, &path), "{from} of {to}");
                for step in 0..path.len() {
                    let mut wrong = path.clone();
                    wrong[step][0] ^= 1;
                    assert!(!is_consistent(from, to, from_root, to_root, &wrong), "{from} of {to}");
                    assert!(!is_consistent(from, to, from_root, to_root, &path[..step]), "{from} of {to}");
                }
                let mut longer = path.clone();
                longer.push(*from_root);
                assert!(!is_consistent(from, to, from_root, to_root, &longer), "{from} of {to}");
            }
            assert_eq!(consistency(to + 1, to), None);
        }
    }

    #[test]
    fn an_edge_is_taken_up_again_where_it_was_left() {
        let all = leaves(100);
        let kept = Kept::of(&all);
        for size in 0..100 {
            let peaks: Vec<Hash> = cover(0, size).iter().map(|place| kept.nodes[place]).collect();
            let mut frontier = Frontier::new(size, &peaks).unwrap();
            assert_eq!(frontier.root(), kept.roots[size as usize]);
            for (place, hash) in frontier.push(all[size as usize]) {
                assert_eq!(kept.nodes[&place], hash);
            }
            assert_eq!(frontier.root(), kept.roots[size as usize + 1]);
        }
        assert_eq!(Frontier::new(3, &[all[0]]), None);
    }

    /// Ten million leaves and more: what a proof reads stays a handful.
    #[test]
    fn a_proof_in_a_large_tree_reads_little() {
        for size in [10_000_000_u64, 9_999_999, (1 << 40) - 1] {
            let most = 2 * (64 - size.leading_zeros()) as usize;
            for index in [0, 1, size / 2, size / 3, size - 2, size - 1] {
                for plan in [inclusion(index, size).unwrap(), consistency(index, size).unwrap()] {
                    let read: usize = plan.iter().map(Vec::len).sum();
                    assert!(read <= most, "{read} for {index} of {size}");
                }
            }
        }
    }
}
