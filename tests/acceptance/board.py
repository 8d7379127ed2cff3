"""The deal board as a salesperson sees it."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.acceptance.words import Words, en, starting


class Board:
    """The board that is open in a window."""

    def __init__(self, page: Page, words: Words = en) -> None:
        self.page, self.words = page, words

    def open(self) -> Board:
        """Go to it through the rail."""
        self.page.goto("/")
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.words("Deals"))
        return self

    def column(self, stage: str) -> Locator:
        """A stage with its deals."""
        return self.page.get_by_role("region", name=starting(stage))

    def count(self, stage: str) -> Locator:
        """How many deals a stage says it has."""
        return self.column(stage).get_by_role("heading", level=2).locator(".count")

    def link(self, title: str) -> Locator:
        """The title of a deal, which opens it."""
        return self.page.get_by_role("link", name=title, exact=True)

    def zone(self, name: str) -> Locator:
        """A place to drop beside the stages, there while a deal is carried."""
        return self.page.locator("#drop-bar").get_by_text(self.words(name), exact=True)

    @property
    def said(self) -> Locator:
        """What a screen reader was told last."""
        return self.page.locator("#announcer")

    def card(self, title: str) -> Locator:
        """A deal, wherever it stands."""
        link = self.page.get_by_role("link", name=title, exact=True)
        return self.page.locator("article").filter(has=link)

    def expect_in(self, title: str, stage: str) -> None:
        """Wait until a deal stands in a stage."""
        expect(self.column(stage).get_by_role("link", name=title, exact=True)).to_be_visible()

    def drag(self, title: str, to: str) -> None:
        """Carry a deal to a stage by mouse."""
        self.carry(title, lambda: self.column(to).get_by_role("list"))

    def carry(self, title: str, to: Callable[[], Locator]) -> None:
        """Carry a deal to a place by mouse, and let it fall there. Some places are there only while one is carried."""
        mouse = self.page.mouse
        start = self._middle(self.card(title))
        mouse.move(*start)
        mouse.down()
        mouse.move(start[0] + 12, start[1] + 12, steps=3)
        mouse.move(*self._middle(to()), steps=6)
        mouse.up()

    @staticmethod
    def _middle(place: Locator) -> tuple[float, float]:
        place.scroll_into_view_if_needed()
        box = place.bounding_box()
        assert box, "it is not on screen"
        return box["x"] + box["width"] / 2, box["y"] + min(box["height"] / 2, 60)
