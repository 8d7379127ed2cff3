"""Reading the log."""

from __future__ import annotations

from relance.events.models import Event


def timeline(
    record_type: str, record_id: int, limit: int = 50, before_rseq: int | None = None
) -> list[Event]:
    """Return the latest events of one record, newest first.

    Args:
        limit: how many at most.
        before_rseq: only events older than this one, to page on.
    """
    events = Event.objects.filter(record_type=record_type, record_id=record_id)
    if before_rseq is not None:
        events = events.filter(rseq__lt=before_rseq)
    return list(events.order_by("-rseq")[:limit])
