"""The outbox: who puts mails in, who has which one in hand, and what people decide about those that wait.

Every step from one state to the next is one conditional UPDATE, so that of two that try, one does it.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from relance.lib import clock
from relance.outbound.letters import Letter
from relance.outbound.models import Mail, MailState

#: How long after a failed attempt the next one begins; each a fifth longer or shorter, so that not all come at once.
PLAN = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
)
#: How long one delivery may have a mail in hand; several times what it can take.
LEASE = timedelta(minutes=5)
#: Called after mails were put in, or let go by a person; may be lost.
LISTENERS: list[Callable[[], None]] = []


def post(letter: Letter, now: datetime, **about: Any) -> Mail:
    """A mail to be put in.

    Args:
        about: record_type, record_id, record_name, automation_id, run_id, step_path, owner_id.
    """
    domain = letter.reply_to.rpartition("@")[2] or "relance.invalid"
    return Mail(
        to_address=letter.to,
        to_name=letter.to_name,
        from_name=letter.from_name,
        reply_to=letter.reply_to,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        message_id=f"<{secrets.token_hex(16)}.relance@{domain}>",
        next_at=now,
        created_at=now,
        changed_at=now,
        **about,
    )


def put(mails: Sequence[Mail]) -> None:
    """Write mails; inside the transaction of what sends them. Delivery is woken when it commits."""
    Mail.objects.bulk_create(mails)
    transaction.on_commit(wake)


def wake() -> None:
    """Say that something may be due."""
    for listener in LISTENERS:
        listener()


# ---- Delivery ---------------------------------------------------------------------------------------


def take() -> Mail | None:
    """Take one mail that is due in hand, so that nobody else sends it; none when none is due."""
    now = clock.now()
    due = Mail.objects.filter(state=MailState.QUEUED, next_at__lte=now).order_by("next_at", "id")
    for mail_id in due.values_list("id", flat=True)[:20]:
        lease = secrets.token_hex(16)
        taken = Mail.objects.filter(pk=mail_id, state=MailState.QUEUED, next_at__lte=now).update(
            state=MailState.SENDING,
            lease=lease,
            lease_until=now + LEASE,
            handed_at=None,
            attempts=F("attempts") + 1,
            changed_at=now,
        )
        if taken:
            return Mail.objects.get(pk=mail_id)
    return None


def hand_over(mail: Mail) -> bool:
    """Note that the server is about to be given the text, and from whom; false when it is not in this hand any more."""
    now = clock.now()
    return bool(
        _in_hand(mail).update(
            handed_at=now, lease_until=now + LEASE, from_name=mail.from_name, from_address=mail.from_address
        )
    )


def mark_sent(mail: Mail, *, caught: bool = False) -> bool:
    """The server took it. True also of a mail that was held meanwhile because nobody knew."""
    now = clock.now()
    known = Mail.objects.filter(
        pk=mail.pk, lease=mail.lease, state__in=(MailState.SENDING, MailState.HELD)
    ).update(
        state=MailState.SENT,
        error=None,
        lease="",
        lease_until=None,
        sent_at=now,
        changed_at=now,
        caught=caught,
    )
    return bool(known)


def mark_failed(mail: Mail, code: str, params: dict[str, Any]) -> bool:
    """It will not be sent as it is."""
    return _let_go(mail, MailState.FAILED, code, params)


def mark_unknown(mail: Mail, code: str, params: dict[str, Any]) -> bool:
    """Nobody can know whether it arrived: a person decides."""
    return _let_go(mail, MailState.HELD, code, params)


def mark_tried(mail: Mail, code: str, params: dict[str, Any]) -> bool:
    """It could not be sent now: it is tried again by the plan, and failed when the plan has come to its end."""
    if mail.attempts > len(PLAN):
        return _let_go(mail, MailState.FAILED, code, params)
    return _let_go(mail, MailState.QUEUED, code, params, clock.now() + _pause(mail.attempts))


def _pause(attempts: int) -> timedelta:
    return PLAN[attempts - 1] * random.uniform(0.8, 1.2)  # noqa: S311


def _let_go(
    mail: Mail, state: MailState, code: str, params: dict[str, Any], next_at: datetime | None = None
) -> bool:
    done = _in_hand(mail).update(
        state=state,
        error={"code": code, "params": params},
        lease="",
        lease_until=None,
        changed_at=clock.now(),
        **({"next_at": next_at} if next_at else {}),
    )
    return bool(done)


def _in_hand(mail: Mail) -> QuerySet[Mail]:
    return Mail.objects.filter(pk=mail.pk, state=MailState.SENDING, lease=mail.lease)


def recover() -> int:
    """See to mails whose delivery died with them in hand; return how many there were.

    What had not been handed over was not sent, and is tried again. Of the others nobody can know.
    """
    now = clock.now()
    lost = list(Mail.objects.filter(state=MailState.SENDING, lease_until__lt=now))
    for mail in lost:
        if mail.handed_at is None:
            mark_tried(mail, "interrupted", {})
        else:
            # The lease stays known: should its delivery be slow and not dead, it still can tell the truth.
            _in_hand(mail).update(
                state=MailState.HELD,
                error={"code": "interrupted_unknown", "params": {}},
                lease_until=None,
                changed_at=now,
            )
    return len(lost)


def hold_due(code: str) -> int:
    """Hold everything that is due, because there is no way to send it."""
    now = clock.now()
    due = Mail.objects.filter(state=MailState.QUEUED, next_at__lte=now)
    # Asked first: an UPDATE takes SQLite's lock even where there is nothing to do.
    if not due.exists():
        return 0
    return due.update(state=MailState.HELD, error={"code": code, "params": {}}, changed_at=now)


# ---- What people decide -----------------------------------------------------------------------------


def send_again(mails: QuerySet[Mail], by: int | None) -> int:
    """Let mails go that were held or have failed, with a fresh plan and the same key; return how many still waited."""
    now = clock.now()
    done = mails.filter(state__in=(MailState.HELD, MailState.FAILED)).update(
        state=MailState.QUEUED,
        attempts=0,
        next_at=now,
        lease="",
        lease_until=None,
        changed_at=now,
        decided_by_id=by,
    )
    if done:
        transaction.on_commit(wake)
    return done


def discard(mail: Mail, by: int | None) -> bool:
    """Decide that a mail is not to be sent; false when it is too late."""
    states = (MailState.HELD, MailState.FAILED, MailState.QUEUED)
    done = Mail.objects.filter(pk=mail.pk, state__in=states).update(
        state=MailState.DISCARDED, lease="", lease_until=None, changed_at=clock.now(), decided_by_id=by
    )
    return bool(done)
