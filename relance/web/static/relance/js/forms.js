/* Small conveniences of forms: rows of e-mails and phones, filters that apply by themselves, Ctrl+Enter, Escape, focus on what is wrong. */

function renumber(rows) {
  rows.querySelectorAll("[data-row]").forEach((row, place) => {
    const radio = row.querySelector("input[type=radio]");
    if (radio) radio.value = place;
  });
}

function wireRows(root) {
  for (const rows of root.querySelectorAll("[data-rows]:not([data-kept-wired])")) {
    rows.setAttribute("data-kept-wired", "");
    for (const button of rows.querySelectorAll("[data-row-add], [data-row-remove]")) button.hidden = false;
  }
}

document.addEventListener("click", (event) => {
  const add = event.target.closest("[data-row-add]");
  const remove = event.target.closest("[data-row-remove]");
  if (!add && !remove) return;
  const rows = event.target.closest("[data-rows]");
  const all = [...rows.querySelectorAll("[data-row]")];
  if (add) {
    const fresh = all.at(-1).cloneNode(true);
    const input = fresh.querySelector("input.input");
    input.removeAttribute("id");
    input.value = "";
    for (const radio of fresh.querySelectorAll("input[type=radio]")) radio.checked = false;
    all.at(-1).after(fresh);
    fresh.dispatchEvent(new CustomEvent("row-added", { bubbles: true }));
    input.focus();
  } else {
    const row = remove.closest("[data-row]");
    if (all.length > 1) row.remove();
    else for (const input of row.querySelectorAll("input.input, input[type=hidden]")) input.value = "";
    const radios = [...rows.querySelectorAll("input[type=radio]")];
    if (radios.length && !radios.some((radio) => radio.checked)) radios[0].checked = true;
    rows.querySelector("input.input").focus();
  }
  renumber(rows);
});

document.addEventListener("change", (event) => {
  if (event.target.closest("[data-submit-on-change]")) event.target.form.requestSubmit();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.closest?.("form")?.requestSubmit();
});

// Escape in a field edited in place puts the value back.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  event.target.closest?.("[data-in-place]")?.querySelector("[data-cancel]")?.click();
});

document.addEventListener("htmx:load", (event) => {
  wireRows(event.detail.elt);
  event.detail.elt.querySelector?.("[data-focus]")?.focus();
});

wireRows(document);
document.querySelector("main [aria-invalid=true]")?.focus();
