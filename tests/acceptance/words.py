"""What the pages call things, in the language of the reader.

Stories name things as they stand on screen. They take the words from the running catalogue of texts, so that a story
told in French proves that the page shows the French words; a text nobody has translated yet is the English one in both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.utils import translation

from relance.lib.kinds import Kind
from relance.records import fields
from relance.web import formats
from relance.web.automations import labels
from relance.web.types import TYPES


@dataclass(frozen=True)
class Words:
    """One language: ``en("Save")`` is "Save", ``fr("Save")`` is "Enregistrer"."""

    language: str

    @property
    def locale(self) -> str:
        """What the browser of such a reader asks for."""
        return {"en": "en-GB", "fr": "fr-FR"}[self.language]

    def __call__(self, text: str, context: str = "", /, **values: Any) -> str:
        """A text in this language, with its placeholders filled in."""
        with translation.override(self.language):
            said = translation.pgettext(context, text) if context else translation.gettext(text)
        return said % values if values else said

    def count(self, one: str, many: str, n: int, **values: Any) -> str:
        """A text that depends on a number, called "n" in it."""
        with translation.override(self.language):
            return translation.ngettext(one, many, n) % {"n": n, **values}

    def record(self, record_type: str) -> str:
        """A kind of record: "Deal"."""
        with translation.override(self.language):
            return str(TYPES[record_type].name)

    def field(self, record_type: str, key: str) -> str:
        """A field: "Expected close"."""
        with translation.override(self.language):
            return str(fields.field(record_type, key).label)

    def path(self, record_type: str, path: str) -> str:
        """A field as the editor lists it, behind the record it belongs to: "Organization › Rating"."""
        with translation.override(self.language):
            return labels.field_label(record_type, path)

    def choice(self, record_type: str, key: str, value: str) -> str:
        """One of the values of a choice."""
        with translation.override(self.language):
            found = {choice.value: str(choice.label) for choice in fields.field(record_type, key).choices}
        return found[value]

    def comparison(self, kind: Kind, operator: str) -> str:
        """A comparison: "has changed to"."""
        with translation.override(self.language):
            return labels.operator_label(kind, operator)

    def money(self, amount: float, currency: str = "EUR") -> str:
        """An amount as this reader writes it."""
        with translation.override(self.language):
            return formats.money({"amount": round(amount * 100), "currency": currency})

    def sum(self, amount: float, currency: str = "EUR") -> str:
        """A sum as this reader writes it, without cents."""
        with translation.override(self.language):
            return formats.round_money({"amount": round(amount * 100), "currency": currency})


en = Words("en")
fr = Words("fr")


def starting(text: str) -> re.Pattern[str]:
    """What begins with these words, for names that go on with a number or a sentence."""
    # Whatever space the language puts there: names of elements have plain ones.
    words = r"\s".join(re.escape(word) for word in re.split(r"\s", text))
    return re.compile(rf"^\s*{words}(?!\w)")
