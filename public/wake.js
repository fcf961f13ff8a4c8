// Sets the theme before the first paint, wakes the islands when the page rests or somebody is about to act, and takes
// from the origin what the CDN does not send.
(() => {
  const root = document.documentElement;
  const { script, wasm, cdn } = document.currentScript.dataset;
  const intents = ["pointerdown", "keydown", "focusin", "touchstart"];
  // How long the CDN may keep somebody waiting, and how long it is left alone after that.
  const patience = 2500;
  const mistrust = 60_000;
  let waking = false;
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
        const late = new Promise((_, refuse) => setTimeout(refuse, patience));
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
    if (Date.now() - before < mistrust) leaveCdn();
    else setTimeout(() => document.querySelector("link[rel=stylesheet]")?.sheet || leaveCdn(), patience);
  }

  // Until this is done, forms and links work by themselves. A failure leaves it at that, until the next intent.
  const wake = async () => {
    if (waking || root.dataset.awake || !document.querySelector("leptos-island")) return;
    waking = true;
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
      root.dataset.awake = "1";
      for (const intent of intents) removeEventListener(intent, wake, true);
    } catch {
      waking = false;
    }
  };

  for (const intent of intents) addEventListener(intent, wake, { capture: true, passive: true });
  const rest = () => (window.requestIdleCallback ?? setTimeout)(wake, { timeout: 2000 });
  addEventListener("load", rest);

  // Changes of a cart are named before they are sent. A guest's first taps may both leave before the first answer: they
  // name the same new cart. A cart that the server has named is out of reach of scripts, and stays the one it is.
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
    // A page that is the same for all guests has no key in it.
    if (!form.matches("[data-add-simple]")) return;
    const key = form.elements.key ?? form.appendChild(document.createElement("input"));
    key.type = "hidden";
    key.name = "key";
    key.value = uuid();
  };
  addEventListener("submit", name, true);

  addEventListener("DOMContentLoaded", () => {
    // A picture that never comes must not keep the page asleep.
    if (cdn) setTimeout(rest, 2 * patience);
    for (const button of document.querySelectorAll("[data-theme-switch]")) button.hidden = false;
  });
  addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-switch]")) return;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    remembered(root.dataset.theme);
  });
})();
