// The guest's location at the checkout: by the device, or by a tap on the map of the zones. Both fill the field.

/** Of the mean radius of the earth, as in app/src/domain/location.rs. */
const METRES_PER_DEGREE = (6_371_008.8 * Math.PI) / 180;
/** Units from the middle of the map to each edge. */
const MAP_HALF = 500;
const LOCATE_TIMEOUT_MS = 10_000;

const whereField = checkout && find("input[name=location]", checkout);
const whereMap = checkout && find("[data-location-map]", checkout);

const setWhere = (latitude, longitude) => {
  whereField.value = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  whereField.dispatchEvent(new Event("input", { bubbles: true }));
};

/** Latitude and longitude of the map's middle, and degrees of a unit of the map. */
const mapDegrees = () => {
  const { latitude, longitude, scale } = whereMap.dataset;
  const north = scale / METRES_PER_DEGREE;
  return { latitude: Number(latitude), longitude: Number(longitude), north, east: north / Math.cos((latitude * Math.PI) / 180) };
};

/** Sets the pin where the field says. The server reads other ways of writing a location; those have no pin. */
const showPin = () => {
  const pin = find("[data-pin]", whereMap);
  const [, latitude, longitude] = /^\s*(-?[\d.]+)\s*,\s*(-?[\d.]+)\s*$/.exec(whereField.value) ?? [];
  const map = mapDegrees();
  const [x, y] = [(longitude - map.longitude) / map.east, (map.latitude - latitude) / map.north];
  const seen = Math.max(Math.abs(x), Math.abs(y)) <= MAP_HALF;
  pin.setAttribute("display", seen ? "inline" : "none");
  if (seen) pin.setAttribute("transform", `translate(${x} ${y})`);
};

const tapMap = ({ clientX, clientY }) => {
  const { left, top, width, height } = whereMap.getBoundingClientRect();
  const [x, y] = [((clientX - left) / width) * 2 - 1, ((clientY - top) / height) * 2 - 1];
  const map = mapDegrees();
  setWhere(map.latitude - y * MAP_HALF * map.north, map.longitude + x * MAP_HALF * map.east);
};

const sayLocated = (words) => setText("[data-locate-status]", words);

const locate = () => {
  sayLocated("Looking for your location…");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      sayLocated("");
      setWhere(coords.latitude, coords.longitude);
    },
    () => {
      sayLocated(`Your browser did not tell us where you are. ${whereMap ? "Tap the map below, or enter" : "Enter"} the location.`);
      if (whereMap) whereMap.closest("details").open = true;
    },
    { enableHighAccuracy: true, timeout: LOCATE_TIMEOUT_MS },
  );
};

if (whereField) {
  const button = find("[data-locate]", checkout);
  button.hidden = !navigator.geolocation;
  button.addEventListener("click", locate);
}
if (whereField && whereMap) {
  find("[data-map-hint]", checkout).hidden = false;
  whereMap.addEventListener("click", tapMap);
  whereField.addEventListener("input", showPin);
  showPin();
}
