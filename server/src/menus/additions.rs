//! Items that staff add to a menu. Their ids derive from the key of the form, so that a form that is sent again adds
//! nothing twice.

use crate::{
    db::Tx,
    error::ServerError,
    queries::menus::{self, NewItem},
    restaurants::normalize,
};
use app::domain::{
    error::AppError,
    id::{ItemId, RestaurantId, SectionId},
};
use uuid::Uuid;

/// An item before it is added.
pub(super) struct Addition<'a> {
    pub(super) restaurant: RestaurantId,
    /// Made by the page.
    pub(super) key: &'a str,
    pub(super) name: &'a str,
    pub(super) price_minor: i64,
}

impl Addition<'_> {
    /// Adds the item to a section.
    pub(super) async fn to(&self, tx: &mut Tx, section: SectionId) -> Result<(), ServerError> {
        let found = menus::section_name(tx, self.restaurant, section).await?;
        let section_name = found.ok_or_else(|| AppError::not_found("section"))?;
        let item = self.id("item", &section.to_string());
        let new = NewItem {
            item: ItemId::from_uuid(item),
            variant: Uuid::new_v5(&item, b"variant"),
            section,
            name: self.name,
            search_text: &normalize::dish(self.name, None, "", &section_name),
            price_minor: self.price_minor,
        };
        menus::add_item(tx, self.restaurant, &new).await
    }

    /// Adds the item to a new section.
    pub(super) async fn to_new(&self, tx: &mut Tx, section_name: &str) -> Result<(), ServerError> {
        let section = SectionId::from_uuid(self.id("section", section_name));
        menus::add_section(tx, self.restaurant, section, section_name).await?;
        self.to(tx, section).await
    }

    fn id(&self, kind: &str, of: &str) -> Uuid {
        Uuid::new_v5(&self.restaurant.uuid(), [kind, self.key, of, self.name].join("\u{1f}").as_bytes())
    }
}
