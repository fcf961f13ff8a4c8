//! Ids derived from slugs and keys, so that a second import finds existing rows.

use app::domain::id::{ItemId, ModifierGroupId, ModifierId, RestaurantId, SectionId, StaffId, VariantId};
use uuid::Uuid;

/// Namespace of all imported ids.
const PLANTED: Uuid = Uuid::from_u128(0x7f0c_7c52_3f0e_5d0a_9d0e_2f4b_6a51_0c41);

pub fn restaurant_id(slug: &str) -> RestaurantId {
    RestaurantId::from_uuid(id(&["restaurant", slug]))
}

pub fn section_id(slug: &str, name: &str) -> SectionId {
    SectionId::from_uuid(id(&["section", slug, name]))
}

pub fn item_id(slug: &str, key: &str) -> ItemId {
    ItemId::from_uuid(id(&["item", slug, key]))
}

/// The id of a variant by the keys of item and variant; the only variant of an item has the key "".
pub fn variant_id(slug: &str, item: &str, key: &str) -> VariantId {
    VariantId::from_uuid(id(&["variant", slug, item, key]))
}

pub fn group_id(slug: &str, key: &str) -> ModifierGroupId {
    ModifierGroupId::from_uuid(id(&["group", slug, key]))
}

/// The id of a modifier by the keys of group and modifier.
pub fn modifier_id(slug: &str, group: &str, key: &str) -> ModifierId {
    ModifierId::from_uuid(id(&["modifier", slug, group, key]))
}

/// The id of a person by their e-mail address.
pub fn staff_id(email: &str) -> StaffId {
    StaffId::from_uuid(id(&["staff", email]))
}

fn id(path: &[&str]) -> Uuid {
    Uuid::new_v5(&PLANTED, path.join("\u{1f}").as_bytes())
}
