// The order page: live updates until the order cannot change any more.

/** Milliseconds without an event after which a stream counts as lost. */
const SILENCE_MS = 12_000;
/** Milliseconds between two reads in browsers without EventSource. */
const POLL_MS = 15_000;
/** After this number of failures the page is read: it may work where a stream does not. */
const READ_ITSELF = 2;
const [FIRST_WAIT_MS, LONGEST_WAIT_MS] = [500, 5_000];

const sleep = (millis) => new Promise((done) => setTimeout(done, millis));
const clock = () => new Date().toLocaleTimeString("en-GB");
let currentAsOf = clock();

/** Doubles from half a second to five, shortened by up to a half, so that clients do not reconnect at the same moment. */
const backoff = (failures) =>
  Math.min(FIRST_WAIT_MS * 2 ** Math.min(failures, 8), LONGEST_WAIT_MS) * (1 - Math.random() / 2);

/** Sets the text only when it differs, since screen readers announce each change. */
const showConnection = (words) => find("#order-connection")?.textContent !== words && setText("#order-connection", words);
const keepUp = () => {
  showConnection("");
  currentAsOf = clock();
};
const fallBehind = () => showConnection(`Your order is safe. Reconnecting; this is as of ${currentAsOf}.`);

/**
 * One connection: `lost` when it broke or was silent, `changed` or `ended` by the order; and whether any event arrived.
 * Each has a new EventSource: the browser's reconnection ends after a response other than 200, and does not detect a dead
 * connection (HTML Standard, 9.2.3 and 9.2.6).
 */
const listenToOrder = (address) =>
  new Promise((done) => {
    const source = new EventSource(`${address}/events?after=${find("#order").dataset.seq ?? ""}`);
    let [isAlive, timer] = [false, undefined];
    const end = (why) => {
      clearTimeout(timer);
      source.close();
      done([why, isAlive]);
    };
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(end, SILENCE_MS, "lost");
    };
    const on = (name, then) =>
      source.addEventListener(name, () => {
        isAlive = true;
        wait();
        then();
      });
    on("heartbeat", keepUp);
    on("failure", fallBehind);
    on("order", () => end("changed"));
    on("end", () => end("ended"));
    source.onerror = () => end("lost");
    wait();
  });

/** Shows the order of a page if it differs. Returns whether it is settled. */
const showOrder = (page) => {
  const [ours, theirs] = [find("#order").dataset, page.getElementById("order").dataset];
  if (ours.said !== theirs.said || ours.seq !== theirs.seq) {
    for (const part of ["order", "agreed", "where"]) swap(page, part);
    document.title = page.title;
    setText("#order-status", theirs.said ?? "");
  }
  return "settled" in theirs;
};

/** Reads and shows the page. Returns whether the order is settled; undefined when the page could not be read. */
const readOrder = async (address) => {
  const page = await pageWith("order", address).catch(() => undefined);
  if (!page) return fallBehind();
  keepUp();
  return showOrder(page);
};

const followOrder = async (address) => {
  for (let failures = 0; ; await sleep(backoff(failures))) {
    if (!window.EventSource) await sleep(POLL_MS);
    const [left, isAlive] = window.EventSource ? await listenToOrder(address) : ["changed", true];
    failures = isAlive ? 0 : failures + 1;
    if (left === "lost") fallBehind();
    if (left === "lost" && failures < READ_ITSELF) continue;
    const isSettled = await readOrder(address);
    if (isSettled || (isSettled === false && left === "ended")) return;
    if (isSettled === undefined) failures += 1;
  }
};

if (find("[data-order-live]")) {
  // The order is placed, so the kept checkout fields are not needed.
  forgetContact();
  followOrder(location.pathname);
}
