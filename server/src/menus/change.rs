//! Menu edits by staff: validated, stored in one transaction that increments the version, and announced.

use crate::{
    context::AppContext,
    db::Tx,
    error::ServerError,
    menus::{Snapshot, additions::Addition, audited::Audited},
    queries::menus::{self, Naming, Until},
    restaurants::normalize,
};
use app::{
    domain::{
        board::{MenuChange, NewItem, SoldOut},
        error::AppError,
        id::{ItemId, ModifierId, RestaurantId, SectionId},
        money::Money,
        restaurant::Restaurant,
        text,
        time::Timestamp,
    },
    services::{EditableMenu, Staff},
};
use std::sync::Arc;
use uuid::Uuid;

/// In minor units.
const HIGHEST_PRICE: i64 = 1_000_000_000;
/// In minutes.
const LONGEST_PAUSE: u32 = 24 * 60;
/// Longest sold-out mark with an end, in minutes; beyond that it is until further notice.
const LONGEST_MARK: i64 = 366 * 24 * 60;

/// The menu as its owner edits it. Only for staff of the restaurant.
pub async fn editable(context: &AppContext, staff: &Staff, slug: &str) -> Result<EditableMenu, ServerError> {
    let place = staff.workplace(slug)?;
    let snapshot = context.catalogue.refresh(place.restaurant).await?;
    let now = context.clock.now();
    Ok(EditableMenu {
        restaurant: snapshot.restaurant.clone(),
        state: snapshot.state_at(now),
        paused: snapshot.pause(now).is_some(),
        menu: snapshot.menu_at(now),
    })
}

/// Edits the menu or the pause, visible to guests immediately. Only for staff of the restaurant, as far as their role
/// allows.
pub async fn change(context: &AppContext, staff: &Staff, slug: &str, change: &MenuChange) -> Result<(), ServerError> {
    let restaurant = staff.allowed(slug, change.permission())?.restaurant;
    let snapshot = context.catalogue.by_id(restaurant).await?;
    let edit = Edit { restaurant, snapshot, now: context.clock.now() };
    let mut tx = context.store.of(restaurant).begin().await?;
    let node = tx.node();
    let work = async {
        menus::bump(&mut tx, restaurant).await?.ok_or_else(|| AppError::not_found("restaurant"))?;
        let audited = Audited::read(&mut tx, restaurant, (&edit.snapshot, edit.now), change).await?;
        edit.apply(&mut tx, change).await?;
        audited.record(context, &mut tx, restaurant, staff).await
    };
    context.store.bounded(node, work).await?;
    context.store.commit(tx).await.map_err(|error| of_a_step(change, error))?;
    super::announce(context, restaurant).await
}

/// Moving up or down has no idempotency key: a retry would move twice.
fn of_a_step(change: &MenuChange, error: ServerError) -> ServerError {
    let is_step = matches!(change, MenuChange::MoveItem(..) | MenuChange::MoveSection(..));
    if is_step && matches!(error, ServerError::Unanswered | ServerError::Unknown(_)) {
        tracing::warn!(%error, "menu reorder: outcome unknown, connection lost");
        let words = "The connection broke before the answer came. Look at the order of the menu before you try again.";
        return AppError::conflict("unknown_outcome", words).into();
    }
    error
}

/// One edit of one restaurant at one instant.
struct Edit {
    restaurant: RestaurantId,
    snapshot: Arc<Snapshot>,
    now: Timestamp,
}

impl Edit {
    fn price(&self, minor: i64) -> Result<i64, AppError> {
        if (0..=HIGHEST_PRICE).contains(&minor) {
            return Ok(minor);
        }
        let Restaurant { currency, locale, .. } = &*self.snapshot.restaurant;
        let [lowest, highest] = [0, HIGHEST_PRICE].map(|bound| Money::new(bound, *currency).text(locale));
        Err(AppError::invalid("value", "price_out_of_range", format!("Enter a price between {lowest} and {highest}.")))
    }

    async fn apply(&self, tx: &mut Tx, change: &MenuChange) -> Result<(), ServerError> {
        let restaurant = self.restaurant;
        match change {
            MenuChange::RenameItem(item, name) => {
                let name = menu_name(name)?;
                self.word(tx, *item, |naming| naming.name.clone_from(&name)).await
            }
            MenuChange::DescribeItem(item, words) => {
                let words = description(words)?;
                self.word(tx, *item, |naming| naming.description.clone_from(&words)).await
            }
            MenuChange::RenameSection(section, name) => self.rename_section(tx, *section, &menu_name(name)?).await,
            MenuChange::Price(variant, minor) => {
                found(menus::price(tx, restaurant, *variant, self.price(*minor)?).await?, "size")
            }
            MenuChange::ModifierPrice(modifier, minor) => {
                self.ensure_counts(*modifier, None)?;
                found(menus::modifier_price(tx, restaurant, *modifier, self.price(*minor)?).await?, "choice")
            }
            MenuChange::ModifierSizePrice(modifier, size, minor) => {
                self.ensure_counts(*modifier, Some(size))?;
                let minor = self.price(*minor)?;
                found(menus::modifier_size_price(tx, restaurant, *modifier, size, minor).await?, "choice")
            }
            MenuChange::ItemSoldOut(item, mark) => {
                found(menus::item_sold_out(tx, restaurant, *item, self.end(*mark)?).await?, "dish")
            }
            MenuChange::ModifierSoldOut(modifier, mark) => {
                found(menus::modifier_sold_out(tx, restaurant, *modifier, self.end(*mark)?).await?, "choice")
            }
            MenuChange::MoveItem(item, by) => {
                let mut items = menus::items_of_same_section(tx, restaurant, *item).await?;
                shift(&mut items, item.uuid(), *by, "dish")?;
                found(menus::arrange_items(tx, restaurant, &items).await?, "dish")
            }
            MenuChange::MoveSection(section, by) => {
                let mut sections = menus::sections(tx, restaurant).await?;
                shift(&mut sections, section.uuid(), *by, "section")?;
                found(menus::arrange_sections(tx, restaurant, &sections).await?, "section")
            }
            MenuChange::AddItem(section, new) => {
                let name = new_name(&new.name)?;
                self.addition(new, &name)?.to(tx, *section).await
            }
            MenuChange::AddSection(section, new) => {
                let (section, name) = (text_at("section", section)?, new_name(&new.name)?);
                self.addition(new, &name)?.to_new(tx, &section).await
            }
            MenuChange::DeleteItem(item) => found(menus::delete_item(tx, restaurant, *item).await?, "dish"),
            MenuChange::ItemTaxClass(item, class) => {
                self.ensure_class(tx, class.as_deref()).await?;
                found(menus::item_tax_class(tx, restaurant, *item, class.as_deref()).await?, "dish")
            }
            MenuChange::SectionTaxClass(section, class) => {
                self.ensure_class(tx, class.as_deref()).await?;
                found(menus::section_tax_class(tx, restaurant, *section, class.as_deref()).await?, "section")
            }
            MenuChange::ModifierTaxClass(modifier, class) => {
                self.ensure_class(tx, class.as_deref()).await?;
                found(menus::modifier_tax_class(tx, restaurant, *modifier, class.as_deref()).await?, "choice")
            }
            MenuChange::Pause(minutes) => {
                found(menus::pause(tx, restaurant, self.pause_end(*minutes)?).await?, "restaurant")
            }
        }
    }

    /// Read in the transaction: the settings of taxes may have changed since the page was opened.
    async fn ensure_class(&self, tx: &mut Tx, class: Option<&str>) -> Result<(), ServerError> {
        let Some(class) = class else { return Ok(()) };
        let rules = menus::tax_rules(tx, self.restaurant).await?;
        if rules.is_some_and(|rules| rules.class(class).is_some()) {
            return Ok(());
        }
        let words = "This tax class was removed. Reload the page and choose another one.";
        Err(AppError::invalid("value", "unknown_class", words).into())
    }

    fn addition<'a>(&self, new: &'a NewItem, name: &'a str) -> Result<Addition<'a>, AppError> {
        let price_minor = self.price(new.price)?;
        Ok(Addition { restaurant: self.restaurant, key: &new.key, name, price_minor })
    }

    /// Changes an item's texts and its search text.
    async fn word(&self, tx: &mut Tx, item: ItemId, word: impl Fn(&mut Naming)) -> Result<(), ServerError> {
        let mut items = menus::naming(tx, self.restaurant, Some(item), None).await?;
        items.iter_mut().for_each(word);
        found(menus::rename_items(tx, self.restaurant, &findable(items)).await?, "dish")
    }

    /// Renames a section and updates the search text of its items.
    async fn rename_section(&self, tx: &mut Tx, section: SectionId, name: &str) -> Result<(), ServerError> {
        found(menus::rename_section(tx, self.restaurant, section, name).await?, "section")?;
        let items = menus::naming(tx, self.restaurant, None, Some(section)).await?;
        menus::rename_items(tx, self.restaurant, &findable(items)).await?;
        Ok(())
    }

    /// A price must be on some bill: for a variant that an item with this modifier has, or, without a variant, where
    /// some variant has no price of its own.
    fn ensure_counts(&self, modifier: ModifierId, size: Option<&str>) -> Result<(), AppError> {
        let menu = self.snapshot.menu_at(self.now);
        let mut groups = menu.groups.iter();
        let found = groups.find_map(|group| Some((group, group.modifiers.iter().find(|of| of.id == modifier)?)));
        let Some((group, modifier)) = found else {
            // A modifier that no item uses now may be used again.
            return if size.is_none() { Ok(()) } else { Err(AppError::not_found("choice")) };
        };
        let sizes = menu.sizes_of(group.id);
        let counts = match size {
            Some(size) => sizes.iter().any(|variant| variant.size == size),
            None => modifier.has_price_besides(&sizes),
        };
        let words = "This choice has other sizes with prices of their own by now. Reload the page and change those.";
        if counts { Ok(()) } else { Err(AppError::invalid("value", "other_sizes", words)) }
    }

    /// The end of a mark; none for a restaurant without a next opening.
    fn end(&self, mark: SoldOut) -> Result<Option<Until>, AppError> {
        match mark {
            SoldOut::No => Ok(None),
            SoldOut::Today => {
                let tomorrow = self.snapshot.next_business_day(self.now);
                Ok(Some(tomorrow.map_or(Until::Forever, Until::At)))
            }
            SoldOut::UntilStocked => Ok(Some(Until::Forever)),
            SoldOut::Until(at) if at > self.now && at < self.now.plus_minutes(LONGEST_MARK) => Ok(Some(Until::At(at))),
            SoldOut::Until(_) => {
                Err(AppError::invalid("until", "time_out_of_range", "Choose a time to come, within a year."))
            }
        }
    }

    fn pause_end(&self, minutes: u32) -> Result<Option<Timestamp>, AppError> {
        match minutes {
            0 => Ok(None),
            1..=LONGEST_PAUSE => Ok(Some(self.now.plus_minutes(minutes.into()))),
            _ => Err(AppError::invalid("value", "pause_out_of_range", "Pause for at most 24 hours.")),
        }
    }
}

fn menu_name(name: &str) -> Result<String, AppError> {
    text_at("value", name)
}

fn new_name(name: &str) -> Result<String, AppError> {
    text_at("name", name)
}

/// A name of the menu in a field.
fn text_at(field: &str, name: &str) -> Result<String, AppError> {
    text::menu_name(field, name).map_err(|problem| AppError::Invalid { problems: vec![problem] })
}

fn description(words: &str) -> Result<String, AppError> {
    text::note("value", words, text::MAX_DESCRIPTION).map_err(|problem| AppError::Invalid { problems: vec![problem] })
}

fn findable(items: Vec<Naming>) -> Vec<(Naming, String)> {
    let text = |naming: &Naming| {
        normalize::dish(&naming.name, naming.name_en.as_deref(), &naming.description, &naming.section)
    };
    items.into_iter().map(|naming| (naming.clone(), text(&naming))).collect()
}

/// Moves an entry up or down; at the end of the list it stays.
fn shift(ids: &mut [Uuid], id: Uuid, by: i8, what: &str) -> Result<(), AppError> {
    let at = ids.iter().position(|other| *other == id).ok_or_else(|| AppError::not_found(what))?;
    let to = match by {
        -1 => at.saturating_sub(1),
        1 => (at + 1).min(ids.len() - 1),
        _ => return Err(AppError::invalid("value", "move_out_of_range", "Move by one place up or down.")),
    };
    ids.swap(at, to);
    Ok(())
}

fn found(rows: u64, what: &str) -> Result<(), ServerError> {
    if rows == 0 { Err(AppError::not_found(what).into()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_stops_at_the_ends() {
        let ids: Vec<_> = (0..3).map(Uuid::from_u128).collect();
        let [first, second, third] = [ids[0], ids[1], ids[2]];
        let mut moved = ids.clone();
        shift(&mut moved, third, -1, "dish").unwrap();
        assert_eq!(moved, [first, third, second]);
        shift(&mut moved, first, -1, "dish").unwrap();
        assert_eq!(moved, [first, third, second]);
        shift(&mut moved, second, 1, "dish").unwrap();
        assert_eq!(moved, [first, third, second]);
        assert!(shift(&mut moved, first, 2, "dish").is_err());
        assert_eq!(shift(&mut moved, Uuid::from_u128(9), 1, "dish"), Err(AppError::not_found("dish")));
    }
}
