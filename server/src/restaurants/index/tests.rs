//! The index finds what comparing every text would find, after any changes.

use super::*;
use proptest::prelude::*;

/// Texts of restaurants: the own one, and dishes with name and description.
type Texts = Vec<(String, Vec<(String, String)>)>;

fn put(index: &mut Index, restaurant: u32, (own, dishes): &(String, Vec<(String, String)>)) {
    let dish = |(name, described): &'_ (String, String)| (name.clone(), described.clone());
    let dishes: Vec<_> = dishes.iter().map(dish).collect();
    let dishes = dishes.iter().map(|(name, described)| DishText { name, named: name.clone(), described });
    index.put(restaurant, &Text { own, dishes: dishes.collect() });
}

/// The restaurants that match, with their grades and dishes.
fn found(index: &Index, words: &[&str]) -> Vec<(u32, Grade, Vec<String>)> {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    let found = index.find(&words);
    let grades = (0..).zip(index.grades(&found));
    grades.filter_map(|(at, grade)| Some((at, grade?, index.dishes(&found, at, &words[0], 9)))).collect()
}

fn texts(own: &str, dishes: &[(&str, &str)]) -> (String, Vec<(String, String)>) {
    (own.to_owned(), dishes.iter().map(|(name, more)| ((*name).to_owned(), (*more).to_owned())).collect())
}

#[test]
fn grades_and_forgets() {
    let mut index = Index::default();
    put(&mut index, 0, &texts("luigi pizza berlin", &[("pizza salami", "spicy"), ("tiramisu", "with coffee")]));
    put(&mut index, 1, &texts("corner berlin", &[("toast", "like a pizza")]));
    put(&mut index, 2, &texts("noodles", &[("pizzetta", "")]));
    let all = found(&index, &["pizz"]);
    assert_eq!(
        all.iter().map(|(at, grade, _)| (*at, *grade)).collect::<Vec<_>>(),
        [(0, Grade::Itself), (1, Grade::DishText), (2, Grade::DishName)]
    );
    assert_eq!(all[0].2, ["pizza salami"]);
    assert_eq!(found(&index, &["berlin", "coffee"])[0].2, ["tiramisu"]);
    assert!(found(&index, &["salami", "coffee"]).is_empty(), "no one dish has both");
    put(&mut index, 0, &texts("luigi", &[("tiramisu", ""), ("focaccia", ""), ("insalata", "")]));
    assert!(found(&index, &["salami"]).is_empty());
    assert_eq!(found(&index, &["focaccia"])[0].0, 0);
    index.remove(1);
    assert!(found(&index, &["toast"]).is_empty());
}

fn some_texts() -> impl Strategy<Value = Texts> {
    let words = || proptest::collection::vec("[abc]{1,2}", 0..3).prop_map(|words| words.join(" "));
    let dishes = proptest::collection::vec((words(), words()), 0..4);
    proptest::collection::vec((words(), dishes), 1..6)
}

proptest! {
    #[test]
    fn finds_what_a_look_at_every_text_finds(
        before in some_texts(), after in some_texts(), words in proptest::collection::vec("[abc]{1,2}", 1..4),
    ) {
        let mut index = Index::default();
        for (at, text) in (0..).zip(&before).chain((0..).zip(&after)) {
            put(&mut index, at, text);
        }
        let texts = after.iter().chain(before.iter().skip(after.len()));
        let has_all = |text: &str| words.iter().all(|word| text.contains(word.as_str()));
        let has_one = |text: &str| words.iter().any(|word| text.contains(word.as_str()));
        let expected = (0_u32..).zip(texts).filter(|(_, (own, dishes))| {
            has_all(own) || dishes.iter().any(|(name, more)| {
                let dish = format!("{name} {more}");
                has_one(&dish) && has_all(&format!("{dish} {own}"))
            })
        });
        let expected: Vec<u32> = expected.map(|(at, _)| at).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let found: Vec<u32> = found(&index, &words).into_iter().map(|(at, _, _)| at).collect();
        prop_assert_eq!(found, expected);
    }
}
