"""A mail as it was written: every address checked, every line one line, the text in both its forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from relance.outbound import addresses, bodies
from relance.outbound.addresses import MAX_NAME, MAX_SUBJECT, BadAddress


class Unsendable(ValueError):
    """A mail that cannot be sent as it was written.

    Attributes:
        code: "bad_address", "no_subject", "no_body" or "body_too_long".
    """

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one person, fit to be sent. Made by :meth:`written`, which checks it.

    Attributes:
        to: exactly one address.
        from_name: who writes; the address it is sent from is the installation's (``MAIL_FROM``).
        reply_to: where answers go; empty for the sender's address.
        text, html: the same words in both forms; the HTML is sanitized.
    """

    to: str
    to_name: str
    from_name: str
    reply_to: str
    subject: str
    text: str
    html: str

    @classmethod
    def written(
        cls, *, to: str, to_name: str = "", from_name: str = "", reply_to: str = "", subject: str, body: str,
        is_html: bool = False,
    ) -> Self:  # fmt: skip
        """Check and complete what was written.

        Args:
            body: plain text, or HTML whose filled-in values are escaped.

        Raises:
            Unsendable: it cannot be sent; the code says why.
        """
        if len(body) > bodies.MAX_BODY:
            raise Unsendable("body_too_long", limit=bodies.MAX_BODY)
        html = bodies.sanitized(body) if is_html else bodies.html_from(body)
        text = bodies.text_from(html) if is_html else body.strip()
        if not text:
            raise Unsendable("no_body")
        shown = addresses.line(subject, MAX_SUBJECT)
        if not shown:
            raise Unsendable("no_subject")
        return cls(
            to=_address(to),
            to_name=addresses.line(to_name, MAX_NAME),
            from_name=addresses.line(from_name, MAX_NAME),
            reply_to=_address(reply_to) if reply_to else "",
            subject=shown,
            text=text,
            html=html,
        )


def _address(text: str) -> str:
    try:
        return addresses.address(text)
    except BadAddress:
        raise Unsendable("bad_address", address=addresses.line(text, 200)) from None
