//! Roles of staff at a restaurant.

use crate::domain::board::MenuChange;

/// The role of a staff member at a restaurant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// May do everything.
    Owner,
    /// Works the board, its pause included, and marks what is sold out.
    Staff,
}

impl Role {
    /// The stored code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Staff => "staff",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Owner, Self::Staff].into_iter().find(|role| role.code() == code)
    }

    /// Whether names, prices and the order of the menu are theirs to change.
    pub const fn edits_menu(self) -> bool {
        matches!(self, Self::Owner)
    }

    /// Whether a change of the menu is theirs to make.
    pub const fn may(self, change: &MenuChange) -> bool {
        match change {
            MenuChange::ItemSoldOut(..) | MenuChange::ModifierSoldOut(..) | MenuChange::Pause(_) => true,
            // Listed one by one, so that a new kind of change does not compile without a decision here.
            MenuChange::RenameItem(..)
            | MenuChange::DescribeItem(..)
            | MenuChange::RenameSection(..)
            | MenuChange::Price(..)
            | MenuChange::ModifierPrice(..)
            | MenuChange::ModifierSizePrice(..)
            | MenuChange::MoveItem(..)
            | MenuChange::MoveSection(..) => self.edits_menu(),
        }
    }
}
