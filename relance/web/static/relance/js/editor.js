/* The editor of an automation: panels that never lose typed text, focus that stays where the work is. Every change is made by the
   server; this module only sees to what a page must remember between two answers. */

const $ = (selector) => document.querySelector(selector);
const panel = () => $("#panel");
const form = () => $("#panel-form");
const which = () => panel()?.dataset.panel ?? "";

/* ---- What was typed and is not applied yet ---------------------------------------------------------- */

let dirty = false;

/** Name and value of every control of the panel, in order. */
function snapshot() {
  const held = new Map();
  if (!form()) return held;
  for (const control of form().elements) {
    if (!control.name) continue;
    const box = control.matches("input[type=checkbox], input[type=radio]");
    held.set(box ? `${control.name}=${control.value}` : control.name, box ? control.checked : control.value);
  }
  return held;
}

/** Put back what was typed while the answer was on its way. */
function restore(sent, now) {
  for (const control of form()?.elements ?? []) {
    if (!control.name) continue;
    const box = control.matches("input[type=checkbox], input[type=radio]");
    const key = box ? `${control.name}=${control.value}` : control.name;
    if (!now.has(key) || now.get(key) === sent.get(key)) continue;
    if (box) control.checked = now.get(key);
    else control.value = now.get(key);
  }
}

let timer = null;
document.addEventListener("input", (event) => {
  if (!event.target.closest("#panel-form")) return;
  dirty = true;
  clearTimeout(timer);
  timer = setTimeout(() => $("#read") && window.htmx.trigger("#read", "reread"), 350);
});

window.addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});

/* ---- Drawing the panel anew -------------------------------------------------------------------------- */

let recasting = Promise.resolve();

function recast(values = {}) {
  clearTimeout(timer);
  const held = form();
  if (held) recasting = window.htmx.ajax("POST", held.dataset.recastUrl, { source: held, target: "#panel", swap: "outerHTML", values });
}

document.addEventListener("change", (event) => {
  const control = event.target;
  if (!control.closest("#panel-form")) return;
  dirty = true;
  if (control.matches("[data-recast]")) recast();
  else if (control.matches("select[data-do]") && control.value) recast({ do: control.dataset.do });
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("#panel-form button[data-do]");
  if (!button) return;
  dirty = true;
  recast({ do: button.dataset.do });
});

/* ---- Requests: what they carry, and what becomes of unapplied changes -------------------------------- */

const isOurs = (element) => element?.closest?.("#editor");
const path = (detail) => new URL(detail.path ?? detail.pathInfo?.requestPath ?? "", location.href).pathname;

document.addEventListener("htmx:configRequest", (event) => {
  if (!isOurs(event.detail.elt)) return;
  event.detail.parameters.set("panel", which());
  if (dirty) event.detail.parameters.set("dirty", "1");
});

/** Whether an answer would put another panel in the place of one with unapplied changes. */
function wouldLose(detail) {
  if (!dirty || !isOurs(detail.elt)) return false;
  const at = path(detail);
  if (/\/(apply|recast|publish|name|description|minutes|guide|everyone|move|state|power)\/$/.test(at)) return false;
  if (at.endsWith("/remove/")) return false;
  return !detail.elt.matches("[data-panel-cancel]");
}

/** Make a request that was put off. What was pressed may have been drawn anew meanwhile: then it starts from the editor itself. */
function again(detail) {
  const { elt, verb, path } = detail;
  if (elt.isConnected) return detail.issueRequest(true);
  const values = JSON.parse(elt.getAttribute("hx-vals") || "{}");
  if (elt.checked) values[elt.name] = elt.value;
  window.htmx.ajax(verb, path, { source: "#editor", target: "#panel", swap: "outerHTML", values });
}

// One change of the draft at a time: each names the revision that the one before it left.
let changing = null;
const putOff = [];
const changesDraft = (detail) => isOurs(detail.elt) && detail.verb !== "get" && !/\/(recast|name|description|minutes|guide|power)\/$/.test(path(detail));

document.addEventListener("htmx:confirm", (event) => {
  const detail = event.detail;
  if (wouldLose(detail)) {
    event.preventDefault();
    ask(() => again(detail));
  } else if (changing && changesDraft(detail)) {
    event.preventDefault();
    putOff.push(detail);
  }
});

document.addEventListener("htmx:beforeSend", (event) => {
  const asked = event.detail.requestConfig;
  if (changesDraft(asked)) changing = event.detail.xhr;
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.xhr !== changing) return;
  changing = null;
  const next = putOff.shift();
  // After what listens to this answer, too.
  if (next) queueMicrotask(() => again(next));
});

// Another page, which shows the draft: what is not applied would not be in it.
document.addEventListener("click", (event) => {
  const link = event.target.closest("#editor [data-test]");
  if (!link || !dirty || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  ask(() => location.assign(link.href));
});

let afterwards = null;
function ask(go) {
  afterwards = go;
  $("#unapplied").showModal();
}

document.addEventListener("click", (event) => {
  const answer = event.target.closest("[data-answer]")?.dataset.answer;
  if (!answer) return;
  const go = afterwards;
  afterwards = null;
  $("#unapplied").close();
  if (answer === "discard") {
    dirty = false;
    go?.();
  } else {
    applied = go;
    form()?.requestSubmit();
  }
});

let applied = null;
let sent = null;
let now = null;

document.addEventListener("htmx:beforeRequest", (event) => {
  if (isOurs(event.detail.elt) && path(event.detail).endsWith("/recast/")) sent = snapshot();
  const save = event.detail.elt.closest?.("[data-save]");
  if (save) {
    save.dataset.text ??= save.textContent;
    setTimeout(() => save.hasAttribute("aria-busy") && (save.textContent = save.dataset.busy), 300);
    save.setAttribute("aria-busy", "true");
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  const save = event.detail.elt.closest?.("[data-save]");
  if (save) {
    save.removeAttribute("aria-busy");
    save.textContent = save.dataset.text ?? save.textContent;
  }
});

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id === "panel" && path(event.detail).endsWith("/recast/")) now = snapshot();
});

// Somebody typed while another panel was on its way: what was typed stays. (beforeSwap would be too late: it is told to the panel that
// was there when the request began, which may be gone.)
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const asked = event.detail.requestConfig;
  if (asked?.verb === "get" && asked.target?.id === "panel" && wouldLose(asked)) event.preventDefault();
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "panel") return;
  const at = path(event.detail);
  const good = event.detail.xhr.status < 400;
  if (at.endsWith("/recast/")) {
    if (sent && now) restore(sent, now);
    sent = now = null;
  } else if (good) {
    dirty = false;
    const query = which() && which() !== "add" ? `?step=${which()}` : "";
    history.replaceState(history.state, "", location.pathname + query);
  }
  if (at.endsWith("/apply/")) {
    const go = applied;
    applied = null;
    if (good) go?.();
  }
});

/* ---- Focus, and what is read out --------------------------------------------------------------------- */

document.addEventListener("focuson", (event) => {
  const id = event.detail.value;
  const title = $("#panel-title");
  let found = document.getElementById(id) ?? $("#flow-title");
  if (id === "invalid") found = panel()?.querySelector("[aria-invalid=true], [data-invalid]") ?? title;
  if (id === "first") found = [...(form()?.elements ?? [])].find((control) => control.name && control.checkVisibility()) ?? title;
  found?.focus({ preventScroll: id === "flow-title" });
  if (id === "panel-title" || id === "first") $('.step[aria-current="step"]')?.scrollIntoView({ block: "nearest" });
});

document.addEventListener("announce", (event) => {
  const place = document.getElementById("announcer");
  place.textContent = "";
  setTimeout(() => (place.textContent = event.detail.value), 50);
});

document.addEventListener("renamed", (event) => {
  document.title = document.title.replace(/^.*? · /, () => `${event.detail.value} · `);
});

document.addEventListener("click", (event) => {
  const jump = event.target.closest("[data-jump]");
  if (!jump) return;
  event.preventDefault();
  const id = jump.dataset.jump;
  const card = id === "audience" ? $("#open-audience") : document.getElementById(`open-${id}`);
  (card ?? $("#ed-banner"))?.focus();
  card?.closest(".step")?.scrollIntoView({ block: "center" });
});

// Results in the panel are drawn anew while somebody types; what has the caret stays.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const target = event.detail.target;
  if (panel()?.contains(target) && target.contains(document.activeElement)) event.detail.shouldSwap = false;
});

/* ---- Small helps -------------------------------------------------------------------------------------- */

// A placeholder goes where the caret is.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-insert]");
  if (!button) return;
  const into = document.getElementById(button.dataset.into);
  const text = "plain" in button.dataset ? button.dataset.insert : `{{ ${button.dataset.insert} }}`;
  into.setRangeText(text, into.selectionStart ?? into.value.length, into.selectionEnd ?? into.value.length, "end");
  into.dispatchEvent(new Event("input", { bubbles: true }));
  button.closest("details").open = false;
  into.focus();
});

// The picker of steps: typing narrows it, arrows walk, Enter takes the first.
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
document.addEventListener("input", (event) => {
  const filter = event.target.closest("[data-filter]");
  if (!filter) return;
  const list = $(filter.dataset.filter);
  const words = plain(filter.value).split(/\s+/).filter(Boolean);
  let any = false;
  for (const section of list.querySelectorAll(".add-group")) {
    let some = false;
    for (const entry of section.querySelectorAll("button")) {
      entry.hidden = !words.every((word) => plain(`${entry.textContent} ${section.querySelector("h3").textContent}`).includes(word));
      some ||= !entry.hidden;
    }
    section.hidden = !some;
    any ||= some;
  }
  list.querySelector("[data-none]").hidden = any;
});

document.addEventListener("keydown", (event) => {
  const list = $("#add-list");
  if (list && event.target.closest("#panel") && ["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) {
    const entries = [...list.querySelectorAll("button")].filter((entry) => entry.checkVisibility());
    if (event.key === "Enter") {
      if (!event.target.matches("[data-filter]")) return;
      event.preventDefault();
      entries[0]?.click();
      return;
    }
    event.preventDefault();
    const at = entries.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    (at < 0 ? $("#add-search") : entries[Math.min(at, entries.length - 1)]).focus();
    return;
  }
  if (event.key === "Escape" && !event.defaultPrevented && event.target.closest("#panel") && !$("dialog[open]")) {
    if (panel().querySelector("details[open], [role=listbox]:not([hidden])")) return;
    panel().querySelector("[data-panel-close]")?.click();
  }
});
