// Requests, errors as sentences, and parts of pages that are replaced: used by the other scripts of guests' pages.

const REQUEST_TIMEOUT_MS = 15_000;

const find = (selector, root = document) => root.querySelector(selector);
const findAll = (selector, root = document) => [...root.querySelectorAll(selector)];
const closest = (event, selector) => event.target.closest?.(selector);

/** Sets the text of a live region, which screen readers announce. */
const setText = (selector, words) => {
  const region = find(selector);
  if (region) region.textContent = words;
};

/** The fields of a form, with the name and value of the button that sent it. */
const fieldsOf = (form, button) => {
  const fields = new URLSearchParams(new FormData(form));
  if (button?.name) fields.append(button.name, button.value);
  return fields;
};

/** Status and text of a response. Without a response the error is a sentence for guests, as all errors here are. */
const request = async (address, accept, fields) => {
  try {
    const signal = AbortSignal.timeout?.(REQUEST_TIMEOUT_MS);
    const response = await fetch(address, { method: fields ? "POST" : "GET", body: fields, headers: { accept }, signal });
    return { status: response.status, ok: response.ok, body: await response.text() };
  } catch {
    throw new Error("No connection. Check your network and try again; nothing will be done twice.");
  }
};

/** The sentence of a response that is an error. */
const refusal = ({ status, body }) => {
  try {
    const details = JSON.parse(body);
    return details.errors?.[0]?.message ?? details.detail;
  } catch {
    if (status === 403) return "You may not do this. Ask the owner of the restaurant for access.";
    if (status === 429) return "Too many attempts. Wait a little and try again.";
    return "The connection broke before the answer came. Try again: nothing will be done twice.";
  }
};

const json = async (address, fields) => {
  const response = await request(address, "application/json", fields);
  if (!response.ok) throw new Error(refusal(response));
  return JSON.parse(response.body);
};

/**
 * The page at an address, or the one that a form leads to, which must contain the element with the id `part`: a page
 * without it is an error page.
 */
const pageWith = async (part, address, fields) => {
  const response = await request(address, "text/html", fields);
  const page = new DOMParser().parseFromString(response.body, "text/html");
  if (page.getElementById(part)) return page;
  throw new Error(find("main p", page)?.textContent || refusal(response));
};

/** Replaces the element of an id by that of another page. The focus stays on the element with the same id. */
const swap = (page, id) => {
  const [old, fresh, focused] = [document.getElementById(id), page.getElementById(id), document.activeElement?.id];
  if (!old || !fresh) return;
  old.replaceWith(fresh);
  if (focused) document.getElementById(focused)?.focus();
};

/** Calls a function when it was not called again for some milliseconds. */
const debounced = (millis, then) => {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(then, millis, ...values);
  };
};
