//! Live streams: server-sent events that replay by position and end when the server drains.

use crate::{
    context::AppContext,
    error::ServerError,
    http::{AppState, errors},
    kitchen,
    live::Woken,
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

/// How long a stream waits for a hint before it looks by itself: a lost hint costs no more than this.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How often a page is told that the line is alive and that nothing was missed.
const BEAT_EVERY: Duration = Duration::from_secs(5);
/// How often a board's stream asks whether its reader may still see it. With the time of the question itself, a stream
/// outlives its session by less than five seconds.
const ASK_EVERY: Duration = Duration::from_secs(3);
/// What a browser waits before it connects again.
const RETRY: Duration = Duration::from_secs(1);

/// Where a stream goes on.
#[derive(Debug, Deserialize)]
pub struct After {
    after: Option<i64>,
}

/// A guest's order, live, until nothing can happen to it any more.
pub async fn order(
    State(state): State<AppState>,
    Path(token): Path<String>,
    Query(after): Query<After>,
    headers: HeaderMap,
) -> Response {
    if let Err(error) = orders::view(&state.context, &token).await {
        return errors::refuse(&error.into());
    }
    let Some(restaurant) = orders::token::restaurant(&token) else {
        return errors::refuse(&AppError::not_found("order"));
    };
    let seen = position(&headers, &after).unwrap_or(-1);
    stream(&state, move |state, sender| async move {
        let mut news = state.context.hub.subscribe(restaurant);
        let (mut seq, mut beat) = (seen, Beat::new());
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
                    if beat.is_due() {
                        sender.send(Event::default().event("beat").data("{}")).await?;
                    }
                }
                Err(error) => tell(&sender, error).await?,
            }
            if state.is_closing() {
                return Ok(());
            }
            tokio::select! {
                _ = news.wait(LOOK_EVERY) => {}
                () = beat.comes() => {}
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
        let staff = state.staff(&headers).await?;
        let restaurant = staff.workplace(&slug)?.restaurant;
        let snapshot = state.context.catalogue.snapshot(&state.context, &slug).await?;
        Ok::<_, AppError>(Watched { staff, slug, restaurant, snapshot })
    };
    let board = match opened.await {
        Ok(board) => board,
        Err(error) => return errors::refuse(&error),
    };
    let from = position(&headers, &after);
    stream(&state, move |state, sender| async move {
        let Some(seq) = from else {
            return sender.send(Event::default().event("resync").data("{}")).await;
        };
        let slug = board.slug.clone();
        tokio::select! {
            sent = board.follow(&state, &sender, seq) => sent,
            () = dismissal(&state, &headers, &slug) => Ok(()),
        }
    })
}

/// A board with an open stream.
struct Watched {
    staff: Staff,
    slug: String,
    restaurant: RestaurantId,
    /// The restaurant as it was at the latest beat or change.
    snapshot: Arc<Snapshot>,
}

impl Watched {
    async fn follow(mut self, state: &AppState, sender: &Sender, mut seq: i64) -> Sent {
        let mut news = state.context.hub.subscribe(self.restaurant);
        let (mut beat, mut told) = (Beat::new(), None);
        loop {
            match updates(&state.context, &self.staff, &self.slug, seq).await {
                Ok(Some(updates)) => {
                    for update in updates {
                        seq = update.seq;
                        sender.send(event("ticket", seq, &update)).await?;
                    }
                    self.tell_pause(state, sender, &mut told).await?;
                    if beat.is_due() {
                        sender.send(pulse(&state.context, &self.snapshot)).await?;
                    }
                }
                Ok(None) => return sender.send(Event::default().event("resync").data("{}")).await,
                Err(error) => tell(sender, error).await?,
            }
            if state.is_closing() {
                return Ok(());
            }
            let woken = tokio::select! {
                woken = news.wait(LOOK_EVERY) => woken,
                () = beat.comes() => Woken::Resync,
            };
            if matches!(woken, Woken::Menu | Woken::Resync) {
                self.read_again(&state.context).await;
            }
        }
    }

    /// Says whether new orders are stopped when that was not said before: a pause ends by itself as well as by a tap.
    async fn tell_pause(&self, state: &AppState, sender: &Sender, told: &mut Option<PauseUpdate>) -> Sent {
        let pause = PauseUpdate { paused: kitchen::pause(&self.snapshot, state.context.clock.now()) };
        if told.as_ref() != Some(&pause) {
            sender.send(named("pause", &pause)).await?;
            *told = Some(pause);
        }
        Ok(())
    }

    /// A restaurant that cannot be read now stays as it was known.
    async fn read_again(&mut self, context: &AppContext) {
        if let Ok(snapshot) = context.catalogue.by_id(context, self.restaurant).await {
            self.snapshot = snapshot;
        }
    }
}

/// Waits until the reader of a board may not see it any more: signed out here or elsewhere, the session over, or no longer
/// working there. When that cannot be found out the stream ends as well; the browser asks again.
async fn dismissal(state: &AppState, headers: &HeaderMap, slug: &str) {
    loop {
        tokio::time::sleep(ASK_EVERY).await;
        let works_here = async { state.staff_now(headers).await?.workplace(slug).map(drop) };
        if works_here.await.is_err() {
            return;
        }
    }
}

/// When the next beat is due. A beat is sent right after a look that succeeded, so that it never says that nothing was missed
/// when nothing could be read.
struct Beat {
    interval: Interval,
    due: bool,
}

impl Beat {
    /// The first one is due at once.
    fn new() -> Self {
        let mut interval = interval_at(Instant::now() + BEAT_EVERY, BEAT_EVERY);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { interval, due: true }
    }

    async fn comes(&mut self) {
        self.interval.tick().await;
        self.due = true;
    }

    /// Whether one is due, which counts as sent.
    fn is_due(&mut self) -> bool {
        std::mem::take(&mut self.due)
    }
}

/// The updates after a position; none when there are too many and the board had better be read anew.
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

fn pulse(context: &AppContext, snapshot: &Arc<Snapshot>) -> Event {
    let now = context.clock.now();
    named("beat", &snapshot.local(now, now))
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

/// Says that the data cannot be reached; the stream stays open, so that the browser need not hammer the door.
async fn tell(sender: &Sender, error: ServerError) -> Sent {
    let error = AppError::from(error);
    let text = serde_json::to_string(&errors::ProblemDetails::of(&error)).unwrap_or_default();
    sender.send(Event::default().event("trouble").data(text)).await?;
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
