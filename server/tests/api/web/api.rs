//! The API behaves as its document describes.

use crate::{
    guest,
    web::site::{Browser, TestServer},
};
use app::domain::order::{OrderView, PlacedOrder};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

fn place(site: &TestServer, key: &str, body: &Value) -> RequestBuilder {
    Client::new().post(site.api("/orders")).header("idempotency-key", key).json(body)
}

fn order(site: &TestServer) -> Value {
    serde_json::to_value(guest::pickup(&site.app)).unwrap()
}

async fn problem(response: Response, status: u16) -> Value {
    let (was, kind) = (response.status(), response.headers().get("content-type").cloned());
    let text = response.text().await.unwrap();
    assert_eq!(was, status, "{text}");
    assert_eq!(kind.unwrap(), "application/problem+json", "{text}");
    let body: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(body["status"], status);
    assert!(body["detail"].as_str().is_some_and(|detail| detail.len() > 10), "{body}");
    body
}

#[tokio::test]
async fn an_order_is_placed_once_for_each_key() {
    let site = TestServer::start().await;
    let first = place(&site, "k1", &order(&site)).send().await.unwrap();
    assert_eq!(first.status(), 201);
    let first: PlacedOrder = first.json().await.unwrap();
    let second = place(&site, "k1", &order(&site)).send().await.unwrap();
    assert_eq!(second.status(), 200);
    let second: PlacedOrder = second.json().await.unwrap();
    assert_eq!((first.token.as_str(), first.number), (second.token.as_str(), second.number));
    let mut other = order(&site);
    other["note"] = json!("changed");
    problem(place(&site, "k1", &other).send().await.unwrap(), 422).await;

    let view: OrderView =
        reqwest::get(site.url(&format!("/api/v1/orders/{}", first.token))).await.unwrap().json().await.unwrap();
    assert_eq!((view.bill.unwrap().total, view.unreadable), (first.total, None));
}

#[tokio::test]
async fn a_hundred_retries_at_once_are_one_order() {
    let site = TestServer::start().await;
    let body = order(&site);
    // A loaded machine may return 503 for some; the client retries with the same key.
    let until_answered = || async {
        loop {
            let answer = place(&site, "same", &body).send().await.unwrap();
            if answer.status() != 503 && answer.status() != 409 {
                return answer;
            }
            assert!(answer.headers().contains_key("retry-after"));
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
    };
    let answers = futures::future::join_all((0..100).map(|_| until_answered())).await;
    let mut tokens = std::collections::HashSet::new();
    for answer in answers {
        assert!(answer.status().is_success(), "{}", answer.status());
        tokens.insert(answer.json::<PlacedOrder>().await.unwrap().token);
    }
    assert_eq!(tokens.len(), 1);
    let next: PlacedOrder = place(&site, "another", &body).send().await.unwrap().json().await.unwrap();
    assert_eq!(next.number, 2, "the hundred were one order");
}

#[tokio::test]
async fn bad_requests_get_a_sentence_that_helps() {
    let site = TestServer::start().await;
    let client = Client::new();
    let good = order(&site);
    let no_key = client.post(site.api("/orders")).json(&good).send().await.unwrap();
    assert_eq!(problem(no_key, 400).await["code"], "idempotency_key_missing");
    let wrong_type = client.post(site.api("/orders")).header("idempotency-key", "k").body("a=b").send().await.unwrap();
    problem(wrong_type, 415).await;
    let broken = client
        .post(site.api("/orders"))
        .header("idempotency-key", "k")
        .header("content-type", "application/json")
        .body("{\"lines\": [")
        .send()
        .await
        .unwrap();
    problem(broken, 400).await;
    let huge = client
        .post(site.api("/orders"))
        .header("idempotency-key", "k")
        .header("content-type", "application/json")
        .body(vec![b' '; 10 * 1024 * 1024])
        .send()
        .await;
    // The server may close the connection while the client still sends.
    if let Ok(huge) = huge {
        problem(huge, 413).await;
    }
    let nowhere =
        client.post(site.url("/api/v1/restaurants/nowhere/orders")).header("idempotency-key", "k").json(&good);
    problem(nowhere.send().await.unwrap(), 404).await;
    problem(reqwest::get(site.url("/api/v1/orders/dead")).await.unwrap(), 404).await;
    problem(reqwest::get(site.url("/api/v1/restaurants?diet=air")).await.unwrap(), 422).await;
    problem(client.delete(site.api("/menu")).send().await.unwrap(), 405).await;
    problem(reqwest::get(site.url("/api/v1/nothing")).await.unwrap(), 404).await;
}

#[tokio::test]
async fn bad_orders_say_what_to_change() {
    let site = TestServer::start().await;
    let change = |edit: &dyn Fn(&mut Value)| {
        let mut body = order(&site);
        edit(&mut body);
        body
    };
    let foreign = {
        site.app.import(&crate::app::TestApp::fixture("elsewhere")).await;
        server::demo::item_id("elsewhere", "marinara").to_string()
    };
    for (body, status, field) in [
        (change(&|b| b["lines"] = json!([])), 422, ""),
        (change(&|b| b["lines"][0]["quantity"] = json!(0)), 422, "lines/0"),
        (change(&|b| b["lines"][0]["quantity"] = json!(100)), 422, "lines/0"),
        (change(&|b| b["lines"][0]["quantity"] = json!(-1)), 400, ""),
        (change(&|b| b["lines"][0]["item"] = json!(foreign)), 422, "lines/0"),
        (change(&|b| b["lines"][1]["modifiers"] = json!([])), 422, "lines/1"),
        (change(&|b| b["tip_minor"] = json!(-1)), 422, "tip"),
        (change(&|b| b["tip_minor"] = json!(i64::MAX)), 422, "tip"),
        (change(&|b| b["contact"] = json!({ "name": "" })), 422, ""),
        (change(&|b| b["mode"] = json!("delivery")), 422, ""),
        (change(&|b| b["mode"] = json!("dine_in")), 422, "table"),
        (change(&|b| b["due"] = json!({ "at": 1 })), 422, "due"),
        (change(&|b| b["note"] = json!("x".repeat(281))), 422, "note"),
        (change(&|b| b["price"] = json!(1)), 400, ""),
        (change(&|b| b["note"] = json!("a\u{0}b")), 400, ""),
        (change(&|b| b["agreed_total_minor"] = json!(1)), 409, ""),
    ] {
        let answer =
            problem(place(&site, &uuid::Uuid::new_v4().to_string(), &body).send().await.unwrap(), status).await;
        if !field.is_empty() {
            let at: Vec<_> =
                answer["errors"].as_array().unwrap().iter().map(|e| e["field"].as_str().unwrap()).collect();
            assert!(at.iter().any(|at| at.starts_with(field)), "{field} not in {at:?} of {answer}");
        }
    }
}

#[tokio::test]
async fn the_document_names_every_address() {
    let site = TestServer::start().await;
    let document: Value = reqwest::get(site.url("/api/v1/openapi.json")).await.unwrap().json().await.unwrap();
    let paths: Vec<_> = document["paths"].as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        paths,
        [
            "/api/v1/orders/{token}",
            "/api/v1/restaurants",
            "/api/v1/restaurants/{slug}/menu",
            "/api/v1/restaurants/{slug}/orders",
            "/api/v1/restaurants/{slug}/quotes",
        ]
    );
}

#[tokio::test]
async fn searching_finds_who_sells_a_dish() {
    let site = TestServer::start().await;
    let found: Value = reqwest::get(site.url("/api/v1/restaurants?q=marinara")).await.unwrap().json().await.unwrap();
    assert_eq!(found["restaurants"][0]["slug"], site.app.slug);
    let home = Browser::new().page(&site.url("/?q=marinara")).await;
    assert!(home.contains(&site.app.slug));
    let none: Value = reqwest::get(site.url("/api/v1/restaurants?q=zzzzzz")).await.unwrap().json().await.unwrap();
    assert_eq!(none["restaurants"], json!([]));
}

#[tokio::test]
async fn text_may_say_what_an_escape_looks_like() {
    let site = TestServer::start().await;
    let client = Client::new();
    for (note, status) in [(r"C:\\u0000", 201), (r"\\\\u0000", 201), (r"\u0000", 400), (r"\\\u0000", 400)] {
        let mut body = order(&site);
        body["note"] = json!("NOTE");
        let request = client.post(site.api("/orders")).header("idempotency-key", uuid::Uuid::new_v4().to_string());
        let request = request.header("content-type", "application/json").body(body.to_string().replace("NOTE", note));
        assert_eq!(request.send().await.unwrap().status(), status, "{note}");
    }
}

#[tokio::test]
async fn what_json_calls_the_same_is_the_same() {
    let site = TestServer::start().await;
    let mut body = order(&site);
    body["lines"][0]["quantity"] = json!(2.0);
    body["tip_minor"] = json!(1e2);
    let placed = place(&site, "whole", &body).send().await.unwrap();
    assert_eq!(placed.status(), 201, "{}", placed.text().await.unwrap());
    body["lines"][0]["quantity"] = json!(2);
    body["tip_minor"] = json!(100);
    assert_eq!(place(&site, "whole", &body).send().await.unwrap().status(), 200, "it is the same request");
    body["due"] = json!({ "at": 1_795_201_200_000.0 });
    let at = place(&site, "time", &body).send().await.unwrap();
    assert_eq!(at.status(), 201, "{}", at.text().await.unwrap());
    let quote = json!({ "lines": body["lines"], "mode": "pickup", "tip_minor": 0.0 });
    assert_eq!(Client::new().post(site.api("/quotes")).json(&quote).send().await.unwrap().status(), 200);
}

/// Accepting other shapes than the documented one would have to be kept compatible.
#[tokio::test]
async fn shapes_that_the_document_does_not_describe_are_refused() {
    let site = TestServer::start().await;
    let item = site.app.item("marinara").uuid().simple().to_string();
    let change = |pointer: &str, value: Value| {
        let mut body = order(&site);
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    let whole = order(&site);
    let bodies = [
        change("/due", json!({ "asap": null })),
        change("/due", json!({ "at": 1_795_201_200_000_i64, "zone": "UTC" })),
        change("/due", json!({})),
        change("/due", json!(["asap"])),
        change("/due", json!(null)),
        change("/mode", json!({ "pickup": null })),
        change("/contact", json!(["Ada", "+49 30 5550199", ""])),
        change("/lines/0/item", json!(item)),
        change("/lines/0/quantity", json!(1.5)),
        change("/lines/0/quantity", json!("1")),
        change("/tip_minor", json!(0.5)),
        change("/lines/0", json!([whole["lines"][0]["item"], null, [], 1, ""])),
    ];
    for body in bodies {
        problem(place(&site, &uuid::Uuid::new_v4().to_string(), &body).send().await.unwrap(), 400).await;
    }
}
