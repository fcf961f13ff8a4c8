//! Live streams: server-sent events that replay by position and end when the server drains.

use crate::{
    backend::Toast,
    boards,
    catalogue::Snapshot,
    error::Fault,
    ordering,
    web::{Web, problem},
};
use app::{
    backend::Staff,
    error::AppError,
    types::{board::BoardUpdate, order::OrderView},
};
use axum::{
    extract::{Path, Query, State},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

/// How long a stream waits for a hint before it looks by itself: a lost hint costs no more than this.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How often the board's clock is told that the line is alive.
const BEAT_EVERY: Duration = Duration::from_secs(5);
/// What a browser waits before it connects again.
const RETRY: Duration = Duration::from_secs(1);

/// Where a stream goes on.
#[derive(Debug, Deserialize)]
pub struct After {
    after: Option<i64>,
}

/// A guest's order, live.
pub async fn order(
    State(web): State<Web>,
    Path(token): Path<String>,
    Query(after): Query<After>,
    headers: HeaderMap,
) -> Response {
    let first = match ordering::view(&web.toast, &token).await {
        Ok(view) => view,
        Err(fault) => return problem::refuse(&fault.into()),
    };
    let Some(restaurant) = ordering::token::restaurant(&token) else {
        return problem::refuse(&AppError::not_found("order"));
    };
    let seen = position(&headers, &after).unwrap_or(-1);
    stream(&web, move |web, sender| async move {
        let mut news = web.toast.hub.subscribe(restaurant);
        let mut seq = seen;
        if first.seq > seq {
            seq = first.seq;
            sender.send(event("order", seq, &first)).await?;
        }
        if first.status.is_final() {
            return sender.send(Event::default().event("end").data("{}")).await;
        }
        loop {
            match ordering::updates_after(&web.toast, &token, seq).await {
                Ok(views) => {
                    for view in views {
                        seq = view.seq;
                        let done = view.status.is_final();
                        sender.send(event::<OrderView>("order", seq, &view)).await?;
                        if done {
                            return sender.send(Event::default().event("end").data("{}")).await;
                        }
                    }
                }
                Err(fault) => tell(&sender, fault).await?,
            }
            if web.is_closing() {
                return Ok(());
            }
            news.wait(LOOK_EVERY).await;
        }
    })
}

/// The orders board, live.
pub async fn board(
    State(web): State<Web>,
    Path(slug): Path<String>,
    Query(after): Query<After>,
    headers: HeaderMap,
) -> Response {
    let opened = async {
        let staff = web.staff(&headers).await?;
        let place = staff.workplace(&slug)?.restaurant;
        let snapshot = web.toast.catalogue.snapshot(&web.toast, &slug).await?;
        Ok::<_, AppError>((staff, place, snapshot))
    };
    let (staff, restaurant, snapshot) = match opened.await {
        Ok(opened) => opened,
        Err(error) => return problem::refuse(&error),
    };
    let from = position(&headers, &after);
    stream(&web, move |web, sender| async move {
        let mut news = web.toast.hub.subscribe(restaurant);
        let Some(mut seq) = from else {
            return sender.send(Event::default().event("resync").data("{}")).await;
        };
        let mut beat = tokio::time::interval(BEAT_EVERY);
        loop {
            match updates(&web.toast, &staff, &slug, seq).await {
                Ok(Some(updates)) => {
                    for update in updates {
                        seq = update.seq;
                        sender.send(event("ticket", seq, &update)).await?;
                    }
                }
                Ok(None) => return sender.send(Event::default().event("resync").data("{}")).await,
                Err(fault) => tell(&sender, fault).await?,
            }
            if web.is_closing() {
                return Ok(());
            }
            tokio::select! {
                _ = news.wait(LOOK_EVERY) => {}
                _ = beat.tick() => sender.send(pulse(&web.toast, &snapshot)).await?,
            }
        }
    })
}

/// The updates after a position; none when there are too many and the board had better be read anew.
async fn updates(toast: &Toast, staff: &Staff, slug: &str, seq: i64) -> Result<Option<Vec<BoardUpdate>>, Fault> {
    let updates = boards::updates_after(toast, staff, slug, seq).await?;
    let few = i64::try_from(updates.len()).is_ok_and(|many| many < boards::MOST_UPDATES);
    Ok(few.then_some(updates))
}

fn pulse(toast: &Toast, snapshot: &Arc<Snapshot>) -> Event {
    let now = toast.clock.now();
    let text = serde_json::to_string(&snapshot.local(now, now)).unwrap_or_default();
    Event::default().event("beat").data(text)
}

fn event<T: Serialize>(name: &str, seq: i64, data: &T) -> Event {
    let text = serde_json::to_string(data).unwrap_or_default();
    Event::default().event(name).id(seq.to_string()).data(text)
}

fn position(headers: &HeaderMap, after: &After) -> Option<i64> {
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    last.or(after.after)
}

type Sender = mpsc::Sender<Event>;
type Sent = Result<(), mpsc::error::SendError<Event>>;

/// Says that the data cannot be reached; the stream stays open, so that the browser need not hammer the door.
async fn tell(sender: &Sender, fault: Fault) -> Sent {
    let error = AppError::from(fault);
    let text = serde_json::to_string(&problem::ProblemDetails::of(&error)).unwrap_or_default();
    sender.send(Event::default().event("trouble").data(text)).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    Ok(())
}

fn stream<F, Task>(web: &Web, task: F) -> Response
where
    F: FnOnce(Web, Sender) -> Task,
    Task: Future<Output = Sent> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel::<Event>(16);
    let running = task(web.clone(), sender.clone());
    let closing = web.closing.clone();
    metrics::gauge!("toast_streams_open").increment(1.0);
    tokio::spawn(async move {
        let opening = sender.send(Event::default().retry(RETRY).comment("open")).await;
        if opening.is_ok() {
            tokio::select! {
                // A send fails when the browser has gone; that ends the stream and is nobody's fault.
                _ = running => {}
                () = sender.closed() => {}
                () = closing.cancelled() => {}
            }
        }
        metrics::gauge!("toast_streams_open").decrement(1.0);
    });
    let events = futures::StreamExt::map(ReceiverStream::new(receiver), Ok::<_, Infallible>);
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response();
    // Proxies must pass each event on at once.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response.headers_mut().insert("cache-control", HeaderValue::from_static("no-store"));
    response
}
