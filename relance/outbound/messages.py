"""A row of the outbox as the bytes a mail server is given. The same row always gives the same bytes."""

from __future__ import annotations

import hashlib
from email.charset import QP, Charset
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, quote
from typing import Any

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
_POLICY = compat32.clone(linesep="\r\n")
_FITS = 60
_UTF8 = Charset("utf-8")
_UTF8.body_encoding = QP  # it can be read in any log, and passes any server


def rendered(mail: Mail) -> bytes:
    """The message, with plain text and HTML as alternatives.

    Raises:
        ValueError: something in the row cannot be put into a mail; it never will be.
    """
    # The boundary is usually drawn by lot; then the same mail would not be the same when it is tried again.
    boundary = f"=_{hashlib.sha256(mail.message_id.encode()).hexdigest()[:32]}"
    message: Message[Any, Any] = MIMEMultipart("alternative", boundary)
    message["From"] = _mailbox("From", mail.from_name, mail.from_address)
    message["To"] = _mailbox("To", mail.to_name, mail.to_address)
    if mail.reply_to:
        message["Reply-To"] = mail.reply_to
    message["Subject"] = _words("Subject", mail.subject)
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = mail.message_id
    # Machines do not answer what a machine wrote (RFC 3834): no ping-pong of holiday notices.
    message["Auto-Submitted"] = "auto-generated"
    for text, kind in ((mail.text, "plain"), (mail.html, "html")):
        message.attach(MIMEText(text, kind, _UTF8))  # type: ignore[arg-type]  # as Django does
    return bytes(message.as_bytes(policy=_POLICY))


def _mailbox(header: str, name: str, address: str) -> Header | str:
    if not name:
        return address
    if _is_plain(name):
        return f'"{quote(name)}" <{address}>'
    words = _words(header, name)
    words.append(f"<{address}>", "us-ascii")
    return words


def _words(header: str, text: str) -> Header:
    return Header(text, "us-ascii" if _is_plain(text) else "utf-8", header_name=header)


def _is_plain(text: str) -> bool:
    """Whether a text can stand in the head of a mail as it is.

    One that looks as if it were encoded cannot: readers would decode it into something else. Nor can one with a word
    that fills a line: it would begin with an empty one.
    """
    return text.isascii() and "=?" not in text and all(len(word) <= _FITS for word in text.split(" "))
