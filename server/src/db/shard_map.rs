//! The shard of a row, by Citus' own hash of its distribution column.

use app::domain::id::{RestaurantId, StaffId, VisitorId};
use std::collections::HashMap;
use uuid::Uuid;

/// The value of the distribution column that a statement names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DistributionKey<'a> {
    /// All rows of a restaurant.
    Restaurant(RestaurantId),
    /// A restaurant's name in URLs.
    Slug(&'a str),
    /// A staff account.
    Email(&'a str),
    /// The memberships of a person.
    Staff(StaffId),
    /// A session, by its fingerprint.
    Session(&'a str),
    /// A visitor's list of orders.
    Visitor(VisitorId),
}

impl From<RestaurantId> for DistributionKey<'_> {
    fn from(restaurant: RestaurantId) -> Self {
        Self::Restaurant(restaurant)
    }
}

impl DistributionKey<'_> {
    /// The first table of the colocation group that is distributed by this value.
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

    /// The tables of all keys.
    pub const TABLES: [&'static str; 6] =
        ["restaurants", "slugs", "staff_accounts", "staff_memberships", "sessions", "visitor_orders"];

    /// The hash that decides the shard.
    pub fn hash(&self) -> i32 {
        match self {
            Self::Restaurant(id) => hash(id.uuid().as_bytes()),
            Self::Staff(id) => hash(id.uuid().as_bytes()),
            Self::Visitor(id) => hash(id.uuid().as_bytes()),
            Self::Slug(text) | Self::Email(text) | Self::Session(text) => hash(text.as_bytes()),
        }
    }
}

/// A shard of a table: a range of hashes, inclusive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shard {
    /// Its id in the cluster.
    pub id: i64,
    /// Lowest hash.
    pub from: i32,
    /// Highest hash.
    pub to: i32,
    /// The group that stores it.
    pub group: i32,
}

/// The shards of the tables of all keys; empty on plain PostgreSQL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShardMap {
    shards: HashMap<String, Vec<Shard>>,
}

impl ShardMap {
    /// From the shards of each table.
    pub fn new(rows: impl IntoIterator<Item = (String, Shard)>) -> Self {
        let mut shards = HashMap::<String, Vec<Shard>>::new();
        for (table, shard) in rows {
            shards.entry(table).or_default().push(shard);
        }
        for of_table in shards.values_mut() {
            of_table.sort_unstable_by_key(|shard| shard.from);
        }
        Self { shards }
    }

    /// Whether no table is distributed.
    pub fn is_empty(&self) -> bool {
        self.shards.is_empty()
    }

    /// The shard of a key; none if its table is not distributed.
    pub fn shard(&self, key: &DistributionKey<'_>) -> Option<&Shard> {
        let (shards, hash) = (self.shards.get(key.table())?, key.hash());
        let at = shards.partition_point(|shard| shard.to < hash);
        shards.get(at).filter(|shard| shard.from <= hash)
    }

    /// An id that a restaurant of this group could have; a health probe asks for it.
    pub fn sample_restaurant(&self, group: i32) -> Option<RestaurantId> {
        // A group that none of these belongs to has no shard.
        (0..512)
            .map(|_| RestaurantId::from_uuid(Uuid::new_v4()))
            .find(|id| self.shard(&DistributionKey::Restaurant(*id)).is_some_and(|shard| shard.group == group))
    }
}

/// PostgreSQL's `hash_any` (`src/common/hashfn.c`), which also decides hash partitions; it cannot change without moving every
/// row. A cluster test compares it with the database's own.
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
    final_mix(&mut a, &mut b, &mut c);
    c as i32
}

/// Four bytes from an offset on, zeros after the end.
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

fn final_mix(a: &mut u32, b: &mut u32, c: &mut u32) {
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
        assert_eq!(DistributionKey::Restaurant(RestaurantId::from_uuid(id)).hash(), -431_321_175);
    }

    #[test]
    fn the_shard_of_a_key_contains_its_hash() {
        let shard = |id, from, to, group| ("slugs".to_owned(), Shard { id, from, to, group });
        let map = ShardMap::new([shard(2, 0, i32::MAX, 2), shard(1, i32::MIN, -1, 1)]);
        assert_eq!(map.shard(&DistributionKey::Slug("toast")).map(|shard| shard.id), Some(2));
        assert_eq!(map.shard(&DistributionKey::Slug("")).map(|shard| shard.id), Some(1));
        assert_eq!(map.shard(&DistributionKey::Email("toast")), None);
        assert_eq!(ShardMap::new([shard(1, i32::MIN, -1, 1)]).shard(&DistributionKey::Slug("toast")), None);
    }

    #[test]
    fn a_sample_restaurant_belongs_to_its_group() {
        let shard = |id, from, to, group| ("restaurants".to_owned(), Shard { id, from, to, group });
        let map = ShardMap::new([shard(1, i32::MIN, -1, 1), shard(2, 0, i32::MAX, 2)]);
        for group in [1, 2] {
            let id = map.sample_restaurant(group).unwrap();
            assert_eq!(map.shard(&DistributionKey::Restaurant(id)).unwrap().group, group);
        }
        assert_eq!(map.sample_restaurant(3), None);
    }
}
