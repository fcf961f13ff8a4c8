// The checkout form: updates the total when choices change, and keeps the guest's contact data for the tab.

/** Milliseconds without input before the total is read. */
const CHOOSING_MS = 300;
/** Milliseconds without a response after which the guest is asked to press again. */
const RESPONSE_TIMEOUT_MS = 8_000;
const KEPT = "toast.checkout";
/** Fields that are kept: contact and address, not the choices of one order. */
const PERSONAL = ["name", "phone", "email", "street", "postcode", "city", "location", "directions"];
/** Fields that decide the total. */
const DECIDING = ["mode", "due", "postcode", "location", "tip", "tip_other"];
/** Fields that are sent for a new total: no personal data. */
const ASKED = [...DECIDING, "order"];

const checkout = find("#checkout");
let quotes = 0;

/** The storage of the tab, if the browser allows it. */
const kept = (value) => {
  try {
    return value === undefined ? sessionStorage.getItem(KEPT) : sessionStorage.setItem(KEPT, value);
  } catch {
    return null;
  }
};

const forgetContact = () => {
  try {
    sessionStorage.removeItem(KEPT);
  } catch {}
};

const some = (fields, names) =>
  new URLSearchParams(names.filter((name) => fields.has(name)).map((name) => [name, fields.get(name)]));

/** Fills fields that the server left empty. */
const restoreContact = () => {
  for (const [name, value] of new URLSearchParams(kept() ?? "")) {
    const field = find(`input[name=${name}]`, checkout);
    if (field && !field.value) field.value = value;
  }
};

/** Hides the "Update" button, which scripts replace. */
const hideUpdate = () => {
  const button = find("[data-update]", checkout);
  if (button) button.hidden = true;
};

/** A time that was chosen during the request stays chosen if it is still offered. */
const chooseAgain = (chosen) => {
  const times = find("[name=due]", checkout);
  if (!times || chosen === undefined) return;
  const offered = times.value;
  times.value = chosen;
  if (times.selectedIndex < 0) times.value = offered;
};

/** Reads the page for the new choices, and replaces times, payment and total. */
const quote = async () => {
  const mine = (quotes += 1);
  const fields = some(fieldsOf(checkout), ASKED);
  fields.append("update", "1");
  const page = await pageWith("total", checkout.action, fields).catch(({ message }) => message);
  if (mine !== quotes) return;
  if (typeof page === "string") return setText("#checkout-problem", `The total is not up to date. ${page}`);
  const chosen = find("select[name=due]", checkout)?.value;
  for (const part of ["times", "payment", "total"]) swap(page, part);
  chooseAgain(chosen);
  hideUpdate();
  setText("#checkout-status", find("[data-place]", checkout)?.textContent ?? "");
  setText("#checkout-problem", "");
};

/**
 * Shows that the order is being sent. A second press is sent as well: the response to the first may be lost, and both
 * have the same idempotency key, so only one order is placed.
 */
const showSending = () => {
  let timer;
  const late = () => setText("#checkout-sending", "No response yet. Press “Place order” again: only one order is placed.");
  checkout.addEventListener("submit", ({ submitter }) => {
    if (submitter?.hasAttribute("data-update")) return;
    clearTimeout(timer);
    setText("#checkout-sending", "Sending your order…");
    timer = setTimeout(late, RESPONSE_TIMEOUT_MS);
  });
  // After navigating back, the page is as before the press.
  addEventListener("pageshow", () => {
    clearTimeout(timer);
    setText("#checkout-sending", "");
  });
};

if (checkout) {
  restoreContact();
  hideUpdate();
  const quoteSoon = debounced(CHOOSING_MS, quote);
  checkout.addEventListener("input", ({ target }) => {
    kept(some(fieldsOf(checkout), PERSONAL).toString());
    if (DECIDING.includes(target.name)) quoteSoon();
  });
  showSending();
  // A restored postcode, or a choice that the browser kept over a reload, may change the total.
  quote();
}
