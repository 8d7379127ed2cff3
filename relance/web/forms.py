"""Forms of records, built from the catalogue.

A form only translates between what people type and plain values; whether a value is acceptable the
UnitOfWork decides, and its refusals come back to the inputs. Whatever happens, what was typed stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as part
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from relance.accounts.people import Actor
from relance.lib.kinds import Kind
from relance.lib.shapes import participant
from relance.lib.text import fold
from relance.records import display
from relance.records.fields import Field, editable_fields, title_key
from relance.records.snapshot import Snapshot
from relance.records.validation import CONTACT_KINDS
from relance.web import formats, parsing, values
from relance.web.names import Names
from relance.web.rows import visible

#: Set by verbs (Won, Lost) or elsewhere, so a form would only be in the way.
LEFT_OUT = {"deal": {"pipeline", "status", "lost_reason"}, "activity": set(), "lead": {"archived"}}
WIDE = {Kind.LONG_TEXT, Kind.MULTI_CHOICE, Kind.EMAILS, Kind.PHONES, Kind.PARTICIPANTS}
_MAX_TYPED = 100_000


@dataclass(slots=True)
class Option:
    """One entry of a select."""

    value: str
    label: str
    chosen: bool = False
    group: str = ""
    colour: int = 0


@dataclass(slots=True)
class Input:
    """One field of a form: its place on the page, what it shows, and what is wrong with it.

    Attributes:
        typed: the text in it; of a list of contacts or participants the entries.
    """

    field: Field
    typed: Any = ""
    currency: str = ""
    name: str = ""
    options: list[Option] = part(default_factory=list)
    error: str = ""
    required: bool = False
    prefix: str = "f"

    @property
    def key(self) -> str:
        """Its name in the form."""
        return self.field.key

    @property
    def id(self) -> str:
        """Its id on the page."""
        return f"{self.prefix}-{self.field.key}"

    @property
    def template(self) -> str:
        """The component that draws it."""
        return f"relance/inputs/{self.field.kind.value}.html"

    @property
    def described_by(self) -> str:
        """The ids of its hint and its error."""
        ids = [f"{self.id}-hint"] if self.field.hint else []
        return " ".join([*ids, f"{self.id}-error"] if self.error else ids)

    @property
    def wide(self) -> bool:
        """Whether it takes the whole width."""
        return self.field.kind in WIDE

    @property
    def grouped(self) -> list[tuple[str, list[Option]]]:
        """Options by their group."""
        groups: dict[str, list[Option]] = {}
        for option in self.options:
            groups.setdefault(option.group, []).append(option)
        return list(groups.items())


class RecordForm:
    """The form of one record type for one person.

    Args:
        current: the record as it is, or the values to start with.
        keys: only these fields.
        prefix: begins the ids, where two forms stand on a page.
    """

    def __init__(
        self,
        record_type: str,
        names: Names,
        current: Mapping[str, Any],
        *,
        keys: Iterable[str] | None = None,
        prefix: str = "f",
    ) -> None:
        self.record_type, self.names, self.current = record_type, names, current
        left_out = LEFT_OUT.get(record_type, set())
        wanted = set(keys) if keys is not None else None
        self.inputs = [
            Input(each, prefix=prefix, required=each.required)
            for each in editable_fields(record_type)
            if (each.key in wanted if wanted is not None else each.key not in left_out)
        ]
        self.banner = ""
        self.others: list[tuple[str, str]] = []
        for each in self.inputs:
            self._show(each, current.get(each.field.key))

    def __iter__(self) -> Any:
        return iter(self.inputs)

    @property
    def has_errors(self) -> bool:
        """Whether something is wrong."""
        return bool(self.banner) or any(each.error for each in self.inputs)

    @property
    def error_count(self) -> int:
        """How many inputs are wrong."""
        return sum(1 for each in self.inputs if each.error)

    # ---- showing ------------------------------------------------------------------------------------

    def _show(self, each: Input, value: Any) -> None:
        """Fill an input with a plain value."""
        kind = each.field.kind
        each.typed = "" if value is None else value
        if kind is Kind.MONEY:
            company = self.names.configuration.directory.company.currency
            each.typed = formats.amount(value) if value else ""
            each.currency = value["currency"] if value else company
        elif kind is Kind.NUMBER and value is not None:
            each.typed = display.number(value)
        elif kind is Kind.DATETIME and value:
            each.typed = display.to_instant(value).strftime("%Y-%m-%dT%H:%M")
        elif kind is Kind.LINK:
            each.name = self._link_name(str(each.field.target), value) if value else ""
        elif kind in {Kind.EMAILS, Kind.PHONES}:
            each.typed = list(value or [])
        elif kind is Kind.PARTICIPANTS:
            each.typed = [{"value": entry, "name": self.names.participant(entry)} for entry in value or ()]
        self._offer(each, value)

    def _link_name(self, target: str, record_id: int) -> str:
        """What stands in a picker; a link to something not visible stays, unseen, unless it is taken out."""
        return self.names.record(target, record_id) or _("not visible to you")

    def _offer(self, each: Input, value: Any) -> None:
        """The options of an input that has some."""
        configuration = self.names.configuration
        chosen = (
            {str(entry) for entry in value}
            if isinstance(value, list) and each.field.kind is Kind.MULTI_CHOICE
            else {str(value)}
        )
        match each.field.kind:
            case Kind.CHOICE:
                options = [Option(choice.value, str(choice.label)) for choice in each.field.choices]
                if len(options) > 20:
                    options.sort(key=lambda option: fold(option.label))
            case Kind.USER:
                people = dict(self.names.active_users())
                if isinstance(value, int) and value not in people:
                    people[value] = self.names.user(value)
                options = [Option(str(key), name) for key, name in people.items()]
            case Kind.STAGE:
                options = [
                    Option(str(stage.id), stage.name, group=self.names.pipeline(stage.pipeline))
                    for stage in configuration.stages.values()
                ]
            case Kind.PIPELINE:
                options = [Option(str(key), name) for key, name in configuration.pipelines.items()]
            case Kind.MULTI_CHOICE:
                options = [
                    Option(str(key), name, colour=colour)
                    for key, (name, colour) in configuration.labels.items()
                ]
            case Kind.MONEY:
                codes = dict.fromkeys(
                    [
                        configuration.directory.company.currency,
                        *sorted(configuration.directory.rates),
                        each.currency,
                    ]
                )
                options = [Option(code, code) for code in codes if code]
                chosen = {each.currency}
            case Kind.EMAILS | Kind.PHONES:
                options = [Option(kind, values.contact_kind(kind)) for kind in CONTACT_KINDS]
            case _:
                options = []
        for option in options:
            option.chosen = option.value in chosen
        each.options = options

    # ---- reading ------------------------------------------------------------------------------------

    def read(self, data: QueryDict) -> dict[str, Any]:
        """Take over what was typed and return the plain values that could be read.

        Look at :attr:`has_errors` afterwards.
        """
        plain: dict[str, Any] = {}
        for each in self.inputs:
            try:
                plain[each.key] = value = self._read(each, data)
                if each.required and (value in (None, []) or not str(value).strip()):
                    each.error = _("Please fill this in.")
            except parsing.Unreadable as error:
                each.error = str(error)
        return plain

    def _read(self, each: Input, data: QueryDict) -> Any:
        kind, key = each.field.kind, each.key
        if kind in {Kind.EMAILS, Kind.PHONES}:
            return self._read_contacts(each, data)
        if kind is Kind.PARTICIPANTS:
            return self._read_participants(each, data)
        if kind is Kind.MULTI_CHOICE:
            marked = data.getlist(key)
            each.options = [
                Option(o.value, o.label, o.value in marked, o.group, o.colour) for o in each.options
            ]
            return [_id(entry) for entry in marked]
        if kind is Kind.BOOL:
            each.typed = key in data
            return each.typed
        typed = data.get(key, "")[:_MAX_TYPED]
        each.typed = typed
        for option in each.options:
            option.chosen = option.value == typed
        if kind is Kind.LINK:
            return self._read_link(each, typed, data.get(f"{key}_text", "")[:500].strip())
        if kind is Kind.MONEY:
            each.currency = data.get(f"{key}_currency", "")[:3]
            for option in each.options:
                option.chosen = option.value == each.currency
        if not typed.strip():
            return None
        match kind:
            case Kind.MONEY:
                return parsing.money(typed, each.currency)
            case Kind.NUMBER:
                return parsing.number(typed)
            case Kind.DATETIME:
                return parsing.instant(typed)
            case Kind.USER | Kind.STAGE | Kind.PIPELINE:
                return _id(typed)
        return typed

    def _read_link(self, each: Input, typed: str, name: str) -> int | None:
        """A linked record: chosen in the list (its id came along), or named exactly."""
        target = str(each.field.target)
        each.name = name
        if not name:
            each.typed = ""
            return None
        if typed and self._link_name(target, _id(typed)) == name:
            return _id(typed)
        each.typed = ""
        rows = visible(target, self.names.actor).filter(
            **{f"folded__{title_key(target)}": fold(parsing.printable(name))}
        )
        found = list(rows.values_list("pk", flat=True)[:2])
        if len(found) == 1:
            each.typed = str(found[0])
            return int(found[0])
        if found:
            raise parsing.Unreadable(
                _("Several are called “%(name)s”. Please choose one in the list.") % {"name": name[:80]}
            )
        raise parsing.Unreadable(
            _("There is no “%(name)s”. Please choose one in the list.") % {"name": name[:80]}
        )

    def _read_contacts(self, each: Input, data: QueryDict) -> list[dict[str, Any]]:
        typed, kinds = data.getlist(each.key)[:50], data.getlist(f"{each.key}_kind")
        primary = data.get(f"{each.key}_primary", "0")
        rows = [
            {
                "value": text[:500],
                "kind": kinds[place] if place < len(kinds) else "work",
                "primary": str(place) == primary,
            }
            for place, text in enumerate(typed)
        ]
        each.typed = rows
        return [row for row in rows if str(row["value"]).strip()]

    def _read_participants(self, each: Input, data: QueryDict) -> list[str]:
        """Who takes part: chosen in the lists (the id came along), or named exactly."""
        ids, typed = data.getlist(each.key)[:100], data.getlist(f"{each.key}_text")[:100]
        each.typed = [
            {"value": ids[place][:30] if place < len(ids) else "", "name": name[:500].strip()}
            for place, name in enumerate(typed)
        ]
        found = [self._participant(row["value"], row["name"]) for row in each.typed if row["name"]]
        return sorted(set(found), key=participant)

    def _participant(self, entry: str, name: str) -> str:
        try:
            if entry and self.names.participant(entry) == name:
                return entry
        except ValueError:
            pass
        people = visible("person", self.names.actor).filter(folded__name=fold(parsing.printable(name)))
        found = [f"person:{key}" for key in people.values_list("pk", flat=True)[:2]]
        found += [f"user:{key}" for key, known in self.names.active_users() if fold(known) == fold(name)]
        if len(found) == 1:
            return found[0]
        said = (
            _("Several are called “%(name)s”. Please choose one in the list.")
            if found
            else _("There is no “%(name)s”. Please choose one in the list.")
        )
        raise parsing.Unreadable(said % {"name": name[:80]})

    # ---- refusals ------------------------------------------------------------------------------------

    def refuse(self, problems: Mapping[str, str]) -> None:
        """Put each refusal of the UnitOfWork beside its input; those without one go on top."""
        by_key = {each.key: each for each in self.inputs}
        homeless = []
        for key, problem in problems.items():
            if key in by_key:
                by_key[key].error = problem
            else:
                homeless.append(problem)
        if homeless:
            self.banner = " ".join(homeless)


def _id(typed: str) -> int:
    found = parsing.key(typed)
    if found is None:
        raise parsing.Unreadable(_("Please choose one of the values offered."))
    return found


def touched(base: Mapping[str, Any], plain: Mapping[str, Any]) -> dict[str, Any]:
    """The values somebody really changed."""
    return {key: value for key, value in plain.items() if _normal(value) != _normal(base.get(key))}


def _normal(value: Any) -> Any:
    if value in ("", []):
        return None
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def defaults(record_type: str, names: Names, actor: Actor, given: Mapping[str, str]) -> Snapshot:
    """What a new record's form starts with.

    Args:
        given: from the address, such as ``{"stage": "3", "organization": "12"}``; what makes no sense is left out.
    """
    start: Snapshot = {"owner": actor.user_id}
    known = {each.key: each for each in editable_fields(record_type)}
    for key, typed in given.items():
        wanted = known.get(key)
        if wanted is None:
            continue
        if wanted.kind in {Kind.LINK, Kind.STAGE, Kind.USER}:
            if (found := parsing.key(typed)) is not None:
                start[key] = found
        elif wanted.kind in {Kind.DATE, Kind.CHOICE, Kind.TEXT} and len(typed) <= wanted.max_length:
            start[key] = typed
    if record_type == "deal" and "stage" not in start and names.configuration.stages:
        start["stage"] = next(iter(names.configuration.stages))
    if record_type == "activity":
        start.setdefault("type", "call")
        start.setdefault("due_date", formats.today().isoformat())
    return start
