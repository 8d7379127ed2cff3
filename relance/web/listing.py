"""Lists of records, generated from the catalogue: search, quick filters, order, columns, pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Case, DecimalField, F, IntegerField, Q, Value, When
from django.db.models.expressions import OrderBy
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from relance.lib.kinds import Kind
from relance.lib.money import exponent
from relance.lib.text import fold
from relance.records.fields import Field, fields_of, title_key
from relance.records.filters import order_by_text
from relance.records.snapshot import Snapshot, load
from relance.web import parsing, values
from relance.web.names import Names
from relance.web.rows import visible

PAGE = 50
_UNSORTABLE = {Kind.MULTI_CHOICE, Kind.PHONES, Kind.LONG_TEXT, Kind.EMAILS, Kind.PARTICIPANTS}
#: The order of a list nobody has sorted.
_DEFAULT_SORT = {"deal": "-created_at", "lead": "-created_at", "activity": "due_date"}


@dataclass(frozen=True, slots=True)
class Quick:
    """A filter one click away: its name in the address and its choices, the first of which is the default."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(slots=True)
class Row:
    """One record: its id, its name, its cells in the order of the columns.

    Attributes:
        convertible: a lead that can become a deal.
    """

    id: int
    title: str
    cells: list[tuple[Field, SafeString]]
    state: str = ""
    convertible: bool = False


@dataclass(slots=True)
class Listing:
    """One page of a list.

    Attributes:
        query: the parameters of the address without the page.
    """

    record_type: str
    columns: list[Field]
    all_columns: list[Field]
    rows: list[Row]
    page: Page[Any]
    search: str
    sort: str
    quick: list[Quick]
    owner: int | None
    query: dict[str, str] = field(default_factory=dict)

    @property
    def filtered(self) -> bool:
        """Whether anything narrows the list."""
        return bool(
            self.search or self.owner or any(quick.chosen != quick.choices[0][0] for quick in self.quick)
        )

    def address(self, **changes: str) -> str:
        """The address with some parameters changed; an empty one is left out."""
        return "?" + urlencode({key: value for key, value in {**self.query, **changes}.items() if value})

    @property
    def base(self) -> str:
        """The address to which a page number is added."""
        return self.address() + ("&" if any(self.query.values()) else "")

    def heads(self) -> list[dict[str, Any]]:
        """The column heads with the address that sorts by each."""
        heads = []
        for column in self.columns:
            own = self.sort.lstrip("-") == column.key
            descending = own and self.sort.startswith("-")
            heads.append(
                {
                    "field": column,
                    "number": column.kind in {Kind.MONEY, Kind.NUMBER},
                    "sortable": column.kind not in _UNSORTABLE,
                    "direction": ("descending" if descending else "ascending") if own else "none",
                    "address": self.address(sort=column.key if not own or descending else f"-{column.key}"),
                }
            )
        return heads


def quick_filters(record_type: str, asked: QueryDict) -> list[Quick]:
    """The quick filters of a type, with what is chosen."""
    offered: list[tuple[str, str, tuple[tuple[str, str], ...]]] = []
    everything = pgettext("filter", "All")
    if record_type == "deal":
        statuses = ((choice.value, str(choice.label)) for choice in fields_of("deal")["status"].choices)
        offered.append(
            (
                "status",
                _("Status"),
                (
                    ("open", pgettext("deals", "Open")),
                    *(s for s in statuses if s[0] != "open"),
                    ("all", everything),
                ),
            )
        )
    elif record_type == "activity":
        offered.append(
            (
                "done",
                _("State"),
                (("no", _("To do")), ("yes", pgettext("activities", "Done")), ("all", everything)),
            )
        )
    elif record_type == "lead":
        offered.append(
            (
                "archived",
                _("State"),
                (
                    ("no", pgettext("leads", "Open")),
                    ("yes", pgettext("leads", "Archived")),
                    ("all", everything),
                ),
            )
        )
    result = []
    for name, label, choices in offered:
        chosen = asked.get(name, "")
        result.append(Quick(name, label, choices, chosen if chosen in dict(choices) else choices[0][0]))
    return result


def load_list(record_type: str, names: Names, asked: QueryDict, columns: list[str] | None) -> Listing:
    """Return one page of a list.

    Args:
        asked: the parameters of the address; what makes no sense counts as not given.
        columns: the keys of the columns wanted; none = the usual ones.
    """
    fields = fields_of(record_type)
    shown = [fields[key] for key in columns or () if key in fields] or [
        each for each in fields.values() if each.in_list
    ]
    title = fields[title_key(record_type)]
    shown = [title, *(each for each in shown if each.key != title.key)]
    rows = visible(record_type, names.actor)
    search = asked.get("q", "").strip()[:200]
    for word in fold(parsing.printable(search)).split()[:8]:
        rows = rows.filter(search__contains=word)
    quick = quick_filters(record_type, asked)
    for each in quick:
        if each.chosen != "all":
            rows = rows.filter(**{each.name: each.chosen if each.name == "status" else each.chosen == "yes"})
    owner_id = parsing.key(asked.get("owner", ""))
    if owner_id is not None:
        rows = rows.filter(owner_id=owner_id)
    sort = asked.get("sort", "")
    if sort.lstrip("-") not in fields or fields[sort.lstrip("-")].kind in _UNSORTABLE:
        sort = _DEFAULT_SORT.get(record_type, title.key)
    rows = rows.order_by(
        *_order(record_type, fields[sort.lstrip("-")], sort.startswith("-"), names),
        "-id" if sort.startswith("-") else "id",
    )
    number = asked.get("page", "1")
    page = Paginator(rows.values_list("pk", flat=True), PAGE).get_page(number if len(number) < 9 else "1")
    ids = list(page.object_list)
    records = load(record_type, ids)
    if any(each.kind in {Kind.LINK, Kind.PARTICIPANTS} for each in shown):
        names.want_links(record_type, records.values())
    result = [_row(records[key], shown, names) for key in ids if key in records]
    query = {"q": search, "owner": str(owner_id or ""), "sort": sort if asked.get("sort") else ""}
    query |= {each.name: each.chosen for each in quick if each.chosen != each.choices[0][0]}
    return Listing(
        record_type, shown, list(fields.values()), result, page, search, sort, quick, owner_id, query
    )


def _row(record: Snapshot, columns: list[Field], names: Names) -> Row:
    title = record[columns[0].key] or ""
    cells = [(each, values.html(each, record[each.key], names, short=True)) for each in columns[1:]]
    state = "off" if record.get("archived") or record.get("done") or record.get("status") == "lost" else ""
    convertible = record["record_type"] == "lead" and not state and record["deal"] is None
    return Row(record["id"], title, cells, state, convertible)


def _order(record_type: str, by: Field, descending: bool, names: Names) -> list[OrderBy]:
    """How a field sorts: texts by their folded key, linked records by name, amounts by what they are worth."""

    def order(expression: Any) -> OrderBy:
        ready = F(expression) if isinstance(expression, str) else expression
        return ready.desc(nulls_last=True) if descending else ready.asc(nulls_last=True)

    match by.kind:
        case Kind.TEXT if by.format is None and by.key != "public_id":
            return [order_by_text(record_type, by.key, descending=descending)]
        case Kind.LINK:
            return [
                order_by_text(record_type, f"{by.key}.{title_key(str(by.target))}", descending=descending)
            ]
        case Kind.USER:
            return [order(_by_name(by.columns[0], names))]
        case Kind.STAGE:
            return [order("stage__pipeline__position"), order("stage__position")]
        case Kind.PIPELINE:
            return [order("pipeline__position")]
        case Kind.MONEY:
            return [order(_worth(by.key, names))]
    if by.key == "due_date":
        return [order("due_date"), order("due_time")]
    return [order(by.columns[0])]


def _by_name(column: str, names: Names) -> Case:
    """Users in the order of their names, alike on every database."""
    actors = names.configuration.directory.actors
    ranked = sorted(actors, key=lambda user: (fold(actors[user].name), user))
    return Case(
        *(When(**{column: user}, then=Value(place)) for place, user in enumerate(ranked)),
        default=None,
        output_field=IntegerField(),
    )


def _worth(key: str, names: Names) -> Case:
    """An amount in the company's currency; amounts without a rate count as none."""
    directory = names.configuration.directory
    rates = {directory.company.currency: Decimal(1), **directory.rates}
    narrow = DecimalField(max_digits=30, decimal_places=12)
    factors = []
    for code, rate in rates.items():
        unit = Value(rate.scaleb(-exponent(code)), output_field=narrow)
        factors.append(When(**{f"{key}_currency": code}, then=F(f"{key}_amount") * unit))
    return Case(*factors, default=None, output_field=DecimalField(max_digits=40, decimal_places=12))


def find(record_type: str, names: Names, typed: str, limit: int = 8) -> list[tuple[int, str]]:
    """The records whose texts contain every word typed: ids and names; those whose name begins so come first."""
    key = title_key(record_type)
    folded = fold(parsing.printable(typed[:200]))
    rows = visible(record_type, names.actor)
    for word in folded.split()[:8]:
        rows = rows.filter(search__contains=word)
    begins = (
        Case(When(Q(**{f"folded__{key}__startswith": folded}), then=Value(0)), default=Value(1))
        if folded
        else Value(1)
    )
    return list(rows.order_by(begins, "-updated_at", "-id").values_list("pk", key)[:limit])
