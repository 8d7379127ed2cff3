"""What automations did, and why: the list of runs and the page of one."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.acceptance.editor import Automations
from tests.acceptance.words import Words, en


class Runs:
    """The list of runs, and the page of the run that is open."""

    def __init__(self, page: Page, words: Words = en) -> None:
        self.page, self.words = page, words

    def open(self) -> Runs:
        """Go there: … → Automations → Runs."""
        Automations(self.page, self.words).open().tab("Runs")
        return self

    def line(self, automation: str, record: str) -> Locator:
        """The line about what an automation made of a change of a record."""
        table = self.page.get_by_role("table", name=self.words("Runs, newest first"))
        return table.get_by_role("row").filter(has_text=automation).filter(has_text=record)

    def look_into(self, automation: str, record: str, result: str) -> Runs:
        """Open such a line once it says this."""
        line = self.line(automation, record).filter(has_text=result)
        line.get_by_role("link", name=automation, exact=True).first.click()
        expect(self.page.get_by_role("link", name=self.words("Back to the runs"))).to_be_visible()
        return self

    def condition(self, text: str) -> Locator:
        """A condition of the run that is open, with its mark and what was seen."""
        return self.page.get_by_role("main").get_by_role("listitem").filter(has_text=text).last

    def holds(self, condition: Locator) -> None:
        """Check its mark."""
        expect(condition.get_by_role("img", name=self.words("holds"), exact=True)).to_be_visible()

    def does_not_hold(self, condition: Locator) -> None:
        """Check its mark."""
        expect(condition.get_by_role("img", name=self.words("does not hold"), exact=True)).to_be_visible()

    def cannot_be_known(self, condition: Locator) -> None:
        """Check its mark."""
        expect(condition.get_by_role("img", name=self.words("cannot be known"), exact=True)).to_be_visible()
