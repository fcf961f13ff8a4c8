//! Every route for each kind of person: the table of routes decides who is let in, and the documentation prints it.

use crate::web::site::{Browser, TestServer};
use app::domain::role::{PERMISSIONS, Role};
use http::Method;
use reqwest::{StatusCode, header};
use server::http::access::{Access, RULES};
use std::{env, fmt::Write as _, fs, path::Path};

/// A person who sends requests.
struct Person {
    name: &'static str,
    /// The role at the restaurant; none for strangers.
    role: Option<Role>,
    signed_in: bool,
    screen: Option<AtScreen>,
    browser: Browser,
}

/// Whether a person works at the shared screen that the request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum AtScreen {
    Empty,
    Person,
}

/// The routes that a shared screen shows without a person.
const WITHOUT_PERSON: [(Method, &str); 4] = [
    (Method::GET, "/dashboard/{slug}/orders"),
    (Method::POST, "/dashboard/{slug}/orders/acknowledge"),
    (Method::GET, "/dashboard/{slug}/orders/snapshot"),
    (Method::GET, "/dashboard/{slug}/orders/events"),
];

impl Person {
    fn is_let_in(&self, method: &Method, route: &str, access: Access) -> bool {
        match access {
            Access::Anyone | Access::Guests => true,
            Access::SignedIn => self.signed_in,
            Access::Team(_) if self.screen == Some(AtScreen::Empty) => {
                WITHOUT_PERSON.iter().any(|(of, path)| of == method && *path == route)
            }
            Access::Team(permission) => self.role.is_some_and(|role| role.may(permission)),
            Access::SignedInTeam(permission) => self.signed_in && self.role.is_some_and(|role| role.may(permission)),
            Access::SharedScreen => self.screen.is_some(),
            Access::Operator => false,
        }
    }

    /// The status of what is refused: those who could sign in are asked to.
    fn refusal(&self, access: Access) -> StatusCode {
        let known = self.signed_in || (self.screen.is_some() && matches!(access, Access::Team(_)));
        if known { StatusCode::FORBIDDEN } else { StatusCode::UNAUTHORIZED }
    }
}

/// A shared screen of the fixture restaurant's kitchen, at which its owner works, or no one.
async fn shared_screen(site: &TestServer, name: &str, at: AtScreen) -> Browser {
    let browser = Browser::new();
    site.sign_in_again(&browser).await;
    let pin = [("action", "set"), ("pin", "4719"), ("pin_again", "4719")];
    assert_eq!(browser.post(&site.dashboard("/pin"), &pin).await.status(), StatusCode::SEE_OTHER);
    let form = [("action", "start"), ("name", name), ("role", "kitchen"), ("minutes", "15")];
    assert_eq!(browser.post(&site.dashboard("/screens"), &form).await.status(), StatusCode::SEE_OTHER);
    if at == AtScreen::Person {
        let names = browser.page(&site.dashboard("/who")).await;
        let member = names.split("&amp;member=").nth(1).unwrap().split('"').next().unwrap();
        let form = [("action", "work"), ("member", member), ("pin", "4719")];
        assert_eq!(browser.post(&site.dashboard("/who"), &form).await.status(), StatusCode::SEE_OTHER);
    }
    browser
}

async fn people(site: &TestServer) -> Vec<Person> {
    let guest = Browser::new();
    guest.get(&site.restaurant("")).await;
    let mut people = vec![
        Person { name: "a stranger", role: None, signed_in: false, screen: None, browser: Browser::new() },
        Person { name: "a guest", role: None, signed_in: false, screen: None, browser: guest },
    ];
    for role in Role::ALL {
        let browser = Browser::new();
        site.sign_in_as(&browser, role.code()).await;
        people.push(Person { name: role.code(), role: Some(role), signed_in: true, screen: None, browser });
    }
    let foreign = Browser::new();
    site.sign_in_elsewhere(&foreign, "owner").await;
    people.push(Person {
        name: "the owner of another restaurant",
        role: None,
        signed_in: true,
        screen: None,
        browser: foreign,
    });
    for (name, at) in [("a shared screen", AtScreen::Empty), ("the owner at a shared screen", AtScreen::Person)] {
        let browser = shared_screen(site, name, at).await;
        people.push(Person { name, role: Some(Role::Kitchen), signed_in: false, screen: Some(at), browser });
    }
    people
}

/// A path of a route: the fixture restaurant's, with ids and tokens that no row has.
fn path_of(site: &TestServer, route: &str) -> String {
    let parts = route.split('/').map(|part| match part {
        "{slug}" => site.app.slug.clone(),
        part if part.starts_with('{') => uuid::Uuid::new_v4().to_string(),
        part => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_route_lets_in_only_those_of_the_table() {
    let site = TestServer::start().await;
    let people = people(&site).await;
    for (method, route, access) in RULES {
        // It ends the session that the next routes need.
        if *route == "/sign-out" {
            continue;
        }
        for person in &people {
            let url = site.url(&path_of(&site, route));
            let request = match *method {
                Method::GET => person.browser.0.get(&url),
                _ => person.browser.form(&url, &[]),
            };
            let status = request.header(header::ACCEPT, "application/json").send().await.unwrap().status();
            let refused = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&status);
            let name = person.name;
            if *access == Access::Operator {
                assert_eq!(status, StatusCode::NOT_FOUND, "{method} {route} for {name}");
                continue;
            }
            let let_in = person.is_let_in(method, route, *access);
            assert_eq!(refused, !let_in, "{method} {route} for {name}: {status}");
            if refused {
                assert_eq!(status, person.refusal(*access), "{method} {route} for {name}");
            }
            assert!(!status.is_server_error(), "{method} {route} for {name}: {status}");
        }
    }
}

#[tokio::test]
async fn pages_send_strangers_to_sign_in_and_back() {
    let site = TestServer::start().await;
    let stranger = Browser::new();
    for (_, route, access) in RULES.iter().filter(|(method, ..)| *method == Method::GET) {
        let is_page = !["/events", "/snapshot", ".csv"].iter().any(|end| route.ends_with(end));
        if !is_page || [Access::Anyone, Access::Guests, Access::Operator].contains(access) {
            continue;
        }
        let path = path_of(&site, route);
        let response = stranger.get(&site.url(&path)).await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER, "{route}");
        assert_eq!(response.headers()[header::LOCATION].to_str().unwrap(), format!("/sign-in?next={path}"));
    }
}

/// `UPDATE=1 cargo test -p server --test api access` rewrites the page.
#[test]
fn the_documentation_prints_the_tables() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/ACCESS.md");
    let text = documentation();
    if env::var_os("UPDATE").is_some() {
        fs::write(&file, &text).unwrap();
    }
    let kept = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(kept, text, "docs/ACCESS.md is out of date: UPDATE=1 cargo test -p server --test api access");
}

fn documentation() -> String {
    let mut text = "# Who may do what\n\nWritten from `PERMISSIONS` in `app/src/domain/role.rs` and `RULES` in \
        `server/src/http/access.rs` by a test,\nwhich fails where this page differs.\n\n## Roles at a restaurant\n\n| |"
        .to_owned();
    for role in Role::ALL {
        write!(text, " {} |", role.label()).unwrap();
    }
    text.push_str("\n|---|---|---|---|---|\n");
    for (permission, _) in PERMISSIONS {
        write!(text, "| {} |", words(&format!("{permission:?}"))).unwrap();
        for role in Role::ALL {
            text.push_str(if role.may(*permission) { " yes |" } else { " – |" });
        }
        text.push('\n');
    }
    text.push_str(
        "\nAt a shared screen a person may do what both their role and the screen's allow. While no one works there, it shows \
         the\nboard and silences its alarm; all else asks for a person first.\n\n## Routes\n\nThe API is open to anyone, for restaurants that are published.\n\n| method | route | who |\n|---|---|---|\n",
    );
    for (method, route, access) in RULES {
        let who = match access {
            Access::Anyone => "anyone".to_owned(),
            Access::Guests => "anyone, once the restaurant is published; its team before".to_owned(),
            Access::SignedIn => "anyone with an account".to_owned(),
            Access::Operator => "operators; to all others it does not exist".to_owned(),
            Access::Team(permission) => format!("team: {}", words(&format!("{permission:?}"))),
            Access::SignedInTeam(permission) => {
                format!("team: {}, not at a shared screen", words(&format!("{permission:?}")))
            }
            Access::SharedScreen => "shared screens of the restaurant".to_owned(),
        };
        writeln!(text, "| {method} | `{route}` | {who} |").unwrap();
    }
    text
}

/// `MarkSoldOut` as `mark sold out`.
fn words(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(letter.to_lowercase());
    }
    words
}
