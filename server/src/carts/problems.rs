//! What cannot be priced, told at the field that mends it.

use app::{
    domain::{error::AppError, pricing::PriceProblem, problem::Problem},
    forms::fields,
};

/// The refusal of one line: sold out is how things stand now, everything else is how it was asked.
pub fn at_field(problem: &PriceProblem) -> AppError {
    refusal(problem, Problem::new(field_of(problem), problem.code(), problem.to_string()))
}

/// The refusal of one line of several, at its path; the first that was asked wrongly, else the first that is sold out.
pub fn at_lines(problems: Vec<(usize, PriceProblem)>) -> AppError {
    let path = |(at, problem): &(usize, PriceProblem)| of_line(*at, problem);
    let sold_out = problems.iter().all(|(_, problem)| is_sold_out(problem));
    match problems.first() {
        Some(first) if sold_out => AppError::Conflict { problem: path(first) },
        _ => AppError::Invalid { problems: problems.iter().map(path).collect() },
    }
}

/// The problem of one line of several, at its path.
pub fn of_line(at: usize, problem: &PriceProblem) -> Problem {
    Problem::new(format!("lines/{at}/{}", part_of(problem)), problem.code(), problem.to_string())
}

/// What stands in the way of an order as a whole.
pub fn of_order(problem: &PriceProblem) -> Problem {
    let field = match problem {
        PriceProblem::OutsideZones(_) => fields::POSTCODE,
        PriceProblem::Tip { .. } => fields::TIP,
        PriceProblem::ModeNotOffered(_) => fields::MODE,
        _ => "lines",
    };
    Problem::new(field, problem.code(), problem.to_string())
}

/// The refusal of one more line.
pub fn too_many_lines() -> AppError {
    AppError::Invalid { problems: vec![of_order(&PriceProblem::TooManyLines)] }
}

fn refusal(problem: &PriceProblem, told: Problem) -> AppError {
    if is_sold_out(problem) { AppError::Conflict { problem: told } } else { AppError::Invalid { problems: vec![told] } }
}

/// Whether it is how things stand now: sold out, or not served at that hour.
pub const fn is_sold_out(problem: &PriceProblem) -> bool {
    matches!(problem, PriceProblem::SoldOut { .. } | PriceProblem::ModifierSoldOut { .. })
}

/// The field of the form that adds a dish.
const fn field_of(problem: &PriceProblem) -> &'static str {
    match problem {
        PriceProblem::UnknownVariant { .. } => fields::VARIANT,
        PriceProblem::UnknownModifier { .. }
        | PriceProblem::ModifierSoldOut { .. }
        | PriceProblem::TooFew { .. }
        | PriceProblem::TooMany { .. }
        | PriceProblem::TooManyOfOne { .. } => fields::MODIFIER,
        PriceProblem::Quantity | PriceProblem::Money(_) => fields::QUANTITY,
        PriceProblem::NoteTooLong => fields::NOTE,
        _ => fields::ITEM,
    }
}

/// The part of a line in JSON.
const fn part_of(problem: &PriceProblem) -> &'static str {
    match problem {
        PriceProblem::UnknownModifier { .. }
        | PriceProblem::ModifierSoldOut { .. }
        | PriceProblem::TooFew { .. }
        | PriceProblem::TooMany { .. }
        | PriceProblem::TooManyOfOne { .. } => "modifiers",
        _ => field_of(problem),
    }
}
