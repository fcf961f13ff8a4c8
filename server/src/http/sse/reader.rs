//! The reader of a board's stream: whether they may still see it, and who works at a shared screen.

use crate::http::{
    AppState,
    sse::{Sender, named},
};
use app::domain::{board::DutyUpdate, error::AppError};
use http::HeaderMap;
use std::time::Duration;

/// Interval of the permission check of a board's stream. With the time of the check itself, a stream outlives its
/// session by less than five seconds.
const PERMISSION_CHECK_INTERVAL: Duration = Duration::from_secs(3);

/// Waits until the reader may not see the board any more: signed out here or elsewhere, session expired, no longer employed
/// there, or shared screen ended. An error of the check ends the stream as well; the browser reconnects. Until
/// then a shared screen is told who works at it, at first and after each change.
pub(super) async fn until_access_ends(state: &AppState, headers: &HeaderMap, slug: &str, sender: &Sender) {
    let mut told = None;
    loop {
        let Ok(on_duty) = still_here(state, headers, slug).await else { return };
        if on_duty.is_some() && on_duty != told {
            if sender.send(named("duty", &on_duty)).await.is_err() {
                return;
            }
            told = on_duty;
        }
        tokio::time::sleep(PERMISSION_CHECK_INTERVAL).await;
    }
}

/// Who works at the shared screen that the reader is, none for a person's own session; an error when neither may see the board.
async fn still_here(state: &AppState, headers: &HeaderMap, slug: &str) -> Result<Option<DutyUpdate>, AppError> {
    match state.staff_now(headers).await {
        Err(AppError::Unauthenticated) => {
            let screen = state.shared_screen(headers).await?.ok_or(AppError::Unauthenticated)?;
            screen.onlooker().workplace(slug)?;
            Ok(Some(DutyUpdate { name: screen.on_duty.map(|on_duty| on_duty.name) }))
        }
        staff => staff?.workplace(slug).map(|_| None),
    }
}
