"""A row of the outbox as the bytes a mail server is given. The same row always gives the same bytes."""

from __future__ import annotations

import hashlib
from email.utils import format_datetime, formataddr

from django.core.mail import EmailMultiAlternatives

from relance.outbound.models import Mail

#: The head of every mail, and nothing else; users never name headers.
HEADERS = frozenset(
    {
        "From",
        "To",
        "Reply-To",
        "Subject",
        "Date",
        "Message-ID",
        "MIME-Version",
        "Content-Type",
        "Auto-Submitted",
    }
)


def rendered(mail: Mail) -> bytes:
    """The message, with plain text and HTML as alternatives.

    Raises:
        ValueError: something in the row cannot be put into a mail; it never will be.
    """
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=formataddr((mail.from_name, mail.from_address)),
        to=[formataddr((mail.to_name, mail.to_address))],
        reply_to=[mail.reply_to] if mail.reply_to else [],
        headers={
            "Date": format_datetime(mail.created_at),
            "Message-ID": mail.message_id,
            # Machines do not answer what a machine wrote (RFC 3834): no ping-pong of holiday notices.
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(mail.html, "text/html")
    whole = message.message()
    # Otherwise drawn by lot, and the same mail would not be the same when it is tried again.
    whole.set_boundary(f"=_{hashlib.sha256(mail.message_id.encode()).hexdigest()[:32]}")
    return bytes(whole.as_bytes(linesep="\r\n"))  # type: ignore[call-arg]  # Django's own
