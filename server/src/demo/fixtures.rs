//! The demo: twelve restaurants, and accounts of their staff.

use crate::{
    accounts,
    context::AppContext,
    demo::{ids::staff_id, import, plan},
    error::ServerError,
    queries::{
        memberships,
        menus::Record,
        staff::{self, NewAccount},
        team::{self, MemberRow},
    },
};
use app::{
    domain::{
        id::{RestaurantId, StaffId},
        role::Role,
    },
    services::Workplace,
};

/// The accounts of each demo restaurant: role, and what the address has before the slug.
const TEAM: [(Role, &str); 3] = [(Role::Owner, "owner."), (Role::Floor, ""), (Role::Kitchen, "kitchen.")];

/// Password of all demo accounts, which are not for production.
pub const DEMO_PASSWORD: &str = "toast-demo";

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_str!(concat!("../../demo/", $name)))),+]
    };
}

pub(super) const FILES: &[(&str, &str)] = files![
    "luigis-hearth.toml",
    "grain-and-grove.toml",
    "copper-griddle.toml",
    "saffron-lantern.toml",
    "nachtfalter-kebap.toml",
    "bayt-al-murjan.toml",
    "izakaya-akari.toml",
    "kitsune-noodle-counter.toml",
    "the-last-minute.toml",
    "baeckerei-morgenrot.toml",
    "clover-and-ash.toml",
    "the-paper-boat.toml",
];

/// A demo account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoSignIn {
    pub email: String,
    pub password: &'static str,
    pub role: Role,
    pub restaurant: String,
}

/// Imports the demo where it is missing. With `reset`, menus, terms and passwords are restored; orders stay.
pub async fn demo(context: &AppContext, reset: bool) -> Result<Vec<DemoSignIn>, ServerError> {
    let now = context.clock.now();
    let records = FILES.iter().map(|(file, text)| plan::record(file, text, now)).collect::<Result<Vec<_>, _>>()?;
    for record in &records {
        import(context, std::slice::from_ref(record), reset).await?;
        context.catalogue.slugs.clear_negative_entry(&record.restaurant.slug).await;
    }
    let hash = tokio::task::spawn_blocking(|| accounts::hash(DEMO_PASSWORD)).await;
    let hash = hash.map_err(|error| ServerError::Broken(format!("hashing aborted: {error}")))??;
    let mut sign_ins = Vec::with_capacity(TEAM.len() * records.len());
    for (role, prefix) in TEAM {
        for record in &records {
            let place = workplace(record, role);
            let email = format!("{prefix}{}@toast.example", place.slug);
            let name = format!("{} {}", place.name, role.label().to_lowercase());
            sign_ins.push(employ(context, &email, &name, &place, &hash, reset).await?);
        }
    }
    Ok(sign_ins)
}

async fn employ(
    context: &AppContext,
    email: &str,
    name: &str,
    place: &Workplace,
    hash: &str,
    reset: bool,
) -> Result<DemoSignIn, ServerError> {
    let id = staff_id(email).uuid();
    let account = NewAccount { email: email.to_owned(), id, name: name.to_owned() };
    staff::employ(&context.store, &account, hash, reset).await?;
    memberships::assign(&context.store, id, place).await?;
    let (staff, email_in_team, name) = (StaffId::from_uuid(id), email.to_owned(), name.to_owned());
    let member = MemberRow { staff, email: email_in_team, name, role: place.role, pending: false };
    let mut tx = context.store.of(place.restaurant).begin().await?;
    team::add(&mut tx, place.restaurant, &member, context.clock.now()).await?;
    context.store.commit(tx).await?;
    Ok(DemoSignIn {
        email: email.to_owned(),
        password: DEMO_PASSWORD,
        role: place.role,
        restaurant: place.name.clone(),
    })
}

fn workplace(record: &Record, role: Role) -> Workplace {
    let row = &record.restaurant;
    let restaurant = RestaurantId::from_uuid(row.restaurant_id);
    Workplace { restaurant, slug: row.slug.clone(), name: row.name.clone(), role }
}
