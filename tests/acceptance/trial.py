"""The test of a draft: the bar above the steps, what each step would do, and the panel beside them."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.acceptance.words import Words, en


class Trial:
    """The page of one test."""

    def __init__(self, page: Page, words: Words = en) -> None:
        self.page, self.words = page, words

    def open(self) -> Trial:
        """Press Test in the editor."""
        self.button.click()
        return self.expect_open()

    @property
    def button(self) -> Locator:
        """ "Test", in the editor's head."""
        name = self.words("Test", "try an automation out")
        return self.page.locator(".ed-tools").get_by_role("link", name=name, exact=True)

    def expect_open(self) -> Trial:
        """Wait for it."""
        expect(self.page.get_by_text(self.words("Testing the draft"), exact=True)).to_be_visible()
        self.page.wait_for_load_state("domcontentloaded")
        return self

    @property
    def bar(self) -> Locator:
        """What is asked."""
        return self.page.get_by_role("form", name=self.words("What to test with"), exact=True)

    def record(self, title: str) -> Trial:
        """Search a record and choose it."""
        box = self.bar.get_by_role("combobox", name=self.words("Record"), exact=True)
        box.fill(title)
        with self._drawn_anew():
            self.bar.get_by_role("option", name=title).first.click()
        expect(box).to_have_value(title)
        return self

    def happens(self, what: str, value: str = "") -> Trial:
        """Choose what happens to it: a field with its new value, or the whole record."""
        with self._drawn_anew():
            self.bar.get_by_label(self.words("What happens to it"), exact=True).select_option(label=what)
        if value:
            self.bar.get_by_label(self.words("New value"), exact=True).fill(value)
        return self

    def by(self, name: str) -> Trial:
        """Choose who does it."""
        self.bar.get_by_label(self.words("By whom"), exact=True).select_option(label=name)
        return self

    def run(self) -> Trial:
        """Press Run test and wait for the outcome, which gets the focus."""
        with self._drawn_anew():
            self.bar.get_by_role("button", name=self.words("Run test"), exact=True).click()
        return self.expect_played()

    def expect_played(self) -> Trial:
        """Wait for what would happen."""
        expect(self.page.get_by_text(self.words("Nothing was changed and nothing was sent."))).to_be_visible()
        expect(self.outcome.get_by_role("heading", level=2)).to_be_focused()
        return self

    def step(self, number: int) -> Locator:
        """One step; the trigger is 0."""
        return self.page.get_by_role("article").and_(self.page.locator(f"#step-{number}"))

    @property
    def outcome(self) -> Locator:
        """The panel beside the steps."""
        return self.page.get_by_role("complementary")

    def _drawn_anew(self) -> Any:
        """The page is drawn by the server once more: wait for its answer."""
        return self.page.expect_response(lambda answer: answer.url.endswith("/test/") and answer.ok)
