//! The only home of randomness. What must be repeatable (demonstration data, draws) takes a seed instead and does not come here.

use rand::Rng as _;

/// A new request id: a version 4 UUID in its usual text form.
#[must_use]
pub fn request_id() -> String {
    #[expect(clippy::disallowed_methods, reason = "this is the home of random ids")]
    let id = uuid::Uuid::new_v4();
    id.to_string()
}

/// `N` bytes of a cryptographically secure generator seeded by the operating system: secrets, salts, keys.
#[must_use]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    #[expect(clippy::disallowed_methods, reason = "this is the home of random bytes")]
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn request_ids_are_version_4_and_differ() {
        let ids: BTreeSet<String> = (0..1_000).map(|_| request_id()).collect();
        assert_eq!(ids.len(), 1_000);
        for id in &ids {
            let parsed = uuid::Uuid::parse_str(id).unwrap();
            assert_eq!(parsed.get_version_num(), 4);
            assert_eq!(parsed.to_string(), *id);
        }
    }

    #[test]
    fn random_bytes_fill_the_whole_array_and_differ() {
        let draws: BTreeSet<[u8; 16]> = (0..1_000).map(|_| random_bytes::<16>()).collect();
        assert_eq!(draws.len(), 1_000);
        // A place that is never written would stay zero in all of them.
        for place in 0..16 {
            assert!(draws.iter().any(|draw| draw.get(place).is_some_and(|byte| *byte != 0)), "place {place}");
        }
    }
}
