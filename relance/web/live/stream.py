"""The stream of wakes a page listens to (server-sent events)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from relance.accounts.people import actor_for
from relance.records import access
from relance.records.fields import RECORD_TYPES
from relance.records.snapshot import load_one
from relance.web.live import topics
from relance.web.live.watcher import AsyncInbox, ThreadInbox, watcher

#: Seconds between signs of life; a dead connection is noticed when one cannot be sent.
HEARTBEAT = 20.0
#: A threaded server lets go after so many signs of life, and the page connects again.
_ROUNDS = 3


def _allowed(request: HttpRequest) -> frozenset[str] | None:
    """The topics this person may hear of; ``None`` for a visitor."""
    if not request.user.is_authenticated:
        return None
    actor = actor_for(int(request.user.pk))
    wanted = topics.parse(request.GET.get("topics", ""))
    allowed = set()
    for topic in wanted:
        kind, _colon, number = topic.partition(":")
        if kind == "user" and int(number) != actor.user_id:
            continue
        if kind in RECORD_TYPES:
            record = load_one(kind, int(number))
            if record is None or not access.may(actor, "see", record):
                continue
        allowed.add(topic)
    return frozenset(allowed)


async def live(request: HttpRequest) -> HttpResponseBase:
    """Tell a page which of its topics have changed, as long as it listens."""
    allowed = await sync_to_async(_ask)(request)
    if allowed is None:
        return HttpResponse(status=401)
    if not allowed:
        # An EventSource that gets this does not try again.
        return HttpResponse(status=204)
    if isinstance(request, ASGIRequest):
        return _answer(StreamingHttpResponse(_async_stream(allowed), content_type="text/event-stream"))
    return _answer(StreamingHttpResponse(_thread_stream(allowed), content_type="text/event-stream"))


def _ask(request: HttpRequest) -> frozenset[str] | None:
    try:
        return _allowed(request)
    finally:
        # The stream lives long; it must not keep a connection to the database with it.
        if not connection.in_atomic_block:
            connection.close()


def _answer(response: StreamingHttpResponse) -> StreamingHttpResponse:
    response["Cache-Control"] = "no-cache, no-transform"
    response["X-Accel-Buffering"] = "no"
    return response


def _message(changed: set[str]) -> str:
    return f"event: changed\ndata: {' '.join(sorted(changed))}\n\n" if changed else ": still here\n\n"


async def _async_stream(wanted: frozenset[str]) -> AsyncIterator[str]:
    inbox = AsyncInbox(wanted)
    await sync_to_async(watcher.add)(inbox.listener)
    try:
        yield "retry: 1500\n\n"
        while True:
            yield _message(await inbox.take(HEARTBEAT))
    finally:
        watcher.remove(inbox.listener)


def _thread_stream(wanted: frozenset[str]) -> Iterator[str]:
    inbox = ThreadInbox(wanted)
    watcher.add(inbox.listener)
    try:
        yield "retry: 500\n\n"
        rounds = 0
        while rounds < _ROUNDS:
            changed = inbox.take(HEARTBEAT)
            rounds += not changed
            yield _message(changed)
    finally:
        watcher.remove(inbox.listener)
