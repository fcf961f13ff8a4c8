//! The secret of an invitation's link: the ids of restaurant and invitation, which find the row on one shard, and 256 random
//! bits of which the row has the SHA-256.

use crate::accounts::fingerprint_of;
use app::domain::id::{InvitationId, RestaurantId};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

const ID: usize = 16;
const RANDOM: usize = 32;

/// A link that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Opened {
    pub(super) restaurant: RestaurantId,
    pub(super) invitation: InvitationId,
    pub(super) fingerprint: String,
}

/// A new secret and its fingerprint.
pub(super) fn mint(restaurant: RestaurantId, invitation: InvitationId) -> (String, String) {
    let random = rand::random::<[u8; RANDOM]>();
    let [restaurant, invitation] = [restaurant.uuid(), invitation.uuid()].map(Uuid::into_bytes);
    let parts = [restaurant.as_slice(), &invitation, &random];
    (URL_SAFE_NO_PAD.encode(parts.concat()), fingerprint_of(&random))
}

/// None when it is malformed.
pub(super) fn open(secret: &str) -> Option<Opened> {
    let bytes = URL_SAFE_NO_PAD.decode(secret).ok()?;
    let (restaurant, rest) = bytes.split_at_checked(ID)?;
    let (invitation, random) = rest.split_at_checked(ID)?;
    let opened = Opened {
        restaurant: RestaurantId::from_uuid(Uuid::from_slice(restaurant).ok()?),
        invitation: InvitationId::from_uuid(Uuid::from_slice(invitation).ok()?),
        fingerprint: fingerprint_of(random),
    };
    (random.len() == RANDOM).then_some(opened)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_names_its_invitation_and_is_not_stored() {
        let (restaurant, invitation) =
            (RestaurantId::from_uuid(Uuid::now_v7()), InvitationId::from_uuid(Uuid::now_v7()));
        let (secret, fingerprint) = mint(restaurant, invitation);
        assert_eq!(open(&secret), Some(Opened { restaurant, invitation, fingerprint: fingerprint.clone() }));
        assert!(!secret.contains(&fingerprint) && mint(restaurant, invitation).0 != secret);
        for noise in ["", "short", "ä", &"A".repeat(43), &"A".repeat(88), &secret[1..], &format!("{secret}AAAA")] {
            assert_eq!(open(noise), None, "{noise}");
        }
    }
}
