//! Asking for a page as a browser does, and reading the document that comes back.

use crate::{fake, samples};
use app::{
    domain::id::VisitorId,
    pages::{App, shell},
    services::{Assets, Bundle, Origin, Services, Submission, Viewer},
};
use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request},
};
use leptos::prelude::provide_context;

/// A response with its document.
pub struct Page {
    pub status: u16,
    pub headers: HeaderMap,
    pub html: String,
}

/// A plain visit with a cart.
pub async fn get(address: &str) -> Page {
    get_as(address, Some(samples::visitor())).await
}

/// A GET request.
pub async fn get_as(address: &str, visitor: Option<VisitorId>) -> Page {
    render(fake::services(), address, visitor, None).await
}

/// The page after a rejected form, of a restaurant with markup in all texts.
pub async fn hostile(address: &str, submission: Submission) -> Page {
    render(fake::hostile_backend(), address, Some(samples::visitor()), Some(submission)).await
}

/// The page after a rejected form.
pub async fn submit(address: &str, submission: Submission) -> Page {
    render(fake::services(), address, Some(samples::visitor()), Some(submission)).await
}

async fn render(services: Services, address: &str, visitor: Option<VisitorId>, submission: Option<Submission>) -> Page {
    // Walking the routes also sets the executor up, as it does when the server starts.
    let _ = leptos_axum::generate_route_list(|| shell(App));
    let context = move || {
        provide_context(services.clone());
        provide_context(Viewer { visitor, ..Viewer::default() });
        provide_context(assets());
        provide_context(Origin("https://toast.example".to_owned()));
        if let Some(submission) = submission.clone() {
            provide_context(submission);
        }
    };
    let answer = leptos_axum::render_app_async_with_context(context, || shell(App));
    let request = Request::builder().uri(address).header("host", "toast.test").body(Body::empty()).unwrap();
    let response = answer(request).await;
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let html = String::from_utf8(body.to_vec()).unwrap();
    // Behind the document the framework puts the data of resources, which no page of ours has; the server leaves it out.
    let end = html.find("</html>").expect("a whole document") + "</html>".len();
    Page { status, headers, html: html[..end].to_owned() }
}

fn assets() -> Assets {
    let bundle = |name: &str| Bundle { script: format!("/pkg/{name}.js"), wasm: format!("/pkg/{name}.wasm") };
    Assets {
        base: String::new(),
        stylesheet: "/pkg/toast.css".to_owned(),
        boot: "/pkg/boot.js".to_owned(),
        guest: "/pkg/guest.js".to_owned(),
        passkeys: "/passkeys.js".to_owned(),
        customer: bundle("customer"),
        dashboard: bundle("dashboard"),
    }
}

impl Page {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn count(&self, needle: &str) -> usize {
        self.html.matches(needle).count()
    }

    /// The text between two marks.
    pub fn between(&self, from: &str, to: &str) -> &str {
        let start = self.html.find(from).unwrap_or_else(|| panic!("no {from}")) + from.len();
        let rest = &self.html[start..];
        &rest[..rest.find(to).unwrap_or_else(|| panic!("no {to}"))]
    }

    /// The opening tag that holds an attribute.
    pub fn tag(&self, attribute: &str) -> &str {
        self.tags().into_iter().find(|tag| tag.contains(attribute)).unwrap_or_else(|| panic!("no {attribute}"))
    }

    /// Levels of the headings in order.
    pub fn headings(&self) -> Vec<u32> {
        let level =
            |tag: &str| tag.strip_prefix("<h").and_then(|rest| rest.chars().next()).and_then(|l| l.to_digit(10));
        self.tags().into_iter().filter_map(level).collect()
    }

    /// Whether no level is left out on the way down.
    pub fn headings_descend(&self) -> bool {
        let levels = self.headings();
        levels.first() == Some(&1) && levels.windows(2).all(|pair| pair[1] <= pair[0] + 1)
    }

    /// Inline scripts that would run.
    pub fn inline_scripts(&self) -> Vec<String> {
        let inert = |tag: &&str| tag.contains(" src=") || tag.contains("application/ld+json");
        self.tags()
            .into_iter()
            .filter(|tag| tag.starts_with("<script"))
            .filter(|tag| !inert(tag))
            .map(str::to_owned)
            .collect()
    }

    /// Ids of more than one element.
    pub fn repeated_ids(&self) -> Vec<String> {
        let mut ids: Vec<_> = self.tags().into_iter().filter_map(|tag| attribute(tag, "id")).collect();
        ids.sort_unstable();
        let repeated = ids.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0].to_owned());
        repeated.collect()
    }

    /// Fields that neither a label with their id, nor a label around them, nor `aria-label` names.
    pub fn unlabelled_fields(&self) -> Vec<String> {
        let mut nameless = Vec::new();
        let mut inside_label = false;
        for tag in self.tags() {
            match tag {
                _ if tag.starts_with("<label") => inside_label = attribute(tag, "for").is_none(),
                "</label>" => inside_label = false,
                _ if is_field(tag) && !inside_label && !self.is_named(tag) => nameless.push(tag.to_owned()),
                _ => {}
            }
        }
        nameless
    }

    fn is_named(&self, tag: &str) -> bool {
        let labelled = |id: &str| self.html.contains(&format!("<label for=\"{id}\""));
        attribute(tag, "aria-label").is_some() || attribute(tag, "id").is_some_and(labelled)
    }

    /// All tags, unparsed.
    pub fn tags(&self) -> Vec<&str> {
        let starts = self.html.match_indices('<').map(|(start, _)| start);
        starts.filter_map(|start| self.html[start..].find('>').map(|end| &self.html[start..=start + end])).collect()
    }
}

fn is_field(tag: &str) -> bool {
    let field = ["<input", "<select", "<textarea"].iter().any(|name| tag.starts_with(name));
    field && attribute(tag, "type") != Some("hidden")
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}
