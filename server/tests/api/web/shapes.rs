//! Bodies of another shape than documented: each wrong field is named, with the accepted values and a valid example.

use crate::{guest, web::site::TestServer};
use reqwest::Client;
use serde_json::{Value, json};

/// Terms of the parser, which clients of the API should not need.
const PARSER: &[&str] = &[
    "invalid type",
    "invalid value",
    "expected",
    "unit variant",
    "struct",
    "sequence",
    "u32",
    "i64",
    "at line",
    "EOF",
];

async fn send(site: &TestServer, path: &str, body: String) -> (u16, Value) {
    let request = Client::new().post(site.api(path)).header("idempotency-key", uuid::Uuid::new_v4().to_string());
    let answer = request.header("content-type", "application/json").body(body).send().await.unwrap();
    let status = answer.status().as_u16();
    (status, answer.json().await.unwrap())
}

/// An order with all possible fields.
fn whole(site: &TestServer) -> Value {
    let mut body = serde_json::to_value(guest::delivery(&site.app, crate::app::FRIDAY_EVENING)).unwrap();
    body["due"] = json!("asap");
    body["address"]["location"] = json!({ "latitude": 52.5403, "longitude": 13.4127 });
    body
}

fn with(body: &Value, path: &str, value: Value) -> Value {
    let mut body = body.clone();
    let (parent, name) = path.rsplit_once('/').unwrap();
    let parent = if parent.is_empty() { &mut body } else { body.pointer_mut(parent).unwrap() };
    match parent {
        Value::Array(entries) => entries[name.parse::<usize>().unwrap()] = value,
        parent => parent[name] = value,
    }
    body
}

fn without(body: &Value, path: &str) -> Value {
    let mut body = body.clone();
    let (parent, name) = path.rsplit_once('/').unwrap();
    let parent = if parent.is_empty() { &mut body } else { body.pointer_mut(parent).unwrap() };
    parent.as_object_mut().unwrap().remove(name);
    body
}

fn ensure_plain(answer: &Value) {
    let errors = answer["errors"].as_array().unwrap_or_else(|| panic!("no field is named: {answer}"));
    for error in errors {
        let (field, message) = (error["field"].as_str().unwrap(), error["message"].as_str().unwrap());
        assert!(message.ends_with('.') && message.contains(&format!("`{field}`")), "{message}");
        assert!(!PARSER.iter().any(|word| message.contains(word)), "{message}");
    }
    assert_eq!(answer["detail"], errors[0]["message"]);
}

fn error<'a>(answer: &'a Value, path: &str) -> &'a str {
    let path = path.trim_start_matches('/');
    let errors = answer["errors"].as_array().unwrap();
    let found = errors.iter().find(|error| error["field"] == path);
    found.unwrap_or_else(|| panic!("{path} is not named: {answer}"))["message"].as_str().unwrap()
}

#[tokio::test]
async fn a_wrong_value_is_told_with_what_is_allowed() {
    let site = TestServer::start().await;
    let order = whole(&site);
    let texts = || vec![json!(7), json!(["text"]), json!({ "text": "text" }), json!(null), json!(true)];
    let wholes = || vec![json!("2"), json!(1.5), json!([2]), json!({}), json!(true)];
    let degrees = |beyond: f64| vec![json!(beyond), json!("52.5"), json!(null), json!([52.5]), json!(true)];
    let ids = || vec![json!("marinara"), json!(7), json!("0190b2f07c1e7d439a553f2b8c6d1e07"), json!({})];
    let optional = |mut values: Vec<Value>| {
        values.retain(|value| !value.is_null());
        values
    };
    let table: Vec<(&str, Vec<Value>, &str)> = vec![
        ("/lines", vec![json!({}), json!("marinara"), json!(null)], "a list of 1 to 60 entries"),
        ("/lines/0", vec![json!(7), json!([]), json!("marinara"), json!(null)], "an object with `item` and `quantity`"),
        ("/lines/0/item", ids(), "an id of 32 hexadecimal digits with hyphens"),
        ("/lines/0/variant", ids(), "an id of 32 hexadecimal digits with hyphens or null"),
        ("/lines/0/modifiers", vec![json!({}), json!("bread"), json!(null)], "a list of at most 200 entries"),
        ("/lines/1/modifiers/0", vec![json!("bread"), json!([])], "an object with `modifier`"),
        ("/lines/1/modifiers/0/modifier", ids(), "an id of 32"),
        ("/lines/1/modifiers/0/quantity", wholes(), "a whole number from 1 to 99"),
        ("/lines/0/quantity", [wholes(), vec![json!(-1), json!(null)]].concat(), "a whole number from 1 to 99"),
        ("/lines/0/note", texts(), "a text of at most 280 characters"),
        (
            "/mode",
            vec![json!("drone"), json!({ "pickup": null }), json!(7), json!(null)],
            "\"pickup\", \"delivery\" or \"dine_in\"",
        ),
        (
            "/due",
            vec![
                json!("later"),
                json!(1),
                json!(null),
                json!([]),
                json!({}),
                json!({ "asap": null }),
                json!({ "in": 5 }),
            ],
            "\"asap\" or {\"at\": an instant in milliseconds since 1970-01-01T00:00:00Z}, such as {\"at\":1795201200000}",
        ),
        (
            "/contact",
            vec![json!("Ada"), json!(["Ada", "+49 30 5550199", ""]), json!(null)],
            "an object with `name`, such as {\"name\":\"Ada\"}",
        ),
        ("/contact/name", texts(), "a text of 1 to 80 characters, such as \"Ada\""),
        ("/contact/phone", texts(), "a text, such as \"+49"),
        ("/contact/email", texts(), "a text, such as \"ada@"),
        (
            "/address",
            vec![json!("Kastanienallee 1"), json!([]), json!(7)],
            "an object with `street` and `postcode` or null",
        ),
        ("/address/street", texts(), "a text of 1 to 200 characters"),
        ("/address/postcode", texts(), "a text of 1 to 200 characters, such as \"10435\""),
        ("/address/city", texts(), "a text of at most 200 characters"),
        ("/address/directions", texts(), "a text of at most 200 characters"),
        (
            "/address/location",
            vec![json!("52, 13"), json!([52, 13]), json!(7)],
            "an object with `latitude` and `longitude` or null",
        ),
        ("/address/location/latitude", degrees(91.0), "a number from -90 to 90"),
        ("/address/location/longitude", degrees(-180.5), "a number from -180 to 180"),
        ("/table", optional(texts()), "a text or null, such as \"4\""),
        ("/tip_minor", wholes(), "a whole number from 0 to 9007199254740991"),
        ("/agreed_total_minor", wholes(), "a whole number from 0 to 9007199254740991 or null"),
        ("/note", texts(), "a text of at most 280 characters"),
    ];
    for (path, values, allowed) in table {
        for value in values {
            let body = with(&order, path, value.clone());
            let (status, answer) = send(&site, "/orders", body.to_string()).await;
            assert_eq!((status, &answer["code"]), (400, &json!("malformed")), "{path} = {value}: {answer}");
            ensure_plain(&answer);
            let message = error(&answer, path);
            assert!(message.contains(allowed), "{path} = {value}: {message}");
            // The example of the sentence is valid, as far as the shape is concerned.
            let example = message.split_once(", such as ").unwrap().1.trim_end_matches('.');
            let mended = with(&order, path, serde_json::from_str(example).unwrap());
            let (status, answer) = send(&site, "/orders", mended.to_string()).await;
            assert_ne!(status, 400, "{path} = {example}: {answer}");
        }
    }
}

#[tokio::test]
async fn a_time_that_is_none_is_told_at_its_field() {
    let site = TestServer::start().await;
    for at in [json!("19:00"), json!(null), json!(1.5), json!({}), json!(1e300)] {
        let body = with(&whole(&site), "/due", json!({ "at": at }));
        let (status, answer) = send(&site, "/orders", body.to_string()).await;
        assert_eq!(status, 400, "{at}: {answer}");
        ensure_plain(&answer);
        assert_eq!(
            error(&answer, "due/at"),
            "`due/at` must be an instant in milliseconds since 1970-01-01T00:00:00Z, such as 1795201200000."
        );
    }
    let menu = reqwest::get(site.api("/menu?due=19:00")).await.unwrap();
    assert_eq!(menu.status(), 422);
    ensure_plain(&menu.json().await.unwrap());
    for query in ["diet=air", "free_of=air", "near=here", "open=2", "page=0", "page=-1", "page=x"] {
        let found = reqwest::get(site.url(&format!("/api/v1/restaurants?{query}"))).await.unwrap();
        assert_eq!(found.status(), 422, "{query}");
        ensure_plain(&found.json().await.unwrap());
    }
}

#[tokio::test]
async fn fields_that_are_missing_or_unknown_are_named() {
    let site = TestServer::start().await;
    let order = whole(&site);
    for path in
        ["/lines", "/mode", "/contact", "/contact/name", "/lines/0/item", "/lines/0/quantity", "/address/street"]
    {
        let (status, answer) = send(&site, "/orders", without(&order, path).to_string()).await;
        assert_eq!(status, 400, "{path}: {answer}");
        ensure_plain(&answer);
        let message = error(&answer, path);
        assert!(message.contains("is missing. It must be ") && message.contains(", such as "), "{message}");
    }
    for path in ["/price", "/lines/0/price", "/contact/fax", "/address/country", "/lines/1/modifiers/0/price"] {
        let (status, answer) = send(&site, "/orders", with(&order, path, json!(1)).to_string()).await;
        assert_eq!(status, 400, "{path}: {answer}");
        ensure_plain(&answer);
        assert!(error(&answer, path).contains("is not a known field. Leave it out, or send one of `"), "{answer}");
    }
    // All problems are reported together.
    let (_, answer) = send(&site, "/orders", json!({ "mode": "drone", "lines": [{}], "price": 1 }).to_string()).await;
    let fields: Vec<_> =
        answer["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["contact", "lines/0/item", "lines/0/quantity", "mode", "price"]);
}

#[tokio::test]
async fn quotes_are_told_as_orders_are() {
    let site = TestServer::start().await;
    let order = whole(&site);
    let quote =
        json!({ "lines": order["lines"], "mode": "delivery", "postcode": "10435", "due": "asap", "tip_minor": 0 });
    assert_eq!(send(&site, "/quotes", quote.to_string()).await.0, 200);
    for (path, value) in [
        ("/postcode", json!(10435)),
        ("/due", json!("later")),
        ("/mode", json!("")),
        ("/tip_minor", json!("0")),
        ("/lines/0/quantity", json!("1")),
        ("/note", json!("")),
    ] {
        let (status, answer) = send(&site, "/quotes", with(&quote, path, value).to_string()).await;
        assert_eq!(status, 400, "{path}: {answer}");
        ensure_plain(&answer);
        error(&answer, path);
    }
}

#[tokio::test]
async fn what_is_no_json_or_says_a_thing_twice_is_told_in_a_sentence() {
    let site = TestServer::start().await;
    for (body, words) in [
        ("{\"lines\": [", "The body is not JSON"),
        ("", "The body is not JSON"),
        ("lines=1", "The body is not JSON"),
        ("[]", "The body must be an object with `lines`, `mode` and `contact`"),
        ("null", "The body must be an object"),
        ("\"order\"", "The body must be an object"),
    ] {
        let (status, answer) = send(&site, "/orders", body.to_owned()).await;
        let detail = answer["detail"].as_str().unwrap();
        assert_eq!(status, 400, "{body}");
        assert!(detail.starts_with(words) && detail.ends_with('.'), "{body}: {detail}");
        assert!(!PARSER.iter().any(|word| detail.contains(word)), "{detail}");
    }
    let order = whole(&site).to_string();
    let twice = order.replacen('{', "{\"mode\":\"delivery\",", 1);
    let (status, answer) = send(&site, "/orders", twice).await;
    assert_eq!(status, 400, "{answer}");
    assert!(answer["detail"].as_str().unwrap().contains("Send each field once"), "{answer}");
    let (status, answer) = send(&site, "/orders", order.replace("2nd floor", "2nd\\u0000floor")).await;
    assert_eq!(status, 400, "{answer}");
    assert!(error(&answer, "address/directions").contains("NUL character"), "{answer}");
}

#[tokio::test]
async fn texts_are_as_long_as_the_document_says() {
    let site = TestServer::start().await;
    let order = whole(&site);
    for (path, most) in [
        ("/note", 280),
        ("/lines/0/note", 280),
        ("/contact/name", 80),
        ("/address/street", 200),
        ("/address/city", 200),
        ("/address/directions", 200),
    ] {
        // Two UTF-16 code units each, one code point.
        let (status, answer) = send(&site, "/orders", with(&order, path, json!("🍕".repeat(most))).to_string()).await;
        assert_eq!(status, 201, "{path}: {answer}");
        let (status, answer) =
            send(&site, "/orders", with(&order, path, json!("🍕".repeat(most + 1))).to_string()).await;
        assert_eq!(status, 422, "{path}: {answer}");
    }
}
