//! Decodes an item's form into a line request, for browser and server.

use crate::{
    domain::{
        cart::{Choice, LineRequest},
        id::{ItemId, ModifierId},
        menu::Item,
        typed::count,
    },
    forms::fields,
};
use uuid::Uuid;

/// Decodes the fields of an item's form, in the order in which they were sent.
///
/// Invalid values become a quantity of 0 or an unknown modifier, which pricing rejects with a sentence.
pub fn from_fields<'a>(item: ItemId, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> LineRequest {
    let mut selection = LineRequest { item, variant: None, modifiers: Vec::new(), quantity: 1, note: String::new() };
    for (name, value) in fields {
        match name {
            fields::VARIANT => selection.variant = value.parse().ok(),
            fields::QUANTITY => selection.quantity = count(value).unwrap_or_default(),
            fields::NOTE => value.clone_into(&mut selection.note),
            fields::MODIFIER => selection.modifiers.push(once(value)),
            _ if name.starts_with(fields::PICK_PREFIX) && !value.is_empty() => selection.modifiers.push(once(value)),
            _ => selection.modifiers.extend(counted(name, value)),
        }
    }
    selection
}

/// The initial selection: the first size, the preselected modifiers, one portion.
pub fn fresh<'a>(item: &Item, groups: impl Iterator<Item = &'a crate::domain::menu::ModifierGroup>) -> LineRequest {
    let preselected =
        groups.flat_map(|group| &group.modifiers).filter(|modifier| modifier.preselected && !modifier.sold_out);
    LineRequest {
        item: item.id,
        variant: item.variants.first().map(|variant| variant.id),
        modifiers: preselected.map(|modifier| Choice { modifier: modifier.id, quantity: 1 }).collect(),
        quantity: 1,
        note: String::new(),
    }
}

/// The selected quantity of a modifier.
pub fn count_of(selection: &LineRequest, modifier: ModifierId) -> u32 {
    selection.modifiers.iter().find(|choice| choice.modifier == modifier).map_or(0, |choice| choice.quantity)
}

fn once(value: &str) -> Choice {
    Choice { modifier: modifier(value), quantity: 1 }
}

fn counted(name: &str, value: &str) -> Option<Choice> {
    let id = name.strip_prefix(fields::COUNT_PREFIX)?;
    let value = value.trim();
    if value.is_empty() || value == "0" {
        return None;
    }
    let quantity = count(value).unwrap_or_default();
    Some(Choice { modifier: modifier(id), quantity })
}

fn modifier(text: &str) -> ModifierId {
    text.parse().unwrap_or(ModifierId::from_uuid(Uuid::nil()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_kind_of_choice() {
        let id = "0190a000-0000-7000-8000-000000000001";
        let item: ItemId = id.parse().unwrap();
        let count = format!("count-{id}");
        let pick = format!("pick-{id}");
        let fields = [("modifier", id), (count.as_str(), "2"), (pick.as_str(), ""), ("quantity", "3"), ("note", "hot")];
        let selection = from_fields(item, fields);
        assert_eq!(selection.modifiers.iter().map(|choice| choice.quantity).collect::<Vec<_>>(), [1, 2]);
        assert_eq!((selection.quantity, selection.note.as_str()), (3, "hot"));
        let typed = from_fields(item, [(count.as_str(), "٢"), ("quantity", "３")]);
        assert_eq!(typed.modifiers.iter().map(|choice| choice.quantity).collect::<Vec<_>>(), [2]);
        assert_eq!(typed.quantity, 3);
    }

    #[test]
    fn leaves_nonsense_to_pricing() {
        let item: ItemId = ItemId::from_uuid(Uuid::nil());
        let selection = from_fields(item, [("quantity", "-2"), ("modifier", "<script>"), ("csrf", "x")]);
        assert_eq!((selection.quantity, selection.modifiers.len()), (0, 1));
    }
}
