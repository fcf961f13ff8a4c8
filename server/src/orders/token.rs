//! The token of an order: its restaurant, which routes to one shard, and 128 random bits.

use app::domain::id::RestaurantId;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

/// A new token for an order of a restaurant.
pub fn mint(restaurant: RestaurantId) -> String {
    let secret: [u8; 16] = rand::random();
    let mut bytes = restaurant.uuid().into_bytes().to_vec();
    bytes.extend(secret);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The restaurant of a token; none when it is malformed.
pub fn restaurant(token: &str) -> Option<RestaurantId> {
    // Longer texts are rejected before decoding.
    if token.len() != 43 {
        return None;
    }
    let bytes: [u8; 32] = URL_SAFE_NO_PAD.decode(token).ok()?.try_into().ok()?;
    let (restaurant, _) = bytes.split_first_chunk::<16>()?;
    Some(RestaurantId::from_uuid(Uuid::from_bytes(*restaurant)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_its_restaurant_and_never_repeats() {
        let here = RestaurantId::from_uuid(Uuid::new_v4());
        let (first, second) = (mint(here), mint(here));
        assert_ne!(first, second);
        assert_eq!(restaurant(&first), Some(here));
    }

    proptest! {
        #[test]
        fn noise_is_no_address(noise in ".{0,60}") {
            if let Some(found) = restaurant(&noise) {
                prop_assert!(!found.to_string().is_empty());
            }
        }
    }
}
