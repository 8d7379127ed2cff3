"""Forms of records, filled in by the names of their fields."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from relance.lib.kinds import Kind
from relance.records import fields
from tests.acceptance.words import Words, en


class RecordForm:
    """The dialog in which a record is made or changed."""

    def __init__(self, page: Page, record_type: str, words: Words = en) -> None:
        self.page, self.record_type, self.words = page, record_type, words
        self.dialog = page.get_by_role("dialog").filter(
            has=page.get_by_role("button", name=words("Save"), exact=True)
        )

    @classmethod
    def add(cls, page: Page, record_type: str, words: Words = en) -> RecordForm:
        """Open it by quick add."""
        top = page.get_by_role("banner")
        top.get_by_label(words("Quick add (N)"), exact=True).click()
        top.get_by_role("link", name=words(f"New {record_type}"), exact=True).click()
        form = cls(page, record_type, words)
        expect(form.dialog).to_be_visible()
        return form

    @classmethod
    def edit(cls, page: Page, record_type: str, words: Words = en) -> RecordForm:
        """Open it by the button of the record's page."""
        page.get_by_role("main").get_by_role("link", name=words("Edit"), exact=True).click()
        form = cls(page, record_type, words)
        expect(form.dialog).to_be_visible()
        return form

    def input(self, key: str) -> Locator:
        """The control of a field. A star after the name of what is needed is not part of it."""
        if fields.field(self.record_type, key).kind in {Kind.LINK, Kind.PARTICIPANTS}:
            return self.dialog.get_by_role(
                "combobox", name=self.words.field(self.record_type, key), exact=True
            )
        label = re.escape(self.words.field(self.record_type, key))
        return self.dialog.get_by_label(re.compile(rf"^\s*{label}\s*\*?\s*$"))

    def fill(self, **values: str) -> RecordForm:
        """Type, choose or look up values by field."""
        for key, text in values.items():
            match fields.field(self.record_type, key).kind:
                case Kind.PARTICIPANTS:
                    last = self.input(key).last
                    last.press_sequentially(text)
                    listed = self.dialog.get_by_role("listbox", name=self.words.field(self.record_type, key))
                    listed.get_by_role("option", name=text).first.click()
                    expect(last).to_have_value(text)
                case Kind.LINK:
                    self.input(key).press_sequentially(text)
                    self.dialog.get_by_role("option", name=text).first.click()
                    expect(self.input(key)).to_have_value(text)
                case Kind.CHOICE | Kind.STAGE | Kind.PIPELINE | Kind.USER:
                    self.input(key).select_option(label=text)
                case _:
                    self.input(key).fill(text)
        return self

    def currency(self, code: str) -> RecordForm:
        """Choose the currency of the amount."""
        self.dialog.get_by_label(self.words("Currency"), exact=True).select_option(code)
        return self

    def save(self) -> None:
        """Press Save and wait until the dialog is gone."""
        self.press_save()
        expect(self.dialog).to_be_hidden()

    def press_save(self) -> None:
        """Press Save."""
        self.dialog.get_by_role("button", name=self.words("Save"), exact=True).click()
