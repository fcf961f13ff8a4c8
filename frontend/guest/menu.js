// The menu page: section links that follow the scroll position, and the search of the menu.

/** Pixels of the page that the sticky row covers. */
const COVERED = 96;

/** Marks the link of the last section that begins above the visible area's upper edge. */
const markSection = (nav) => {
  const line = document.documentElement.scrollTop + COVERED;
  const links = findAll("a", nav);
  const hasBegun = (link) => document.getElementById(link.hash.slice(1))?.offsetTop <= line;
  const current = links.filter(hasBegun).pop() ?? links[0];
  for (const link of links) {
    if ((link === current) === link.hasAttribute("aria-current")) continue;
    link.toggleAttribute("aria-current", link === current);
    if (link !== current) continue;
    link.setAttribute("aria-current", "true");
    nav.scrollLeft = link.offsetLeft - 16;
  }
};

/** Lower case without accents. */
const folded = (text) => text.normalize("NFD").toLowerCase().replace(/[\u0300-\u036f]/g, "");

/** Hides items that do not contain all words. Returns the number of items left. */
const filterMenu = (words) => {
  let shown = 0;
  for (const section of findAll("section[id^='s-']")) {
    const dishes = findAll("[data-dish]", section);
    for (const dish of dishes) dish.hidden = !words.every((word) => folded(dish.textContent).includes(word));
    const left = dishes.filter((dish) => !dish.hidden).length;
    section.hidden = left === 0;
    shown += left;
  }
  return shown;
};

const sections = find("[data-sections]");
if (sections) {
  let isWaiting = false;
  markSection(sections);
  addEventListener("scroll", () => {
    if (isWaiting) return;
    isWaiting = true;
    setTimeout(() => {
      isWaiting = false;
      markSection(sections);
    }, 80);
  });
}

const menuSearch = find("[data-menu-search]");
if (menuSearch) {
  menuSearch.hidden = false;
  find("input", menuSearch).addEventListener("input", ({ target }) => {
    const words = folded(target.value).split(/\s+/).filter(Boolean);
    const shown = filterMenu(words);
    const found = shown === 0 ? "No dish on this menu has these words." : shown === 1 ? "1 dish" : `${shown} dishes`;
    find("[role=status]", menuSearch).textContent = words.length ? found : "";
  });
}
