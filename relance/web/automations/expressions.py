"""One value of an action in the panel: always the same, from a field, a text with placeholders, worked out, …"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from relance.automation.core.placeholders import MAX_TEMPLATE, TemplateError, parse_template
from relance.automation.core.values import fits
from relance.lib.kinds import Kind
from relance.records import fields
from relance.web.automations import labels
from relance.web.automations.asks import FILL_IN, Ask, Input, Typed, Unreadable
from relance.web.automations.calculating import CalculationForm, DateForm, FormulaForm
from relance.web.automations.options import Group
from relance.web.names import Names

_TEXTS = frozenset({Kind.TEXT, Kind.LONG_TEXT, Kind.EMAILS, Kind.PHONES})
_DAYS = frozenset({Kind.DATE, Kind.DATETIME})
_AMOUNTS = frozenset({Kind.NUMBER, Kind.MONEY})


@dataclass
class ExpressionForm:
    """A value expression for one field.

    Attributes:
        prefix: begins the names of its inputs.
        record_type: of the triggering record, whose fields can be copied.
        target: the field the value is for.
        source: "fixed", "field", "text", "formula", "date", "actor", or "empty" for a fixed nothing.
    """

    prefix: str
    record_type: str
    target: fields.Field
    names: Names
    source: str = ""
    typed: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    may_be_empty: bool = True

    @classmethod
    def of_stored(
        cls, prefix: str, record_type: str, target: fields.Field, names: Names, value: Any
    ) -> ExpressionForm:
        """The form of a stored expression; a new one is fixed, or a text."""
        form = cls(prefix, record_type, target, names)
        stored = value if isinstance(value, dict) else {}
        form.source = str(stored.get("from", ""))
        match form.source:
            case "fixed":
                plain = stored.get("value")
                if plain is None or plain == []:
                    form.source = "empty"
                elif form._is_text and isinstance(plain, str):
                    form.source = "text"
                    # A stored text is literal; braces in it would be read as placeholders.
                    form.typed[f"{prefix}-text"] = [plain]
                elif form._is_text:
                    form.source = "text"
                    form.typed[f"{prefix}-text"] = form._fixed.typed(plain).get(f"{prefix}-fixed", [])
                else:
                    form.typed |= form._fixed.typed(plain)
            case "field":
                form.typed[f"{prefix}-path"] = [str(stored.get("path", ""))]
                form.typed |= form._fallback.typed(stored.get("fallback"))
            case "text":
                form.typed[f"{prefix}-text"] = [str(stored.get("template", ""))]
            case "formula":
                form.formula.hold(stored)
            case "today" | "date":
                form.source = "date"
                form.date.hold(stored)
                form.typed |= form._fallback.typed(stored.get("fallback"))
        form._settle()
        if form.source == "date" and not stored:
            form.date.hold(None)
        return form

    @classmethod
    def of_typed(
        cls, prefix: str, record_type: str, target: fields.Field, names: Names, typed: Typed
    ) -> ExpressionForm:
        """The form as somebody filled it in."""
        own = {name: texts for name, texts in typed.items() if name.startswith(f"{prefix}-")}
        held = {name: [text[:20_000] for text in texts] for name, texts in own.items()}
        form = cls(prefix, record_type, target, names, next(iter(held.get(f"{prefix}-from", ())), ""), held)
        form._settle()
        form.date.settle()
        if form.source == "date" and f"{prefix}-start" not in held:
            form.date.hold(None)
        return form

    def __post_init__(self) -> None:
        self.formula = FormulaForm(self.prefix, self.record_type, self.typed, self.errors)
        self.date = DateForm(self.prefix, self.record_type, self.typed, self.errors)

    @property
    def _is_text(self) -> bool:
        return self.target.kind in _TEXTS

    @property
    def sources(self) -> list[tuple[str, str]]:
        """Where the value can come from."""
        kind = self.target.kind
        offered: list[tuple[str, str]] = []
        if self._is_text:
            offered.append(("text", _("This text")))
        else:
            offered.append(("fixed", _("Always the same")))
        if kind in _DAYS:
            offered.insert(0, ("date", _("A date worked out")))
        if kind in _AMOUNTS:
            offered.append(("formula", _("A calculation")))
        if kind is Kind.USER:
            offered.append(("actor", _("Whoever triggered it")))
        if self.path_groups:
            offered.append(("field", _("From a field")))
        if self.may_be_empty and not self.target.required:
            offered.append(("empty", _("Nothing: empty it")))
        return offered

    @property
    def path_groups(self) -> Sequence[Group]:
        """The fields that can be copied into this one."""
        groups = []
        into = fields.FieldRef((), self.target)
        for group in labels.readable_groups(self.record_type):
            entries = tuple(
                entry for entry in group.entries if fits(fields.resolve(self.record_type, entry[0]), into)
            )
            if entries:
                groups.append(Group(group.heading, entries))
        return groups

    @property
    def path(self) -> str:
        """The field to copy."""
        return next(iter(self.typed.get(f"{self.prefix}-path", ())), "")

    @property
    def path_error(self) -> str:
        """What is wrong with it."""
        return self.errors.get(f"{self.prefix}-path", "")

    @property
    def template(self) -> Input:
        """The text with placeholders."""
        name = f"{self.prefix}-text"
        return Input(
            name=name,
            label=_("Text"),
            widget="area" if self.target.kind is Kind.LONG_TEXT else "text",
            typed=self.typed.get(name, ()),
            error=self.errors.get(name, ""),
        )

    @property
    def calculation(self) -> CalculationForm | None:
        """The formula or the date, where it is one."""
        if self.source == "formula":
            return self.formula
        return self.date if self.source == "date" else None

    @property
    def inputs(self) -> list[Input]:
        """The inputs of a fixed value."""
        return self._fixed.inputs(self.typed, self.errors, self.names)

    @property
    def fallback_inputs(self) -> list[Input]:
        """The inputs of what to take where the copied field is empty."""
        return self._fallback.inputs(self.typed, self.errors, self.names)

    @property
    def placeholder_groups(self) -> Sequence[Group]:
        """What can be put into a text."""
        return placeholder_groups(self.record_type)

    def read(self, *, strict: bool = True) -> dict[str, Any] | None:
        """The expression for a document; none when it is incomplete or wrong."""
        self.errors.clear()
        try:
            return self._read()
        except Unreadable as error:
            if strict:
                self.errors |= error.errors
            return None

    def _read(self) -> dict[str, Any]:
        match self.source:
            case "fixed":
                value = self._fixed.read(self.typed)
                if value is None:
                    raise Unreadable({self._fixed.name: str(FILL_IN)})
                return {"from": "fixed", "value": value}
            case "field":
                if not self.path:
                    raise Unreadable({f"{self.prefix}-path": str(FILL_IN)})
                expression: dict[str, Any] = {"from": "field", "path": self.path}
                if (fallback := self._fallback.read(self.typed)) is not None:
                    expression["fallback"] = fallback
                return expression
            case "text":
                return self._read_text()
            case "formula":
                return self.formula.read()
            case "date":
                date = self.date.read()
                if self.date.from_field and (fallback := self._fallback.read(self.typed)) is not None:
                    date["fallback"] = fallback
                return date
            case "actor":
                return {"from": "actor"}
        return {
            "from": "fixed",
            "value": [] if self.target.kind in {Kind.MULTI_CHOICE, Kind.PARTICIPANTS} else None,
        }

    def _read_text(self) -> dict[str, Any]:
        name = f"{self.prefix}-text"
        multiline = self.target.kind is Kind.LONG_TEXT
        kind = Kind.LONG_TEXT if multiline else Kind.TEXT
        ask = Ask(name, "", kind, max_length=MAX_TEMPLATE)
        text = ask.read(self.typed)
        if text is None:
            raise Unreadable({name: str(FILL_IN)})
        if error := template_error(text):
            raise Unreadable({name: error})
        if "{{" in text:
            return {"from": "text", "template": text}
        value = Ask(name, "", self.target.kind, max_length=self.target.max_length, plain=True).read(
            self.typed
        )
        return {"from": "fixed", "value": value}

    @property
    def _fixed(self) -> Ask:
        return self._ask("fixed", _("Value"))

    @property
    def _fallback(self) -> Ask:
        return self._ask("fallback", _("If that is empty, take"))

    def _ask(self, part: str, label: str) -> Ask:
        return Ask(
            name=f"{self.prefix}-{part}",
            label=label,
            kind=self.target.kind,
            choices=[(choice.value, str(choice.label)) for choice in self.target.choices],
            target=self.target.target or "",
            max_length=self.target.max_length if self._is_text else 10_000,
            hint=str(self.target.hint),
            plain=True,
        )

    def _settle(self) -> None:
        offered = [source for source, _label in self.sources]
        if self.source not in offered:
            self.source = offered[0]


def template_error(text: str) -> str:
    """What keeps a text's placeholders from being read; empty when nothing does."""
    try:
        parse_template(text)
    except TemplateError as error:
        match error.code:
            case "unclosed_placeholder":
                return _("A placeholder is opened with {{ but not closed with }}.")
            case "bad_path":
                return _("A placeholder has a name that cannot be read. Take it from the list.")
        return _('A placeholder cannot be read. Write it like {{ person.name | or "there" }}.')
    return ""


def placeholder_groups(record_type: str) -> Sequence[Group]:
    """What can be put into a text: fields, who triggered it, and the record's address."""
    event = (
        ("trigger.user", labels.field_label(record_type, "trigger.user")),
        ("trigger.user.email", _("E-mail address of who triggered it")),
        ("owner.email", _("E-mail address of the owner")),
        ("today", pgettext("a value in a text", "Today’s date")),
        ("record.link", _("Link to the record")),
    )
    happened = Group(_("What happened"), event)
    return [*labels.readable_groups(record_type), happened, *labels.before_groups(record_type)]
