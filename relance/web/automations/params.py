"""The inputs of a trigger or an action, drawn from its registered parameters. No type is known here by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _
from pydantic import BaseModel

from relance.automation import inputs as registered
from relance.automation.acting import GIVEN
from relance.automation.core.operators import find
from relance.automation.core.placeholders import MAX_TEMPLATE
from relance.automation.inputs import InputKind
from relance.lib.kinds import Kind
from relance.lib.shapes import Shape
from relance.records import fields
from relance.web.automations import options
from relance.web.automations.asks import FILL_IN, Ask, Input, Typed, Unreadable, is_id
from relance.web.automations.calculating import CalculationForm, moved_by
from relance.web.automations.expressions import ExpressionForm, placeholder_groups, template_error
from relance.web.automations.options import Group
from relance.web.automations.parts import Part
from relance.web.names import Names

_SELECTS = {
    InputKind.RECORD_TYPE,
    InputKind.FIELD,
    InputKind.TARGET,
    InputKind.PIPELINE,
    InputKind.STAGE,
    InputKind.CHOICE,
    InputKind.RECIPIENT,
}
_TICKED = {InputKind.PEOPLE, InputKind.PARTICIPANTS, InputKind.LABELS}
_TYPED = {InputKind.NUMBER: Kind.NUMBER, InputKind.TIME: Kind.TEXT}
_IDS = {InputKind.PIPELINE, InputKind.STAGE}
_ROW = re.compile(r"p-values-([a-z][a-z0-9_]{0,39})-from")
#: Shown at once for a new record, beside what it must have.
_USUAL = {"activity": ("type", "due_date")}


class ParamsForm:
    """The parameters of one type.

    Args:
        model: its Params.
        record_type: of the triggering record; none for triggers.
        given: parameters that are chosen elsewhere, such as by the entry of the picker.
    """

    def __init__(
        self,
        model: type[BaseModel],
        record_type: str | None,
        names: Names,
        given: Mapping[str, Any] | None = None,
    ) -> None:
        self.model, self.record_type, self.names = model, record_type, names
        self.given = dict(given or {})
        self.parts: list[Part] = []

    @classmethod
    def of_stored(
        cls, model: type[BaseModel], params: Mapping[str, Any], record_type: str | None, names: Names,
        given: Mapping[str, Any] | None = None,
    ) -> ParamsForm:  # fmt: skip
        """The form of stored parameters."""
        form = cls(model, record_type, names, given)
        form._build(dict(params), None)
        return form

    @classmethod
    def of_typed(
        cls, model: type[BaseModel], typed: Typed, record_type: str | None, names: Names,
        given: Mapping[str, Any] | None = None,
    ) -> ParamsForm:  # fmt: skip
        """The form as somebody filled it in."""
        form = cls(model, record_type, names, given)
        chosen: dict[str, Any] = {}
        for name, info in model.model_fields.items():
            key = info.alias or name
            text = next(iter(typed.get(f"p-{key}", ())), "")
            if text and text.isprintable():
                chosen[key] = int(text) if is_id(text) else text[:200]
        form._build(chosen, typed)
        return form

    @property
    def error_count(self) -> int:
        """How many inputs are wrong."""
        return sum(len(self._errors_of(part)) for part in self.parts)

    def act(self, deed: str, typed: Typed) -> str:
        """Add or remove a value; what is no such deed does nothing.

        Returns:
            The id of the element that gets the focus, if any.
        """
        verb, _sep, key = deed.partition(":")
        if verb in ("add-move", "remove-move"):
            return moved_by(self.calculations, verb, key)
        for part in self.parts:
            if part.kind != "values":
                continue
            if verb == "add-value":
                key = key or next(iter(typed.get(f"{part.name}-add", ())), "")
                each = next((each for each in part.form.fields if each.key == key), None)
                if each is None or any(row.key == key for row, _form in part.rows):
                    return ""
                part.rows.append((each, self._expression(part, each, None)))
                self._refresh(part)
                return f"in-{part.name}-{key}-from"
            if verb == "remove-value":
                part.rows = [row for row in part.rows if row[0].key != key]
                self._refresh(part)
                return f"in-{part.name}-add"
        return ""

    @property
    def calculations(self) -> list[tuple[CalculationForm, fields.Field]]:
        """What is worked out among its values, each with the field it is for."""
        forms = [form for part in self.parts for _field, form in part.rows]
        forms += [part.expression for part in self.parts if part.expression is not None]
        return [(form.calculation, form.target) for form in forms if form.calculation is not None]

    def read(self, *, strict: bool = True) -> dict[str, Any] | None:
        """The parameters for a document; none when an input is wrong and it is to be strict."""
        params = dict(self.given)
        whole = True
        for part in self.parts:
            part.error = ""
            part.inputs = [_without_error(each) for each in part.inputs]
            try:
                value = self._read(part, strict=strict)
            except Unreadable as error:
                whole = False
                if strict:
                    self._show(part, error.errors)
                continue
            if value is not None:
                params[part.form.name] = value
            elif part.form.required:
                whole = False
                if strict:
                    self._show(part, {part.name: str(FILL_IN)})
        return params if whole or not strict else None

    def refuse(self, pointer: str, sentence: str) -> bool:
        """Put a refusal beside the input it is about.

        Args:
            pointer: into the params, such as ``/values/rating/value``.

        Returns:
            Whether there is such an input.
        """
        keys = [key.replace("~1", "/").replace("~0", "~") for key in pointer.split("/")[1:]]
        part = next((part for part in self.parts if keys and part.form.name == keys[0]), None)
        if part is None:
            return False
        if part.kind == "values" and len(keys) > 1:
            for each, form in part.rows:
                if each.key == keys[1]:
                    form.errors[_input_of(form, keys[2:])] = sentence
                    return True
        if part.expression is not None and len(keys) > 1:
            part.expression.errors[_input_of(part.expression, keys[1:])] = sentence
            return True
        self._show(part, {part.name: sentence})
        return True

    # ---- Building -----------------------------------------------------------------------------------

    def _build(self, params: dict[str, Any], typed: Typed | None) -> None:
        filled = params | self.given
        found = registered.form(self.model, filled, self.record_type, self.names.configuration)
        # Others are drawn from what these hold: the fields of a type, the values of a field.
        leading = {InputKind.RECORD_TYPE, InputKind.TARGET, InputKind.FIELD, InputKind.RECIPIENT}
        for each in found:
            if each.name in self.given or not each.shown:
                continue
            part = Part(
                each, str(each.kind), f"p-{each.name}", each.label, each.hint, recasts=each.kind in leading
            )
            self._fill(part, params, typed)
            self.parts.append(part)

    def _fill(self, part: Part, params: dict[str, Any], typed: Typed | None) -> None:
        form, name = part.form, part.name
        stored = params.get(form.name, form.default)
        match form.kind:
            case kind if kind in _SELECTS:
                part.kind = "select"
                text = "" if stored is None else str(stored)
                part.typed = [text]
                part.groups = options.grouped(form.options)
                if text not in {str(option.value) for option in form.options} and form.kind not in _IDS:
                    part.typed = (
                        [str(form.options[0].value)] if form.required and len(form.options) == 1 else [""]
                    )
            case InputKind.FIELD_VALUE:
                part.kind = "field_value"
                if ask := self._field_value(part):
                    held = typed if typed is not None else ask.typed(stored)
                    part.inputs = ask.inputs(held, {}, self.names)
            case InputKind.VALUES:
                self._fill_values(part, stored, typed, fresh=form.name not in params)
            case InputKind.VALUE:
                if form.field is not None and self.record_type:
                    part.expression = self._expression(part, form.field, stored, typed=typed)
            case kind if kind in _TICKED:
                part.kind = "ticks"
                part.typed = (
                    list(typed.get(name, ())) if typed is not None else [str(each) for each in stored or ()]
                )
                part.groups = _ticks(form)
            case kind if kind in _TYPED:
                part.kind = "typed"
                ask = Ask(name, part.label, _TYPED[kind], hint=part.hint)
                part.inputs = ask.inputs(typed if typed is not None else ask.typed(stored), {}, self.names)
            case InputKind.TEXT | InputKind.LINE:
                part.kind = "text"
                widget = "area" if form.kind is InputKind.TEXT else "text"
                text = next(iter(typed.get(name, ())), "") if typed is not None else str(stored or "")
                part.inputs = [
                    Input(name=name, label=part.label, widget=widget, typed=[text[:20_000]], hint=part.hint)
                ]
                part.placeholders = placeholder_groups(self.record_type) if self.record_type else ()
            case InputKind.YES_NO:
                yes = bool(stored) if typed is None else name in typed
                part.typed = ["true"] if yes else []

    def _fill_values(self, part: Part, stored: Any, typed: Typed | None, *, fresh: bool) -> None:
        part.kind = "values"
        known = {each.key: each for each in part.form.fields}
        if typed is not None:
            for name in typed:
                if (match := _ROW.fullmatch(name)) and match[1] in known:
                    each = known[match[1]]
                    part.rows.append((each, self._expression(part, each, None, typed=typed)))
        elif isinstance(stored, dict) and stored:
            for key, value in stored.items():
                if key in known:
                    part.rows.append((known[key], self._expression(part, known[key], value)))
        if self._creates:
            present = {each.key for each, _form in part.rows}
            usual = _USUAL.get(part.form.record_type or "", ()) if fresh and typed is None else ()
            for each in known.values():
                needed = each.required and each.key not in GIVEN
                if (needed or each.key in usual) and each.key not in present:
                    part.rows.append((each, self._expression(part, each, None)))
        self._refresh(part)

    @property
    def _creates(self) -> bool:
        """Whether a new record is made, so that what it must have is asked for."""
        return "record" in self.model.model_fields

    def _refresh(self, part: Part) -> None:
        present = {each.key for each, _form in part.rows}
        part.addable = [(each.key, str(each.label)) for each in part.form.fields if each.key not in present]

    def _expression(
        self, part: Part, target: fields.Field, value: Any, *, typed: Typed | None = None
    ) -> ExpressionForm:
        prefix = f"{part.name}-{target.key}" if part.form.kind is InputKind.VALUES else part.name
        record_type = self.record_type or "deal"
        if typed is not None:
            return ExpressionForm.of_typed(prefix, record_type, target, self.names, typed)
        return ExpressionForm.of_stored(prefix, record_type, target, self.names, value)

    def _field_value(self, part: Part) -> Ask | None:
        target = part.form.field
        if target is None:
            return None
        operator = find(target.kind, "changed_to")
        if operator is None:
            return None
        choices = [(choice.value, str(choice.label)) for choice in target.choices]
        return Ask(
            part.name, part.label, target.kind, Shape.ONE, choices, target.target or "", 500, part.hint
        )

    # ---- Reading ------------------------------------------------------------------------------------

    def _read(self, part: Part, *, strict: bool) -> Any:
        match part.kind:
            case "select":
                return self._read_select(part)
            case "field_value":
                ask = self._field_value(part)
                return ask.read(_typed_of(part.inputs)) if ask else None
            case "values":
                return self._read_values(part, strict=strict)
            case InputKind.VALUE:
                return self._read_value(part, strict=strict)
            case "ticks":
                known = {value for group in part.groups for value, _label in group.entries}
                chosen = [each for each in part.typed if each in known]
                return ([int(each) for each in chosen] if part.form.kind is InputKind.LABELS else chosen) or (
                    None if part.form.required else []
                )
            case "typed":
                ask = Ask(part.name, part.label, _TYPED[part.form.kind])
                return ask.read(_typed_of(part.inputs))
            case InputKind.TEXT:
                ask = Ask(part.name, part.label, Kind.LONG_TEXT, max_length=MAX_TEMPLATE)
                text = ask.read(_typed_of(part.inputs))
                if text and (problem := template_error(text)):
                    raise Unreadable({part.name: problem})
                return text
            case InputKind.YES_NO:
                return bool(part.typed)
        return None

    def _read_select(self, part: Part) -> Any:
        if not part.value:
            return None
        values = {str(option.value): option.value for option in part.form.options}
        if part.value not in values:
            raise Unreadable({part.name: _("This no longer exists. Choose again.")})
        return values[part.value]

    def _read_values(self, part: Part, *, strict: bool) -> dict[str, Any] | None:
        read = {each.key: form.read(strict=strict) for each, form in part.rows}
        if None in read.values() and strict:
            raise Unreadable({})
        values = {key: value for key, value in read.items() if value is not None}
        if not values and part.form.required and strict:
            raise Unreadable({part.name: _("Choose at least one field to set.")})
        return values or None

    def _read_value(self, part: Part, *, strict: bool) -> dict[str, Any] | None:
        form = part.expression
        if form is None or (form.source == "empty" and not part.form.required):
            return None
        value = form.read(strict=strict)
        if value is None and strict and not (not part.form.required and _is_blank(form)):
            raise Unreadable({})
        if value is None:
            form.errors.clear()
        return value

    def _show(self, part: Part, errors: Mapping[str, str]) -> None:
        """Put errors beside their inputs; what belongs to none stands at the part."""
        part.inputs = [_with_error(each, errors.get(each.name, each.error)) for each in part.inputs]
        if not part.inputs and errors:
            part.error = next(iter(errors.values()))

    def _errors_of(self, part: Part) -> list[str]:
        found = [part.error, *(each.error for each in part.inputs)]
        for _each, form in part.rows:
            found += form.errors.values()
        if part.expression is not None:
            found += part.expression.errors.values()
        return [error for error in found if error]


def _ticks(form: registered.Form) -> Sequence[Group]:
    match form.kind:
        case InputKind.PEOPLE:
            return options.people()
        case InputKind.PARTICIPANTS:
            return options.participants()
    return options.grouped(form.options)


_PARTS = {"fixed": "fixed", "field": "path", "text": "text", "formula": "formula", "date": "start"}


def _input_of(form: ExpressionForm, keys: Sequence[str]) -> str:
    part = _PARTS.get(form.source, "from")
    if keys and keys[0] == "fallback":
        part = "fallback"
    elif len(keys) > 1 and keys[0] == "defaults":
        part = f"default-{keys[1]}"
    return f"{form.prefix}-{part}"


def _typed_of(held: Iterable[Input]) -> dict[str, Sequence[str]]:
    typed: dict[str, Sequence[str]] = {}
    for each in held:
        typed[each.name] = each.typed
        typed[f"{each.name}-currency"] = [each.currency]
        typed[f"{each.name}_text"] = [each.shown]
    return typed


def _is_blank(form: ExpressionForm) -> bool:
    ends = ("-fixed", "-text", "-path")
    return not any(
        text.strip() for name, texts in form.typed.items() if name.endswith(ends) for text in texts
    )


def _with_error(held: Input, error: str) -> Input:
    return replace(held, error=error)


def _without_error(held: Input) -> Input:
    return replace(held, error="")
