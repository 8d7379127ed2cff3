/* The swap style "morph": the page takes on what the server sent, element by element, so that focus, scrolling, open menus and
   half-typed text stay where they are. Elements are recognised by their id; without one, by their place. */

const KEPT = new Set(["DETAILS:open", "DIALOG:open"]);

/** Whether somebody is typing here, or has typed something that is not saved. */
function isDirty(control) {
  if (control === document.activeElement) return true;
  if (control.matches("input[type=checkbox], input[type=radio]")) return control.checked !== control.defaultChecked;
  if (control.matches("select")) return [...control.options].some((option) => option.selected !== option.defaultSelected);
  return control.value !== control.defaultValue;
}

function morphAttributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !KEPT.has(`${old.nodeName}:${name}`) && name !== "style" && !name.startsWith("data-kept-")) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (KEPT.has(`${old.nodeName}:${name}`)) continue;
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}

function morphNode(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  if (old.isEqualNode(fresh) || old.hasAttribute("data-morph-keep")) return;
  if (old.matches("form") && [...old.elements].some((control) => control.name && control.type !== "hidden" && isDirty(control))) return;
  morphAttributes(old, fresh);
  morphChildren(old, fresh);
}

const keyOf = (node) => (node.nodeType === Node.ELEMENT_NODE && node.id ? node.id : null);

function morphChildren(old, fresh) {
  const keyed = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
  const wanted = new Set([...fresh.children].filter((child) => child.id).map((child) => child.id));
  let cursor = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    const key = keyOf(next);
    const known = key && keyed.get(key);
    if (known && known.nodeName === next.nodeName) {
      if (known === cursor) cursor = cursor.nextSibling;
      else old.insertBefore(known, cursor);
      morphNode(known, next);
      continue;
    }
    while (cursor && !key && keyOf(cursor) && !wanted.has(keyOf(cursor))) {
      const gone = cursor;
      cursor = cursor.nextSibling;
      gone.remove();
    }
    if (cursor && !key && !keyOf(cursor) && cursor.nodeType === next.nodeType && cursor.nodeName === next.nodeName) {
      morphNode(cursor, next);
      cursor = cursor.nextSibling;
    } else {
      old.insertBefore(next, cursor);
    }
  }
  while (cursor) {
    const gone = cursor;
    cursor = cursor.nextSibling;
    gone.remove();
  }
}

/** Make ``target`` like ``fresh``; returns the target. */
export function morph(target, fresh) {
  const focused = document.activeElement;
  morphNode(target, fresh);
  if (focused && focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
  return target;
}

window.htmx?.defineExtension("morph", {
  isInlineSwap: (style) => style === "morph",
  handleSwap(style, target, fragment) {
    if (style !== "morph") return false;
    const fresh = (target.id && fragment.querySelector(`#${CSS.escape(target.id)}`)) || fragment.firstElementChild;
    if (!fresh) return true;
    return [morph(target, fresh)];
  },
});
