"""Ready-made automations: a document with at most two questions, answered already in the company's own words.

A module here declares classes marked ``@template``; the gallery, the page with the questions, the lightning icons and
the contract test (``tests/contracts/test_templates.py``) follow from them.
"""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from django.utils.translation import pgettext_lazy

from relance.automation.inputs import Option
from relance.automation.templates.here import Here
from relance.lib.kinds import Kind
from relance.lib.text import fold

__all__ = [
    "Answers",
    "Blank",
    "Here",
    "Question",
    "Template",
    "UnknownTemplate",
    "find",
    "template",
    "templates",
]

#: What people may call a record type when they search for a template.
SYNONYMS: Mapping[str, Any] = {
    "deal": pgettext_lazy("words by which templates are found", "deal opportunity sale business"),
    "lead": pgettext_lazy("words by which templates are found", "lead inquiry prospect enquiry"),
    "person": pgettext_lazy("words by which templates are found", "person people contact"),
    "organization": pgettext_lazy("words by which templates are found", "organization account company firm"),
    "activity": pgettext_lazy("words by which templates are found", "activity task call meeting reminder"),
}

Answers = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Blank:
    """One thing to fill in.

    Attributes:
        kind: what it holds; decides its input.
        default: a plain value, from the company's configuration; none where there is nothing to choose from.
        choices: of a choice.
        minimum, maximum: of a number.
    """

    key: str
    label: str
    kind: Kind
    default: Any
    choices: tuple[Option, ...] = ()
    minimum: int = 0
    maximum: int = 3650


@dataclass(frozen=True, slots=True)
class Question:
    """One question, such as "Which activity, and when?"; it may have two blanks."""

    label: str
    blanks: tuple[Blank, ...]


class Template(ABC):
    """A ready-made automation.

    Attributes:
        key: what addresses call it.
        title, why: for people: what it is called, and what it is good for in one sentence.
        icon: a glyph of the sprite.
        record_type: of the triggering record.
        also: further record types whose pages offer it.
        rank: its place in the gallery, the lowest first.
    """

    key: ClassVar[str]
    title: ClassVar[Any]
    why: ClassVar[Any]
    icon: ClassVar[str]
    record_type: ClassVar[str]
    also: ClassVar[tuple[str, ...]] = ()
    rank: ClassVar[int] = 100

    @abstractmethod
    def questions(self, here: Here) -> Sequence[Question]:
        """At most two."""

    @abstractmethod
    def document(self, answers: Answers, here: Here) -> dict[str, Any]:
        """The document for these answers, one plain value for each blank."""

    def blanks(self, here: Here) -> Iterator[Blank]:
        """Everything to fill in."""
        for question in self.questions(here):
            yield from question.blanks

    def defaults(self, here: Here) -> dict[str, Any]:
        """The answers it comes with."""
        return {blank.key: blank.default for blank in self.blanks(here)}

    def matches(self, query: str) -> bool:
        """Whether it fits what somebody typed: words of its texts, or other words for its record types."""
        types = (self.record_type, *self.also)
        text = fold(" ".join([str(self.title), str(self.why), *(str(SYNONYMS[each]) for each in types)]))
        return all(word in text for word in fold(query).split())


AnyTemplate = TypeVar("AnyTemplate", bound=type[Template])
_known: dict[str, Template] = {}


def template(declared: AnyTemplate) -> AnyTemplate:
    """Register a template."""
    if declared.key in _known:
        raise ValueError(f"{declared.key} is declared twice")
    _known[declared.key] = declared()
    return declared


def templates(record_type: str | None = None) -> list[Template]:
    """All templates by rank; of a record type those that its pages offer."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    found = sorted(_known.values(), key=lambda each: (each.rank, each.key))
    if record_type is None:
        return found
    own = [each for each in found if each.record_type == record_type]
    return own + [each for each in found if record_type in each.also]


class UnknownTemplate(LookupError):
    """There is no template of this name."""


def find(key: str) -> Template:
    """Return one template.

    Raises:
        UnknownTemplate: there is none of this name.
    """
    for each in templates():
        if each.key == key:
            return each
    raise UnknownTemplate(key)
