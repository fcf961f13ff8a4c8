// Sets the theme before the first paint, and wakes the islands when the page rests or somebody is about to act.
(() => {
  const root = document.documentElement;
  const { script, wasm } = document.currentScript.dataset;
  const intents = ["pointerdown", "keydown", "focusin", "touchstart"];
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

  // Until this is done, forms and links work by themselves. A failure leaves it at that, until the next intent.
  const wake = async () => {
    if (waking || !document.querySelector("leptos-island")) return;
    waking = true;
    try {
      const bundle = await import(tries++ ? `${script}?${tries}` : script);
      await bundle.default({ module_or_path: wasm });
      bundle.hydrate();
      for (const island of document.querySelectorAll("leptos-island")) await bundle[island.dataset.component]?.(island);
      root.dataset.awake = "1";
      for (const intent of intents) removeEventListener(intent, wake, true);
    } catch {
      waking = false;
    }
  };

  for (const intent of intents) addEventListener(intent, wake, { capture: true, passive: true });
  addEventListener("load", () => (window.requestIdleCallback ?? setTimeout)(wake, { timeout: 2000 }));

  addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-switch]")) button.hidden = false;
  });
  addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-switch]")) return;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    remembered(root.dataset.theme);
  });
})();
