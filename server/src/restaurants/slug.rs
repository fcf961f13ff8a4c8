//! Slugs: derived from names, and reserved for one restaurant each.

use crate::{context::AppContext, error::ServerError, queries::restaurants};
use app::domain::{error::AppError, id::RestaurantId};
use deunicode::deunicode;

/// Longest derived slug; a number may follow.
const MAX_DERIVED: usize = 50;
/// Slugs with a number that are tried before one with a part of the restaurant's id.
const MAX_NUMBER: u32 = 9;
/// Earlier slugs of a restaurant that lead to it.
const MOST_EARLIER: usize = 5;
/// Addresses of pages.
const RESERVED: &[&str] = &["new"];

/// Whether a page of the site has this slug's address.
pub(crate) fn is_address(slug: &str) -> bool {
    RESERVED.contains(&slug)
}

/// A slug for a name of any script.
fn derived(name: &str) -> String {
    let plain = deunicode(name).to_ascii_lowercase().replace(['\'', '’'], "");
    let parts: Vec<_> =
        plain.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let whole = parts.join("-");
    let short: String = whole.chars().take(MAX_DERIVED).collect();
    let short = short.trim_end_matches('-');
    if short.is_empty() { "restaurant".to_owned() } else { short.to_owned() }
}

/// Reserves a slug for a new restaurant. Repeated for the same restaurant and name it finds the same one.
pub(super) async fn reserve_for(
    context: &AppContext,
    restaurant: RestaurantId,
    name: &str,
) -> Result<String, ServerError> {
    let base = derived(name);
    let numbered = (2..=MAX_NUMBER).map(|number| format!("{base}-{number}"));
    let last: String = restaurant.uuid().simple().to_string().chars().rev().take(8).collect();
    let candidates = std::iter::once(base.clone()).chain(numbered).chain([format!("{base}-{last}")]);
    for slug in candidates.filter(|slug| !is_address(slug)) {
        if is_reserved(context, restaurant, &slug).await? {
            return Ok(slug);
        }
    }
    Err(AppError::invalid("name", "taken", "Too many restaurants have this name. Add the street or the city to it.")
        .into())
}

/// Whether a slug could be reserved for a restaurant.
pub(crate) async fn is_reserved(
    context: &AppContext,
    restaurant: RestaurantId,
    slug: &str,
) -> Result<bool, ServerError> {
    let owner = restaurants::reserve(&context.store, slug, restaurant).await?;
    context.catalogue.slugs.clear_negative_entry(slug).await;
    Ok(owner == restaurant)
}

/// Reserves a slug that a restaurant is about to have instead of `current`; whether it could.
pub(crate) async fn reserve_instead(
    context: &AppContext,
    restaurant: RestaurantId,
    (current, slug): (&str, &str),
) -> Result<bool, ServerError> {
    if !is_reserved(context, restaurant, slug).await? {
        return Ok(false);
    }
    if slug != current {
        let now = context.clock.now();
        // The one before is the latest of the earlier ones, whenever it was reserved.
        restaurants::note_slug(&context.store, restaurant, current, now).await?;
        restaurants::note_slug(&context.store, restaurant, slug, now).await?;
    }
    Ok(true)
}

/// Frees earlier slugs but the last five for others. What fails is freed with the next change of the slug.
pub(crate) async fn free_oldest(context: &AppContext, restaurant: RestaurantId, current: &str) {
    let freed = async {
        let noted = restaurants::noted_slugs(&context.store, restaurant).await?;
        for old in noted.iter().filter(|noted| *noted != current).skip(MOST_EARLIER) {
            restaurants::free_slug(&context.store, restaurant, old).await?;
        }
        Ok::<_, ServerError>(())
    };
    if let Err(error) = freed.await {
        tracing::warn!(%restaurant, %error, "earlier slugs stay reserved");
    }
}

#[cfg(test)]
mod tests {
    use super::derived;

    #[test]
    fn names_of_every_script_get_a_slug() {
        for (name, slug) in [
            ("Luigi's Hearth", "luigis-hearth"),
            ("Bäckerei Morgenrot", "backerei-morgenrot"),
            ("  Chez Zoé & Fils — Paris ", "chez-zoe-fils-paris"),
            ("Ресторан Пушкинъ", "restoran-pushkin"),
            ("🍕🍕", "pizza-pizza"),
            ("!!!", "restaurant"),
        ] {
            assert_eq!(derived(name), slug, "{name}");
        }
        for name in ["بيت المرجان", "居酒屋あかり", "ร้านอาหาร", "한식당"] {
            let slug = derived(name);
            assert!(
                slug.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'),
                "{slug}"
            );
            assert_ne!(slug, "restaurant", "{name}");
        }
        assert!(derived(&"ab-".repeat(60)).len() <= 50);
    }
}
