//! The carts that orders come from, and those that an order again fills.

use crate::{
    app::{TestApp, change_id, visitor},
    guest::{answer, pickup, place, place_cart, place_for},
};
use ::app::{
    domain::{
        board::{MenuChange, SoldOut},
        cart::{CartChange, CartView, LineRequest},
        id::VisitorId,
        order::NewOrder,
    },
    services::OrderedCart,
};
use server::{orders, outbox};

scenarios! {
    orders_empty_the_cart_and_are_remembered,
    an_order_again_is_one_change_however_long_it_is,
    an_order_again_says_what_it_leaves_out,
    orders_leave_in_the_cart_what_was_added_since,
    a_change_on_its_way_is_not_made_on_a_cart_of_later,
}

pub async fn orders_empty_the_cart_and_are_remembered(app: &TestApp) {
    let visitor = visitor();
    let add = CartChange::Add(app.line("marinara", &[]));
    answer(server::carts::change(&app.context, &app.slug, visitor, change_id(), &add).await).unwrap();
    let placed = place_for(app, visitor, &pickup(app)).await.unwrap();
    assert_eq!(answer(server::carts::view(&app.context, &app.slug, Some(visitor)).await).unwrap().count, 0);
    assert_eq!(outbox::deliver(&app.context, app.restaurant).await.unwrap(), 1);
    assert_eq!(outbox::deliver(&app.context, app.restaurant).await.unwrap(), 0);
    let recent = answer(orders::recent(&app.context, visitor).await).unwrap();
    assert_eq!((recent.len(), &recent[0].token, recent[0].number), (1, &placed.token, 1));
    // The same request again.
    let again = answer(orders::order_again(&app.context, &placed.token, visitor, change_id()).await).unwrap();
    assert_eq!((again.slug.as_str(), again.left_out.len()), (app.slug.as_str(), 0));
    let cart = answer(server::carts::view(&app.context, &app.slug, Some(visitor)).await).unwrap();
    assert_eq!((cart.lines.len(), cart.bill.subtotal.minor()), (2, 2360));
}

pub async fn an_order_again_is_one_change_however_long_it_is(app: &TestApp) {
    let (visitor, id) = (visitor(), change_id());
    let noted = |note: usize| LineRequest { note: format!("plate {note}"), ..app.line("marinara", &[]) };
    let order = NewOrder { lines: (1..=40).map(noted).collect(), ..pickup(app) };
    let placed = place(app, &order).await.unwrap();
    for _ in 0..2 {
        answer(orders::order_again(&app.context, &placed.token, visitor, id).await).unwrap();
        let cart = answer(server::carts::view(&app.context, &app.slug, Some(visitor)).await).unwrap();
        assert_eq!((cart.lines.len(), cart.count), (40, 40), "a second arrival is the same change");
    }
}

pub async fn an_order_again_says_what_it_leaves_out(app: &TestApp) {
    let (visitor, id) = (visitor(), change_id());
    let lines = vec![app.line("marinara", &[]), app.line("chicken", &[("side", "bread")]), app.line("water", &[])];
    let placed = place(app, &NewOrder { lines, ..pickup(app) }).await.unwrap();
    let sold_out = |of: MenuChange| async move {
        answer(server::menus::change(&app.context, &app.staff(), &app.slug, &of).await).unwrap();
    };
    sold_out(MenuChange::ItemSoldOut(app.item("marinara"), SoldOut::Today)).await;
    sold_out(MenuChange::ModifierSoldOut(app.modifier("side", "bread"), SoldOut::UntilStocked)).await;
    // A repeated request returns the same.
    for _ in 0..2 {
        let again = answer(orders::order_again(&app.context, &placed.token, visitor, id).await).unwrap();
        let words: Vec<_> = again.left_out.iter().map(|dish| (dish.name.as_str(), dish.why.as_str())).collect();
        assert_eq!(words.len(), 2, "{words:?}");
        assert!(words[0].0 == "Marinara" && words[0].1.starts_with("Sold out"), "{words:?}");
        assert!(words[1].1.contains("is sold out. Choose something else for"), "{words:?}");
        let cart = answer(server::carts::view(&app.context, &app.slug, Some(visitor)).await).unwrap();
        assert_eq!(cart.lines.iter().map(|line| line.name.as_str()).collect::<Vec<_>>(), ["Still water"]);
    }
    sold_out(MenuChange::ItemSoldOut(app.item("water"), SoldOut::UntilStocked)).await;
    let refused = answer(orders::order_again(&app.context, &placed.token, visitor, change_id()).await).unwrap_err();
    let codes: Vec<_> = refused.problems().iter().map(|problem| problem.code.as_str()).collect();
    assert_eq!(codes[0], "nothing_left");
    assert_eq!(codes.len(), 4, "{refused:?}");
}

pub async fn put(app: &TestApp, visitor: VisitorId, change: CartChange) -> CartView {
    answer(server::carts::change(&app.context, &app.slug, visitor, change_id(), &change).await).unwrap()
}

pub async fn orders_leave_in_the_cart_what_was_added_since(app: &TestApp) {
    let visitor = visitor();
    put(app, visitor, CartChange::Add(app.line("marinara", &[]))).await;
    let priced = put(app, visitor, CartChange::Add(app.line("chicken", &[("side", "bread")]))).await;
    let ordered = OrderedCart::of(visitor, &priced);
    // In another tab: one more of a line that is being ordered, another line unchanged, and a new item.
    put(app, visitor, CartChange::SetQuantity(priced.lines[0].line.id, 3)).await;
    let changed = put(app, visitor, CartChange::Add(app.line("water", &[]))).await;
    place_cart(app, Some(&ordered), &pickup(app)).await.unwrap();
    let left = answer(server::carts::view(&app.context, &app.slug, Some(visitor)).await).unwrap();
    let words: Vec<_> = left.lines.iter().map(|line| (line.name.as_str(), line.line.request.quantity)).collect();
    assert_eq!(words, [("Marinara", 2), ("Still water", 1)]);
    assert_eq!(left.revision, changed.revision + 1);

    // A line that was changed to another item is not the ordered one any more, a removed one stays removed.
    let ordered = OrderedCart::of(visitor, &left);
    let noted = LineRequest { note: "no garlic".to_owned(), ..app.line("marinara", &[]) };
    put(app, visitor, CartChange::Replace(left.lines[0].line.id, noted)).await;
    put(app, visitor, CartChange::SetQuantity(left.lines[1].line.id, 0)).await;
    place_cart(app, Some(&ordered), &pickup(app)).await.unwrap();
    let left = answer(server::carts::view(&app.context, &app.slug, Some(visitor)).await).unwrap();
    let words: Vec<_> = left.lines.iter().map(|line| (line.name.as_str(), line.line.request.quantity)).collect();
    assert_eq!(words, [("Marinara", 1)]);
}

pub async fn a_change_on_its_way_is_not_made_on_a_cart_of_later(app: &TestApp) {
    let (visitor, id) = (visitor(), change_id());
    let add = CartChange::Add(app.line("marinara", &[]));
    let first = answer(server::carts::change(&app.context, &app.slug, visitor, id, &add).await).unwrap();
    place_for(app, visitor, &pickup(app)).await.unwrap();
    // The response to the change was lost, and a load balancer retries it after the order.
    let again = answer(server::carts::change(&app.context, &app.slug, visitor, id, &add).await).unwrap();
    assert_eq!(again.count, 0, "the dish is in the order already");
    assert!(again.revision > first.revision + 1, "a revision never names two carts");
}
