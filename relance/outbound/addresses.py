"""What may stand in the head of a mail: one address is exactly one address, a name and a subject are one line.

Whatever a record holds, nothing in it can name a second recipient or begin a header of its own.
"""

from __future__ import annotations

import unicodedata
from email.utils import getaddresses

from email_validator import EmailNotValidError, validate_email

MAX_SUBJECT = 250
MAX_NAME = 100
#: Join letters and emoji; every other invisible character only serves to deceive.
_JOINERS = frozenset("\u200c\u200d")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class BadAddress(ValueError):
    """A text that is not exactly one e-mail address."""


def address(text: str) -> str:
    """The one address in a text, as a mail server takes it: no name, no list, a domain with a dot, ASCII.

    Nobody is asked whether it exists; international domains are written in their ASCII form.

    Raises:
        BadAddress: it is none, or more than one.
    """
    try:
        found = validate_email(
            text.strip(" "), check_deliverability=False, globally_deliverable=False, allow_smtputf8=False
        )
    except (EmailNotValidError, ValueError) as error:
        raise BadAddress(text[:200]) from error
    # An address of a machine in the house (root@localhost) is nobody's business address.
    if not found.ascii_email or "." not in found.ascii_domain:
        raise BadAddress(text[:200])
    return str(found.ascii_email)


def is_address(text: str) -> bool:
    """Whether a text is exactly one e-mail address."""
    try:
        address(text)
    except BadAddress:
        return False
    return True


def mailbox(text: str) -> tuple[str, str]:
    """Name and address out of ``Name <address>`` or an address alone, as an administrator writes them.

    Raises:
        BadAddress: it holds no address, or more than one.
    """
    found = getaddresses([text])
    if len(found) != 1:
        raise BadAddress(text[:200])
    [(name, only)] = found
    return line(name, MAX_NAME), address(only)


def line(text: str, max_length: int) -> str:
    """A text on one line: every break and run of spaces is one space, control and invisible characters are gone.

    What is longer ends in an ellipsis.
    """
    shown = "".join(
        char
        for char in " ".join(unicodedata.normalize("NFC", text).split())
        if char in _JOINERS or unicodedata.category(char) not in _INVISIBLE
    )
    shown = " ".join(shown.split())
    return shown if len(shown) <= max_length else f"{shown[: max_length - 1].rstrip()}…"
