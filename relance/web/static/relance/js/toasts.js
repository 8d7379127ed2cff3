/* Toasts: what happened, what it set off, and Undo where there is one. The server sends {"toast": {...}} in HX-Trigger. */

import { send } from "./send.js";

const SECONDS = 6;
const MOST = 3;
const place = () => document.getElementById("toasts");

function icon(name) {
  const sample = document.querySelector("svg.i use");
  const base = (sample?.getAttribute("href") ?? "/static/relance/icons.svg#x").split("#")[0];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${base}#${name}`);
  svg.append(use);
  return svg;
}

function leave(toast) {
  const ends = () => toast.remove();
  let timer = setTimeout(ends, SECONDS * 1000);
  const stay = () => clearTimeout(timer);
  const go = () => (timer = setTimeout(ends, SECONDS * 1000));
  for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, stay);
  for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, go);
}

/** Show a toast. ``undo`` is {label, url, values}. */
export function toast({ text, detail = "", tone = "good", undo = null }) {
  const box = document.createElement("div");
  box.className = "toast";
  box.append(icon(tone === "bad" ? "warning" : "check"));
  const line = document.createElement("p");
  line.textContent = text;
  box.append(line);
  if (detail) {
    const small = document.createElement("small");
    small.textContent = detail;
    box.append(small);
  }
  if (undo) {
    const button = document.createElement("button");
    button.className = "toast__undo";
    button.type = "button";
    button.textContent = undo.label;
    button.addEventListener("click", () => {
      box.remove();
      send(undo.url, undo.values ?? {});
    });
    box.append(button);
  }
  place().append(box);
  while (place().children.length > MOST) place().firstElementChild.remove();
  leave(box);
}

for (const box of document.querySelectorAll("[data-toast]")) {
  leave(box);
  // A toast that came with the page: taking it back shows the page anew.
  box.querySelector("[data-undo]")?.addEventListener("click", async (event) => {
    box.remove();
    if (await send(event.target.dataset.undo)) location.reload();
  });
}
document.addEventListener("toast", (event) => toast(event.detail));
document.addEventListener("htmx:responseError", (event) => {
  // The error pages of the server carry their sentence; anything else gets ours.
  const sentence = event.detail.xhr.getResponseHeader("X-Sentence");
  toast({ text: sentence ? decodeURIComponent(sentence) : place().dataset.failed, tone: "bad" });
});
document.addEventListener("htmx:sendError", () => toast({ text: place().dataset.offline, tone: "bad" }));
