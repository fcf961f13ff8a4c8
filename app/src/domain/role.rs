//! Roles of people at a restaurant, and the one table of who may do what.

use crate::domain::board::MenuChange;
use serde::{Deserialize, Serialize};

/// The role of a person at a restaurant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Whose restaurant it is.
    Owner,
    /// Runs it day by day.
    Manager,
    /// Cooks: the orders, and nothing else.
    Kitchen,
    /// Counter and tables: the orders, the pause, what is sold out.
    Floor,
}

/// Something that a role may or may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See the board and move orders.
    WorkOrders,
    /// Mark items and modifiers as sold out.
    MarkSoldOut,
    /// Pause orders and take them again.
    Pause,
    /// Look up past orders and their receipts.
    ReadHistory,
    /// See takings and export orders.
    ReadTakings,
    /// Change names, prices and the order of the menu.
    EditMenu,
    /// Change hours, service modes, delivery, charges, tables and contact.
    EditSettings,
    /// Show the restaurant to guests, or take it back.
    Publish,
    /// Invite people, change their roles, end their access.
    ManageTeam,
    /// Start and end shared screens.
    ManageScreens,
    /// Read who changed what.
    ReadAuditLog,
}

use Permission as P;
use Role::{Floor, Kitchen, Manager, Owner};

/// Who may do what; the router, the pages and the tests read this table.
pub const PERMISSIONS: &[(Permission, &[Role])] = &[
    (P::WorkOrders, &[Owner, Manager, Kitchen, Floor]),
    (P::MarkSoldOut, &[Owner, Manager, Floor]),
    (P::Pause, &[Owner, Manager, Floor]),
    (P::ReadHistory, &[Owner, Manager, Floor]),
    (P::ReadTakings, &[Owner, Manager]),
    (P::EditMenu, &[Owner, Manager]),
    (P::EditSettings, &[Owner, Manager]),
    (P::Publish, &[Owner]),
    (P::ManageTeam, &[Owner]),
    (P::ManageScreens, &[Owner, Manager]),
    (P::ReadAuditLog, &[Owner]),
];

impl Role {
    /// All of them, the one with the most rights first.
    pub const ALL: [Self; 4] = [Owner, Manager, Floor, Kitchen];

    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Owner => "owner",
            Manager => "manager",
            Kitchen => "kitchen",
            Floor => "floor",
        }
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Owner => "Owner",
            Manager => "Manager",
            Kitchen => "Kitchen",
            Floor => "Floor",
        }
    }

    /// The permissions in a few words, for those who choose a role.
    pub const fn summary(self) -> &'static str {
        match self {
            Owner => "everything, the team too",
            Manager => "menu, settings, orders and takings",
            Kitchen => "the orders board and nothing else",
            Floor => "orders, pause, what is sold out",
        }
    }

    /// Whether another role may not do something that this one may.
    pub fn loses_with(self, other: Self) -> bool {
        PERMISSIONS.iter().any(|(permission, _)| self.may(*permission) && !other.may(*permission))
    }

    /// The role that may do what both may. Of two roles one may do all that the other may, so it is one of them.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        if self.loses_with(other) { other } else { self }
    }

    /// The role of a stored code; `staff` is that of the version before.
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "staff" => Some(Floor),
            code => Self::ALL.into_iter().find(|role| role.code() == code),
        }
    }

    pub fn may(self, permission: Permission) -> bool {
        PERMISSIONS.iter().any(|(of, roles)| *of == permission && roles.contains(&self))
    }
}

impl MenuChange {
    /// The permission that the change needs. Listed one by one, so that a new kind of change does not compile without a
    /// decision here.
    pub const fn permission(&self) -> Permission {
        match self {
            Self::ItemSoldOut(..) | Self::ModifierSoldOut(..) => P::MarkSoldOut,
            Self::Pause(_) => P::Pause,
            Self::RenameItem(..)
            | Self::DescribeItem(..)
            | Self::RenameSection(..)
            | Self::Price(..)
            | Self::ModifierPrice(..)
            | Self::ModifierSizePrice(..)
            | Self::AddItem(..)
            | Self::AddSection(..)
            | Self::DeleteItem(_)
            | Self::ItemTaxClass(..)
            | Self::SectionTaxClass(..)
            | Self::ModifierTaxClass(..)
            | Self::MoveItem(..)
            | Self::MoveSection(..) => P::EditMenu,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_may_do_everything_and_the_kitchen_works_the_board_alone() {
        for (permission, roles) in PERMISSIONS {
            assert!(Owner.may(*permission), "{permission:?}");
            assert_eq!(Kitchen.may(*permission), *permission == P::WorkOrders, "{permission:?}");
            assert_eq!(Manager.may(*permission), roles.contains(&Manager), "{permission:?}");
        }
    }

    #[test]
    fn a_role_with_less_rights_loses_some() {
        assert!(Owner.loses_with(Manager) && Floor.loses_with(Kitchen) && !Kitchen.loses_with(Floor));
        for role in Role::ALL {
            assert!(!role.loses_with(role) && !role.loses_with(Owner));
        }
    }

    #[test]
    fn two_roles_together_may_do_what_both_may() {
        for (first, second) in Role::ALL.into_iter().flat_map(|first| Role::ALL.map(|second| (first, second))) {
            for (permission, _) in PERMISSIONS {
                let both = first.may(*permission) && second.may(*permission);
                assert_eq!(first.and(second).may(*permission), both, "{first:?} {second:?} {permission:?}");
            }
        }
    }

    #[test]
    fn codes_of_this_version_and_the_one_before_are_read() {
        for role in Role::ALL {
            assert_eq!(Role::from_code(role.code()), Some(role));
        }
        assert_eq!(Role::from_code("staff"), Some(Floor));
        assert_eq!(Role::from_code("chef"), None);
    }
}
