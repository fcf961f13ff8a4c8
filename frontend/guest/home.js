// The search form of home: searches while typing, and by the browser's location.

/** Milliseconds without input before a search. */
const TYPING_MS = 250;

const searchForm = find("#search");
let searches = 0;

/** The address of home with the fields that are not empty. */
const searchAddress = () => {
  const fields = [...fieldsOf(searchForm)].filter(([, value]) => value);
  return fields.length ? `/?${new URLSearchParams(fields)}` : "/";
};

const search = async () => {
  const [address, mine] = [searchAddress(), (searches += 1)];
  const shown = await pageWith("results", address).catch(({ message }) => message);
  // A response to an older query must not replace a newer one.
  if (mine !== searches) return;
  if (typeof shown === "string") return setText("#found-status", shown);
  swap(shown, "results");
  swap(shown, "clear-search");
  setText("#found-status", find("#results h2").textContent);
  // Keeps the query in the address for reload and back.
  history.replaceState(null, "", address);
};

const sortByDistance = ({ coords }) => {
  setText("[data-near-problem]", "");
  let field = find("input[name=near]", searchForm);
  if (!field) {
    field = Object.assign(document.createElement("input"), { type: "hidden", name: "near" });
    searchForm.append(field);
  }
  field.value = `${coords.latitude.toFixed(3)},${coords.longitude.toFixed(3)}`;
  search();
};

const explainNear = () =>
  setText("[data-near-problem]", "Your browser did not tell us where you are. Search for a place name instead.");

if (searchForm) {
  // Filters may be chosen before this script has run.
  const isTouched = (input) => input.checked !== input.defaultChecked || input.value !== input.defaultValue;
  if (findAll("input", searchForm).some(isTouched)) search();
  searchForm.addEventListener("input", debounced(TYPING_MS, search));
  const near = find("[data-near]");
  if (near && navigator.geolocation) {
    near.hidden = false;
    near.addEventListener("click", () => navigator.geolocation.getCurrentPosition(sortByDistance, explainNear));
  }
}
