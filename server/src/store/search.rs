//! SQL over all restaurants: the only reads that cross shards.

<<<<<<< HEAD
use crate::{
    error::{Fault, Meaning, meaning},
    store::restaurants::Head,
    store::{
        Store,
        menus::{ExceptionRow, HoursRow, ModeRow, Record, RestaurantRow},
        on, timestamp,
    },
};
use app::types::id::RestaurantId;
use serde::Deserialize;
use sqlx::types::Json;
use uuid::Uuid;
=======
mod cards;
mod words;
>>>>>>> server-side

pub use cards::{CardRecord, DishRecord, RequiredRecord};
pub(crate) use cards::{cards, heads};
pub use words::Hit;
pub(crate) use words::{containing, resembling};
