"""What the deal board shows: columns, sums in the company's currency, cards with what comes next.

The number of queries does not depend on the number of deals.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, FloatField, Q, Sum, Value, Window
from django.db.models.functions import Cast, Coalesce, RowNumber
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from relance.lib import clock
from relance.lib.money import Money, convert
from relance.records import access, display
from relance.records.configuration import StageInfo
from relance.records.models import Activity, Deal
from relance.web import formats
from relance.web.names import Names
from relance.web.types import ACTIVITY_ICONS

#: How many cards a column shows at first.
CARDS = 60


@dataclass(slots=True)
class Total:
    """Money in several currencies, told in the company's; what has no rate stands beside it."""

    currency: str
    count: int = 0
    amount: int = 0
    weighted: int = 0
    others: dict[str, int] = field(default_factory=dict)

    @property
    def money(self) -> Money:
        """The sum."""
        return {"amount": self.amount, "currency": self.currency}

    @property
    def weighted_money(self) -> Money:
        """The sum, each deal times its probability."""
        return {"amount": self.weighted, "currency": self.currency}

    @property
    def unconverted(self) -> str:
        """The amounts without a rate: "¥120,000, CHF 900"."""
        return ", ".join(
            display.money({"amount": amount, "currency": currency})
            for currency, amount in sorted(self.others.items())
        )


@dataclass(slots=True)
class Next:
    """The next activity of a deal: in words, and whether it is late, today, later or missing."""

    when: str
    icon: str
    text: str

    @property
    def spoken(self) -> str:
        """What the colour says, for who does not see it."""
        return {"late": _("Overdue:"), "today": _("Due today:"), "later": _("Next:")}.get(self.when, "")


@dataclass(slots=True)
class Card:
    """One deal on the board."""

    deal: Deal
    organization: str
    owner: str
    tags: list[tuple[str, int]]
    next: Next
    rotting: str = ""

    @property
    def value(self) -> Money | None:
        """The deal's value."""
        if self.deal.value_amount is None or self.deal.value_currency is None:
            return None
        return {"amount": self.deal.value_amount, "currency": self.deal.value_currency}


@dataclass(slots=True)
class Column:
    """One stage with its cards."""

    stage: StageInfo
    total: Total
    cards: list[Card] = field(default_factory=list)

    @property
    def hidden(self) -> int:
        """How many deals are not shown."""
        return self.total.count - len(self.cards)

    @property
    def label(self) -> str:
        """For who does not see the column."""
        return ngettext("%(stage)s, %(count)d deal", "%(stage)s, %(count)d deals", self.total.count) % {
            "stage": self.stage.name,
            "count": self.total.count,
        }


@dataclass(slots=True)
class Board:
    """One pipeline for one person."""

    pipeline: int
    name: str
    columns: list[Column]
    total: Total


def load(names: Names, pipeline: int, owner: int | None = None, everything_in: int | None = None) -> Board:
    """Return the board of a pipeline.

    Args:
        owner: only this colleague's deals.
        everything_in: the stage whose cards are all wanted.
    """
    configuration = names.configuration
    currency = configuration.directory.company.currency
    columns = {stage.id: Column(stage, Total(currency)) for stage in configuration.stages_of(pipeline)}
    deals = Deal.objects.filter(access.visible(names.actor), pipeline_id=pipeline, status="open")
    if owner is not None:
        deals = deals.filter(owner_id=owner)
    whole = Total(currency)
    _sum(deals, columns, whole, names)
    ranked = deals.annotate(
        place=Window(
            RowNumber(), partition_by=[F("stage_id")], order_by=[F("stage_since").desc(), F("id").desc()]
        )
    ).defer("folded", "search")
    shown = list(
        ranked.filter(Q(place__lte=CARDS) | Q(stage_id=everything_in, place__lte=2000)).order_by(
            "stage_id", "place"
        )
    )
    following = _next_activities(names, [deal.pk for deal in shown])
    for deal in shown:
        names.want("organization", deal.organization_id)
        names.want("person", deal.person_id)
    now = clock.now()
    for deal in shown:
        if (column := columns.get(deal.stage_id)) is not None:
            days = (now - deal.stage_since).days
            column.cards.append(_card(deal, names, following.get(deal.pk), days, column.stage.rotting_days))
    return Board(pipeline, configuration.pipelines[pipeline], list(columns.values()), whole)


def _sum(deals: Any, columns: dict[int, Column], whole: Total, names: Names) -> None:
    """Fill in the totals, one group of rows for each stage and currency."""
    chance = Cast(Coalesce(F("probability"), F("stage__probability")), FloatField()) / Value(100.0)
    rows = deals.order_by().values("stage_id", "value_currency").annotate(
        n=Count("pk"),
        amount=Coalesce(Sum(Cast(F("value_amount"), FloatField())), 0.0),
        weighted=Coalesce(Sum(Cast(F("value_amount"), FloatField()) * chance), 0.0),
    )  # fmt: skip
    directory = names.configuration.directory
    for row in rows:
        column = columns.get(row["stage_id"])
        totals = [total for total in (column.total if column else None, whole) if total is not None]
        for total in totals:
            total.count += row["n"]
        code = row["value_currency"]
        if code is None:
            continue
        amounts = [
            convert({"amount": round(row[key]), "currency": code}, whole.currency, directory.rate)
            for key in ("amount", "weighted")
        ]
        for total in totals:
            if amounts[0] is None or amounts[1] is None:
                total.others[code] = total.others.get(code, 0) + round(row["amount"])
            else:
                total.amount += amounts[0]["amount"]
                total.weighted += amounts[1]["amount"]


def _card(deal: Deal, names: Names, activity: Activity | None, days: int, rotting_days: int | None) -> Card:
    organization = names.record("organization", deal.organization_id) if deal.organization_id else None
    person = names.record("person", deal.person_id) if deal.person_id and organization is None else None
    rotting = ""
    if rotting_days is not None and days >= rotting_days:
        rotting = ngettext("%(count)d day here", "%(count)d days here", days) % {"count": days}
    return Card(
        deal=deal,
        organization=organization or person or "",
        owner=names.user(deal.owner_id) if deal.owner_id else "",
        tags=[names.label(label) for label in deal.labels],
        next=next_mark(activity),
        rotting=rotting,
    )


def _next_activities(names: Names, deals: list[int]) -> dict[int, Activity]:
    """The first activity not done of each deal; those with a date come first."""
    found: dict[int, Activity] = {}
    rows: Iterable[Activity] = (
        Activity.objects.filter(access.visible(names.actor), deal_id__in=deals, done=False)
        .only("id", "deal_id", "type", "due_date", "due_time")
        .order_by(F("due_date").asc(nulls_last=True), F("due_time").asc(nulls_last=True), "id")
    )
    for activity in rows:
        found.setdefault(int(activity.deal_id or 0), activity)
    return found


def next_mark(activity: Activity | None) -> Next:
    """An activity as the mark on a card."""
    if activity is None:
        return Next("none", "warning", _("No activity"))
    icon = ACTIVITY_ICONS.get(activity.type, "task")
    kind = activity_type(activity.type)
    if activity.due_date is None:
        return Next("later", icon, kind)
    today = formats.today()
    late = activity.due_date < today or (
        activity.due_date == today and bool(activity.due_time) and _past(activity.due_time)
    )
    if activity.due_date == today:
        text = _("%(activity)s, %(when)s") % {"activity": kind, "when": _hour(activity) or _("today")}
        return Next("late" if late else "today", icon, text)
    if late:
        return Next(
            "late",
            icon,
            _("%(activity)s, %(when)s") % {"activity": kind, "when": formats.day_in_words(activity.due_date)},
        )
    return Next("later", icon, due(activity.due_date, _hour(activity)))


def activity_type(key: str) -> str:
    """A type of activity in words."""
    from relance.records.fields import ACTIVITY_TYPES

    return next((str(choice.label) for choice in ACTIVITY_TYPES if choice.value == key), key)


def due(day: date, hour: str) -> str:
    """A day with its time, if there is one."""
    return (
        _("%(date)s, %(time)s") % {"date": formats.short_day(day), "time": hour}
        if hour
        else formats.short_day(day)
    )


def _hour(activity: Activity) -> str:
    return (
        (activity.due_time or "").lstrip("0")
        if activity.due_time and not activity.due_time.startswith("00")
        else activity.due_time or ""
    )


def _past(hour: str | None) -> bool:
    from django.utils import timezone

    return bool(hour) and str(hour) < timezone.localtime(clock.now()).strftime("%H:%M")
