//! Live streams: server-sent events that replay by position and end when the server drains.

mod reader;

use crate::{
    context::AppContext,
    error::ServerError,
    http::{AppState, errors},
    kitchen,
    live::WakeReason,
    menus::Snapshot,
    orders::{self, OrderNews},
};
use app::{
    domain::{
        board::{BoardUpdate, PauseUpdate},
        error::AppError,
        id::RestaurantId,
    },
    services::Staff,
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
use tokio::{
    sync::mpsc,
    time::{Instant, Interval, MissedTickBehavior, interval_at},
};
use tokio_stream::wrappers::ReceiverStream;

/// Longest wait for a hint before the stream reads anyway; bounds the delay after a lost hint.
const POLL_INTERVAL: Duration = Duration::from_secs(2);
/// Interval of the event that tells a page that its data is current.
const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(5);
/// Reconnect delay of browsers.
const RETRY: Duration = Duration::from_secs(1);

/// Start position of a stream.
#[derive(Debug, Deserialize)]
pub struct After {
    after: Option<i64>,
}

/// A guest's order, live, until no transition is possible any more.
pub async fn order(
    State(state): State<AppState>,
    Path(token): Path<String>,
    Query(after): Query<After>,
    headers: HeaderMap,
) -> Response {
    if let Err(error) = orders::view(&state.context, &token).await {
        return errors::error_response(&error.into());
    }
    let Some(restaurant) = orders::token::restaurant(&token) else {
        return errors::error_response(&AppError::not_found("order"));
    };
    let seen = position(&headers, &after).unwrap_or(-1);
    stream(&state, move |state, sender| async move {
        let mut news = state.context.hub.subscribe(restaurant);
        let (mut seq, mut heartbeat) = (seen, Heartbeat::new());
        loop {
            match orders::news_after(&state.context, &token, seq).await {
                Ok(OrderNews { view, settled }) => {
                    if let Some(view) = view {
                        seq = view.seq;
                        sender.send(event("order", seq, &view)).await?;
                    }
                    if settled {
                        return sender.send(Event::default().event("end").data("{}")).await;
                    }
                    if heartbeat.is_due() {
                        sender.send(Event::default().event("heartbeat").data("{}")).await?;
                    }
                }
                Err(error) => send_error(&sender, error).await?,
            }
            if state.is_closing() {
                return Ok(());
            }
            tokio::select! {
                _ = news.wait(POLL_INTERVAL) => {}
                () = heartbeat.tick() => {}
            }
        }
    })
}

/// The orders board, live, for as long as its reader may see it.
pub async fn board(
    State(state): State<AppState>,
    Path(slug): Path<String>,
    Query(after): Query<After>,
    headers: HeaderMap,
) -> Response {
    let opened = async {
        let staff = state.onlooker(&headers).await?;
        let restaurant = staff.workplace(&slug)?.restaurant;
        let snapshot = state.context.catalogue.snapshot(&slug).await?;
        Ok::<_, AppError>(BoardStream { staff, slug, restaurant, snapshot })
    };
    let board = match opened.await {
        Ok(board) => board,
        Err(error) => return errors::error_response(&error),
    };
    let from = position(&headers, &after);
    stream(&state, move |state, sender| async move {
        let Some(seq) = from else {
            return sender.send(Event::default().event("resync").data("{}")).await;
        };
        let slug = board.slug.clone();
        tokio::select! {
            sent = board.follow(&state, &sender, seq) => sent,
            () = reader::until_access_ends(&state, &headers, &slug, &sender) => Ok(()),
        }
    })
}

/// A board with an open stream.
struct BoardStream {
    staff: Staff,
    slug: String,
    restaurant: RestaurantId,
    /// The restaurant as of the latest heartbeat or change.
    snapshot: Arc<Snapshot>,
}

impl BoardStream {
    async fn follow(mut self, state: &AppState, sender: &Sender, mut seq: i64) -> Sent {
        let mut news = state.context.hub.subscribe(self.restaurant);
        let (mut heartbeat, mut sent_pause) = (Heartbeat::new(), None);
        loop {
            match updates(&state.context, &self.staff, &self.slug, seq).await {
                Ok(Some(updates)) => {
                    for update in updates {
                        seq = update.seq;
                        sender.send(event("ticket", seq, &update)).await?;
                    }
                    self.send_pause_if_changed(state, sender, &mut sent_pause).await?;
                    if heartbeat.is_due() {
                        sender.send(heartbeat_event(&state.context, &self.snapshot)).await?;
                    }
                }
                Ok(None) => return sender.send(Event::default().event("resync").data("{}")).await,
                Err(error) => send_error(sender, error).await?,
            }
            if state.is_closing() {
                return Ok(());
            }
            let reason = tokio::select! {
                reason = news.wait(POLL_INTERVAL) => reason,
                () = heartbeat.tick() => WakeReason::Resync,
            };
            if matches!(reason, WakeReason::Menu | WakeReason::Resync) {
                self.refresh_snapshot(&state.context).await;
            }
        }
    }

    /// Sends the pause when it changed: it also ends by itself.
    async fn send_pause_if_changed(
        &self,
        state: &AppState,
        sender: &Sender,
        sent_pause: &mut Option<PauseUpdate>,
    ) -> Sent {
        let pause = PauseUpdate { paused: kitchen::pause(&self.snapshot, state.context.clock.now()) };
        if sent_pause.as_ref() != Some(&pause) {
            sender.send(named("pause", &pause)).await?;
            *sent_pause = Some(pause);
        }
        Ok(())
    }

    /// Keeps the known snapshot when the restaurant cannot be read.
    async fn refresh_snapshot(&mut self, context: &AppContext) {
        if let Ok(snapshot) = context.catalogue.by_id(self.restaurant).await {
            self.snapshot = snapshot;
        }
    }
}

/// Schedule of heartbeats. One is sent only after a successful read, so that it never confirms data that could not be
/// read.
struct Heartbeat {
    interval: Interval,
    due: bool,
}

impl Heartbeat {
    /// The first one is due immediately.
    fn new() -> Self {
        let mut interval = interval_at(Instant::now() + HEARTBEAT_INTERVAL, HEARTBEAT_INTERVAL);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { interval, due: true }
    }

    async fn tick(&mut self) {
        self.interval.tick().await;
        self.due = true;
    }

    /// Whether one is due; resets it.
    fn is_due(&mut self) -> bool {
        std::mem::take(&mut self.due)
    }
}

/// The updates after a position; none when there are too many and the board must be loaded again.
async fn updates(
    context: &AppContext,
    staff: &Staff,
    slug: &str,
    seq: i64,
) -> Result<Option<Vec<BoardUpdate>>, ServerError> {
    let updates = kitchen::updates_after(context, staff, slug, seq).await?;
    let few = i64::try_from(updates.len()).is_ok_and(|many| many < kitchen::MOST_UPDATES);
    Ok(few.then_some(updates))
}

fn heartbeat_event(context: &AppContext, snapshot: &Arc<Snapshot>) -> Event {
    let now = context.clock.now();
    named("heartbeat", &snapshot.local(now, now))
}

fn event<T: Serialize>(name: &str, seq: i64, data: &T) -> Event {
    named(name, data).id(seq.to_string())
}

fn named<T: Serialize>(name: &str, data: &T) -> Event {
    Event::default().event(name).data(serde_json::to_string(data).unwrap_or_default())
}

fn position(headers: &HeaderMap, after: &After) -> Option<i64> {
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    last.or(after.after)
}

type Sender = mpsc::Sender<Event>;
type Sent = Result<(), mpsc::error::SendError<Event>>;

/// Reports that the data is unavailable; the stream stays open, so that the browser does not reconnect at once.
async fn send_error(sender: &Sender, error: ServerError) -> Sent {
    let error = AppError::from(error);
    let text = serde_json::to_string(&errors::ProblemDetails::of(&error)).unwrap_or_default();
    sender.send(Event::default().event("failure").data(text)).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    Ok(())
}

fn stream<F, Task>(state: &AppState, task: F) -> Response
where
    F: FnOnce(AppState, Sender) -> Task,
    Task: Future<Output = Sent> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel::<Event>(16);
    let running = task(state.clone(), sender.clone());
    let closing = state.closing.clone();
    metrics::gauge!("toast_streams_open").increment(1.0);
    tokio::spawn(async move {
        let opening = sender.send(Event::default().retry(RETRY).comment("open")).await;
        if opening.is_ok() {
            tokio::select! {
                // A send fails when the browser has disconnected, which ends the stream.
                _ = running => {}
                () = sender.closed() => {}
                () = closing.cancelled() => {}
            }
        }
        metrics::gauge!("toast_streams_open").decrement(1.0);
    });
    let events = futures::StreamExt::map(ReceiverStream::new(receiver), Ok::<_, Infallible>);
    let mut response = Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response();
    // Proxies must not buffer events.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response.headers_mut().insert("cache-control", HeaderValue::from_static("no-store"));
    response
}
