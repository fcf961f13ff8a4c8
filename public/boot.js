// Sets the theme before the first paint, loads the page's bundle when the page is idle or the user is about to act, and
// loads files from the origin when the CDN fails.
(() => {
  const root = document.documentElement;
  // `intent` selects the elements whose use needs the bundle; without it, all do.
  const { script, wasm, intent, cdn } = document.currentScript.dataset;
  const intents = ["pointerdown", "keydown", "focusin", "touchstart"];
  // Milliseconds to wait for the CDN, and milliseconds without using it after a failure.
  const CDN_TIMEOUT_MS = 2500;
  const CDN_BACKOFF_MS = 60_000;
  let hydrating = false;
  let tries = 0;

  const remembered = (value) => {
    try {
      return value ? localStorage.setItem("theme", value) : localStorage.getItem("theme");
    } catch {
      return null;
    }
  };

  const theme = remembered();
  if (theme) root.dataset.theme = theme;

  const isAtCdn = (address) => Boolean(cdn && address?.startsWith(cdn));
  const atOrigin = (address) => address.slice(cdn.length);
  const addressOf = (element) => (element.matches?.("link[rel=stylesheet]") ? "href" : element.matches?.("img") ? "src" : "");

  const move = (element) => {
    const name = addressOf(element);
    const address = name && element.getAttribute(name);
    if (isAtCdn(address)) element.setAttribute(name, atOrigin(address));
  };
  const hasArrived = (element) => element.sheet ?? element.naturalWidth;
  const moveAll = () => {
    for (const element of document.querySelectorAll("link[rel=stylesheet], img")) if (!hasArrived(element)) move(element);
  };

  let left = false;
  const leaveCdn = () => {
    if (left) return;
    left = true;
    try {
      sessionStorage.setItem("cdn-left", String(Date.now()));
    } catch {}
    moveAll();
    new MutationObserver(moveAll).observe(root, { childList: true, subtree: true });
  };

  const load = async (address, get) => {
    if (isAtCdn(address) && !left) {
      try {
        const late = new Promise((_, refuse) => setTimeout(refuse, CDN_TIMEOUT_MS));
        return await Promise.race([get(address), late]);
      } catch {
        leaveCdn();
      }
    }
    return get(isAtCdn(address) ? atOrigin(address) : address);
  };

  if (cdn) {
    addEventListener("error", ({ target }) => move(target), true);
    let before = 0;
    try {
      before = Number(sessionStorage.getItem("cdn-left"));
    } catch {}
    if (Date.now() - before < CDN_BACKOFF_MS) leaveCdn();
    else setTimeout(() => document.querySelector("link[rel=stylesheet]")?.sheet || leaveCdn(), CDN_TIMEOUT_MS);
  }

  // Before hydration, forms and links work without scripts. After a failure, the next intent tries again.
  const hydrate = async () => {
    if (hydrating || root.dataset.hydrated || !document.querySelector("leptos-island, [data-shop]")) return;
    hydrating = true;
    tries += 1;
    try {
      const bundle = await load(script, (address) => import(tries > 1 ? `${address}?${tries}` : address));
      const module = await load(wasm, async (address) => {
        const answer = await fetch(address);
        if (!answer.ok) throw answer.status;
        return answer;
      });
      await bundle.default({ module_or_path: module });
      bundle.hydrate();
      for (const island of document.querySelectorAll("leptos-island")) await bundle[island.dataset.component]?.(island);
      root.dataset.hydrated = "1";
      for (const name of intents) removeEventListener(name, act, true);
    } catch {
      hydrating = false;
    }
  };

  const act = ({ target }) => (!intent || target.closest?.(intent)) && hydrate();
  for (const name of intents) addEventListener(name, act, { capture: true, passive: true });
  const rest = () => (window.requestIdleCallback ?? setTimeout)(hydrate, { timeout: 2000 });
  addEventListener("load", rest);

  // Cart changes get a visitor id and a key before they are sent. Two first taps may both be sent before the first
  // response: they use the same new visitor id. The server's cookie is HttpOnly: scripts cannot see or replace it.
  const secure = location.protocol === "https:";
  const cart = `${secure ? "__Host-" : ""}toast_visitor=`;
  const uuid = () =>
    "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
      (Number(digit) ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (Number(digit) / 4)))).toString(16),
    );
  const name = ({ target: form }) => {
    if (!/^\/restaurants\/.+\/(cart|items\/.+)$/.test(form.getAttribute("action"))) return;
    if (!document.cookie.includes(cart)) {
      document.cookie = `${cart}${uuid()}; path=/; max-age=7776000; samesite=lax${secure ? "; secure" : ""}`;
    }
    // A page that is cached for all guests contains no key.
    if (!form.matches("[data-add-simple]")) return;
    const key = form.elements.key ?? form.appendChild(document.createElement("input"));
    key.type = "hidden";
    key.name = "key";
    key.value = uuid();
  };
  addEventListener("submit", name, true);

  // A choice made by pointer or touch is sent at once. By keyboard each arrow key is a change, so there the button sends it.
  let isTyping = false;
  addEventListener("keydown", () => (isTyping = true), true);
  addEventListener("pointerdown", () => (isTyping = false), true);
  addEventListener("change", ({ target }) => {
    if (!isTyping && target.matches("[data-submits-choice]")) target.form.requestSubmit();
  });

  addEventListener("DOMContentLoaded", () => {
    // A picture that does not load must not prevent hydration.
    if (cdn) setTimeout(rest, 2 * CDN_TIMEOUT_MS);
    for (const button of document.querySelectorAll("[data-theme-switch]")) button.hidden = false;
  });
  addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-switch]")) return;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    remembered(root.dataset.theme);
  });
})();
