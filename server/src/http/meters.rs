//! Counter and duration of requests, by route, method and status.

use http::StatusCode;
use metrics::{Counter, Histogram};
use parking_lot::RwLock;
use std::{collections::HashMap, time::Duration};

/// The series of each route. Looking one up in the registry by its labels costs more than a cached response.
#[derive(Default)]
pub struct Meters(RwLock<HashMap<String, Vec<Meter>>>);

struct Meter {
    method: &'static str,
    status: StatusCode,
    requests: Counter,
    seconds: Histogram,
}

impl Meters {
    /// Counts a request. Routes and methods are closed sets: each is a time series of its own.
    pub fn count(&self, route: &str, method: &'static str, status: StatusCode, duration: Duration) {
        if self.0.read().get(route).is_some_and(|meters| count(meters, method, status, duration)) {
            return;
        }
        let mut routes = self.0.write();
        let meters = routes.entry(route.to_owned()).or_default();
        if !count(meters, method, status, duration) {
            meters.push(Meter::of(route, method, status));
            count(meters, method, status, duration);
        }
    }
}

fn count(meters: &[Meter], method: &str, status: StatusCode, duration: Duration) -> bool {
    let meter = meters.iter().find(|meter| meter.method == method && meter.status == status);
    if let Some(meter) = meter {
        meter.requests.increment(1);
        meter.seconds.record(duration.as_secs_f64());
    }
    meter.is_some()
}

impl Meter {
    fn of(route: &str, method: &'static str, status: StatusCode) -> Self {
        let labels =
            [("route", route.to_owned()), ("method", method.to_owned()), ("status", status.as_str().to_owned())];
        Self {
            method,
            status,
            requests: metrics::counter!("toast_requests_total", &labels),
            seconds: metrics::histogram!("toast_request_seconds", &labels),
        }
    }
}
