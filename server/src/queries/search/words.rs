//! SQL of the full-text search.

use crate::{
    db::{ReadFrom, Store, on},
    error::{DbErrorKind, ServerError, meaning},
};
use app::domain::id::RestaurantId;
use futures::FutureExt as _;
use uuid::Uuid;

/// Items returned per restaurant.
const DISHES: i32 = 3;

/// A restaurant that matches a query.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The restaurant's id.
    pub restaurant: RestaurantId,
    /// Whether its own text matches, without an item.
    pub by_itself: bool,
    /// Matching items, best first.
    pub dishes: Vec<String>,
    /// Position of the match in the best item's text; lower is better.
    pub rank: i32,
}

/// Restaurants whose text, together with that of one of their items, contains every word of a query.
///
/// `words` are normalized; the longest one uses the index, the others are compared.
pub(crate) async fn containing(store: &Store, source: ReadFrom, words: &[String]) -> Result<Vec<Hit>, ServerError> {
    let patterns: Vec<String> = words.iter().map(|word| pattern(word)).collect();
    let statement = sqlx::query_as!(
        HitRow,
        r#"
        SELECT restaurant_id AS "restaurant_id!", bool_or(by_itself) AS "by_itself!",
            coalesce((array_agg(dish ORDER BY rank, dish) FILTER (WHERE dish IS NOT NULL))[1:$3], '{}') AS "dishes!",
            coalesce(min(rank), 0) AS "rank!"
        FROM (
            SELECT r.restaurant_id, true AS by_itself, NULL::text AS dish, NULL::integer AS rank
            FROM restaurants r
            WHERE r.search_text LIKE ALL ($1)
            UNION ALL
            SELECT i.restaurant_id, false, i.name, strpos(i.search_text, $2)
            FROM items i
            JOIN restaurants r ON r.restaurant_id = i.restaurant_id
            WHERE i.search_text LIKE ANY ($1) AND (i.search_text || ' ' || r.search_text) LIKE ALL ($1)
        ) hits
        GROUP BY restaurant_id
        "#,
        &patterns,
        longest(words),
        DISHES,
    );
    let rows = store.everywhere().from(source).read(|db| statement.fetch_all(db).boxed()).await?;
    Ok(rows.into_iter().map(HitRow::hit).collect())
}

/// Like [`containing`] with one typo per word. Empty where the extension `pg_trgm` is missing.
pub(crate) async fn resembling(store: &Store, source: ReadFrom, words: &[String]) -> Result<Vec<Hit>, ServerError> {
    let patterns: Vec<String> = words.iter().map(|word| pattern(word)).collect();
    let mut tx = store.everywhere().from(source).begin().await?;
    let found = store.bounded(tx.node(), async {
        // Two of six trigrams of a five-letter word survive a wrong letter in its middle.
        sqlx::query!("SET LOCAL pg_trgm.word_similarity_threshold = 0.45").execute(on(&mut tx)).await?;
        let statement = sqlx::query_as!(
            HitRow,
            r#"
            SELECT restaurant_id AS "restaurant_id!", bool_or(by_itself) AS "by_itself!",
                coalesce((array_agg(dish ORDER BY rank, dish) FILTER (WHERE dish IS NOT NULL))[1:$4], '{}')
                    AS "dishes!",
                coalesce(min(rank), 0) AS "rank!"
            FROM (
                SELECT r.restaurant_id, true AS by_itself, NULL::text AS dish, NULL::integer AS rank
                FROM restaurants r
                WHERE $2 <% r.search_text
                  AND NOT EXISTS (SELECT FROM unnest($1::text[], $3::text[]) AS word(word, part)
                    WHERE NOT (word.word <% r.search_text OR r.search_text LIKE word.part))
                UNION ALL
                SELECT i.restaurant_id, false, i.name,
                    (100 * (1 - word_similarity($2, i.search_text)))::integer
                FROM items i
                JOIN restaurants r ON r.restaurant_id = i.restaurant_id
                WHERE $2 <% i.search_text
                  AND NOT EXISTS (SELECT FROM unnest($1::text[], $3::text[]) AS word(word, part)
                    WHERE NOT (word.word <% (i.search_text || ' ' || r.search_text)
                        OR (i.search_text || ' ' || r.search_text) LIKE word.part))
            ) hits
            GROUP BY restaurant_id
            "#,
            words,
            longest(words),
            &patterns,
            DISHES,
        );
        Ok(statement.fetch_all(on(&mut tx)).await?)
    });
    match found.await {
        Ok(rows) => Ok(rows.into_iter().map(HitRow::hit).collect()),
        Err(ServerError::Database(error)) if meaning(&error) == DbErrorKind::Broken => {
            tracing::debug!(%error, "fuzzy search failed, is the extension pg_trgm installed?");
            Ok(Vec::new())
        }
        Err(error) => Err(error),
    }
}

struct HitRow {
    restaurant_id: Uuid,
    by_itself: bool,
    dishes: Vec<String>,
    rank: i32,
}

impl HitRow {
    fn hit(self) -> Hit {
        let restaurant = RestaurantId::from_uuid(self.restaurant_id);
        Hit { restaurant, by_itself: self.by_itself, dishes: self.dishes, rank: self.rank }
    }
}

/// The longest word is the most selective.
fn longest(words: &[String]) -> &str {
    words.iter().max_by_key(|word| word.chars().count()).map_or("", String::as_str)
}

/// A LIKE pattern.
fn pattern(word: &str) -> String {
    let mut pattern = String::with_capacity(word.len() + 2);
    pattern.push('%');
    for letter in word.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}
