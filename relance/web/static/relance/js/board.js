/* The deal board: cards are moved by pointer or by keyboard. A move is shown at once and taken back if the server refuses it.
   Pointer: press and pull (a finger: press a moment first). Keyboard, on a card: Space lifts, the arrows choose a column or Won, Lost,
   Delete after the last one, Enter drops, Escape returns. */
import { send } from "./send.js";

const FAR = 6; // px a mouse moves before it is a drag
const LONG = 260; // ms a finger rests before it lifts

const board = () => document.querySelector("[data-board]");
const bar = () => document.getElementById("drop-bar");
const still = matchMedia("(prefers-reduced-motion: reduce)");

let carried = null; // { item, card, home: {list, before}, by: "pointer" | "keys", place }

function say(key, values = {}) {
  const text = board()?.getAttribute(`data-say-${key}`) ?? "";
  const place = document.getElementById("announcer");
  place.textContent = text.replace("[name]", values.name ?? "").replace("[place]", values.place ?? "");
}

const nameOf = (place) => place.dataset.name ?? place.dataset.zoneName;
const places = () => [...board().querySelectorAll("[data-stage]"), ...bar().querySelectorAll("[data-zone]")];

function lift(item, by) {
  const card = item.querySelector("[data-deal]");
  carried = { item, card, by, home: { list: item.parentElement, before: item.nextElementSibling }, place: item.closest("[data-stage]") };
  bar().hidden = false;
}

function mark(place) {
  for (const marked of document.querySelectorAll("[data-drop]")) marked.removeAttribute("data-drop");
  place?.setAttribute("data-drop", "");
}

function putBack({ item, home }) {
  home.list.insertBefore(item, home.before?.isConnected && home.before.parentElement === home.list ? home.before : home.list.firstChild);
}

function putDown() {
  const was = carried;
  carried = null;
  mark(null);
  bar().hidden = true;
  document.documentElement.classList.remove("is-dragging");
  was.item.classList.remove("is-lifted-from");
  was.card.classList.remove("deal--carried");
  return was;
}

/** Ask why a deal was lost; null when the person thought better of it. */
function askReason() {
  const dialog = document.getElementById("lost-dialog");
  const form = dialog.querySelector("form");
  form.reset();
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "lose" ? form.elements.reason.value : null), { once: true });
  });
}

async function drop(place) {
  const was = putDown();
  const { item, card } = was;
  const name = card.dataset.name;
  const back = (key = "back") => {
    putBack(was);
    if (was.by === "keys") item.querySelector("a").focus();
    say(key, { name });
  };
  if (!place || place === was.home.list.closest("[data-stage]")) return back();
  const url = (verb) => `/deals/${card.dataset.deal}/${verb}/`;
  if (place.dataset.stage) {
    place.querySelector(".column__cards").prepend(item);
    item.scrollIntoView({ block: "nearest", inline: "nearest" });
    say("dropped", { name, place: nameOf(place) });
    if (was.by === "keys") item.querySelector("a").focus();
    if (!(await send(url("move"), { stage: place.dataset.stage }))) back("refused");
    return;
  }
  const verb = place.dataset.zone;
  const values = {};
  if (verb === "lose") {
    const reason = await askReason();
    if (reason === null) return back();
    values.reason = reason;
  }
  const next = item.nextElementSibling?.querySelector("a") ?? item.previousElementSibling?.querySelector("a");
  item.hidden = true;
  say("dropped", { name, place: nameOf(place) });
  if (was.by === "keys") (next ?? board()).focus();
  if (!(await send(url(verb), values))) {
    item.hidden = false;
    back("refused");
  }
}

/* ---- Pointer ---------------------------------------------------------------------------------------- */

let press = null;

function fly(event) {
  const box = press.item.getBoundingClientRect();
  const flying = press.item.querySelector(".deal").cloneNode(true);
  flying.classList.add("deal--lifted", "deal--flying");
  flying.removeAttribute("data-deal");
  flying.style.inlineSize = `${box.width}px`;
  document.body.append(flying);
  Object.assign(press, { flying, dx: event.clientX - box.left, dy: event.clientY - box.top });
  lift(press.item, "pointer");
  press.item.classList.add("is-lifted-from");
  document.documentElement.classList.add("is-dragging");
}

function scrollAtEdges(x, y) {
  const frame = board().getBoundingClientRect();
  const step = (near) => (near < 56 ? (56 - near) / 4 : 0);
  board().scrollLeft += step(frame.right - x) - step(x - frame.left);
  const list = carried.place?.querySelector?.(".column__cards");
  if (list) {
    const box = list.getBoundingClientRect();
    list.scrollTop += step(box.bottom - y) - step(y - box.top);
  }
}

function moveTo(event) {
  const { flying, dx, dy } = press;
  flying.style.transform = `translate(${event.clientX - dx}px, ${event.clientY - dy}px)`;
  const under = document.elementFromPoint(event.clientX, event.clientY);
  carried.place = under?.closest("[data-zone], [data-stage]") ?? null;
  mark(carried.place);
  scrollAtEdges(event.clientX, event.clientY);
}

function release() {
  clearTimeout(press?.timer);
  press?.flying?.remove();
  press = null;
}

document.addEventListener("pointerdown", (event) => {
  const item = event.target.closest?.("[data-board] li:has([data-deal])");
  if (!item || event.button !== 0 || carried) return;
  press = { item, x: event.clientX, y: event.clientY, id: event.pointerId, touch: event.pointerType !== "mouse" };
  if (press.touch) press.timer = setTimeout(() => press && !carried && fly(event), LONG);
});

document.addEventListener("pointermove", (event) => {
  if (!press || event.pointerId !== press.id) return;
  if (carried?.by === "pointer") return moveTo(event);
  if (Math.hypot(event.clientX - press.x, event.clientY - press.y) < FAR) return;
  if (press.touch) return release();
  fly(event);
  moveTo(event);
});

document.addEventListener("pointerup", (event) => {
  if (!press || event.pointerId !== press.id) return;
  const dragging = carried?.by === "pointer";
  release();
  if (!dragging) return;
  // The link of the card must not open at the end of a drag.
  const swallow = (click) => {
    click.preventDefault();
    click.stopPropagation();
  };
  document.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", swallow, { capture: true }), 50);
  drop(carried.place);
});

document.addEventListener("pointercancel", () => {
  const dragging = carried?.by === "pointer";
  release();
  if (dragging) putBack(putDown());
});

// A finger that drags must not scroll the board.
document.addEventListener("touchmove", (event) => carried?.by === "pointer" && event.preventDefault(), { passive: false });
document.addEventListener("dragstart", (event) => event.target.closest?.("[data-board] .deal") && event.preventDefault());
document.addEventListener("contextmenu", (event) => carried && event.preventDefault());

/* ---- Keyboard --------------------------------------------------------------------------------------- */

function carryTo(place) {
  carried.place = place;
  mark(place);
  const { item, card } = carried;
  if (place.dataset.stage) {
    if (place === carried.home.list.closest("[data-stage]")) putBack(carried);
    else place.querySelector(".column__cards").prepend(item);
    item.scrollIntoView({ block: "nearest", inline: "nearest", behavior: still.matches ? "auto" : "smooth" });
    item.querySelector("a").focus({ preventScroll: true });
  }
  say("over", { name: card.dataset.name, place: nameOf(place) });
}

function walk(key) {
  const all = places();
  const at = all.indexOf(carried.place) + (key === "ArrowRight" ? 1 : -1);
  if (at >= 0 && at < all.length) carryTo(all[at]);
}

/** The card above, below, or beside in the next column: arrows look around while nothing is lifted. */
function lookAround(link, key) {
  const item = link.closest("li");
  if (key === "ArrowDown" || key === "ArrowUp") {
    const next = key === "ArrowDown" ? item.nextElementSibling : item.previousElementSibling;
    return next?.querySelector("a");
  }
  const columns = [...board().querySelectorAll("[data-stage]")];
  const at = columns.indexOf(item.closest("[data-stage]")) + (key === "ArrowRight" ? 1 : -1);
  const place = [...item.parentElement.children].indexOf(item);
  const links = columns[at]?.querySelectorAll(".column__cards a");
  return links?.[Math.min(place, links.length - 1)];
}

document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.("[data-board] .deal__title a");
  if (carried?.by === "pointer" && event.key === "Escape") {
    release();
    putBack(putDown());
    return;
  }
  if (!link) return;
  if (!carried) {
    if (event.key === " ") {
      event.preventDefault();
      lift(link.closest("li"), "keys");
      carried.card.classList.add("deal--carried");
      mark(carried.place);
      say("lifted", { name: carried.card.dataset.name });
    } else if (event.key.startsWith("Arrow")) {
      const to = lookAround(link, event.key);
      if (to) {
        event.preventDefault();
        to.focus();
      }
    }
    return;
  }
  if (["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Enter", "Escape", " "].includes(event.key)) event.preventDefault();
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") walk(event.key);
  else if (event.key === "Enter" || event.key === " ") drop(carried.place);
  else if (event.key === "Escape") {
    const was = putDown();
    putBack(was);
    was.item.querySelector("a").focus();
    say("back", { name: was.card.dataset.name });
  }
});

// Losing the place in the middle of a keyboard move is like Escape.
document.addEventListener("focusout", (event) => {
  if (carried?.by !== "keys" || !event.target.closest("[data-deal]")) return;
  setTimeout(() => {
    if (carried?.by === "keys" && !carried.item.contains(document.activeElement)) putBack(putDown());
  });
});

// What arrives from the server waits until the card has landed.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (carried && event.detail.target?.id === "board") event.detail.shouldSwap = false;
});

// The button on a deal's own page asks the same question.
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-lose]");
  if (!button) return;
  const reason = await askReason();
  if (reason !== null) await send(button.dataset.lose, { reason });
  button.focus();
});
