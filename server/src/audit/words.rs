//! The actions of the audit log in words.

/// Code of an action, and what the person did. The name of the changed thing follows.
const ACTIONS: &[(&str, &str)] = &[
    ("menu.item_name", "renamed the dish"),
    ("menu.item_description", "changed the description of"),
    ("menu.section_name", "renamed the section"),
    ("menu.price", "changed the price of"),
    ("menu.choice_price", "changed the price of the choice"),
    ("menu.sold_out", "changed whether it can be ordered:"),
    ("menu.choice_sold_out", "changed whether the choice can be ordered:"),
    ("menu.item_order", "moved the dish"),
    ("menu.section_order", "moved the section"),
    ("menu.item_added", "added the dish"),
    ("menu.item_deleted", "deleted the dish"),
    ("menu.tax_class", "changed the tax class of"),
    ("pause", "paused orders, or took them again"),
    ("team.invite", "invited"),
    ("team.withdraw", "withdrew the invitation of"),
    ("team.join", "joined the team:"),
    ("team.role", "changed the role of"),
    ("team.remove", "removed from the team:"),
    ("screen.started", "started the shared screen"),
    ("screen.ended", "ended the shared screen"),
    ("pin.set", "set their PIN for shared screens"),
    ("pin.removed", "removed their PIN for shared screens"),
    ("settings.general", "changed the general settings"),
    ("settings.hours", "changed the opening hours"),
    ("settings.service", "changed pickup, delivery and dine-in"),
    ("settings.delivery", "changed the delivery zones"),
    ("settings.charges", "changed charges and tips"),
    ("settings.tables", "changed the tables"),
    ("settings.tax", "changed the tax details"),
    ("settings.privacy", "changed how long contact data is kept"),
    ("restaurant.created", "set up the restaurant"),
    ("restaurant.listing", "changed who sees the restaurant"),
];

/// An action, as a predicate about a person. That of a later version is its code, made readable.
pub(super) fn did(action: &str) -> String {
    let known = ACTIONS.iter().find(|(code, _)| *code == action).map(|(_, words)| (*words).to_owned());
    known.unwrap_or_else(|| format!("changed {}", action.replace(['.', '_'], " ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_words() {
        assert_eq!(did("settings.hours"), "changed the opening hours");
        assert_eq!(did("settings.loyalty_cards"), "changed settings loyalty cards");
    }
}
