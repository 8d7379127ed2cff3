"""How values look in the texts that automations write: in the language of the automation's owner."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import translation

from relance.automation.core.paths import FieldRef, owner_type
from relance.records import display, fields

#: For owners who let their browser decide: a text is written when no browser is there.
DEFAULT_LANGUAGE = "en"


class TextFormatter:
    """See ``core.placeholders.Formatter``."""

    def __init__(self, language: str) -> None:
        self._language = language

    def number(self, value: int, /) -> str:
        with translation.override(self._language):
            return display.number(value)

    def money(self, value: dict[str, Any], /) -> str:
        with translation.override(self._language):
            return display.money(value)

    def date(self, value: date, /) -> str:
        with translation.override(self._language):
            return display.day(value)

    def datetime(self, value: datetime, /) -> str:
        with translation.override(self._language):
            return display.moment(value)

    def boolean(self, value: bool, /) -> str:
        with translation.override(self._language):
            return display.truth(value)

    def choice(self, record_type: str, field: FieldRef, value: str, /) -> str:
        with translation.override(self._language):
            return display.choice(fields.field(owner_type(record_type, field), field.key), value)

    def link(self, record_type: str, record_id: int, /) -> str:
        return f"{settings.SITE_URL}{fields.address(record_type, record_id)}"


@cache
def formatter_for(language: str) -> TextFormatter:
    """The formatter for an owner's language; empty = the default one."""
    return TextFormatter(language or DEFAULT_LANGUAGE)
