/* Dialogs come from the server: a link with data-dialog opens what it points to over the page; without script it is a page of its own.
   Native <dialog>: Escape and the backdrop close it, focus returns to the opener. */

const place = () => document.getElementById("dialog-place");
let opener = null;

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    opener = link.closest("details[data-menu]")?.querySelector("summary") ?? link;
    for (const menu of document.querySelectorAll("details[data-menu][open]")) menu.open = false;
    window.htmx.ajax("GET", link.href, { target: "#dialog-place", swap: "innerHTML" });
    return;
  }
  const button = event.target.closest("[data-open-dialog]");
  if (button) {
    opener = button.closest("details[data-menu]")?.querySelector("summary") ?? button;
    for (const menu of document.querySelectorAll("details[data-menu][open]")) menu.open = false;
    document.getElementById(button.dataset.openDialog)?.showModal();
    return;
  }
  if (event.target.closest("[data-close]")) {
    const dialog = event.target.closest("dialog");
    if (dialog) {
      event.preventDefault();
      dialog.close();
    }
  }
});

// The backdrop belongs to the dialog element itself; a press that began inside (selecting text) does not count.
let pressedOn = null;
document.addEventListener("pointerdown", (event) => (pressedOn = event.target));
document.addEventListener("click", (event) => {
  if (event.target.matches("dialog[open]") && pressedOn === event.target) event.target.close();
});

document.addEventListener(
  "close",
  (event) => {
    if (!event.target.matches("dialog")) return;
    if (place()?.contains(event.target)) place().replaceChildren();
    if (opener?.isConnected) opener.focus();
    opener = null;
  },
  true,
);

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== place()) return;
  const dialog = place().querySelector("dialog");
  if (!dialog) return;
  dialog.showModal();
  // In this order: a list of selectors would give whatever stands first in the form.
  const first = dialog.querySelector("[aria-invalid=true]") ?? dialog.querySelector("[autofocus]");
  (first ?? dialog.querySelector(".dialog__body :is(input:not([type=hidden]), textarea, select)"))?.focus();
});

/** Close the dialog that came from the server, if there is one. */
export function closeDialog() {
  place()?.querySelector("dialog")?.close();
}

document.addEventListener("closeDialog", closeDialog);
