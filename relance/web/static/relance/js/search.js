/* The search of the top bar: results appear below while typing; arrows walk, Enter opens, Escape closes. */

const box = document.querySelector("[data-search]");
const input = box?.querySelector("input[type=search]");
const results = document.getElementById("search-results");

if (box && input && results) {
  const links = () => [...results.querySelectorAll("a")];
  const hide = () => (results.hidden = true);
  results.addEventListener("htmx:afterSwap", () => (results.hidden = !input.value.trim()));
  input.addEventListener("input", () => !input.value.trim() && hide());
  input.addEventListener("focus", () => links().length && input.value.trim() && (results.hidden = false));
  document.addEventListener("click", (event) => !box.contains(event.target) && hide());
  box.addEventListener("focusout", (event) => !box.contains(event.relatedTarget) && event.relatedTarget && hide());
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      hide();
      input.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const all = links();
      if (!all.length || results.hidden) return;
      event.preventDefault();
      const at = all.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
      (at < 0 ? input : all[Math.min(at, all.length - 1)]).focus();
    }
  });
}
