//! Operators: people who run the installation. They look restaurants up, approve, suspend and readmit them, each with an entry
//! in the restaurant's audit log; orders and settings are not theirs to see.

mod appointment;
mod listing;

pub use appointment::{add, all, remove};
pub use listing::{file, find, relist};

use crate::{context::AppContext, error::ServerError, queries::operators};
use app::{domain::error::AppError, services::Staff};

/// To all others the pages of operators do not exist. Read at each request, so that a removal takes effect at once.
pub(crate) async fn ensure(context: &AppContext, staff: &Staff) -> Result<(), ServerError> {
    if operators::is_operator(&context.store, staff.id).await? {
        return Ok(());
    }
    Err(AppError::not_found("page").into())
}
