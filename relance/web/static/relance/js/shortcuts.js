/* One key, one deed: elements name theirs in data-shortcut. Nothing happens while somebody types. */

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.target.closest?.("input, textarea, select, [contenteditable], dialog[open]")) return;
  const target = [...document.querySelectorAll("[data-shortcut]")].find((element) => element.dataset.shortcut === event.key.toLowerCase());
  if (!target) return;
  event.preventDefault();
  target.focus();
  if (target.matches("summary")) {
    target.closest("details").open = true;
    target.closest("details").querySelector(".menu a, .menu button")?.focus();
  } else if (!target.matches("input, textarea")) {
    target.click();
  }
});
