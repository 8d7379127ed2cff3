"""What a panel asks for: one value of one kind, as inputs, and back again.

An ``Ask`` knows its kind and shape. ``typed`` turns a plain value into what inputs show, ``inputs`` are the inputs with
what was typed in them (right or wrong), ``read`` gives the plain value or says at which input it could not be read.
Typed values travel as ``{input name: [text, …]}``, the shape of a submitted form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from relance.lib.kinds import Kind
from relance.lib.money import to_major
from relance.lib.shapes import MAX_TEXT, Fault, Shape, operand_fault, value_fault
from relance.lib.text import TextError, clean
from relance.records import display
from relance.web import parsing
from relance.web.automations import options
from relance.web.automations.options import Group
from relance.web.names import Names

Typed = Mapping[str, Sequence[str]]
_TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.EMAILS, Kind.PHONES})
_PICKED = frozenset(
    {Kind.CHOICE, Kind.USER, Kind.STAGE, Kind.PIPELINE, Kind.MULTI_CHOICE, Kind.BOOL, Kind.PARTICIPANTS}
)


class Unreadable(ValueError):
    """What was typed cannot be read. ``errors``: sentences by the name of the input."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(errors)
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Input:
    """One control with what stands in it.

    Attributes:
        widget: "text", "area", "lines", "number", "money", "date", "moment", "select", "ticks" or "record".
        typed: what it holds; several texts only of "ticks".
        currency: of "money", the chosen currency.
        shown: of "record", the name behind the id.
    """

    name: str
    label: str
    widget: str
    typed: Sequence[str] = ()
    groups: Sequence[Group] = ()
    currency: str = ""
    shown: str = ""
    target: str = ""
    error: str = ""
    hint: str = ""

    @property
    def id(self) -> str:
        """Of its element; stays the same from one rendering to the next, so that focus does."""
        return f"in-{self.name}"

    @property
    def value(self) -> str:
        """What it holds, where that is one text."""
        return self.typed[0] if self.typed else ""


@dataclass(frozen=True, slots=True)
class Ask:
    """One value to ask for.

    Attributes:
        label: the accessible name of its input.
        choices: pairs of value and label, of a choice.
        target: of a link, the record type it leads to.
        plain: a stored value is wanted (an action's), not an operand of a condition.
    """

    name: str
    label: str
    kind: Kind
    shape: Shape = Shape.ONE
    choices: Sequence[tuple[str, str]] = ()
    target: str = ""
    max_length: int = MAX_TEXT
    hint: str = ""
    plain: bool = False

    # ---- What inputs show ---------------------------------------------------------------------------

    def typed(self, value: Any, name: str = "") -> dict[str, list[str]]:
        """What the inputs hold for a plain value."""
        name = name or self.name
        if value is None:
            return {}
        if self.shape is Shape.RANGE:
            low, high = value if isinstance(value, list) and len(value) == 2 else (None, None)
            one = self._as(Shape.ONE)
            return {**one.typed(low, f"{name}-0"), **one.typed(high, f"{name}-1")}
        if self.shape is Shape.MANY:
            items = value if isinstance(value, list) else [value]
            if self.kind in _PICKED:
                return {name: [str(item) for item in items]}
            return {name: ["\n".join(str(item) for item in items)]}
        if self.shape in (Shape.DAYS, Shape.TEAM, Shape.TEXT):
            return {name: [str(value)]}
        return _typed_one(self, value, name)

    def inputs(self, typed: Typed, errors: Mapping[str, str], names: Names) -> list[Input]:
        """The inputs with what was typed; none when the operator wants nothing."""
        match self.shape:
            case Shape.NONE:
                return []
            case Shape.RANGE:
                one = self._as(Shape.ONE)
                ends = ((f"{self.name}-0", _("From")), (f"{self.name}-1", _("To")))
                return [one._input(name, label, typed, errors, names) for name, label in ends]
            case _:
                return [self._input(self.name, self.label, typed, errors, names)]

    def _input(self, name: str, label: str, typed: Typed, errors: Mapping[str, str], names: Names) -> Input:
        held = list(typed.get(name, ()))
        widget = self._widget()
        shown = ""
        if widget == "record":
            shown = next(iter(typed.get(f"{name}_text", ())), "")
            if held and is_id(held[0]):
                shown = names.record(self.target, int(held[0])) or shown
        return Input(
            name=name,
            label=label,
            widget=widget,
            typed=held,
            groups=self._groups(),
            currency=next(iter(typed.get(f"{name}-currency", ())), "") or options.company_currency(),
            shown=shown,
            target=self.target,
            error=errors.get(name, ""),
            hint=self.hint,
        )

    def _widget(self) -> str:
        match self.shape:
            case Shape.DAYS:
                return "number"
            case Shape.TEAM:
                return "select"
            case Shape.TEXT:
                return "text"
            case Shape.MANY:
                return "ticks" if self.kind in _PICKED else "lines"
        match self.kind:
            case Kind.NUMBER:
                return "number"
            case Kind.MONEY:
                return "money"
            case Kind.DATE:
                return "date"
            case Kind.DATETIME:
                return "moment" if self.plain else "date"
            case Kind.LINK:
                return "record"
            case Kind.MULTI_CHOICE | Kind.PARTICIPANTS:
                return "ticks" if self.plain else "select"
            case Kind.LONG_TEXT:
                return "area"
        return "select" if self.kind in _PICKED else "text"

    def _groups(self) -> Sequence[Group]:
        if self.shape is Shape.TEAM:
            return options.teams()
        if self.shape is Shape.TEXT or self.kind not in _PICKED:
            return ()
        return options.of_kind(self.kind, self.choices)

    def _as(self, shape: Shape) -> Ask:
        return Ask(
            self.name,
            self.label,
            self.kind,
            shape,
            self.choices,
            self.target,
            self.max_length,
            self.hint,
            self.plain,
        )

    # ---- What was typed -----------------------------------------------------------------------------

    def read(self, typed: Typed) -> Any:
        """The plain value; None where nothing was typed.

        Raises:
            Unreadable: it cannot be read, or is not a value of this kind.
        """
        value = self._read(typed)
        if value is None:
            return None
        # Without the choices: which of them exist is asked when it is published.
        if self.plain:
            fault = value_fault(self.kind, value)
        else:
            fault = operand_fault(self.shape, self.kind, None, value)
            fault = Fault(fault.code, fault.params, fault.at[1:]) if fault else None
        if fault:
            position = fault.at[0] if self.shape is Shape.RANGE and fault.at else ""
            at = f"{self.name}-{position}" if position != "" else self.first
            raise Unreadable({at: fault_sentence(fault)})
        return value

    @property
    def first(self) -> str:
        """The name of its first input, where an error that concerns the whole stands."""
        return f"{self.name}-0" if self.shape is Shape.RANGE else self.name

    def _read(self, typed: Typed) -> Any:
        match self.shape:
            case Shape.NONE:
                return None
            case Shape.RANGE:
                one = self._as(Shape.ONE)
                pair = [_read_one(one, typed, f"{self.name}-{number}") for number in (0, 1)]
                if pair == [None, None]:
                    return None
                missing = {f"{self.name}-{n}": str(FILL_IN) for n in (0, 1) if pair[n] is None}
                if missing:
                    raise Unreadable(missing)
                return pair
            case Shape.MANY:
                held = [text for text in typed.get(self.name, ()) if text.strip()]
                if self.kind in _PICKED:
                    items = [_picked(self.kind, text, self.name) for text in held]
                    return items or None
                lines = [line for text in held for line in text.splitlines() if line.strip()]
                return [_text(line, self.name, self.max_length, multiline=False) for line in lines] or None
            case Shape.DAYS | Shape.TEAM:
                return _parsed(parsing.number, self.name, _first(typed, self.name))
            case Shape.TEXT:
                return _text(_first(typed, self.name), self.name, self.max_length, multiline=False) or None
        return _read_one(self, typed, self.name)


#: Said at an input that may not stay empty.
FILL_IN = gettext_lazy("Fill this in.")


def fault_sentence(fault: Fault) -> str:
    """What is wrong with a value, to the person who typed it."""
    match fault.code:
        case "out_of_range":
            low, high = display.number(fault.params["min"]), display.number(fault.params["max"])
            return _("Choose a number from %(low)s to %(high)s.") % {"low": low, "high": high}
        case "range_reversed":
            return _("The first value is above the second. Swap them.")
        case "not_a_date" | "not_a_datetime" | "date_out_of_range":
            return _("Choose a date between 1900 and 2200.")
        case "unknown_currency":
            return _("Choose a currency from the list.")
        case "not_a_choice":
            return _("Choose one of the list.")
        case "blank" | "too_short" | "value_missing":
            return str(FILL_IN)
        case "too_long":
            return _("At most %(count)d entries, please.") % {"count": fault.params["limit"]}
    return _("This value does not fit here.")


def _typed_one(ask: Ask, value: Any, name: str) -> dict[str, list[str]]:
    match ask.kind:
        case Kind.MONEY:
            if not isinstance(value, dict) or not isinstance(value.get("amount"), int):
                return {}
            currency = str(value.get("currency", ""))
            return {
                name: [display.number(to_major({"amount": value["amount"], "currency": currency}))],
                f"{name}-currency": [currency],
            }
        case Kind.BOOL:
            return {name: ["true" if value else "false"]}
        case Kind.DATETIME if ask.plain:
            try:
                local = timezone.localtime(datetime.fromisoformat(str(value)))
            except ValueError:
                return {}
            return {name: [local.strftime("%Y-%m-%dT%H:%M")]}
        case Kind.DATETIME:
            return {name: [str(value)[:10]]}
        case Kind.EMAILS | Kind.PHONES if isinstance(value, list):
            return {name: [str(entry.get("value", "")) for entry in value if isinstance(entry, dict)][:1]}
        case Kind.MULTI_CHOICE | Kind.PARTICIPANTS if isinstance(value, list):
            return {name: [str(item) for item in value]}
    return {name: [str(value)]}


def _read_one(ask: Ask, typed: Typed, name: str) -> Any:
    text = _first(typed, name).strip()
    match ask.kind:
        case Kind.MULTI_CHOICE | Kind.PARTICIPANTS if ask.plain:
            held = [entry for entry in typed.get(name, ()) if entry.strip()]
            return sorted(_picked(ask.kind, entry, name) for entry in held) or None
        case Kind.NUMBER:
            return _parsed(parsing.number, name, text)
        case Kind.MONEY:
            currency = _first(typed, f"{name}-currency").strip() or options.company_currency()
            return _parsed(parsing.money, name, text, currency)
        case Kind.LINK:
            if not text and _first(typed, f"{name}_text").strip():
                raise Unreadable({name: _("Choose one of the records that are found.")})
            return _picked(ask.kind, text, name) if text else None
        case Kind.EMAILS | Kind.PHONES if ask.plain and text:
            return [{"value": _text(text, name, 200, multiline=False), "kind": "work", "primary": True}]
        case Kind.DATETIME if ask.plain and text:
            return _parsed(parsing.instant, name, text)
    if ask.kind in _PICKED:
        return _picked(ask.kind, text, name) if text else None
    if ask.kind in _TEXTS:
        multiline = ask.kind is Kind.LONG_TEXT
        return _text(_first(typed, name), name, ask.max_length, multiline=multiline) or None
    return text or None


def _first(typed: Typed, name: str) -> str:
    return next(iter(typed.get(name, ())), "")


def _text(text: str, name: str, max_length: int, *, multiline: bool) -> str:
    try:
        return clean(text, max_length=max_length, multiline=multiline)
    except TextError as error:
        if error.code == "too_long":
            raise Unreadable(
                {name: _("At most %(count)d characters, please.") % {"count": max_length}}
            ) from error
        sentence = _("This text contains characters that cannot be stored, such as control characters.")
        raise Unreadable({name: sentence}) from error


def is_id(text: str) -> bool:
    """Whether a text can be a primary key."""
    return text.isascii() and text.isdigit() and len(text) < 19


def _picked(kind: Kind, text: str, name: str) -> Any:
    if kind in {Kind.CHOICE, Kind.PARTICIPANTS}:
        return _text(text, name, 100, multiline=False)
    if kind is Kind.BOOL:
        return text == "true"
    if not is_id(text):
        raise Unreadable({name: _("Choose one of the list.")})
    return int(text)


def _parsed(read: Callable[..., Any], name: str, *typed: str) -> Any:
    if not typed[0].strip():
        return None
    try:
        return read(*typed)
    except parsing.Unreadable as error:
        raise Unreadable({name: str(error)}) from error
