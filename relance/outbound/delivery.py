"""Sends what is due: takes one mail in hand, sends it outside any transaction, and marks what became of it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import connection, connections

from relance.outbound import outbox, transport
from relance.outbound.models import Mail
from relance.outbound.transport import Outcome, Transport, Trouble

log = logging.getLogger(__name__)

SWEEP = 1.0
#: After trouble with the server itself, in seconds: every mail would meet the same.
BREATH = 10.0


class Overtaken(Exception):
    """The lease ran out, and somebody else has the mail in hand, or decided about it."""


class Courier:
    """Delivers with one transport.

    Attributes:
        trouble: whether the last attempt failed for a reason that other mails would meet, too.
    """

    def __init__(self, by: Transport | None) -> None:
        self._by = by
        self.trouble = False

    def drain(self, going: Callable[[], bool] = lambda: True) -> int:
        """Send everything that is due; return how many mails were tried. Stops at trouble with the server.

        Args:
            going: asked before each mail.
        """
        self.trouble = False
        outbox.recover()
        if self._by is None:
            outbox.hold_due("no_server")
            return 0
        tried = 0
        try:
            while going() and not self.trouble and (mail := outbox.take()) is not None:
                self._deliver(self._by, mail)
                tried += 1
        finally:
            self._by.close()
        return tried

    def _deliver(self, by: Transport, mail: Mail) -> None:
        if connection.in_atomic_block:
            raise RuntimeError("no mail is sent inside a transaction")

        def handing() -> None:
            if not outbox.hand_over(mail):
                raise Overtaken

        try:
            mail.from_name, mail.from_address = by.sender(mail)
            by.deliver(mail, handing)
        except Overtaken:
            log.warning("Mail %s was taken by somebody else before it was sent", mail.pk)
        except Trouble as trouble:
            self.trouble = trouble.of_server
            self._mark(mail, trouble)
        else:
            outbox.mark_sent(mail, caught=by.catches)

    @staticmethod
    def _mark(mail: Mail, trouble: Trouble) -> None:
        match trouble.outcome:
            case Outcome.TEMPORARY:
                outbox.mark_tried(mail, trouble.code, trouble.params)
            case Outcome.PERMANENT:
                outbox.mark_failed(mail, trouble.code, trouble.params)
            case Outcome.UNKNOWN:
                outbox.mark_unknown(mail, trouble.code, trouble.params)


class Delivery(threading.Thread):
    """Sends as soon as something is due. Stops with :meth:`stop`, after the mail at hand."""

    def __init__(self) -> None:
        super().__init__(name="relance-mail", daemon=True)
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._said = ""

    def wake(self) -> None:
        """Say that something may be due. Costs nothing and may be lost."""
        self._wake.set()

    def stop(self, timeout: float = 30) -> None:
        """Finish the mail at hand and end."""
        self._stopping.set()
        self._wake.set()
        self.join(timeout)

    def run(self) -> None:
        outbox.LISTENERS.append(self.wake)
        try:
            while not self._stopping.is_set():
                self._wake.clear()
                try:
                    courier = Courier(transport.chosen())
                    courier.drain(lambda: not self._stopping.is_set())
                    self._said = ""
                except Exception as error:
                    self._say(error)
                    connections.close_all()
                else:
                    if courier.trouble:
                        self._stopping.wait(BREATH)
                self._wake.wait(SWEEP)
        finally:
            outbox.LISTENERS.remove(self.wake)
            connections.close_all()

    def _say(self, error: Exception) -> None:
        """Write a trouble into the log, unless it is still the same one."""
        said = f"{type(error).__name__}: {error}"
        if said != self._said:
            self._said = said
            log.error("Delivery of mails stumbled; it goes on in a second", exc_info=error)


def start_delivery() -> Delivery:
    """Start the thread that sends mails in this process."""
    made = Delivery()
    made.start()
    return made
