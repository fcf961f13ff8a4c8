//! Pricing problems as errors of the fields that correct them.

use app::{
    domain::{error::AppError, pricing::PriceProblem, problem::Problem},
    forms::fields,
};

/// The error of one line: a conflict when it is sold out, else invalid input.
pub fn at_field(problem: &PriceProblem) -> AppError {
    refusal(problem, Problem::new(field_of(problem), problem.code(), problem.to_string()))
}

/// The errors of several lines, at their paths: invalid input when there is any, else the first conflict.
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

/// A problem of an order as a whole.
pub fn of_order(problem: &PriceProblem) -> Problem {
    let field = match problem {
        PriceProblem::OutsideZones(_) => fields::POSTCODE,
        PriceProblem::LocationNeeded(_) | PriceProblem::OutsideShapes => fields::LOCATION,
        PriceProblem::Tip { .. } => fields::TIP,
        PriceProblem::ModeNotOffered(_) => fields::MODE,
        _ => "lines",
    };
    Problem::new(field, problem.code(), problem.to_string())
}

pub fn too_many_lines() -> AppError {
    AppError::Invalid { problems: vec![of_order(&PriceProblem::TooManyLines)] }
}

fn refusal(problem: &PriceProblem, problem_at_field: Problem) -> AppError {
    if is_sold_out(problem) {
        AppError::Conflict { problem: problem_at_field }
    } else {
        AppError::Invalid { problems: vec![problem_at_field] }
    }
}

/// Whether current availability is the problem: sold out, or not served at that hour.
pub const fn is_sold_out(problem: &PriceProblem) -> bool {
    matches!(problem, PriceProblem::SoldOut { .. } | PriceProblem::ModifierSoldOut { .. })
}

/// The field of the form that adds an item.
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
