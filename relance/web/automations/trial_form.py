"""What is asked of somebody who tries an automation out: which record, what happens to it, and by whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from relance.accounts.people import Actor, directory
from relance.automation.core.blocks import Definition
from relance.automation.occasions import earlier_value, other_value
from relance.automation.registry import Occasion, registry
from relance.events.models import Event, EventKind, Origin
from relance.lib.kinds import Kind
from relance.lib.text import fold
from relance.records import access
from relance.records.fields import Field, fields_of
from relance.records.snapshot import Snapshot, load_one
from relance.web.automations import options
from relance.web.automations.asks import FILL_IN, Ask, Input, Typed, Unreadable, is_id
from relance.web.automations.options import Group
from relance.web.names import Names

_FIELD = "field:"
#: By which way, as it is asked.
_WAYS = {
    Origin.USER: pgettext_lazy("a change is made", "In Relance"),
    Origin.API: pgettext_lazy("a change is made", "Through the API"),
    Origin.IMPORT: pgettext_lazy("a change is made", "By an import"),
    Origin.AUTOMATION: pgettext_lazy("a change is made", "By another automation"),
}


class TrialForm:
    """The bar above the steps.

    Attributes:
        what: "created", "deleted" or "field:" and a field's key.
        errors: sentences by the name of the input.
    """

    def __init__(self, definition: Definition, viewer: Actor, names: Names) -> None:
        self._entry = registry.triggers[definition.trigger.type]
        self._params = definition.trigger.params
        self._viewer = viewer
        self._names = names
        self.record_type: str = self._entry.record_type(self._params)
        self.record: Snapshot | None = None
        self.what = ""
        self.typed: dict[str, list[str]] = {}
        self.by = viewer.user_id or 0
        self.origin: str = Origin.USER if Origin.USER in definition.origins else definition.origins[0]
        self.errors: dict[str, str] = {}
        self._example: Occasion | None = None

    # ---- Filling it in ------------------------------------------------------------------------------

    def choose(self, record_id: int) -> None:
        """Take a record, with what would have to happen to it; one that the viewer may not see is not taken."""
        record = load_one(self.record_type, record_id)
        if record is None or record["deleted_at"] is not None or not access.may(self._viewer, "see", record):
            return
        self.record = record
        self._example = self._entry.example(self._params, record)
        key = next(iter(self._example.after), "")
        self.what = f"{_FIELD}{key}" if self._example.kind == EventKind.UPDATED else str(self._example.kind)
        self._suggest(self._example.after.get(key))

    def again(self, event: Event) -> None:
        """Take the record of an event, and what happened to it then."""
        self.choose(event.record_id)
        if self.record is None or event.record_type != self.record_type:
            return
        if event.actor_id in directory().actors:
            self.by = int(event.actor_id)
        self.origin = event.origin if event.origin in _WAYS else self.origin
        key = next((key for key in event.changes if key in self._fields), None)
        if event.kind in (EventKind.CREATED, EventKind.DELETED):
            self.what = str(event.kind)
        elif key is not None:
            self.what = f"{_FIELD}{key}"
            self._suggest(event.changes[key][1])

    def fill(self, typed: Typed, changed: str = "") -> None:
        """Take what was typed.

        Args:
            changed: "record" or "what" when that was chosen just now, so that what depends on it is suggested anew.
        """
        held = {name: list(texts) for name, texts in typed.items()}
        record_id = _one(held, "record")
        if is_id(record_id):
            self.choose(int(record_id))
        if self.record is None:
            self.typed = {name: held[name] for name in ("record", "record_text") if name in held}
        if is_id(_one(held, "by")) and int(_one(held, "by")) in directory().actors:
            self.by = int(_one(held, "by"))
        if _one(held, "origin") in _WAYS:
            self.origin = _one(held, "origin")
        what = _one(held, "what")
        if changed == "record" or what not in {
            value for group in self.whats for value, _label in group.entries
        }:
            return
        suggested = self.what
        self.what = what
        if changed != "what":
            self.typed = held
        elif what != suggested and self.field is not None and self.record is not None:
            self._suggest(other_value(self.field, self.record[self.field.key]))

    def _suggest(self, value: Any) -> None:
        self.typed = self._ask.typed(value) if self._ask is not None else {}

    # ---- What it shows ------------------------------------------------------------------------------

    @property
    def record_input(self) -> Input:
        """Where the record is chosen."""
        held = {"record": [str(self.record["id"])]} if self.record is not None else self.typed
        ask = Ask("record", _("Record"), Kind.LINK, target=self.record_type)
        return ask.inputs(held, self.errors, self._names)[0]

    @property
    def whats(self) -> Sequence[Group]:
        """What may happen to it."""
        whole = (
            (str(EventKind.CREATED), pgettext("a record", "It is created")),
            (str(EventKind.DELETED), pgettext("a record", "It is deleted")),
        )
        fields = sorted(
            ((f"{_FIELD}{field.key}", str(field.label)) for field in self._fields.values()),
            key=lambda entry: fold(entry[1]),
        )
        return [Group(_("The whole record"), whole), Group(_("A field gets another value"), tuple(fields))]

    @property
    def value_inputs(self) -> Sequence[Input]:
        """Where the new value of the field is typed."""
        return self._ask.inputs(self.typed, self.errors, self._names) if self._ask is not None else []

    @property
    def users(self) -> Sequence[Group]:
        """Who may have done it."""
        return options.users()

    @property
    def ways(self) -> Sequence[tuple[str, str]]:
        """By which way."""
        return [(str(origin), str(label)) for origin, label in _WAYS.items()]

    @property
    def field(self) -> Field | None:
        """The field that changes."""
        return self._fields.get(self.what.removeprefix(_FIELD)) if self.what.startswith(_FIELD) else None

    @property
    def _fields(self) -> Mapping[str, Field]:
        return {key: field for key, field in fields_of(self.record_type).items() if field.editable}

    @property
    def _ask(self) -> Ask | None:
        field = self.field
        if field is None:
            return None
        return Ask(
            name="value",
            label=_("New value"),
            kind=field.kind,
            choices=[(choice.value, str(choice.label)) for choice in field.choices],
            target=field.target or "",
            max_length=field.max_length if field.is_text else 10_000,
            plain=True,
        )

    # ---- What is to be played -----------------------------------------------------------------------

    @property
    def actor(self) -> Actor:
        """Who does it."""
        return directory().actors[self.by]

    def occasion(self) -> Occasion | None:
        """What is to happen; none when something is missing, which ``errors`` then says."""
        if self.record is None:
            missing = _one(self.typed, "record_text").strip()
            self.errors["record"] = (
                _("Choose one of the records that are found.") if missing else str(FILL_IN)
            )
            return None
        field, ask = self.field, self._ask
        if field is None or ask is None:
            return Occasion(self.what)
        try:
            value = ask.read(self.typed)
        except Unreadable as error:
            self.errors |= error.errors
            return None
        value = field.empty if value is None else value
        example = self._example.before if self._example is not None else {}
        before = {field.key: example[field.key]} if field.key in example else {}
        if before.get(field.key, self.record[field.key]) == value:
            # It has that value already: as if it had only just got it.
            before = {field.key: earlier_value(field, value)} if self.record[field.key] == value else {}
        return Occasion(EventKind.UPDATED, {field.key: value}, before)

    def refused(self, problems: Mapping[str, str]) -> None:
        """Show what the record did not take: at the input, or above them all."""
        key = self.field.key if self.field is not None else ""
        for field, sentence in problems.items():
            known = fields_of(self.record_type).get(field)
            if field == key or known is None:
                self.errors["value"] = sentence
            else:
                self.errors[""] = _("%(field)s: %(reason)s") % {"field": known.label, "reason": sentence}


def _one(held: Typed, name: str) -> str:
    return next(iter(held.get(name, ())), "")
