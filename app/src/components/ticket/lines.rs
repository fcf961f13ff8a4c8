//! The items of a ticket: quantities first, choices indented, allergens and warnings as text.

use crate::domain::bill::PricedLine;
use leptos::prelude::*;

/// Beginnings of words in notes that indicate an allergy or intolerance.
const ALARMING: [&str; 12] = [
    "allerg",
    "anaphyl",
    "intoleran",
    "celiac",
    "coeliac",
    "zöliakie",
    "unverträglich",
    "アレルギー",
    "过敏",
    "過敏",
    "حساسية",
    "alerg",
];

/// The lines of an order, and its note.
#[component]
pub fn TicketLines(
    lines: Vec<PricedLine>,
    /// The guest's note on the order; may be empty.
    note: String,
) -> impl IntoView {
    let list = (!lines.is_empty()).then(|| {
        view! {
            <ul class="flex flex-col gap-2 border-t border-line pt-2">
                {lines.into_iter().map(|line| view! { <TicketLine line=line/> }).collect_view()}
            </ul>
        }
    });
    view! {
        {list}
        <Note note=note whole=true/>
    }
}

#[component]
fn TicketLine(line: PricedLine) -> impl IntoView {
    let details = line.details();
    let allergens = line.allergens.iter().map(|allergen| allergen.label()).collect::<Vec<_>>().join(", ");
    let called = (!line.kitchen_name.is_empty() && line.kitchen_name != line.name).then(|| line.name.clone());
    let name = if line.kitchen_name.is_empty() { line.name } else { line.kitchen_name };
    view! {
        <li class="grid grid-cols-[auto_1fr] gap-x-2 text-lg leading-tight">
            <span class="font-bold tabular-nums">{line.quantity}<span aria-hidden="true">" ×"</span></span>
            <div class="min-w-0">
                <bdi class="font-semibold">{name}</bdi>
                {called.map(|called| view! { <bdi class="block text-sm text-muted">{called}</bdi> })}
                {(!details.is_empty())
                    .then(|| {
                        view! {
                            <ul class="ps-3 text-base">
                                {details.into_iter().map(|words| view! { <li dir="auto">{words}</li> }).collect_view()}
                            </ul>
                        }
                    })}
                <Note note=line.note whole=false/>
                {(!allergens.is_empty())
                    .then(|| view! { <p class="text-sm text-muted"><span class="text-beet">"Contains: "</span>{allergens}</p> })}
            </div>
        </li>
    }
}

/// A note, emphasised when it mentions an allergy.
#[component]
fn Note(note: String, whole: bool) -> impl IntoView {
    let alarming = warns_of_allergy(&note);
    let (text_class, mark) = match (alarming, whole) {
        (true, _) => ("rounded-control bg-beet/10 p-2 text-base font-bold text-beet", "Allergy: "),
        (false, true) => ("rounded-control bg-saffron/10 p-2 text-base font-medium text-saffron", "Note: "),
        (false, false) => ("rounded-control bg-saffron/10 px-2 py-1 text-base font-medium text-saffron", "Note: "),
    };
    (!note.is_empty()).then(|| {
        view! { <p class=text_class>{mark}<bdi class="whitespace-pre-line break-words">{note}</bdi></p> }
    })
}

/// Whether a note mentions an allergy, in the supported languages.
pub fn warns_of_allergy(note: &str) -> bool {
    let folded = note.to_lowercase();
    ALARMING.iter().any(|word| folded.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_allergies_in_several_languages() {
        for note in
            ["NO nuts, ALLERGY!", "Zöliakie", "Ich habe eine Nussallergie", "卵アレルギー", "حساسية من المكسرات"]
        {
            assert!(warns_of_allergy(note), "{note}");
        }
        for note in ["", "no onions", "extra hot"] {
            assert!(!warns_of_allergy(note), "{note}");
        }
    }
}
