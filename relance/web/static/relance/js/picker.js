/* Choosing a linked record: type a name, arrows move, Enter chooses, Escape closes. The list comes from the server, which shows only
   what this person may see. Emptying the text takes the link away. */

const WAIT = 160;

function wire(picker) {
  const [hidden, input] = [picker.querySelector("input[type=hidden]"), picker.querySelector("[role=combobox]")];
  const list = picker.querySelector("[role=listbox]");
  let timer = null;
  let asked = 0;

  const options = () => [...list.querySelectorAll("[role=option][data-id]")];
  const active = () => list.querySelector("[aria-selected=true]");
  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const mark = (option) => {
    active()?.setAttribute("aria-selected", "false");
    if (!option) return;
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  };
  const choose = (option) => {
    hidden.value = option.dataset.id;
    input.value = option.dataset.name;
    hidden.dispatchEvent(new Event("change", { bubbles: true }));
    close();
  };
  const ask = async () => {
    const turn = ++asked;
    const answer = await fetch(`${picker.dataset.url}?q=${encodeURIComponent(input.value)}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok || turn !== asked) return;
    list.innerHTML = await answer.text();
    options().forEach((option, place) => (option.id = `${list.id}-${place}`));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    if (input.value.trim()) mark(options()[0]);
  };

  input.addEventListener("input", () => {
    hidden.value = "";
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("click", () => list.hidden && ask());
  input.addEventListener("blur", () => setTimeout(close, 120));
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option][data-id]");
    if (option) choose(option);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return ask();
      const all = options();
      if (!all.length) return;
      const at = all.indexOf(active()) + (event.key === "ArrowDown" ? 1 : -1);
      mark(all[(at + all.length) % all.length]);
    } else if (event.key === "Enter" && !list.hidden && active()) {
      event.preventDefault();
      choose(active());
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
}

function wireAll(root) {
  for (const picker of root.querySelectorAll("[data-picker]:not([data-kept-wired])")) {
    picker.setAttribute("data-kept-wired", "");
    wire(picker);
  }
}

wireAll(document);
document.addEventListener("htmx:load", (event) => wireAll(event.detail.elt));

// A row of pickers that was copied is another picker: with a list of its own, and nothing chosen.
document.addEventListener("row-added", (event) => {
  for (const picker of event.target.querySelectorAll("[data-picker]")) {
    picker.removeAttribute("data-kept-wired");
    picker.querySelector("input[type=hidden]").value = "";
    const list = picker.querySelector("[role=listbox]");
    list.id += "n";
    list.replaceChildren();
    list.hidden = true;
    picker.querySelector("[role=combobox]").setAttribute("aria-controls", list.id);
  }
  wireAll(event.target);
});
