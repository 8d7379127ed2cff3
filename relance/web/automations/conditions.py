"""The panel of a condition: groups of rows as inputs, and back to a document's groups."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from relance.automation.core.blocks import MAX_GROUPS, MAX_ROWS
from relance.automation.core.operators import Operator, find, operators_for
from relance.automation.core.paths import Source, UnknownField, locate
from relance.automation.drafting import Block
from relance.automation.explain.conditions import field_at
from relance.lib.kinds import Kind
from relance.lib.shapes import Shape
from relance.records import fields
from relance.web.automations import labels
from relance.web.automations.asks import FILL_IN, Ask, Input, Typed, Unreadable
from relance.web.automations.calculating import CalculationForm, moved_by
from relance.web.automations.comparing import FieldPick, OtherSideForm, modes
from relance.web.automations.options import Group
from relance.web.names import Names

_NAME = re.compile(r"g([0-9]{1,3})-r([0-9]{1,3})-field")
_ACT = re.compile(r"(add-row|remove-row|add-group)(?:-([0-9]{1,3}))?(?:-([0-9]{1,3}))?")
#: What people mostly ask of a kind of value, where that is not whether it is something.
_LIKELY = {Kind.MONEY: "gt", Kind.NUMBER: "gt"}


@dataclass
class RowForm:
    """One question as it stands in the panel.

    Attributes:
        prefix: begins the names of its inputs.
        typed, errors: by the full names of inputs.
    """

    form: ConditionForm
    group: int
    number: int
    path: str = ""
    op: str = ""
    typed: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    #: Made once, as it bears the results of its calculations.
    _sides: list[FieldPick | CalculationForm] | None = None

    @property
    def prefix(self) -> str:
        """What the names of its inputs begin with."""
        return f"g{self.group}-r{self.number}"

    @property
    def source(self) -> Source | None:
        """What it reads; none while no field is chosen, or when the field is gone."""
        try:
            return locate(self.form.record_type, self.path, fields) if self.path else None
        except UnknownField:
            return None

    @property
    def is_broken(self) -> bool:
        """Whether its field no longer exists."""
        return bool(self.path) and self.source is None

    @property
    def operators(self) -> list[tuple[str, str]]:
        """The operators to choose from: id and label."""
        source = self.source
        if source is None:
            return []
        offered = operators_for(source.field.kind, changes=self.form.updates and source.own)
        return [(each.id, labels.operator_label(source.field.kind, each.id)) for each in offered]

    @property
    def operator(self) -> Operator | None:
        """The chosen operator; none when it does not fit the field."""
        source = self.source
        found = find(source.field.kind, self.op) if source else None
        if found and source and found.needs_change and not (self.form.updates and source.own):
            return None
        return found

    @property
    def modes(self) -> list[tuple[str, str]]:
        """With what the field can be compared."""
        source, operator = self.source, self.operator
        return modes(source, operator) if source is not None and operator is not None else []

    @property
    def mode(self) -> str:
        """With what it is: "value", "field", "formula" or "date"."""
        chosen = next(iter(self.typed.get(f"{self.prefix}-with", ())), "")
        return chosen if chosen in {mode for mode, _label in self.modes} else "value"

    @property
    def other(self) -> OtherSideForm | None:
        """Its other side, where that is no fixed value."""
        source, operator, mode = self.source, self.operator, self.mode
        if source is None or operator is None or mode == "value":
            return None
        return OtherSideForm(
            self.prefix,
            self.form.record_type,
            source,
            operator,
            mode,
            self.form.names,
            self.typed,
            self.errors,
        )

    @property
    def sides(self) -> list[FieldPick | CalculationForm]:
        """What is drawn for the other side."""
        if self._sides is None:
            self._sides = self.other.parts if self.other else []
        return self._sides

    @property
    def inputs(self) -> list[Input]:
        """What the operator wants beside the field, as a fixed value."""
        if self.mode != "value":
            return []
        return [each for ask in self._asks() for each in ask.inputs(self.typed, self.errors, self.form.names)]

    @property
    def field_error(self) -> str:
        """What is wrong with the field."""
        return self.errors.get(f"{self.prefix}-field", "")

    @property
    def op_error(self) -> str:
        """What is wrong with the operator."""
        return self.errors.get(f"{self.prefix}-op", "")

    def hold(self, against: Any) -> None:
        """Take over the other side of a stored row."""
        stored = list(against) if isinstance(against, list | tuple) else []
        first = stored[0] if stored and isinstance(stored[0], dict) else {}
        self.typed[f"{self.prefix}-with"] = [str(first.get("from", ""))]
        if (other := self.other) is not None:
            other.hold(stored)

    def settle(self) -> None:
        """Choose the likely operator where the present one does not fit: of amounts "is over", else the first."""
        if self.source is not None and self.operator is None:
            offered = [op for op, _label in self.operators]
            likely = _LIKELY.get(self.source.field.kind, "")
            self.op = likely if likely in offered else next(iter(offered), "")

    def read(self, *, strict: bool) -> dict[str, Any] | None:
        """The row for a document; none while it is incomplete.

        Args:
            strict: say at the inputs what is missing or wrong; otherwise a row without its value is a row, too.
        """
        errors: dict[str, str] = {}
        operator = self.operator
        row: dict[str, Any] = {"field": self.path, "op": self.op}
        if self.source is None:
            errors[f"{self.prefix}-field"] = labels.field_gone() if self.path else str(FILL_IN)
        elif operator is None:
            errors[f"{self.prefix}-op"] = str(FILL_IN)
        elif (other := self.other) is not None:
            try:
                row["against"] = other.read()
            except Unreadable as error:
                errors |= error.errors
        else:
            for ask in self._asks():
                key = ask.name.rpartition("-")[2]
                try:
                    value = ask.read(self.typed)
                except Unreadable as error:
                    errors |= error.errors
                    continue
                if value is not None:
                    row[key] = value
                elif operator.shape not in (Shape.NONE, Shape.ONE_OR_ANY):
                    errors[ask.first] = str(FILL_IN)
        if strict:
            self.errors, self._sides = errors, None
        if not strict and self.source is not None and operator is not None:
            return row
        return None if errors else row

    def _asks(self) -> list[Ask]:
        source, operator = self.source, self.operator
        if source is None or operator is None:
            return []
        ref = source.field
        choices = labels.choices_of(self.form.record_type, self.path, ref)
        shape = operator.shape

        def ask(key: str, label: str, shape: Shape) -> Ask:
            return Ask(f"{self.prefix}-{key}", label, ref.kind, shape, choices, ref.target or "", 500)

        if shape is Shape.FROM_TO:
            return [ask("from", str(labels.FROM), Shape.ONE), ask("value", str(labels.TO), Shape.ONE)]
        return [ask("value", str(labels.VALUE), shape)] if shape is not Shape.NONE else []


class ConditionForm:
    """A whole condition. Rows are ANDed inside a group, groups are ORed.

    Args:
        record_type: of the trigger.
        updates: whether the trigger reacts to updates, so that changes can be asked about.
    """

    def __init__(self, record_type: str, *, updates: bool, names: Names) -> None:
        self.record_type, self.updates, self.names = record_type, updates, names
        self.groups: list[list[RowForm]] = []

    @classmethod
    def of_block(cls, block: Block, record_type: str, *, updates: bool, names: Names) -> ConditionForm:
        """The form of a stored condition; a new one starts with one empty row."""
        form = cls(record_type, updates=updates, names=names)
        for number, group in enumerate(block.get("groups") or []):
            form.groups.append(
                [form._stored(number, at, row) for at, row in enumerate(group.get("rows") or [])]
            )
        if not form.groups and "groups" not in block:
            form.groups = [[RowForm(form, 0, 0)]]
        return form

    @classmethod
    def of_typed(cls, typed: Typed, record_type: str, *, updates: bool, names: Names) -> ConditionForm:
        """The form as somebody filled it in."""
        form = cls(record_type, updates=updates, names=names)
        found: dict[int, dict[int, str]] = {}
        for name, texts in typed.items():
            if (match := _NAME.fullmatch(name)) and texts:
                found.setdefault(int(match[1]), {})[int(match[2])] = texts[0][:200]
        for group in sorted(found)[:MAX_GROUPS]:
            rows = [
                form._typed(typed, group, row, found[group][row]) for row in sorted(found[group])[:MAX_ROWS]
            ]
            form.groups.append(rows)
        form._renumber()
        return form

    def act(self, deed: str) -> str:
        """Add or remove a row or a group; what is no such deed does nothing.

        Returns:
            The id of the element that gets the focus, if any.
        """
        verb, _sep, key = deed.partition(":")
        if verb in ("add-move", "remove-move"):
            return moved_by(self.calculations, verb, key)
        match = _ACT.fullmatch(deed)
        if match is None:
            return ""
        group = int(match[2] or 0)
        if match[1] == "add-group" and len(self.groups) < MAX_GROUPS:
            self.groups.append([RowForm(self, len(self.groups), 0)])
            group = len(self.groups) - 1
        elif match[1] == "add-row" and group < len(self.groups) and len(self.groups[group]) < MAX_ROWS:
            self.groups[group].append(RowForm(self, group, len(self.groups[group])))
        elif match[1] == "remove-row" and match[3] and group < len(self.groups):
            at = int(match[3])
            rows = self.groups[group]
            del rows[at : at + 1]
            focus = f"in-g{group}-r{max(0, at - 1)}-field" if rows else "add-group"
            if not rows:
                del self.groups[group]
            self._renumber()
            return focus
        self._renumber()
        return f"in-g{group}-r{len(self.groups[group]) - 1}-field" if group < len(self.groups) else ""

    def read(self, *, strict: bool = True) -> list[dict[str, Any]] | None:
        """The groups for a document; none when a row is wrong and it is to be strict, else without such rows."""
        whole = True
        groups = []
        for group in self.groups:
            rows = [row.read(strict=strict) for row in group]
            whole = whole and None not in rows
            if kept := [row for row in rows if row]:
                groups.append({"rows": kept})
        return groups if whole or not strict else None

    @property
    def rows(self) -> Sequence[RowForm]:
        """All rows."""
        return [row for group in self.groups for row in group]

    @property
    def calculations(self) -> list[tuple[CalculationForm, fields.Field]]:
        """What is worked out in its rows, each with the field it is compared with."""
        return [
            (part, field_at(self.record_type, row.path))
            for row in self.rows
            for part in row.sides
            if not isinstance(part, FieldPick)
        ]

    @property
    def field_groups(self) -> Sequence[Group]:
        """The fields to choose from: the record's own, its parents', and what is known of the event."""
        return labels.field_groups(self.record_type)

    def _stored(self, group: int, number: int, row: Mapping[str, Any]) -> RowForm:
        form = RowForm(self, group, number, str(row.get("field", "")), str(row.get("op", "")))
        if against := row.get("against"):
            form.hold(against)
            return form
        for ask in form._asks():
            form.typed |= ask.typed(row.get(ask.name.rpartition("-")[2]))
        return form

    def _typed(self, typed: Typed, group: int, number: int, path: str) -> RowForm:
        prefix = f"g{group}-r{number}-"
        held = {
            name: [text[:5000] for text in texts] for name, texts in typed.items() if name.startswith(prefix)
        }
        op = next(iter(held.get(f"{prefix}op", ())), "")
        row = RowForm(self, group, number, path, op, held)
        row.settle()
        # A value typed for another kind of field would only be in the way.
        before = next(iter(held.get(f"{prefix}was", ())), path)
        if before != path and row.source is not None and not self._alike(before, row.source):
            row.typed = {name: texts for name, texts in held.items() if name.endswith(("-field", "-op"))}
        if (other := row.other) is not None:
            other.settle()
        return row

    def _alike(self, before: str, source: Source) -> bool:
        try:
            was = locate(self.record_type, before, fields).field
        except UnknownField:
            return False
        same = was.kind is source.field.kind and was.target == source.field.target
        return same and tuple(was.choices or ()) == tuple(source.field.choices or ())

    def _renumber(self) -> None:
        for group, rows in enumerate(self.groups):
            for number, row in enumerate(rows):
                old, new = f"{row.prefix}-", f"g{group}-r{number}-"
                row.group, row.number = group, number
                row.typed = {name.replace(old, new, 1): texts for name, texts in row.typed.items()}
                row.errors = {name.replace(old, new, 1): text for name, text in row.errors.items()}
                row._sides = None
