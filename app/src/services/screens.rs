//! Shared screens of a restaurant: devices at which people say with a PIN who they are.

use crate::{
    domain::{
        error::AppError,
        id::{ScreenId, StaffId},
        role::Role,
    },
    services::{Staff, Workplace},
};
use async_trait::async_trait;

/// Data of the pages about shared screens and PINs.
#[async_trait]
pub trait Screens: Send + Sync {
    /// The shared screens of a restaurant, for those who may start and end them.
    async fn screens(&self, staff: &Staff, slug: &str) -> Result<ScreensView, AppError>;
    /// The people with a PIN, for the screen that asks who works at it.
    async fn people_with_pins(&self, screen: &AtScreen) -> Result<Vec<PinOwner>, AppError>;
    /// The PIN of the signed-in person at a restaurant.
    async fn pin(&self, staff: &Staff, slug: &str) -> Result<PinView, AppError>;
}

/// A device that is a shared screen, and who works at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtScreen {
    pub screen: ScreenId,
    /// The screen's own name.
    pub name: String,
    /// The restaurant, with the screen's role.
    pub place: Workplace,
    pub on_duty: Option<OnDuty>,
}

/// A person who works at a shared screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnDuty {
    pub id: StaffId,
    pub name: String,
    /// Their own role at the restaurant, which the screen's limits.
    pub role: Role,
}

impl AtScreen {
    /// The person who works at the screen, with what both their role and the screen's allow.
    pub fn person(&self) -> Result<Staff, AppError> {
        let on_duty = self.on_duty.as_ref().ok_or(AppError::NoPersonAtScreen)?;
        let place = Workplace { role: self.place.role.and(on_duty.role), ..self.place.clone() };
        Ok(Staff { id: on_duty.id, name: on_duty.name.clone(), restaurants: vec![place] })
    }

    /// Who looks at the screen: the person, or while no one works there the screen itself, which must change nothing.
    pub fn onlooker(&self) -> Staff {
        self.person().unwrap_or_else(|_| Staff {
            id: StaffId::from_uuid(self.screen.uuid()),
            name: self.name.clone(),
            restaurants: vec![self.place.clone()],
        })
    }
}

/// The data of the page of shared screens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScreensView {
    pub slug: String,
    pub name: String,
    /// By name.
    pub screens: Vec<SharedScreen>,
}

/// A shared screen in the list of its restaurant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedScreen {
    pub id: ScreenId,
    pub name: String,
    pub role: Role,
    /// In plain words, such as `Safari on iPad`.
    pub device: String,
    pub started_by: String,
    /// Who works at it now.
    pub on_duty: Option<String>,
    /// In words, such as `2 hours ago`.
    pub seen: String,
    /// Minutes without an action after which a person is off the screen.
    pub idle_minutes: u32,
}

/// A person with a PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinOwner {
    pub id: StaffId,
    pub name: String,
    pub role: Role,
}

/// The data of the page about a person's own PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinView {
    pub slug: String,
    pub name: String,
    /// When it was set, in the restaurant's zone; none without one.
    pub set: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{id::RestaurantId, role::Permission};
    use uuid::Uuid;

    fn at(screen: Role, person: Option<Role>) -> AtScreen {
        let id = Uuid::from_u128(7);
        let restaurant = RestaurantId::from_uuid(Uuid::from_u128(1));
        let place = Workplace { restaurant, slug: "corner".to_owned(), name: "Corner".to_owned(), role: screen };
        let on_duty = person.map(|role| OnDuty { id: StaffId::from_uuid(id), name: "Ada".to_owned(), role });
        AtScreen { screen: ScreenId::from_uuid(Uuid::from_u128(2)), name: "Kitchen tablet".to_owned(), place, on_duty }
    }

    #[test]
    fn a_person_may_do_what_both_roles_allow() {
        for (screen, person, permission, may) in [
            (Role::Kitchen, Role::Owner, Permission::MarkSoldOut, false),
            (Role::Floor, Role::Owner, Permission::MarkSoldOut, true),
            (Role::Floor, Role::Owner, Permission::EditMenu, false),
            (Role::Floor, Role::Kitchen, Permission::MarkSoldOut, false),
            (Role::Floor, Role::Kitchen, Permission::WorkOrders, true),
        ] {
            let staff = at(screen, Some(person)).person().unwrap();
            assert_eq!(staff.allowed("corner", permission).is_ok(), may, "{screen:?} {person:?} {permission:?}");
            assert_eq!(staff.name, "Ada");
        }
    }

    #[test]
    fn a_screen_without_person_acts_for_no_one() {
        let screen = at(Role::Floor, None);
        assert_eq!(screen.person(), Err(AppError::NoPersonAtScreen));
        assert_eq!(screen.onlooker().name, "Kitchen tablet");
        assert!(screen.onlooker().allowed("elsewhere", Permission::WorkOrders).is_err());
    }
}
