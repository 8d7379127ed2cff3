"""The pages of automations as a sales administrator uses them: everything by the names on screen.

The names are given in English and looked up in the language of the window; people, stages and what somebody typed are
the same in every language.
"""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from relance.lib.kinds import Kind
from relance.records import fields
from tests.acceptance.words import Words, en, starting


class Automations:
    """The list, under "…" (More)."""

    def __init__(self, page: Page, words: Words = en) -> None:
        self.page, self.words = page, words

    def open(self) -> Automations:
        """Go there from any page."""
        if self.page.url == "about:blank":
            self.page.goto("/")
        rail = self.page.get_by_role("navigation", name=self.words("Main"), exact=True)
        rail.get_by_text(self.words("More"), exact=True).click()
        rail.get_by_role("link", name=starting(self.words("Automations"))).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.words("Automations"))
        self.page.wait_for_load_state("domcontentloaded")
        return self

    def tab(self, name: str) -> Automations:
        """Turn to "Company" or "Runs"."""
        tabs = self.page.get_by_role("navigation", name=self.words("Automations"), exact=True)
        tabs.get_by_role("link", name=starting(self.words(name))).click()
        expect(tabs.locator("[aria-current=page]")).to_contain_text(self.words(name))
        return self

    def row(self, name: str) -> Locator:
        """One automation of the list."""
        link = self.page.get_by_role("link", name=name, exact=True)
        return self.page.get_by_role("row").filter(has=link)

    def names(self) -> list[str]:
        """What the list shows, from above."""
        return self.page.get_by_role("table").get_by_role("heading", level=2).all_inner_texts()

    def menu(self, name: str, entry: str) -> None:
        """Choose an entry of the menu at the end of a row."""
        self.row(name).get_by_label(self.words("More for %(name)s", name=name), exact=True).click()
        self.row(name).get_by_text(self.words(entry), exact=True).click()

    def switch(self, name: str) -> Locator:
        """The switch of an automation."""
        return self.page.get_by_role("switch", name=self.words("%(name)s: on or off", name=name), exact=True)

    @property
    def new_button(self) -> Locator:
        """ "New automation", top right."""
        return (
            self.page.get_by_role("banner")
            .or_(self.page.get_by_role("main"))
            .get_by_role("link", name=self.words("New automation"), exact=True)
        )

    def start_new(self, name: str, description: str = "") -> Editor:
        """New automation, a name, Start."""
        self.new_button.click()
        dialog = self.page.get_by_role("dialog", name=self.words("New automation"))
        dialog.get_by_label(self.words("Name"), exact=True).fill(name)
        if description:
            dialog.get_by_label(starting(self.words("Description"))).fill(description)
        dialog.get_by_role("button", name=self.words("Start", "a new automation"), exact=True).click()
        return Editor(self.page, self.words).expect_open(name)

    def edit(self, name: str) -> Editor:
        """Open one from the list."""
        self.page.get_by_role("link", name=name, exact=True).click()
        return Editor(self.page, self.words).expect_open(name)


class Editor:
    """The editor of one automation: cards at the left, the panel at the right."""

    def __init__(self, page: Page, words: Words = en) -> None:
        self.page, self.words = page, words

    def expect_open(self, name: str) -> Editor:
        """Wait for it."""
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(name)
        # A page is seen before its scripts have run; what is pressed then is pressed in vain.
        self.page.wait_for_load_state("domcontentloaded")
        return self

    # ---- The cards ----------------------------------------------------------------------------------

    @property
    def cards(self) -> Locator:
        """The steps, the trigger first."""
        return self.page.get_by_role("article")

    def expect_steps(self, *sentences: str) -> None:
        """Wait until the steps below the trigger say these, in this order; each may say more."""
        # A list of texts is content with some of the elements.
        expect(self.cards).to_have_count(len(sentences) + 1)
        says = self.page.locator(".step__say")
        expect(says).to_contain_text([re.compile("."), *sentences])

    def configure(self, card: int = 0) -> Editor:
        """Press Configure on a card that is not set up."""
        self.cards.nth(card).get_by_role("button", name=self.words("Configure"), exact=True).click()
        return self._opened()

    def choose(self, sentence: str) -> Editor:
        """Open the step whose card says this."""
        self.cards.get_by_role("link").filter(has_text=sentence).click()
        return self._opened()

    def _opened(self) -> Editor:
        """A panel that was opened gets the focus."""
        expect(self.panel().get_by_role("heading", level=2)).to_be_focused()
        return self

    def plus(self, place: int | None = None) -> Locator:
        """The "+" after a number of steps, 0 right below the trigger; none is the one at the end."""
        if place is None:
            return self.page.get_by_role("button", name=self.words("Add a step at the end"), exact=True)
        return self.page.get_by_role("button", name=self.words("Add a step here"), exact=True).nth(place)

    def plus_in(self, path: int, step: int) -> Locator:
        """The last "+" in a path of a branch, by the numbers on screen; path 0 is "Otherwise"."""
        if path:
            empty = self.words("Path %(number)s of step %(step)s", number=path, step=step)
            filled = self.words("Add a step in path %(number)s of step %(step)s", number=path, step=step)
        else:
            empty = self.words("“Otherwise” of step %(step)s", step=step)
            filled = self.words("Add a step in “Otherwise” of step %(step)s", step=step)
        slot = self.page.get_by_role(
            "button", name=f"{self.words('Add a step, or leave empty')} {empty}", exact=True
        )
        return slot.or_(self.page.get_by_role("button", name=filled, exact=True)).last

    def add_step(self, name: str, at: int | Locator | None = None, *, group: str = "") -> Editor:
        """Press "+" and choose a kind of step; ``at`` as in :meth:`plus`, or the "+" itself."""
        (at if isinstance(at, Locator) else self.plus(at)).click()
        picker = self.panel("Add a step")
        entry = picker.get_by_role("button", name=starting(self.words(name)))
        entry.click()
        expect(picker).to_be_hidden()
        return self

    def step_menu(self, number: int, entry: str) -> Editor:
        """Choose an entry of a step's menu."""
        card = self.cards.nth(number)
        card.get_by_label(self.words("Menu of step %(number)s", number=number), exact=True).click()
        card.get_by_role("button", name=self.words(entry), exact=True).click()
        return self

    # ---- The panel ----------------------------------------------------------------------------------

    def panel(self, title: str = "") -> Locator:
        """The panel, or the one with this heading."""
        if title:
            return self.page.get_by_role("complementary", name=self.words(title), exact=True)
        return self.page.get_by_role("complementary")

    def apply(self) -> Editor:
        """Press Apply and wait until the step says what it does."""
        with self.page.expect_response(lambda answer: answer.url.endswith("/apply/")) as answer:
            self.panel().get_by_role("button", name=self.words("Apply"), exact=True).click()
        assert answer.value.status == 200, self.panel().inner_text()
        return self

    def choose_trigger(self, record_type: str, event: str) -> Editor:
        """What kind of record, and what happens to it: "Deal updated"."""
        panel = self.panel("What starts it?")
        with self._drawn_anew():
            panel.get_by_label(self.words("Kind of record"), exact=True).select_option(
                label=self.words.record(record_type)
            )
        with self._drawn_anew():
            panel.get_by_role("radio", name=self.words(event), exact=True).check()
        return self.apply()

    def condition(
        self,
        record_type: str,
        path: str,
        operator: str,
        value: Any = None,
        *,
        row: int = 0,
        within: Locator | None = None,
    ) -> Editor:
        """Fill in a row of the open condition. A value is the label of an option, or what is typed.

        Args:
            within: the group of rows, where there are several.
        """
        kind = fields.resolve(record_type, path).field.kind
        group = (within or self.panel()).get_by_role(
            "group", name=starting(self.words("Condition %(number)s", number=row + 1))
        )
        with self._drawn_anew():
            group.get_by_label(self.words("Field"), exact=True).select_option(
                label=self.words.path(record_type, path)
            )
        comparison = group.get_by_label(self.words("Comparison"), exact=True)
        label = self.words.comparison(kind, operator)
        if comparison.locator("option:checked").inner_text() != label:
            with self._drawn_anew():
                comparison.select_option(label=label)
        if value is not None:
            held = group.get_by_label(self.words("Value"), exact=True)
            if held.evaluate("element => element.tagName") == "SELECT":
                held.select_option(label=value)
            else:
                held.fill(str(value))
        if kind is Kind.MONEY and value is not None:
            expect(group.get_by_label(self.words("Currency"))).to_have_value("EUR")
        return self

    def compare(self, mode: str, text: str, *, row: int = 0) -> Editor:
        """Compare a row of the open condition with "another field", by its name, or with "a calculation"."""
        number = starting(self.words("Condition %(number)s", number=row + 1))
        group = self.panel().get_by_role("group", name=number)
        with self._drawn_anew():
            group.get_by_label(self.words("Compared with"), exact=True).select_option(
                label=self.words(mode, "compared with")
            )
        if mode == "another field":
            group.get_by_label(self.words("Other field"), exact=True).select_option(label=text)
        else:
            group.get_by_label(self.words("Calculation"), exact=True).fill(text)
        return self

    def add_condition(self, group: int = 0) -> Editor:
        """One more condition in a group of the open step."""
        with self._drawn_anew():
            self.panel().get_by_role("button", name=self.words("Condition"), exact=True).nth(group).click()
        return self

    def add_group(self) -> Editor:
        """One more group in the open step."""
        with self._drawn_anew():
            self.panel().get_by_role("button", name=self.words("Another group (or)"), exact=True).click()
        return self

    def set_day(self, label: str, day: str) -> Editor:
        """Give a date of an action one of the ready-made days: "First of next month"."""
        with self._drawn_anew():
            self._value(label).get_by_label(self.words("Which day"), exact=True).select_option(label=day)
        return self

    def calculate(self, label: str, text: str) -> Editor:
        """Give a number or an amount of an action a calculation."""
        value = self._value(label)
        source, wanted = value.locator("select").first, self.words("A calculation")
        if source.locator("option:checked").inner_text() != wanted:
            with self._drawn_anew():
                source.select_option(label=wanted)
        value.get_by_label(self.words("Calculation"), exact=True).fill(text)
        return self

    def result(self, label: str) -> Locator:
        """What a calculation gives on a sample record."""
        return self._value(label).get_by_role("status")

    def set_text(self, label: str, text: str) -> Editor:
        """Give a field of an action a text."""
        self._value(label).get_by_label(self.words("Text"), exact=True).fill(text)
        return self

    def write(self, label: str, *parts: str) -> Editor:
        """Write a text from left to right; a part such as "person.first_name" is inserted by the menu below it."""
        field = self.panel().get_by_label(label, exact=True)
        field.fill("")
        for part in parts:
            field.press("End")
            if not re.fullmatch(r"[a-z_.]+\.[a-z_]+", part):
                field.press_sequentially(part, delay=0)
                continue
            own = self.page.get_by_label(label, exact=True)
            block = self.panel().locator("div").filter(has=own).last.locator("..")
            block.get_by_text(self.words("Insert a value"), exact=True).click()
            block.locator(f"[data-insert='{part}']").click()
        return self

    def set_choice(self, label: str, option: str) -> Editor:
        """Give a field of an action one of its values."""
        self._value(label).get_by_label(self.words("Value"), exact=True).select_option(label=option)
        return self

    def set_days(self, label: str, days: int) -> Editor:
        """Give a date of an action a day counted from the run."""
        self._value(label).get_by_label(self.words("How many"), exact=True).fill(str(days))
        return self

    def set_another_field(self, label: str) -> Editor:
        """Say that an action sets one more field."""
        with self._drawn_anew():
            self.panel().get_by_label(self.words("Set another field"), exact=True).select_option(label=label)
        return self

    def _value(self, label: str) -> Locator:
        return self.panel().get_by_role("group", name=label, exact=True)

    def choose_people(self, kind: str, *names: str, ways: tuple[str, ...] = ()) -> Editor:
        """Whose changes start it: "Only me", "Chosen people", "Chosen teams" or "Everyone"; and in which ways."""
        self.page.get_by_role("link", name=self.words("Choose people or teams"), exact=True).click()
        self._opened()
        panel = self.panel("Who may trigger this?")
        choice = panel.get_by_role("radio", name=starting(self.words(kind)))
        if not choice.is_checked():
            with self._drawn_anew():
                choice.check()
        for name in names:
            panel.get_by_role("checkbox", name=name, exact=True).check()
        for way in ways:
            panel.get_by_role("checkbox", name=starting(self.words(way))).check()
        return self.apply()

    def _drawn_anew(self) -> Any:
        """The panel is drawn by the server once more: wait for its answer."""
        return self.page.expect_response(lambda answer: answer.url.endswith("/recast/") and answer.ok)

    # ---- Head and foot ------------------------------------------------------------------------------

    def everyone(self) -> Editor:
        """Tick the box at the bottom left."""
        self.page.get_by_label(self.words("Everyone may trigger this"), exact=True).check()
        return self

    def rename(self, name: str) -> Editor:
        """Press the name and type another one."""
        self.page.get_by_role("heading", level=1).get_by_role("button").click()
        self.page.get_by_label(self.words("Name"), exact=True).fill(name)
        self.page.get_by_role("button", name=self.words("Rename"), exact=True).click()
        return self

    @property
    def save_button(self) -> Locator:
        """Save, in the head."""
        return self.page.get_by_role("button", name=self.words("Save"), exact=True)

    def save(self, version: int = 1) -> Editor:
        """Press Save and wait until this version is in service."""
        self.save_button.click()
        expect(
            self.page.get_by_text(self.words("On, version %(number)s", number=version), exact=True)
        ).to_be_visible()
        return self

    def back(self) -> Automations:
        """Return to the list."""
        self.page.get_by_role("link", name=self.words("Back to automations"), exact=True).click()
        return Automations(self.page, self.words)
