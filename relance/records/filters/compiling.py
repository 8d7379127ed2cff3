"""Groups of rows as one filter on the model of a record type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import reduce
from operator import and_, or_
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from relance.accounts.people import Actor, directory
from relance.records import access
from relance.records.filters.reading import Row, read
from relance.records.filters.terms import EVERYTHING, Context, empty
from relance.records.snapshot import model_of


def matching(record_type: str, groups: Sequence[Mapping[str, Any]], *, actor: Actor, now: datetime) -> Q:
    """The records for which a condition holds, as a filter on their model.

    ``Deal.objects.filter(access.visible(actor), filters.matching("deal", groups, actor=actor, now=clock.now()))``

    Whether ``actor`` may see the records themselves is the caller's to add; of the records they link to, those that
    the actor may not see are unknown, and those in the bin count as none.

    Args:
        groups: ``[{"rows": [{"field": path, "op": operator, "value": …}, …]}, …]``; AND inside, OR between, none =
            everything. Paths lead to a field of the record ("value") or of one at most two links away
            ("organization.rating").
        actor: who is asking: "me", and whose rights count.
        now: aware; with the company's time zone it says which day is today.

    Raises:
        FilterError: for an unknown field or operator, a value of the wrong shape, or a question about an event.
        UnknownField: there is no such record type.
    """
    rows = read(record_type, groups)
    if not rows:
        return EVERYTHING
    known = directory()
    zone = known.company.timezone
    context = Context(actor, known, now.astimezone(ZoneInfo(zone)).date(), zone)
    return reduce(or_, (reduce(and_, (_row(row, context) for row in group)) for group in rows))


def _row(row: Row, context: Context) -> Q:
    field = row.field.field
    holds = row.operator.holds(field, row.value, context)
    if row.operator.when_empty:
        holds |= empty(field)
    # Links away: asked there, among the records that are not in the bin and may be seen, from the last one back.
    for link, record_type in reversed(row.field.parents):
        model = model_of(record_type)
        found = Q(**{f"{link}__in": model.objects.filter(access.visible(context.actor), holds)})  # type: ignore[attr-defined]
        if row.operator.when_empty:
            binned = model.everything.filter(deleted_at__isnull=False)  # type: ignore[attr-defined]
            found |= Q(**{f"{link}__isnull": True}) | Q(**{f"{link}__in": binned})
        holds = found
    return holds
