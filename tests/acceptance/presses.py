"""Counting how often somebody has to press: a click, Enter or Space.

Typing is no press, nor is walking with Tab. A list that opens outside of the page (``<select>``) takes two: one to open
it and one to choose.
"""

from __future__ import annotations

from playwright.sync_api import Page

_COUNTER = """
(() => {
  const key = "presses";
  const add = (n, what) => {
    const known = JSON.parse(sessionStorage.getItem(key) || "[]");
    for (let i = 0; i < n; i++) known.push(what);
    sessionStorage.setItem(key, JSON.stringify(known));
  };
  const name = (element) => element.getAttribute?.("aria-label") || element.id || element.textContent || "";
  const said = (element) => `${element.tagName} ${name(element).trim().slice(0, 40)}`;
  const button = "[type=checkbox], [type=radio], [type=submit], [type=button]";
  const types = (element) => element.matches?.(`textarea, input:not(${button})`);
  addEventListener("pointerdown", (event) => event.isTrusted && add(1, `click ${said(event.target)}`), true);
  addEventListener("keydown", (event) => {
    if (!event.isTrusted || event.repeat) return;
    const presses = event.key === "Enter" || (event.key === " " && !types(event.target));
    if (presses) add(1, `${event.key} ${said(event.target)}`);
  }, true);
  // Choosing from a list by script fires a change that nobody pressed for.
  addEventListener("change", (event) => event.target.matches("select") && add(2, `choose ${said(event.target)}`), true);
})();
"""


class Presses:
    """The presses of one window, across its pages."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.add_init_script(_COUNTER)

    def begin(self) -> None:
        """Forget those so far."""
        self.page.evaluate("sessionStorage.removeItem('presses')")

    @property
    def list(self) -> list[str]:
        """What was pressed, in order."""
        found: list[str] = self.page.evaluate("JSON.parse(sessionStorage.getItem('presses') || '[]')")
        return found
