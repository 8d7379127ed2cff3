"""Requests whose body is larger than anything we take are cut off while they arrive.

Django keeps a body in a temporary file before any view sees it, so that without this anybody could fill the disk.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
#: Django and the server describe the three arguments differently; they agree on what is in them.
Application = Callable[[Any, Any, Any], Awaitable[None]]

#: Bytes. Views have closer limits of their own.
LIMIT = 10_000_000


class BodyLimit:
    """An ASGI application around another."""

    def __init__(self, application: Application, limit: int = LIMIT) -> None:
        self.application = application
        self.limit = limit

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it with 413."""
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        if self._declared(scope) > self.limit:
            await _refuse(send)
            return
        received = 0
        answered = False

        async def limited_receive() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            # The application takes this for a visitor who has left, and ends.
            return {"type": "http.disconnect"} if received > self.limit else message

        async def watched_send(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        await self.application(scope, limited_receive, watched_send)
        if received > self.limit and not answered:
            await _refuse(send)

    @staticmethod
    def _declared(scope: MutableMapping[str, Any]) -> int:
        for name, value in scope["headers"]:
            if name.lower() == b"content-length":
                return int(value) if value.isdigit() and len(value) < 20 else 0
        return 0


async def _refuse(send: Send) -> None:
    headers = [(b"content-type", b"text/plain"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": b"The request is too large."})
