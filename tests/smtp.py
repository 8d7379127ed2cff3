"""A real mail server on this machine, with whatever manners a test needs.

::

    with Postbox() as server:
        …
    assert server.mails[0].to == ["nadia@example.com"]
"""

from __future__ import annotations

import email
import email.policy
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Received:
    """One message as the server was given it."""

    sender: str
    to: list[str]
    content: bytes

    @property
    def message(self) -> EmailMessage:
        """The message, read by Python's own reader of mails."""
        return email.message_from_bytes(self.content, policy=email.policy.default)  # type: ignore[return-value]


@dataclass
class Postbox:
    """Answers as it is told: an answer for ``MAIL``, ``RCPT`` or ``DATA``, or a deed such as :func:`drop`.

    Attributes:
        answers: by command; a text is the answer, a function is called with the server and gives one.
        mails: what was taken.
    """

    answers: dict[str, str | Callable[[SMTP], str]] = field(default_factory=dict)
    mails: list[Received] = field(default_factory=list)
    #: Every text that was handed over, also those that were refused.
    handed: list[Received] = field(default_factory=list)
    users: dict[str, str] = field(default_factory=dict)

    def __enter__(self) -> Postbox:
        options: dict[str, Any] = {"hostname": "127.0.0.1", "port": free_port()}
        if self.users:
            options |= {"auth_required": True, "auth_require_tls": False, "authenticator": self._knows}
        self._controller = Controller(self, **options)
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def url(self) -> str:
        """What to write into SMTP_URL."""
        return f"smtp://127.0.0.1:{self._controller.port}?tls=none"

    def _knows(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> Any:
        from aiosmtpd.smtp import AuthResult

        good = self.users.get(data.login.decode()) == data.password.decode()
        return AuthResult(success=good, handled=False)

    def _answer(self, command: str, server: SMTP) -> str | None:
        answer = self.answers.get(command)
        return answer(server) if callable(answer) else answer

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self._answer("MAIL", server):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self._answer("RCPT", server):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        got = Received(
            str(envelope.mail_from), list(envelope.rcpt_tos), content if isinstance(content, bytes) else b""
        )
        self.handed.append(got)
        if answer := self._answer("DATA", server):
            return answer
        self.mails.append(got)
        return "250 Taken"


def drop(server: SMTP) -> str:
    """Cut the connection instead of answering."""
    server.transport.abort()
    return "250 nobody hears this"


def linger(seconds: float) -> Callable[[SMTP], str]:
    """Answer late. The server has nothing else to do meanwhile."""

    def late(server: SMTP) -> str:
        time.sleep(seconds)
        return "250 OK"

    return late


class Dribble(threading.Thread):
    """A server that sends one letter of its greeting now and then, for ever."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.start()

    def run(self) -> None:
        with suppress(OSError), self.socket.accept()[0] as peer:
            while True:
                peer.sendall(b"2")
                time.sleep(0.02)

    def close(self) -> None:
        """End it."""
        self.socket.close()
        self.join()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])
