//! Decodes the form of a new shared screen.

use crate::{
    domain::{error::AppError, problem::Problem, role::Role, shared_screen::NewScreen, text, typed},
    forms::fields,
};

/// Characters of a screen's name.
const MAX_NAME: usize = 40;
/// Minutes without an action, at first and at most.
pub const USUAL_MINUTES: u32 = 15;
pub const MOST_MINUTES: u32 = 720;
/// The roles of shared screens.
pub const ROLES: [Role; 2] = [Role::Kitchen, Role::Floor];

/// The form's values, or all problems.
pub fn decode<'a>(field: impl Fn(&'static str) -> &'a str) -> Result<NewScreen, AppError> {
    let name = text::line(fields::NAME, field(fields::NAME), MAX_NAME, Some("Enter a name, such as Kitchen tablet."));
    let role = Role::from_code(field(fields::ROLE)).filter(|role| ROLES.contains(role));
    let role = role.ok_or_else(|| Problem::new(fields::ROLE, "required", "Choose kitchen or floor."));
    let minutes = typed::count(field(fields::MINUTES)).filter(|minutes| (1..=MOST_MINUTES).contains(minutes));
    let minutes = minutes.ok_or_else(|| {
        Problem::new(fields::MINUTES, "minutes", format!("Enter whole minutes from 1 to {MOST_MINUTES}, such as 15."))
    });
    match (name, role, minutes) {
        (Ok(name), Ok(role), Ok(idle_minutes)) => Ok(NewScreen { name, role, idle_minutes }),
        (name, role, minutes) => {
            let problems = [name.err(), role.err(), minutes.err()];
            Err(AppError::Invalid { problems: problems.into_iter().flatten().collect() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(name: &str, role: &str, minutes: &str) -> Result<NewScreen, Vec<String>> {
        let sent = [(fields::NAME, name), (fields::ROLE, role), (fields::MINUTES, minutes)];
        let field = |name| sent.iter().find(|(of, _)| *of == name).map_or("", |(_, value)| *value);
        decode(field).map_err(|error| error.problems().iter().map(|problem| problem.field.clone()).collect())
    }

    #[test]
    fn a_screen_has_a_name_a_lesser_role_and_some_minutes() {
        let screen = NewScreen { name: "Pass".to_owned(), role: Role::Kitchen, idle_minutes: 15 };
        assert_eq!(decoded(" Pass ", "kitchen", "15"), Ok(screen));
        for role in ["owner", "manager", "chef", ""] {
            assert_eq!(decoded("Pass", role, "15"), Err(vec!["role".to_owned()]), "{role}");
        }
        for minutes in ["0", "721", "-1", "a while", ""] {
            assert_eq!(decoded("Pass", "floor", minutes), Err(vec!["minutes".to_owned()]), "{minutes}");
        }
        assert_eq!(decoded(" ", "", "").unwrap_err(), ["name", "role", "minutes"]);
    }
}
