"""Who sees which mails, and who decides about those that wait.

Administrators see all of them: they leave in the company's name. Others see the mails of their own automations, and
those about records they may see. Administrators and the owner of the automation decide.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from relance.accounts.models import Role
from relance.accounts.people import Actor
from relance.automation.errors import NotFound
from relance.outbound import outbox, transport
from relance.outbound.models import Mail, MailState
from relance.records import access
from relance.records.fields import RECORD_TYPES
from relance.records.snapshot import model_of


class NotReady(Exception):
    """No mail server is set up, so that nothing can be sent."""


def visible(actor: Actor) -> QuerySet[Mail]:
    """The mails this person may see, the newest first."""
    mails = Mail.objects.order_by("-id")
    if actor.is_administrator:
        return mails
    seen = Q(owner_id=actor.user_id)
    for record_type in RECORD_TYPES:
        records = model_of(record_type)._base_manager.filter(access.visible(actor))
        seen |= Q(record_type=record_type, record_id__in=records.values("pk"))
    return mails.filter(seen)


def find(actor: Actor, mail_id: int) -> Mail:
    """Return one mail.

    Raises:
        NotFound: there is none, or this person may not see it.
    """
    mail = visible(actor).filter(pk=mail_id).first() if 0 < mail_id < 2**63 else None
    if mail is None:
        raise NotFound(mail_id)
    return mail


def may_decide(actor: Actor, mail: Mail) -> bool:
    """Whether this person may let a mail go, send it again or discard it."""
    return actor.is_administrator or (actor.role != Role.READER and actor.user_id == mail.owner_id)


def send_again(mail: Mail, actor: Actor) -> bool:
    """Let go a mail that was held, or has failed; false when it is not waiting any more.

    Raises:
        NotReady: it would only be held again.
    """
    if not transport.is_ready():
        raise NotReady
    return bool(outbox.send_again(Mail.objects.filter(pk=mail.pk), actor.user_id))


def releasable(actor: Actor) -> QuerySet[Mail]:
    """The mails that only wait for a mail server, as far as this person decides about them."""
    waiting = Mail.objects.filter(state=MailState.HELD, error__code="no_server")
    if actor.is_administrator:
        return waiting
    return waiting.none() if actor.role == Role.READER else waiting.filter(owner_id=actor.user_id)


def release_all(actor: Actor) -> int:
    """Let go what only waited for a mail server; return how many mails.

    Raises:
        NotReady: there is none yet.
    """
    if not transport.is_ready():
        raise NotReady
    return outbox.send_again(releasable(actor), actor.user_id)


def discard(mail: Mail, actor: Actor) -> bool:
    """Decide that a mail is never sent; false when it is too late."""
    return outbox.discard(mail, actor.user_id)
