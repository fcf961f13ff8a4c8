//! Staff pages over HTTP: sign-in, transitions of orders, menu edits.

use crate::{
    http::{
        AppState,
        account::client,
        body::{Form, FormAtPath, wants_json},
        caller::Caller,
        errors, no_store, pages,
    },
    scheduling::local_time::WallClock,
};
use app::{
    domain::{
        board::{MenuChange, NewItem, OrderMove, SoldOut},
        error::AppError,
        money::Money,
        order::{Reason, Verb},
        time::Timestamp,
        typed,
    },
    forms::{fields, routes},
    services::{Accounts, Boards, Staff, Submission},
};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{HeaderMap, Uri, header};
use serde::Serialize;
use std::str::FromStr;

pub async fn sign_in(State(state): State<AppState>, caller: Caller, headers: HeaderMap, form: Form) -> Response {
    let from = client(caller, &headers);
    let email = typed::without_marks(form.text(fields::EMAIL));
    match state.context.sign_in(email.trim(), form.text(fields::PASSWORD), from).await {
        Ok(secret) => {
            let mut response = Redirect::to(routes::own_or(form.text(fields::NEXT), routes::DASHBOARD)).into_response();
            response.headers_mut().append(header::SET_COOKIE, state.cookies.keep_session(&secret));
            response
        }
        Err(error) => {
            let mut fields = form.0;
            fields.remove(fields::PASSWORD);
            pages::rerender_form(&state, routes::SIGN_IN, &headers, Submission { fields, error: Some(error) }).await
        }
    }
}

pub async fn sign_out(State(state): State<AppState>, uri: Uri, headers: HeaderMap) -> Response {
    if let Some(secret) = state.cookies.session(&headers)
        && let Err(error) = state.context.sign_out(&secret).await
    {
        return pages::error_response(&state, &uri, &headers, &error).await;
    }
    let mut response = Redirect::to(routes::SIGN_IN).into_response();
    response.headers_mut().append(header::SET_COOKIE, state.cookies.drop_session());
    response
}

pub async fn snapshot(State(state): State<AppState>, Path(slug): Path<String>, headers: HeaderMap) -> Response {
    let board = async { state.context.board(&state.onlooker(&headers).await?, &slug).await };
    match board.await {
        Ok(board) => no_store(Json(board).into_response()),
        Err(error) => errors::error_response(&error),
    }
}

/// Applies a transition to an order.
pub async fn move_order(State(state): State<AppState>, (Path(slug), uri, headers, form): FormAtPath) -> Response {
    let moved = async {
        let staff = state.actor(&headers).await?;
        state.context.move_order(&staff, &slug, &decision(&form)?).await
    };
    let result = moved.await;
    result_or_form(&state, &routes::board(&slug), &uri, &headers, form, result).await
}

/// Acknowledges new orders up to the position of the displayed board.
pub async fn acknowledge(State(state): State<AppState>, (Path(slug), uri, headers, form): FormAtPath) -> Response {
    let silenced = async {
        let staff = state.onlooker(&headers).await?;
        state.context.acknowledge(&staff, &slug, parse(&form, fields::SEEN)?).await
    };
    let result = silenced.await;
    result_or_form(&state, &routes::board(&slug), &uri, &headers, form, result).await
}

/// Edits the menu, or pauses the restaurant.
pub async fn change_menu(State(state): State<AppState>, (Path(slug), uri, headers, form): FormAtPath) -> Response {
    let changed = async {
        let staff = state.actor(&headers).await?;
        let change = menu_change(&state, &staff, &slug, &form).await?;
        state.context.change_menu(&staff, &slug, &change).await
    };
    let result = changed.await.map(|()| serde_json::json!({ "saved": true }));
    result_or_form(&state, &routes::menu_editor(&slug), &uri, &headers, form, result).await
}

/// The result as JSON, or the page that the form names, else its own. After an error the form's page again, unless the
/// person may not see it.
async fn result_or_form(
    state: &AppState,
    page: &str,
    uri: &Uri,
    headers: &HeaderMap,
    form: Form,
    result: Result<impl Serialize, AppError>,
) -> Response {
    match result {
        Ok(shown) if wants_json(headers) => no_store(Json(shown).into_response()),
        Ok(_) => Redirect::to(routes::own_or(form.text(fields::NEXT), page)).into_response(),
        Err(error) if wants_json(headers) || matches!(error, AppError::Unauthenticated | AppError::Forbidden) => {
            pages::error_response(state, uri, headers, &error).await
        }
        Err(error) => {
            pages::rerender_form(state, page, headers, Submission { fields: form.0, error: Some(error) }).await
        }
    }
}

fn decision(form: &Form) -> Result<OrderMove, AppError> {
    let minutes = form.text(fields::MINUTES).trim();
    Ok(OrderMove {
        order: parse(form, fields::ORDER)?,
        verb: Verb::from_code(form.text(fields::VERB)).ok_or_else(|| out_of_date(fields::VERB))?,
        version: parse(form, fields::VERSION)?,
        minutes: match minutes {
            "" => None,
            text => Some(typed::count(text).ok_or_else(minutes_problem)?),
        },
        reason: match form.text(fields::REASON) {
            "" => None,
            code => Some(
                Reason::from_code(code)
                    .ok_or_else(|| AppError::invalid(fields::REASON, "unknown", "Choose one of the reasons."))?,
            ),
        },
        words: form.text(fields::REASON_TEXT).to_owned(),
        key: form.text(fields::KEY).to_owned(),
    })
}

async fn menu_change(state: &AppState, staff: &Staff, slug: &str, form: &Form) -> Result<MenuChange, AppError> {
    let value = form.text(fields::VALUE);
    Ok(match form.text(fields::CHANGE) {
        "rename_item" => MenuChange::RenameItem(target(form)?, value.to_owned()),
        "describe_item" => MenuChange::DescribeItem(target(form)?, value.to_owned()),
        "rename_section" => MenuChange::RenameSection(target(form)?, value.to_owned()),
        "price" => MenuChange::Price(target(form)?, price(state, staff, slug, value).await?),
        "modifier_price" => MenuChange::ModifierPrice(target(form)?, price(state, staff, slug, value).await?),
        "modifier_size_price" => {
            let (modifier, size) =
                form.text(fields::TARGET).split_once(':').ok_or_else(|| out_of_date(fields::TARGET))?;
            let modifier = modifier.parse().map_err(|_| out_of_date(fields::TARGET))?;
            MenuChange::ModifierSizePrice(modifier, size.to_owned(), price(state, staff, slug, value).await?)
        }
        "item_sold_out" => MenuChange::ItemSoldOut(target(form)?, sold_out(state, staff, slug, form).await?),
        "modifier_sold_out" => MenuChange::ModifierSoldOut(target(form)?, sold_out(state, staff, slug, form).await?),
        "move_item" => MenuChange::MoveItem(target(form)?, step(value)?),
        "move_section" => MenuChange::MoveSection(target(form)?, step(value)?),
        "add_item" => MenuChange::AddItem(target(form)?, new_item(state, staff, slug, form).await?),
        "add_section" => {
            let section = form.text(fields::SECTION).to_owned();
            MenuChange::AddSection(section, new_item(state, staff, slug, form).await?)
        }
        "delete_item" => MenuChange::DeleteItem(target(form)?),
        "item_tax_class" => MenuChange::ItemTaxClass(target(form)?, tax_class(value)),
        "section_tax_class" => MenuChange::SectionTaxClass(target(form)?, tax_class(value)),
        "modifier_tax_class" => MenuChange::ModifierTaxClass(target(form)?, tax_class(value)),
        "pause" => MenuChange::Pause(typed::count(value).ok_or_else(minutes_problem)?),
        _ => return Err(out_of_date(fields::CHANGE)),
    })
}

async fn new_item(state: &AppState, staff: &Staff, slug: &str, form: &Form) -> Result<NewItem, AppError> {
    let key = form.text(fields::KEY).to_owned();
    let price = price(state, staff, slug, form.text(fields::VALUE)).await?;
    Ok(NewItem { key, name: form.text(fields::NAME).to_owned(), price })
}

async fn price(state: &AppState, staff: &Staff, slug: &str, typed: &str) -> Result<i64, AppError> {
    let menu = state.context.editable_menu(staff, slug).await?.menu;
    Money::parse(typed, menu.currency).map(Money::minor).ok_or_else(|| {
        let example = Money::new(1250, menu.currency).typed(&menu.locale);
        let words = match menu.currency.exponent() {
            0 => format!("Enter a price without decimals, such as {example}."),
            places => format!("Enter a price with at most {places} decimals, such as {example}."),
        };
        AppError::invalid(fields::VALUE, "price", words)
    })
}

async fn sold_out(state: &AppState, staff: &Staff, slug: &str, form: &Form) -> Result<SoldOut, AppError> {
    Ok(match form.text(fields::VALUE) {
        "no" => SoldOut::No,
        "today" => SoldOut::Today,
        "until_stocked" => SoldOut::UntilStocked,
        "until" => SoldOut::Until(next_local_time(state, staff, slug, form.text(fields::UNTIL)).await?),
        _ => return Err(out_of_date(fields::VALUE)),
    })
}

/// The next instant at which the restaurant's clock shows `HH:MM`.
async fn next_local_time(state: &AppState, staff: &Staff, slug: &str, typed: &str) -> Result<Timestamp, AppError> {
    let problem = || AppError::invalid(fields::UNTIL, "time", "Enter a time such as 17:30.");
    let time = jiff::civil::Time::from_str(&format!("{}:00", typed.trim())).map_err(|_| problem())?;
    let restaurant = state.context.editable_menu(staff, slug).await?.restaurant;
    let clock = WallClock::of(&restaurant.zone).ok_or_else(problem)?;
    clock.next(time, state.context.clock.now()).ok_or_else(problem)
}

/// The code of a class; empty for none of its own.
fn tax_class(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}

fn step(value: &str) -> Result<i8, AppError> {
    match value {
        "-1" => Ok(-1),
        "1" => Ok(1),
        _ => Err(out_of_date(fields::VALUE)),
    }
}

fn target<T: FromStr>(form: &Form) -> Result<T, AppError> {
    parse(form, fields::TARGET)
}

fn parse<T: FromStr>(form: &Form, name: &str) -> Result<T, AppError> {
    form.text(name).parse().map_err(|_| out_of_date(name))
}

fn out_of_date(name: &str) -> AppError {
    AppError::invalid(name, "unknown", "This form is out of date. Reload the page.")
}

fn minutes_problem() -> AppError {
    AppError::invalid(fields::MINUTES, "minutes", "Enter whole minutes, such as 20.")
}
