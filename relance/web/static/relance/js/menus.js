/* Menus are <details data-menu>: they work without script; with it they close by Escape, by a click elsewhere and when focus leaves,
   and arrows walk through their entries. */

const openMenus = () => document.querySelectorAll("details[data-menu][open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("focusin", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details[data-menu]");
  if (event.key === "Escape") {
    for (const open of openMenus()) {
      open.open = false;
      if (open === menu) open.querySelector("summary").focus();
    }
    return;
  }
  if (!menu || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key) || event.target.matches("input, select, textarea")) return;
  event.preventDefault();
  menu.open = true;
  const entries = [...menu.querySelectorAll("a[href], button:not([disabled]), input:not([type=hidden])")].filter((entry) => entry.checkVisibility());
  if (!entries.length) return;
  const at = entries.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? entries.length - 1 : at - 1, Home: 0, End: entries.length - 1 }[event.key];
  entries[(to + entries.length) % entries.length].focus();
});

// A menu that would leave the window opens the other way.
document.addEventListener(
  "toggle",
  (event) => {
    const menu = event.target;
    if (!menu.matches?.("details[data-menu]") || !menu.open) return;
    const box = menu.querySelector(".menu")?.getBoundingClientRect();
    if (box) menu.toggleAttribute("data-up", box.bottom > window.innerHeight && box.height < menu.getBoundingClientRect().top);
  },
  true,
);
