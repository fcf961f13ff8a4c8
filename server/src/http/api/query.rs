//! Queries of searches and menus: how they are documented, and how they are decoded.

use app::domain::{
    diet::{Allergen, Diet},
    error::AppError,
    order::Due,
    restaurant::HomeQuery,
};
use utoipa::IntoParams;

/// Query of a search.
#[derive(Debug, Default, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query; it is read as pairs, because fields may be repeated")]
pub struct SearchParams {
    /// Words to find in names, cuisines and dishes; only the first 200 characters count.
    q: Option<String>,
    /// `1`: only restaurants that take orders now.
    #[param(value_type = Option<String>, pattern = "^(1)?$")]
    open: Option<String>,
    /// Only this cuisine.
    cuisine: Option<String>,
    /// Only restaurants with dishes that suit all of these; may be repeated.
    diet: Option<Vec<Diet>>,
    /// Only restaurants with dishes free of all of these; may be repeated.
    free_of: Option<Vec<Allergen>>,
    /// Degrees north and east, `52.5,13.4`: nearest first.
    #[param(
        pattern = "^(-?(90(\\.0+)?|[1-8]?[0-9](\\.[0-9]+)?),-?(180(\\.0+)?|(1[0-7][0-9]|[1-9]?[0-9])(\\.[0-9]+)?))?$"
    )]
    near: Option<String>,
    /// Which page of the result, from 1.
    #[param(pattern = "^([1-9][0-9]{0,8})?$")]
    page: Option<String>,
}

/// Query of a menu.
#[derive(Debug, Default, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query; it is read as pairs, as that of a search is")]
pub struct MenuParams {
    /// `asap`, or one of the offered times in milliseconds since 1970-01-01T00:00:00Z.
    #[param(value_type = Option<String>, pattern = "^(asap|[0-9]{1,15})$")]
    due: Option<String>,
}

/// The time of a query; as soon as possible without one.
pub fn due(query: &str) -> Result<Due, AppError> {
    let problem = || {
        AppError::invalid(
            "due",
            "unknown_time",
            "`due` must be `asap` or an instant in milliseconds since 1970-01-01T00:00:00Z, such as 1795201200000.",
        )
    };
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).map_err(|_| problem())?;
    let named = pairs.iter().find(|(name, _)| name == "due");
    named.map_or(Ok(Due::Asap), |(_, text)| Due::from_field(text).ok_or_else(problem))
}

/// Decodes the query of home and of the API: unknown values of known filters are rejected, unknown fields ignored.
pub fn home_query(query: &str) -> Result<HomeQuery, AppError> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query)
        .map_err(|_| AppError::invalid("q", "malformed", "The address cannot be read. Search again."))?;
    let mut wanted = HomeQuery::default();
    for (name, value) in pairs {
        match name.as_str() {
            "q" | "open" | "cuisine" | "near" | "page" if value.is_empty() => {}
            "q" => wanted.text = value.replace('\0', "").trim().chars().take(200).collect(),
            "open" if value == "1" => wanted.open = true,
            "open" => {
                let words = "`open` must be 1 for restaurants that take orders now, or be left out.";
                return Err(AppError::invalid("open", "unknown", words));
            }
            "cuisine" => wanted.cuisine = Some(value.replace('\0', "")),
            "diet" => wanted.diets.push(
                Diet::from_code(&value).ok_or_else(|| unknown("diet", Diet::ALL.iter().map(|diet| diet.code())))?,
            ),
            "free_of" => wanted.free_of.push(
                Allergen::from_code(&value)
                    .ok_or_else(|| unknown("free_of", Allergen::ALL.iter().map(|allergen| allergen.code())))?,
            ),
            "near" => wanted.near = Some(place_on_earth(&value)?),
            "page" => wanted.page = page_number(&value)?.saturating_sub(1),
            _ => {}
        }
    }
    Ok(wanted)
}

fn unknown<'a>(field: &str, known: impl Iterator<Item = &'a str>) -> AppError {
    AppError::invalid(field, "unknown", format!("`{field}` must be one of {}.", known.collect::<Vec<_>>().join(", ")))
}

fn page_number(text: &str) -> Result<u32, AppError> {
    let page = text.parse().ok().filter(|page| (1..1_000_000_000).contains(page) && !text.starts_with(['0', '+']));
    page.ok_or_else(|| AppError::invalid("page", "unknown", "`page` must be a whole number from 1, such as 2."))
}

fn place_on_earth(text: &str) -> Result<(f64, f64), AppError> {
    let problem = || AppError::invalid("near", "place", "Use `latitude,longitude` for `near`, such as 52.5,13.4.");
    let (north, east) = text.split_once(',').ok_or_else(problem)?;
    let (north, east) = (degrees(north).ok_or_else(problem)?, degrees(east).ok_or_else(problem)?);
    if (-90.0..=90.0).contains(&north) && (-180.0..=180.0).contains(&east) { Ok((north, east)) } else { Err(problem()) }
}

/// A decimal number as the document describes it: no exponent, no plus sign, digits on both sides of a point.
fn degrees(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let plain = digits(whole) && digits(part) && (whole == "0" || !whole.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}
