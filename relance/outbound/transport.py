"""How one mail leaves: over SMTP, or into the demo's mailbox.

What can go wrong is told by what it means for the mail. Until the text is handed over nothing was sent, so that it may
be tried again; a refusal is an answer; and when the connection ends after the text was handed over, without an answer,
nobody can know.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any, Protocol

from django.conf import settings

from relance.outbound import messages, server
from relance.outbound.addresses import line
from relance.outbound.models import Mail
from relance.outbound.server import Server

#: Seconds without a sign of the server, and seconds for one mail as a whole.
SILENCE, WHOLE = 15.0, 60.0
_MAX_ANSWER = 300


class Outcome(Enum):
    """What a trouble means for the mail."""

    TEMPORARY = "temporary"  # nothing was sent; it may go better later
    PERMANENT = "permanent"  # nothing was sent, and never will be as it is
    UNKNOWN = "unknown"  # it may have been sent


class Trouble(Exception):
    """A mail that was not sent, or of which that cannot be known.

    Attributes:
        code, params: for ``outbound.explain``.
        of_server: whether other mails would meet the same.
    """

    def __init__(self, code: str, outcome: Outcome, *, of_server: bool = False, **params: Any) -> None:
        super().__init__(f"{code} {params}" if params else code)
        self.code = code
        self.params = params
        self.outcome = outcome
        self.of_server = of_server


class Transport(Protocol):
    """Hands over mails, one after the other."""

    #: Whether what it takes stays on this machine.
    catches: bool

    def deliver(self, mail: Mail, handing: Callable[[], None], /) -> None:
        """Hand over one mail; returning means that it was taken.

        Args:
            handing: called once, right before the text is handed over; what it raises ends the attempt.

        Raises:
            Trouble: it was not taken, or nobody knows.
        """

    def sender(self, mail: Mail, /) -> tuple[str, str]:
        """The name and the address it is sent from."""

    def close(self) -> None:
        """End the conversation, if one is open."""


class Catcher:
    """The demo's mailbox: everything arrives, nothing leaves this machine."""

    catches = True

    def deliver(self, mail: Mail, handing: Callable[[], None], /) -> None:
        _rendered(mail)
        handing()

    def sender(self, mail: Mail, /) -> tuple[str, str]:
        return mail.from_name or "Relance", mail.reply_to or "relance@relance.example"

    def close(self) -> None:
        """There is nothing to end."""


class Smtp:
    """A real mail server; the connection is kept for the next mail."""

    catches = False

    def __init__(self, to: Server, silence: float = SILENCE, whole: float = WHOLE) -> None:
        self._server = to
        self._silence, self._whole = silence, whole
        self._client: smtplib.SMTP | None = None

    def sender(self, mail: Mail, /) -> tuple[str, str]:
        return mail.from_name or self._server.name, self._server.address

    def deliver(self, mail: Mail, handing: Callable[[], None], /) -> None:
        content = _rendered(mail)
        try:
            with self._in_time():
                client = self._ready()
                _expect(client.mail(mail.from_address), "refused_sender")
                _expect(client.rcpt(mail.to_address), "refused_recipient", address=mail.to_address)
        except Trouble:
            self._leave()
            raise
        except smtplib.SMTPAuthenticationError as error:
            raise self._of_server("login", **_answer(error)) from error
        except smtplib.SMTPNotSupportedError as error:
            raise self._of_server("no_tls") from error
        except smtplib.SMTPResponseException as error:
            raise self._of_server("server_refused", **_answer(error)) from error
        except ssl.SSLError as error:
            raise self._of_server("tls", reason=line(error.reason or str(error), 100)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise self._of_server(_connection_lost(error), reason=type(error).__name__) from error
        try:
            handing()
        except BaseException:
            self._leave()
            raise
        try:
            with self._in_time():
                answer = client.data(content)
        except smtplib.SMTPDataError as error:  # it did not even want the text
            answer = (error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b"")
        except (OSError, smtplib.SMTPException) as error:
            self._forget()
            raise Trouble("unknown", Outcome.UNKNOWN, server=self._server.host) from error
        _expect(answer, "refused_message")

    def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            try:
                client.quit()
            except (OSError, smtplib.SMTPException):
                client.close()

    def _ready(self) -> smtplib.SMTP:
        """A connection that has been greeted, is protected, and knows who we are."""
        if self._client is not None:
            try:
                if self._client.rset()[0] == 250:
                    return self._client
            except (OSError, smtplib.SMTPException):
                pass
            self._forget()
        to = self._server
        context = ssl.create_default_context() if to.tls != "none" else None
        client = (
            smtplib.SMTP_SSL(timeout=self._silence, context=context)
            if to.tls == "ssl"
            else smtplib.SMTP(timeout=self._silence)
        )
        self._client = client
        # What smtplib needs to check the name in the certificate when it connects later.
        client._host = to.host  # type: ignore[attr-defined]
        code, text = client.connect(to.host, to.port)
        if code != 220:
            raise smtplib.SMTPConnectError(code, text)
        client.ehlo_or_helo_if_needed()
        if to.tls == "starttls":
            client.starttls(context=context)
            client.ehlo_or_helo_if_needed()
        if to.user:
            client.login(to.user, to.password)
        return client

    @contextmanager
    def _in_time(self) -> Iterator[None]:
        """Cut the connection when the whole takes too long: a byte now and then is a sign of life, but no progress."""
        late = threading.Event()

        def cut() -> None:
            late.set()
            if (sock := self._client.sock if self._client else None) is not None:
                try:
                    sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    return

        timer = threading.Timer(self._whole, cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        except (OSError, smtplib.SMTPException) as error:
            if late.is_set():
                raise TimeoutError from error
            raise
        finally:
            timer.cancel()

    def _of_server(self, code: str, **params: Any) -> Trouble:
        self._forget()
        return Trouble(code, Outcome.TEMPORARY, of_server=True, server=self._server.host, **params)

    def _leave(self) -> None:
        """Take back what was begun, so that the connection serves for the next mail."""
        try:
            if self._client is not None:
                self._client.rset()
        except (OSError, smtplib.SMTPException):
            self._forget()

    def _forget(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None


def _rendered(mail: Mail) -> bytes:
    """The bytes of a mail.

    Raises:
        Trouble: it cannot be put into bytes, and trying again would not help.
    """
    try:
        return messages.rendered(mail)
    except Exception as error:
        raise Trouble("invalid", Outcome.PERMANENT, error=type(error).__name__) from error


def _connection_lost(error: OSError) -> str:
    """What to call the end of a connection; smtplib tells a time-out as the cause of a disconnection."""
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "slow"
    return "dropped" if isinstance(error, smtplib.SMTPServerDisconnected) else "unreachable"


def _expect(answer: tuple[int, bytes], refusal: str, **params: Any) -> None:
    """Go on when the server agrees.

    Raises:
        Trouble: it refused for good (5xx), or for now.
    """
    code, text = answer
    if code in {250, 251}:
        return
    said: dict[str, Any] = {"answer": line(text.decode("utf-8", "replace"), _MAX_ANSWER), "number": code}
    if code == 421 or not 400 <= code < 600:
        raise Trouble("busy", Outcome.TEMPORARY, of_server=True, **said)
    if code < 500:
        raise Trouble("busy", Outcome.TEMPORARY, **said)
    raise Trouble(refusal, Outcome.PERMANENT, **said, **params)


def _answer(error: smtplib.SMTPResponseException) -> dict[str, Any]:
    text = error.smtp_error
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return {"answer": line(said, _MAX_ANSWER), "number": error.smtp_code}


def chosen() -> Transport | None:
    """How mails leave this installation; none while nobody has said."""
    if (to := server.configured()) is not None:
        return Smtp(to)
    return Catcher() if settings.MAIL_CATCHER else None


def is_ready() -> bool:
    """Whether mails leave at all, or are caught: otherwise they are held."""
    return bool(settings.SMTP_URL or settings.MAIL_CATCHER)
