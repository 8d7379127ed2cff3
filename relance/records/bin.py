"""What was deleted stays in the bin for a while; then it is deleted for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from relance.accounts.people import SYSTEM
from relance.events.models import Origin
from relance.lib import clock
from relance.records.fields import WRITTEN_TYPES
from relance.records.snapshot import model_of
from relance.records.unit_of_work import write

#: For how long it can be taken out again.
DAYS = 30
#: Records deleted in one transaction: few, so that nobody who saves has to wait.
SLICE = 50


def purge(limit: int = SLICE) -> int:
    """Delete for ever a slice of what has been in the bin for too long; return how many, 0 when nothing is left.

    Raises:
        Conflict: somebody took one of them out at this moment; nothing was deleted.
    """
    since = clock.now() - timedelta(days=DAYS)
    for record_type in reversed(WRITTEN_TYPES):
        old = (
            cast(Any, model_of(record_type))
            .everything.filter(deleted_at__lt=since)
            .order_by("deleted_at", "id")
        )
        if ids := list(old.values_list("pk", flat=True)[:limit]):
            with write(SYSTEM, Origin.SYSTEM) as change:
                for record_id in ids:
                    change.purge(record_type, record_id)
            return len(ids)
    return 0
