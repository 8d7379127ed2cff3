"""The other side of a row of a condition, where that is no fixed value: a field, a formula, a date worked out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from pydantic import TypeAdapter, ValidationError

from relance.automation.core.against import against_fault, compares, takes_another
from relance.automation.core.blocks import OtherSide
from relance.automation.core.operators import Operator
from relance.automation.core.paths import Source, UnknownField, locate
from relance.automation.core.problems import from_fault
from relance.automation.explain.names import Names as Said
from relance.automation.explain.problems import problem_sentence
from relance.lib.kinds import Kind
from relance.lib.shapes import Shape
from relance.records import fields
from relance.web.automations import labels
from relance.web.automations.asks import FILL_IN, Unreadable
from relance.web.automations.calculating import CalculationForm, DateForm, FormulaForm
from relance.web.automations.options import Group
from relance.web.names import Names

_AMOUNTS = frozenset({Kind.NUMBER, Kind.MONEY})
_DAYS = frozenset({Kind.DATE, Kind.DATETIME})
_SIDES: TypeAdapter[Any] = TypeAdapter(tuple[OtherSide, ...])


@dataclass(frozen=True, slots=True)
class FieldPick:
    """Another field to choose, in the panel."""

    name: str
    label: str
    path: str
    groups: Sequence[Group]
    error: str = ""

    kind = "field"

    @property
    def id(self) -> str:
        """Of its element."""
        return f"in-{self.name}"


def modes(source: Source, operator: Operator) -> list[tuple[str, str]]:
    """With what a field can be compared by an operator; nothing where there is no choice."""
    kind = source.field.kind
    if not takes_another(kind, operator):
        return []
    found = [
        ("value", pgettext("compared with", "a value")),
        ("field", pgettext("compared with", "another field")),
    ]
    if kind in _AMOUNTS:
        found.append(("formula", pgettext("compared with", "a calculation")))
    if kind in _DAYS:
        found.append(("date", pgettext("compared with", "a date worked out")))
    return found


@dataclass
class OtherSideForm:
    """One row's other side; ``typed`` and ``errors`` are the row's own.

    Attributes:
        prefix: of the row.
        mode: "field", "formula" or "date".
    """

    prefix: str
    record_type: str
    source: Source
    operator: Operator
    mode: str
    names: Names
    typed: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    def hold(self, stored: Sequence[Any]) -> None:
        """Take over stored expressions."""
        for number, name in enumerate(self._names):
            document = stored[number] if number < len(stored) and isinstance(stored[number], dict) else {}
            if self.mode == "field":
                self.typed[name] = [str(document.get("path", ""))]
            else:
                self._calculation(name).hold(document)

    @property
    def _names(self) -> list[str]:
        return [
            f"{self.prefix}-o{number}" for number in range(2 if self.operator.shape is Shape.RANGE else 1)
        ]

    @property
    def parts(self) -> list[FieldPick | CalculationForm]:
        """What is drawn: one part, two for "between"."""
        if self.mode != "field":
            return list(self.calculations)
        groups = self._groups()
        several = len(self._names) > 1
        ends = [_("From"), _("To")] if several else [_("Other field")]
        return [
            FieldPick(
                name, label, next(iter(self.typed.get(name, ())), ""), groups, self.errors.get(name, "")
            )
            for name, label in zip(self._names, ends, strict=True)
        ]

    @property
    def calculations(self) -> list[CalculationForm]:
        """The calculations among them."""
        return [] if self.mode == "field" else [self._calculation(name) for name in self._names]

    def settle(self) -> None:
        """Take over ready-made dates that were just chosen; give new ones a beginning."""
        for form in self.calculations:
            if isinstance(form, DateForm):
                form.settle()
                if f"{form.prefix}-start" not in self.typed:
                    form.hold(None)

    def read(self) -> list[dict[str, Any]]:
        """The expressions for a document.

        Raises:
            Unreadable: something is missing, or does not fit.
        """
        found = [self._read(name) for name in self._names]
        try:
            sides = _SIDES.validate_python(found)
        except ValidationError as error:
            raise Unreadable({self._place(self._names[0], ()): str(FILL_IN)}) from error
        fault = against_fault(sides, self.operator, self.source.field, self.record_type, fields)
        if fault is not None:
            _against, number, *place = fault.at
            said = Said.now(self.names.actor, record_type=self.record_type)
            name = self._place(self._names[int(number)], place)
            raise Unreadable({name: problem_sentence(from_fault(fault, ()), said)})
        return found

    def _read(self, name: str) -> dict[str, Any]:
        if self.mode != "field":
            return self._calculation(name).read()
        path = next(iter(self.typed.get(name, ())), "")
        if not path:
            raise Unreadable({name: str(FILL_IN)})
        return {"from": "field", "path": path}

    def _place(self, name: str, place: Sequence[str | int]) -> str:
        """The input that a fault is about."""
        if self.mode == "field":
            return name
        if len(place) > 1 and place[0] == "defaults":
            return f"{name}-default-{place[1]}"
        return f"{name}-{'formula' if self.mode == 'formula' else 'start'}"

    def _calculation(self, name: str) -> CalculationForm:
        form = FormulaForm if self.mode == "formula" else DateForm
        return form(name, self.record_type, self.typed, self.errors)

    def _groups(self) -> Sequence[Group]:
        own = self.source.field
        offered = [*labels.field_groups(self.record_type), *labels.before_groups(self.record_type)]
        return [
            Group(group.heading, entries)
            for group in offered
            if (entries := tuple(entry for entry in group.entries if self._fits(entry[0], own)))
        ]

    def _fits(self, path: str, own: Any) -> bool:
        try:
            return path != self.source.path and compares(own, locate(self.record_type, path, fields).field)
        except UnknownField:
            return False
