// The forms of the cart, on the cart page and the menu page: sent in the background, one after the other. The cart of
// the response replaces the one in the document.

const MOST_OF_A_LINE = 99;
const CART_FORMS = "[data-cart-form], [data-mode-form]";
const ADD_FORMS = "[data-add-simple], dialog [data-options]";

const slug = find("[data-shop]")?.dataset.shop ?? find("#cart")?.dataset.slug;
const cartAddress = `/restaurants/${slug}/cart`;

/** An idempotency key. */
const newKey = () => crypto.getRandomValues(new Uint32Array(4)).join("-");

/** Changes that wait, each with the line whose quantity it sets. */
const waiting = [];
let isBusy = false;
/** Counts changes, so that a cart read before a change is not shown after it. */
let turn = 0;
/** The address to open when all changes are done. */
let leaving;

const setBusy = (busy) => {
  isBusy = busy;
  if (busy) find("#cart")?.setAttribute("aria-busy", "true");
  else find("#cart")?.removeAttribute("aria-busy");
};

/** Queues a change. Of several quantities of one line, only the last is sent. */
const inTurn = async (line, change) => {
  turn += 1;
  setText("[data-cart-problem]", "");
  const outdated = line ? waiting.findIndex((other) => other.line === line) : -1;
  if (outdated >= 0) waiting.splice(outdated, 1);
  waiting.push({ line, change });
  if (isBusy) return;
  setBusy(true);
  while (waiting.length) await waiting.shift().change();
  setBusy(false);
  if (leaving) location.assign(leaving);
  leaving = undefined;
};

const showCartProblem = (words) => {
  leaving = undefined;
  setText("[data-cart-problem]", words);
};

/** Shows a quantity before the server confirms it, so that the next press continues from it. */
const showQuantity = (form, quantity) => {
  const number = find("[data-number]", form);
  if (!number) return;
  number.dataset.number ||= number.textContent;
  number.textContent = quantity;
  for (const [button, next] of [["[id^=less-]", Math.max(quantity - 1, 0)], ["[id^=more-]", quantity + 1]]) {
    Object.assign(find(button, form) ?? {}, { value: next, disabled: next > MOST_OF_A_LINE });
  }
};

/** Shows the last quantities that the server confirmed. */
const restoreQuantities = () => {
  for (const number of findAll("#cart [data-number]")) {
    if (number.dataset.number) showQuantity(number.closest("form"), Number(number.dataset.number));
  }
};

const showWords = (count, words) => {
  const bar = find("[data-cart-bar]");
  if (bar) bar.hidden = count === 0;
  setText("[data-cart-words]", `View cart · ${words}`);
  setText("[data-cart-status]", words);
};

/** Inserts the cart into the column of the menu page, or replaces it there. */
const fill = (column, page) => {
  if (find("#cart")) swap(page, "cart");
  else column.replaceChildren(find("h2", column), page.getElementById("cart"));
  for (const wayBack of findAll("[data-only-cart-page]", column)) wayBack.hidden = true;
};

/**
 * Opens the menu for the cart's time if the page shows the menu for now. Only from an address without query, so that it
 * happens once.
 */
const follow = (due) => {
  if (!find("article[data-due=asap]") || due === "asap" || location.search) return;
  location.replace(`/restaurants/${slug}?due=${due}`);
};

/** Shows the cart of a page in this one: its lines, the sum in the bar, the mode in the switch. */
const showCart = (page) => {
  const { count, mode, words, due } = page.getElementById("cart").dataset;
  const problem = find("#problems li, #problems p", page);
  const column = find("[data-cart-column]");
  if (column) fill(column, page);
  else swap(page, "cart");
  showWords(Number(count), words);
  for (const button of findAll("[data-mode-form] button")) button.setAttribute("aria-pressed", button.value === mode);
  follow(due);
  if (problem) showCartProblem(problem.textContent);
};

/** Reads the cart and shows it unless a change was made before the response. */
const refreshCart = async () => {
  const asked = turn;
  const page = await pageWith("cart", cartAddress).catch(() => undefined);
  if (page && asked === turn) showCart(page);
};

const changeCart = (form, fields) => {
  // The response must be the cart page, also when the form is on another page.
  fields.delete("next");
  fields.set("key", newKey());
  if (fields.has("quantity")) showQuantity(form, Number(fields.get("quantity")));
  inTurn(fields.get("line"), async () => {
    try {
      const page = await pageWith("cart", cartAddress, fields);
      if (!waiting.length) showCart(page);
    } catch ({ message }) {
      showCartProblem(message);
      restoreQuantities();
      refreshCart();
    }
  });
};

/** `2 items · 12,50 €`, as the cart page writes it. */
const wordsOf = ({ count, bill: { total }, locale }) => {
  const format = new Intl.NumberFormat([locale, "en"], { style: "currency", currency: total.currency });
  const sum = format.format(total.minor / 10 ** format.resolvedOptions().maximumFractionDigits);
  return `${count} ${count === 1 ? "item" : "items"} · ${sum}`;
};

const addToCart = (form, fields) => {
  const [dialog, buttons] = [form.closest("dialog"), findAll("button:not([type=button])", form)];
  // The key stays until the server confirms: a second press sends the same request.
  fields.set("key", (form.dataset.key ??= fields.get("key") ?? newKey()));
  for (const button of buttons) button.disabled = true;
  inTurn(undefined, async () => {
    try {
      const cart = await json(cartAddress, fields);
      delete form.dataset.key;
      dialog?.close();
      showWords(cart.count, wordsOf(cart));
    } catch ({ message }) {
      if (dialog?.open) {
        setText("[data-sheet-problem]", message);
        find("[data-sheet-problem]").scrollIntoView();
      } else {
        showCartProblem(message);
      }
    }
    for (const button of buttons) button.disabled = false;
    refreshCart();
  });
};

if (slug && find("#cart, [data-dish-sheet]")) {
  // On the window, after the bundle's own handler, which rejects a dish without its required choices.
  addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    const [isCart, isAdd] = [form.matches(CART_FORMS), form.matches(ADD_FORMS)];
    if (event.defaultPrevented || !(isCart || isAdd)) return;
    event.preventDefault();
    (isCart ? changeCart : addToCart)(form, fieldsOf(form, submitter));
  });
  // A link opens after the pending changes; an item of the menu opens on this page.
  document.addEventListener("click", (event) => {
    const link = isBusy && closest(event, "a[href^='/']:not([data-open-dish])");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    leaving = link.getAttribute("href");
  });
  if (find("[data-dish-sheet]")) {
    refreshCart();
    // A page restored from the back/forward cache shows an old cart.
    addEventListener("pageshow", ({ persisted }) => persisted && refreshCart());
  }
}
