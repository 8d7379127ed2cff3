/* Live pages: an element says with data-live what it shows ("deal:12", "board:1", "list:deal"; several separated by spaces).
   When the server says that this has changed, the element gets the event "live", and htmx refreshes it (hx-trigger="live").
   One connection for each page, none while the page is hidden. */

const WAIT = 60; // ms: changes that come together are fetched together
let source = null;
let topics = "";
let timer = null;
const changed = new Set();

const marked = () => [...document.querySelectorAll("[data-live]")];
const wanted = () => [...new Set(marked().flatMap((element) => element.dataset.live.split(" ")).filter(Boolean))].sort().join(" ");

function refresh(all = false) {
  timer = null;
  for (const element of marked()) {
    if (all || element.dataset.live.split(" ").some((topic) => changed.has(topic))) window.htmx.trigger(element, "live");
  }
  changed.clear();
}

function connect() {
  const now = wanted();
  if (document.hidden || (source && now === topics)) return;
  source?.close();
  source = null;
  topics = now;
  if (!now) return;
  let before = false;
  source = new EventSource(`/live?topics=${encodeURIComponent(now)}`);
  source.addEventListener("open", () => {
    // After an interruption nobody knows what was missed.
    if (before) refresh(true);
    before = true;
  });
  source.addEventListener("changed", (event) => {
    for (const topic of event.data.split(" ")) changed.add(topic);
    timer ??= setTimeout(refresh, WAIT);
  });
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    source?.close();
    source = null;
  } else {
    connect();
    refresh(true);
  }
});
window.addEventListener("pagehide", () => source?.close());
window.addEventListener("pageshow", (event) => {
  if (event.persisted) {
    source = null;
    connect();
    refresh(true);
  }
});
document.addEventListener("htmx:load", () => connect());
connect();
