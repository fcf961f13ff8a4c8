//! Secrets of rows of a restaurant, for links of invitations and devices of shared screens: the ids of restaurant and row, which
//! find the row on one shard, and 256 random bits of which the row has the SHA-256.

use crate::accounts::fingerprint_of;
use app::domain::id::RestaurantId;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

const ID: usize = 16;
const RANDOM: usize = 32;

/// A secret that was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Opened {
    pub(crate) restaurant: RestaurantId,
    /// The id of the row.
    pub(crate) row: Uuid,
    pub(crate) fingerprint: String,
}

/// A new secret and its fingerprint.
pub(crate) fn mint(restaurant: RestaurantId, row: Uuid) -> (String, String) {
    let random = rand::random::<[u8; RANDOM]>();
    let [restaurant, row] = [restaurant.uuid(), row].map(Uuid::into_bytes);
    let parts = [restaurant.as_slice(), &row, &random];
    (URL_SAFE_NO_PAD.encode(parts.concat()), fingerprint_of(&random))
}

/// None when it is malformed.
pub(crate) fn open(secret: &str) -> Option<Opened> {
    let bytes = URL_SAFE_NO_PAD.decode(secret).ok()?;
    let (restaurant, rest) = bytes.split_at_checked(ID)?;
    let (row, random) = rest.split_at_checked(ID)?;
    let opened = Opened {
        restaurant: RestaurantId::from_uuid(Uuid::from_slice(restaurant).ok()?),
        row: Uuid::from_slice(row).ok()?,
        fingerprint: fingerprint_of(random),
    };
    (random.len() == RANDOM).then_some(opened)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_names_its_row_and_is_not_stored() {
        let (restaurant, row) = (RestaurantId::from_uuid(Uuid::now_v7()), Uuid::now_v7());
        let (secret, fingerprint) = mint(restaurant, row);
        assert_eq!(open(&secret), Some(Opened { restaurant, row, fingerprint: fingerprint.clone() }));
        assert!(!secret.contains(&fingerprint) && mint(restaurant, row).0 != secret);
        for noise in ["", "short", "ä", &"A".repeat(43), &"A".repeat(88), &secret[1..], &format!("{secret}AAAA")] {
            assert_eq!(open(noise), None, "{noise}");
        }
    }
}
