"""What became of the mails that automations wrote in the past: caught, but for a few of every other kind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from relance.lib import clock
from relance.outbound.models import Mail, MailState

#: The newest mails but one, each with how it stands and why.
TROUBLES: tuple[tuple[MailState, dict[str, Any] | None], ...] = (
    (MailState.QUEUED, {"code": "busy", "params": {"number": 451, "answer": "4.7.1 Please try again later"}}),
    (MailState.HELD, {"code": "unknown", "params": {"server": "mail.delorme-finch.example"}}),
    (
        MailState.FAILED,
        {"code": "refused_recipient", "params": {"number": 550, "answer": "5.1.1 User unknown"}},
    ),
    (MailState.DISCARDED, None),
)


def arrive() -> None:
    """Let the mails of the past arrive in the mailbox, as the demo would have had it; nothing is left to be sent."""
    mails = list(Mail.objects.order_by("-id"))
    for mail in mails:
        mail.from_address = mail.reply_to
        mail.state, mail.caught, mail.attempts = MailState.SENT, True, 1
        mail.sent_at = mail.changed_at = mail.handed_at = mail.created_at + timedelta(seconds=1)
    for mail, (state, error) in zip(mails[2::2], TROUBLES, strict=False):
        mail.state, mail.caught, mail.sent_at, mail.handed_at = state, False, None, None
        mail.error = error and {**error, "params": {**error["params"], "address": mail.to_address}}
        # The one that waits for a better moment gets it while the demo is looked at.
        mail.next_at = clock.now() + timedelta(hours=1)
    Mail.objects.bulk_update(
        mails,
        [
            "from_address",
            "state",
            "caught",
            "attempts",
            "sent_at",
            "changed_at",
            "handed_at",
            "error",
            "next_at",
        ],
    )
