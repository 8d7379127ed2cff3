"""A body that is too large is cut off, whether its length was declared or not."""

from __future__ import annotations

import asyncio

from relance.lib.body_limit import BodyLimit


async def echo(scope, receive, send):
    """Reads the whole body and answers 200; gives up when the visitor leaves, as Django does."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})


def status(chunks, declared=None):
    sent = []
    waiting = [
        {"type": "http.request", "body": chunk, "more_body": place < len(chunks)}
        for place, chunk in enumerate(chunks, 1)
    ]

    async def receive():
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    headers = [] if declared is None else [(b"Content-Length", declared)]
    asyncio.run(BodyLimit(echo, limit=10)({"type": "http", "headers": headers}, receive, send))
    return sent[0]["status"], len(waiting)


def test_what_fits_passes():
    assert status([b"12345", b"67890"], b"10") == (200, 0)
    assert status([b""]) == (200, 0)


def test_a_declared_length_is_refused_before_anything_is_read():
    assert status([b"x" * 11], b"11") == (413, 1)


def test_an_undeclared_one_is_cut_off():
    assert status([b"x" * 6, b"x" * 6, b"x" * 6]) == (413, 1)


def test_a_wrong_declaration_does_not_help():
    for declared in (b"1", b"-1", b"abc", b"9" * 5000):
        assert status([b"x" * 6, b"x" * 6], declared)[0] == 413
