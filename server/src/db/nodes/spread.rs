//! On which node a row stands: the cluster's own arithmetic on the value that its table is placed by.

use app::domain::id::{RestaurantId, StaffId, VisitorId};
use std::collections::HashMap;
use uuid::Uuid;

/// The value that a statement's rows are placed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key<'a> {
    /// Everything of a restaurant.
    Restaurant(RestaurantId),
    /// A name in addresses.
    Slug(&'a str),
    /// A staff account.
    Email(&'a str),
    /// Where somebody works.
    Staff(StaffId),
    /// A session, by its fingerprint.
    Session(&'a str),
    /// A guest's own orders.
    Visitor(VisitorId),
}

impl From<RestaurantId> for Key<'_> {
    fn from(restaurant: RestaurantId) -> Self {
        Self::Restaurant(restaurant)
    }
}

impl Key<'_> {
    /// The table that is placed by such a value, together with all that stand beside it.
    pub const fn table(&self) -> &'static str {
        match self {
            Self::Restaurant(_) => "restaurants",
            Self::Slug(_) => "slugs",
            Self::Email(_) => "staff_accounts",
            Self::Staff(_) => "staff_memberships",
            Self::Session(_) => "sessions",
            Self::Visitor(_) => "visitor_orders",
        }
    }

    /// The tables of all kinds of keys.
    pub const TABLES: [&'static str; 6] =
        ["restaurants", "slugs", "staff_accounts", "staff_memberships", "sessions", "visitor_orders"];

    /// The number that decides the shard.
    pub fn hash(&self) -> i32 {
        match self {
            Self::Restaurant(id) => hash(id.uuid().as_bytes()),
            Self::Staff(id) => hash(id.uuid().as_bytes()),
            Self::Visitor(id) => hash(id.uuid().as_bytes()),
            Self::Slug(text) | Self::Email(text) | Self::Session(text) => hash(text.as_bytes()),
        }
    }
}

/// A shard of a table, and the group of nodes that it stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shard {
    /// Its number.
    pub id: i64,
    /// The least number of a value in it.
    pub from: i32,
    /// The greatest.
    pub to: i32,
    /// Where it stands.
    pub group: i32,
}

/// The shards of the tables that keys name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spread {
    shards: HashMap<String, Vec<Shard>>,
}

impl Spread {
    /// Puts shards together.
    pub fn of(rows: impl IntoIterator<Item = (String, Shard)>) -> Self {
        let mut shards = HashMap::<String, Vec<Shard>>::new();
        for (table, shard) in rows {
            shards.entry(table).or_default().push(shard);
        }
        for of_table in shards.values_mut() {
            of_table.sort_unstable_by_key(|shard| shard.from);
        }
        Self { shards }
    }

    /// The shard of a key; none where tables are not spread.
    pub fn shard(&self, key: &Key<'_>) -> Option<&Shard> {
        let (shards, hash) = (self.shards.get(key.table())?, key.hash());
        let at = shards.partition_point(|shard| shard.to < hash);
        shards.get(at).filter(|shard| shard.from <= hash)
    }

    /// A restaurant's id that would stand on a group: what a look at the group asks for.
    pub fn some_restaurant_on(&self, group: i32) -> Option<RestaurantId> {
        // Each group of three holds every third one; so many in vain means that the group holds none.
        (0..512)
            .map(|_| RestaurantId::from_uuid(Uuid::new_v4()))
            .find(|id| self.shard(&Key::Restaurant(*id)).is_some_and(|shard| shard.group == group))
    }
}

/// PostgreSQL's `hash_any`, by which rows have been placed since hash indexes exist; it cannot change without moving
/// every row. A cluster test compares it with the database's own.
#[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "the function is defined to wrap")]
pub fn hash(bytes: &[u8]) -> i32 {
    let seed = 0x9e37_79b9_u32.wrapping_add(bytes.len() as u32).wrapping_add(3_923_095);
    let (mut a, mut b, mut c) = (seed, seed, seed);
    let mut blocks = bytes.chunks_exact(12);
    for block in &mut blocks {
        let word = |at| word(block, at);
        (a, b, c) = (a.wrapping_add(word(0)), b.wrapping_add(word(4)), c.wrapping_add(word(8)));
        mix(&mut a, &mut b, &mut c);
    }
    let rest = blocks.remainder();
    a = a.wrapping_add(word(rest, 0));
    b = b.wrapping_add(word(rest, 4));
    // The lowest byte of the last word is the length's.
    c = c.wrapping_add(word(rest, 8) << 8);
    last_mix(&mut a, &mut b, &mut c);
    c as i32
}

/// Four bytes from a place on, zeros behind the end.
fn word(bytes: &[u8], at: usize) -> u32 {
    let byte = |offset| u32::from(bytes.get(at + offset).copied().unwrap_or_default());
    byte(0) | byte(1) << 8 | byte(2) << 16 | byte(3) << 24
}

fn mix(a: &mut u32, b: &mut u32, c: &mut u32) {
    let round = |x: &mut u32, y: &mut u32, z: &mut u32, by: u32| {
        *x = x.wrapping_sub(*z) ^ z.rotate_left(by);
        *z = z.wrapping_add(*y);
    };
    round(a, b, c, 4);
    round(b, c, a, 6);
    round(c, a, b, 8);
    round(a, b, c, 16);
    round(b, c, a, 19);
    round(c, a, b, 4);
}

fn last_mix(a: &mut u32, b: &mut u32, c: &mut u32) {
    let round = |x: &mut u32, y: u32, by: u32| *x = (*x ^ y).wrapping_sub(y.rotate_left(by));
    round(c, *b, 14);
    round(a, *c, 11);
    round(b, *a, 25);
    round(c, *b, 16);
    round(a, *c, 4);
    round(b, *a, 14);
    round(c, *b, 24);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_as_the_database_does() {
        // `SELECT hashtext('…')`, `SELECT uuid_hash('…')`
        for (text, expected) in [
            ("toast", 743_320_846),
            ("", -1_477_818_771),
            ("abcdefghijklmnopqrstuvwxyz", 167_831_483),
            ("twelve bytes", 652_846_557),
        ] {
            assert_eq!(hash(text.as_bytes()), expected, "{text}");
        }
        let id: Uuid = "6f2ab0a5-0d3c-4d4f-9d0c-0f1f6a3c7d11".parse().unwrap();
        assert_eq!(Key::Restaurant(RestaurantId::from_uuid(id)).hash(), -431_321_175);
    }

    #[test]
    fn finds_the_shard_of_a_key() {
        let shard = |id, from, to, group| ("slugs".to_owned(), Shard { id, from, to, group });
        let spread = Spread::of([shard(2, 0, i32::MAX, 2), shard(1, i32::MIN, -1, 1)]);
        assert_eq!(spread.shard(&Key::Slug("toast")).map(|shard| shard.id), Some(2));
        assert_eq!(spread.shard(&Key::Slug("")).map(|shard| shard.id), Some(1));
        assert_eq!(spread.shard(&Key::Email("toast")), None);
        assert_eq!(Spread::of([shard(1, i32::MIN, -1, 1)]).shard(&Key::Slug("toast")), None);
    }

    #[test]
    fn a_look_at_a_group_asks_for_a_row_of_its_own() {
        let shard = |id, from, to, group| ("restaurants".to_owned(), Shard { id, from, to, group });
        let spread = Spread::of([shard(1, i32::MIN, -1, 1), shard(2, 0, i32::MAX, 2)]);
        for group in [1, 2] {
            let id = spread.some_restaurant_on(group).unwrap();
            assert_eq!(spread.shard(&Key::Restaurant(id)).unwrap().group, group);
        }
        assert_eq!(spread.some_restaurant_on(3), None);
    }
}
