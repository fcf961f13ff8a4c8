//! Sign-in and sign-out of staff; guessing is slow and reveals nothing.

use crate::app::{FRIDAY_EVENING, HERE, TestApp};
use ::app::domain::error::AppError;
use server::{accounts, demo, error::ServerError};
use std::{net::IpAddr, time::Instant};

const EMAIL: &str = "the-last-minute@toast.example";

async fn start() -> TestApp {
    let app = TestApp::start().await;
    demo::demo(&app.context, false).await.unwrap();
    app
}

async fn try_with(app: &TestApp, email: &str, password: &str) -> Result<String, AppError> {
    try_from(app, HERE, email, password).await
}

async fn try_from(app: &TestApp, from: IpAddr, email: &str, password: &str) -> Result<String, AppError> {
    match accounts::sign_in(&app.context, email, password, from).await {
        Err(ServerError::Refused(refusal)) => Err(refusal),
        other => Ok(other.unwrap()),
    }
}

#[tokio::test]
async fn signs_in_and_out() {
    let app = start().await;
    let secret = try_with(&app, " The-Last-Minute@Toast.example ", demo::DEMO_PASSWORD).await.unwrap();
    let staff = accounts::staff(&app.context, &secret).await.unwrap().unwrap();
    assert_eq!(staff.restaurants.len(), 1);
    assert_eq!(staff.workplace("the-last-minute").unwrap().slug, "the-last-minute");
    assert_eq!(staff.workplace("luigis-hearth"), Err(AppError::Forbidden));
    let elsewhere = app.second();
    assert!(accounts::staff(&elsewhere, &secret).await.unwrap().is_some());
    accounts::sign_out(&app.context, &secret).await.unwrap();
    assert_eq!(accounts::staff(&app.context, &secret).await.unwrap(), None);
    assert_eq!(accounts::staff(&app.second(), &secret).await.unwrap(), None);
    accounts::sign_out(&app.context, &secret).await.unwrap();
    for noise in ["", "x", &"A".repeat(43), "'; DROP TABLE sessions"] {
        assert_eq!(accounts::staff(&app.context, noise).await.unwrap(), None);
        accounts::sign_out(&app.context, noise).await.unwrap();
    }
}

#[tokio::test]
async fn a_session_lasts_a_shift() {
    let app = start().await;
    let secret = try_with(&app, EMAIL, demo::DEMO_PASSWORD).await.unwrap();
    app.at(FRIDAY_EVENING.plus_minutes(12 * 60 - 1));
    assert!(accounts::staff(&app.context, &secret).await.unwrap().is_some());
    app.at(FRIDAY_EVENING.plus_minutes(12 * 60));
    assert_eq!(accounts::staff(&app.context, &secret).await.unwrap(), None);
    assert_eq!(accounts::staff(&app.second(), &secret).await.unwrap(), None);
    assert_eq!(app.count("sessions").await, 0);
}

#[tokio::test]
async fn only_a_fingerprint_is_kept() {
    let app = start().await;
    let secret = try_with(&app, EMAIL, demo::DEMO_PASSWORD).await.unwrap();
    assert_eq!(app.count("sessions").await, 1);
    assert_eq!(app.count(&format!("sessions WHERE fingerprint LIKE '%{}%'", &secret[..10])).await, 0);
}

#[tokio::test]
async fn unknown_and_known_addresses_get_the_same_response() {
    let app = start().await;
    let wrong = try_with(&app, EMAIL, "wrong").await.unwrap_err();
    let unknown = try_with(&app, "unknown@toast.example", "wrong").await.unwrap_err();
    assert_eq!(wrong, unknown);
    assert_eq!((wrong.status(), wrong.problems()[0].field.as_str()), (422, "password"));
    // The fastest of four measurements each, more would lock: other load can only slow a response down.
    let mut times = [f64::MAX; 2];
    for _ in 0..4 {
        for (email, quickest) in [EMAIL, "unknown@toast.example"].into_iter().zip(&mut times) {
            let begun = Instant::now();
            try_with(&app, email, "wrong").await.unwrap_err();
            *quickest = quickest.min(begun.elapsed().as_secs_f64());
        }
    }
    assert!(times[1] > times[0] / 4.0, "an unknown address answers too fast: {times:?}");
}

#[tokio::test]
async fn guessing_locks_for_longer_and_longer() {
    let app = start().await;
    for email in [EMAIL, "unknown@toast.example"] {
        app.at(FRIDAY_EVENING);
        for _ in 0..5 {
            assert_eq!(try_with(&app, email, "wrong").await.unwrap_err().status(), 422);
        }
        assert_eq!(
            try_with(&app, email, demo::DEMO_PASSWORD).await.unwrap_err(),
            AppError::TooMany { retry_after: 60 },
            "{email}"
        );
        app.at(FRIDAY_EVENING.plus_minutes(1));
        assert_eq!(try_with(&app, email, "wrong").await.unwrap_err().status(), 422);
        assert_eq!(try_with(&app, email, "wrong").await.unwrap_err(), AppError::TooMany { retry_after: 120 });
    }
    app.at(FRIDAY_EVENING.plus_minutes(3));
    assert!(try_with(&app, EMAIL, demo::DEMO_PASSWORD).await.is_ok());
    assert_eq!(try_with(&app, EMAIL, "wrong").await.unwrap_err().status(), 422, "a right password forgives");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parallel_guesses_are_no_more_than_guesses_in_a_row() {
    let app = start().await;
    for email in [EMAIL, "unknown@toast.example"] {
        let guesses = futures::future::join_all((0..100).map(|_| try_with(&app, email, "wrong"))).await;
        let tried = guesses.iter().filter(|guess| matches!(guess, Err(AppError::Invalid { .. }))).count();
        let locked = guesses.iter().filter(|guess| matches!(guess, Err(AppError::TooMany { .. }))).count();
        assert_eq!((tried, locked), (5, 95), "{email}: {guesses:?}");
        // The correct password is rejected as well, with the end of the lock.
        assert_eq!(try_with(&app, email, demo::DEMO_PASSWORD).await, Err(AppError::TooMany { retry_after: 60 }));
    }
    let elsewhere = IpAddr::from([192, 0, 2, 7]);
    assert!(try_from(&app, elsewhere, EMAIL, demo::DEMO_PASSWORD).await.is_ok(), "guesses keep no owner out");
    let servers = [app.second(), app.second(), app.second()];
    app.at(FRIDAY_EVENING.plus_minutes(1));
    let wrong = |server| accounts::sign_in(server, EMAIL, "wrong", HERE);
    let guesses = futures::future::join_all(servers.iter().cycle().take(30).map(wrong)).await;
    let tried =
        guesses.iter().filter(|guess| matches!(guess, Err(ServerError::Refused(AppError::Invalid { .. })))).count();
    assert_eq!(tried, 1, "all servers count together");
}

#[tokio::test]
async fn guessing_from_elsewhere_locks_only_its_origin() {
    let app = start().await;
    let at = |last: u8| IpAddr::from([192, 0, 2, last]);
    for stranger in 0..20 {
        for _ in 0..6 {
            try_from(&app, at(stranger), EMAIL, "wrong").await.unwrap_err();
        }
    }
    assert!(try_from(&app, at(200), EMAIL, demo::DEMO_PASSWORD).await.is_ok());
    // A correct password resets the failures of its origin only.
    assert_eq!(try_from(&app, at(1), EMAIL, demo::DEMO_PASSWORD).await, Err(AppError::TooMany { retry_after: 60 }));
    app.at(FRIDAY_EVENING.plus_minutes(24 * 60 + 1));
    try_from(&app, at(200), EMAIL, "wrong").await.unwrap_err();
    assert_eq!(app.count("sign_in_tries").await, 1, "what is a day old is swept up");
    assert_eq!(app.count("sign_in_tries WHERE origin LIKE '%192.0%'").await, 0, "no address is kept");
}
