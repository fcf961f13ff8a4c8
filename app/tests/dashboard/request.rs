//! Asking for a page as a browser does.

use crate::kitchen::Kitchen;
use app::{
    pages::{App, shell},
    services::{Assets, Staff, Submission, Viewer},
};
use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use leptos::prelude::*;
use std::sync::{Arc, Once};

/// Listing the routes initialises the framework's executor, as in the server.
static READY: Once = Once::new();

/// The response.
pub struct Page {
    pub status: StatusCode,
    pub location: Option<String>,
    pub html: String,
}

/// A request: staff member, address, and rejected form.
#[derive(Clone, Default)]
pub struct Ask {
    pub path: String,
    pub staff: Option<Staff>,
    pub sent: Option<Submission>,
}

/// Requests a page with fake services.
pub async fn ask(kitchen: Kitchen, ask: Ask) -> Page {
    READY.call_once(|| drop(leptos_axum::generate_route_list(|| shell(App))));
    let kitchen = Arc::new(kitchen);
    let request = Request::builder().uri(&ask.path).header(header::ACCEPT, "text/html").body(Body::empty()).unwrap();
    let context = move || {
        provide_context(kitchen.services());
        provide_context(Viewer { staff: ask.staff.clone(), ..Viewer::default() });
        provide_context(Assets {
            stylesheet: "/pkg/toast.css".to_owned(),
            boot: "/pkg/boot.js".to_owned(),
            guest: "/pkg/guest.js".to_owned(),
            ..Assets::default()
        });
        if let Some(sent) = ask.sent.clone() {
            provide_context(sent);
        }
    };
    let answer = leptos_axum::render_app_async_with_context(context, || shell(App))(request).await;
    let status = answer.status();
    let location = answer.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned());
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    Page { status, location, html: String::from_utf8(body.to_vec()).unwrap() }
}

impl Page {
    /// Writes the page to the folder `TOAST_PAGES_OUT` for inspection, when it is set.
    pub fn keep(&self, name: &str) {
        if let Some(folder) = std::env::var_os("TOAST_PAGES_OUT") {
            std::fs::write(std::path::Path::new(&folder).join(name), &self.html).unwrap();
        }
    }
}
